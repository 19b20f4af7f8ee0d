//! The architecture tests: house rules that a compiler cannot hold.

mod documents;
mod imports;
mod routes;
mod sources;
mod tables;

use crate::shell::Outcome;
use crate::tally::{Counts, Tally};

/// A rule: what it says, and a check that lists what breaks it.
type Rule = (&'static str, fn() -> Outcome<Vec<String>>);

const RULES: &[Rule] = &[
    (
        "who imports whom is what ARCHITECTURE.md says",
        imports::as_documented,
    ),
    (
        "every module begins by saying what it is",
        sources::modules_say_what_they_are,
    ),
    (
        "no file names a machine's paths or a registry's host",
        sources::no_machine_in_it,
    ),
    (
        "ARCHITECTURE.md is short enough to be read",
        sources::architecture_is_short,
    ),
    (
        "each SQL table is known to one module",
        tables::one_module_each,
    ),
    ("only the store speaks SQL", tables::only_the_store),
    ("every route is asked without authority", routes::all_asked),
    (
        "no further route is open to anyone",
        routes::open_ones_are_known,
    ),
    ("generated documents are current", documents::current),
];

/// The rules alone, for a developer; `--write` brings generated documents up to date first.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    if arguments.iter().any(|argument| argument == "--write") {
        documents::write()?;
    }
    let mut tally = Tally::default();
    tally.counted("architecture", |counts| {
        check(counts);
        Ok(())
    });
    tally.close()
}

/// Checks every rule; one that cannot be checked does not hold.
pub(crate) fn check(counts: &mut Counts) {
    for (rule, broken) in RULES {
        let findings = broken().unwrap_or_else(|why| vec![why]);
        if findings.is_empty() {
            println!("ok {rule}");
            counts.passed += 1;
        } else {
            println!("not ok {rule}\n    {}", findings.join("\n    "));
            counts.failed += 1;
        }
    }
}
