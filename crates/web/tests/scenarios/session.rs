//! What changes while a record lies open.

use tributary_intake::TakeError;
use tributary_model::{Role, SharingChoice, Timestamp};
use tributary_testkit::{OTHER_PRACTICE, PRACTICE, Person, Region, TRUST, beginning};
use tributary_web::ROUTES;

use crate::{
    Cast, asks_for_the_part, at_the_practice, at_the_trust, is_refused, is_the_question,
    is_the_record, is_unknown,
    lines::{about_a_patient, ask},
    says_nothing,
};

const HOUR: i64 = Timestamp::HOUR;

/// No page of the record that lies open shows anything any more.
async fn nothing_is_open(cast: &Cast) {
    let pages = ROUTES
        .iter()
        .filter(about_a_patient)
        .filter(|route| route.method == "get");
    for route in pages {
        says_nothing(
            &ask(&cast.doctor, route, cast.koepp, cast).await,
            route.path,
        );
    }
}

fn for_the_session(from: &str, until: Option<&str>) -> Person {
    tributary_testkit::patient("T1").involved_for("Admission", from, until)
}

#[tokio::test]
async fn consent_for_today_runs_out_on_every_page() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        cast.doctor.reads(cast.koepp).await;
        cast.region.later(24 * HOUR - 1);
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        cast.region.later(1);
        is_the_question(&cast.doctor.opens(cast.koepp).await);
        nothing_is_open(&cast).await;
    }
}

#[tokio::test]
async fn a_relationship_runs_out_with_its_grace() {
    let trust = for_the_session("2026-11-01", Some("2026-11-22T10:00:00Z"));
    let cast = Cast::of(Region::new().await, at_the_practice().consents(), trust).await;
    cast.doctor.answers(cast.koepp, &[]).await;
    cast.region.later(HOUR + 28 * Timestamp::DAY - 1);
    assert_eq!(cast.doctor.opens(cast.koepp).await.status, 200);
    cast.region.later(1);
    is_unknown(&cast.doctor.opens(cast.koepp).await);
    nothing_is_open(&cast).await;
}

#[tokio::test]
async fn a_registration_ends_without_grace_when_the_next_feed_says_so() {
    let cast = Cast::new().await;
    let gp = cast.region.signs_in("gp", Role::Doctor, PRACTICE).await;
    gp.reads(cast.at_practice).await;
    let moved = tributary_testkit::patient("P1")
        .involved_for("GP registration", "2025-11-01", Some("2026-11-21"))
        .has(tributary_testkit::allergy("Zebrafish"));
    cast.region.feeds(PRACTICE, [moved]).await;
    is_unknown(&gp.opens(cast.at_practice).await);
    let again = tributary_testkit::patient("F1").involved("GP registration");
    cast.region.feeds(OTHER_PRACTICE, [again]).await;
    let new = cast
        .region
        .signs_in("new-gp", Role::Doctor, OTHER_PRACTICE)
        .await;
    let address = cast.region.address(OTHER_PRACTICE, "F1").await;
    assert!(
        new.reads(address).await.says("Zebrafish"),
        "the new practice takes over"
    );
}

#[tokio::test]
async fn a_no_on_the_open_record_closes_it_everywhere() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let second = cast.region.browser("doctor").await;
        cast.doctor.reads(cast.koepp).await;
        is_the_record(&second.opens(cast.koepp).await);
        is_refused(
            &cast.doctor.is_told_no(cast.koepp).await,
            "The patient says no.",
        );
        is_refused(
            &second.opens(cast.koepp).await,
            "told you no a short time ago",
        );
        nothing_is_open(&cast).await;
    }
}

#[tokio::test]
async fn an_opt_out_that_a_feed_brings_closes_an_open_record() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        cast.doctor.reads(cast.koepp).await;
        cast.region
            .feeds(PRACTICE, [at_the_practice().opts_out()])
            .await;
        let answer = cast.doctor.opens(cast.koepp).await;
        is_refused(
            &answer,
            "The patient has declined to have an electronic shared record.",
        );
        nothing_is_open(&cast).await;
    }
}

