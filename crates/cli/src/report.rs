//! What was made of a submission, as a feed engineer reads it.

use std::fmt::Write as _;

use tributary_intake::{Counts, Ending, TakeReport};
use tributary_model::Issue;

use crate::words::count;

/// How a submission ended, in a word or two.
pub(crate) const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Filed => "filed",
        Ending::Repeat => "a repeat: nothing to do",
        Ending::Held => "held for a person",
        Ending::Failed => "failed",
    }
}

/// Whether nobody has to look.
pub(crate) const fn is_fine(report: &TakeReport) -> bool {
    matches!(report.ending, Ending::Filed | Ending::Repeat) && report.counts.parked == 0
}

/// The whole report.
pub(crate) fn words(name: &str, report: &TakeReport) -> String {
    let mut text = format!(
        "{name}: {} (submission {})\n",
        ending(report.ending),
        report.submission
    );
    for why in &report.why {
        line(&mut text, "why", why);
    }
    let counts = &report.counts;
    let received = counts
        .received
        .iter()
        .map(|(kind, number)| (kind.as_str(), *number));
    let received = listed(received);
    let all = count(counts.received_in_all());
    line(&mut text, "received", &format!("{all} ({received})"));
    line(&mut text, "statements", &statements(counts));
    line(&mut text, "not filed", &not_filed(counts));
    line(&mut text, "people", &people(counts));
    for (kind, number) in &counts.issues {
        line(&mut text, "issues", &format!("{kind}: {}", count(*number)));
        let of_kind = report
            .issues
            .iter()
            .filter(|issue| issue.kind.name() == kind);
        for (place, words) in once_each(of_kind) {
            let _ = writeln!(text, "                {place}: {words}");
        }
    }
    text
}

/// Each complaint once, with the first place it was met.
fn once_each<'i>(issues: impl Iterator<Item = &'i Issue>) -> Vec<(&'i str, &'i str)> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for issue in issues {
        if seen.iter().all(|(_, words)| *words != issue.words) {
            seen.push((&issue.place, &issue.words));
        }
    }
    seen
}

fn statements(counts: &Counts) -> String {
    listed([
        ("new", counts.new),
        ("changed", counts.changed),
        ("unchanged", counts.unchanged),
        ("removed", counts.removed),
        ("restored", counts.restored),
    ])
}

fn not_filed(counts: &Counts) -> String {
    listed([
        ("dropped for an opt-out", counts.dropped),
        ("set aside", counts.aside),
        ("parked for a person", counts.parked),
    ])
}

fn people(counts: &Counts) -> String {
    listed([
        ("new identities", counts.identities),
        ("linked", counts.linked),
        ("doubtful pairs", counts.doubtful),
        ("erased", counts.erased),
    ])
}

fn line(text: &mut String, subject: &str, words: &str) {
    if !words.is_empty() {
        let _ = writeln!(text, "  {subject:<12}  {words}");
    }
}

/// `new 3, changed 2`; what is none is left out.
fn listed<'n>(counts: impl IntoIterator<Item = (&'n str, u64)>) -> String {
    let some = counts.into_iter().filter(|(_, number)| *number > 0);
    let words: Vec<String> = some
        .map(|(name, number)| format!("{name} {}", count(number)))
        .collect();
    words.join(", ")
}
