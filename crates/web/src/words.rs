//! The fixed words of all pages: one function for each, used everywhere, so that the same state is
//! never said in two ways.

use std::{
    borrow::Borrow,
    fmt::{self, Write as _},
};

use tributary_model::{ClinicalDate, EntryKey, Precision, Section, Timestamp, london_date};
use tributary_record::{Mark, Row, SectionState, SourceState};

/// A date as people read it, written without going through a time zone where the source wrote a
/// plain day: a record page holds hundreds.
#[derive(Clone, Copy)]
pub(crate) struct Day<'a>(&'a ClinicalDate);

impl fmt::Display for Day<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let text = self.0.text.as_str();
        let month = || {
            let number: usize = text.get(5..7)?.parse().ok()?;
            MONTHS.get(number.checked_sub(1)?).copied()
        };
        match (self.0.precision, text.get(..4), month(), text.get(8..10)) {
            (Precision::Year, Some(year), _, _) if text.len() == 4 => f.write_str(year),
            (Precision::Month, Some(year), Some(month), _) if text.len() == 7 => {
                write!(f, "{month}-{year}")
            }
            (Precision::Day, Some(year), Some(month), Some(day)) if text.len() == 10 => {
                f.write_str(day)?;
                f.write_char('-')?;
                f.write_str(month)?;
                f.write_char('-')?;
                f.write_str(year)
            }
            _ => f.write_str(&self.0.words()),
        }
    }
}

/// `09-Jul-1954`.
pub(crate) const fn day(date: &ClinicalDate) -> Day<'_> {
    Day(date)
}

/// When a row was: a day, a span of days, or that nobody says.
#[derive(Clone, Copy)]
pub(crate) struct When<'a>(&'a Row);

impl fmt::Display for When<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.when, &self.0.until) {
            (Some(from), Some(until)) if !same_day(from, until) => {
                write!(f, "{} to {}", Day(from), Day(until))
            }
            (Some(from), _) => Day(from).fmt(f),
            (None, Some(until)) => write!(f, "until {}", Day(until)),
            (None, None) => f.write_str("No date"),
        }
    }
}

/// When a row was.
pub(crate) const fn when(row: &Row) -> When<'_> {
    When(row)
}

/// Whether two dates read the same, so that one is enough.
fn same_day(one: &ClinicalDate, other: &ClinicalDate) -> bool {
    match one.precision.max(other.precision) {
        Precision::Time => {
            one.precision.min(other.precision) >= Precision::Day && one.date() == other.date()
        }
        _ => one.text == other.text,
    }
}

/// What is true of a section, in the fixed words.
pub(crate) fn state(state: &SectionState) -> String {
    match state {
        SectionState::Entries { entries, rows } if entries == rows => {
            count(*rows, "entry", "entries")
        }
        SectionState::Entries { entries, rows } => {
            format!(
                "{} in {}",
                count(*entries, "entry", "entries"),
                count(*rows, "row", "rows")
            )
        }
        SectionState::NoneRecorded => NONE_RECORDED.to_owned(),
        SectionState::Withheld => WITHHELD.to_owned(),
        SectionState::Late { source, since } => format!("{source}: {}", late(*since)),
        SectionState::DidNotAnswer { source } => format!("{source}: {DID_NOT_ANSWER}"),
        SectionState::NotSupplied => format!("Every source of this record: {NOT_SUPPLIED}"),
    }
}

/// Sources that supply it have recorded nothing.
pub(crate) const NONE_RECORDED: &str = "None recorded by the sources that supply this";
/// It may not be shown to this reader.
pub(crate) const WITHHELD: &str = "Withheld";
/// A live source was asked in vain.
pub(crate) const DID_NOT_ANSWER: &str = "Did not answer";
/// The source has no part in it.
pub(crate) const NOT_SUPPLIED: &str = "Does not supply this";

/// “Not received since 20-Nov-2026 02:10 (late)”.
pub(crate) fn late(since: Timestamp) -> String {
    format!("Not received since {since} (late)")
}

/// The state mark of a section in the list at the left: its count, or a word.
pub(crate) fn mark_of(states: &[SectionState]) -> Vec<&'static str> {
    let mut marks: Vec<&'static str> = states
        .iter()
        .filter_map(|state| match state {
            SectionState::Entries { .. } => None,
            SectionState::NoneRecorded => Some("none"),
            SectionState::Withheld => Some("withheld"),
            SectionState::Late { .. } => Some("late"),
            SectionState::DidNotAnswer { .. } => Some("no answer"),
            SectionState::NotSupplied => Some("not supplied"),
        })
        .collect();
    marks.dedup();
    marks
}

