//! What tests share: a region in one line, with a clock that tests move, feeds that are really taken
//! in, and browsers that speak HTTP to the real server.
//!
//! ```ignore
//! let region = Region::new().await;
//! region.feeds(TRUST, [patient("T1").involved("Admission").has(allergy("Zebrafish"))]).await;
//! region.staff("doctor", Role::Doctor, TRUST).await;
//! let doctor = region.browser("doctor").await;
//! let koepp = region.address(TRUST, "T1").await;
//! assert_eq!(doctor.opens(koepp).await.status, 200);
//! ```
#![expect(
    clippy::unwrap_used,
    reason = "what panics here fails a test, which is what it is for"
)]

mod client;
mod feed;
mod heard;
mod links;
mod region;
mod rows;

pub use client::{Answer, Browser, Client, Request, form};
pub use feed::{
    Entry, Person, allergy, bundle, entry, letter, medicine, ndjson, nhs_number, patient, problem,
    result,
};
pub use heard::{Halted, halt, hear, log, statements};
pub use links::System;
pub use region::{
    BASE, COMPANY, COUNCIL, OTHER_PRACTICE, PASSWORD, PRACTICE, Region, Shape, TRUST, beginning,
    new_account, settle,
};
