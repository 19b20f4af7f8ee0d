//! From what is visible to one record.

use crate::{
    banner::banner,
    book::Book,
    combined::{CombinedRecord, Row, Scope, SourceState, Sources},
    conflicts, duplicates,
    first_minute::first_minute,
    rows, sections,
    timeline::timeline,
    trend,
    withhold::{Visible, withhold},
};

/// The combined record that a scope lets through: [`withhold`], then everything else.
///
/// The order of the entries and of the identities after the first changes nothing.
#[must_use]
pub fn combine(sources: Sources, scope: &Scope) -> CombinedRecord {
    of_visible(&withhold(sources, scope))
}

fn of_visible(visible: &Visible) -> CombinedRecord {
    let book = Book::open(visible);
    let mut facts = duplicates::gather(&book);
    conflicts::mark(&book, &mut facts);
    trend::address(&book, &mut facts);
    let rows: Vec<Option<Row>> = facts
        .iter()
        .map(|fact| Some(rows::row(&book, fact, fact.lead)))
        .collect();
    CombinedRecord {
        banner: banner(&book),
        first_minute: first_minute(&book, &facts, &rows),
        timeline: timeline(&book, &facts),
        sections: sections::sections(&book, &facts, rows),
        sources: source_states(&book),
        withheld: visible.withheld,
        may_be_more: sorted(&visible.sources.waiting_to_be_linked),
        hidden_by_agreement: sorted(&visible.sources.hidden_by_agreement),
        as_at: book.now,
    }
}

fn source_states(book: &Book<'_>) -> Vec<SourceState> {
    let mut counts = vec![0; book.sources.len()];
    for item in book.items.iter().filter(|item| item.is_fact()) {
        if let Some(count) = counts.get_mut(item.source) {
            *count += 1;
        }
    }
    let states = book
        .sources
        .iter()
        .zip(counts)
        .map(|(source, entries)| SourceState {
            organisation: source.organisation.clone(),
            refreshed: source.refreshed,
            late_since: source.late_since,
            supplies: source.supplies,
            entries,
        });
    states.collect()
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    names
}
