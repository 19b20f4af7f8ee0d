//! Contacts and stays over the years, in lanes.

use tributary_model::{Detail, OrganisationKind, ResourceKind, Timestamp};

use crate::{
    book::{Book, Item, day},
    combined::{Lane, Timeline, TimelineItem},
    duplicates::Fact,
    rows,
};

/// The timeline: every contact that took place, oldest first.
pub(crate) fn timeline(book: &Book<'_>, facts: &[Fact]) -> Timeline {
    let mut items: Vec<TimelineItem> = facts
        .iter()
        .map(|fact| book.item(fact.lead))
        .filter(|item| took_place(item, book.now))
        .filter_map(|item| timeline_item(book, item))
        .collect();
    items.sort_by_key(|item| (item.from, item.key));
    Timeline { items }
}

fn took_place(item: &Item<'_>, now: Timestamp) -> bool {
    item.is(ResourceKind::Encounter)
        && item.is_fact()
        && !matches!(item.entry.status.as_str(), "planned" | "cancelled")
        && item
            .entry
            .when
            .as_ref()
            .is_some_and(|when| when.sort <= now)
}

fn timeline_item(book: &Book<'_>, item: &Item<'_>) -> Option<TimelineItem> {
    let when = item.entry.when.as_ref()?;
    // Only what ends on another day is a stay; a visit of an hour is a dot.
    let until =
        item.entry.until.as_ref().filter(|until| {
            until.sort.since(when.sort) > Timestamp::DAY || day(until) != day(when)
        });
    Some(TimelineItem {
        lane: lane(book.kind_of(item), item),
        key: item.key,
        from: when.sort,
        until: until
            .map(|until| until.sort)
            .filter(|until| *until > when.sort),
        what: rows::what(item.entry),
        source: book.source(item.source).organisation.name.clone(),
    })
}

/// The lane by the kind of organisation; a mental health and community trust has two.
fn lane(kind: OrganisationKind, item: &Item<'_>) -> Lane {
    match kind {
        OrganisationKind::GpPractice | OrganisationKind::OutOfHours => Lane::Gp,
        OrganisationKind::AcuteTrust
        | OrganisationKind::CancerTrust
        | OrganisationKind::Ambulance
        | OrganisationKind::Private => Lane::Hospital,
        OrganisationKind::Hospice => Lane::Community,
        OrganisationKind::Council => Lane::SocialCare,
        OrganisationKind::MentalHealthTrust if is_community(item) => Lane::Community,
        OrganisationKind::MentalHealthTrust => Lane::MentalHealth,
    }
}

fn is_community(item: &Item<'_>) -> bool {
    const WORDS: [&str; 9] = [
        "community nurs",
        "district nurs",
        "health visit",
        "occupational therap",
        "physio",
        "podiatr",
        "speech and language",
        "tissue viability",
        "wound",
    ];
    let Detail::Contact(contact) = &item.entry.detail else {
        return false;
    };
    [item.entry.what.words(), &contact.place]
        .into_iter()
        .any(|text| {
            let text = text.to_lowercase();
            WORDS.iter().any(|word| text.contains(word))
        })
}
