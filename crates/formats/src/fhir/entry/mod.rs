//! Display: the whole of a clinical entry, read out of its verbatim bytes when somebody looks.
//!
//! Nothing here fails. What is missing is empty, what has the wrong shape is missing, and a code
//! nobody knows is shown as it was sent.

mod contact;
mod document;
mod medication;
mod observation;
mod parts;
mod plain;
mod plan;

use tributary_model::{
    ClinicalDate, ClinicalEntry, Coding, Concept, Detail, Issue, ResourceKind, Section,
};

use self::parts::{concept, concepts, date, refer, spoken};
use super::{dates, intake};
use crate::json::{Node, Tree};

/// Reads what a clinical resource says. The issues say what in it could not be read.
#[must_use]
pub fn read(bytes: &[u8], section: Section) -> (ClinicalEntry, Vec<Issue>) {
    let tree = intake::text_of(bytes).and_then(|text| Tree::read(text).map_err(intake::unreadable));
    match tree {
        Ok(tree) => {
            let resource = tree.root();
            let name = resource.get("resourceType").words();
            match intake::clinical_kind(&name) {
                Some(kind) => (entry(resource, kind, section), Vec::new()),
                None => (blank(section), vec![intake::not_taken(&name)]),
            }
        }
        Err(issue) => (blank(section), vec![issue]),
    }
}

/// What is left of an entry whose bytes cannot be read.
fn blank(section: Section) -> ClinicalEntry {
    ClinicalEntry {
        kind: ResourceKind::Observation,
        section,
        source_id: String::new(),
        what: Concept::default(),
        categories: Vec::new(),
        status: String::new(),
        verification: String::new(),
        when: None,
        until: None,
        recorded: None,
        author: String::new(),
        notes: Vec::new(),
        reasons: Vec::new(),
        refers_to: Vec::new(),
        further_codes: Vec::new(),
        detail: Detail::Plain { facts: Vec::new() },
    }
}

fn entry(resource: Node<'_, '_>, kind: ResourceKind, section: Section) -> ClinicalEntry {
    let id = resource.get("id").words();
    let mut entry = ClinicalEntry {
        kind,
        section,
        source_id: if id.is_empty() {
            String::new()
        } else {
            format!("{}/{id}", kind.name())
        },
        what: what(resource, kind),
        categories: concepts(resource.get("category")),
        status: status(resource, kind),
        verification: code_or_text(resource.get("verificationStatus")),
        when: when(resource),
        until: until(resource),
        recorded: recorded(resource),
        author: author(resource),
        notes: notes(resource),
        reasons: reasons(resource),
        refers_to: refers_to(resource),
        further_codes: Vec::new(),
        detail: detail(resource, kind),
    };
    entry.further_codes = further_codes(resource, &entry);
    entry
}

/// Members whose codes say how a statement stands and never what it is about.
const STANDING: [&str; 6] = [
    "clinicalStatus",
    "interpretation",
    "referenceRange",
    "valueQuantity",
    "verificationStatus",
    "dosageInstruction",
];

/// Every code of the resource that its entry does not hold in a place of its own, wherever it
/// stands: what is withheld must not depend on where a source writes its codes.
fn further_codes(resource: Node<'_, '_>, entry: &ClinicalEntry) -> Vec<Coding> {
    let concepts = std::iter::once(&entry.what)
        .chain(&entry.categories)
        .chain(&entry.reasons);
    let held: Vec<&Coding> = concepts.flat_map(|concept| &concept.codings).collect();
    let members = resource.members();
    let members = members.filter(|(name, _)| !STANDING.contains(name));
    let mut further: Vec<Coding> = Vec::new();
    for coded in members.flat_map(|(_, member)| member.objects()) {
        let (Some(system), Some(code)) = (coded.get("system").text(), coded.get("code").text())
        else {
            continue;
        };
        let same = |one: &Coding| one.code == code && one.system == system;
        let known = held.iter().any(|one| same(one)) || further.iter().any(same);
        if !known && system != UNITS {
            further.push(Coding {
                system: system.into_owned(),
                code: code.into_owned(),
                display: String::new(),
            });
        }
    }
    further
}

/// The system of units, which stands in quantities and codes nothing.
const UNITS: &str = "http://unitsofmeasure.org";

