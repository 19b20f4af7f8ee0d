//! How long it takes to combine a record:
//! `cargo run --release -p tributary-record --example combine_speed`.
//!
//! Then the same for records made to be as slow as can be, at two sizes: what grows with the
//! square of the entries would take four times as long at twice the size.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints and reads the clock"
)]

use std::{hint::black_box, time::Instant};

use tributary_model::{ClinicalEntry, Section};
use tributary_record::{
    Sources, combine,
    samples::{everything, sources_of},
};

fn main() {
    measure("300 entries", 400, &sources_of(300));
    measure("5,000 entries", 40, &sources_of(5_000));
    for section in [
        Section::Allergies,
        Section::Medications,
        Section::Problems,
        Section::Results,
    ] {
        for entries in [5_000, 10_000] {
            measure(
                &format!("{entries} × the same, {}", section.title()),
                5,
                &same(section, entries),
            );
        }
    }
}

fn measure(what: &str, rounds: usize, sources: &Sources) {
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let given = sources.clone();
            let started = Instant::now();
            let record = combine(given, &everything());
            let taken = started.elapsed().as_secs_f64() * 1e6;
            black_box(record);
            taken
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let least = times.first().copied().unwrap_or_default();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{what}: median {median:.0} µs, least {least:.0} µs");
}

/// One entry of a section again and again from every source, every third as denied or stopped.
fn same(section: Section, entries: usize) -> Sources {
    let mut sources = sources_of(200);
    let one = sources
        .entries
        .iter()
        .find(|entry| entry.key.section == section)
        .cloned();
    let one = one.expect("the long sample has entries in these sections");
    let identities: Vec<_> = sources
        .identities
        .iter()
        .map(|source| source.identity)
        .collect();
    sources.entries = (1_i64..)
        .zip(identities.iter().cycle())
        .take(entries)
        .map(|(n, identity)| {
            let mut entry = one.clone();
            (entry.key.n, entry.key.identity) = (n, *identity);
            if n % 3 == 0 {
                deny(&mut entry.entry);
            }
            entry
        })
        .collect();
    sources
}

fn deny(entry: &mut ClinicalEntry) {
    "stopped".clone_into(&mut entry.status);
    "refuted".clone_into(&mut entry.verification);
}
