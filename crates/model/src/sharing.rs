//! The patient's choice, and why an organisation may see the patient at all.

use serde::{Deserialize, Serialize};

use crate::{AccountId, IdentityId, OdsCode, Timestamp};

/// What a standing decision of the patient says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharingChoice {
    /// Nothing is refused and nothing given: each professional asks. A refusal was lifted with it,
    /// or a consent withdrawn.
    Ask,
    /// Standing consent for everyone involved in the patient's care.
    Consent,
    /// The record is kept and nobody may view it.
    Block,
    /// No record is kept.
    OptOut,
}

impl SharingChoice {
    /// The fixed name used in stores and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Consent => "consent",
            Self::Block => "block",
            Self::OptOut => "opt-out",
        }
    }

    /// The choice of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Ask, Self::Consent, Self::Block, Self::OptOut]
            .into_iter()
            .find(|choice| choice.name() == name)
    }

    /// Whether it refuses viewing.
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(self, Self::Block | Self::OptOut)
    }
}

/// What can be done at a desk about a patient's standing choice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceAction {
    /// Standing consent for everyone involved in the patient's care.
    ConsentForAll,
    /// A standing consent is withdrawn: each professional asks.
    AskEachTime,
    /// The record is kept and nobody may view it.
    Block,
    /// A block is lifted: each professional asks.
    Unblock,
    /// No record is kept.
    OptOut,
    /// An opt-out is lifted: a record is made again, and each professional asks.
    OptBackIn,
}

impl ChoiceAction {
    /// Every action.
    pub const ALL: [Self; 6] = [
        Self::ConsentForAll,
        Self::AskEachTime,
        Self::Block,
        Self::Unblock,
        Self::OptOut,
        Self::OptBackIn,
    ];

    /// The fixed name used in addresses, stores and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsentForAll => "consent-for-all",
            Self::AskEachTime => "ask-each-time",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::OptOut => "opt-out",
            Self::OptBackIn => "opt-back-in",
        }
    }

    /// The action of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The choice that then stands.
    #[must_use]
    pub const fn choice(self) -> SharingChoice {
        match self {
            Self::ConsentForAll => SharingChoice::Consent,
            Self::AskEachTime | Self::Unblock | Self::OptBackIn => SharingChoice::Ask,
            Self::Block => SharingChoice::Block,
            Self::OptOut => SharingChoice::OptOut,
        }
    }
}

/// Who made or passed on a decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Decider {
    /// A sharing code in an organisation's feed.
    Feed(
        /// The organisation that sent it.
        OdsCode,
    ),
    /// A person signed in for an organisation, passing on the patient's word.
    Person(
        /// Their account.
        AccountId,
        /// The organisation they acted for.
        OdsCode,
    ),
    /// Two governance officers on the written word of a GP, for a patient without a practice that
    /// takes part.
    Officers(
        /// Who proposed it, and who confirmed it.
        [AccountId; 2],
        /// The organisation that the one who confirmed acted for.
        OdsCode,
    ),
}

impl Decider {
    /// The organisation the decision came through.
    #[must_use]
    pub const fn organisation(&self) -> &OdsCode {
        match self {
            Self::Feed(organisation)
            | Self::Person(_, organisation)
            | Self::Officers(_, organisation) => organisation,
        }
    }

    /// The accounts of those who recorded it.
    pub fn accounts(&self) -> impl Iterator<Item = AccountId> {
        let accounts = match self {
            Self::Feed(_) => [None, None],
            Self::Person(account, _) => [Some(*account), None],
            Self::Officers([first, second], _) => [Some(*first), Some(*second)],
        };
        accounts.into_iter().flatten()
    }
}

/// Whose word a decision is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhoDecided {
    /// Not said: a sharing code does not tell.
    #[default]
    NotSaid,
    /// The patient.
    Patient,
    /// Somebody who holds parental responsibility, for a child under 13.
    Parent,
    /// An attorney or deputy, for somebody who lacks capacity.
    Attorney,
}

