//! Sharing codes and Consents: what decides, what has no effect.

use tributary_formats::fhir::intake::{SharingMap, Statement};
use tributary_model::{IssueKind, OrganisationKind, SharingChoice, SharingCode};

use super::{read, reader};

fn coded(system: &str, code: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"s","status":"final","code":{{"coding":[{{"system":"{system}","code":"{code}"}}]}},"subject":{{"reference":"Patient/P1"}},"effectiveDateTime":"2026-03-05"{more}}}"#
    )
}

fn decision(line: &str) -> Option<SharingCode> {
    match read(line) {
        Ok(Statement::Sharing(code)) => Some(code),
        _ => None,
    }
}

#[test]
fn local_codes_decide_and_national_ones_do_not() {
    use SharingChoice::{Consent, OptOut};
    const SNOMED: &str = "http://snomed.info/sct";
    for (system, code, expected) in [
        (SNOMED, "417528008", Some(Consent)),
        (SNOMED, "416409005", Some(OptOut)),
        (SNOMED, "41640900\\u0035", Some(OptOut)),
        ("http://read.info/readv2", "93C0.", Some(Consent)),
        ("http://read.info/readv2", "93C1.", Some(OptOut)),
        ("http://read.info/readv2", "93C1.00", Some(OptOut)),
        ("http://read.info/ctv3", "XaKRw", Some(OptOut)),
        (SNOMED, "417370002", None),
        (SNOMED, "416308001", None),
        ("http://read.info/readv2", "93C3.", None),
        ("http://read.info/ctv3", "XaKRy", None),
        ("http://loinc.org", "416409005", None),
    ] {
        let line = coded(system, code, "");
        let found = decision(&line);
        assert_eq!(
            found.as_ref().map(|found| found.choice),
            expected,
            "{system} {code}"
        );
        if let Some(found) = found {
            assert_eq!(found.local_number, "P1");
            assert_eq!(found.decided.unwrap().rfc3339(), "2026-03-05T00:00:00Z");
        } else {
            assert!(
                matches!(read(&line), Ok(Statement::Entry(_))),
                "{system} {code}"
            );
        }
    }
}

#[test]
fn a_code_elsewhere_in_a_resource_decides_nothing() {
    let line = r#"{"resourceType":"Observation","id":"s","code":{"text":"Question asked"},"component":[{"code":{"coding":[{"code":"416409005"}]}}],"subject":{"reference":"Patient/P1"}}"#;
    assert!(matches!(read(line), Ok(Statement::Entry(_))));
    let answered = r#"{"resourceType":"Observation","id":"s","code":{"text":"Sharing"},"valueCodeableConcept":{"coding":[{"code":"416409005"}]},"subject":{"reference":"Patient/P1"}}"#;
    assert_eq!(decision(answered).unwrap().choice, SharingChoice::OptOut);
}

#[test]
fn of_two_codes_in_one_statement_the_refusal_counts() {
    let line = r#"{"resourceType":"Observation","id":"s","code":{"coding":[{"code":"417528008"},{"code":"416409005"}]},"subject":{"reference":"Patient/P1"}}"#;
    let found = decision(line).unwrap();
    assert_eq!((found.choice, found.decided), (SharingChoice::OptOut, None));
}

#[test]
fn a_statement_that_its_source_takes_back_decides_nothing() {
    let refused = coded("http://snomed.info/sct", "416409005", "");
    let taken_back = refused.replace("\"final\"", "\"entered-in-error\"");
    assert_eq!(read(&taken_back).unwrap_err().kind, IssueKind::NotTaken);
    let denied = r#"{"resourceType":"Condition","id":"s","verificationStatus":{"coding":[{"code":"refuted"}]},"code":{"coding":[{"code":"417528008"}]},"subject":{"reference":"Patient/P1"}}"#;
    assert_eq!(read(denied).unwrap_err().kind, IssueKind::NotTaken);
}

fn consent(status: &str, code: &str, provision: &str) -> String {
    format!(
        r#"{{"resourceType":"Consent","id":"c","status":"{status}","category":[{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}"}}]}}],"patient":{{"reference":"Patient/P1"}},"dateTime":"2026-03-05","provision":{provision}}}"#
    )
}

#[test]
fn of_a_consent_the_provision_decides_and_never_the_status() {
    use SharingChoice::{Consent, OptOut};
    const GIVEN: &str = "417528008";
    const REFUSED: &str = "416409005";
    for (status, code, provision, expected) in [
        ("active", GIVEN, r#"{"type":"permit"}"#, Ok(Consent)),
        ("active", GIVEN, r#"{"type":"deny"}"#, Ok(OptOut)),
        ("rejected", REFUSED, r#"{"type":"deny"}"#, Ok(OptOut)),
        ("active", REFUSED, "{}", Ok(OptOut)),
        ("active", GIVEN, "{}", Err(IssueKind::NotTaken)),
        (
            "inactive",
            GIVEN,
            r#"{"type":"permit"}"#,
            Err(IssueKind::NotTaken),
        ),
        (
            "draft",
            GIVEN,
            r#"{"type":"deny"}"#,
            Err(IssueKind::NotTaken),
        ),
        (
            "active",
            REFUSED,
            r#"{"type":"permit"}"#,
            Err(IssueKind::Contradiction),
        ),
        (
            "active",
            GIVEN,
            r#"{"type":"permit","provision":[{"type":"deny"}]}"#,
            Err(IssueKind::Contradiction),
        ),
        (
            "active",
            "59284-0",
            r#"{"type":"permit"}"#,
            Err(IssueKind::NotTaken),
        ),
    ] {
        let line = consent(status, code, provision);
        let found = match read(&line) {
            Ok(Statement::Sharing(code)) => Ok(code.choice),
            Ok(other) => panic!("{other:?}"),
            Err(issue) => Err(issue.kind),
        };
        assert_eq!(found, expected, "{status} {code} {provision}");
    }
}

/// The first reading of a snapshot parses only lines that are pointed out: none may be missed.
#[test]
fn every_line_with_a_decision_is_pointed_out() {
    let reader = reader(OrganisationKind::GpPractice);
    let plain = super::intake::GLUCOSE;
    for meaning in SharingMap::default().codes {
        for code in [
            meaning.code.clone(),
            format!(
                "\\u{:04x}{}",
                meaning.code.as_bytes()[0],
                &meaning.code[1..]
            ),
        ] {
            let line = coded(&meaning.systems[0], &code, "");
            assert!(decision(&line).is_some(), "{code}");
            let block = format!("{plain}\n{line}\n{plain}\n");
            let offsets: Vec<usize> = reader.mentions_sharing(block.as_bytes()).collect();
            let within = plain.len() + 1..plain.len() + 1 + line.len();
            assert!(
                !offsets.is_empty() && offsets.iter().all(|at| within.contains(at)),
                "{code}"
            );
        }
    }
}