fn detail(resource: Node<'_, '_>, kind: ResourceKind) -> Detail {
    use ResourceKind as Kind;
    match kind {
        Kind::AllergyIntolerance => Detail::Allergy(plain::allergy(resource)),
        Kind::Condition => Detail::Problem(plain::problem(resource)),
        Kind::MedicationAdministration
        | Kind::MedicationDispense
        | Kind::MedicationRequest
        | Kind::MedicationStatement => Detail::Medication(medication::read(resource)),
        Kind::Observation => Detail::Observation(observation::read(resource)),
        Kind::DiagnosticReport
        | Kind::DocumentReference
        | Kind::Composition
        | Kind::Communication => Detail::Document(document::read(resource, kind)),
        Kind::Encounter => Detail::Contact(contact::encounter(resource)),
        Kind::Appointment => Detail::Contact(contact::appointment(resource)),
        Kind::CarePlan
        | Kind::CareTeam
        | Kind::Flag
        | Kind::Goal
        | Kind::QuestionnaireResponse
        | Kind::RelatedPerson
        | Kind::Task => Detail::Plan(plan::read(resource, kind)),
        Kind::ImagingStudy => Detail::Plain {
            facts: plain::imaging(resource),
        },
        Kind::Immunization => Detail::Plain {
            facts: plain::immunisation(resource),
        },
        Kind::Procedure => Detail::Plain {
            facts: plain::procedure(resource),
        },
    }
}

/// What the entry is about, from the first of its type's members that says anything.
fn what(resource: Node<'_, '_>, kind: ResourceKind) -> Concept {
    use ResourceKind as Kind;
    let members: &[&str] = match kind {
        Kind::MedicationAdministration
        | Kind::MedicationDispense
        | Kind::MedicationRequest
        | Kind::MedicationStatement => return medication::drug(resource),
        Kind::Immunization => return plain::vaccine(resource),
        Kind::Appointment => &["serviceType", "specialty", "appointmentType", "description"],
        Kind::CarePlan => &["title", "category", "description"],
        Kind::CareTeam => &["name", "category"],
        Kind::Communication => &["topic", "category"],
        Kind::Composition => &["type", "title"],
        Kind::DocumentReference => &["type", "description"],
        Kind::Encounter => &["type", "serviceType", "class"],
        Kind::Goal => &["description"],
        Kind::ImagingStudy => &["description", "procedureCode", "modality", "series"],
        Kind::QuestionnaireResponse => &["questionnaire"],
        Kind::RelatedPerson => &["relationship"],
        Kind::Task => &["code", "description"],
        Kind::AllergyIntolerance => &["code", "reaction"],
        Kind::Condition
        | Kind::DiagnosticReport
        | Kind::Flag
        | Kind::Observation
        | Kind::Procedure => &["code"],
    };
    let said = members
        .iter()
        .flat_map(|member| resource.get(member).each())
        .map(|said| {
            // An allergy's substance may stand in its reaction, a study's modality in its series.
            let within = said.first_of(&["substance", "modality"]);
            concept(if within.is_something() { within } else { said })
        });
    let mut found = said
        .into_iter()
        .find(|concept| !concept.is_empty())
        .unwrap_or_default();
    if kind == Kind::CarePlan && found.codings.is_empty() {
        // A title is the words; the category's codes say what kind of plan it is.
        found.codings = concept(resource.get("category").one()).codings;
    }
    if kind == Kind::QuestionnaireResponse {
        found.text = found.text.rsplit('/').next().unwrap_or_default().to_owned();
    }
    found
}

fn status(resource: Node<'_, '_>, kind: ResourceKind) -> String {
    match kind {
        ResourceKind::Condition | ResourceKind::AllergyIntolerance => {
            code_or_text(resource.get("clinicalStatus"))
        }
        ResourceKind::Goal => resource.get("lifecycleStatus").words().into(),
        ResourceKind::RelatedPerson => match resource.get("active").truth() {
            Some(true) => "active".to_owned(),
            Some(false) => "inactive".to_owned(),
            None => String::new(),
        },
        _ => resource.get("status").words().into(),
    }
}

/// The code of a concept, or a text that stands in its place as it did in STU3.
fn code_or_text(concept: Node<'_, '_>) -> String {
    let code = concept
        .get("coding")
        .each()
        .find_map(|coding| coding.get("code").text());
    code.or_else(|| concept.text())
        .or_else(|| concept.get("text").text())
        .unwrap_or_default()
        .into()
}

