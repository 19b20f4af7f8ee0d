//! `OperationOutcome`: errors, refusals and remarks for machines.

use crate::json::write::object;

/// How bad it is (FHIR `issue-severity`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Nothing went wrong.
    Information,
    /// It was done, but something about it should be known.
    Warning,
    /// It was not done.
    Error,
}

/// What kind of remark it is (FHIR `issue-type`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutcomeKind {
    /// What was sent is not valid.
    Invalid,
    /// A part that this server does not support.
    NotSupported,
    /// There is no such thing, as far as this requester may know.
    NotFound,
    /// Nobody is signed in.
    Login,
    /// The requester may not do this.
    Forbidden,
    /// Something was or may have been left out, by consent, privacy rules or role.
    Suppressed,
    /// Something may be missing: not all of it was there.
    Incomplete,
    /// Too much was asked for.
    TooCostly,
    /// An error of this server.
    Exception,
}

/// One remark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub kind: OutcomeKind,
    /// What a person reads.
    pub words: String,
}

impl Severity {
    const fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl OutcomeKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotSupported => "not-supported",
            Self::NotFound => "not-found",
            Self::Login => "login",
            Self::Forbidden => "forbidden",
            Self::Suppressed => "suppressed",
            Self::Incomplete => "incomplete",
            Self::TooCostly => "too-costly",
            Self::Exception => "exception",
        }
    }
}

/// Writes an `OperationOutcome` of one error.
pub fn write_error(out: &mut Vec<u8>, kind: OutcomeKind, words: &str) {
    let remark = Remark {
        severity: Severity::Error,
        kind,
        words: words.to_owned(),
    };
    write_outcome(out, &[remark]);
}

/// Writes an `OperationOutcome`.
pub fn write_outcome(out: &mut Vec<u8>, remarks: &[Remark]) {
    object(out, |outcome| {
        outcome.text("resourceType", "OperationOutcome");
        outcome.array("issue", |issues| {
            for remark in remarks {
                issues.object(|issue| {
                    issue.text("severity", remark.severity.code());
                    issue.text("code", remark.kind.code());
                    issue.object("details", |details| details.text("text", &remark.words));
                });
            }
        });
    });
}
