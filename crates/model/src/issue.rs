//! What was wrong with something a feed sent: said so that a person can act on it.

use serde::{Deserialize, Serialize};

/// One complaint about received bytes: what, where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Issue {
    /// What kind of complaint.
    pub kind: IssueKind,
    /// Where: a file, a line from 1, a path within the resource. Never a patient's data.
    pub place: String,
    /// What is wrong and what to do, in words for a feed engineer. Never a patient's data.
    pub words: String,
}

/// Complaints a feed engineer counts and sorts by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueKind {
    /// The bytes are not what their format demands (not JSON, no `resourceType`, …).
    Unreadable,
    /// No identity can be told from it (no subject, no id, unknown patient).
    NoIdentity,
    /// A resource type that is no clinical statement, or none this version knows; kept aside.
    NotTaken,
    /// A legally restricted code; not taken in.
    Restricted,
    /// An NHS number that fails its check or may not be used.
    NhsNumber,
    /// Two statements that cannot both hold (one id for two people, …).
    Contradiction,
    /// Something missing or odd that did not prevent filing.
    Noted,
}

impl IssueKind {
    /// Every kind, in the order they are listed to people.
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::NoIdentity,
        Self::NotTaken,
        Self::Restricted,
        Self::NhsNumber,
        Self::Contradiction,
        Self::Noted,
    ];

    /// The fixed name used in stores, reports and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NoIdentity => "no-identity",
            Self::NotTaken => "not-taken",
            Self::Restricted => "restricted",
            Self::NhsNumber => "nhs-number",
            Self::Contradiction => "contradiction",
            Self::Noted => "noted",
        }
    }

    /// Whether what it complains of is parked for a person (rather than only reported).
    #[must_use]
    pub const fn parks(self) -> bool {
        matches!(
            self,
            Self::Unreadable | Self::NoIdentity | Self::Contradiction
        )
    }
}
