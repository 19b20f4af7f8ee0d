//! Records of invented people, for the pages' samples and for tests.
//!
//! They are made of hand-made entries through [`combine`](crate::combine) itself, so a sample
//! cannot show what a record could not.

mod build;
mod full;
mod long;
mod people;

use std::collections::BTreeMap;

use tributary_model::SectionSet;

use crate::{
    combine,
    combined::{CombinedRecord, EntryView, Scope, Sensitivity, Trend},
    entry_view, trend,
};

/// Every kind of record that a page must be able to show, by name: ordinary, full, empty, late,
/// withheld, conflicting, child, deceased, protected, long.
#[must_use]
pub fn sample_records() -> Vec<(&'static str, CombinedRecord)> {
    vec![
        (
            "ordinary",
            combine(people::ordinary().sources(), &everything()),
        ),
        ("full", combine(full::full().sources(), &everything())),
        ("empty", combine(people::empty().sources(), &everything())),
        ("late", combine(people::late().sources(), &everything())),
        (
            "withheld",
            combine(people::withheld().sources(), &people::withheld_scope()),
        ),
        (
            "conflicting",
            combine(people::conflicting().sources(), &everything()),
        ),
        ("child", combine(people::child().sources(), &everything())),
        (
            "deceased",
            combine(people::deceased().sources(), &everything()),
        ),
        (
            "protected",
            combine(people::protected().sources(), &everything()),
        ),
        ("long", combine(long::long(1_200).sources(), &everything())),
    ]
}

/// Trends to draw: one of a laboratory result with ranges and another unit beside, one of a
/// pressure with two parts.
#[must_use]
pub fn sample_trends() -> Vec<(&'static str, Trend)> {
    let of = |slug| trend(full::full().sources(), &everything(), slug);
    [
        ("result", of("loinc-4548-4")),
        ("pressure", of("loinc-85354-9")),
    ]
    .into_iter()
    .filter_map(|(name, trend)| Some((name, trend?)))
    .collect()
}

/// Single entries to show: a result, a medicine with its earlier version, a letter.
#[must_use]
pub fn sample_entries() -> Vec<(&'static str, EntryView)> {
    full::ENTRIES
        .into_iter()
        .filter_map(|(name, n)| {
            let sources = full::full().sources();
            let entry = sources
                .entries
                .iter()
                .find(|entry| entry.key.n == n)?
                .clone();
            let key = tributary_model::EntryKey {
                version: tributary_model::Version(2),
                ..entry.key
            };
            let verbatim = format!(
                r#"{{"resourceType":"{}","id":"{n}"}}"#,
                entry.entry.kind.name()
            );
            let earlier = full::before(&entry);
            let mut sources = sources;
            for known in &mut sources.entries {
                if known.key.n == n {
                    known.key = key;
                }
            }
            let view = entry_view(sources, &everything(), key, verbatim.into_bytes(), earlier)?;
            Some((name, view))
        })
        .collect()
}

/// A scope that lets everything through.
#[must_use]
pub fn everything() -> Scope {
    Scope {
        sections: SectionSet::all(),
        sensitive: Sensitivity {
            version: "none".to_owned(),
            withheld: BTreeMap::new(),
        },
    }
}

/// Sources of a record of so many entries from four organisations, for measuring.
#[must_use]
pub fn sources_of(entries: usize) -> crate::Sources {
    long::long(entries).sources()
}
