//! The sections in the order of the record, each with what is true of it.

use std::collections::HashMap;

use tributary_model::Section;

use crate::{
    book::Book,
    combined::{Row, SectionState, SectionView},
    duplicates::Fact,
    medicines::newest_first,
    standing::Standing,
};

/// Makes the sections of the rows, one row for each fact.
pub(crate) fn sections(
    book: &Book<'_>,
    facts: &[Fact],
    mut rows: Vec<Option<Row>>,
) -> Vec<SectionView> {
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); Section::ALL.len()];
    for (place, fact) in facts.iter().enumerate() {
        let section = usize::from(book.item(fact.lead).key.section.number()).checked_sub(1);
        if let Some(places) = section.and_then(|section| places.get_mut(section)) {
            places.push(place);
        }
    }
    Section::ALL
        .into_iter()
        .zip(places)
        .map(|(section, mut places)| {
            let states = states(book, facts, section, &places);
            order(book, facts, &mut places);
            let rows = places
                .into_iter()
                .filter_map(|place| rows.get_mut(place)?.take());
            SectionView {
                section,
                states,
                rows: rows.collect(),
            }
        })
        .collect()
}

/// What holds before what is past, newest first, what was taken back at the end; rows that
/// disagree stand together where the first of them stands.
fn order(book: &Book<'_>, facts: &[Fact], places: &mut Vec<usize>) {
    let lead = |place: usize| facts.get(place).map(|fact| book.item(fact.lead));
    let standing = |place: usize| lead(place).map_or(Standing::Error, |item| item.standing);
    places.sort_by_cached_key(|place| (standing(*place), newest_first(book, facts, *place)));
    let conflict = |place: usize| facts.get(place).and_then(|fact| fact.conflict);
    if places.iter().all(|place| conflict(*place).is_none()) {
        return;
    }
    let mut first_of: HashMap<u32, usize> = HashMap::new();
    let mut keyed: Vec<(usize, usize, usize)> = Vec::with_capacity(places.len());
    for (n, place) in places.iter().enumerate() {
        let together = conflict(*place).filter(|_| standing(*place) != Standing::Error);
        let stands = together.map_or(n, |number| *first_of.entry(number).or_insert(n));
        keyed.push((stands, n, *place));
    }
    keyed.sort_unstable();
    places.clear();
    places.extend(keyed.into_iter().map(|(_, _, place)| place));
}

/// Whether a source of this record supplies a section and has been received at all.
pub(crate) fn is_supplied(book: &Book<'_>, section: Section) -> bool {
    book.sources
        .iter()
        .any(|source| source.supplies.contains(section) && source.refreshed.is_some())
}

fn states(
    book: &Book<'_>,
    facts: &[Fact],
    section: Section,
    places: &[usize],
) -> Vec<SectionState> {
    if !book.sections.contains(section) {
        return vec![SectionState::Withheld];
    }
    let counted = places.iter().filter_map(|place| facts.get(*place));
    let counted = counted.filter(|fact| book.item(fact.lead).is_fact());
    let (entries, rows) = counted.fold((0, 0), |(entries, rows), fact| {
        (entries + fact.members().count(), rows + 1)
    });
    let mut states = Vec::new();
    if rows > 0 {
        states.push(SectionState::Entries { entries, rows });
    } else if is_supplied(book, section) {
        states.push(SectionState::NoneRecorded);
    }
    for source in book
        .sources
        .iter()
        .filter(|source| source.supplies.contains(section))
    {
        if let Some(late_since) = source.late_since {
            // It has not been received since it last was.
            let late = SectionState::Late {
                source: source.organisation.name.clone(),
                since: source.refreshed.unwrap_or(late_since),
            };
            if !states.contains(&late) {
                states.push(late);
            }
        }
    }
    if states.is_empty() {
        states.push(SectionState::NotSupplied);
    }
    states
}
