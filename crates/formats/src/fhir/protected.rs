//! Resources of a person whose address is protected: only what is known to say nothing of a place.
//!
//! A source's own bytes may tell the place anywhere: in a note, an extension, a performer, an
//! identifier, a code system of its own. So nothing is taken out of them; instead what is listed
//! here is copied, and everything else is left behind. Only clinical resources are made so. Letters,
//! contacts, appointments, plans and teams are about places and people through and through.

use super::intake::text_of;
use crate::json::{
    Node, Tree,
    write::{Object, object},
};

/// The types that are copied.
const KINDS: [&str; 10] = [
    "AllergyIntolerance",
    "Condition",
    "DiagnosticReport",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Procedure",
];

/// The members of a resource that are copied.
const MEMBERS: [&str; 41] = [
    "abatementDateTime",
    "authoredOn",
    "category",
    "clinicalStatus",
    "code",
    "component",
    "conclusionCode",
    "courseOfTherapyType",
    "criticality",
    "dataAbsentReason",
    "dosage",
    "dosageInstruction",
    "doseQuantity",
    "effectiveDateTime",
    "effectivePeriod",
    "intent",
    "interpretation",
    "issued",
    "medicationCodeableConcept",
    "occurrenceDateTime",
    "onsetDateTime",
    "performedDateTime",
    "performedPeriod",
    "reaction",
    "recordedDate",
    "referenceRange",
    "resourceType",
    "severity",
    "status",
    "type",
    "vaccineCode",
    "valueBoolean",
    "valueCodeableConcept",
    "valueDateTime",
    "valueInteger",
    "valuePeriod",
    "valueQuantity",
    "valueRange",
    "valueRatio",
    "verificationStatus",
    "whenHandedOver",
];

/// The members of what these hold that are copied.
const WITHIN: [&str; 44] = [
    "additionalInstruction",
    "appliesTo",
    "asNeededBoolean",
    "boundsPeriod",
    "code",
    "coding",
    "comparator",
    "count",
    "dataAbsentReason",
    "denominator",
    "display",
    "dose",
    "doseAndRate",
    "doseQuantity",
    "duration",
    "durationUnit",
    "end",
    "exposureRoute",
    "frequency",
    "high",
    "interpretation",
    "low",
    "manifestation",
    "method",
    "numerator",
    "onset",
    "period",
    "periodUnit",
    "rateQuantity",
    "referenceRange",
    "repeat",
    "route",
    "sequence",
    "severity",
    "start",
    "substance",
    "system",
    "text",
    "timing",
    "type",
    "unit",
    "value",
    "valueCodeableConcept",
    "valueQuantity",
];

/// The beginnings of the code systems that everybody uses. A source's own would name the source.
const SYSTEMS: [&str; 7] = [
    "http://hl7.org/fhir/",
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://terminology.hl7.org/",
    "http://unitsofmeasure.org",
    "https://dmd.nhs.uk",
    "https://fhir.hl7.org.uk/",
];

/// A resource with only what says nothing of a place, under an id that is not the source's; `None`
/// for a resource that is not copied at all.
#[must_use]
pub fn without_places(resource: &[u8], id: &str, patient: &str) -> Option<Vec<u8>> {
    let text = text_of(resource).ok()?;
    let tree = Tree::read(text).ok()?;
    let root = tree.root();
    let kind = root.get("resourceType").text()?;
    KINDS.contains(&kind.as_ref()).then_some(())?;
    let subject = match kind.as_ref() {
        "AllergyIntolerance" | "Immunization" => "patient",
        _ => "subject",
    };
    let mut out = Vec::new();
    object(&mut out, |made| {
        for (name, node) in root.members().filter(|(name, _)| MEMBERS.contains(name)) {
            copy(made, name, node);
        }
        made.text("id", id);
        made.object(subject, |it| {
            it.text("reference", &format!("Patient/{patient}"));
        });
    });
    Some(out)
}

/// Copies a member with what is listed of what it holds.
fn copy(made: &mut Object<'_>, name: &str, node: Node<'_, '_>) {
    if node.is_array() {
        let kept: Vec<_> = node.each().filter(|item| is_kept(name, *item)).collect();
        if !kept.is_empty() {
            made.array(name, |items| {
                for item in kept {
                    items.value(|out| value(out, item));
                }
            });
        }
    } else if is_kept(name, node) {
        made.value(name, |out| value(out, node));
    }
}

/// A coding of a system of the source's own is not kept.
fn is_kept(name: &str, node: Node<'_, '_>) -> bool {
    if name != "coding" {
        return node.is_something();
    }
    let system = node.get("system").words();
    SYSTEMS.iter().any(|known| system.starts_with(known))
}

fn value(out: &mut Vec<u8>, node: Node<'_, '_>) {
    if node.is_object() {
        // Words that a source wrote itself stand only where nothing else says what is meant: that a
        // person has an allergy must not get lost.
        let coded = node.get("coding").each().any(|it| is_kept("coding", it));
        let listed = |name: &&str| WITHIN.contains(name) && !(coded && *name == "text");
        object(out, |made| {
            for (name, node) in node.members().filter(|(name, _)| listed(name)) {
                copy(made, name, node);
            }
        });
    } else if let Some(words) = node.text() {
        crate::json::write::text(out, &words);
    } else if let Some(digits) = node.digits() {
        out.extend_from_slice(digits.as_bytes());
    } else {
        let word: &[u8] = match node.truth() {
            Some(true) => b"true",
            Some(false) => b"false",
            None => b"null",
        };
        out.extend_from_slice(word);
    }
}
