//! The architecture tests: house rules that a compiler cannot hold.

use crate::shell::Outcome;
use crate::tally::{Counts, Tally};

/// A rule: what it says, and a check that lists what breaks it.
type Rule = (&'static str, fn() -> Outcome<Vec<String>>);

const RULES: &[Rule] = &[];

/// The rules alone, for a developer; `--write` brings generated documents up to date first.
pub(crate) fn command(_arguments: &[String]) -> Outcome {
    let mut tally = Tally::default();
    tally.counted("architecture", check);
    tally.close()
}

/// Checks every rule.
pub(crate) fn check(counts: &mut Counts) -> Outcome {
    for (rule, broken) in RULES {
        let findings = broken()?;
        if findings.is_empty() {
            println!("ok {rule}");
            counts.passed += 1;
        } else {
            println!("not ok {rule}");
            for finding in findings {
                println!("    {finding}");
            }
            counts.failed += 1;
        }
    }
    Ok(())
}
