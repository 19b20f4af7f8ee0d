//! Whether a statement holds now, held once, is denied, or was taken back.

use tributary_model::{ClinicalDate, ClinicalEntry, ResourceKind, Timestamp};

/// Where a statement stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Standing {
    /// It holds now, or is a plain fact of its date.
    Current,
    /// It held once: resolved, stopped, ended.
    Past,
    /// The source says that it is not so.
    Refuted,
    /// The source took it back: never counted as a fact.
    Error,
}

/// Where an entry stands at a time.
pub(crate) fn standing(entry: &ClinicalEntry, now: Timestamp) -> Standing {
    if entry.status == "entered-in-error" || entry.verification == "entered-in-error" {
        return Standing::Error;
    }
    if entry.verification == "refuted" {
        return Standing::Refuted;
    }
    let past = match entry.kind {
        ResourceKind::AllergyIntolerance => {
            matches!(entry.status.as_str(), "inactive" | "resolved")
        }
        ResourceKind::Condition => problem_is_past(entry, now),
        ResourceKind::MedicationRequest
        | ResourceKind::MedicationStatement
        | ResourceKind::MedicationDispense
        | ResourceKind::MedicationAdministration => medicine_is_past(entry, now),
        ResourceKind::CarePlan
        | ResourceKind::CareTeam
        | ResourceKind::Flag
        | ResourceKind::Goal
        | ResourceKind::RelatedPerson
        | ResourceKind::Task => plan_is_past(entry, now),
        _ => false,
    };
    if past {
        Standing::Past
    } else {
        Standing::Current
    }
}

fn problem_is_past(entry: &ClinicalEntry, now: Timestamp) -> bool {
    match entry.status.as_str() {
        "active" | "recurrence" | "relapse" => false,
        "inactive" | "remission" | "resolved" => true,
        _ => is_over(entry.until.as_ref(), now),
    }
}

fn medicine_is_past(entry: &ClinicalEntry, now: Timestamp) -> bool {
    match entry.status.as_str() {
        "completed" | "stopped" | "cancelled" | "not-taken" | "not-done" | "declined" | "draft" => {
            true
        }
        _ => is_over(entry.until.as_ref(), now),
    }
}

fn plan_is_past(entry: &ClinicalEntry, now: Timestamp) -> bool {
    match entry.status.as_str() {
        "inactive" | "completed" | "revoked" | "cancelled" | "rejected" | "failed" | "draft" => {
            true
        }
        _ => is_over(entry.until.as_ref(), now),
    }
}

/// Whether an end lies in the past. A day that is not over yet is not past.
pub(crate) fn is_over(until: Option<&ClinicalDate>, now: Timestamp) -> bool {
    until.is_some_and(|until| crate::book::span(until).1 <= now)
}