/// The class of a state mark.
pub(crate) fn mark_class(mark: &str) -> &'static str {
    match mark {
        "late" | "no answer" => "app-nav__mark--late",
        "withheld" => "app-nav__mark--withheld",
        _ => "",
    }
}

/// “Refreshed today 02:14”, or that the source has not been received at all.
pub(crate) fn refreshed(at: impl Borrow<Option<Timestamp>>, now: impl Borrow<Timestamp>) -> String {
    at.borrow().map_or_else(
        || "Never received".to_owned(),
        |at| format!("Refreshed {}", near(at, now)),
    )
}

/// A source's freshness in its table.
pub(crate) fn freshness(source: &SourceState, now: impl Borrow<Timestamp>) -> String {
    source
        .late_since
        .map_or_else(|| refreshed(source.refreshed, now), late)
}

/// `today 02:14`, `tomorrow 14:05`, `yesterday 23:59`, else the date and time.
pub(crate) fn near(at: impl Borrow<Timestamp>, now: impl Borrow<Timestamp>) -> String {
    let (at, now) = (*at.borrow(), *now.borrow());
    let days = (london_date(at) - london_date(now)).get_days();
    match days {
        0 => format!("today {}", at.time_words()),
        1 => format!("tomorrow {}", at.time_words()),
        -1 => format!("yesterday {}", at.time_words()),
        _ => at.to_string(),
    }
}

/// `14:05 tomorrow`: when something ends, the time first.
pub(crate) fn until(at: Timestamp, now: Timestamp) -> String {
    let days = (london_date(at) - london_date(now)).get_days();
    match days {
        0 => format!("{} today", at.time_words()),
        1 => format!("{} tomorrow", at.time_words()),
        _ => format!("{} on {}", at.time_words(), at.date_words()),
    }
}

/// `1 row`, `212 rows`.
pub(crate) fn count(n: impl Borrow<usize>, one: &str, many: &str) -> String {
    let n = *n.borrow();
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {many}")
    }
}

/// The shape that goes with a mark's word, so that colour never stands alone.
pub(crate) fn shape(mark: impl Borrow<Mark>) -> &'static str {
    match *mark.borrow() {
        Mark::High => "▲",
        Mark::Low => "▼",
        Mark::Abnormal => "◆",
        Mark::Critical => "‼",
        Mark::Pending => "…",
        Mark::EnteredInError => "✕",
        Mark::SourceLate => "◷",
    }
}

/// The class of a mark.
pub(crate) fn tone(mark: impl Borrow<Mark>) -> &'static str {
    match *mark.borrow() {
        Mark::High | Mark::Low | Mark::Abnormal => "app-mark--note",
        Mark::Critical => "app-mark--danger",
        Mark::Pending | Mark::SourceLate => "app-mark--wait",
        Mark::EnteredInError => "app-mark--void",
    }
}

/// The short name of a section in the list at the left.
pub(crate) fn short(section: impl Borrow<Section>) -> &'static str {
    match *section.borrow() {
        Section::Person => "Person",
        Section::Allergies => "Allergies",
        Section::Medications => "Medicines",
        Section::Problems => "Problems",
        Section::Procedures => "Procedures",
        Section::Results => "Results",
        Section::Observations => "Observations",
        Section::Immunisations => "Immunisations",
        Section::Contacts => "Hospital contacts",
        Section::Appointments => "Appointments",
        Section::Cancer => "Cancer",
        Section::Correspondence => "Letters",
        Section::PlansAndAlerts => "Plans and alerts",
        Section::SocialCare => "Social care",
        Section::MentalHealth => "Mental health",
    }
}

/// The heading of a section's “what” column.
pub(crate) fn what_heading(section: impl Borrow<Section>) -> &'static str {
    match *section.borrow() {
        Section::Person => "Who",
        Section::Allergies => "Substance",
        Section::Medications => "Medicine",
        Section::Problems | Section::Cancer | Section::MentalHealth => "Problem or plan",
        Section::Procedures => "Procedure",
        Section::Results => "Test",
        Section::Observations => "Observation",
        Section::Immunisations => "Vaccine",
        Section::Contacts => "Contact",
        Section::Appointments => "Appointment",
        Section::Correspondence => "Letter or document",
        Section::PlansAndAlerts => "Plan or alert",
        Section::SocialCare => "Need or service",
    }
}

