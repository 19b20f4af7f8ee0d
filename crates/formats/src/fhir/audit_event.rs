//! Audit lines as FHIR R4 `AuditEvent`s in the shape of IHE's Basic Audit Log Patterns.
//!
//! A look that succeeded claims the pattern it follows; one that did not succeed has the same shape
//! and claims nothing, since those patterns are of successes only.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tributary_model::{
    AccessAction, AccessOutcome, Organisation, Origin, Purpose, RegisterEntry, Role, Timestamp,
};

use super::ODS_CODE;
use crate::json::write::{Array, Object, object};

const PATTERNS: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const OUR_EVENT: &str = "https://tributary.example/fhir/CodeSystem/access-action";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// One audit line.
#[derive(Clone, Debug)]
pub struct AccessEvent<'a> {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// What was attempted.
    pub action: AccessAction,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// Why it ended so, in words.
    pub why: &'a str,
    /// What for.
    pub purpose: Option<Purpose>,
    /// Whether it rests on an emergency.
    pub emergency: bool,
    /// Who: the account's number and the name; none where the system acted by itself.
    pub who: Option<(String, &'a str)>,
    /// In which role.
    pub role: Option<Role>,
    /// Their entry on a register.
    pub register: Option<&'a RegisterEntry>,
    /// For which organisation.
    pub organisation: Option<&'a Organisation>,
    /// From where.
    pub origin: &'a Origin,
    /// Whose record: the id and the name, as the reader of the report knows them.
    pub patient: Option<(String, &'a str)>,
    /// What was searched for or asked for.
    pub query: &'a str,
}

/// Begins a bundle of events; each is then written with [`write_entry`], and [`end_bundle`] closes
/// it, so that a bundle of any length is never in memory whole.
pub fn begin_bundle(out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"resourceType":"Bundle","type":"collection","entry":["#);
}

/// Ends a bundle.
pub fn end_bundle(out: &mut Vec<u8>) {
    out.extend_from_slice(b"]}");
}

/// Writes one entry of a bundle; `first` where it is the first.
pub fn write_entry(out: &mut Vec<u8>, base: &str, event: &AccessEvent<'_>, first: bool) {
    if !first {
        out.push(b',');
    }
    object(out, |entry| {
        entry.text("fullUrl", &format!("{base}/AuditEvent/{}", event.number));
        entry.value("resource", |out| write_audit_event(out, base, event));
    });
}

/// Writes an `AuditEvent`.
pub fn write_audit_event(out: &mut Vec<u8>, base: &str, event: &AccessEvent<'_>) {
    let shape = Shape::of(event);
    object(out, |resource| {
        resource.text("resourceType", "AuditEvent");
        resource.text("id", &event.number.to_string());
        if let Some(pattern) = shape.pattern(event) {
            resource.object("meta", |meta| {
                meta.value("profile", |out| {
                    out.extend_from_slice(format!("[\"{PATTERNS}{pattern}\"]").as_bytes());
                });
            });
        }
        resource.object("type", |kind| {
            coding(kind, EVENT_TYPE, "rest", "RESTful Operation");
        });
        resource.array("subtype", |subtypes| {
            if let Some(interaction) = shape.interaction() {
                subtypes.object(|one| coding(one, INTERACTION, interaction, interaction));
            }
            subtypes.object(|one| coding(one, OUR_EVENT, event.action.name(), ""));
        });
        resource.text("action", shape.action());
        resource.text("recorded", &event.at.rfc3339());
        let (outcome, words) = outcome(event.outcome);
        resource.text("outcome", outcome);
        let why = [words, event.why];
        let why: Vec<&str> = why.into_iter().filter(|words| !words.is_empty()).collect();
        resource.text("outcomeDesc", &why.join(": "));
        resource.array("agent", |agents| write_agents(agents, base, event, shape));
        resource.object("source", |source| {
            source.object("observer", |observer| observer.text("display", base));
            source.array("type", |kinds| {
                let system = "http://terminology.hl7.org/CodeSystem/security-source-type";
                kinds.object(|kind| coding(kind, system, "4", "Application Server"));
            });
        });
        if event.patient.is_some() || shape != Shape::Other {
            resource.array("entity", |entities| write_entities(entities, event, shape));
        }
    });
}

/// Which of the patterns an event follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Read,
    Query,
    Other,
}

impl Shape {
    const fn of(event: &AccessEvent<'_>) -> Self {
        match event.action {
            AccessAction::OpenEntry => Self::Read,
            AccessAction::OpenRecord
            | AccessAction::OpenTrend
            | AccessAction::FetchFhir
            | AccessAction::Search
            | AccessAction::ReadAccesses
            | AccessAction::ReadReport => Self::Query,
            _ => Self::Other,
        }
    }

    /// The pattern that an event claims to follow.
    fn pattern(self, event: &AccessEvent<'_>) -> Option<&'static str> {
        if event.outcome != AccessOutcome::Permitted {
            return None;
        }
        match (self, &event.patient) {
            (Self::Read, Some(_)) => Some("PatientRead"),
            (Self::Query, Some(_)) => Some("PatientQuery"),
            (Self::Query, None) => Some("Query"),
            (Self::Read, None) | (Self::Other, _) => None,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Read => "R",
            Self::Query | Self::Other => "E",
        }
    }

    const fn interaction(self) -> Option<&'static str> {
        match self {
            Self::Read => Some("read"),
            Self::Query => Some("search"),
            Self::Other => None,
        }
    }

    /// The roles of client and server. What is read flows from the server, what is asked from the
    /// client, and the patterns name them after that.
    const fn roles(self) -> (Code, Code) {
        match self {
            Self::Read => (DESTINATION, SOURCE),
            Self::Query | Self::Other => (SOURCE, DESTINATION),
        }
    }
}

type Code = (&'static str, &'static str);
const SOURCE: Code = ("110153", "Source Role ID");
const DESTINATION: Code = ("110152", "Destination Role ID");

const fn outcome(outcome: AccessOutcome) -> (&'static str, &'static str) {
    match outcome {
        AccessOutcome::Permitted => ("0", ""),
        AccessOutcome::Asked => ("4", "The requester was told to ask the patient"),
        AccessOutcome::Refused => ("4", "Refused"),
        AccessOutcome::Withdrawn => ("4", "Withdrawn before anything was shown"),
    }
}

fn write_agents(agents: &mut Array<'_>, base: &str, event: &AccessEvent<'_>, shape: Shape) {
    let (client, server) = shape.roles();
    let known = |words: &str| {
        let words = if words.is_empty() { "unknown" } else { words };
        words.to_owned()
    };
    let (agent, address) = (known(&event.origin.agent), known(&event.origin.address));
    agents.object(|one| machine(one, client, &agent, &address, "2"));
    agents.object(|one| machine(one, server, base, base, "5"));
    let Some((account, name)) = &event.who else {
        return;
    };
    agents.object(|user| {
        user.object("type", |kind| {
            concept(kind, PARTICIPATION, "IRCP", "information recipient");
        });
        if let Some(role) = event.role {
            user.array("role", |roles| {
                roles.object(|one| one.text("text", role.words()));
            });
        }
        user.object("who", |who| who_acts(who, account, name, event));
        user.text("name", name);
        user.truth("requestor", true);
        if let Some((code, display)) = purpose(event) {
            user.array("purposeOfUse", |purposes| {
                purposes.object(|one| concept(one, REASON, code, display));
            });
        }
    });
    let Some(organisation) = event.organisation else {
        return;
    };
    agents.object(|one| {
        one.object("type", |kind| {
            concept(kind, PARTICIPATION, "CST", "custodian");
        });
        one.object("who", |who| {
            who.text("type", "Organization");
            who.object("identifier", |identifier| {
                identifier.text("system", ODS_CODE);
                identifier.text("value", organisation.code.as_str());
            });
            who.text("display", &organisation.name);
        });
        one.truth("requestor", false);
    });
}

/// By the number on the register where there is one: it outlives accounts.
fn who_acts(who: &mut Object<'_>, account: &str, name: &str, event: &AccessEvent<'_>) {
    who.text("type", "Practitioner");
    who.object("identifier", |identifier| match event.register {
        Some(entry) => {
            let register = entry.register.name().to_lowercase();
            identifier.text(
                "system",
                &format!("https://fhir.hl7.org.uk/Id/{register}-number"),
            );
            identifier.text("value", &entry.number);
        }
        None => identifier.text("value", account),
    });
    who.text("display", name);
}

fn machine(agent: &mut Object<'_>, role: Code, who: &str, address: &str, kind: &str) {
    agent.object("type", |of| concept(of, DICOM, role.0, role.1));
    agent.object("who", |named| named.text("display", who));
    agent.truth("requestor", false);
    agent.object("network", |network| {
        network.text("address", address);
        network.text("type", kind);
    });
}

const fn purpose(event: &AccessEvent<'_>) -> Option<(&'static str, &'static str)> {
    match (event.emergency, event.purpose) {
        (true, _) => Some(("BTG", "break the glass")),
        (false, Some(Purpose::DirectCare)) => Some(("TREAT", "treatment")),
        (false, Some(Purpose::SubjectAccess)) => Some(("PATRQT", "patient requested")),
        (false, Some(Purpose::AuditReview)) => Some(("HCOMPL", "health compliance")),
        (false, Some(Purpose::Other) | None) => None,
    }
}

fn write_entities(entities: &mut Array<'_>, event: &AccessEvent<'_>, shape: Shape) {
    if let Some((id, name)) = &event.patient {
        entities.object(|entity| {
            entity.object("what", |what| {
                what.text("reference", &format!("Patient/{id}"));
                what.text("display", name);
            });
            entity.object("type", |kind| coding(kind, ENTITY_TYPE, "1", "Person"));
            entity.object("role", |role| coding(role, OBJECT_ROLE, "1", "Patient"));
        });
    }
    match shape {
        Shape::Read => entities.object(|entity| {
            entity.object("what", |what| what.text("display", event.query));
            entity.object("type", |kind| {
                coding(kind, ENTITY_TYPE, "2", "System Object");
            });
            entity.object("role", |role| {
                coding(role, OBJECT_ROLE, "4", "Domain Resource");
            });
        }),
        Shape::Query => entities.object(|entity| {
            entity.object("type", |kind| {
                coding(kind, ENTITY_TYPE, "2", "System Object");
            });
            entity.object("role", |role| coding(role, OBJECT_ROLE, "24", "Query"));
            entity.text("query", &STANDARD.encode(event.query));
        }),
        Shape::Other => {}
    }
}

fn concept(concept: &mut Object<'_>, system: &str, code: &str, display: &str) {
    concept.array("coding", |codings| {
        codings.object(|one| coding(one, system, code, display));
    });
}

fn coding(coding: &mut Object<'_>, system: &str, code: &str, display: &str) {
    coding.text("system", system);
    coding.text("code", code);
    coding.text("display", display);
}
