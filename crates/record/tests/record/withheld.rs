//! What is withheld leaves no trace but the one mark.

use std::collections::HashSet;

use proptest::prelude::*;
use tributary_model::{
    ClinicalEntry, Coding, Concept, Detail, EntryKey, IdentityId, Section, SectionSet, Value,
};
use tributary_record::{
    CombinedRecord, Mark, Row, Scope, SectionState, Sensitivity, SourceEntry, Sources, combine,
    entry_view, trend,
};

use crate::arbitrary::{SENSITIVE, SNOMED, scope, sensitivity, sources};

/// The rule, written once more and without any haste: every entry that has a sensitive code, or
/// points to a withheld one, or is a member of a report that has a sensitive code itself.
fn withheld_keys(sources: &Sources, scope: &Scope) -> HashSet<EntryKey> {
    if scope.sensitive.withheld.is_empty() {
        return HashSet::new();
    }
    let organisation = |identity: IdentityId| {
        let mut identities = sources.identities.iter();
        identities
            .find(|one| one.identity == identity)
            .map(|one| one.organisation.code.clone())
    };
    let points_to = |from: &SourceEntry, to: &SourceEntry, members_only: bool| {
        let members = match &from.entry.detail {
            Detail::Document(document) => document.results.as_slice(),
            _ => &[],
        };
        let others = if members_only {
            &[]
        } else {
            from.entry.refers_to.as_slice()
        };
        organisation(from.key.identity) == organisation(to.key.identity)
            && members
                .iter()
                .chain(others)
                .any(|id| *id == to.entry.source_id)
    };
    let coded: Vec<&SourceEntry> = sources
        .entries
        .iter()
        .filter(|entry| has_sensitive_code(&entry.entry))
        .collect();
    let mut withheld: HashSet<EntryKey> = coded.iter().map(|entry| entry.key).collect();
    for entry in &sources.entries {
        if coded.iter().any(|report| points_to(report, entry, true)) {
            withheld.insert(entry.key);
        }
    }
    loop {
        let before = withheld.len();
        for entry in &sources.entries {
            let points = sources.entries.iter().any(|other| {
                withheld.contains(&other.key)
                    && other.key.section != Section::Allergies
                    && points_to(entry, other, false)
            });
            if points {
                withheld.insert(entry.key);
            }
        }
        if withheld.len() == before {
            return withheld;
        }
    }
}

fn has_sensitive_code(entry: &ClinicalEntry) -> bool {
    let sensitive = |coding: &Coding| coding.system == SNOMED && coding.code == SENSITIVE;
    let said = |concept: &Concept| concept.codings.iter().any(sensitive);
    let value =
        |value: &Option<Value>| matches!(value, Some(Value::Coded(concept)) if said(concept));
    said(&entry.what)
        || entry.categories.iter().any(said)
        || entry.reasons.iter().any(said)
        || match &entry.detail {
            Detail::Observation(observation) => {
                value(&observation.value)
                    || observation
                        .components
                        .iter()
                        .any(|part| said(&part.what) || value(&part.value))
            }
            _ => false,
        }
}

/// The same sources as if what is withheld had never been sent.
fn never_sent(sources: &Sources, scope: &Scope) -> Sources {
    let withheld = withheld_keys(sources, scope);
    let mut sources = sources.clone();
    sources.entries.retain_mut(|entry| {
        if !withheld.contains(&entry.key) {
            return scope.sections.contains(entry.key.section);
        }
        entry.entry.reasons.clear();
        entry.entry.refers_to.clear();
        entry.key.section == Section::Allergies
    });
    sources
}

fn rows(record: &CombinedRecord) -> impl Iterator<Item = &Row> {
    record.sections.iter().flat_map(|section| &section.rows)
}

