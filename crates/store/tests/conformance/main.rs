//! Every store function on SQLite and on PostgreSQL.

#[path = "../fixture/mod.rs"]
mod fixture;
mod way_out;
