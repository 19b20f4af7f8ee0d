//! A working day at the pages.

use axum::http::{StatusCode, header};
use tributary_model::{SharingChoice, Timestamp};

use crate::Site;

#[tokio::test]
async fn a_doctor_finds_asks_and_reads() {
    let site = Site::new("day").await;
    let doctor = site.browser("doctor").await;
    let found = doctor.sends("/find", "nhs-number=999+238+6045").await;
    assert_eq!(found.location(), site.koepp("/permission"));

    let screen = doctor.opens(&site.koepp("/permission")).await;
    assert!(
        screen
            .body
            .contains("Ask permission to view the shared record")
    );
    assert!(screen.body.contains("KOEPP, Abdul (Mr)"));
    screen.says_nothing_clinical("the consent screen");

    let lacking = doctor
        .sends(&site.koepp("/permission"), "sent=1&answer=today")
        .await;
    assert_eq!(lacking.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        lacking
            .body
            .contains("Choose your part in their care today")
    );

    let record = doctor.record().await;
    for word in [
        "KOEPP, Abdul (Mr)",
        "Penicillin",
        "Asthma",
        "4.1",
        "Mill Lane Surgery",
    ] {
        assert!(record.body.contains(word), "{word}");
    }
    let record_pages = [
        (site.koepp("/record/sections/problems"), "Asthma"),
        (site.koepp("/record/timeline"), "Timeline of contacts"),
        (site.koepp("/record/sources"), "Dee Hospital"),
        (record.link("/record/entries/"), "Who says so"),
        (record.link("/record/trends/"), "All results"),
    ];
    for (path, words) in record_pages {
        let page = doctor.opens(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains(words), "{path}");
    }
    let recent = doctor.opens("/find").await;
    assert!(
        recent.body.contains("KOEPP, Abdul (Mr)"),
        "among those opened lately"
    );
}

#[tokio::test]
async fn a_document_comes_in_a_sandbox() {
    let site = Site::new("document").await;
    let doctor = site.browser("doctor").await;
    doctor.record().await;
    let letters = doctor
        .opens(&site.koepp("/record/sections/correspondence"))
        .await;
    let entry = letters
        .body
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|link| link.contains("/entries/") && link.contains("-12-"))
        .expect("the letter is linked")
        .to_owned();
    let page = doctor.opens(&entry).await;
    assert!(page.body.contains("sandbox=\"\""));
    let document = doctor.opens(&format!("{entry}/document")).await;
    assert_eq!(document.status, StatusCode::OK);
    assert!(document.body.contains("She has asthma"));
    assert!(
        document
            .header(&header::CONTENT_SECURITY_POLICY)
            .starts_with("sandbox;")
    );
    assert_eq!(document.header(&header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(document.header(&header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn a_no_closes_the_record_and_a_yes_opens_it_again() {
    let site = Site::new("no").await;
    let doctor = site.browser("doctor").await;
    doctor.record().await;
    let no = doctor.sends(&site.koepp("/record/say-no"), "").await;
    assert_eq!(no.status, StatusCode::FORBIDDEN);
    no.says_nothing_clinical("the refusal");
    let again = doctor.opens(&site.koepp("/record")).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(again.body.contains("The patient now says yes"));
    site.deployment.clock.advance(Timestamp::SECOND);
    doctor.record().await;
}

#[tokio::test]
async fn standing_consent_asks_only_for_the_part() {
    let site = Site::new("standing").await;
    site.decides(SharingChoice::Consent).await;
    let doctor = site.browser("doctor").await;
    let screen = doctor.opens(&site.koepp("/permission")).await;
    assert!(screen.body.contains("Open the shared record"));
    assert!(!screen.body.contains("name=\"answer\""));
    let opened = doctor
        .sends(&site.koepp("/permission"), "sent=1&part=on-call")
        .await;
    assert_eq!(opened.location(), site.koepp("/record"));
    doctor.sends(&site.koepp("/record/close"), "").await;
    let closed = doctor.opens(&site.koepp("/record")).await;
    assert!(closed.body.contains("Your part in their care today"));
    closed.says_nothing_clinical("a closed record");
}

#[tokio::test]
async fn an_emergency_is_written_down_and_shown_to_patient_and_officer() {
    let site = Site::new("emergency").await;
    let doctor = site.browser("doctor").await;
    let form = "sent=1&answer=emergency&part=on-call&emergency-reason=Found+unconscious";
    let opened = doctor.sends(&site.koepp("/permission"), form).await;
    assert_eq!(opened.location(), site.koepp("/record"));
    let officer = site.browser("officer").await;
    let list = officer.opens("/accesses").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.body.contains("Found unconscious") && list.body.contains("To review"));
    let report = officer.opens(&site.koepp("/report")).await;
    assert!(report.body.contains("Found unconscious") && report.body.contains("emergency"));
    list.says_nothing_clinical("the list");
    report.says_nothing_clinical("the report");
}

#[tokio::test]
async fn the_record_as_fhir_goes_through_the_same_gate() {
    let site = Site::new("fhir").await;
    let doctor = site.browser("doctor").await;
    let path = format!("/fhir/Patient/{}/$everything", site.koepp.0);
    let before = doctor.opens(&path).await;
    assert_eq!(before.status, StatusCode::FORBIDDEN);
    assert!(before.body.contains("OperationOutcome") && before.body.contains("suppressed"));
    before.says_nothing_clinical("FHIR before permission");
    doctor.record().await;
    let bundle = doctor.opens(&path).await;
    assert_eq!(bundle.status, StatusCode::OK);
    assert!(
        bundle
            .header(&header::CONTENT_TYPE)
            .starts_with("application/fhir+json")
    );
    assert!(bundle.body.contains("\"Bundle\"") && bundle.body.contains("Asthma"));
}

#[tokio::test]
async fn signing_out_ends_it() {
    let site = Site::new("out").await;
    let doctor = site.browser("doctor").await;
    doctor.record().await;
    let out = doctor.sends("/sign-out", "").await;
    assert!(out.header(&header::SET_COOKIE).contains("Max-Age=0"));
    let after = doctor.opens(&site.koepp("/record")).await;
    assert_eq!(after.location(), "/sign-in");
    after.says_nothing_clinical("after signing out");
}
