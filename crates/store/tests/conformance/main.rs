//! Every store function on SQLite and on PostgreSQL.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod choices;
mod engines;
#[path = "../fixture/mod.rs"]
mod fixture;
mod settings;
mod staff;
mod way_in;
mod way_out;
