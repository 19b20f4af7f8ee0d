//! `cargo xtask bench`: the benchmarks on a release build.

use crate::postgres::{Cluster, Sync};
use crate::setup;
use crate::shared_data;
use crate::shell::{self, Outcome, run};

/// Builds for speed and runs; `--postgres` starts a cluster that syncs as production does.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let on_postgres = arguments.iter().any(|argument| argument == "--postgres");
    if on_postgres {
        setup::everything()?;
    } else {
        setup::for_demo()?;
    }
    let cluster = if on_postgres {
        Some(Cluster::start(Sync::On)?)
    } else {
        None
    };
    let mut bench = shell::cargo();
    bench
        .args(["run", "--release", "--package", "tributary-bench", "--"])
        .args(arguments);
    if let Some(cluster) = &cluster {
        bench.env("TRIBUTARY_BENCH_POSTGRES", &cluster.connection);
    }
    if let Some(data) = shared_data::unpack()? {
        bench.env("TRIBUTARY_SHARED_DATA", data);
    }
    run(&mut bench)
}
