//! The region that is measured: written once, kept for the next run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use rayon::prelude::*;
use tributary_model::Organisation;
use tributary_region::{RegionPlan, write_night};

use crate::{Settings, watch::Watch};

/// A region on the disk.
pub(crate) struct Region {
    pub folder: PathBuf,
    pub organisations: Vec<Organisation>,
    /// Lines and bytes of the first night.
    pub lines: u64,
    pub bytes: u64,
}

impl Region {
    pub(crate) fn night(&self, night: u32) -> PathBuf {
        self.folder.join(format!("night-{night}"))
    }

    /// Every file of the first night.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        files_under(&self.night(1))
    }
}

pub(crate) fn make(settings: &Settings) -> Result<Region> {
    let folder = settings.folder.join(format!("region-{}", settings.people));
    let plan = RegionPlan::new(settings.people, 1, jiff::civil::date(2026, 11, 20));
    for night in 1..=2 {
        let to = folder.join(format!("night-{night}"));
        if !to.join("expected.json").exists() {
            let watch = Watch::start();
            write_night(&plan, night, &to, &|_, _| {})?;
            println!("wrote night {night} in {:.1} s", watch.seconds());
        }
    }
    let mut region = Region {
        folder,
        organisations: plan.organisations(),
        lines: 0,
        bytes: 0,
    };
    let counted: Vec<(u64, u64)> = region
        .files()?
        .par_iter()
        .map(|file| {
            let bytes = fs::read(file)?;
            Ok((
                memchr::memchr_iter(b'\n', &bytes).count() as u64,
                bytes.len() as u64,
            ))
        })
        .collect::<Result<_>>()?;
    region.lines = counted.iter().map(|(lines, _)| lines).sum();
    region.bytes = counted.iter().map(|(_, bytes)| bytes).sum();
    Ok(region)
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_under(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "ndjson") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
