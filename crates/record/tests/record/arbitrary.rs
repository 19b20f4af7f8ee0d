//! Sources of any content: few words and codes, so that facts meet, point to each other and clash.

use proptest::{collection::vec, prelude::*, sample::select};
use tributary_model::{
    Allergy, ClinicalDate, ClinicalEntry, Coding, Concept, Contact, Demographics, Detail, Document,
    DoseLine, EntryKey, Gender, IdentityId, Measurement, Medication, Name, Observation, OdsCode,
    Organisation, OrganisationKind, Plan, Problem, ResourceKind, Section, SectionSet,
    StatedNhsNumber, Timestamp, Value, Version,
};
use tributary_record::{Scope, Sensitivity, SourceEntry, SourceIdentity, Sources};

pub(crate) const SNOMED: &str = "http://snomed.info/sct";
pub(crate) const LOINC: &str = "http://loinc.org";

/// The code that every scope of these tests withholds.
pub(crate) const SENSITIVE: &str = "86406008";

const DATES: [&str; 9] = [
    "",
    "2011",
    "2019-03",
    "2026-11-02",
    "2026-11-02T08:30:00Z",
    "2026-11-20",
    "2026-11-21T23:30:00Z",
    "2026-12-01",
    "2010-05-05",
];

const WORDS: [&str; 9] = [
    "Asthma",
    "Allergy to penicillin",
    "Ramipril 5mg capsules",
    "Ramipril 10mg capsules",
    "No known allergies",
    "Falls risk",
    "Not for attempted CPR",
    "Haemoglobin",
    "",
];

const CODES: [(&str, &str); 10] = [
    (SNOMED, "195967001"),
    (SNOMED, "91936005"),
    (SNOMED, "716186003"),
    (SNOMED, SENSITIVE),
    (SNOMED, "129839007"),
    (SNOMED, "77386006"),
    (LOINC, "718-7"),
    (LOINC, "29463-7"),
    (LOINC, "85354-9"),
    ("urn:local", SENSITIVE),
];

/// A record's sources and a permutation of them.
pub(crate) fn sources() -> impl Strategy<Value = Sources> {
    (vec(identity(), 1..4), vec(entry(), 0..24)).prop_map(|(identities, entries)| {
        let count = identities.len();
        let identities = identities
            .into_iter()
            .enumerate()
            .map(|(n, mut identity)| {
                identity.identity = IdentityId(n as i64 + 1);
                identity.organisation.code = code(n);
                identity
            })
            .collect();
        let entries = entries
            .into_iter()
            .enumerate()
            .map(|(n, (identity, entry))| SourceEntry {
                key: EntryKey {
                    identity: IdentityId((identity % count) as i64 + 1),
                    section: entry.section,
                    n: n as i64 + 1,
                    version: Version(1),
                },
                filed: Timestamp(0),
                entry,
            })
            .collect();
        Sources {
            identities,
            entries,
            waiting_to_be_linked: vec!["Elsewhere".to_owned()],
            hidden_by_agreement: Vec::new(),
            now: ClinicalDate::read("2026-11-22T09:30:00Z").unwrap().sort,
        }
    })
}

fn code(n: usize) -> OdsCode {
    ["RJR", "N81005", "RXA", "E06"][n].parse().unwrap()
}

