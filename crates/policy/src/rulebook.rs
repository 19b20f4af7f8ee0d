//! What a region may choose: typed, versioned, and never the absolute rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tributary_model::{
    OrganisationKind, Profession, Role, Section, SectionSet, SharingChoice, Timestamp,
};

use crate::{Grant, OpenFor};

/// What a region may choose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rulebook {
    /// Its name, as audit lines give it.
    pub name: String,
    /// Its version, as audit lines give it.
    pub version: String,
    /// What happens where the patient has decided nothing (rules 3 and 9).
    pub undecided: Undecided,
    /// Whether there is standing consent (rules 7 and 10).
    pub standing_consent: bool,
    /// How many hours a consent of today lasts (rules 8 and 11). 0: for one view, and it is not
    /// kept.
    pub consent_today_hours: u32,
    /// How many hours an emergency grant lasts (rule 12).
    pub emergency_hours: u32,
    /// How many hours a grant on another lawful basis lasts (rule 13).
    pub legal_hours: u32,
    /// How many hours a no is remembered (rules 6, 12 and 13).
    pub no_hours: u32,
    /// How many days a relationship that has ended still counts (rule 2). A registration has none.
    pub grace_days: u32,
    /// Whether only sources asked at view time are shown and nothing that is stored.
    pub live_sources_only: bool,
    /// Roles that may view (rule 1).
    pub viewers: BTreeSet<Role>,
    /// Roles that may break the glass (rule 12).
    pub glass_breakers: BTreeSet<Role>,
    /// Which sections are withheld from whom.
    pub withheld: Vec<Withholding>,
}

/// What happens where the patient has decided nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undecided {
    /// The patient is asked (rule 9).
    Ask,
    /// Viewing is permitted (rule 9).
    Permit,
    /// No record is created, as if the patient had opted out (rule 3).
    NoRecord,
}

/// Sections withheld from a role, at an organisation kind, for a purpose, or where all of these meet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Withholding {
    /// The role; every role if there is none.
    pub role: Option<Role>,
    /// The organisation kind; every kind if there is none.
    pub organisation: Option<OrganisationKind>,
    /// What the record is open for; everything if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<OpenFor>,
    /// What is withheld.
    pub sections: BTreeSet<Section>,
}

/// Why a rulebook cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RulebookError {
    /// Audit lines could not name it.
    #[error("a rulebook has a name and a version")]
    Nameless,
    /// A duration under which a rule would mean nothing, or never end.
    #[error("{setting} must be between {least} and {most}")]
    Duration {
        /// The setting.
        setting: &'static str,
        /// The least it may be.
        least: u32,
        /// The most it may be.
        most: u32,
    },
    /// Someone who treats nobody may not view.
    #[error("the role {} does not treat patients and may not view records", .0.name())]
    Viewer(
        /// The role.
        Role,
    ),
    /// Who may not view may not break the glass.
    #[error("the role {} may break the glass but not view", .0.name())]
    GlassBreaker(
        /// The role.
        Role,
    ),
    /// Allergies are never withheld by role.
    #[error("allergies are never withheld by role")]
    AllergiesWithheld,
}

impl Rulebook {
    /// The longest that a no can be remembered: a year.
    pub const LONGEST_NO_HOURS: u32 = 24 * 366;

    /// Cheshire since its change: everyone is asked once.
    #[must_use]
    pub fn cheshire() -> Self {
        let viewers: BTreeSet<_> = Role::ALL
            .into_iter()
            .filter(|role| role.profession() == Profession::Clinical)
            .collect();
        Self {
            name: "cheshire".to_owned(),
            version: "1".to_owned(),
            undecided: Undecided::Ask,
            standing_consent: true,
            consent_today_hours: 24,
            emergency_hours: 8,
            legal_hours: 24,
            no_hours: 24,
            grace_days: 28,
            glass_breakers: viewers
                .iter()
                .copied()
                .filter(|role| !matches!(role, Role::SocialWorker))
                .collect(),
            viewers,
            withheld: vec![Withholding {
                role: Some(Role::SocialWorker),
                organisation: None,
                purpose: None,
                sections: BTreeSet::from([Section::Results]),
            }],
            live_sources_only: false,
        }
    }

