//! What makes a look stand out, in words and with a weight. A score only ranks what a privacy officer
//! reads first; it decides nothing.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tributary_model::{LegalReason, Timestamp};

/// What was found of one look.
#[expect(
    clippy::struct_excessive_bools,
    reason = "signals that stand or do not, each by itself"
)]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Measures {
    /// It rests on an emergency.
    pub(crate) emergency: bool,
    /// It rests on another lawful basis.
    pub(crate) legal: Option<LegalReason>,
    /// It was tried on the reader's own record.
    pub(crate) own_record: bool,
    /// It was tried on a patient whom the organisation has nothing to do with.
    pub(crate) unrelated: bool,
    /// Reader and patient live at one address.
    pub(crate) home: bool,
    /// They share a family name.
    pub(crate) family: bool,
    /// The patient works for the same organisation.
    pub(crate) colleague: bool,
    /// Patients whose records the reader opened that day.
    pub(crate) patients: i64,
    /// The hour of the day in London.
    pub(crate) hour: i8,
    /// Whether it was a Saturday or Sunday.
    pub(crate) weekend: bool,
    /// There was no contact with the patient around the look.
    pub(crate) no_contact: bool,
}

impl Measures {
    /// What is known at a time of day and not more.
    pub(crate) fn at(when: Timestamp) -> Self {
        let london = when.london();
        Self {
            hour: london.hour(),
            weekend: london.weekday().to_monday_zero_offset() >= 5,
            ..Self::default()
        }
    }

    /// What is known of one look from two sides.
    pub(crate) fn join(&mut self, other: &Self) {
        self.emergency |= other.emergency;
        self.legal = self.legal.or(other.legal);
        self.own_record |= other.own_record;
        self.unrelated |= other.unrelated;
        self.home |= other.home;
        self.family |= other.family;
        self.colleague |= other.colleague;
        self.patients = self.patients.max(other.patients);
        self.no_contact |= other.no_contact;
    }

    /// Whether it has to be reviewed however it ranks.
    pub(crate) const fn must_be_reviewed(&self) -> bool {
        self.emergency || self.legal.is_some()
    }

    /// Of which kind it is, for the figures.
    pub(crate) const fn kind(&self) -> &'static str {
        match (self.emergency, self.legal) {
            (true, _) => "emergency",
            (false, Some(_)) => "legal",
            (false, None) => "signals",
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a few truths and numbers can be written")
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}

/// One number that can be settled: a weight, or from where on something counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Weight: tried on the own record.
    OwnRecord,
    /// Weight: same address.
    SameAddress,
    /// Weight: a colleague.
    Colleague,
    /// Weight: same family name.
    SameFamily,
    /// Weight: emergency.
    Emergency,
    /// Weight: another lawful basis.
    Legal,
    /// Weight: many patients in a day.
    Volume,
    /// Weight: no contact around the look.
    NoContact,
    /// Weight: tried on somebody else's patient.
    Unrelated,
    /// Weight: out of hours.
    OutOfHours,
    /// How many patients in a day are many.
    ManyPatients,
    /// The hour at which the day begins.
    DayBegins,
    /// The hour at which it ends.
    DayEnds,
    /// From which score on a look is listed.
    ListedFrom,
    /// Days within which a look is to be reviewed.
    DueDays,
}

impl Setting {
    /// Every one, weights first.
    pub const ALL: [Self; 15] = [
        Self::OwnRecord,
        Self::SameAddress,
        Self::Colleague,
        Self::SameFamily,
        Self::Emergency,
        Self::Legal,
        Self::Volume,
        Self::NoContact,
        Self::Unrelated,
        Self::OutOfHours,
        Self::ManyPatients,
        Self::DayBegins,
        Self::DayEnds,
        Self::ListedFrom,
        Self::DueDays,
    ];

    /// The fixed name in forms and stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OwnRecord => "own-record",
            Self::SameAddress => "same-address",
            Self::Colleague => "colleague",
            Self::SameFamily => "same-family",
            Self::Emergency => "emergency",
            Self::Legal => "legal",
            Self::Volume => "volume",
            Self::NoContact => "no-contact",
            Self::Unrelated => "unrelated",
            Self::OutOfHours => "out-of-hours",
            Self::ManyPatients => "many-patients",
            Self::DayBegins => "day-begins",
            Self::DayEnds => "day-ends",
            Self::ListedFrom => "listed-from",
            Self::DueDays => "due-days",
        }
    }

    /// What the form calls it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OwnRecord => "Tried to open their own record",
            Self::SameAddress => "Lives at the patient's address",
            Self::Colleague => "The patient is a colleague",
            Self::SameFamily => "Same family name as the patient",
            Self::Emergency => "Opened in an emergency",
            Self::Legal => "Opened on another lawful basis",
            Self::Volume => "Opened many records in a day",
            Self::NoContact => "No contact with the patient",
            Self::Unrelated => "Tried to open somebody else's patient",
            Self::OutOfHours => "Out of hours",
            Self::ManyPatients => "Many records are, in a day",
            Self::DayBegins => "The day begins at (hour)",
            Self::DayEnds => "The day ends at (hour)",
            Self::ListedFrom => "Listed from a score of",
            Self::DueDays => "Days to review a look",
        }
    }

    /// Whether it is a weight.
    #[must_use]
    pub fn is_weight(self) -> bool {
        self <= Self::OutOfHours
    }

    /// The least and the most it can be.
    #[must_use]
    pub const fn bounds(self) -> (i64, i64) {
        match self {
            Self::DayBegins | Self::DayEnds => (0, 24),
            Self::DueDays => (1, 60),
            Self::ManyPatients | Self::ListedFrom => (1, 1_000),
            _ => (0, 100),
        }
    }

    const fn usual(self) -> i64 {
        match self {
            Self::OwnRecord => 80,
            Self::SameAddress => 70,
            Self::Colleague => 50,
            Self::SameFamily | Self::ManyPatients => 40,
            Self::Emergency | Self::Volume => 30,
            Self::Legal | Self::NoContact => 25,
            Self::Unrelated | Self::ListedFrom | Self::DayEnds => 20,
            Self::OutOfHours => 5,
            Self::DayBegins | Self::DueDays => 7,
        }
    }
}

