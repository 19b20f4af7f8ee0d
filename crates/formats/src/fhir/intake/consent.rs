//! What a patient decided about sharing, in a sharing code or in a FHIR Consent that carries one.

use tributary_model::{Issue, IssueKind, SharingChoice, SharingCode};

use super::{codes::Marks, issue};
use crate::{fhir::dates, json::Node};

/// What a clinical resource decides by the code that it is about, if it is a sharing code.
pub(super) fn coded(resource: Node<'_, '_>, marks: &Marks) -> Result<Option<SharingChoice>, Issue> {
    let about = [resource.get("code"), resource.get("valueCodeableConcept")];
    let choices = about.map(|concept| marks.choice_in(concept));
    let choice = choices
        .into_iter()
        .flatten()
        .max_by_key(|choice| choice.refuses());
    if choice.is_some() && is_withdrawn(resource) {
        return Err(no_effect(
            "a sharing code that its source marks as an error has no effect",
        ));
    }
    Ok(choice)
}

/// Whether the source itself says that the statement does not hold.
fn is_withdrawn(resource: Node<'_, '_>) -> bool {
    let verification = resource.get("verificationStatus");
    ["entered-in-error", "cancelled", "not-done"]
        .iter()
        .any(|word| resource.get("status").says(word))
        || verification.objects().any(|coding| {
            ["entered-in-error", "refuted"]
                .iter()
                .any(|word| coding.get("code").says(word))
        })
}

/// Reads a Consent. Only one that carries a sharing code speaks of this record, and of that one the
/// provision decides, never the status: the status only says whether the Consent is in force.
pub(super) fn read(
    consent: Node<'_, '_>,
    local_number: String,
    marks: &Marks,
) -> Result<SharingCode, Issue> {
    let Some(coded) = marks.choice_in(consent) else {
        return Err(no_effect(
            "a Consent without a sharing code has no effect here",
        ));
    };
    let provision = consent.get("provision");
    let exceptions = provision.get("provision").is_something();
    let status = consent.get("status").words();
    let choice = match &*provision.get("type").words() {
        "deny" => SharingChoice::OptOut,
        "permit" if coded == SharingChoice::Consent && !exceptions => SharingChoice::Consent,
        "permit" => {
            return Err(issue(
                IssueKind::Contradiction,
                "Consent.provision",
                "permits with exceptions or with a refusal code: ask the source what was decided"
                    .to_owned(),
            ));
        }
        _ if coded == SharingChoice::OptOut => SharingChoice::OptOut,
        _ => {
            return Err(no_effect(
                "a Consent whose provision has no type gives no permission",
            ));
        }
    };
    let in_force = status == "active" || (choice.refuses() && status == "rejected");
    if !in_force {
        return Err(no_effect("a Consent that is not in force has no effect"));
    }
    let decided = dates::instant(&consent.get("dateTime").words());
    Ok(SharingCode {
        local_number,
        choice,
        decided,
    })
}

fn no_effect(words: &str) -> Issue {
    issue(IssueKind::NotTaken, "Consent", words.to_owned())
}
