//! What is said of pairs of people: made up ones, and real input with truth beside it.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers may fail loudly, and say what they skip"
)]

mod people;
mod truth;
