//! Intake with the real store: what the region's feeds bring, and what becomes of it.

#![allow(
    unreachable_pub,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod bundles;
mod region;
mod snapshots;
mod support;
