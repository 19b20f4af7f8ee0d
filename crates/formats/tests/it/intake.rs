//! Clinical lines: what is filed, under what, and what is not.

use tributary_formats::fhir::intake::{EntryLine, Statement, section};
use tributary_model::{IssueKind, OrganisationKind, ResourceKind, Section, Timestamp};

use super::{read, reader};

pub(crate) const GLUCOSE: &str = r#"{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"2339-0","display":"Glucose"}],"text":"Glucose"},"subject":{"reference":"Patient/P1"},"encounter":{"reference":"Encounter/e1"},"effectiveDateTime":"2026-07-14T23:37:54+00:00","issued":"2026-07-15T01:00:00.530+00:00","valueQuantity":{"value":6.40,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#;

fn entry(line: &str) -> EntryLine<'_> {
    match read(line) {
        Ok(Statement::Entry(entry)) => entry,
        other => panic!("no entry: {other:?}"),
    }
}

fn issue(line: &str) -> IssueKind {
    match read(line) {
        Err(issue) => issue.kind,
        Ok(statement) => panic!("taken: {statement:?}"),
    }
}

#[test]
fn a_line_is_filed_by_what_it_says() {
    let entry = entry(GLUCOSE);
    assert_eq!(entry.kind, ResourceKind::Observation);
    assert_eq!(entry.id, "Observation/o1");
    assert_eq!(entry.subject, "P1");
    assert_eq!(entry.section, Section::Results);
    assert_eq!(Timestamp(entry.when).rfc3339(), "2026-07-14T23:37:54Z");
}

#[test]
fn marks_and_line_ends_around_a_line_do_not_matter() {
    let dressed = format!("\u{feff}{GLUCOSE}\r\n");
    assert_eq!(entry(&dressed).id, "Observation/o1");
}

