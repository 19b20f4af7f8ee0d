//! `tributary region`: invented regions on disk.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use tributary_model::{Clock, london_date};
use tributary_region::{RegionPlan, RegionSummary, write_night};

use crate::{Verdict, output::say, progress::Bar, words};

/// The seed of regions that nobody gave another.
pub(crate) const SEED: u64 = 2026;

/// What can be done with regions.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Writes what every organisation of an invented region sends, night by night
    ///
    /// The same people, seed and date give the same bytes. In DIR there is a folder for each night
    /// (`night1`, `night2`, …) with a folder of NDJSON files for each organisation, and beside them
    /// `truth.csv` (who everybody really is) and `expected.json` (what a reader must find).
    Write(Write),
}

/// What to write.
#[derive(clap::Args)]
pub(crate) struct Write {
    /// How many people: 100 to 739,000
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=739_000))]
    people: u32,
    /// How many nights
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=30))]
    nights: u32,
    /// Another seed, other people
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// The date of the first night (today unless said)
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Where to
    dir: PathBuf,
}

/// Does it.
pub(crate) fn run(command: Command) -> anyhow::Result<Verdict> {
    let Command::Write(write) = command;
    let today = write
        .today
        .unwrap_or_else(|| london_date(Clock::system().now()));
    let plan = RegionPlan::new(write.people, write.seed, today);
    for number in 1..=write.nights {
        let summary = night(&plan, number, &write.dir)?;
        say!(
            "night {number}: {} lines of {} people at {} organisations, {} MB, in {}",
            words::count(summary.lines()),
            words::count(summary.people),
            plan.organisations().len(),
            words::count(summary.bytes / 1_000_000),
            night_folder(&write.dir, number).display(),
        );
    }
    Ok(Verdict::Fine)
}

/// Writes one night with a progress bar.
pub(crate) fn night(plan: &RegionPlan, number: u32, dir: &Path) -> anyhow::Result<RegionSummary> {
    let folder = night_folder(dir, number);
    let bar = Bar::new(format!("night {number}"));
    let organisations = u64::try_from(plan.organisations().len()).unwrap_or(u64::MAX);
    bar.begin("writing", organisations);
    let summary = write_night(plan, number, &folder, &|_, _| bar.add(1));
    bar.clear();
    summary.with_context(|| format!("writing night {number} into {}", folder.display()))
}

/// The folder of a night.
pub(crate) fn night_folder(dir: &Path, night: u32) -> PathBuf {
    dir.join(format!("night{night}"))
}
