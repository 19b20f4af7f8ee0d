//! How long it takes to combine a record: `cargo run --release -p tributary-record --example combine_speed`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints and reads the clock"
)]

use std::{hint::black_box, time::Instant};

use tributary_record::{
    combine,
    samples::{everything, sources_of},
};

fn main() {
    for (entries, rounds) in [(300, 400), (5_000, 40)] {
        let sources = sources_of(entries);
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
        println!("{entries} entries: median {median:.0} µs, least {least:.0} µs");
    }
}