#[tokio::test]
async fn a_change_of_role_closes_the_record() {
    let cast = Cast::new().await;
    let roles = [(Role::Doctor, TRUST), (Role::Doctor, PRACTICE)];
    cast.region.account("two", &roles, Some("2027-03-31")).await;
    let two = cast.region.browser("two").await;
    two.posts("/role", &[("assignment", "0")]).await;
    two.reads(cast.koepp).await;
    two.posts("/role", &[("assignment", "1")]).await;
    is_unknown(&two.opens(cast.koepp).await);
    is_the_question(&two.opens(cast.at_practice).await);
    two.posts("/role", &[("assignment", "0")]).await;
    asks_for_the_part(&two.opens(cast.koepp).await);
    assert_eq!(two.answers(cast.koepp, &[]).await.status, 303);
    is_the_record(&two.opens(cast.koepp).await);
}

#[tokio::test]
async fn closing_the_record_and_signing_out_close_it() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    cast.doctor
        .posts(format!("/patients/{}/record/close", cast.koepp.0.0), &[])
        .await;
    asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
    cast.doctor.answers(cast.koepp, &[]).await;
    let old = cast.doctor.cookie();
    let out = cast.doctor.posts("/sign-out", &[]).await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let kept = tributary_testkit::Browser::with_cookie(cast.region.client, old);
    assert_eq!(
        kept.opens(cast.koepp).await.location(),
        "/sign-in",
        "the session is over"
    );
    let again = cast.region.browser("doctor").await;
    asks_for_the_part(&again.opens(cast.koepp).await);
}

#[tokio::test]
async fn a_registration_that_lapses_stops_the_next_request() {
    let cast = Cast::new().await;
    cast.region
        .account("nurse", &[(Role::Nurse, TRUST)], Some("2026-11-22"))
        .await;
    let nurse = cast.region.browser("nurse").await;
    nurse.reads(cast.koepp).await;
    cast.region.later(14 * HOUR);
    is_the_record(&nurse.opens(cast.koepp).await);
    cast.region.later(2 * HOUR);
    is_refused(
        &nurse.opens(cast.koepp).await,
        "your registration has lapsed",
    );
}

#[tokio::test]
async fn an_agreement_that_ends_closes_the_view_and_hides_what_was_fed() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    cast.region
        .agrees(PRACTICE, Some(beginning().plus(HOUR)))
        .await;
    cast.region.later(HOUR - 1);
    is_the_record(&cast.doctor.opens(cast.koepp).await);
    cast.region.later(1);
    let record = cast.doctor.opens(cast.koepp).await;
    assert!(record.says("The agreement with Mill Lane Surgery has ended; what it sent is hidden."));
    assert!(record.says("Xylophone") && !record.says("Zebrafish") && !record.says("Quagmire"));
    let fed = cast.region.hands_in(PRACTICE, [at_the_practice()]).await;
    assert!(
        matches!(fed, Err(TakeError::NoAgreement(_))),
        "and it feeds no more: {fed:?}"
    );
}

#[tokio::test]
async fn the_agreement_of_the_viewer_ends() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    cast.region
        .agrees(TRUST, Some(beginning().plus(HOUR)))
        .await;
    cast.region.later(HOUR);
    let answer = cast.doctor.opens(cast.koepp).await;
    is_refused(
        &answer,
        "your organisation has no agreement in force that covers viewing.",
    );
    nothing_is_open(&cast).await;
}

#[tokio::test]
async fn one_refusal_among_linked_identities_governs_all() {
    let cast = Cast::of(
        Region::new().await,
        at_the_practice().consents(),
        at_the_trust(),
    )
    .await;
    assert_eq!(cast.doctor.answers(cast.koepp, &[]).await.status, 303);
    cast.region.later(1);
    cast.region
        .decides(TRUST, cast.koepp, SharingChoice::Block)
        .await;
    let answer = cast.doctor.opens(cast.koepp).await;
    is_refused(
        &answer,
        "The patient has not given consent to view the record.",
    );
}
