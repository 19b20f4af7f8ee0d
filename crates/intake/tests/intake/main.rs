//! Intake with the real store: what the region's feeds bring, and what becomes of it.

mod region;
mod support;
