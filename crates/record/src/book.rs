//! The visible entries in one fixed order, whatever order they came in, with what is asked of
//! each of them again and again.

use tributary_model::{
    ClinicalDate, ClinicalEntry, EntryKey, IdentityId, OrganisationKind, Precision, ResourceKind,
    SectionSet, Timestamp,
};

use crate::{
    combined::{Provenance, SourceIdentity},
    standing::{Standing, standing},
    withhold::Visible,
};

/// The visible entries and their sources, in order.
pub(crate) struct Book<'a> {
    /// The requester's own organisation's identities first, the others by name.
    pub(crate) sources: Vec<&'a SourceIdentity>,
    /// By source, then by address.
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) sections: SectionSet,
    pub(crate) protected: bool,
    pub(crate) now: Timestamp,
}

/// One visible entry.
pub(crate) struct Item<'a> {
    pub(crate) key: EntryKey,
    pub(crate) entry: &'a ClinicalEntry,
    /// Its source's place in [`Book::sources`].
    pub(crate) source: usize,
    /// Whether it is a fact of now, of the past, or none.
    pub(crate) standing: Standing,
}

impl<'a> Book<'a> {
    /// Opens what is visible. An entry of no listed identity has no provenance, which the store
    /// rules out; it is left out.
    pub(crate) fn open(visible: &'a Visible) -> Self {
        let given = &visible.sources;
        let own = given
            .identities
            .first()
            .map(|identity| &identity.organisation.code);
        let mut sources: Vec<&SourceIdentity> = given.identities.iter().collect();
        sources.sort_by(|a, b| {
            let rank = |identity: &SourceIdentity| own != Some(&identity.organisation.code);
            rank(a)
                .cmp(&rank(b))
                .then_with(|| a.organisation.name.cmp(&b.organisation.name))
                .then_with(|| a.identity.cmp(&b.identity))
        });
        let place = |identity: IdentityId| {
            sources
                .iter()
                .position(|source| source.identity == identity)
        };
        let mut last = None;
        let mut items = Vec::with_capacity(given.entries.len());
        for entry in &given.entries {
            let source = match last {
                Some((identity, source)) if identity == entry.key.identity => source,
                _ => {
                    let Some(source) = place(entry.key.identity) else {
                        continue;
                    };
                    last = Some((entry.key.identity, source));
                    source
                }
            };
            let standing = standing(&entry.entry, given.now);
            items.push(Item {
                key: entry.key,
                entry: &entry.entry,
                source,
                standing,
            });
        }
        items.sort_unstable_by_key(|item| (item.source, item.key));
        Self {
            sources,
            items,
            sections: visible.sections,
            protected: visible.protected,
            now: given.now,
        }
    }

    pub(crate) fn item(&self, n: usize) -> &Item<'a> {
        self.items
            .get(n)
            .expect("facts are made of places in this book")
    }

    pub(crate) fn source(&self, n: usize) -> &'a SourceIdentity {
        self.sources
            .get(n)
            .expect("an item's source was placed among these")
    }

    pub(crate) fn kind_of(&self, item: &Item<'_>) -> OrganisationKind {
        self.source(item.source).organisation.kind
    }

    /// Who says an entry.
    pub(crate) fn provenance(&self, item: &Item<'_>) -> Provenance {
        let source = self.source(item.source);
        Provenance {
            key: item.key,
            source: source.organisation.code.clone(),
            source_name: source.organisation.name.clone(),
            author: item.entry.author.clone(),
            recorded: item.entry.recorded.clone(),
            refreshed: source.refreshed,
        }
    }
}

impl Item<'_> {
    /// The instant it is sorted by: when it was, else when it was written down.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        let date = self.entry.when.as_ref().or(self.entry.recorded.as_ref());
        date.map(|date| date.sort)
    }

    pub(crate) fn is(&self, kind: ResourceKind) -> bool {
        self.entry.kind == kind
    }

    /// Whether it is a fact at all: not one that its source took back.
    pub(crate) fn is_fact(&self) -> bool {
        self.standing != Standing::Error
    }

    /// Whether it is a fact that holds now.
    pub(crate) fn is_current(&self) -> bool {
        self.standing == Standing::Current
    }
}

/// A number for the day in London that a date falls on, or `None` if the day is not known.
pub(crate) fn day(date: &ClinicalDate) -> Option<i32> {
    (date.precision >= Precision::Day).then(|| {
        let day = date.date();
        (i32::from(day.year()) * 12 + i32::from(day.month())) * 31 + i32::from(day.day())
    })
}

/// The first and the last instant that a date can mean.
pub(crate) fn span(date: &ClinicalDate) -> (Timestamp, Timestamp) {
    let longest = match date.precision {
        Precision::Year => 366 * Timestamp::DAY,
        Precision::Month => 31 * Timestamp::DAY,
        Precision::Day => Timestamp::DAY,
        Precision::Time => 0,
    };
    (date.sort, date.sort.plus(longest))
}
