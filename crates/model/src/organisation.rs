//! Organisations that hold or see records.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A code of the Organisation Data Service (`https://fhir.nhs.uk/Id/ods-organization-code`).
///
/// Upper case letters and digits, 1 to 12. Codes are looked up; no meaning is read from letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OdsCode(String);

/// Why a text is not an ODS code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an ODS code is 1 to 12 letters and digits")]
pub struct OdsCodeError;

impl OdsCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OdsCode {
    type Err = OdsCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = text.trim().to_ascii_uppercase();
        let fits =
            (1..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits {
            Ok(Self(code))
        } else {
            Err(OdsCodeError)
        }
    }
}

impl TryFrom<String> for OdsCode {
    type Error = OdsCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OdsCode> for String {
    fn from(code: OdsCode) -> Self {
        code.0
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of body an organisation is. Rules speak of kinds, never of code letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// A general practice.
    GpPractice,
    /// A hospital trust.
    AcuteTrust,
    /// A specialist cancer trust.
    CancerTrust,
    /// A mental health and community trust.
    MentalHealthTrust,
    /// A council with social care duties.
    Council,
    /// An ambulance service; looks without feeding entries.
    Ambulance,
    /// An out-of-hours service; looks without feeding entries.
    OutOfHours,
    /// A hospice; looks without feeding entries.
    Hospice,
    /// A private company: no NHS body or council.
    Private,
}

impl OrganisationKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::GpPractice,
        Self::AcuteTrust,
        Self::CancerTrust,
        Self::MentalHealthTrust,
        Self::Council,
        Self::Ambulance,
        Self::OutOfHours,
        Self::Hospice,
        Self::Private,
    ];

    /// The fixed name used in stores, configuration and the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GpPractice => "gp-practice",
            Self::AcuteTrust => "acute-trust",
            Self::CancerTrust => "cancer-trust",
            Self::MentalHealthTrust => "mental-health-trust",
            Self::Council => "council",
            Self::Ambulance => "ambulance",
            Self::OutOfHours => "out-of-hours",
            Self::Hospice => "hospice",
            Self::Private => "private",
        }
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::GpPractice => "GP practice",
            Self::AcuteTrust => "Acute trust",
            Self::CancerTrust => "Cancer trust",
            Self::MentalHealthTrust => "Mental health and community trust",
            Self::Council => "Council",
            Self::Ambulance => "Ambulance service",
            Self::OutOfHours => "Out-of-hours service",
            Self::Hospice => "Hospice",
            Self::Private => "Private company",
        }
    }

    /// The kind of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A body that holds or sees records.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Organisation {
    /// Its ODS code.
    pub code: OdsCode,
    /// Its name as people know it.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganisationKind,
}
