//! The benchmarks of `docs/benchmarks.md`: the limits of the machine, and ourselves beside them, from
//! one run.
//!
//! `cargo xtask bench` runs it. What takes in feeds and what serves are processes of their own, so
//! that their memory can be told and the clients do not share their heap.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures for people: no count here comes near where a cast would tell"
)]

mod audit;
mod client;
mod copy;
mod limits;
mod pages;
mod region;
mod report;
mod serving;
mod taking;
mod watch;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

/// What is asked for.
#[derive(Clone, Debug)]
struct Settings {
    people: u32,
    folder: PathBuf,
    postgres: Option<String>,
    /// Where the figures are written; printed only when there is none.
    write: Option<PathBuf>,
    seconds: u64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    match words.next() {
        Some("--take") => taking::child(&words.collect::<Vec<_>>()),
        Some("--serve") => serving::child(&words.collect::<Vec<_>>()),
        Some("audit") => audit::run(&audit_asked(&arguments)?),
        _ => run(&settings(&arguments)?),
    }
}

fn audit_asked(arguments: &[String]) -> Result<audit::Asked> {
    let mut asked = audit::Asked {
        lines: 10_000_000,
        folder: PathBuf::from("target/bench"),
        make: false,
        part: String::new(),
    };
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--lines" => asked.lines = value()?.parse()?,
            "--folder" => asked.folder = value()?.into(),
            "--make" => asked.make = true,
            "--part" => asked.part.clone_from(value()?),
            _ => bail!("unknown option {word}: there are --lines, --folder and --make"),
        }
    }
    Ok(asked)
}

fn settings(arguments: &[String]) -> Result<Settings> {
    let mut settings = Settings {
        people: 60_000,
        folder: PathBuf::from("target/bench"),
        postgres: None,
        write: None,
        seconds: 5,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} wants a value"))
        };
        match word.as_str() {
            "--people" => settings.people = value()?.parse()?,
            "--folder" => settings.folder = value()?.into(),
            // The cluster is made for the run, and named in the environment.
            "--postgres" => settings.postgres = Some(cluster()?),
            "--write" => settings.write = Some(value()?.into()),
            "--seconds" => settings.seconds = value()?.parse()?,
            _ => bail!(
                "unknown option {word}: there are --people, --folder, --postgres, --write and \
                 --seconds"
            ),
        }
    }
    Ok(settings)
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever starts the cluster names it in the environment"
)]
fn cluster() -> Result<String> {
    std::env::var("TRIBUTARY_BENCH_POSTGRES").context(
        "--postgres wants TRIBUTARY_BENCH_POSTGRES; `cargo xtask bench --postgres` sets it",
    )
}

fn run(settings: &Settings) -> Result<()> {
    let mut report = report::Report::new(settings)?;
    let region = region::make(settings)?;
    report.heading(&format!(
        "The region: {} people, {} lines, {:.0} MB",
        settings.people,
        region.lines,
        region.bytes as f64 / 1e6
    ));
    limits::reading(&region, &mut report)?;
    let filed = taking::all(settings, &region, &mut report)?;
    limits::storing(settings, &filed, &mut report)?;
    pages::all(settings, &region, &filed, &mut report)?;
    report.end(settings)
}
