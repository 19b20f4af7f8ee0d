//! A disclosed record as a bundle, judged by `serde_json` and by our own reader of bundles.

use serde_json::{Value, json};
use tributary_formats::fhir::{
    bundle::{Frame, Item, full_url, write_bundle},
    intake::{BundleKind, read_bundle},
    outcome::{OutcomeKind, write_error},
    protected::without_places,
};
use tributary_model::{ClinicalDate, OdsCode};
use tributary_record::{CombinedRecord, samples::sample_records};

const BASE: &str = "https://record.example.nhs.uk/fhir";

fn record() -> CombinedRecord {
    let mut records = sample_records().into_iter();
    let (_, mut record) = records.next().expect("there are samples");
    record.withheld = false;
    record.may_be_more.clear();
    record.hidden_by_agreement.clear();
    record.banner.protected = false;
    record
}

fn written(record: &CombinedRecord, answers: Option<&str>) -> (Vec<u8>, Value) {
    let sources: [OdsCode; 2] = ["N81085", "RJR"].map(|code| code.parse().expect("a code"));
    let lines = [
        r#"{"resourceType":"Observation","id":"a","valueQuantity":{"value":6.40}}"#,
        "\u{feff}{\"resourceType\" : \"Flag\",\"id\":\"b\"}\r\n",
        r#"{"resourceType":"Observation","id":"a"}"#,
    ];
    let refreshed = ClinicalDate::read("2026-11-20T02:14:00Z").map(|date| date.sort);
    let items = [
        (0, 0, "Observation/a"),
        (1, 0, "Flag/b"),
        (2, 1, "Observation/a"),
    ];
    let items = items.map(|(line, source, id)| Item {
        full_url: full_url(BASE, &sources[source], id),
        resource: lines[line].as_bytes(),
        source: &sources[source],
        source_name: "The \"Old\" Surgery",
        refreshed,
    });
    let mut out = Vec::new();
    let frame = Frame {
        base: BASE,
        patient: "77",
        answers,
    };
    write_bundle(&mut out, frame, record, items);
    let value = serde_json::from_slice(&out).expect("JSON");
    (out, value)
}

fn of_type<'v>(bundle: &'v Value, kind: &str) -> Vec<&'v Value> {
    let entries = bundle["entry"].as_array().expect("entries");
    entries
        .iter()
        .filter(|entry| entry["resource"]["resourceType"] == kind)
        .collect()
}

