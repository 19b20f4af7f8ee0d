//! The small facts, worked out from what a store keeps.

use tributary_model::{
    AccountId, ClinicalDate, OdsCode, Precision, RegisterEntry, Requester, Timestamp, london_date,
};

use crate::{AgeBand, Life, Registration, Rulebook, SaidNo};

impl Registration {
    /// The standing of a register entry. It is valid up to and including its last day in London.
    #[must_use]
    pub fn of(entry: Option<&RegisterEntry>, now: Timestamp) -> Self {
        let Some(entry) = entry else {
            return Self::None;
        };
        let valid = |last: &ClinicalDate| london_date(now) <= last.date();
        if entry.valid_until.as_ref().is_none_or(valid) {
            Self::Valid
        } else {
            Self::Lapsed
        }
    }
}

impl AgeBand {
    /// The age by the dates of birth that the patient's sources give. One that is not known to the
    /// day, or two that differ, leave it unknown.
    pub fn of<'a>(births: impl IntoIterator<Item = &'a ClinicalDate>, now: Timestamp) -> Self {
        let mut births = births.into_iter();
        let Some(first) = births.next() else {
            return Self::Unknown;
        };
        let to_the_day = |birth: &ClinicalDate| birth.precision >= Precision::Day;
        let agrees = |birth: &ClinicalDate| to_the_day(birth) && birth.date() == first.date();
        if !to_the_day(first) || !births.all(agrees) {
            return Self::Unknown;
        }
        match first.age_at(now) {
            Some(0..13) => Self::UnderThirteen,
            Some(13..) => Self::ThirteenOrOver,
            // Born in the future: the date is wrong.
            Some(_) | None => Self::Unknown,
        }
    }
}

/// What the patient answered when one professional asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The professional.
    pub account: AccountId,
    /// The organisation they acted for.
    pub organisation: OdsCode,
    /// When.
    pub at: Timestamp,
    /// Whether the answer was no; otherwise it was consent, for today or standing.
    pub no: bool,
}

/// When the patient last said no, however long a no is remembered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LastNo {
    /// To the requester, who was not told yes since.
    pub to_requester: Option<Timestamp>,
    /// To a colleague of the requester's organisation.
    pub to_colleague: Option<Timestamp>,
}

impl LastNo {
    /// The last no's among what the patient answered.
    ///
    /// A no follows the requester to other organisations they act for; a later yes lifts it only
    /// for the organisation it was said to. A no to a colleague counts whatever followed it.
    #[must_use]
    pub fn of(told: &[Told], requester: &Requester) -> Self {
        let here = |it: &Told| it.organisation == requester.organisation.code;
        let mine = |it: &Told| it.account == requester.account;
        let to_requester = told
            .iter()
            .filter(|it| mine(it) && (it.no || here(it)))
            .max_by_key(|it| (it.at, it.no))
            .filter(|it| it.no)
            .map(|it| it.at);
        let to_colleague = told
            .iter()
            .filter(|it| it.no && here(it) && !mine(it))
            .map(|it| it.at)
            .max();
        Self {
            to_requester,
            to_colleague,
        }
    }

    /// The last no's that a rulebook remembers.
    #[must_use]
    pub fn remembered(self, rulebook: &Rulebook, now: Timestamp) -> Self {
        let lately = |at: &Timestamp| now.since(*at) < rulebook.no_lasts();
        Self {
            to_requester: self.to_requester.filter(lately),
            to_colleague: self.to_colleague.filter(lately),
        }
    }

    /// The fact that it is.
    #[must_use]
    pub const fn said_no(self) -> SaidNo {
        SaidNo::new(self.to_requester.is_some(), self.to_colleague.is_some())
    }
}

impl SaidNo {
    /// Whom of the requester's organisation the patient told no within the rulebook's time.
    #[must_use]
    pub fn of(rulebook: &Rulebook, told: &[Told], requester: &Requester, now: Timestamp) -> Self {
        LastNo::of(told, requester)
            .remembered(rulebook, now)
            .said_no()
    }
}

impl Life {
    /// Whether the patient lives, by how many sources report a death. One alone changes nothing.
    #[must_use]
    pub const fn of(reports_of_death: usize) -> Self {
        if reports_of_death > 1 {
            Self::Dead
        } else {
            Self::Living
        }
    }
}
