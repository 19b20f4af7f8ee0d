//! What a requester may not see is taken out before anything else is thought.

use std::collections::{HashMap, HashSet};

use tributary_model::{
    ClinicalEntry, Coding, Concept, Detail, IdentityId, Section, SectionSet, Value,
};

use crate::{
    combined::{Scope, Sensitivity, SourceEntry, Sources},
    mix::{Grouped, Mix},
    place,
};

/// Sources with only what may be seen left in them, and the one mark. Made by [`withhold`] alone.
#[derive(Clone, PartialEq, Debug)]
pub struct Visible {
    pub(crate) sources: Sources,
    /// Whether anything was withheld.
    pub(crate) withheld: bool,
    /// The sections shown; the others say that they are withheld from the role.
    pub(crate) sections: SectionSet,
    /// Whether the person's address is protected, so that places were taken out.
    pub(crate) protected: bool,
    /// What was withheld, as each identity would point to it.
    hidden: HashSet<(IdentityId, String)>,
}

/// Takes out every entry that the scope does not let through, and what points to it.
///
/// A section outside the scope is withheld from the role whoever the person is, so the mark is
/// then set always: it tells nothing of what the section holds.
/// An allergy is never withheld; only what it says of a withheld entry is taken off it.
#[must_use]
pub fn withhold(mut sources: Sources, scope: &Scope) -> Visible {
    let sections = scope.sections.with(Section::Allergies);
    let mut withheld = Section::ALL
        .into_iter()
        .any(|section| !sections.contains(section));
    let sensitive = hidden_entries(&sources, &scope.sensitive);
    withheld |= sensitive.contains(&true);
    let hidden = addresses(&sources, &sensitive);

    let mut marks = sensitive.into_iter();
    sources.entries.retain_mut(|entry| {
        let sensitive = marks.next().unwrap_or_default();
        let seen = sections.contains(entry.key.section) && sections.contains(entry.entry.section);
        if sensitive && is_allergy(entry) {
            entry.entry.reasons.clear();
            entry.entry.refers_to.clear();
            return seen;
        }
        seen && !sensitive
    });

    let protected = sources
        .identities
        .iter()
        .any(|identity| identity.demographics.protected);
    if protected {
        place::hide(&mut sources);
    }
    Visible {
        sources,
        withheld,
        sections,
        protected,
        hidden,
    }
}

impl Visible {
    /// What is left: without what is withheld, and without what would tell a protected place.
    #[must_use]
    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Of the entries that withholding was `given`, those that may be seen with the source's own
    /// bytes: nothing was taken off them.
    pub fn intact<'a>(&self, given: &'a [SourceEntry]) -> impl Iterator<Item = &'a SourceEntry> {
        let seen = self.sources.entries.iter().filter(|_| !self.protected);
        let seen: HashMap<_, _> = seen.map(|entry| (entry.key, &entry.entry)).collect();
        given
            .iter()
            .filter(move |entry| seen.get(&entry.key) == Some(&&entry.entry))
    }

    /// Whether an entry that is not among the sources (an earlier version) may be seen with them.
    pub(crate) fn admits(&self, entry: &SourceEntry, sensitive: &Sensitivity) -> bool {
        let identity = entry.key.identity;
        self.sections.contains(entry.key.section)
            && self.sections.contains(entry.entry.section)
            && !withheld_codes(std::slice::from_ref(entry), sensitive).contains(&true)
            && !references(&entry.entry).any(|id| self.hidden.contains(&(identity, id.to_owned())))
    }

    /// The same sources with one other entry alone, for the row of an earlier version.
    pub(crate) fn with_only(&self, entry: SourceEntry) -> Self {
        let mut sources = Sources {
            identities: self.sources.identities.clone(),
            entries: vec![entry],
            waiting_to_be_linked: Vec::new(),
            hidden_by_agreement: Vec::new(),
            now: self.sources.now,
        };
        if self.protected {
            place::hide(&mut sources);
        }
        Self {
            sources,
            hidden: HashSet::new(),
            ..*self
        }
    }
}

fn is_allergy(entry: &SourceEntry) -> bool {
    entry.key.section == Section::Allergies
}

/// The withheld entries as every identity of their organisation would point to them.
fn addresses(sources: &Sources, sensitive: &[bool]) -> HashSet<(IdentityId, String)> {
    let mut hidden = HashSet::new();
    let marked = sources
        .entries
        .iter()
        .zip(sensitive)
        .filter(|(_, marked)| **marked);
    for (entry, _) in marked.filter(|(entry, _)| !is_allergy(entry)) {
        let own = sources
            .identities
            .iter()
            .find(|other| other.identity == entry.key.identity);
        let kin = sources.identities.iter().filter(|other| {
            own.is_some_and(|own| own.organisation.code == other.organisation.code)
        });
        hidden.extend(kin.map(|other| (other.identity, entry.entry.source_id.clone())));
    }
    hidden
}

