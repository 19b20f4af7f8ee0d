//! FHIR R4: what filing needs of a resource, what people read of it, and the bundles that go out.

pub mod audit_event;
pub mod bundle;
mod dates;
pub mod entry;
pub mod intake;
pub mod outcome;
pub mod protected;

use tributary_model::OdsCode;

use crate::json::Node;

/// The system of NHS numbers.
const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// The system of organisation codes.
const ODS_CODE: &str = "https://fhir.nhs.uk/Id/ods-organization-code";

/// The organisation code in a reference by identifier.
fn ods_code(reference: Node<'_, '_>) -> Option<OdsCode> {
    reference
        .get("identifier")
        .each()
        .filter(|identifier| identifier.get("system").says(ODS_CODE))
        .find_map(|identifier| identifier.get("value").words().parse().ok())
}

/// What to call a `CodeableConcept`: its text, else a display, else a code.
fn concept_words(concept: Node<'_, '_>) -> String {
    let coding = |member: &str| {
        concept
            .get("coding")
            .each()
            .find_map(|coding| coding.get(member).text())
    };
    concept
        .get("text")
        .text()
        .or_else(|| coding("display"))
        .or_else(|| coding("code"))
        .unwrap_or_default()
        .into_owned()
}