/// When it clinically was: the same choice as intake makes when it files the entry.
fn when(resource: Node<'_, '_>) -> Option<ClinicalDate> {
    let mut nearest: Option<(u8, Node<'_, '_>)> = None;
    for (name, member) in resource.members() {
        let Some(nearness) = dates::nearness(name) else {
            continue;
        };
        let start = member.get("start");
        let said = if start.is_something() { start } else { member };
        if said.text().is_some() && nearest.is_none_or(|(least, _)| nearness < least) {
            nearest = Some((nearness, said));
        }
    }
    date(nearest?.1)
}

fn until(resource: Node<'_, '_>) -> Option<ClinicalDate> {
    const PERIODS: [&str; 6] = [
        "period",
        "effectivePeriod",
        "performedPeriod",
        "onsetPeriod",
        "occurrencePeriod",
        "executionPeriod",
    ];
    let ends = ["abatementDateTime", "end"].map(|member| date(resource.get(member)));
    ends.into_iter()
        .flatten()
        .next()
        .or_else(|| date(resource.get("abatementPeriod").first_of(&["end", "start"])))
        .or_else(|| date(resource.first_of(&PERIODS).get("end")))
        .or_else(|| {
            date(
                resource
                    .get("dispenseRequest")
                    .get("validityPeriod")
                    .get("end"),
            )
        })
}

fn recorded(resource: Node<'_, '_>) -> Option<ClinicalDate> {
    const MEMBERS: [&str; 11] = [
        "recordedDate",
        "issued",
        "recorded",
        "authoredOn",
        "dateAsserted",
        "assertedDate",
        "authored",
        "created",
        "date",
        "sent",
        "statusDate",
    ];
    date(resource.first_of(&MEMBERS))
}

/// Who says so, in the source's words: whoever is named first of those who may have written it.
fn author(resource: Node<'_, '_>) -> String {
    const MEMBERS: [&str; 9] = [
        "recorder",
        "author",
        "requester",
        "performer",
        "asserter",
        "informationSource",
        "sender",
        "resultsInterpreter",
        "interpreter",
    ];
    MEMBERS
        .iter()
        .flat_map(|member| resource.get(member).each())
        .find_map(|who| {
            let actor = who.first_of(&["actor", "agent", "individual"]);
            spoken(resource, if actor.is_something() { actor } else { who })
        })
        .unwrap_or_default()
}

fn notes(resource: Node<'_, '_>) -> Vec<String> {
    let notes = resource
        .get("note")
        .each()
        .filter_map(|note| note.get("text").text());
    let further = ["comment", "comments", "patientInstruction"];
    let further = further
        .iter()
        .filter_map(|member| resource.get(member).text());
    notes.chain(further).map(Into::into).collect()
}

fn reasons(resource: Node<'_, '_>) -> Vec<Concept> {
    let codes = resource.get("reasonCode").each().map(concept);
    let named = resource
        .get("reasonReference")
        .each()
        .filter_map(|reason| spoken(resource, reason))
        .map(|text| Concept {
            codings: Vec::new(),
            text,
        });
    codes
        .chain(named)
        .filter(|reason| !reason.is_empty())
        .collect()
}

/// References to the source's other statements. People, places and organisations are none.
fn refers_to(resource: Node<'_, '_>) -> Vec<String> {
    let mut found = Vec::new();
    for (name, member) in resource.members() {
        let Some(meant) = meant_by(name) else {
            continue;
        };
        for object in member.objects() {
            if let Some(reference) = object.get("reference").text() {
                found.extend(refer(&reference, meant).filter(|found| is_to_statement(found)));
            }
        }
    }
    found
}

/// Whether a reference leads to another statement, as far as it can be told from it.
fn is_to_statement(reference: &str) -> bool {
    reference
        .split_once('/')
        .is_none_or(|(kind, _)| intake::clinical_kind(kind).is_some())
}

/// The type a member's references mean where they do not say it (`urn:uuid:…`, a bare id); `None`
/// for members that lead to no statement.
fn meant_by(member: &str) -> Option<&'static str> {
    Some(match member {
        "encounter" | "context" => "Encounter",
        "result" | "hasMember" | "derivedFrom" | "stage" => "Observation",
        "addresses" | "reasonReference" | "diagnosis" | "evidence" | "problem" => "Condition",
        "goal" => "Goal",
        "careTeam" => "CareTeam",
        "basedOn"
        | "partOf"
        | "replaces"
        | "priorPrescription"
        | "authorizingPrescription"
        | "request"
        | "report"
        | "reaction"
        | "imagingStudy"
        | "focus"
        | "about"
        | "relatesTo"
        | "related"
        | "section"
        | "outcomeReference"
        | "activity"
        | "extension"
        | "entry" => "",
        _ => return None,
    })
}
