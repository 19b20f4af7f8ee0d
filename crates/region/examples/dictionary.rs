//! Trains the store's compression dictionary on the region's lines:
//! `dictionary OUT [FOLDER]…` writes it, and says how well it packs the NDJSON lines of folders.
//!
//! A dictionary that has been used is never written again: the next one gets the next number.

use std::{env, error::Error, fs, path::Path};

use tributary_region::dictionary_samples;
use zstd::{bulk::Compressor, dict};

/// The size at which a larger dictionary no longer pays.
const SIZE: usize = 160 * 1024;
const SAMPLES: usize = 40_000;

#[expect(clippy::print_stdout, reason = "an example speaks on standard output")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let out = arguments.next().ok_or("dictionary OUT [FOLDER]…")?;
    let samples = dictionary_samples(SAMPLES);
    let dictionary = dict::from_samples(&samples, SIZE)?;
    fs::write(&out, &dictionary)?;
    println!(
        "{out}: {} bytes from {} lines",
        dictionary.len(),
        samples.len()
    );
    for folder in arguments {
        let mut compressor = Compressor::with_dictionary(1, &dictionary)?;
        let (mut raw, mut packed, mut lines) = (0, 0, 0);
        for_each_line(Path::new(&folder), &mut |line| {
            raw += line.len();
            packed += compressor.compress(line)?.len();
            lines += 1;
            Ok(())
        })?;
        println!(
            "{folder}: {lines} lines, {raw} bytes, packed {packed}, {} a line",
            packed / lines.max(1)
        );
    }
    Ok(())
}

fn for_each_line(
    path: &Path,
    each: &mut impl FnMut(&[u8]) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            for_each_line(&entry?.path(), each)?;
        }
    } else if path
        .extension()
        .is_some_and(|extension| extension == "ndjson")
    {
        for line in fs::read(path)?
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            each(line)?;
        }
    }
    Ok(())
}
