//! Problems: where one source says active and another says over or not so.

use std::cmp::Reverse;

use tributary_model::{ResourceKind, Timestamp};

use crate::{
    book::{Book, Item, span},
    conflicts::{Disagreements, Voice, oppose},
    duplicates::Fact,
    limits::ONSET_TOLERANCE,
    sets::{alike, names},
    standing::Standing,
};

/// A problem active at one source, and over or refuted at another for a stretch of time in which
/// it is active at the first.
///
/// An old episode that ended before the active one began is no disagreement: people fall ill
/// again.
pub(crate) fn disagreements(book: &Book<'_>, facts: &[Fact], found: &mut Disagreements) {
    let problems: Vec<(usize, &Fact)> = facts
        .iter()
        .enumerate()
        .filter(|(_, fact)| {
            let item = book.item(fact.lead);
            item.is(ResourceKind::Condition) && item.is_fact()
        })
        .collect();
    let groups = alike(problems.len(), |n, name| {
        if let Some((_, fact)) = problems.get(n) {
            let item = book.item(fact.lead);
            names(&item.entry.what, item.words, name);
        }
    });
    for group in groups {
        let (mut active, mut over) = (Vec::new(), Vec::new());
        for (place, fact) in group.into_iter().filter_map(|n| problems.get(n)) {
            for item in fact.members().map(|member| book.item(member)) {
                let (side, at) = if item.is_current() {
                    (&mut active, began(item))
                } else {
                    (&mut over, ended(item))
                };
                side.push(Voice {
                    fact: *place,
                    identity: item.key.identity,
                    at,
                });
            }
        }
        active.sort_by_key(|voice| (voice.at, voice.fact));
        over.sort_by_key(|voice| (Reverse(voice.at), voice.fact));
        oppose(&active, &over, |active, over| active.at <= over.at, found);
    }
}

/// When an active problem began; the earliest instant there is when it is not known.
fn began(item: &Item<'_>) -> Timestamp {
    item.entry
        .when
        .as_ref()
        .map_or(Timestamp(i64::MIN), |when| span(when).0)
}

/// The last instant that a problem that is over can have lasted to.
fn ended(item: &Item<'_>) -> Timestamp {
    match (item.standing, &item.entry.until, &item.entry.when) {
        // Not so is not so at any time.
        (Standing::Refuted, ..) | (_, None, None) => Timestamp(i64::MAX),
        (_, Some(until), _) => span(until).1,
        (_, None, Some(when)) => span(when).1.plus(ONSET_TOLERANCE),
    }
}
