//! Which rows a reader wants to see: by source and by period. Filters name no person.

use serde::Deserialize;
use tributary_model::{Section, Timestamp};
use tributary_record::Row;

/// What the form sends. What is not understood filters nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    source: String,
    period: String,
    year: String,
}

/// The periods of the form: name, words, days.
pub(crate) const PERIODS: [(&str, &str, i64); 4] = [
    ("3m", "the last 3 months", 92),
    ("1y", "the last year", 366),
    ("5y", "the last 5 years", 5 * 366),
    ("10y", "the last 10 years", 10 * 366),
];

impl Filter {
    /// As the form would send it.
    pub(crate) fn of(source: &str, period: &str) -> Self {
        Self {
            source: source.to_owned(),
            period: period.to_owned(),
            year: String::new(),
        }
    }

    /// The source's code, if rows of one source are wanted.
    pub(crate) fn source(&self) -> Option<&str> {
        (!self.source.is_empty()).then_some(self.source.as_str())
    }

    /// The period's words, if a period is wanted.
    pub(crate) fn period(&self) -> Option<&'static str> {
        self.chosen().map(|(_, words, _)| words)
    }

    /// Whether this period is the one wanted.
    pub(crate) fn is_period(&self, name: &str) -> bool {
        self.chosen().is_some_and(|(chosen, _, _)| chosen == name)
    }

    /// The year of a section's page.
    pub(crate) fn year(&self) -> Option<&str> {
        (!self.year.is_empty()).then_some(self.year.as_str())
    }

    /// Whether anything is left out.
    pub(crate) fn filters(&self) -> bool {
        self.source().is_some() || self.chosen().is_some()
    }

    /// From when rows are wanted.
    pub(crate) fn from(&self, now: Timestamp) -> Option<Timestamp> {
        self.chosen()
            .map(|(_, _, days)| now.plus(-days * Timestamp::DAY))
    }

    /// Whether a row is wanted. Allergies always are. A period keeps what has no date and what
    /// still goes on, because neither can be said to lie outside it.
    pub(crate) fn keeps(&self, section: Section, row: &Row, now: Timestamp) -> bool {
        if section == Section::Allergies {
            return true;
        }
        let from_source = self.source().is_none_or(|source| {
            row.provenance
                .iter()
                .any(|from| from.source.as_str() == source)
        });
        let within = self.from(now).is_none_or(|start| {
            let last = row.until.as_ref().or(row.when.as_ref());
            row.status == "active" || last.is_none_or(|last| last.sort >= start)
        });
        from_source && within
    }

    fn chosen(&self) -> Option<(&'static str, &'static str, i64)> {
        PERIODS
            .into_iter()
            .find(|(name, _, _)| *name == self.period)
    }
}