fn identity() -> impl Strategy<Value = SourceIdentity> {
    const KINDS: [OrganisationKind; 4] = [
        OrganisationKind::AcuteTrust,
        OrganisationKind::GpPractice,
        OrganisationKind::MentalHealthTrust,
        OrganisationKind::Council,
    ];
    (
        select(&KINDS),
        select(&["Beta", "Alpha", "Gamma"]),
        select(&DATES),
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(
            |(kind, name, born, late, refreshed, protected)| SourceIdentity {
                identity: IdentityId(0),
                organisation: Organisation {
                    code: code(0),
                    name: name.to_owned(),
                    kind,
                },
                demographics: Demographics {
                    local_number: "1".to_owned(),
                    nhs_number: StatedNhsNumber::Absent,
                    name: Name {
                        family: "Koepp".to_owned(),
                        given: Vec::new(),
                        prefix: None,
                    },
                    other_names: Vec::new(),
                    born: ClinicalDate::read(born),
                    died: None,
                    deceased: false,
                    gender: Gender::Female,
                    address: vec!["1 Row".to_owned()],
                    postcode: None,
                    telecoms: Vec::new(),
                    practice: Some(code(1)),
                    interpreter: None,
                    protected,
                },
                refreshed: refreshed.then_some(Timestamp(1)),
                late_since: late.then_some(Timestamp(2)),
                supplies: SectionSet::all(),
            },
        )
}

fn concept() -> impl Strategy<Value = Concept> {
    (vec(select(&CODES), 0..3), select(&WORDS)).prop_map(|(codes, words)| Concept {
        codings: codes
            .into_iter()
            .map(|(system, code)| Coding {
                system: system.to_owned(),
                code: code.to_owned(),
                display: String::new(),
            })
            .collect(),
        text: words.to_owned(),
    })
}

fn entry() -> impl Strategy<Value = (usize, ClinicalEntry)> {
    const STATUSES: [&str; 7] = [
        "active",
        "resolved",
        "final",
        "stopped",
        "entered-in-error",
        "booked",
        "",
    ];
    const VERIFICATIONS: [&str; 4] = ["", "confirmed", "refuted", "entered-in-error"];
    let facts = (
        0..4_usize,
        concept(),
        select(&STATUSES),
        select(&VERIFICATIONS),
        [select(&DATES), select(&DATES)],
    );
    let links = (
        vec(0..24_usize, 0..2),
        vec(concept(), 0..2),
        vec(0..24_usize, 0..3),
    );
    (facts, links, 0..24_usize, section(), detail()).prop_map(
        |(facts, (refers, reasons, results), id, section, (kind, mut detail))| {
            let (identity, what, status, verification, [when, until]) = facts;
            if let Detail::Document(document) = &mut detail {
                document.results = results.into_iter().map(name).collect();
            }
            let section = if kind == ResourceKind::AllergyIntolerance {
                Section::Allergies
            } else {
                section
            };
            let entry = ClinicalEntry {
                kind,
                section,
                source_id: name(id),
                what,
                categories: Vec::new(),
                status: status.to_owned(),
                verification: verification.to_owned(),
                when: ClinicalDate::read(when),
                until: ClinicalDate::read(until),
                recorded: None,
                author: String::new(),
                notes: Vec::new(),
                reasons,
                refers_to: refers.into_iter().map(name).collect(),
                further_codes: Vec::new(),
                detail,
            };
            (identity, entry)
        },
    )
}

/// Ids that entries have and point to, by number.
fn name(n: usize) -> String {
    format!("Any/{n}")
}

fn section() -> impl Strategy<Value = Section> {
    select(&Section::ALL).prop_filter("allergies hold allergies", |section| {
        *section != Section::Allergies
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (
            select(&[4.5, 5.0, 71.0]),
            select(&["mmol/L", "umol/L", "kg", "g", "mg/dL"]),
            select(&["", "<"])
        )
            .prop_map(
                |(number, unit, comparator): (f64, &str, &str)| Value::Quantity {
                    number,
                    text: number.to_string(),
                    comparator: comparator.to_owned(),
                    unit: unit.to_owned(),
                    ucum: unit.to_owned(),
                }
            ),
        concept().prop_map(Value::Coded),
        Just(Value::Words("seen".to_owned())),
    ]
}

fn detail() -> impl Strategy<Value = (ResourceKind, Detail)> {
    use ResourceKind::{
        AllergyIntolerance, Appointment, CarePlan, CareTeam, Condition, DiagnosticReport,
        DocumentReference, Encounter, Flag, Immunization, MedicationAdministration,
        MedicationRequest, Observation as Observed, Procedure, RelatedPerson,
    };
    prop_oneof![
        (any::<bool>(), select(&["high", ""])).prop_map(|(none_known, criticality)| {
            let allergy = Allergy {
                none_known,
                criticality: criticality.to_owned(),
                reactions: Vec::new(),
            };
            (AllergyIntolerance, Detail::Allergy(allergy))
        }),
        (
            select(&["One daily", "Two daily", ""]),
            select(&["repeat", "acute", ""]),
            any::<bool>()
        )
            .prop_map(|(dose, course, given)| {
                let line = DoseLine {
                    text: dose.to_owned(),
                    ..DoseLine::default()
                };
                let medication = Medication {
                    doses: vec![line],
                    course: course.to_owned(),
                    ..Medication::default()
                };
                let kind = if given {
                    MedicationAdministration
                } else {
                    MedicationRequest
                };
                (kind, Detail::Medication(medication))
            }),
        Just((Condition, Detail::Problem(Problem::default()))),
        (
            prop::option::of(value()),
            vec((concept(), prop::option::of(value())), 0..3),
            any::<bool>()
        )
            .prop_map(|(value, parts, laboratory)| {
                let components = parts
                    .into_iter()
                    .map(|(what, value)| Measurement { what, value })
                    .collect();
                let observation = Observation {
                    value,
                    components,
                    laboratory,
                    ..Observation::default()
                };
                (Observed, Detail::Observation(observation))
            }),
        select(&[DocumentReference, DiagnosticReport])
            .prop_map(|kind| (kind, Detail::Document(Document::default()))),
        (
            select(&[Encounter, Appointment]),
            select(&["IMP", "AMB", "EMER"])
        )
            .prop_map(|(kind, class)| {
                let contact = Contact {
                    class: class.to_owned(),
                    place: "Northbeck".to_owned(),
                    ..Contact::default()
                };
                (kind, Detail::Contact(contact))
            }),
        select(&[Flag, CarePlan, CareTeam, RelatedPerson]).prop_map(|kind| {
            let people = vec![(
                "Next of kin".to_owned(),
                "Jo".to_owned(),
                "01632 960000".to_owned(),
            )];
            // Where a relative lives is a clue; what a plan says is free text.
            let line = if kind == RelatedPerson {
                "9 Weir Lane"
            } else {
                "Two visits a day"
            };
            let plan = Plan {
                lines: vec![line.to_owned()],
                people,
                ..Plan::default()
            };
            (kind, Detail::Plan(plan))
        }),
        select(&[Procedure, Immunization])
            .prop_map(|kind| (kind, Detail::Plain { facts: Vec::new() })),
    ]
}

/// Any scope: sections by role, and the sensitive code withheld or not.
pub(crate) fn scope() -> impl Strategy<Value = Scope> {
    (vec(select(&Section::ALL), 0..4), any::<bool>()).prop_map(|(without, sensitive)| Scope {
        sections: without
            .into_iter()
            .fold(SectionSet::all(), SectionSet::without),
        sensitive: if sensitive {
            sensitivity()
        } else {
            Sensitivity::default()
        },
    })
}

/// The sensitive code withheld.
pub(crate) fn sensitivity() -> Sensitivity {
    let set = vec![(SNOMED.to_owned(), SENSITIVE.to_owned())];
    Sensitivity {
        version: "test".to_owned(),
        withheld: [("set".to_owned(), set)].into(),
    }
}