impl WhoDecided {
    /// Those that a person may say at the desk, in the order of the form.
    pub const SAID: [Self; 3] = [Self::Patient, Self::Parent, Self::Attorney];

    /// The fixed name used in stores and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSaid => "not-said",
            Self::Patient => "patient",
            Self::Parent => "parent",
            Self::Attorney => "attorney",
        }
    }

    /// Whose word a fixed name means.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::NotSaid, Self::Patient, Self::Parent, Self::Attorney]
            .into_iter()
            .find(|who| who.name() == name)
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotSaid => "Not said",
            Self::Patient => "The patient",
            Self::Parent => "Someone with parental responsibility",
            Self::Attorney => "An attorney or deputy",
        }
    }

    /// Whether anybody said.
    #[must_use]
    pub const fn is_said(self) -> bool {
        !matches!(self, Self::NotSaid)
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    const fn is_not_said(&self) -> bool {
        !self.is_said()
    }
}

/// One recorded decision of a patient about sharing. Decisions are never changed; the standing
/// preference is worked out from all decisions of all linked identities.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PreferenceDecision {
    /// The identity it was recorded on.
    pub identity: IdentityId,
    /// What was decided.
    pub choice: SharingChoice,
    /// When the patient decided, if it is known.
    pub decided: Option<Timestamp>,
    /// When it reached us.
    pub received: Timestamp,
    /// Who passed it on.
    pub by: Decider,
    /// Whose word it is.
    #[serde(default, skip_serializing_if = "WhoDecided::is_not_said")]
    pub who: WhoDecided,
    /// The identity it was recorded on at first, when two met or were taken apart and the refusal
    /// of one stays on the other until a person has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stayed_from: Option<IdentityId>,
}

/// A sharing code as read out of a feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SharingCode {
    /// The source's number of the person it speaks of.
    pub local_number: String,
    /// What it says.
    pub choice: SharingChoice,
    /// When the patient decided, if the code carries a date.
    pub decided: Option<Timestamp>,
}

/// Why an organisation has to do with a patient.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationshipKind {
    /// Registered with a GP practice.
    Registration,
    /// Registered for a short stay; never makes a practice the current one.
    TemporaryRegistration,
    /// Admitted, or under a hospital's care.
    Admission,
    /// Referred to the organisation.
    Referral,
    /// On a team's caseload.
    Caseload,
    /// Arrived, or on the way (ambulance, emergency department).
    Arrival,
    /// Opened from the organisation's own system by a signed link, which no feed need confirm.
    Launch,
}

impl RelationshipKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Registration,
        Self::TemporaryRegistration,
        Self::Admission,
        Self::Referral,
        Self::Caseload,
        Self::Arrival,
        Self::Launch,
    ];

    /// The fixed name used in stores.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::TemporaryRegistration => "temporary-registration",
            Self::Admission => "admission",
            Self::Referral => "referral",
            Self::Caseload => "caseload",
            Self::Arrival => "arrival",
            Self::Launch => "launch",
        }
    }

    /// The kind of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is a registration with a practice.
    #[must_use]
    pub const fn is_registration(self) -> bool {
        matches!(self, Self::Registration | Self::TemporaryRegistration)
    }

    /// Whether there is a grace period after its end: none for a GP registration, and none for what
    /// rests on a link alone.
    #[must_use]
    pub const fn has_grace(self) -> bool {
        !self.is_registration() && !matches!(self, Self::Launch)
    }
}

/// A legitimate relationship between a patient and an organisation, as a feed states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Relationship {
    /// The source's id of it, unique within the source: `EpisodeOfCare/abc`.
    pub source_id: String,
    /// The source's number of the person.
    pub local_number: String,
    /// The organisation that has to do with the patient.
    pub organisation: OdsCode,
    /// Why.
    pub kind: RelationshipKind,
    /// From when; `None` if the source does not say (then it counts from when it was received).
    pub from: Option<Timestamp>,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Who referred the patient, for a referral.
    pub referred_by: Option<OdsCode>,
}
