//! Who asks, as what, for what.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ClinicalDate, OdsCode, Organisation};

/// A person acting for an organisation in one role. What is audited is a copy as it was then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requester {
    /// Their account.
    pub account: AccountId,
    /// Their name as colleagues write it.
    pub name: String,
    /// Their entry on a professional register, if they have one.
    pub register: Option<RegisterEntry>,
    /// The role they act in.
    pub role: Role,
    /// The organisation they act for.
    pub organisation: Organisation,
}

/// An entry on a professional register.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// Which register.
    pub register: Register,
    /// The number on it.
    pub number: String,
    /// The last day it is valid, if the register says.
    pub valid_until: Option<ClinicalDate>,
}

/// Professional registers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Register {
    /// General Medical Council.
    Gmc,
    /// Nursing and Midwifery Council.
    Nmc,
    /// Social Work England.
    Swe,
    /// Health and Care Professions Council.
    Hcpc,
    /// General Pharmaceutical Council.
    Gphc,
}

impl Register {
    /// The short name people use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gmc => "GMC",
            Self::Nmc => "NMC",
            Self::Swe => "SWE",
            Self::Hcpc => "HCPC",
            Self::Gphc => "GPhC",
        }
    }

    /// The register of a short name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Gmc, Self::Nmc, Self::Swe, Self::Hcpc, Self::Gphc]
            .into_iter()
            .find(|register| register.name().eq_ignore_ascii_case(name))
    }
}

/// A job role. What a role may do is the rulebook's business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Doctor.
    Doctor,
    /// Nurse or midwife.
    Nurse,
    /// Pharmacist.
    Pharmacist,
    /// Allied health professional (paramedic, physiotherapist, …).
    AlliedProfessional,
    /// Social worker.
    SocialWorker,
    /// Staff of a GP practice who look after choices and registrations; not on a register.
    PracticeStaff,
    /// Reads the organisation's audit reports.
    PrivacyOfficer,
    /// Member of the governance group.
    Governance,
    /// Caldicott Guardian of a partner: member of the governance group who answers for the
    /// confidentiality of their own organisation's patients.
    CaldicottGuardian,
    /// Brings feeds live and mends them.
    FeedEngineer,
    /// Installs and runs the system.
    Operator,
}

/// What a role is there for, so that pages and rules need not list roles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profession {
    /// Reads records of patients they treat.
    Clinical,
    /// Does a job that needs no record.
    Other,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Doctor,
        Self::Nurse,
        Self::Pharmacist,
        Self::AlliedProfessional,
        Self::SocialWorker,
        Self::PracticeStaff,
        Self::PrivacyOfficer,
        Self::Governance,
        Self::CaldicottGuardian,
        Self::FeedEngineer,
        Self::Operator,
    ];

    /// The fixed name used in stores, configuration and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Doctor => "doctor",
            Self::Nurse => "nurse",
            Self::Pharmacist => "pharmacist",
            Self::AlliedProfessional => "allied-professional",
            Self::SocialWorker => "social-worker",
            Self::PracticeStaff => "practice-staff",
            Self::PrivacyOfficer => "privacy-officer",
            Self::Governance => "governance",
            Self::CaldicottGuardian => "caldicott-guardian",
            Self::FeedEngineer => "feed-engineer",
            Self::Operator => "operator",
        }
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Doctor => "Doctor",
            Self::Nurse => "Nurse",
            Self::Pharmacist => "Pharmacist",
            Self::AlliedProfessional => "Allied health professional",
            Self::SocialWorker => "Social worker",
            Self::PracticeStaff => "Practice staff",
            Self::PrivacyOfficer => "Privacy officer",
            Self::Governance => "Governance group",
            Self::CaldicottGuardian => "Caldicott Guardian",
            Self::FeedEngineer => "Feed engineer",
            Self::Operator => "Operator",
        }
    }

    /// The role of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role belongs to the governance group.
    #[must_use]
    pub const fn governs(self) -> bool {
        matches!(self, Self::Governance | Self::CaldicottGuardian)
    }

    /// Whether the role treats patients.
    #[must_use]
    pub const fn profession(self) -> Profession {
        match self {
            Self::Doctor
            | Self::Nurse
            | Self::Pharmacist
            | Self::AlliedProfessional
            | Self::SocialWorker => Profession::Clinical,
            Self::PracticeStaff
            | Self::PrivacyOfficer
            | Self::Governance
            | Self::CaldicottGuardian
            | Self::FeedEngineer
            | Self::Operator => Profession::Other,
        }
    }
}

