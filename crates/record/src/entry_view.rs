//! One entry in full, with the versions before it.

use tributary_model::EntryKey;

use crate::{
    book::Book,
    combined::{EntryView, Row, Scope, SourceEntry, Sources},
    conflicts, duplicates, rows, trend,
    withhold::{Visible, withhold},
};

/// The view of one entry, or `None` when the record that the scope lets through does not have it.
///
/// It takes the whole record, since what an entry points to decides whether it may be seen.
/// `earlier` are the versions before it; those that may not be seen are left out. The source's
/// own bytes are kept back when they may hold what was taken off the entry: a protected person's
/// places, or an allergy's pointer to what is withheld.
#[must_use]
pub fn entry_view(
    sources: Sources,
    scope: &Scope,
    key: EntryKey,
    verbatim: Vec<u8>,
    earlier: Vec<SourceEntry>,
) -> Option<EntryView> {
    let given = sources
        .entries
        .iter()
        .find(|entry| entry.key == key)?
        .entry
        .clone();
    let visible = withhold(sources, scope);
    let entry = visible
        .sources
        .entries
        .iter()
        .find(|entry| entry.key == key)?
        .entry
        .clone();
    let book = Book::open(&visible);
    let mut facts = duplicates::gather(&book);
    conflicts::mark(&book, &mut facts);
    trend::address(&book, &mut facts);
    let place = book.items.iter().position(|item| item.key == key)?;
    let fact = facts
        .iter()
        .find(|fact| fact.members().any(|member| member == place))?;
    let intact = !visible.protected && given == entry;
    let mut earlier: Vec<SourceEntry> = earlier
        .into_iter()
        .filter(|version| {
            (version.key.identity, version.key.section, version.key.n)
                == (key.identity, key.section, key.n)
                && version.key.version < key.version
                && visible.admits(version, &scope.sensitive)
        })
        .collect();
    earlier.sort_by_key(|version| std::cmp::Reverse(version.key.version));
    let earlier = earlier.into_iter().filter_map(|version| {
        let filed = version.filed;
        earlier_row(&visible, version).map(|row| (filed, row))
    });
    Some(EntryView {
        row: rows::row(&book, fact, place),
        section: entry.section,
        entry,
        verbatim: if intact { verbatim } else { Vec::new() },
        earlier: earlier.collect(),
    })
}

/// The row of an earlier version, by itself: it is no part of the record of now.
fn earlier_row(visible: &Visible, version: SourceEntry) -> Option<Row> {
    let alone = visible.with_only(version);
    let book = Book::open(&alone);
    let facts = duplicates::gather(&book);
    facts.first().map(|fact| rows::row(&book, fact, fact.lead))
}
