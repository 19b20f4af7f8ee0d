//! Every store function on SQLite and on PostgreSQL.

mod engines;
#[path = "../fixture/mod.rs"]
mod fixture;
mod way_out;
