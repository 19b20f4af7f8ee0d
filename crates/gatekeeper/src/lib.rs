//! The way out: requester, facts, decide, audit, read, withhold, disclose.
//!
//! Nothing leaves but as a [`Disclosure`], and a `Disclosure` is made here only, after the audit
//! line of the access is durable. Refusals are lines too.

mod asking;
mod bundling;
mod config;
mod disclosure;
mod finding;
mod gate;
pub mod governance;
mod in_force;
mod launching;
mod limits;
mod lines;
mod opening;
mod patient;
mod providers;
mod proving;
mod rate;
mod reading;
mod replaying;
mod reports;
mod second_factor;
mod shapes;
mod signing_in;
mod ways_in;

pub use config::{Config, SecondFactor};
pub use disclosure::Disclosure;
pub use gate::Gatekeeper;
pub use shapes::{
    AccessLine, AccessList, Answer, Assignment, FhirRecord, Found, FoundPatient, GateError,
    LegalCheck, OpenRecord, Opening, Outcome, PatientReport, Permission, Question, Refusal, Replay,
    Search, SessionToken, SignIn, SignedIn,
};
pub use ways_in::{
    AttemptToken, CameBack, Code, Enrolled, Enrolment, Launch, NotIn, Onward, Proof, Prove, Way,
    WaysIn,
};
