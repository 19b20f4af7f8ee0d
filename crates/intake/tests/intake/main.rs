//! Intake with the real store: what the region's feeds bring, and what becomes of it.

mod bundles;
mod region;
mod snapshots;
mod support;