#[test]
fn a_subject_is_a_patient_however_it_is_referred_to() {
    let with = |subject: &str| {
        format!(r#"{{"resourceType":"Flag","id":"f","subject":{subject},"status":"active"}}"#)
    };
    for (subject, expected) in [
        (r#"{"reference":"Patient/P1"}"#, Ok("P1")),
        (r#"{"reference":"Patient/P1/_history/3"}"#, Ok("P1")),
        (
            r#"{"reference":"https://example.nhs.uk/fhir/Patient/P1"}"#,
            Ok("P1"),
        ),
        (r#"{"display":"x","reference":"\u0050atient/P1"}"#, Ok("P1")),
        (r#"{"reference":"urn:uuid:1"}"#, Ok("urn:uuid:1")),
        (r##"{"reference":"#p"}"##, Err(IssueKind::NoIdentity)),
        (
            r#"{"reference":"Patient?identifier=x|1"}"#,
            Err(IssueKind::NoIdentity),
        ),
        (r#"{"reference":"Patient/"}"#, Err(IssueKind::NoIdentity)),
        (r#"{"reference":"Group/G1"}"#, Err(IssueKind::NoIdentity)),
        (r#"{"reference":7}"#, Err(IssueKind::NoIdentity)),
        (
            r#"{"identifier":{"value":"1"}}"#,
            Err(IssueKind::NoIdentity),
        ),
        (r#""Patient/P1""#, Err(IssueKind::NoIdentity)),
        ("null", Err(IssueKind::NoIdentity)),
    ] {
        let line = with(subject);
        let found = match read(&line) {
            Ok(Statement::Entry(entry)) => Ok(entry.subject.into_owned()),
            Ok(other) => panic!("{other:?}"),
            Err(issue) => Err(issue.kind),
        };
        assert_eq!(
            found.as_deref().map_err(|kind| *kind),
            expected,
            "{subject}"
        );
    }
}

#[test]
fn an_appointment_is_about_the_patient_who_takes_part() {
    let line = r#"{"resourceType":"Appointment","id":"a","status":"booked","start":"2027-01-04T09:30:00Z","participant":[{"actor":{"reference":"Practitioner/d","display":"Dr A. Example"}},{"actor":{"reference":"Patient/P1"}}]}"#;
    let entry = entry(line);
    assert_eq!(
        (entry.subject.as_ref(), entry.section),
        ("P1", Section::Appointments)
    );
    let nobody = r#"{"resourceType":"Appointment","id":"a","participant":[{"actor":{"reference":"Practitioner/d"}}]}"#;
    assert_eq!(issue(nobody), IssueKind::NoIdentity);
}

#[test]
fn the_nearest_date_counts_and_a_strange_one_is_none() {
    for (dates, expected) in [
        (
            r#""recordedDate":"2020","onsetDateTime":"2019-03""#,
            "2019-03-01T00:00:00Z",
        ),
        (
            r#""onsetPeriod":{"end":"2020","start":"2018-07-01"},"recordedDate":"2020""#,
            "2018-06-30T23:00:00Z",
        ),
        (
            r#""recordedDate":"2020-01-02T03:04:05+01:00""#,
            "2020-01-02T02:04:05Z",
        ),
        (r#""onsetDateTime":"long ago""#, "1970-01-01T00:00:00Z"),
        (r#""onsetDateTime":20200101"#, "1970-01-01T00:00:00Z"),
        (r#""onsetAge":{"value":30}"#, "1970-01-01T00:00:00Z"),
    ] {
        let line = format!(
            r#"{{"resourceType":"Condition","id":"c","subject":{{"reference":"Patient/P1"}},{dates}}}"#
        );
        assert_eq!(Timestamp(entry(&line).when).rfc3339(), expected, "{dates}");
    }
}

#[test]
fn what_supports_is_counted_and_what_is_no_statement_is_kept_aside() {
    for kind in ["Organization", "Practitioner", "Location", "Medication"] {
        let line = format!(r#"{{"resourceType":"{kind}","id":"x"}}"#);
        assert!(matches!(read(&line), Ok(Statement::Organisation)), "{kind}");
    }
    for kind in [
        "Claim",
        "ExplanationOfBenefit",
        "AuditEvent",
        "Nonsense",
        "",
    ] {
        let line = format!(r#"{{"resourceType":"{kind}","id":"x"}}"#);
        assert_eq!(issue(&line), IssueKind::NotTaken, "{kind}");
    }
}

#[test]
fn a_complaint_repeats_nothing_of_the_line() {
    let line = r#"{"resourceType":"KOEPP, Abdul 9992386045","id":"x"}"#;
    let Err(issue) = read(line) else {
        panic!("taken")
    };
    assert!(!issue.words.contains("KOEPP") && !issue.place.contains("KOEPP"));
}

#[test]
fn odd_input_is_an_issue() {
    let deep = format!(
        r#"{{"resourceType":"Flag","x":{}1{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    for line in [
        "",
        "  \r\n",
        "null",
        "[]",
        "7",
        r#""text""#,
        "{",
        r#"{"resourceType":"Flag""#,
        r#"{"resourceType":"Flag"} {}"#,
        r#"{"id":"x"}"#,
        r#"{"resourceType":["Flag"],"id":"x"}"#,
        r#"{"resourceType":"Flag","id":"a","id":"b","subject":{"reference":"Patient/P1"}}"#,
        r#"{"resourceType":"Flag","id":"a","subject":{"reference":"Patient/P1"},"subject":{"reference":"Patient/P2"}}"#,
        r#"{"resourceType":"Flag","resourceType":"Goal","id":"a"}"#,
        r#"{"resourceType":"Flag","s\u0075bject":{"reference":"Patient/P2"},"id":"a"}"#,
        &deep,
    ] {
        assert_eq!(issue(line), IssueKind::Unreadable, "{line:.80}");
    }
    for line in [
        r#"{"resourceType":"Flag","subject":{"reference":"Patient/P1"}}"#,
        r#"{"resourceType":"Flag","id":"","subject":{"reference":"Patient/P1"}}"#,
        r#"{"resourceType":"Flag","id":7,"subject":{"reference":"Patient/P1"}}"#,
        r#"{"resourceType":"Flag","id":"a"}"#,
    ] {
        assert_eq!(issue(line), IssueKind::NoIdentity, "{line}");
    }
    let not_utf8 = b"{\"resourceType\":\"Flag\",\"id\":\"\xff\"}";
    let read = reader(OrganisationKind::GpPractice)
        .read(not_utf8)
        .map(drop);
    assert_eq!(read.unwrap_err().kind, IssueKind::Unreadable);
}

#[test]
fn a_huge_text_is_no_trouble() {
    let letter = "A".repeat(10 << 20);
    let line = format!(
        r#"{{"resourceType":"DocumentReference","id":"d","subject":{{"reference":"Patient/P1"}},"content":[{{"attachment":{{"data":"{letter}"}}}}]}}"#
    );
    assert_eq!(entry(&line).section, Section::Correspondence);
}

/// The table of section 3 of the product's rules, in its order.
#[test]
fn every_type_has_its_section() {
    use OrganisationKind as From;
    use ResourceKind as Kind;
    let everywhere = [
        (Section::Person, &[Kind::RelatedPerson][..]),
        (Section::Allergies, &[Kind::AllergyIntolerance]),
        (
            Section::Medications,
            &[
                Kind::MedicationRequest,
                Kind::MedicationStatement,
                Kind::MedicationDispense,
                Kind::MedicationAdministration,
            ],
        ),
        (Section::Problems, &[Kind::Condition]),
        (Section::Procedures, &[Kind::Procedure]),
        (
            Section::Results,
            &[Kind::DiagnosticReport, Kind::ImagingStudy],
        ),
        (Section::Observations, &[Kind::Observation]),
        (Section::Immunisations, &[Kind::Immunization]),
        (Section::Contacts, &[Kind::Encounter]),
        (Section::Appointments, &[Kind::Appointment]),
        (
            Section::Correspondence,
            &[
                Kind::DocumentReference,
                Kind::Composition,
                Kind::Communication,
            ],
        ),
        (
            Section::PlansAndAlerts,
            &[Kind::CarePlan, Kind::CareTeam, Kind::Goal, Kind::Flag],
        ),
    ];
    let special = [
        (
            From::CancerTrust,
            Section::Cancer,
            &[
                Kind::Condition,
                Kind::Procedure,
                Kind::CarePlan,
                Kind::MedicationAdministration,
            ][..],
        ),
        (
            From::MentalHealthTrust,
            Section::MentalHealth,
            &[Kind::Flag, Kind::Condition, Kind::CarePlan],
        ),
        (
            From::Council,
            Section::SocialCare,
            &[
                Kind::CarePlan,
                Kind::Condition,
                Kind::Task,
                Kind::QuestionnaireResponse,
            ],
        ),
    ];
    for sender in From::ALL {
        for (usual, kinds) in everywhere {
            for kind in kinds {
                let special = special
                    .iter()
                    .find(|(from, _, kinds)| *from == sender && kinds.contains(kind))
                    .map(|(_, section, _)| *section);
                assert_eq!(
                    section(*kind, sender, false),
                    special.unwrap_or(usual),
                    "{sender:?} {kind:?}"
                );
            }
        }
        assert_eq!(section(Kind::Observation, sender, true), Section::Results);
    }
    for (sender, expected, kinds) in special {
        for kind in kinds {
            assert_eq!(section(*kind, sender, false), expected);
        }
    }
}

#[test]
fn an_observation_is_a_result_by_its_category() {
    for (category, expected) in [
        (r#"[{"coding":[{"code":"laboratory"}]}]"#, Section::Results),
        (r#"{"coding":{"code":"laboratory"}}"#, Section::Results),
        (
            r#"[{"coding":[{"code":"exam"},{"code":"imaging"}]}]"#,
            Section::Results,
        ),
        (
            r#"[{"coding":[{"code":"vital-signs"}]}]"#,
            Section::Observations,
        ),
        (
            r#"[{"coding":[{"code":7}],"text":"laboratory"}]"#,
            Section::Observations,
        ),
        (r#""laboratory""#, Section::Observations),
    ] {
        let line = format!(
            r#"{{"resourceType":"Observation","id":"o","category":{category},"subject":{{"reference":"Patient/P1"}}}}"#
        );
        assert_eq!(entry(&line).section, expected, "{category}");
    }
}

#[test]
fn a_restricted_code_is_not_taken_wherever_it_stands() {
    let with = |inside: &str| {
        format!(
            r#"{{"resourceType":"DocumentReference","id":"d","subject":{{"reference":"Patient/P1"}},{inside}}}"#
        )
    };
    for inside in [
        r#""type":{"coding":[{"system":"http://snomed.info/sct","code":"63487001"}]}"#,
        r#""context":{"event":[{"coding":[{"system":"http://snomed.info/sct","code":"63487001"}]}]}"#,
        r#""type":{"coding":[{"code":"63487001"}]}"#,
        r#""type":{"coding":[{"code":"6348700\u0031","system":"http://snomed.info/sct"}]}"#,
        r#""type":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"Z31.2"}]}"#,
    ] {
        assert_eq!(issue(&with(inside)), IssueKind::Restricted, "{inside}");
    }
    for inside in [
        r#""identifier":[{"value":"63487001"}]"#,
        r#""type":{"coding":[{"system":"https://example.nhs.uk/local","code":"63487001"}]}"#,
        r#""description":"63487001""#,
    ] {
        assert_eq!(
            entry(&with(inside)).section,
            Section::Correspondence,
            "{inside}"
        );
    }
}