/// The heading of a section's “value or detail” column.
pub(crate) fn value_heading(section: impl Borrow<Section>) -> &'static str {
    match *section.borrow() {
        Section::Allergies => "Reaction and detail",
        Section::Medications => "Dose and detail",
        Section::Results | Section::Observations => "Value and range",
        Section::Person
        | Section::Problems
        | Section::Procedures
        | Section::Immunisations
        | Section::Contacts
        | Section::Appointments
        | Section::Cancer
        | Section::Correspondence
        | Section::PlansAndAlerts
        | Section::SocialCare
        | Section::MentalHealth => "Detail",
    }
}

/// Whether a status is worth a word beside a row: the plain ones are what a reader assumes.
pub(crate) fn tells(status: &str) -> bool {
    !matches!(
        status,
        "" | "active" | "final" | "completed" | "current" | "finished" | "confirmed" | "booked"
    )
}

/// An entry's address, written without a text of its own.
#[derive(Clone, Copy)]
pub(crate) struct Slug<'a>(&'a EntryKey);

impl fmt::Display for Slug<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EntryKey {
            identity,
            section,
            n,
            version,
        } = self.0;
        write!(f, "{}", identity.0)?;
        for part in [i64::from(section.number()), *n, version.0] {
            f.write_char('-')?;
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

/// An entry's address within the record.
pub(crate) const fn slug(key: &EntryKey) -> Slug<'_> {
    Slug(key)
}

#[cfg(test)]
mod tests {
    use tributary_model::{IdentityId, Version};

    use super::*;

    fn at(text: &str) -> Timestamp {
        ClinicalDate::read(text).unwrap().sort
    }

    #[test]
    fn an_address_reads_back() {
        let key = EntryKey {
            identity: IdentityId(12),
            section: Section::Results,
            n: 34,
            version: Version(5),
        };
        assert_eq!(slug(&key).to_string(), key.slug());
        assert_eq!(EntryKey::from_slug(&slug(&key).to_string()), Some(key));
    }

    #[test]
    fn days_read_the_same_by_either_way() {
        for text in [
            "1954",
            "1954-07",
            "1954-07-09",
            "2026-07-20T23:30:00Z",
            "1968-12-31",
        ] {
            let date = ClinicalDate::read(text).unwrap();
            assert_eq!(day(&date).to_string(), date.words(), "{text}");
        }
    }

    #[test]
    fn near_times_are_said_by_their_day_in_london() {
        let now = at("2026-11-21T23:30:00");
        assert_eq!(near(at("2026-11-21T02:14:00"), now), "today 02:14");
        assert_eq!(near(at("2026-11-22T14:05:00"), now), "tomorrow 14:05");
        assert_eq!(until(at("2026-11-22T14:05:00"), now), "14:05 tomorrow");
        assert_eq!(near(at("2026-11-20T23:59:00"), now), "yesterday 23:59");
        assert_eq!(
            refreshed(Some(at("2026-11-02T01:00:00")), now),
            "Refreshed 02-Nov-2026 01:00"
        );
        assert_eq!(refreshed(None, now), "Never received");
    }

    #[test]
    fn states_have_one_form_of_words() {
        let since = at("2026-11-20T02:10:00");
        let source = || "Elmhurst Surgery".to_owned();
        for (given, words) in [
            (
                SectionState::Entries {
                    entries: 1,
                    rows: 1,
                },
                "1 entry",
            ),
            (
                SectionState::Entries {
                    entries: 14,
                    rows: 12,
                },
                "14 entries in 12 rows",
            ),
            (
                SectionState::NoneRecorded,
                "None recorded by the sources that supply this",
            ),
            (SectionState::Withheld, "Withheld"),
            (
                SectionState::Late {
                    source: source(),
                    since,
                },
                "Elmhurst Surgery: Not received since 20-Nov-2026 02:10 (late)",
            ),
            (
                SectionState::DidNotAnswer { source: source() },
                "Elmhurst Surgery: Did not answer",
            ),
            (
                SectionState::NotSupplied,
                "Every source of this record: Does not supply this",
            ),
        ] {
            assert_eq!(state(&given), words);
        }
    }
}
