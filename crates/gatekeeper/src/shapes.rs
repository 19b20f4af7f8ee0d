//! What the pages ask and what they are told.

use std::fmt;

use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, AccountId, Address, ClinicalDate, Gender,
    LegalReason, Organisation, Origin, Part, Purpose, RegisterEntry, Requester, Role, Statement,
    Timestamp,
};
use tributary_record::CombinedRecord;

use crate::{AttemptToken, Prove, Way};

/// A session's secret, as the cookie carries it: 32 random bytes in base64url. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(•••)")
    }
}

/// How an attempt to sign in ended.
#[derive(Debug)]
pub enum SignIn {
    /// In; the cookie to set.
    In(SessionToken),
    /// The password is right; a code of the second factor is wanted now.
    Code(AttemptToken),
    /// The password is right; a second factor has to be begun now.
    Enrol(AttemptToken),
    /// Name or password do not fit, or the account is not active: one answer for all of it.
    Refused,
    /// Too many attempts from here or for this name; try again after so many seconds.
    TooMany(u64),
}

/// A person who is signed in, perhaps before choosing a role.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// The person's name.
    pub name: String,
    /// The roles they may act in.
    pub assignments: Vec<Assignment>,
    /// As whom they act now; none until a role is chosen (chosen by itself when there is one).
    pub requester: Option<Requester>,
    /// How they signed in.
    pub way: Way,
    /// When they last proved who they are.
    pub proved: Timestamp,
}

/// One role at one organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Its number among the account's assignments, for the form.
    pub id: i64,
    /// The role.
    pub role: Role,
    /// The organisation.
    pub organisation: Organisation,
}

/// A search among the requester's own organisation's patients.
#[derive(Clone, PartialEq, Eq)]
pub enum Search {
    /// By NHS number as typed.
    NhsNumber(
        /// The typed text.
        String,
    ),
    /// By family name and date of birth as typed (`dd`, `mm`, `yyyy` joined as `yyyy-mm-dd`).
    NameAndBirth {
        /// Family name.
        family: String,
        /// Date of birth, `yyyy-mm-dd`.
        born: String,
    },
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Search(•••)")
    }
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The matches, by name; at most 50.
    pub patients: Vec<FoundPatient>,
    /// Whether there were more than are shown.
    pub more: bool,
}

/// A patient as the requester's own organisation knows them. Nothing of any other source.
#[derive(Clone, PartialEq, Debug)]
pub struct FoundPatient {
    /// How pages name the patient.
    pub address: Address,
    /// `FAMILY, Given (Title)`; empty when nothing is kept of the person (opted out).
    pub name: String,
    /// Date of birth.
    pub born: Option<ClinicalDate>,
    /// Age in words.
    pub age: String,
    /// Gender.
    pub gender: Gender,
    /// `999 238 6045`, if the organisation has one.
    pub nhs_number: Option<String>,
    /// The organisation's own number.
    pub local_number: String,
    /// Address in one line; empty when protected.
    pub home: String,
    /// When this requester last opened the record, in the list of recent patients.
    pub opened: Option<Timestamp>,
}

/// A request to open a record or a part of it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Whose.
    pub address: Address,
    /// The requester's part in the patient's care; `None` on a further page of an open record,
    /// which goes on under the part stated at the opening.
    pub part: Option<Part>,
    /// What the requester states now.
    pub statement: Statement,
    /// When the requester last proved who they are.
    pub proved: Timestamp,
    /// From where.
    pub origin: Origin,
}

/// How a request for a record ended.
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each request and soon used up"
)]
#[derive(Debug)]
pub enum Outcome<T> {
    /// It may be shown.
    Disclosed(crate::Disclosure<T>),
    /// The requester has to ask first: the consent screen.
    Ask(crate::Disclosure<Question>),
    /// It may not be shown.
    Refused(Refusal),
}

/// The consent screen.
#[derive(Clone, Debug)]
pub struct Question {
    /// The patient as the requester's own organisation knows them.
    pub patient: FoundPatient,
    /// The answers that may be given, in the order of the screen.
    pub answers: Vec<Answer>,
    /// A colleague of this organisation was told no within 24 hours: when.
    pub colleague_told_no: Option<Timestamp>,
    /// This requester was told no within 24 hours: when. Then only “the patient now says yes” or
    /// no can be answered.
    pub told_no: Option<Timestamp>,
    /// When a consent for today would end.
    pub today_until: Timestamp,
    /// What the last answer lacked, in words, by the name of the form's field.
    pub problems: Vec<(String, String)>,
    /// How the requester is to prove again who they are, where the answer would do once they have.
    pub prove: Option<Prove>,
}

/// An answer of the consent screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Yes, for everyone involved in their care.
    Standing,
    /// Yes, for this requester, today.
    Today,
    /// No.
    No,
    /// An emergency; only offered when the role may break the glass.
    Emergency,
    /// Another legal reason, each with what the system has checked.
    Legal(
        /// The four reasons.
        Vec<LegalCheck>,
    ),
}

/// A legal reason and what the system knows about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LegalCheck {
    /// The reason.
    pub reason: LegalReason,
    /// What was checked, in words (“age 9”, “referred by … on …, open case here”).
    pub checked: String,
    /// Whether it may be chosen.
    pub available: bool,
}

