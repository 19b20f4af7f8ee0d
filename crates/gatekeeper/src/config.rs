//! What a region chooses for its way out.

use std::collections::BTreeSet;

use tributary_model::Role;
use tributary_policy::Rulebook;
use tributary_record::Sensitivity;
use tributary_store::SessionLimits;

/// What a region chooses for its way out.
#[derive(Clone, Debug)]
pub struct Config {
    /// The rules.
    pub rulebook: Rulebook,
    /// The sensitive code sets.
    pub sensitivity: SensitiveSets,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// The address of the FHIR API as its clients know it, without a slash at the end.
    pub fhir_base: String,
}

impl Default for Config {
    /// The `cheshire` rulebook, the stand-in code sets, 30 minutes and 12 hours.
    fn default() -> Self {
        Self {
            rulebook: Rulebook::cheshire(),
            sensitivity: SensitiveSets::stand_in(),
            sessions: SessionLimits::default(),
            fhir_base: "https://tributary.example/fhir".to_owned(),
        }
    }
}

/// The sensitive code sets in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SensitiveSets {
    /// Name and version, as audit lines give them.
    pub version: String,
    /// The sets.
    pub sets: Vec<SensitiveSet>,
}

/// One sensitive code set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SensitiveSet {
    /// Its name.
    pub name: String,
    /// Its codes, each with its system.
    pub codes: Vec<(String, String)>,
    /// The roles that may see it.
    pub seen_by: BTreeSet<Role>,
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

    /// What is withheld from a role.
    #[must_use]
    pub fn withheld_from(&self, role: Role) -> Sensitivity {
        let withheld = self.sets.iter().filter(|set| !set.seen_by.contains(&role));
        Sensitivity {
            version: self.version.clone(),
            withheld: withheld
                .map(|set| (set.name.clone(), set.codes.clone()))
                .collect(),
        }
    }
}
