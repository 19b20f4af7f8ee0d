//! The way out: requester, facts, decide, audit, read, withhold, disclose.
//!
//! Nothing leaves but as a [`Disclosure`], and a `Disclosure` is made here only, after the audit
//! line of the access is durable. Refusals are lines too.

mod asking;
mod bundling;
mod config;
mod desk;
mod disclosure;
mod explaining;
mod finding;
mod gate;
pub mod governance;
mod in_force;
mod in_hand;
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
mod reviews;
mod second_factor;
mod shapes;
mod sifting;
mod signals;
mod signing_in;
mod ways_in;

pub use config::{Config, SecondFactor};
pub use desk::{Desk, DeskChoice, Passed, Proposed, Recording};
pub use disclosure::Disclosure;
pub use explaining::{Depth, Explanation};
pub use gate::Gatekeeper;
pub use reports::Export;
pub use reviews::{
    Finding, Incident, ReviewDetail, ReviewOverview, ReviewQueue, ReviewRow, Step, Trial,
    TriedLook, WeekFigures,
};
pub use shapes::{
    AccessLine, AccessList, AccessQuery, Answer, Assignment, CodedAccess, FhirRecord, Found,
    FoundPatient, GateError, LegalCheck, OpenRecord, Opening, Outcome, PatientReport, Permission,
    Question, Refusal, Replay, Search, SessionToken, SignIn, SignedIn, Which,
};
pub use signals::{Ranking, Setting, Signal};
pub use tributary_store::ReviewCounts;
pub use ways_in::{
    AttemptToken, CameBack, Code, Enrolled, Enrolment, Launch, NotIn, Onward, Proof, Prove, Way,
    WaysIn,
};
