//! The limits of speaking with providers, each with its reason.

use std::time::Duration;

use tributary_model::Timestamp;

/// How long a provider may take for one answer: people wait in front of the page.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The largest answer of a provider: a list of keys or of many roles, and room to spare.
pub(crate) const ANSWER_BYTES: usize = 1 << 20;

/// The longest token that is looked at.
pub(crate) const TOKEN_BYTES: usize = 64 << 10;

/// How long what a provider says of itself is believed.
pub(crate) const METADATA_LASTS: i64 = Timestamp::HOUR;

/// How soon a provider is asked again for keys that are not among those it told.
pub(crate) const KEYS_ASKED_AGAIN_AFTER: i64 = 60 * Timestamp::SECOND;

/// How far a provider's or a system's clock may differ from ours.
pub(crate) const CLOCKS_DIFFER: i64 = 60 * Timestamp::SECOND;

/// How old a logout token may be when it arrives.
pub(crate) const LOGOUT_ARRIVES_WITHIN: i64 = 5 * 60 * Timestamp::SECOND;

/// How long a link from another system may be good for, from its making to its end.
pub(crate) const LINK_LASTS: i64 = 5 * 60 * Timestamp::SECOND;

/// Characters of a name, a code or a number that are kept of a token.
pub(crate) const TEXT_CHARACTERS: usize = 200;
