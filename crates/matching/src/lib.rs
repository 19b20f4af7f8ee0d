//! Whether two sets of demographics are the same person: same, different, or for a human.
//!
//! A false link shows one person's record to those who treat another, and nobody may notice; a
//! missed link is listed and a person joins it. So [`compare`] answers [`Verdict::Same`] only where
//! both sources have the same verified NHS number and nothing they say of the person argues
//! against it.

mod compare;
mod evidence;
mod keys;
mod names;

pub use compare::{Reason, Verdict, compare};
pub use keys::{SCHEME, doubtful_keys, find_keys, find_name_keys, find_number_key};
pub use names::tokens as family_names;
