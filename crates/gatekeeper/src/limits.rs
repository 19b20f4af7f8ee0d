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

/// “Last month” of a preview.
pub(crate) const MONTH: i64 = 31 * Timestamp::DAY;

/// Decisions replayed for one preview: what an answer has time for.
pub(crate) const REPLAYED: usize = 200_000;

/// Changed decisions of one organisation listed in a preview; the rest is counted.
pub(crate) const PREVIEWED: usize = 500;

/// Accesses on one page of a patient's report.
pub(crate) const REPORTED: usize = 1_000;

/// Accesses of an export that are in memory at one time.
pub(crate) const EXPORTED_AT_ONCE: usize = 500;

/// How long before and after a look contact with the patient speaks for it: two weeks.
pub(crate) const CONTACT_WITHIN: i64 = 14 * Timestamp::DAY;

/// Reviews on a privacy officer's page.
pub(crate) const REVIEWS: usize = 100;

/// Reviews closed lately that the page shows beneath.
pub(crate) const REVIEWS_CLOSED: usize = 20;

/// Further looks of the same person that a review shows.
pub(crate) const OTHER_LOOKS: usize = 50;

/// Past lines that a change of the ranking is tried on.
pub(crate) const LINES_TRIED: usize = 5_000;

/// Looks that such a trial shows.
pub(crate) const LOOKS_TRIED: usize = 25;

/// Weeks of the figures.
pub(crate) const WEEKS: i64 = 12;

/// Within which the Information Commissioner is told of a serious incident: 72 hours.
pub(crate) const COMMISSIONER: i64 = 72 * Timestamp::HOUR;

/// The window in which an account's searches are counted: a quarter of an hour.
pub(crate) const SEARCH_WINDOW: i64 = 15 * 60 * Timestamp::SECOND;

/// Accounts whose searches are counted before those who have not searched lately are forgotten.
pub(crate) const ACCOUNTS_COUNTED: usize = 10_000;

/// How long a relationship lasts that a link began and no feed confirms: 48 hours.
pub(crate) const LAUNCH_LASTS: i64 = 48 * Timestamp::HOUR;

/// The longest form that is remembered while its sender proves again who they are.
pub(crate) const TYPED_BYTES: usize = 32 << 10;
