//! What passed and what failed, over everything one command ran.

use std::time::{Duration, Instant};

use crate::shell::Outcome;

/// Counts of checks, and how long each phase took.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    phases: Vec<(&'static str, Duration)>,
    failures: Vec<String>,
}

/// The counts of one phase that has many checks.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counts {
    /// Checks that held.
    pub(crate) passed: usize,
    /// Checks that did not.
    pub(crate) failed: usize,
    /// Checks that could not be made here, each with its reason printed.
    pub(crate) skipped: usize,
}

impl Tally {
    /// A phase that is one check.
    pub(crate) fn check(&mut self, phase: &'static str, body: impl FnOnce() -> Outcome) -> bool {
        let outcome = self.timed(phase, body);
        let good = outcome.is_ok();
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => self.fail(phase, &why),
        }
        good
    }

    /// A phase that counts its own checks; failing without a failed check is a failure too.
    pub(crate) fn counted(
        &mut self,
        phase: &'static str,
        body: impl FnOnce(&mut Counts) -> Outcome,
    ) {
        let mut counts = Counts::default();
        let outcome = self.timed(phase, || body(&mut counts));
        self.passed += counts.passed;
        self.failed += counts.failed;
        self.skipped += counts.skipped;
        match outcome {
            Err(why) if counts.failed == 0 => self.fail(phase, &why),
            Err(why) => self.failures.push(format!("{phase}: {why}")),
            Ok(()) if counts.failed > 0 => {
                self.failures
                    .push(format!("{phase}: {} checks failed", counts.failed));
            }
            Ok(()) => {}
        }
    }

    /// Prints the phases, what failed, and the closing line.
    pub(crate) fn close(self) -> Outcome {
        println!("\nHow long each phase took:");
        for (phase, took) in &self.phases {
            println!("  {:>7.1} s  {phase}", took.as_secs_f64());
        }
        let all: Duration = self.phases.iter().map(|(_, took)| *took).sum();
        println!("  {:>7.1} s  in all\n", all.as_secs_f64());
        for failure in &self.failures {
            println!("FAILED {failure}");
        }
        let skipped = match self.skipped {
            0 => String::new(),
            some => format!(", {some} skipped"),
        };
        println!("{} passed, {} failed{skipped}", self.passed, self.failed);
        if self.failed == 0 {
            Ok(())
        } else {
            Err("not everything passed".to_owned())
        }
    }

    fn timed<T>(&mut self, phase: &'static str, body: impl FnOnce() -> T) -> T {
        println!("\n── {phase}");
        let began = Instant::now();
        let result = body();
        self.phases.push((phase, began.elapsed()));
        result
    }

    fn fail(&mut self, phase: &str, why: &str) {
        println!("{why}");
        self.failed += 1;
        self.failures.push(format!(
            "{phase}: {}",
            why.lines().next().unwrap_or_default()
        ));
    }
}