/// A refusal: a calm page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The exact words for the requester.
    pub words: String,
    /// What it means, and what the requester can do; empty for an unknown person.
    pub meaning: Vec<String>,
    /// Whether the answer is that of an unknown person (rule 2): same status, same bytes.
    pub unknown_person: bool,
    /// Whether the screen may record that the patient now says yes (after a no).
    pub may_say_yes_now: bool,
    /// The audit line.
    pub access: AccessNumber,
}

/// An open record.
#[derive(Clone, Debug)]
pub struct OpenRecord {
    /// How pages name the patient.
    pub address: Address,
    /// The record.
    pub record: CombinedRecord,
    /// On what it is open.
    pub permission: Permission,
}

/// On what a record is open, in words for the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Permission {
    /// “Permission given for everyone involved in their care”, “Emergency access” …
    pub words: String,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Whether it will be reviewed by the privacy officer and shown to the patient.
    pub reviewed: bool,
}

/// A record as FHIR: the bytes of a Bundle.
#[derive(Clone, Debug)]
pub struct FhirRecord {
    /// The Bundle as JSON.
    pub bundle: Vec<u8>,
}

/// Which of an organisation's lines are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccessQuery {
    /// Of which kind.
    pub which: Which,
    /// From the beginning of this day in London.
    pub from: Option<Timestamp>,
    /// Up to this instant: the end of a day.
    pub until: Option<Timestamp>,
    /// From before this line on: a further page.
    pub before: Option<AccessNumber>,
}

/// Which of an organisation's lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Which {
    /// What its staff did and what was done about its patients.
    #[default]
    All,
    /// Who looked at its patients.
    OurPatients,
    /// Which records its staff looked at.
    OurStaff,
    /// What one member of its staff did.
    Member(AccountId),
    /// What is flagged for review.
    Flagged,
}

/// A privacy officer's list: lines of one organisation.
#[derive(Clone, Debug)]
pub struct AccessList {
    /// The organisation.
    pub organisation: Organisation,
    /// What was asked for.
    pub query: AccessQuery,
    /// The lines, newest first.
    pub lines: Vec<AccessLine>,
    /// The number to go on from, when there are more.
    pub before: Option<AccessNumber>,
}

/// One audit line for a reader.
#[derive(Clone, Debug)]
pub struct AccessLine {
    /// Its number.
    pub number: AccessNumber,
    /// When.
    pub at: Timestamp,
    /// Who, as they were then: name, role and register entry in words.
    pub who: String,
    /// For which organisation.
    pub organisation: String,
    /// From where.
    pub origin: String,
    /// Whose record, for a reader who may know; else empty.
    pub patient: String,
    /// The page address of the patient, when the reader's organisation knows them.
    pub address: Option<Address>,
    /// What was done, in words.
    pub what: String,
    /// On which basis, in words.
    pub basis: String,
    /// The reason given, in the requester's words.
    pub reason: String,
    /// `permitted`, `asked`, `refused`, `withdrawn`.
    pub outcome: String,
    /// Under which rule of which rulebook version: `rule 12, cheshire 1`.
    pub rule: String,
    /// Whether it is flagged for review, and why, in words.
    pub flagged: Option<String>,
    /// The same for machines.
    pub coded: CodedAccess,
}

/// What a line says in codes, for exports.
#[derive(Clone, Debug)]
pub struct CodedAccess {
    /// By which account.
    pub account: Option<AccountId>,
    /// The person's name, as it was then.
    pub name: String,
    /// In which role.
    pub role: Option<Role>,
    /// Their entry on a register, as it was then.
    pub register: Option<RegisterEntry>,
    /// For which organisation.
    pub organisation: Option<Organisation>,
    /// From where.
    pub origin: Origin,
    /// What was attempted.
    pub action: AccessAction,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Whether it rests on an emergency.
    pub emergency: bool,
}

/// A patient's access report: who looked, when, where and why.
#[derive(Clone, Debug)]
pub struct PatientReport {
    /// The patient as the requester's organisation knows them.
    pub patient: FoundPatient,
    /// Every access, newest first; each as a sentence in plain words.
    pub sentences: Vec<(AccessLine, String)>,
    /// The number to go on from, when there are more.
    pub before: Option<AccessNumber>,
    /// When the report was made, and by whom.
    pub made: (Timestamp, String),
}

/// What one past access showed, made again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The audit line.
    pub line: AccessLine,
    /// The record as it was shown, of what is still kept; none if nothing was shown.
    pub record: Option<CombinedRecord>,
    /// What can no longer be shown, and why: “erased on 21-Nov-2026”.
    pub missing: Vec<String>,
}

/// Why the gatekeeper could not answer at all. Then nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The store failed; nothing was disclosed.
    #[error("the record store did not answer")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The audit line could not be written; nothing was disclosed.
    #[error("the access could not be written down, so nothing is shown")]
    Audit(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was asked for does not exist in the open record.
    #[error("there is no such page in this record")]
    NoSuchPage,
    /// What was asked for contradicts where a review has come to.
    #[error("the review has gone on meanwhile")]
    GoneOn,
    /// The requester's role has no business with this page.
    #[error("this page is not for your role")]
    NotForRole,
    /// The account searched too often in too short a time.
    #[error("too many searches")]
    TooManySearches {
        /// When it may go on.
        until: Timestamp,
        /// When that was said.
        now: Timestamp,
    },
}
