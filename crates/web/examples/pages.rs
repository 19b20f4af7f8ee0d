//! Writes every sample page as a file, with the assets it loads, into the folder given, so that
//! pages can be looked at without a server.

use std::{env, fs, path::PathBuf};

use tributary_web::{assets, samples::samples};

fn main() -> std::io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(std::io::Error::other("which folder shall the pages go to?"));
    };
    fs::create_dir_all(folder.join("assets"))?;
    for asset in assets() {
        fs::write(folder.join("assets").join(asset.name), asset.bytes)?;
    }
    for sample in samples() {
        let html = sample.html.replace("=\"/assets/", "=\"assets/");
        fs::write(folder.join(format!("{}.html", sample.name)), html)?;
    }
    Ok(())
}
