//! Taking submissions in where they lie.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tributary_intake::{Intake, TakeReport};
use tributary_model::{OdsCode, Organisation};

use crate::{
    Usage, Verdict,
    deployment::Deployment,
    output::{say, show},
    progress::Bar,
    report,
};

/// What to take in.
#[derive(clap::Args)]
pub(crate) struct Take {
    /// The organisation's ODS code
    ods: OdsCode,
    /// Snapshot folders, NDJSON files, Bundles, or folders of Bundles
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Report as JSON, a submission a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(wanted: Take, deployment: &Deployment) -> anyhow::Result<Verdict> {
    let organisation = deployment.organisation(&wanted.ods).await?;
    let intake = deployment.intake();
    let mut fine = true;
    // First what was left unfinished: taken after this, it would bring back what was before.
    for report in resume(&intake).await? {
        fine &= report::is_fine(&report);
        if !wanted.json {
            show!(report::words("left unfinished", &report));
        }
    }
    for path in submissions(&wanted.paths)? {
        let report = take_one(&intake, &organisation, &path).await?;
        fine &= report::is_fine(&report);
        if wanted.json {
            say!("{}", serde_json::to_string(&report)?);
        } else {
            let name = format!("{} {}", organisation.code, path.display());
            show!(report::words(&name, &report));
        }
    }
    Ok(Verdict::fine_if(fine))
}

/// Takes in one submission with a progress bar.
pub(crate) async fn take_one(
    intake: &Intake,
    organisation: &Organisation,
    path: &Path,
) -> anyhow::Result<TakeReport> {
    let bar = Bar::new(organisation.code.to_string());
    let taken = intake.take(organisation, path, bar.watch()).await;
    bar.clear();
    taken.with_context(|| format!("taking in {}", path.display()))
}

/// Finishes what a process left that ended suddenly.
pub(crate) async fn resume(intake: &Intake) -> anyhow::Result<Vec<TakeReport>> {
    let bar = Bar::new("left unfinished".to_owned());
    let resumed = intake.resume(bar.watch()).await;
    bar.clear();
    resumed.context("finishing what was left unfinished")
}

/// The submissions that paths name: a folder of Bundles names each of them.
fn submissions(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Usage(format!("there is no file or folder {}", path.display())).into());
        }
        let bundles = if path.is_dir() {
            bundles_in(path)?
        } else {
            Vec::new()
        };
        if bundles.is_empty() {
            found.push(path.clone());
        } else {
            found.extend(bundles);
        }
    }
    Ok(found)
}

/// The Bundles of a folder that is no snapshot, by name.
fn bundles_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut bundles = Vec::new();
    let listed = std::fs::read_dir(folder);
    for entry in listed.with_context(|| format!("reading the folder {}", folder.display()))? {
        let path = entry?.path();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("ndjson") => return Ok(Vec::new()),
            Some("json") => bundles.push(path),
            _ => {}
        }
    }
    bundles.sort();
    Ok(bundles)
}