/// What a record is opened for. Only direct care opens the combined record to a professional.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The patient's own care.
    DirectCare,
    /// The patient asks who looked, or for a copy.
    SubjectAccess,
    /// A privacy officer's review.
    AuditReview,
    /// Anything else (research, management, curiosity); never permitted.
    Other,
}

impl Purpose {
    /// The fixed name used in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DirectCare => "direct-care",
            Self::SubjectAccess => "subject-access",
            Self::AuditReview => "audit-review",
            Self::Other => "other",
        }
    }
}

/// The requester's part in the patient's care today, stated at every opening and audited.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Treating today.
    Treating,
    /// On my caseload.
    Caseload,
    /// On call.
    OnCall,
    /// Reviewing a referral.
    ReviewingReferral,
    /// Another part.
    Other,
}

impl Part {
    /// Every part in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Treating,
        Self::Caseload,
        Self::OnCall,
        Self::ReviewingReferral,
        Self::Other,
    ];

    /// The fixed name used in forms and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treating => "treating",
            Self::Caseload => "caseload",
            Self::OnCall => "on-call",
            Self::ReviewingReferral => "reviewing-referral",
            Self::Other => "other",
        }
    }

    /// The words of the form.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Treating => "I am treating them today",
            Self::Caseload => "They are on my caseload",
            Self::OnCall => "I am on call",
            Self::ReviewingReferral => "I am reviewing a referral",
            Self::Other => "Another part in their care",
        }
    }

    /// The part of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// A lawful basis other than consent (rule 13).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalReason {
    /// Lacks capacity to consent (Mental Capacity Act 2005).
    LacksCapacity,
    /// Under 13 and not with someone holding parental responsibility (Children Act 1989).
    UnderThirteen,
    /// Already receiving this organisation's service and referred to it by another provider
    /// (Health and Social Care Act 2012).
    ReferredHere,
    /// An incident requires us to protect the person (Care Act 2014).
    Protection,
}

impl LegalReason {
    /// Every reason in the order of the form.
    pub const ALL: [Self; 4] = [
        Self::LacksCapacity,
        Self::UnderThirteen,
        Self::ReferredHere,
        Self::Protection,
    ];

    /// The fixed name used in forms and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LacksCapacity => "lacks-capacity",
            Self::UnderThirteen => "under-thirteen",
            Self::ReferredHere => "referred-here",
            Self::Protection => "protection",
        }
    }

    /// The words of the form.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::LacksCapacity => "They lack the capacity to give permission",
            Self::UnderThirteen => {
                "They are under 13 and not with someone who has parental responsibility"
            }
            Self::ReferredHere => {
                "They already receive our service and another provider referred them to us"
            }
            Self::Protection => "An incident requires us to protect them",
        }
    }

    /// The Act it rests on.
    #[must_use]
    pub const fn act(self) -> &'static str {
        match self {
            Self::LacksCapacity => "Mental Capacity Act 2005",
            Self::UnderThirteen => "Children Act 1989; Children and Families Act 2014",
            Self::ReferredHere => "Health and Social Care (Safety and Quality) Act 2015",
            Self::Protection => "Care Act 2014; Children Act 1989",
        }
    }

    /// The reason of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What the requester states now, on the consent screen or on the open record.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Statement {
    /// Nothing yet.
    #[default]
    Nothing,
    /// The patient gives standing consent now.
    ConsentStanding,
    /// The patient gives consent for this requester, for today.
    ConsentToday,
    /// The patient says no now.
    SaysNo,
    /// An emergency: the patient cannot be asked.
    Emergency {
        /// Why the record is needed at once.
        reason: String,
        /// What relatives know of the patient's wishes.
        wishes: String,
        /// The requester has been shown that a colleague was told no within 24 hours.
        colleague_no_shown: bool,
    },
    /// Another lawful basis.
    Legal {
        /// Which.
        reason: LegalReason,
        /// In the requester's words.
        words: String,
        /// For lack of capacity: an attorney or deputy was asked for first.
        attorney_asked: bool,
    },
}

impl RegisterEntry {
    /// `GMC 7654321`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.register.name(), self.number)
    }
}

impl Requester {
    /// The organisation's code.
    #[must_use]
    pub const fn organisation_code(&self) -> &OdsCode {
        &self.organisation.code
    }
}
