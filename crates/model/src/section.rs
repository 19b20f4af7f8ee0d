//! The sections of the combined record.

use serde::{Deserialize, Serialize};

/// A section of the combined record. The discriminants are stored: never change one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Section {
    /// The person and the GP practice (next of kin among them).
    Person = 1,
    /// Allergies and adverse reactions.
    Allergies = 2,
    /// Medications.
    Medications = 3,
    /// Problems and diagnoses.
    Problems = 4,
    /// Procedures.
    Procedures = 5,
    /// Results and investigations.
    Results = 6,
    /// Observations and vital signs.
    Observations = 7,
    /// Immunisations.
    Immunisations = 8,
    /// Emergency department and hospital contacts.
    Contacts = 9,
    /// Appointments, past and future.
    Appointments = 10,
    /// Cancer: diagnosis, stage, regimens.
    Cancer = 11,
    /// Correspondence.
    Correspondence = 12,
    /// Health plans and alerts.
    PlansAndAlerts = 13,
    /// Social care: summary of needs, services, team.
    SocialCare = 14,
    /// Mental health alerts and diagnoses.
    MentalHealth = 15,
}

impl Section {
    /// Every section in the order of the record.
    pub const ALL: [Self; 15] = [
        Self::Person,
        Self::Allergies,
        Self::Medications,
        Self::Problems,
        Self::Procedures,
        Self::Results,
        Self::Observations,
        Self::Immunisations,
        Self::Contacts,
        Self::Appointments,
        Self::Cancer,
        Self::Correspondence,
        Self::PlansAndAlerts,
        Self::SocialCare,
        Self::MentalHealth,
    ];

    /// The stored number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The section of a stored number.
    #[must_use]
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|section| i64::from(section.number()) == number)
    }

    /// The heading people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Person => "Person and GP practice",
            Self::Allergies => "Allergies and adverse reactions",
            Self::Medications => "Medications",
            Self::Problems => "Problems and diagnoses",
            Self::Procedures => "Procedures",
            Self::Results => "Results and investigations",
            Self::Observations => "Observations and vital signs",
            Self::Immunisations => "Immunisations",
            Self::Contacts => "Emergency department and hospital contacts",
            Self::Appointments => "Appointments",
            Self::Cancer => "Cancer",
            Self::Correspondence => "Correspondence",
            Self::PlansAndAlerts => "Health plans and alerts",
            Self::SocialCare => "Social care",
            Self::MentalHealth => "Mental health",
        }
    }

    /// The fixed name used in addresses, configuration and anchors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Allergies => "allergies",
            Self::Medications => "medications",
            Self::Problems => "problems",
            Self::Procedures => "procedures",
            Self::Results => "results",
            Self::Observations => "observations",
            Self::Immunisations => "immunisations",
            Self::Contacts => "contacts",
            Self::Appointments => "appointments",
            Self::Cancer => "cancer",
            Self::Correspondence => "correspondence",
            Self::PlansAndAlerts => "plans-and-alerts",
            Self::SocialCare => "social-care",
            Self::MentalHealth => "mental-health",
        }
    }

    /// The section of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }
}

/// A set of sections, small enough to copy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SectionSet(u32);

impl SectionSet {
    /// No section.
    pub const EMPTY: Self = Self(0);

    /// Every section.
    #[must_use]
    pub fn all() -> Self {
        Section::ALL.into_iter().collect()
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, section: Section) -> Self {
        Self(self.0 | 1 << section.number())
    }

    /// Without one. Allergies are never withheld by role, so they cannot be taken out.
    #[must_use]
    pub const fn without(self, section: Section) -> Self {
        match section {
            Section::Allergies => self,
            _ => Self(self.0 & !(1 << section.number())),
        }
    }

    /// Whether a section is in.
    #[must_use]
    pub const fn contains(self, section: Section) -> bool {
        self.0 & 1 << section.number() != 0
    }

    /// The sections in the order of the record.
    pub fn iter(self) -> impl Iterator<Item = Section> {
        Section::ALL
            .into_iter()
            .filter(move |section| self.contains(*section))
    }
}

impl FromIterator<Section> for SectionSet {
    fn from_iter<I: IntoIterator<Item = Section>>(sections: I) -> Self {
        sections.into_iter().fold(Self::EMPTY, Self::with)
    }
}
