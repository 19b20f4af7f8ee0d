//! The real input that may lie beside the repository, unpacked once.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{self, OrSay, Outcome, run};

/// Where the real input lies: beside the repository, never in it.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = shell::root().parent()?.join("shared");
    beside.join("data").is_dir().then_some(beside)
}

/// Unpacks every archive that is not unpacked yet, and says where.
pub(crate) fn unpack() -> Outcome<Option<PathBuf>> {
    let Some(shared) = shared() else {
        println!("set-up: no real input beside the repository: the tests that need it say so");
        return Ok(None);
    };
    let target = shell::root().join("target/shared-data");
    fs::create_dir_all(&target).or_say(|| format!("making {}", target.display()))?;
    let archives =
        fs::read_dir(shared.join("data")).or_say(|| "reading the real input".to_owned())?;
    let mut unpacked = 0;
    for archive in archives.filter_map(Result::ok) {
        let file_name = archive.file_name().to_string_lossy().into_owned();
        if let Some(name) = file_name.strip_suffix(".tar.xz") {
            unpacked += usize::from(unpack_one(&archive.path(), name, &target)?);
        }
    }
    println!("set-up: real input: {unpacked} archives unpacked now");
    Ok(Some(target))
}

/// An archive appears under its name only when all of it is there.
fn unpack_one(archive: &Path, name: &str, target: &Path) -> Outcome<bool> {
    let finished = target.join(name);
    if finished.is_dir() {
        return Ok(false);
    }
    let unfinished = target.join(format!("{name}.unfinished"));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).or_say(|| format!("removing {}", unfinished.display()))?;
    }
    fs::create_dir_all(&unfinished).or_say(|| format!("making {}", unfinished.display()))?;
    run(shell::command("tar")
        .arg("xJf")
        .arg(archive)
        .arg("--no-same-owner")
        .arg("-C")
        .arg(&unfinished))?;
    let inner = unfinished.join(name);
    let whole = if inner.is_dir() { &inner } else { &unfinished };
    fs::rename(whole, &finished).or_say(|| format!("naming {}", finished.display()))?;
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).or_say(|| format!("removing {}", unfinished.display()))?;
    }
    Ok(true)
}
