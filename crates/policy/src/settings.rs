//! Everything that a governance group decides, in one version: the rulebook and the sensitive sets.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tributary_model::Role;

use crate::{Basis, Grant, Rulebook, RulebookError};

/// Everything that a governance group decides, in one version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The rules.
    pub rulebook: Rulebook,
    /// The sensitive code sets, and who sees what of them.
    pub sensitive: SensitiveSets,
}

/// The sensitive code sets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SensitiveSets {
    /// Name and version, as audit lines give them.
    pub version: String,
    /// The sets.
    pub sets: Vec<SensitiveSet>,
}

/// One sensitive code set. Who is not named does not see it: an empty list is nobody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SensitiveSet {
    /// Its name.
    pub name: String,
    /// Its codes, each with its system.
    pub codes: Vec<(String, String)>,
    /// The roles that may see it.
    pub seen_by: BTreeSet<Role>,
    /// The purposes for which it may be seen.
    pub seen_for: BTreeSet<OpenFor>,
}

/// What a record is open for, as far as what is withheld goes by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenFor {
    /// Care with the patient's permission, given or implied.
    Care,
    /// An emergency in which the patient could not be asked.
    Emergency,
    /// Another lawful basis than the patient's permission.
    OtherBasis,
}

impl OpenFor {
    /// Every purpose.
    pub const ALL: [Self; 3] = [Self::Care, Self::Emergency, Self::OtherBasis];

    /// The purpose of a record that is open on a basis.
    #[must_use]
    pub const fn of(basis: Basis) -> Self {
        match basis {
            Basis::StandingConsent | Basis::Implied | Basis::Grant(Grant::ConsentToday) => {
                Self::Care
            }
            Basis::Grant(Grant::Emergency) => Self::Emergency,
            Basis::Grant(Grant::Legal(_)) => Self::OtherBasis,
        }
    }

    /// The fixed name used in stores and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Care => "care",
            Self::Emergency => "emergency",
            Self::OtherBasis => "other-basis",
        }
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Care => "Care with permission",
            Self::Emergency => "An emergency",
            Self::OtherBasis => "Another lawful basis",
        }
    }

    /// The purpose of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

const SNOMED: &str = "http://snomed.info/sct";

impl SensitiveSets {
    /// A small set that stands in until the region's governance group has decided on its own.
    #[must_use]
    pub fn stand_in() -> Self {
        let set = |name: &str, codes: &[&str], seen_by: &[Role]| SensitiveSet {
            name: name.to_owned(),
            codes: codes
                .iter()
                .map(|code| (SNOMED.to_owned(), (*code).to_owned()))
                .collect(),
            seen_by: seen_by.iter().copied().collect(),
            seen_for: OpenFor::ALL.into(),
        };
        Self {
            version: "stand-in 1".to_owned(),
            sets: vec![
                // Sexually transmitted infection, HIV infection, syphilis, gonorrhoea, chlamydia.
                set(
                    "sexual-health",
                    &["8098009", "86406008", "76272004", "15628003", "240589008"],
                    &[Role::Doctor],
                ),
                // Termination of pregnancy, and requests for it.
                set(
                    "termination",
                    &["386639001", "57797005", "225066005"],
                    &[Role::Doctor],
                ),
                // Victim of abuse, of domestic violence, of sexual assault.
                set(
                    "abuse",
                    &["371775004", "371776003", "248110007"],
                    &[Role::Doctor, Role::Nurse, Role::SocialWorker],
                ),
            ],
        }
    }

    /// The sets that are withheld from a role for a purpose.
    pub fn withheld_from(
        &self,
        role: Role,
        purpose: OpenFor,
    ) -> impl Iterator<Item = &SensitiveSet> {
        let seen = move |set: &&SensitiveSet| {
            set.seen_by.contains(&role) && set.seen_for.contains(&purpose)
        };
        self.sets.iter().filter(move |set| !seen(set))
    }
}

impl Settings {
    /// The rulebook with the sensitive sets that stand in.
    #[must_use]
    pub fn with(rulebook: Rulebook) -> Self {
        Self {
            rulebook,
            sensitive: SensitiveSets::stand_in(),
        }
    }

    /// Whether they can be used.
    pub fn validate(&self) -> Result<(), RulebookError> {
        self.rulebook.validate()
    }
}
