//! What requesters stated that patients said: consents of today, grants, and the no's.
//!
//! They hang on the requester's own organisation's identity and belong to one requester at one
//! organisation. The audit line of a statement is durable before the statement: a crash between the
//! two leaves a line and no consent, so that the requester asks once more, never a consent that
//! nobody can account for.

use tributary_model::{AccessNumber, AccountId, OdsCode, PreferenceDecision, Requester, Timestamp};

use crate::{
    Store, StoreResult,
    audit_log::Durable,
    db::{Durability, Row, Tx, params},
    facts::View,
    identities,
    organisations::unreadable,
    preferences,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "consent",
    columns: "identity BIGINT NOT NULL, access BIGINT NOT NULL, account BIGINT NOT NULL, \
              organisation TEXT NOT NULL, kind TEXT NOT NULL, said BIGINT NOT NULL, \
              ends BIGINT, PRIMARY KEY (identity, access)",
    spread: Spread::By("identity"),
}];

/// What was stated on the consent screen, or on the open record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stated {
    /// The patient says no.
    No,
    /// The patient consents, for everyone.
    Standing,
    /// The patient consents, for this requester, for a time.
    Today,
    /// An emergency.
    Emergency,
    /// Another lawful basis.
    Legal,
}

impl Stated {
    const ALL: [Self; 5] = [Self::No, Self::Standing, Self::Today, Self::Emergency, Self::Legal];

    const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Standing => "standing",
            Self::Today => "today",
            Self::Emergency => "emergency",
            Self::Legal => "legal",
        }
    }
}
