//! What was decided. A [`Permitted`] is a proof: it has no public maker and cannot be copied.

use serde::{Deserialize, Serialize};
use tributary_model::{LegalReason, PatientId, SectionSet, Timestamp};

use crate::{Ask, Reader, RefusalReason, Unmet};

/// What was decided.
#[must_use]
#[derive(Debug)]
pub enum Decision {
    /// The record may be opened, once the access is in the audit log.
    Permitted(Permitted),
    /// The patient is to be asked.
    AskConsent(AskConsent),
    /// It may not be opened.
    Refused(Refused),
}

/// Proof that the rules permit one access. Made by [`crate::decide`] alone, given up to the audit
/// log by value.
///
/// ```compile_fail
/// fn twice(permitted: tributary_policy::Permitted) -> tributary_policy::Permitted {
///     permitted.clone()
/// }
/// ```
#[must_use]
#[derive(Debug)]
pub struct Permitted(PermittedParts);

/// What a [`Permitted`] says. The parts prove nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PermittedParts {
    /// What was asked.
    pub ask: Ask,
    /// Whose record.
    pub patient: PatientId,
    /// The sections that role and organisation kind may see. Allergies are always among them.
    pub sections: SectionSet,
    /// What it rests on.
    pub basis: Basis,
    /// The rule that decided.
    pub rule: u8,
    /// Until when; `None` while the standing choice and the relationship last. The time of the
    /// decision itself means one view.
    pub until: Option<Timestamp>,
    /// What is to be recorded in the same act.
    pub record: Option<ToRecord>,
    /// Whether a privacy officer must review it.
    pub review: bool,
    /// Whether only sources asked at view time are shown and nothing that is stored.
    pub live_sources_only: bool,
    /// Name and version of the rulebook.
    pub rulebook: String,
}

/// What a permission rests on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The patient's standing consent, recorded before (rule 7) or given now (rule 10).
    StandingConsent,
    /// A consent of today or a grant, held (rule 8) or given now (rules 11 to 13).
    Grant(Grant),
    /// Being treated, under a rulebook that asks nobody (rule 9).
    Implied,
}

/// What one requester may hold for one organisation, for a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// The patient's consent for today.
    ConsentToday,
    /// An emergency.
    Emergency,
    /// Another lawful basis.
    Legal(LegalReason),
}

/// What is to be recorded in the same act as the access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToRecord {
    /// The patient's standing consent.
    StandingConsent,
    /// A consent of today or a grant for this requester and organisation.
    Grant {
        /// Which.
        grant: Grant,
        /// When it runs out.
        until: Timestamp,
    },
}

/// The patient is to be asked (rule 9).
#[must_use]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskConsent {
    pub(crate) ask: Ask,
    pub(crate) offers: Vec<Offer>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) rulebook: String,
}

/// One answer of the consent screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The answer.
    pub answer: Answer,
    /// Why it cannot be given by this requester for this patient; `None` if it can.
    pub unmet: Option<Unmet>,
    /// Until when it would permit viewing, if it would run out.
    pub until: Option<Timestamp>,
}

/// The answers there are, in the order of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// Yes, for everyone involved in their care.
    Standing,
    /// Yes, for me, today.
    Today,
    /// No.
    No,
    /// I cannot ask: an emergency.
    Emergency,
    /// I cannot ask: another lawful basis.
    Legal(LegalReason),
}

/// What the requester is told before answering.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Notice {
    /// The patient told a colleague of this organisation no lately.
    ColleagueToldNo,
}

/// It may not be opened.
#[must_use]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    pub(crate) ask: Ask,
    pub(crate) rule: u8,
    pub(crate) reason: RefusalReason,
    pub(crate) offers: Vec<Offer>,
    pub(crate) rulebook: String,
}

impl Permitted {
    pub(crate) const fn new(parts: PermittedParts) -> Self {
        Self(parts)
    }

    /// What it says.
    #[must_use]
    pub const fn parts(&self) -> &PermittedParts {
        &self.0
    }

    /// What was asked.
    #[must_use]
    pub const fn ask(&self) -> &Ask {
        &self.0.ask
    }

    /// Whose record.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.0.patient
    }

    /// The sections that role and organisation kind may see.
    #[must_use]
    pub const fn sections(&self) -> SectionSet {
        self.0.sections
    }

    /// What it rests on.
    #[must_use]
    pub const fn basis(&self) -> Basis {
        self.0.basis
    }

    /// The rule that decided.
    #[must_use]
    pub const fn rule(&self) -> u8 {
        self.0.rule
    }

    /// Until when, if it runs out.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.0.until
    }

    /// What is to be recorded in the same act.
    #[must_use]
    pub const fn record(&self) -> Option<ToRecord> {
        self.0.record
    }

    /// Whether a privacy officer must review it.
    #[must_use]
    pub const fn review(&self) -> bool {
        self.0.review
    }

    /// Gives up the proof for what it says.
    #[must_use]
    pub fn into_parts(self) -> PermittedParts {
        self.0
    }
}

impl AskConsent {
    /// What was asked.
    #[must_use]
    pub const fn ask(&self) -> &Ask {
        &self.ask
    }

    /// The rule that decided.
    #[must_use]
    pub const fn rule(&self) -> u8 {
        9
    }

    /// The answers of the screen, in its order.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// What the requester is told before answering.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Name and version of the rulebook.
    #[must_use]
    pub fn rulebook(&self) -> &str {
        &self.rulebook
    }
}

impl Refused {
    /// What was asked.
    #[must_use]
    pub const fn ask(&self) -> &Ask {
        &self.ask
    }

    /// The rule that decided.
    #[must_use]
    pub const fn rule(&self) -> u8 {
        self.rule
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// What a reader is told.
    #[must_use]
    pub const fn words_for(&self, reader: Reader) -> &'static str {
        self.reason.words_for(reader)
    }

    /// Whether the patient's no is to be recorded in the same act (rule 5).
    #[must_use]
    pub const fn record_no(&self) -> bool {
        matches!(self.reason, RefusalReason::SaysNo)
    }

    /// What the screen may still offer: after rule 6 that the patient now says yes, after rule 14
    /// every answer, otherwise nothing.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        &self.offers
    }

    /// Name and version of the rulebook.
    #[must_use]
    pub fn rulebook(&self) -> &str {
        &self.rulebook
    }
}

impl Basis {
    /// The fixed name used in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StandingConsent => "standing-consent",
            Self::Grant(grant) => grant.name(),
            Self::Implied => "implied",
        }
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::StandingConsent => "The patient's standing consent",
            Self::Grant(Grant::ConsentToday) => "The patient's consent for today",
            Self::Grant(Grant::Emergency) => "An emergency",
            Self::Grant(Grant::Legal(reason)) => reason.words(),
            Self::Implied => "Implied consent: the patient is being treated",
        }
    }
}

impl Grant {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::ConsentToday,
        Self::Emergency,
        Self::Legal(LegalReason::LacksCapacity),
        Self::Legal(LegalReason::UnderThirteen),
        Self::Legal(LegalReason::ReferredHere),
        Self::Legal(LegalReason::Protection),
    ];

    /// The fixed name used in stores and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ConsentToday => "consent-today",
            Self::Emergency => "emergency",
            Self::Legal(reason) => reason.name(),
        }
    }

    /// The one of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }
}

impl Notice {
    /// The words of the screen.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ColleagueToldNo => "The patient told a colleague of yours no a short time ago.",
        }
    }
}
