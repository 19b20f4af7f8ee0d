//! A synthetic English region: people, organisations and their nightly feeds, deterministic from a
//! seed.
//!
//! A [`RegionPlan`] says how large, from which seed and when; [`write_night`] writes what every
//! organisation sends on one night as a folder of FHIR R4 NDJSON files for each, and says what a
//! reader of them must find. A person is a function of the seed and the person's number alone, and
//! so is each of their lines; nothing is kept between people or nights, so any size takes the same
//! memory. All people, places and organisations are invented.

mod calendar;
mod cast;
mod dice;
mod feed;
mod fhir;
mod json;
mod life;
mod night;
mod person;
mod plan;
mod samples;
mod sheet;
mod source;
mod summary;
mod tables;

pub use cast::{BLOCKED, CastMember, cast};
pub use night::{RegionError, Written, write_night};
pub use plan::RegionPlan;
pub use samples::dictionary_samples;
pub use summary::RegionSummary;
