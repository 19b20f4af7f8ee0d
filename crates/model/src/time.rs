//! Time: instants in UTC microseconds, clinical dates as their sender wrote them, and the clock.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in an hour.
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    /// Microseconds in 24 hours.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// Later by so many microseconds.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// In London's civil time, as people in the region read it.
    #[must_use]
    pub fn london(self) -> jiff::Zoned {
        self.instant().to_zoned(london_zone())
    }

    /// `09-Jul-1954` in London.
    #[must_use]
    pub fn date_words(self) -> String {
        self.london().strftime("%d-%b-%Y").to_string()
    }

    /// `14:05` in London.
    #[must_use]
    pub fn time_words(self) -> String {
        self.london().strftime("%H:%M").to_string()
    }

    /// RFC 3339 in UTC, for machines.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.instant().to_string()
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl fmt::Display for Timestamp {
    /// `09-Jul-1954 14:05` in London.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.london().strftime("%d-%b-%Y %H:%M"))
    }
}

/// The date in London at an instant.
#[must_use]
pub fn london_date(at: Timestamp) -> civil::Date {
    at.london().date()
}

fn london_zone() -> TimeZone {
    TimeZone::get("Europe/London").expect("the time zone database is compiled in")
}

/// How much of a clinical date its sender knew.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A day.
    Day,
    /// A day and a time of day.
    Time,
}

/// A date as a source wrote it, with what it was precise to and a key to sort by.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ClinicalDate {
    /// The source's own text, such as `1954`, `1954-07`, `1954-07-09` or `2026-11-20T02:10:00Z`.
    pub text: String,
    /// What the text is precise to.
    pub precision: Precision,
    /// The earliest instant it can mean; a date without a zone is London's.
    pub sort: Timestamp,
}

impl ClinicalDate {
    /// Reads a FHIR `date`, `dateTime` or `instant` (R4, 2.24.0.1). `None` if it is none of these.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (precision, sort) = match text.len() {
            4 => (Precision::Year, civil_start(text.parse().ok()?, 1, 1)?),
            7 => {
                let (year, month) = text.split_once('-')?;
                (
                    Precision::Month,
                    civil_start(year.parse().ok()?, month.parse().ok()?, 1)?,
                )
            }
            10 => {
                let day: civil::Date = text.parse().ok()?;
                (Precision::Day, date_start(day)?)
            }
            _ if text.as_bytes().get(10) == Some(&b'T') => (Precision::Time, read_instant(text)?),
            _ => return None,
        };
        Some(Self {
            text: text.to_owned(),
            precision,
            sort,
        })
    }

    /// As people read it: `1954`, `Jul-1954`, `09-Jul-1954` (London).
    #[must_use]
    pub fn words(&self) -> String {
        let format = match self.precision {
            Precision::Year => "%Y",
            Precision::Month => "%b-%Y",
            Precision::Day | Precision::Time => "%d-%b-%Y",
        };
        self.sort.london().strftime(format).to_string()
    }

    /// As people read it with the time of day when there is one: `09-Jul-1954 14:05`.
    #[must_use]
    pub fn words_with_time(&self) -> String {
        match self.precision {
            Precision::Time => self.sort.to_string(),
            _ => self.words(),
        }
    }

    /// The civil date in London it begins on.
    #[must_use]
    pub fn date(&self) -> civil::Date {
        london_date(self.sort)
    }

    /// Whole years from this date to `at`, both in London; `None` unless the day is known.
    #[must_use]
    pub fn age_at(&self, at: Timestamp) -> Option<i16> {
        if self.precision < Precision::Day {
            return None;
        }
        let (born, today) = (self.date(), london_date(at));
        let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
        Some(today.year() - born.year() - i16::from(!had_birthday))
    }
}

fn read_instant(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(instant.as_microsecond()));
    }
    // A time without a zone is the region's own; of an ambiguous hour jiff takes the earlier.
    let civil: civil::DateTime = text.parse().ok()?;
    let zoned = civil.to_zoned(london_zone()).ok()?;
    Some(Timestamp(zoned.timestamp().as_microsecond()))
}

fn civil_start(year: i16, month: i8, day: i8) -> Option<Timestamp> {
    date_start(civil::Date::new(year, month, day).ok()?)
}

fn date_start(day: civil::Date) -> Option<Timestamp> {
    let zoned = day.to_zoned(london_zone()).ok()?;
    Some(Timestamp(zoned.timestamp().as_microsecond()))
}

/// What the time is. Handed in at the edges, so that nothing that thinks reads a clock.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`]. For tests and for replays.
    #[must_use]
    pub fn standing_at(at: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(at.0))))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp(jiff::Timestamp::now().as_microsecond()),
            Source::Set(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a standing clock forward (all its clones with it); the machine's clock moves itself.
    pub fn advance(&self, micros: i64) {
        if let Source::Set(at) = &self.0 {
            at.fetch_add(micros, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_precision() {
        for (text, precision, words) in [
            ("1954", Precision::Year, "1954"),
            ("1954-07", Precision::Month, "Jul-1954"),
            ("1954-07-09", Precision::Day, "09-Jul-1954"),
            ("2026-07-20T23:30:00Z", Precision::Time, "21-Jul-2026"),
            (
                "2026-11-20T02:10:00.123+00:00",
                Precision::Time,
                "20-Nov-2026",
            ),
            ("2026-11-20T02:10:00", Precision::Time, "20-Nov-2026"),
        ] {
            let date = ClinicalDate::read(text).unwrap();
            assert_eq!(
                (date.precision, date.words().as_str()),
                (precision, words),
                "{text}"
            );
        }
    }

    #[test]
    fn the_ambiguous_hour_is_the_earlier() {
        // 25 October 2026, 01:30 happens twice in London; BST comes first.
        let date = ClinicalDate::read("2026-10-25T01:30:00").unwrap();
        assert_eq!(date.sort.rfc3339(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "2026-13",
            "2026-02-30",
            "09/07/1954",
            "19540709",
        ] {
            assert_eq!(ClinicalDate::read(text), None, "{text}");
        }
    }

    #[test]
    fn ages_turn_on_the_birthday_in_london() {
        let born = ClinicalDate::read("2013-11-22").unwrap();
        let eve = ClinicalDate::read("2026-11-21T23:59:00").unwrap().sort;
        assert_eq!(born.age_at(eve), Some(12));
        assert_eq!(born.age_at(eve.plus(2 * 60 * Timestamp::SECOND)), Some(13));
        assert_eq!(ClinicalDate::read("2013").unwrap().age_at(eve), None);
    }
}
