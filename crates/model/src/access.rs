//! What an audit line says of one access, in the words that store, gatekeeper and reports share.

use serde::{Deserialize, Serialize};

use crate::{EntryKey, IdentityId};

/// Where a request came from, as far as it can be known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The client's network address.
    pub address: String,
    /// The client's description of itself, cut to 200 characters.
    pub agent: String,
}

/// What was attempted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessAction {
    /// Signing in.
    SignIn,
    /// Signing out.
    SignOut,
    /// Searching the own organisation's patients.
    Search,
    /// Opening the combined record, or a further page of it.
    OpenRecord,
    /// Opening one entry or its document.
    OpenEntry,
    /// Looking at a trend.
    OpenTrend,
    /// Fetching the record as FHIR.
    FetchFhir,
    /// Looking at what the patient decided about sharing.
    ReadChoice,
    /// Recording what the patient decided.
    RecordChoice,
    /// Reading audit lines: an organisation's accesses.
    ReadAccesses,
    /// Reading audit lines: a patient's access report.
    ReadReport,
    /// Reviewing an access: a step of the review, or how looks are ranked for it.
    Review,
    /// Asking why a past decision was made.
    Explain,
    /// An act of a feed engineer, the governance group or an operator.
    Administer,
    /// A disclosure that was admitted and then withdrawn because something changed meanwhile.
    Withdraw,
}

impl AccessAction {
    /// The fixed name used in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignOut => "sign-out",
            Self::Search => "search",
            Self::OpenRecord => "open-record",
            Self::OpenEntry => "open-entry",
            Self::OpenTrend => "open-trend",
            Self::FetchFhir => "fetch-fhir",
            Self::ReadChoice => "read-choice",
            Self::RecordChoice => "record-choice",
            Self::ReadAccesses => "read-accesses",
            Self::ReadReport => "read-report",
            Self::Review => "review",
            Self::Explain => "explain",
            Self::Administer => "administer",
            Self::Withdraw => "withdraw",
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessOutcome {
    /// It was allowed.
    Permitted,
    /// The consent screen was shown.
    Asked,
    /// It was refused.
    Refused,
    /// It was admitted, and withdrawn before anything was shown.
    Withdrawn,
}

impl AccessOutcome {
    /// The fixed name used in audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How a page names a patient: the requester's own organisation's identity, never a patient or
/// another organisation's identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub IdentityId);

impl EntryKey {
    /// The key as it stands in a page's address: `identity-section-n-version`.
    #[must_use]
    pub fn slug(&self) -> String {
        format!(
            "{}-{}-{}-{}",
            self.identity.0,
            self.section.number(),
            self.n,
            self.version.0
        )
    }

    /// The key of a page's address.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        let mut parts = slug.split('-').map(str::parse::<i64>);
        let mut next = || parts.next()?.ok();
        let key = Self {
            identity: IdentityId(next()?),
            section: crate::Section::numbered(next()?)?,
            n: next()?,
            version: crate::Version(next()?),
        };
        parts.next().is_none().then_some(key)
    }
}
