//! The limits of the gatekeeper, each with its reason.

use tributary_model::Timestamp;

/// Decisions made for one request while what they rest on keeps changing.
pub(crate) const DECISIONS: usize = 4;

/// Patients listed for one search: more cannot be told apart on a page.
pub(crate) const FOUND: usize = 50;

/// How far back “patients you opened” goes: seven days.
pub(crate) const RECENT: i64 = 7 * Timestamp::DAY;

/// Accesses on one page of a privacy officer's list.
pub(crate) const ACCESSES: usize = 100;

/// Accesses in one patient's report.
pub(crate) const REPORTED: usize = 10_000;

/// “Last month” of a preview.
pub(crate) const MONTH: i64 = 31 * Timestamp::DAY;

/// Decisions replayed for one preview: what an answer has time for.
pub(crate) const REPLAYED: usize = 200_000;

/// Changed decisions of one organisation listed in a preview; the rest is counted.
pub(crate) const PREVIEWED: usize = 500;
