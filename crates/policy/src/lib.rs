//! Facts in, decision out, with the rule that decided; the only maker of [`Permitted`].
//!
//! [`decide`] is pure and total. Its fourteen rules stand in `rules.rs` in reading order; the
//! first that applies wins, and where none does the answer is no. Rules 1 to 4 are absolute: no
//! [`Rulebook`] changes them, and nothing that is stated, held or consented to is looked at before
//! they have been passed.
//!
//! How facts are found is not known here. What can be worked out from what a store keeps is:
//! [`preference`] folds decisions into the standing choice, [`involvement`] turns relationships
//! into their standing, and the small facts have makers of their own.

#![deny(clippy::wildcard_enum_match_arm)]

mod ask;
pub mod choices;
mod decision;
mod facts;
mod findings;
pub mod involvement;
pub mod preference;
mod recorded;
mod refusal;
mod rulebook;
mod rules;
mod settings;
pub mod table;

pub use ask::Ask;
pub use decision::{
    Answer, AskConsent, Basis, Decision, Grant, Notice, Offer, Permitted, PermittedParts, Refused,
    ToRecord,
};
pub use facts::{
    Account, AgeBand, Agreement, Facts, Holding, Life, ReferralCheck, Registration,
    RelationshipStanding, SaidNo, Whose,
};
pub use findings::{LastNo, Told};
pub use recorded::{AskedThen, DecidedAgain, Moments, Recorded};
pub use refusal::{Reader, RefusalReason, Unauthorised, Unmet};
pub use rulebook::{Rulebook, RulebookError, Undecided, Withholding};
pub use rules::decide;
pub use settings::{OpenFor, SensitiveSet, SensitiveSets, Settings};
