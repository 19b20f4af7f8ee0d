//! Encounters and appointments: where, with whom, and how it ended.

use tributary_model::Contact;

use super::parts::{joined, spoken, words};
use crate::json::Node;

pub(super) fn encounter(resource: Node<'_, '_>) -> Contact {
    let class = resource.get("class");
    let ward = resource
        .get("location")
        .each()
        .filter_map(|place| spoken(resource, place.get("location")))
        .last();
    let provider = spoken(resource, resource.get("serviceProvider")).unwrap_or_default();
    let with = resource
        .get("participant")
        .each()
        .filter_map(|participant| spoken(resource, participant.first_of(&["individual", "actor"])));
    let stay = resource.get("hospitalization");
    Contact {
        class: class
            .get("code")
            .text()
            .or_else(|| class.text())
            .unwrap_or_default()
            .into(),
        place: joined([&*ward.unwrap_or_default(), &provider], ", "),
        with: with.collect(),
        outcome: words(stay.get("dischargeDisposition")),
    }
}

pub(super) fn appointment(resource: Node<'_, '_>) -> Contact {
    let mut contact = Contact {
        outcome: words(resource.first_of(&["cancelationReason", "cancellationReason"])),
        ..Contact::default()
    };
    for participant in resource.get("participant").each() {
        let actor = participant.get("actor");
        let reference = actor.get("reference").words();
        let is = |kind: &str| reference.contains(kind) || actor.get("type").says(kind);
        if is("Patient") {
            continue;
        }
        let named = spoken(resource, actor).unwrap_or_else(|| words(participant.get("type").one()));
        if named.is_empty() {
            continue;
        }
        if is("Location") || is("HealthcareService") {
            contact.place = joined([&*contact.place, &named], ", ");
        } else {
            contact.with.push(named);
        }
    }
    contact
}
