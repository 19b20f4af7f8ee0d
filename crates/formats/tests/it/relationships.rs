//! `EpisodeOfCare`: why an organisation has to do with a patient.

use tributary_formats::fhir::intake::Statement;
use tributary_model::{IssueKind, OrganisationKind, Relationship, RelationshipKind};

use super::{read, reader};

fn episode(kind: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"EpisodeOfCare","id":"e","status":"active","type":[{kind}],"patient":{{"reference":"Patient/P1"}},"managingOrganization":{{"identifier":{{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"rjr"}}}}{more}}}"#
    )
}

fn relationship(line: &str) -> Relationship {
    match read(line) {
        Ok(Statement::Relationship(relationship)) => relationship,
        other => panic!("no relationship: {other:?}"),
    }
}

#[test]
fn words_and_codes_say_which_kind() {
    use RelationshipKind as Kind;
    for (said, expected) in [
        (r#"{"text":"GP registration"}"#, Kind::Registration),
        (
            r#"{"text":"Temporary GP registration"}"#,
            Kind::TemporaryRegistration,
        ),
        (r#"{"text":"hospital care"}"#, Kind::Admission),
        (r#"{"text":"cancer care"}"#, Kind::Admission),
        (
            r#"{"coding":[{"display":"Hospital admission"}]}"#,
            Kind::Admission,
        ),
        (r#"{"text":"community caseload"}"#, Kind::Caseload),
        (r#"{"text":"Adult social care"}"#, Kind::Caseload),
        (r#"{"text":"Referral to cardiology"}"#, Kind::Referral),
        (r#"{"coding":[{"code":"arrival"}]}"#, Kind::Arrival),
        (r#"{"text":"Ambulance attendance"}"#, Kind::Arrival),
    ] {
        assert_eq!(relationship(&episode(said, "")).kind, expected, "{said}");
    }
}

#[test]
fn an_unknown_kind_is_never_a_registration() {
    for sender in OrganisationKind::ALL {
        let line = episode(r#"{"text":"smoking cessation"}"#, "");
        let Ok(Statement::Relationship(found)) = reader(sender).read(line.as_bytes()) else {
            panic!("no relationship")
        };
        assert_ne!(found.kind, RelationshipKind::Registration, "{sender:?}");
    }
}

#[test]
fn a_period_bounds_it_and_the_organisation_is_the_stated_one() {
    let found = relationship(&episode(
        r#"{"text":"referral"}"#,
        r#","period":{"start":"2026-07-01","end":"2026-07-31"},"referralRequest":[{"identifier":{"assigner":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"N81016"}}}}]"#,
    ));
    assert_eq!(found.source_id, "EpisodeOfCare/e");
    assert_eq!(found.local_number, "P1");
    assert_eq!(found.organisation.as_str(), "RJR");
    assert_eq!(found.from.unwrap().rfc3339(), "2026-06-30T23:00:00Z");
    assert_eq!(
        found.until.unwrap().rfc3339(),
        "2026-07-31T23:00:00Z",
        "the last day is part of it"
    );
    assert_eq!(found.referred_by.unwrap().as_str(), "N81016");
    let own = r#"{"resourceType":"EpisodeOfCare","id":"e","status":"active","patient":{"reference":"Patient/P1"}}"#;
    assert_eq!(relationship(own).organisation.as_str(), "N81085");
}

#[test]
fn what_is_over_lets_nobody_in() {
    let with = |status: &str, period: &str| {
        episode(
            r#"{"text":"hospital care"}"#,
            &format!(r#","period":{period}"#),
        )
        .replace("\"active\"", &format!("\"{status}\""))
    };
    let found = relationship(&with("finished", "{}"));
    assert!(found.until.is_some(), "finished, nobody knows when");
    let found = relationship(&with("finished", r#"{"start":"2026-07-01"}"#));
    assert_eq!(found.until, found.from);
    for (status, period) in [
        ("cancelled", "{}"),
        ("entered-in-error", "{}"),
        ("planned", "{}"),
    ] {
        let issue = read(&with(status, period)).unwrap_err();
        assert_eq!(issue.kind, IssueKind::NotTaken, "{status}");
    }
    assert!(
        relationship(&with("planned", r#"{"start":"2027-01-01"}"#))
            .from
            .is_some()
    );
}
