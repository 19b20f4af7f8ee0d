//! Every limit of the edge, each with its reason.

use std::time::Duration;

/// The largest form: two long reasons in it, and room to spare.
pub(crate) const FORM_BYTES: usize = 64 * 1024;

/// Rows of a record page that are all shown. Above it each section shows its newest.
pub(crate) const ROWS_SHOWN_WHOLE: usize = 400;

/// Rows that a section shows on a record page which has too many to show whole.
pub(crate) const ROWS_OF_A_LONG_SECTION: usize = 25;

/// Rows of a section's own page; above it the page goes by year.
pub(crate) const ROWS_OF_A_SECTION_PAGE: usize = 1_000;

/// Allergies and alerts named in the patient banner; the rest is counted, with a link.
pub(crate) const NAMED_IN_BANNER: usize = 5;

/// Rows of each list at a glance; the rest is counted, with a link.
pub(crate) const ROWS_AT_A_GLANCE: usize = 12;

/// Characters of a client's description of itself that are kept.
pub(crate) const AGENT_CHARACTERS: usize = 200;

/// The longest text of a free reason on a form, in characters.
pub(crate) const REASON_CHARACTERS: usize = 2_000;

/// How long an answer may take before the client is told to try again.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How long the handshake of a connection may take.
pub(crate) const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Handshakes at one time; further connections wait for one of them to end.
pub(crate) const HANDSHAKES_AT_ONCE: usize = 256;
