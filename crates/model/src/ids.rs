//! Numbers that name things. Given out by the store in blocks, never derived from what they name.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One source's idea of a person: organisation, local number and demographics.
    IdentityId
);
id!(
    /// A patient: a set of linked identities. It carries no data of its own.
    PatientId
);
id!(
    /// What an organisation's feed handed over at one time.
    SubmissionId
);
id!(
    /// An agreed stream from one organisation.
    FeedId
);
id!(
    /// A person who can sign in.
    AccountId
);
id!(
    /// The sequence number of one audit line, without a gap from 0.
    AccessNumber
);
id!(
    /// An identity's version: raised by every filing that touches the identity.
    Version
);

/// The full address of one immutable clinical entry.
///
/// `n` numbers the source's statements within an identity and section; a correction has the same
/// `n` and a later `version`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EntryKey {
    /// Whose entry, and the distribution key of the store.
    pub identity: IdentityId,
    /// The section it is grouped in.
    pub section: crate::Section,
    /// The statement's number within identity and section, from 1.
    pub n: i64,
    /// The identity's version that brought this form of the statement.
    pub version: Version,
}