/// For each entry, whether a sensitive code withholds it: its own, or one it points to.
///
/// A report of a sensitive code withholds its members, since they are its content; a report that
/// only has a sensitive member goes itself, and leaves its other members where they are.
fn hidden_entries(sources: &Sources, sensitive: &Sensitivity) -> Vec<bool> {
    let mut hidden = withheld_codes(&sources.entries, sensitive);
    if !hidden.contains(&true) {
        return hidden;
    }
    let organisations: HashMap<IdentityId, &str> = sources
        .identities
        .iter()
        .map(|identity| (identity.identity, identity.organisation.code.as_str()))
        .collect();
    let node = |entry: &SourceEntry, id: &str| {
        let organisation = organisations
            .get(&entry.key.identity)
            .copied()
            .unwrap_or_default();
        Mix::new(1).text(organisation).text(id).end()
    };
    let mut at: Grouped<Vec<usize>> = Grouped::default();
    let mut pointing: Grouped<Vec<usize>> = Grouped::default();
    for (n, entry) in sources.entries.iter().enumerate() {
        at.entry(node(entry, &entry.entry.source_id))
            .or_default()
            .push(n);
        for id in references(&entry.entry) {
            pointing.entry(node(entry, id)).or_default().push(n);
        }
    }
    let mut waiting: Vec<usize> = Vec::new();
    for (n, entry) in sources.entries.iter().enumerate() {
        if hidden.get(n) != Some(&true) {
            continue;
        }
        waiting.push(n);
        if let Detail::Document(document) = &entry.entry.detail {
            let members = document
                .results
                .iter()
                .filter_map(|id| at.get(&node(entry, id)));
            waiting.extend(members.flatten());
        }
    }
    while let Some(n) = waiting.pop() {
        let (Some(mark), Some(entry)) = (hidden.get_mut(n), sources.entries.get(n)) else {
            continue;
        };
        *mark = true;
        // An allergy stays, so nothing is withheld for pointing to it.
        if is_allergy(entry) {
            continue;
        }
        if let Some(pointers) = pointing.remove(&node(entry, &entry.entry.source_id)) {
            waiting.extend(pointers);
        }
    }
    hidden
}

/// For each entry, whether one of its own codes is in a sensitive set.
///
/// The record's codes are few and the configured ones many, so the configured are looked up among
/// the record's and not the other way round.
fn withheld_codes(entries: &[SourceEntry], sensitive: &Sensitivity) -> Vec<bool> {
    let mut hidden = vec![false; entries.len()];
    if sensitive.withheld.values().all(Vec::is_empty) {
        return hidden;
    }
    let mut users: Grouped<Vec<(usize, &Coding)>> = Grouped::default();
    for (n, entry) in entries.iter().enumerate() {
        every_coding(&entry.entry, |coding| {
            users
                .entry(Mix::new(2).text(&coding.code).end())
                .or_default()
                .push((n, coding));
        });
    }
    for (system, code) in sensitive.withheld.values().flatten() {
        let Some(found) = users.get(&Mix::new(2).text(code).end()) else {
            continue;
        };
        for (n, coding) in found {
            if coding.code == *code
                && coding.system == *system
                && let Some(mark) = hidden.get_mut(*n)
            {
                *mark = true;
            }
        }
    }
    hidden
}

/// Every code that an entry says, wherever it says it.
fn every_coding<'a>(entry: &'a ClinicalEntry, mut each: impl FnMut(&'a Coding)) {
    entry.further_codes.iter().for_each(&mut each);
    let mut concept = |concept: &'a Concept| concept.codings.iter().for_each(&mut each);
    concept(&entry.what);
    entry.categories.iter().for_each(&mut concept);
    entry.reasons.iter().for_each(&mut concept);
    if let Detail::Observation(observation) = &entry.detail {
        if let Some(Value::Coded(value)) = &observation.value {
            concept(value);
        }
        for component in &observation.components {
            concept(&component.what);
            if let Some(Value::Coded(value)) = &component.value {
                concept(value);
            }
        }
    }
}

/// Every entry of the same source that an entry points to.
fn references(entry: &ClinicalEntry) -> impl Iterator<Item = &str> {
    let members = match &entry.detail {
        Detail::Document(document) => document.results.as_slice(),
        _ => &[],
    };
    entry.refers_to.iter().chain(members).map(String::as_str)
}
