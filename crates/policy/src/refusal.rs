//! Why something is refused, in the words that each reader may have.

use serde::{Deserialize, Serialize};

use crate::ReferralCheck;

/// Why a request is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReason {
    /// Rule 1.
    NotAuthorised(Unauthorised),
    /// Rule 2.
    NoRelationship,
    /// Rule 3.
    OptedOut,
    /// Rule 3 under a rulebook that creates a record only for those who opted in.
    NoRecordCreated,
    /// Rule 4.
    Blocked,
    /// Rule 5.
    SaysNo,
    /// Rule 6.
    SaidNoLately,
    /// Rule 14: what was stated does not meet its rule.
    NotMet(Unmet),
}

/// What rule 1 found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unauthorised {
    /// The account is not active.
    AccountNotActive,
    /// Not on a professional register.
    NotRegistered,
    /// The registration has lapsed.
    RegistrationLapsed,
    /// The role may not view.
    Role,
    /// The purpose is not direct care.
    Purpose,
    /// The record is the requester's own.
    OwnRecord,
    /// The organisation is neither an NHS body nor a council.
    OrganisationKind,
    /// The organisation has no agreement in force that covers viewing.
    Agreement,
}

/// What keeps rule 10, 12 or 13 from applying.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmet {
    /// This rulebook knows no standing consent.
    NoStandingConsent,
    /// The role may not break the glass.
    MayNotBreakGlass,
    /// No reason is given.
    ReasonMissing,
    /// A colleague was told no, and the requester has not been shown it.
    ColleagueNoNotShown,
    /// A colleague was told no, so only consent or an emergency remains.
    ColleagueToldNo,
    /// An attorney or deputy was not asked for first.
    AttorneyNotAskedFor,
    /// The patient is not known to be under 13.
    NotUnderThirteen,
    /// Not both of: receives the service, was referred by another provider.
    ReferralCheck(ReferralCheck),
}

/// Who is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reader {
    /// The person who asked.
    Requester,
    /// The privacy officer of their organisation.
    PrivacyOfficer,
    /// The patient.
    Patient,
}

impl RefusalReason {
    /// The rule that refuses for this reason.
    #[must_use]
    pub const fn rule(self) -> u8 {
        match self {
            Self::NotAuthorised(_) => 1,
            Self::NoRelationship => 2,
            Self::OptedOut | Self::NoRecordCreated => 3,
            Self::Blocked => 4,
            Self::SaysNo => 5,
            Self::SaidNoLately => 6,
            Self::NotMet(_) => 14,
        }
    }

    /// The fixed name used in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAuthorised(why) => why.name(),
            Self::NoRelationship => "no-relationship",
            Self::OptedOut => "opted-out",
            Self::NoRecordCreated => "no-record-created",
            Self::Blocked => "blocked",
            Self::SaysNo => "says-no",
            Self::SaidNoLately => "said-no-lately",
            Self::NotMet(unmet) => unmet.name(),
        }
    }

    /// What a reader is told.
    #[must_use]
    pub const fn words_for(self, reader: Reader) -> &'static str {
        match reader {
            Reader::Requester => self.requester_words(),
            Reader::PrivacyOfficer => self.officer_words(),
            Reader::Patient => self.patient_words(),
        }
    }

    const fn requester_words(self) -> &'static str {
        match self {
            Self::NotAuthorised(why) => why.requester_words(),
            // Exactly the answer for a person who does not exist.
            Self::NoRelationship => "No patient of your organisation matches.",
            Self::OptedOut => "The patient has declined to have an electronic shared record.",
            Self::NoRecordCreated => "No shared record has been created for this patient.",
            Self::Blocked => "The patient has not given consent to view the record.",
            Self::SaysNo => {
                "The patient says no. Your answer is recorded and the record stays closed."
            }
            Self::SaidNoLately => {
                "The patient told you no a short time ago. \
                 The record opens only if the patient now says yes."
            }
            Self::NotMet(unmet) => unmet.words(),
        }
    }

    const fn officer_words(self) -> &'static str {
        match self {
            Self::NotAuthorised(why) => why.officer_words(),
            Self::NoRelationship => {
                "The patient has no legitimate relationship with the organisation: none, not yet \
                 begun, or ended longer ago than the grace period. The requester was told only \
                 what is said of unknown people."
            }
            Self::OptedOut => "The patient opted out. Nothing overrides this.",
            Self::NoRecordCreated => "The patient has not opted in, so no record was created.",
            Self::Blocked => "The patient's record is blocked. Nothing overrides this.",
            Self::SaysNo => "The patient said no to the requester, who recorded it.",
            Self::SaidNoLately => {
                "The patient had said no to the requester lately, and the requester did not state \
                 that the patient now says yes."
            }
            Self::NotMet(unmet) => unmet.words(),
        }
    }

    const fn patient_words(self) -> &'static str {
        match self {
            Self::NotAuthorised(_) => {
                "Someone who was not allowed to see shared records asked for yours. \
                 They were shown nothing."
            }
            Self::NoRelationship => {
                "Someone of an organisation that does not look after you asked for your record. \
                 They were shown nothing."
            }
            Self::OptedOut => {
                "You opted out, so nobody can see a shared record. Nothing was shown."
            }
            Self::NoRecordCreated => "You have not opted in, so there is no shared record.",
            Self::Blocked => "You blocked your record. Nothing was shown.",
            Self::SaysNo => "You said no. Nothing was shown.",
            Self::SaidNoLately => "You had said no shortly before. Nothing was shown.",
            Self::NotMet(_) => {
                "You were not asked, and the reason given instead was not enough. \
                 Nothing was shown."
            }
        }
    }
}

