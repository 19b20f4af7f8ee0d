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

impl SaidNo {
    /// Whom of the requester's organisation the patient told no within the rulebook's time.
    ///
    /// A no follows the requester to other organisations they act for; a later yes lifts it only
    /// for the organisation it was said to. A no to a colleague counts whatever followed it.
    #[must_use]
    pub fn of(rulebook: &Rulebook, told: &[Told], requester: &Requester, now: Timestamp) -> Self {
        let here = |it: &Told| it.organisation == requester.organisation.code;
        let lately = || {
            told.iter()
                .filter(|it| now.since(it.at) < rulebook.no_lasts())
        };
        let to_requester = lately()
            .filter(|it| it.account == requester.account && (it.no || here(it)))
            .max_by_key(|it| (it.at, it.no))
            .is_some_and(|it| it.no);
        let to_colleague = lately().any(|it| it.no && here(it) && it.account != requester.account);
        Self::new(to_requester, to_colleague)
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
