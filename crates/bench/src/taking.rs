//! Taking in nights: the first load, an unchanged night, a night with one line in a hundred changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use tributary_intake::{Codes, Ending, Intake};
use tributary_model::{Clock, Organisation, SectionSet, Timestamp};
use tributary_policy::Rulebook;
use tributary_region::RegionPlan;
use tributary_store::{Agreement, DoorRule, Place, RootKey, Store};

use crate::{
    Settings, limits,
    region::Region,
    report::Report,
    watch::{Watch, peak_memory},
};

/// The region as filed.
pub(crate) struct Filed {
    pub folder: PathBuf,
    /// Entries a second of the first load, everything included.
    pub load_rate: f64,
}

/// What a child says of a night.
#[derive(Serialize, Deserialize, Default)]
struct Night {
    lines: u64,
    bytes: u64,
    seconds: f64,
    moved: u64,
    peak: u64,
    /// Of the largest feed: lines and seconds.
    largest: (u64, f64),
}

pub(crate) fn place(settings: &Settings, folder: &Path) -> Place {
    match &settings.postgres {
        Some(address) => Place::Postgres {
            address: address.clone(),
            folder: folder.to_owned(),
        },
        None => Place::Folder(folder.to_owned()),
    }
}

pub(crate) fn all(settings: &Settings, region: &Region, report: &mut Report) -> Result<Filed> {
    let folder = settings.folder.join("deployment");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    if let Some(address) = &settings.postgres {
        forget_schemas(address)?;
    }
    let hash = limits::keyed_hash(region)?;
    report.heading("The way in");
    let first = night(settings, &folder, &region.night(1))?;
    let load_rate = first.lines as f64 / first.seconds;
    report.row(
        "first load, bytes to durable and readable",
        &format!("{:.0} lines/s, {:.1} s", load_rate, first.seconds),
        &format!("peak memory {:.0} MiB", first.peak as f64 / 1_048_576.0),
    );
    let same = night(settings, &folder, &region.night(1))?;
    let speed = same.bytes as f64 / same.seconds;
    report.row(
        "**unchanged night** against keyed hash",
        &format!("**{:.2}**", speed / hash),
        &format!("{:.0} / {:.0} MB/s; target 0.4", speed / 1e6, hash / 1e6),
    );
    report.row(
        "unchanged night, peak memory",
        &format!("{:.0} MiB", same.peak as f64 / 1_048_576.0),
        &format!("target 400 for the largest feed ({} lines)", same.largest.0),
    );
    let second = night(settings, &folder, &region.night(2))?;
    report.row(
        "a night with one line in a hundred changed",
        &format!(
            "{:.1} s, {:.0} lines/s",
            second.seconds,
            second.lines as f64 / second.seconds
        ),
        &format!(
            "{} of {} lines moved; peak {:.0} MiB",
            second.moved,
            second.lines,
            second.peak as f64 / 1_048_576.0
        ),
    );
    if settings.postgres.is_none() {
        let stored = stored(&folder)?;
        report.row(
            "stored, every file but the spool, after both nights",
            &format!(
                "{:.2} of the raw NDJSON",
                stored as f64 / region.bytes as f64
            ),
            &format!(
                "{:.0} / {:.0} MB; target 0.4",
                stored as f64 / 1e6,
                region.bytes as f64 / 1e6
            ),
        );
    }
    Ok(Filed { folder, load_rate })
}

fn forget_schemas(address: &str) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await?;
        let forget = async {
            let done = client
                .batch_execute(
                    "DROP SCHEMA IF EXISTS tributary_record CASCADE; \
                     DROP SCHEMA IF EXISTS tributary_audit CASCADE; \
                     DROP SCHEMA IF EXISTS tributary_keyring CASCADE",
                )
                .await;
            drop(client);
            done
        };
        let (done, ended) = tokio::join!(forget, connection);
        done?;
        ended?;
        Ok(())
    })
}

/// Bytes of every file of a deployment but its spool.
fn stored(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() != "spool" {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// A night in a process of its own.
fn night(settings: &Settings, folder: &Path, feeds: &Path) -> Result<Night> {
    let output = Command::new(std::env::current_exe()?)
        .arg("--take")
        .arg(folder)
        .arg(feeds)
        .arg(settings.people.to_string())
        .args(&settings.postgres)
        .output()?;
    if !output.status.success() {
        bail!(
            "a night was not taken in: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(text.lines().last().unwrap_or_default()).context("what the child said")
}

/// The process that takes in a night, every organisation after the other.
pub(crate) fn child(words: &[&str]) -> Result<()> {
    let [folder, feeds, people, address @ ..] = words else {
        bail!("folder, feeds, people")
    };
    let settings = Settings {
        people: people.parse()?,
        folder: PathBuf::new(),
        postgres: address.first().map(|address| (*address).to_owned()),
        write: None,
        seconds: 0,
    };
    let night = tokio::runtime::Runtime::new()?.block_on(take(&settings, folder, feeds))?;
    println!("{}", serde_json::to_string(&night)?);
    Ok(())
}

async fn take(settings: &Settings, folder: &str, feeds: &str) -> Result<Night> {
    let store = Store::open(
        &place(settings, Path::new(folder)),
        &RootKey::from_bytes([7; 32]),
    )
    .await?;
    let plan = RegionPlan::new(settings.people, 1, jiff::civil::date(2026, 11, 20));
    let organisations = plan.organisations();
    agree(&store, &organisations).await?;
    let rule = DoorRule::of(Rulebook::cheshire());
    let intake = Intake::new(store, rule, Codes::default(), Clock::system());
    let mut night = Night::default();
    for organisation in &organisations {
        let feed = Path::new(feeds).join(organisation.code.as_str());
        let watch = Watch::start();
        let report = intake.take(organisation, &feed, Arc::new(|_| {})).await?;
        let seconds = watch.seconds();
        if report.ending != Ending::Filed {
            bail!("{} was not filed: {:?}", organisation.code, report.why);
        }
        let lines = report.counts.received_in_all();
        if lines > night.largest.0 {
            night.largest = (lines, seconds);
        }
        night.lines += lines;
        night.seconds += seconds;
        night.moved += report.counts.new + report.counts.changed + report.counts.removed;
        for file in fs::read_dir(feed)? {
            night.bytes += file?.metadata()?.len();
        }
    }
    night.peak = peak_memory();
    Ok(night)
}

async fn agree(store: &Store, organisations: &[Organisation]) -> Result<()> {
    for organisation in organisations {
        store.put_organisation(organisation).await?;
        store
            .put_agreement(
                &Agreement {
                    organisation: organisation.code.clone(),
                    begins: Timestamp(0),
                    ends: None,
                    feeds: true,
                    views: true,
                    supplies: SectionSet::all(),
                    signed_by: "A Caldicott Guardian".into(),
                },
                Timestamp(0),
            )
            .await?;
    }
    Ok(())
}
