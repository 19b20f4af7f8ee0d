//! Bundles in: order, references of their own, removals.

use tributary_formats::fhir::intake::{BundleKind, Statement, read_bundle};
use tributary_model::{IssueKind, OrganisationKind, ResourceKind};

use super::reader;

const TRANSACTION: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
  {"fullUrl":"urn:uuid:11","resource":{"resourceType":"Condition","id":"11","subject":{"reference":"urn:uuid:99"},"code":{"text":"Asthma"}},"request":{"method":"POST","url":"Condition"}},
  {"fullUrl":"urn:uuid:12","resource":{"resourceType":"Appointment","start":"2027-01-04T09:30:00Z","participant":[{"actor":{"reference":"urn:uuid:50"}},{"actor":{"reference":"urn:uuid:99"}}]},"request":{"method":"POST","url":"Appointment"}},
  {"fullUrl":"urn:uuid:13","resource":{"resourceType":"Claim","id":"13"},"request":{"method":"POST","url":"Claim"}},
  {"request":{"method":"DELETE","url":"Observation/7"}},
  {"request":{"method":"DELETE","url":"Observation?code=7"}},
  {"request":{"method":"GET","url":"Patient/7"}},
  {"fullUrl":"urn:uuid:50","resource":{"resourceType":"Practitioner","id":"50"}},
  {"fullUrl":"urn:uuid:99","resource":{"resourceType":"Patient","id":"abc","name":[{"family":"Koepp"}]},"request":{"method":"POST","url":"Patient"}}]}"#;

#[test]
fn a_patient_may_come_last_and_is_known_by_its_url() {
    let bundle = read_bundle(TRANSACTION.as_bytes()).unwrap();
    assert_eq!(
        (bundle.kind, bundle.entries.len()),
        (BundleKind::Transaction, 8)
    );
    assert_eq!(bundle.patient("urn:uuid:99"), Some("abc"));
    let reader = reader(OrganisationKind::GpPractice);
    let read = |at: usize| reader.read_in(&bundle, &bundle.entries[at]);
    let Ok(Statement::Entry(condition)) = read(0) else {
        panic!("no entry")
    };
    assert_eq!(
        (condition.id.as_ref(), condition.subject.as_ref()),
        ("Condition/11", "abc")
    );
    let Ok(Statement::Entry(appointment)) = read(1) else {
        panic!("no entry")
    };
    assert_eq!(appointment.kind, ResourceKind::Appointment);
    assert_eq!(
        (appointment.id.as_ref(), appointment.subject.as_ref()),
        ("Appointment/12", "abc")
    );
    assert_eq!(read(2).unwrap_err().kind, IssueKind::NotTaken);
    assert!(matches!(read(6), Ok(Statement::Organisation)));
    let Ok(Statement::Identity(patient)) = read(7) else {
        panic!("no identity")
    };
    assert_eq!(patient.id, "abc");
    let verbatim = bundle.entries[0].resource.unwrap();
    assert!(verbatim.starts_with(b"{\"resourceType\":\"Condition\"") && verbatim.ends_with(b"}}"));
}

#[test]
fn removals_and_questions_are_told_apart() {
    let bundle = read_bundle(TRANSACTION.as_bytes()).unwrap();
    let removals: Vec<_> = bundle.entries.iter().map(|entry| entry.removal()).collect();
    assert_eq!(removals[3], Some("Observation/7"));
    assert_eq!(
        removals.iter().flatten().count(),
        1,
        "what it is conditional on is not known here"
    );
    assert!(bundle.entries[5].only_asks() && !bundle.entries[3].only_asks());
}

#[test]
fn a_patient_without_an_id_goes_by_the_url() {
    let bundle = br#"{"entry":[{"resource":{"resourceType":"Patient"},"fullUrl":"urn:uuid:5"},{"fullUrl":"urn:uuid:6","resource":{"resourceType":"Flag","subject":{"reference":"urn:uuid:5"}}}],"type":"collection","resourceType":"Bundle"}"#;
    let bundle = read_bundle(bundle).unwrap();
    let reader = reader(OrganisationKind::GpPractice);
    let Ok(Statement::Identity(patient)) = reader.read_in(&bundle, &bundle.entries[0]) else {
        panic!("no identity")
    };
    assert_eq!(patient.id, "5");
    let Ok(Statement::Entry(flag)) = reader.read_in(&bundle, &bundle.entries[1]) else {
        panic!("no entry")
    };
    assert_eq!((flag.id.as_ref(), flag.subject.as_ref()), ("Flag/6", "5"));
}

#[test]
fn what_is_no_bundle_to_take_in_is_an_issue() {
    for (bytes, expected) in [
        (
            r#"{"resourceType":"Bundle","type":"history","entry":[]}"#,
            IssueKind::NotTaken,
        ),
        (
            r#"{"resourceType":"Bundle","entry":[]}"#,
            IssueKind::NotTaken,
        ),
        (
            r#"{"resourceType":"Patient","id":"x"}"#,
            IssueKind::Unreadable,
        ),
        (
            r#"{"resourceType":"Bundle","type":"batch","entry":[7]}"#,
            IssueKind::Unreadable,
        ),
        (
            r#"{"resourceType":"Bundle","type":"batch","entry":[{}"#,
            IssueKind::Unreadable,
        ),
        ("", IssueKind::Unreadable),
    ] {
        assert_eq!(
            read_bundle(bytes.as_bytes()).unwrap_err().kind,
            expected,
            "{bytes}"
        );
    }
    let empty = read_bundle(br#"{"resourceType":"Bundle","type":"searchset","total":0}"#).unwrap();
    assert!(empty.entries.is_empty());
}