#[test]
fn sources_resources_go_out_byte_for_byte_with_their_provenance() {
    let (out, bundle) = written(
        &record(),
        Some("https://record.example.nhs.uk/fhir/Patient/77/$everything"),
    );
    assert_eq!(bundle["type"], "searchset");
    assert_eq!(bundle["total"], 3, "what is included does not count");
    assert_eq!(bundle["link"][0]["relation"], "self");
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains(r#"{"resourceType":"Observation","id":"a","valueQuantity":{"value":6.40}}"#)
    );
    assert!(text.contains(r#"{"resourceType" : "Flag","id":"b"}"#));
    let urls: Vec<_> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["fullUrl"].as_str().unwrap())
        .collect();
    let mut unlike = urls.clone();
    unlike.sort_unstable();
    unlike.dedup();
    assert_eq!(
        unlike.len(),
        urls.len(),
        "one id of two sources is two addresses"
    );
    let provenances = of_type(&bundle, "Provenance");
    assert_eq!(provenances.len(), 2);
    let first = &provenances[0]["resource"];
    assert_eq!(first["recorded"], "2026-11-20T02:14:00Z");
    assert_eq!(first["agent"][0]["who"]["identifier"]["value"], "N81085");
    assert_eq!(first["agent"][0]["who"]["display"], "The \"Old\" Surgery");
    assert_eq!(first["target"].as_array().unwrap().len(), 2);
    for provenance in provenances {
        for target in provenance["resource"]["target"].as_array().unwrap() {
            assert!(urls.contains(&target["reference"].as_str().unwrap()));
        }
        assert_eq!(provenance["search"]["mode"], "include");
    }
    assert!(of_type(&bundle, "OperationOutcome").is_empty());
    assert!(bundle["meta"]["tag"].is_null());
}

#[test]
fn the_patient_is_the_banner_and_no_more() {
    let mut record = record();
    record.banner.nhs_number = Some("999 238 6045".to_owned());
    record.banner.born = ClinicalDate::read("1954-07-09");
    let (_, bundle) = written(&record, None);
    let patient = &of_type(&bundle, "Patient")[0]["resource"];
    assert_eq!(patient["id"], "77");
    assert_eq!(patient["identifier"][0]["value"], "9992386045");
    assert_eq!(patient["birthDate"], "1954-07-09");
    assert_eq!(patient["name"][0]["text"], record.banner.name.as_str());
    record.banner.protected = true;
    record.banner.address = None;
    record.banner.practice = None;
    record.banner.telephones.clear();
    let (_, bundle) = written(&record, None);
    let patient = &of_type(&bundle, "Patient")[0]["resource"];
    assert_eq!(patient["meta"]["security"][0]["code"], "R");
    for member in ["address", "telecom", "generalPractitioner"] {
        assert!(patient[member].is_null(), "{member}");
    }
}

#[test]
fn what_is_withheld_or_may_be_missing_is_said() {
    let mut record = record();
    record.withheld = true;
    record.may_be_more = vec!["Invented Hospital".to_owned()];
    let (_, bundle) = written(&record, Some("x"));
    assert_eq!(bundle["meta"]["tag"][0]["code"], "SUBSETTED");
    let outcome = of_type(&bundle, "OperationOutcome")[0];
    assert_eq!(outcome["search"]["mode"], "outcome");
    let codes: Vec<_> = outcome["resource"]["issue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| &issue["code"])
        .collect();
    assert_eq!(codes, ["suppressed", "incomplete"]);
}

#[test]
fn a_collection_has_nothing_of_a_search() {
    let (out, bundle) = written(&record(), None);
    assert_eq!(bundle["type"], "collection");
    assert!(bundle["total"].is_null() && bundle["link"].is_null());
    assert!(
        bundle["entry"]
            .as_array()
            .unwrap()
            .iter()
            .all(|entry| entry["search"].is_null())
    );
    let read = read_bundle(&out).unwrap();
    assert_eq!((read.kind, read.entries.len()), (BundleKind::Collection, 6));
}

#[test]
fn an_error_is_an_outcome() {
    let mut out = Vec::new();
    write_error(
        &mut out,
        OutcomeKind::NotFound,
        "No patient of yours matches",
    );
    let outcome: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    let issue = &outcome["issue"][0];
    assert_eq!(
        (&issue["severity"], &issue["code"]),
        (&"error".into(), &"not-found".into())
    );
    assert_eq!(issue["details"]["text"], "No patient of yours matches");
}

#[test]
fn of_a_protected_person_only_what_says_nothing_of_a_place_is_copied() {
    let resource = json!({
        "resourceType": "MedicationRequest", "id": "northbeck-1", "status": "active",
        "meta": { "source": "https://northbeck.example" },
        "text": { "div": "<div>Northbeck</div>" },
        "extension": [{ "url": "https://northbeck.example", "valueString": "Northbeck" }],
        "contained": [{ "resourceType": "Organization", "name": "Northbeck Surgery" }],
        "identifier": [{ "system": "https://northbeck.example", "value": "1" }],
        "medicationCodeableConcept": {
            "coding": [
                { "system": "http://snomed.info/sct", "code": "322236009", "display": "Paracetamol",
                  "userSelected": true, "extension": [{ "valueString": "Northbeck" }] },
                { "system": "https://northbeck.example/drugs", "code": "Northbeck 7" },
            ],
            "text": "Paracetamol from Northbeck",
        },
        "subject": { "reference": "Patient/northbeck-9", "display": "Northbeck" },
        "requester": { "display": "Dr Northbeck" },
        "note": [{ "text": "lives at Northbeck Row" }],
        "dosageInstruction": [{
            "text": "One, three times a day", "timing": { "repeat": { "frequency": 3 } },
            "doseAndRate": [{ "doseQuantity": { "value": 1.50, "unit": "tablet" } }],
        }],
        "authoredOn": "2026-10-01",
    });
    let copied = without_places(resource.to_string().as_bytes(), "7-3-1-1", "77").unwrap();
    let copied: Value = serde_json::from_slice(&copied).unwrap();
    assert!(
        !copied.to_string().to_lowercase().contains("northbeck"),
        "{copied}"
    );
    assert_eq!(
        copied,
        json!({
            "resourceType": "MedicationRequest", "id": "7-3-1-1", "status": "active",
            "medicationCodeableConcept": { "coding": [
                { "system": "http://snomed.info/sct", "code": "322236009", "display": "Paracetamol" },
            ] },
            "subject": { "reference": "Patient/77" },
            "dosageInstruction": [{
                "text": "One, three times a day", "timing": { "repeat": { "frequency": 3 } },
                "doseAndRate": [{ "doseQuantity": { "value": 1.50, "unit": "tablet" } }],
            }],
            "authoredOn": "2026-10-01",
        })
    );
    for kind in [
        "DocumentReference",
        "Encounter",
        "Appointment",
        "CareTeam",
        "RelatedPerson",
    ] {
        let resource = json!({ "resourceType": kind, "id": "1", "status": "current" });
        assert_eq!(
            without_places(resource.to_string().as_bytes(), "1", "77"),
            None
        );
    }
    for rubbish in [&b"{"[..], b"[]", b"\"Condition\"", b"\xff"] {
        assert_eq!(without_places(rubbish, "1", "77"), None);
    }
}

#[test]
fn an_allergy_in_words_alone_is_copied_with_its_words() {
    let resource = json!({
        "resourceType": "AllergyIntolerance", "id": "1", "code": { "text": "Penicillin" },
        "reaction": [{ "manifestation": [{ "text": "rash" }], "description": "at Northbeck" }],
    });
    let copied = without_places(resource.to_string().as_bytes(), "7", "77").unwrap();
    let copied: Value = serde_json::from_slice(&copied).unwrap();
    assert_eq!(
        copied,
        json!({
            "resourceType": "AllergyIntolerance", "id": "7", "code": { "text": "Penicillin" },
            "reaction": [{ "manifestation": [{ "text": "rash" }] }],
            "patient": { "reference": "Patient/77" },
        })
    );
}
