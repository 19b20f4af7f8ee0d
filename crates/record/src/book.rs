//! The visible entries in one fixed order, whatever order they came in, with what is asked of
//! each of them again and again.

use tributary_model::{
    ClinicalDate, ClinicalEntry, EntryKey, IdentityId, OrganisationKind, Precision, ResourceKind,
    SectionSet, Timestamp,
};

use crate::{
    combined::{Provenance, SourceIdentity},
    mix::{Grouped, Mix},
    standing::{Standing, standing},
    withhold::Visible,
    words::words_hash,
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
    /// The hash of what it is called, or `None` if it has no words.
    pub(crate) words: Option<u64>,
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
        // A record says the same words again and again: each is read once.
        let mut known: Grouped<Option<u64>> = Grouped::default();
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
            let said = entry.entry.what.words();
            let words = *known
                .entry(Mix::new(0).text(said).end())
                .or_insert_with(|| words_hash(said));
            items.push(Item {
                key: entry.key,
                entry: &entry.entry,
                source,
                standing,
                words,
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

/// The day in London that a date falls on, counted from 1970, or `None` if it is not known.
///
/// London is never behind Greenwich and has never been more than two hours before it, so only the
/// last two hours of Greenwich's day need the time zone, and a day without a time needs none: it
/// begins at its midnight in London.
pub(crate) fn day(date: &ClinicalDate) -> Option<i64> {
    let number = |at: Timestamp| at.0.div_euclid(Timestamp::DAY);
    match date.precision {
        Precision::Year | Precision::Month => None,
        Precision::Day => Some(number(date.sort.plus(3 * Timestamp::HOUR))),
        Precision::Time if date.sort.0.rem_euclid(Timestamp::DAY) < 22 * Timestamp::HOUR => {
            Some(number(date.sort))
        }
        Precision::Time => day(&ClinicalDate::read(&date.date().to_string())?),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_londons() {
        let number = |text: &str| day(&ClinicalDate::read(text).unwrap());
        for (a, b) in [
            ("2026-07-20T23:30:00Z", "2026-07-21"),
            ("2026-01-20T23:30:00Z", "2026-01-20"),
            ("2026-07-20T00:30:00+01:00", "2026-07-20"),
            ("1943-07-20T22:30:00Z", "1943-07-21"),
            ("1969-01-01T23:10:00Z", "1969-01-02"),
            ("2026-11-22T09:30:00Z", "2026-11-22"),
            ("1899-03-01T12:00:00Z", "1899-03-01"),
        ] {
            assert_eq!(number(a), number(b), "{a} and {b}");
        }
        assert_eq!(number("2026-07"), None);
        assert_eq!(
            number("2026-07-21").unwrap() - number("2026-07-20").unwrap(),
            1
        );
    }
}
