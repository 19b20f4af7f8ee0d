//! What must hold of every record, whatever its sources say.

#![expect(
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod arbitrary;
mod build;
mod conflicts;
mod duplicates;
mod first_minute;
mod protected;
mod samples;
mod shown;
mod strange;
mod trends;
mod withheld;