impl Unauthorised {
    const fn name(self) -> &'static str {
        match self {
            Self::AccountNotActive => "account-not-active",
            Self::NotRegistered => "not-registered",
            Self::RegistrationLapsed => "registration-lapsed",
            Self::Role => "role-may-not-view",
            Self::Purpose => "not-direct-care",
            Self::OwnRecord => "own-record",
            Self::OrganisationKind => "no-nhs-body-or-council",
            Self::Agreement => "no-agreement",
        }
    }

    const fn requester_words(self) -> &'static str {
        match self {
            Self::AccountNotActive => "You are not authorised: your account is not active.",
            Self::NotRegistered => {
                "You are not authorised: shared records are for registered professionals."
            }
            Self::RegistrationLapsed => "You are not authorised: your registration has lapsed.",
            Self::Role => "You are not authorised: your role may not view shared records.",
            Self::Purpose => "You are not authorised: records are shared for direct care only.",
            Self::OwnRecord => {
                "You are not authorised: nobody opens their own record here. \
                 Ask your GP practice for a copy."
            }
            Self::OrganisationKind => {
                "You are not authorised: records are shared with NHS bodies and councils only."
            }
            Self::Agreement => {
                "You are not authorised: your organisation has no agreement in force that covers \
                 viewing."
            }
        }
    }

    const fn officer_words(self) -> &'static str {
        match self {
            Self::AccountNotActive => "The requester's account was not active.",
            Self::NotRegistered => "The requester is on no professional register.",
            Self::RegistrationLapsed => "The requester's registration had lapsed.",
            Self::Role => "The requester's role may not view shared records.",
            Self::Purpose => "The purpose was not direct care.",
            Self::OwnRecord => "The requester asked for their own record.",
            Self::OrganisationKind => "The organisation is neither an NHS body nor a council.",
            Self::Agreement => "The organisation had no agreement in force that covers viewing.",
        }
    }
}

impl Unmet {
    const fn name(self) -> &'static str {
        match self {
            Self::NoStandingConsent => "no-standing-consent",
            Self::MayNotBreakGlass => "may-not-break-glass",
            Self::ReasonMissing => "reason-missing",
            Self::ColleagueNoNotShown => "colleague-no-not-shown",
            Self::ColleagueToldNo => "colleague-told-no",
            Self::AttorneyNotAskedFor => "attorney-not-asked-for",
            Self::NotUnderThirteen => "not-under-thirteen",
            Self::ReferralCheck(_) => "not-referred-and-receiving",
        }
    }

    /// What is missing, in words for a professional.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoStandingConsent => "Here the patient is asked at every view.",
            Self::MayNotBreakGlass => "Your role may not open a record in an emergency.",
            Self::ReasonMissing => "An emergency needs its reason.",
            Self::ColleagueNoNotShown => {
                "The patient told a colleague no a short time ago. \
                 Read that first, then decide."
            }
            Self::ColleagueToldNo => "The patient told a colleague no a short time ago.",
            Self::AttorneyNotAskedFor => "Ask for an attorney or deputy first.",
            Self::NotUnderThirteen => "The dates of birth on record do not show an age under 13.",
            Self::ReferralCheck(found) => match found {
                ReferralCheck::Neither | ReferralCheck::Both => {
                    "Neither an open case with your service nor a referral to it is on record."
                }
                ReferralCheck::ReceivesService => {
                    "No referral to your service by another provider is on record."
                }
                ReferralCheck::Referred => "No open case with your service is on record.",
            },
        }
    }
}