/// How looks are ranked: what each signal weighs, and from where on it counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ranking(BTreeMap<Setting, i64>);

impl Ranking {
    /// A setting as it stands.
    #[must_use]
    pub fn of(&self, setting: Setting) -> i64 {
        self.0.get(&setting).copied().unwrap_or(setting.usual())
    }

    /// With one setting changed, if the number is one it can have.
    #[must_use]
    pub fn with(mut self, setting: Setting, number: i64) -> Option<Self> {
        let (least, most) = setting.bounds();
        (least..=most).contains(&number).then(|| {
            self.0.insert(setting, number);
            self
        })
    }

    pub(crate) fn write(&self) -> String {
        serde_json::to_string(&self.0).expect("names and numbers can be written")
    }

    pub(crate) fn read(body: &str) -> Self {
        Self(serde_json::from_str(body).unwrap_or_default())
    }

    /// The settings that differ from another's, in words: what is written down of a change.
    pub(crate) fn changes(&self, from: &Self) -> String {
        let changed = Setting::ALL.into_iter().filter_map(|setting| {
            let (old, new) = (from.of(setting), self.of(setting));
            (old != new).then(|| format!("{} {old} → {new}", setting.name()))
        });
        changed.collect::<Vec<_>>().join(", ")
    }
}

/// Why a look stands out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signal {
    /// In words.
    pub words: String,
    /// What it weighs.
    pub weight: i64,
}

/// What makes a look stand out, the weightiest first.
pub(crate) fn signals(found: &Measures, ranking: &Ranking) -> Vec<Signal> {
    let outside = i64::from(found.hour) < ranking.of(Setting::DayBegins)
        || i64::from(found.hour) >= ranking.of(Setting::DayEnds);
    let many = found.patients >= ranking.of(Setting::ManyPatients);
    let plain = |words: &str| words.to_owned();
    let legal = found.legal.map_or("", LegalReason::words);
    let all = [
        (
            found.own_record,
            Setting::OwnRecord,
            plain("tried to open their own record"),
        ),
        (
            found.home,
            Setting::SameAddress,
            plain("lives at the same address as the patient"),
        ),
        (
            found.colleague,
            Setting::Colleague,
            plain("the patient is a colleague"),
        ),
        (
            found.family,
            Setting::SameFamily,
            plain("same family name as the patient"),
        ),
        (
            found.emergency,
            Setting::Emergency,
            plain("opened in an emergency, without asking"),
        ),
        (
            found.legal.is_some(),
            Setting::Legal,
            format!("opened without asking: {legal}"),
        ),
        (
            many,
            Setting::Volume,
            format!("opened {} records that day", found.patients),
        ),
        (
            found.no_contact,
            Setting::NoContact,
            plain("no contact with the patient in the two weeks before or since"),
        ),
        (
            found.unrelated,
            Setting::Unrelated,
            plain("the organisation has nothing to do with the patient"),
        ),
        (
            outside,
            Setting::OutOfHours,
            format!(
                "out of hours, between {}:00 and {}:00",
                found.hour,
                found.hour + 1
            ),
        ),
        (
            found.weekend && !outside,
            Setting::OutOfHours,
            plain("out of hours, at a weekend"),
        ),
    ];
    let stands = all.into_iter().filter(|(stands, _, _)| *stands);
    let mut signals: Vec<Signal> = stands
        .map(|(_, setting, words)| Signal {
            words,
            weight: ranking.of(setting),
        })
        .collect();
    signals.sort_by_key(|signal| std::cmp::Reverse(signal.weight));
    signals
}

/// How far up a look ranks.
pub(crate) fn score(found: &Measures, ranking: &Ranking) -> i64 {
    signals(found, ranking)
        .iter()
        .map(|signal| signal.weight)
        .sum()
}

/// Whether a look is listed.
pub(crate) fn is_listed(found: &Measures, ranking: &Ranking) -> bool {
    found.must_be_reviewed() || score(found, ranking) >= ranking.of(Setting::ListedFrom)
}
