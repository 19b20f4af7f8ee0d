//! The vocabulary of Tributary: the words every other crate speaks.
//!
//! Nothing here reads a file, a clock that was not handed in, or a database.
//! A type stands here when at least two crates must mean the same thing by it.

mod access;
mod demographics;
mod entry;
mod ids;
mod issue;
mod nhs_number;
mod organisation;
mod requester;
mod section;
mod sharing;
mod time;

pub use access::{AccessAction, AccessOutcome, Address, Origin};
pub use demographics::{Demographics, Gender, Name, Telecom};
pub use entry::{
    Allergy, ClinicalEntry, Coding, Concept, Contact, Detail, Document, DoseLine, Measurement,
    Medication, Observation, Plan, Problem, ResourceKind, Value,
};
pub use ids::{
    AccessNumber, AccountId, EntryKey, FeedId, IdentityId, PatientId, SubmissionId, Version,
};
pub use issue::{Issue, IssueKind};
pub use nhs_number::{NhsNumber, NhsNumberError, StatedNhsNumber};
pub use organisation::{OdsCode, OdsCodeError, Organisation, OrganisationKind};
pub use requester::{
    LegalReason, Part, Profession, Purpose, Register, RegisterEntry, Requester, Role, Statement,
};
pub use section::{Section, SectionSet};
pub use sharing::{
    ChoiceAction, Decider, PreferenceDecision, Relationship, RelationshipKind, SharingChoice,
    SharingCode, WhoDecided,
};
pub use time::{ClinicalDate, Clock, Precision, Timestamp, london_date};