    /// Cheshire before its change: a record only for those who opted in.
    #[must_use]
    pub fn opt_in() -> Self {
        Self {
            name: "opt-in".to_owned(),
            undecided: Undecided::NoRecord,
            ..Self::cheshire()
        }
    }

    /// My Care Record: asked at every view, nothing kept.
    #[must_use]
    pub fn ask_every_time() -> Self {
        Self {
            name: "ask-every-time".to_owned(),
            standing_consent: false,
            consent_today_hours: 0,
            live_sources_only: true,
            ..Self::cheshire()
        }
    }

    /// Consent is implied by being treated; a no is still a no.
    #[must_use]
    pub fn implied() -> Self {
        Self {
            name: "implied".to_owned(),
            undecided: Undecided::Permit,
            ..Self::cheshire()
        }
    }

    /// The rulebooks that come with the product, the default first.
    #[must_use]
    pub fn all() -> [Self; 4] {
        [
            Self::cheshire(),
            Self::opt_in(),
            Self::ask_every_time(),
            Self::implied(),
        ]
    }

    /// The one of these with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all()
            .into_iter()
            .find(|rulebook| rulebook.name == name)
    }

    /// Its name and version, as audit lines give them.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// Whether it can be used.
    pub fn validate(&self) -> Result<(), RulebookError> {
        if self.name.trim().is_empty() || self.version.trim().is_empty() {
            return Err(RulebookError::Nameless);
        }
        for (setting, value, least, most) in [
            ("consent-today-hours", self.consent_today_hours, 0, 24),
            ("emergency-hours", self.emergency_hours, 1, 24),
            ("legal-hours", self.legal_hours, 1, 24),
            ("no-hours", self.no_hours, 24, Self::LONGEST_NO_HOURS),
            ("grace-days", self.grace_days, 0, 366),
        ] {
            if !(least..=most).contains(&value) {
                return Err(RulebookError::Duration {
                    setting,
                    least,
                    most,
                });
            }
        }
        let treats = |role: &&Role| role.profession() == Profession::Clinical;
        if let Some(role) = self.viewers.iter().find(|role| !treats(role)) {
            return Err(RulebookError::Viewer(*role));
        }
        if let Some(role) = self.glass_breakers.difference(&self.viewers).next() {
            return Err(RulebookError::GlassBreaker(*role));
        }
        if self
            .withheld
            .iter()
            .any(|withheld| withheld.sections.contains(&Section::Allergies))
        {
            return Err(RulebookError::AllergiesWithheld);
        }
        Ok(())
    }

    /// Whether intake keeps what sources send about someone with this standing choice.
    #[must_use]
    pub fn takes_in(&self, preference: Option<SharingChoice>) -> bool {
        match preference {
            Some(SharingChoice::OptOut) => false,
            Some(SharingChoice::Consent | SharingChoice::Block) => true,
            None | Some(SharingChoice::Ask) => self.undecided != Undecided::NoRecord,
        }
    }

    /// The sections that a role at an organisation kind may see for a purpose. Allergies are always
    /// among them.
    #[must_use]
    pub fn sections(
        &self,
        role: Role,
        organisation: OrganisationKind,
        purpose: OpenFor,
    ) -> SectionSet {
        self.withheld
            .iter()
            .filter(|withheld| withheld.role.is_none_or(|it| it == role))
            .filter(|withheld| withheld.organisation.is_none_or(|it| it == organisation))
            .filter(|withheld| withheld.purpose.is_none_or(|it| it == purpose))
            .flat_map(|withheld| &withheld.sections)
            .fold(SectionSet::all(), |sections, withheld| {
                sections.without(*withheld)
            })
    }

    /// How many hours a grant given now lasts.
    #[must_use]
    pub const fn hours(&self, grant: Grant) -> u32 {
        match grant {
            Grant::ConsentToday => self.consent_today_hours,
            Grant::Emergency => self.emergency_hours,
            Grant::Legal(_) => self.legal_hours,
        }
    }

    /// How long a no is remembered, in microseconds.
    #[must_use]
    pub const fn no_lasts(&self) -> i64 {
        self.no_hours as i64 * Timestamp::HOUR
    }

    /// How long a relationship other than a registration counts after its end, in microseconds.
    #[must_use]
    pub const fn grace(&self) -> i64 {
        self.grace_days as i64 * Timestamp::DAY
    }
}
