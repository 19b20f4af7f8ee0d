//! Relationships of a patient with organisations, and how they stand at an instant.

use tributary_model::{OdsCode, RelationshipKind, Timestamp};

use crate::{ReferralCheck, RelationshipStanding, Rulebook};

/// One organisation's involvement with one patient: a relationship whose beginning is settled (the
/// source's, else when it was received).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Involvement {
    /// The organisation.
    pub organisation: OdsCode,
    /// Why.
    pub kind: RelationshipKind,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Who referred the patient, for a referral.
    pub referred_by: Option<OdsCode>,
}

/// Who is the patient's GP practice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CurrentPractice {
    /// None that is known.
    None,
    /// This one.
    One(OdsCode),
    /// Several claim the patient. Until all but one have ended only refusals are accepted.
    Contested {
        /// The practices in the order in which their claims started; the last counts.
        claims: Vec<OdsCode>,
    },
}

impl Involvement {
    /// Whether it lasts at an instant.
    #[must_use]
    pub fn lasts_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// How it stands without any grace, and since when it has ended, if that begins a grace period.
    fn tie(&self, now: Timestamp) -> Tie {
        let bare = if self.lasts_at(now) {
            RelationshipStanding::Current
        } else if now < self.from {
            RelationshipStanding::NotYetBegun
        } else {
            RelationshipStanding::Ended
        };
        // What is said to have ended before it began never was, so it has no grace either.
        let counts = bare == RelationshipStanding::Ended && self.kind.has_grace();
        let ended = self.until.filter(|until| counts && self.from <= *until);
        Tie { bare, ended }
    }
}

/// How an organisation's relationship with a patient stands, whatever the grace period is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tie {
    /// How it stands without any grace.
    pub bare: RelationshipStanding,
    /// When the last one ended that has a grace period.
    pub ended: Option<Timestamp>,
}

impl Tie {
    /// How it stands with the grace period of a rulebook.
    #[must_use]
    pub fn standing(self, rulebook: &Rulebook, now: Timestamp) -> RelationshipStanding {
        let in_grace = |ended: Timestamp| now < ended.plus(rulebook.grace());
        if self.ended.is_some_and(in_grace) {
            self.bare.max(RelationshipStanding::InGrace)
        } else {
            self.bare
        }
    }
}

/// How an organisation's relationship with a patient stands: the best of its involvements.
pub fn tie<'a>(
    involvements: impl IntoIterator<Item = &'a Involvement>,
    organisation: &OdsCode,
    now: Timestamp,
) -> Tie {
    let own = involvements
        .into_iter()
        .filter(|it| it.organisation == *organisation);
    own.map(|it| it.tie(now))
        .fold(Tie::default(), |best, one| Tie {
            bare: best.bare.max(one.bare),
            ended: best.ended.max(one.ended),
        })
}

/// How an organisation's relationship with a patient stands with the grace period of a rulebook.
pub fn relationship_standing<'a>(
    rulebook: &Rulebook,
    involvements: impl IntoIterator<Item = &'a Involvement>,
    organisation: &OdsCode,
    now: Timestamp,
) -> RelationshipStanding {
    tie(involvements, organisation, now).standing(rulebook, now)
}

/// What is found of “receives this organisation's service and was referred to it by another
/// provider” (rule 13). Both must last now.
pub fn referral_check<'a>(
    involvements: impl IntoIterator<Item = &'a Involvement>,
    organisation: &OdsCode,
    now: Timestamp,
) -> ReferralCheck {
    let (mut receives, mut referred) = (false, false);
    let own = involvements
        .into_iter()
        .filter(|it| it.organisation == *organisation);
    for it in own.filter(|it| it.lasts_at(now)) {
        match it.kind {
            RelationshipKind::Referral => {
                referred |= it.referred_by.as_ref().is_some_and(|by| by != organisation);
            }
            RelationshipKind::Registration
            | RelationshipKind::TemporaryRegistration
            | RelationshipKind::Admission
            | RelationshipKind::Caseload
            | RelationshipKind::Arrival => receives = true,
            // A link says that somebody looks, not that the organisation treats.
            RelationshipKind::Launch => {}
        }
    }
    match (receives, referred) {
        (false, false) => ReferralCheck::Neither,
        (true, false) => ReferralCheck::ReceivesService,
        (false, true) => ReferralCheck::Referred,
        (true, true) => ReferralCheck::Both,
    }
}

/// Who is the patient's GP practice at an instant. A temporary registration makes none.
pub fn current_practice<'a>(
    involvements: impl IntoIterator<Item = &'a Involvement>,
    at: Timestamp,
) -> CurrentPractice {
    let mut claims: Vec<_> = involvements
        .into_iter()
        .filter(|it| it.kind == RelationshipKind::Registration && it.lasts_at(at))
        .map(|it| (it.from, &it.organisation))
        .collect();
    claims.sort();
    let mut practices: Vec<OdsCode> = vec![];
    for (_, practice) in claims {
        practices.retain(|earlier| earlier != practice);
        practices.push(practice.clone());
    }
    match practices.len() {
        0 | 1 => practices
            .pop()
            .map_or(CurrentPractice::None, CurrentPractice::One),
        _ => CurrentPractice::Contested { claims: practices },
    }
}