proptest! {
    #[test]
    fn what_is_withheld_might_as_well_never_have_been_sent(sources in sources(), scope in scope()) {
        let bare = Scope { sensitive: Sensitivity::default(), ..scope.clone() };
        let seen = combine(sources.clone(), &scope);
        let mut expected = combine(never_sent(&sources, &scope), &bare);
        prop_assert_eq!(seen.withheld, scope.sections != SectionSet::all() || !withheld_keys(&sources, &scope).is_empty());
        expected.withheld = seen.withheld;
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn a_trend_has_no_point_of_what_is_withheld(sources in sources(), scope in scope()) {
        let bare = Scope { sensitive: Sensitivity::default(), ..scope.clone() };
        let record = combine(sources.clone(), &scope);
        let slugs = ["loinc-718-7", "loinc-29463-7", "loinc-85354-9", "sct-86406008"];
        let named: HashSet<&str> = rows(&record).filter_map(|row| row.trend.as_deref()).chain(slugs).collect();
        for slug in named {
            let seen = trend(sources.clone(), &scope, slug);
            prop_assert_eq!(seen, trend(never_sent(&sources, &scope), &bare, slug));
        }
    }

    #[test]
    fn one_entry_opens_just_when_the_record_shows_it(sources in sources(), scope in scope()) {
        let record = combine(sources.clone(), &scope);
        let shown: HashSet<EntryKey> = rows(&record).flat_map(|row| &row.provenance).map(|from| from.key).collect();
        for entry in &sources.entries {
            let earlier = SourceEntry { key: EntryKey { version: tributary_model::Version(0), ..entry.key }, ..entry.clone() };
            let view = entry_view(sources.clone(), &scope, entry.key, b"{}".to_vec(), vec![earlier]);
            prop_assert_eq!(view.is_some(), shown.contains(&entry.key));
            if let Some(view) = view {
                prop_assert_eq!(view.row.key, entry.key);
                // Only an allergy is shown though it is withheld: without what it points to.
                let spared = withheld_keys(&sources, &scope).contains(&entry.key);
                let pointed = !(entry.entry.refers_to.is_empty() && entry.entry.reasons.is_empty());
                prop_assert!(!spared || (view.entry.refers_to.is_empty() && view.entry.reasons.is_empty()));
                let protected = sources.identities.iter().any(|one| one.demographics.protected);
                prop_assert_eq!(view.verbatim.is_empty(), protected || (spared && pointed));
            }
        }
    }

    #[test]
    fn allergies_are_shown_whoever_asks(sources in sources()) {
        let scope = Scope { sections: SectionSet::EMPTY, sensitive: sensitivity() };
        let record = combine(sources.clone(), &scope);
        let shown: HashSet<EntryKey> = rows(&record).flat_map(|row| &row.provenance).map(|from| from.key).collect();
        for entry in &sources.entries {
            prop_assert_eq!(shown.contains(&entry.key), entry.key.section == Section::Allergies);
        }
        for section in record.sections.iter().filter(|section| section.section != Section::Allergies) {
            prop_assert_eq!(&section.states, &vec![SectionState::Withheld]);
        }
    }

    #[test]
    fn everything_visible_is_shown_once_and_sections_are_never_silent(sources in sources(), scope in scope()) {
        let record = combine(sources.clone(), &scope);
        let mut shown = HashSet::new();
        for from in rows(&record).flat_map(|row| &row.provenance) {
            prop_assert!(shown.insert(from.key), "an entry is shown twice");
        }
        let withheld = withheld_keys(&sources, &scope);
        for entry in &sources.entries {
            let visible = entry.key.section == Section::Allergies
                || (scope.sections.contains(entry.key.section) && !withheld.contains(&entry.key));
            prop_assert_eq!(shown.contains(&entry.key), visible);
        }
        for section in &record.sections {
            prop_assert!(!section.states.is_empty());
            let struck = |row: &&Row| row.marks.contains(&Mark::EnteredInError);
            let facts = section.rows.iter().filter(|row| !struck(row));
            let entries: usize = facts.clone().map(|row| row.provenance.len()).sum();
            let counted = section.states.iter().find_map(|state| match state {
                SectionState::Entries { entries, rows } => Some((*entries, *rows)),
                _ => None,
            });
            prop_assert_eq!(counted.unwrap_or_default(), (entries, facts.count()));
        }
    }
}
