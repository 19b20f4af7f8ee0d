//! What one source says of who a person is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClinicalDate, OdsCode, StatedNhsNumber};

/// What one source says of who a person is. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demographics {
    /// The number the source gives the person.
    pub local_number: String,
    /// The NHS number as the source states it.
    pub nhs_number: StatedNhsNumber,
    /// The name in use.
    pub name: Name,
    /// Names used before or beside it.
    pub other_names: Vec<Name>,
    /// Date of birth, with the precision it was sent with.
    pub born: Option<ClinicalDate>,
    /// Date of death as this source alone has it.
    pub died: Option<ClinicalDate>,
    /// Whether the source says the person is dead, dated or not.
    pub deceased: bool,
    /// Administrative gender.
    pub gender: Gender,
    /// Address lines, the town last, without the postcode.
    pub address: Vec<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Telephone numbers and electronic addresses.
    pub telecoms: Vec<Telecom>,
    /// The GP practice the source has for the person.
    pub practice: Option<OdsCode>,
    /// The language an interpreter is needed for, if the source says so.
    pub interpreter: Option<String>,
    /// Whether the address is protected (PDS restricted, `S` flag): place and telephone are then
    /// withheld on every path.
    pub protected: bool,
}

/// A person's name.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Name {
    /// Family name.
    pub family: String,
    /// Given names in order.
    pub given: Vec<String>,
    /// Title.
    pub prefix: Option<String>,
}

/// A way to reach a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telecom {
    /// FHIR's `system`: `phone`, `email`, …
    pub system: String,
    /// The number or address.
    pub value: String,
}

/// Administrative gender (FHIR `administrative-gender`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Other.
    Other,
    /// Not known, or not sent.
    #[default]
    Unknown,
}

impl Gender {
    /// The word people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Male => "Male",
            Self::Female => "Female",
            Self::Other => "Other",
            Self::Unknown => "Not known",
        }
    }
}

impl Name {
    /// `FAMILY, Given Second (Title)`: the NHS common user interface form.
    #[must_use]
    pub fn banner(&self) -> String {
        let mut text = if self.family.is_empty() {
            "(no family name)".to_owned()
        } else {
            self.family.to_uppercase()
        };
        if !self.given.is_empty() {
            text.push_str(", ");
            text.push_str(&self.given.join(" "));
        }
        if let Some(prefix) = &self.prefix {
            text.push_str(" (");
            text.push_str(prefix);
            text.push(')');
        }
        text
    }
}

impl fmt::Debug for Demographics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Demographics(•••)")
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(•••)")
    }
}

impl fmt::Debug for Telecom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telecom(•••)")
    }
}
