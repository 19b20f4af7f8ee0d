//! `cargo xtask test`: all that must hold, on a fresh machine, with one closing line.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::browser::{self, Demo};
use crate::postgres::{Cluster, Sync};
use crate::setup;
use crate::shared_data;
use crate::shell::{self, OrSay, Outcome, run};
use crate::tally::{Counts, Tally};
use crate::tidy;
use crate::trace;

/// Runs every phase, also after one has failed, so that one run tells all there is to mend.
pub(crate) fn test() -> Outcome {
    let mut tally = Tally::default();
    let mut real_input = None;
    let ready = tally.check("set-up", || {
        setup::everything()?;
        real_input = shared_data::unpack()?;
        Ok(())
    });
    if !ready {
        return tally.close();
    }
    tally.check("format", || {
        run(shell::cargo().args(["fmt", "--all", "--check"]))
    });
    let built = tally.check("build", || {
        run(shell::cargo().args(["test", "--workspace", "--no-run", "--quiet"]))
    });
    tally.check("lints", || {
        run(shell::cargo()
            .args(["clippy", "--workspace", "--all-targets", "--quiet"])
            .args(["--", "-D", "warnings"]))
    });
    tally.counted("architecture", |counts| {
        tidy::check(counts);
        Ok(())
    });
    if built {
        tally.counted("tests", |counts| {
            let cluster = Cluster::start(Sync::Off)?;
            let mut tests = shell::cargo();
            tests
                .args(["test", "--workspace", "--no-fail-fast"])
                .env("TRIBUTARY_TEST_POSTGRES", &cluster.connection);
            if let (Some(shared), Some(data)) = (shared_data::shared(), &real_input) {
                tests
                    .env("TRIBUTARY_SHARED", shared)
                    .env("TRIBUTARY_SHARED_DATA", data);
            }
            cargo_test(&mut tests, counts)
        });
        tally.counted("sample pages", browser::check_samples);
        let mut demo = None;
        tally.check("demo", || {
            demo = Some(Demo::start()?);
            Ok(())
        });
        if let Some(demo) = &demo {
            tally.counted("durability, traced", |counts| trace::check(demo, counts));
            tally.counted("signing in", |counts| {
                browser::check_signing_in(demo, counts)
            });
            tally.counted("browser", |counts| browser::check(demo, counts));
        }
    }
    tally.close()
}

/// Runs one command beside a cluster, with what the tests find in their environment.
pub(crate) fn with_postgres(arguments: &[String]) -> Outcome {
    let (program, rest) = arguments
        .split_first()
        .ok_or("with-postgres needs a command to run")?;
    setup::everything()?;
    let real_input = shared_data::unpack()?;
    let cluster = Cluster::start(Sync::Off)?;
    run(environment(
        shell::command(program).args(rest),
        &cluster,
        real_input.as_deref(),
    ))
}

/// What the tests find in their environment.
fn environment<'a>(
    tests: &'a mut Command,
    cluster: &Cluster,
    real_input: Option<&Path>,
) -> &'a mut Command {
    tests.env("TRIBUTARY_TEST_POSTGRES", &cluster.connection);
    if let (Some(shared), Some(data)) = (shared_data::shared(), real_input) {
        tests
            .env("TRIBUTARY_SHARED", shared)
            .env("TRIBUTARY_SHARED_DATA", data);
    }
    tests
}

/// Runs `cargo test`, passing on what it prints and adding up its closing lines.
fn cargo_test(tests: &mut Command, counts: &mut Counts) -> Outcome {
    let mut running = tests
        .stdout(Stdio::piped())
        .spawn()
        .or_say(|| "could not start cargo test".to_owned())?;
    let printed = running.stdout.take().ok_or("cargo test has no output")?;
    for line in BufReader::new(printed).lines() {
        let line = line.or_say(|| "reading what cargo test prints".to_owned())?;
        println!("{line}");
        if let Some(of_binary) = closing_line(&line) {
            counts.passed += of_binary.passed;
            counts.failed += of_binary.failed;
            counts.skipped += of_binary.skipped;
        }
    }
    let status = running
        .wait()
        .or_say(|| "waiting for cargo test".to_owned())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo test ended with {status}"))
    }
}

/// Reads `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
fn closing_line(line: &str) -> Option<Counts> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut read = Counts::default();
    for part in counts.split("; ") {
        let (number, what) = part.split_once(' ')?;
        match what {
            "passed" => read.passed = number.parse().ok()?,
            "failed" => read.failed = number.parse().ok()?,
            "ignored" => read.skipped = number.parse().ok()?,
            _ => {}
        }
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::{Counts, closing_line};

    #[test]
    fn closing_lines_are_read() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered \
                    out; finished in 0.02s";
        let counts = Counts {
            passed: 12,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(closing_line(line), Some(counts));
        assert_eq!(closing_line("test a::b ... ok"), None);
    }
}
