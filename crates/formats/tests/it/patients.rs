//! `Patient`: who a source says a person is.

use tributary_formats::fhir::intake::{Identity, Statement};
use tributary_model::{Gender, IssueKind, StatedNhsNumber};

use super::read;

fn identity(members: &str) -> Identity {
    let line = format!(r#"{{"resourceType":"Patient","id":"P1"{members}}}"#);
    match read(&line) {
        Ok(Statement::Identity(identity)) => *identity,
        other => panic!("no identity: {other:?}"),
    }
}

fn number(value: &str, status: &str, used: &str) -> String {
    let extension = if status.is_empty() {
        String::new()
    } else {
        format!(
            r#""extension":[{{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{{"coding":[{{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":"{status}"}}]}}}}],"#
        )
    };
    format!(
        r#"{{{extension}"use":"{used}","system":"https://fhir.nhs.uk/Id/nhs-number","value":"{value}"}}"#
    )
}

#[test]
fn a_number_is_traced_by_its_status_alone() {
    use StatedNhsNumber::{Absent, Traced, Untraced};
    let good = "9992386045".parse().unwrap();
    let with = |numbers: &[String]| {
        let identity = identity(&format!(r#","identifier":[{}]"#, numbers.join(",")));
        let kinds: Vec<IssueKind> = identity.issues.iter().map(|issue| issue.kind).collect();
        (identity.demographics.nhs_number, kinds)
    };
    let one = |value: &str, status: &str| with(&[number(value, status, "official")]);
    assert_eq!(one("9992386045", "01"), (Traced(good), vec![]));
    assert_eq!(one("999 238 6045", "01"), (Traced(good), vec![]));
    assert_eq!(
        one("9992386045", "number-present-and-verified"),
        (Traced(good), vec![])
    );
    for status in ["02", "03", "08", ""] {
        assert_eq!(
            one("9992386045", status),
            (Untraced(good), vec![]),
            "{status}"
        );
    }
    for wrong in ["9992386046", "999238604", "1111111111", "x"] {
        let (stated, issues) = one(wrong, "01");
        assert!(matches!(stated, StatedNhsNumber::Invalid(_)), "{wrong}");
        assert_eq!(issues, [IssueKind::NhsNumber]);
    }
    assert_eq!(with(&[]), (Absent, vec![]));
    assert_eq!(with(&[number("9992386045", "01", "old")]), (Absent, vec![]));
    let again = [
        number("9992386045", "", "official"),
        number("9992386045", "01", "official"),
    ];
    assert_eq!(with(&again), (Traced(good), vec![]), "stated twice");
    let two = [
        number("9992386045", "01", "official"),
        number("9992387726", "01", "official"),
    ];
    let (stated, issues) = with(&two);
    assert_eq!(
        stated.traced(),
        None,
        "two different numbers: neither links"
    );
    assert_eq!(issues, [IssueKind::Contradiction]);
}

#[test]
fn demographics_are_the_current_ones() {
    let found = identity(
        r#","identifier":[{"type":{"coding":[{"code":"SS"}]},"system":"http://hl7.org/fhir/sid/us-ssn","value":"999-11-1111"},{"use":"usual","system":"https://n81085.example.nhs.uk/local-number","value":"299126"}],
        "active":true,
        "name":[{"use":"maiden","family":"Ordóñez","given":["Abdula"]},{"use":"official","family":"Koepp","given":["Abdula","Ruth"],"prefix":["Mrs"]}],
        "gender":"female","birthDate":"1954-07-09","deceasedDateTime":"2026-11-01",
        "address":[{"use":"old","line":["1 Old Road"],"postalCode":"CW1 1AA"},{"use":"temp","line":["Hotel"]},{"use":"home","line":["313 Lockman Row",""],"city":"Northwich","postalCode":"CW9 5WY"}],
        "telecom":[{"system":"phone","use":"old","value":"1"},{"system":"phone","value":"07700 900189"}],
        "generalPractitioner":[{"reference":"Practitioner/x"},{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"N81085"}}],
        "link":[{"type":"seealso","other":{"reference":"Patient/P7"}},{"type":"replaced-by","other":{"reference":"Patient/P2"}}]"#,
    );
    let who = &found.demographics;
    assert_eq!(
        (found.id.as_str(), who.local_number.as_str()),
        ("P1", "299126")
    );
    assert_eq!(who.name.banner(), "KOEPP, Abdula Ruth (Mrs)");
    assert_eq!(who.other_names[0].family, "Ordóñez");
    assert_eq!(who.born.as_ref().unwrap().words(), "09-Jul-1954");
    assert_eq!(who.died.as_ref().unwrap().words(), "01-Nov-2026");
    assert!(who.deceased && found.active && !who.protected);
    assert_eq!(who.gender, Gender::Female);
    assert_eq!(who.address, ["313 Lockman Row", "Northwich"]);
    assert_eq!(who.postcode.as_deref(), Some("CW9 5WY"));
    assert_eq!(who.telecoms.len(), 1);
    assert_eq!(who.practice.as_ref().unwrap().as_str(), "N81085");
    assert_eq!(found.replaced_by, ["P2"]);
    assert!(found.issues.is_empty());
}

#[test]
fn little_is_enough_and_the_strange_is_left_out() {
    let bare = identity("");
    assert_eq!(bare.demographics.local_number, "P1");
    assert!(bare.demographics.name.family.is_empty() && bare.demographics.born.is_none());
    let odd = identity(
        r#","name":"Koepp","gender":7,"birthDate":"09/07/1954","address":"x","telecom":{"value":"07700 900189"},"active":"no""#,
    );
    assert!(odd.demographics.born.is_none());
    assert_eq!(odd.issues[0].kind, IssueKind::Noted);
    assert_eq!(
        odd.demographics.telecoms.len(),
        1,
        "one where a list was due"
    );
}

#[test]
fn a_name_in_one_text_has_parts() {
    for (text, banner) in [
        ("Abdul Koepp", "KOEPP, Abdul"),
        ("Abdul van Koepp", "KOEPP, Abdul van"),
        ("KOEPP, Abdul", "KOEPP, Abdul"),
        ("Koepp", "KOEPP"),
    ] {
        let found = identity(&format!(r#","name":[{{"text":"{text}"}}]"#));
        assert_eq!(found.demographics.name.banner(), banner);
    }
}

#[test]
fn a_protected_address_and_an_interpreter_are_seen() {
    for code in ["R", "V", "REDACTED"] {
        let found = identity(&format!(r#","meta":{{"security":[{{"code":"{code}"}}]}}"#));
        assert!(found.demographics.protected, "{code}");
    }
    assert!(
        !identity(r#","meta":{"security":[{"code":"U"}]}"#)
            .demographics
            .protected
    );
    let uk = r#","extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSCommunication","extension":[{"url":"language","valueCodeableConcept":{"coding":[{"code":"pl","display":"Polish"}]}},{"url":"interpreterRequired","valueBoolean":true}]}]"#;
    assert_eq!(
        identity(uk).demographics.interpreter.as_deref(),
        Some("Polish")
    );
    let plain = r#","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}],"communication":[{"language":{"text":"French"}},{"language":{"text":"Welsh"},"preferred":true}]"#;
    assert_eq!(
        identity(plain).demographics.interpreter.as_deref(),
        Some("Welsh")
    );
    let not_needed = uk.replace("true", "false");
    assert_eq!(identity(&not_needed).demographics.interpreter, None);
}

#[test]
fn nothing_of_a_person_reaches_a_log() {
    let found = identity(r#","name":[{"family":"Koepp"}]"#);
    assert!(!format!("{found:?}").contains("Koepp"));
}
