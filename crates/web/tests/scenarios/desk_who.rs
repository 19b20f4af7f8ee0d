//! Who may record a choice, and for whom: practices, social workers, governance officers, parents.

use tributary_model::{Address, Role, Timestamp};
use tributary_testkit::{
    Answer, Browser, COUNCIL, OTHER_PRACTICE, PRACTICE, Person, Region, Shape, TRUST, patient,
};

use crate::{
    Cast, asks_for_the_part, at_the_practice, at_the_trust,
    desk::{BLOCKED, OPTED_OUT, desk, looks, records, says, steps, warns},
    is_refused, is_the_question, is_the_record,
};

const TWO_MONTHS: i64 = 60 * Timestamp::DAY;

async fn each() -> Vec<Cast> {
    Cast::on_each_engine(at_the_practice(), at_the_trust()).await
}

/// A desk of the other practice.
async fn other_desk(region: &Region) -> Browser {
    let roles = [(Role::PracticeStaff, OTHER_PRACTICE)];
    region.account("other-desk", &roles, None).await;
    region.browser("other-desk").await
}

/// Koepp as the other practice has him, registered from a day on.
fn registered_there(from: &str, until: Option<&str>) -> Person {
    patient("O1").involved_for("GP registration", from, until)
}

#[tokio::test]
async fn whoever_is_not_practice_staff_of_the_patients_practice_records_nothing() {
    for cast in each().await {
        let region = &cast.region;
        region
            .account("clerk", &[(Role::PracticeStaff, TRUST)], None)
            .await;
        region
            .account("officer", &[(Role::PrivacyOfficer, TRUST)], None)
            .await;
        for login in ["doctor", "clerk", "officer"] {
            let browser = region.browser(login).await;
            for step in ["consent-for-all", "block", "opt-out"] {
                let answer = says(&browser, cast.koepp, step, "patient").await;
                is_refused(&answer, "Your role does not record patients' choices.");
            }
        }
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
        assert!(region.verifies().await);
    }
}

#[tokio::test]
async fn a_temporary_registration_makes_no_practice_the_patients_own() {
    for cast in each().await {
        let visiting = patient("O1").involved("Temporary registration");
        cast.region.feeds(OTHER_PRACTICE, [visiting]).await;
        let desk = other_desk(&cast.region).await;
        let koepp = cast.region.address(OTHER_PRACTICE, "O1").await;
        let shown = looks(&desk, koepp).await;
        assert!(steps(&shown).is_empty(), "{}", shown.text());
        assert!(
            shown.says("The patient's GP practice is Mill Lane Surgery."),
            "{}",
            shown.text()
        );
        let answer = says(&desk, koepp, "block", "patient").await;
        is_refused(
            &answer,
            "Only the patient's own GP practice records their choice",
        );
    }
}

#[tokio::test]
async fn while_two_practices_claim_a_patient_only_refusals_are_recorded() {
    for cast in each().await {
        let region = &cast.region;
        region
            .feeds(OTHER_PRACTICE, [registered_there("2026-11-10", None)])
            .await;
        let (old, new) = (desk(&cast).await, other_desk(region).await);
        let there = region.address(OTHER_PRACTICE, "O1").await;
        for (desk, koepp) in [(&old, cast.at_practice), (&new, there)] {
            let shown = looks(desk, koepp).await;
            assert_eq!(steps(&shown), ["block", "opt-out"]);
            assert!(shown.says("Two practices say"), "{}", shown.text());
            let consent = says(desk, koepp, "consent-for-all", "patient").await;
            is_refused(&consent, "only a block or an opt-out can be recorded");
        }
        records(&cast, &old, cast.at_practice, "block").await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        assert_eq!(steps(&looks(&new, there).await), ["opt-out"]);
        // The old practice ends its registration: the one that started last remains.
        region.later(Timestamp::DAY);
        let left = patient("P1").involved_for("GP registration", "2025-11-01", Some("2026-11-20"));
        region.feeds(PRACTICE, [left]).await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        records(&cast, &new, there, "unblock").await;
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
    }
}

#[tokio::test]
async fn moving_practice_lifts_nothing_and_only_the_new_practice_lifts() {
    for cast in each().await {
        let region = &cast.region;
        let old = desk(&cast).await;
        records(&cast, &old, cast.at_practice, "block").await;
        region.later(Timestamp::DAY);
        let left = at_the_practice_until("2026-11-22");
        region.feeds(PRACTICE, [left]).await;
        region
            .feeds(OTHER_PRACTICE, [registered_there("2026-11-22", None)])
            .await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        assert_eq!(
            looks(&old, cast.at_practice).await.status,
            404,
            "no grace for a practice"
        );
        let there = region.address(OTHER_PRACTICE, "O1").await;
        let new = other_desk(region).await;
        assert!(looks(&new, there).await.says("The record is blocked"));
        records(&cast, &new, there, "consent-for-all").await;
        asks_for_the_part(&cast.doctor.is_asked(cast.koepp).await);
    }
}

fn at_the_practice_until(day: &str) -> Person {
    patient("P1").involved_for("GP registration", "2025-11-01", Some(day))
}

#[tokio::test]
async fn a_social_worker_with_an_open_case_records_an_opt_out_and_lifts_none() {
    for cast in each().await {
        let region = &cast.region;
        let open = patient("C1").involved("Social care");
        let closed = patient("C2")
            .named("Vera", "Vandershore")
            .nhs("9990000026")
            .involved_for("Social care", "2025-11-01", Some("2026-11-10"));
        region.feeds(COUNCIL, [open, closed]).await;
        let social_worker = region.signs_in("social", Role::SocialWorker, COUNCIL).await;
        let koepp = region.address(COUNCIL, "C1").await;
        let shore = region.address(COUNCIL, "C2").await;
        let asked = social_worker.is_asked(koepp).await;
        assert_eq!(asked.links("/choice").len(), 1, "{}", asked.text());
        assert_eq!(steps(&looks(&social_worker, koepp).await), ["opt-out"]);
        let block = says(&social_worker, koepp, "block", "patient").await;
        is_refused(&block, "Your role does not record patients' choices.");
        let no_case = says(&social_worker, shore, "opt-out", "patient").await;
        is_refused(&no_case, "Your council has no open case for this patient.");
        records(&cast, &social_worker, koepp, "opt-out").await;
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
        assert!(steps(&looks(&social_worker, koepp).await).is_empty());
        let lift = says(&social_worker, koepp, "opt-back-in", "patient").await;
        is_refused(&lift, "Your role does not record patients' choices.");
        let desk = desk(&cast).await;
        records(&cast, &desk, cast.at_practice, "opt-back-in").await;
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
    }
}

/// A governance officer sends a step with a GP's letter.
async fn with_letter(officer: &Browser, patient: Address, step: &str) -> Answer {
    let path = format!("/patients/{}/choice/steps/{step}", patient.0.0);
    let fields = [
        ("who", "patient"),
        ("letter-by", "Dr Elsewhere"),
        ("day", "9"),
        ("month", "11"),
        ("year", "2026"),
    ];
    officer.posts(path, &fields).await
}

#[tokio::test]
async fn without_a_practice_that_takes_part_two_governance_officers_record_what_a_gp_confirms() {
    for region in Region::on_each_engine(Shape::default()).await {
        let council = patient("C1").involved("Social care").opts_out();
        region.feeds(COUNCIL, [council]).await;
        region.feeds(TRUST, [at_the_trust()]).await;
        let koepp = region.address(TRUST, "T1").await;
        let doctor = region.signs_in("doctor", Role::Doctor, TRUST).await;
        for login in ["first", "second"] {
            region
                .account(login, &[(Role::Governance, TRUST)], None)
                .await;
        }
        let (first, second) = (
            region.browser("first").await,
            region.browser("second").await,
        );
        is_refused(&doctor.opens(koepp).await, OPTED_OUT);
        let shown = looks(&first, koepp).await;
        assert!(
            shown.says("Only on the written word of the patient's GP"),
            "{}",
            shown.text()
        );
        region.later(1);
        let without = says(&first, koepp, "opt-back-in", "patient").await;
        assert_eq!(without.status, 422, "{}", without.text());
        assert!(without.says("Enter the name of the GP who wrote the letter"));
        assert_eq!(with_letter(&first, koepp, "opt-back-in").await.status, 303);
        is_refused(&doctor.opens(koepp).await, OPTED_OUT);
        let own = with_letter(&first, koepp, "opt-back-in").await;
        is_refused(&own, "Another governance officer has to confirm it.");
        let waits = looks(&second, koepp).await;
        assert!(waits.says("Staff first proposed"), "{}", waits.text());
        assert!(waits.says("09-Nov-2026"), "{}", waits.text());
        assert!(
            warns(&second, koepp, "opt-back-in")
                .await
                .says("Confirm and record")
        );
        assert_eq!(with_letter(&second, koepp, "opt-back-in").await.status, 303);
        is_the_question(&doctor.is_asked(koepp).await);
        let shown = looks(&first, koepp).await;
        assert!(
            shown.says("Staff first and Staff second, governance officers, on a GP's letter"),
            "{}",
            shown.text()
        );
        assert!(
            !shown.says("proposed on"),
            "it waits no longer: {}",
            shown.text()
        );
        let lines = region.lines_of(TRUST).await;
        let words = lines.iter().map(|line| line.personal.words.as_str());
        assert_eq!(
            words.filter(|words| words.contains("Dr Elsewhere")).count(),
            2
        );
    }
}

#[tokio::test]
async fn where_a_practice_takes_part_governance_officers_record_nothing() {
    for cast in each().await {
        cast.region
            .account("first", &[(Role::Governance, TRUST)], None)
            .await;
        let officer = cast.region.browser("first").await;
        assert!(steps(&looks(&officer, cast.koepp).await).is_empty());
        let answer = with_letter(&officer, cast.koepp, "block").await;
        is_refused(&answer, "takes part and records their choice itself");
    }
}

#[tokio::test]
async fn at_13_a_parents_consent_lapses_and_a_parents_refusal_stands_until_reviewed() {
    for step in ["consent-for-all", "block"] {
        let child = || at_the_practice().born("2014-01-10");
        for cast in Cast::on_each_engine(child(), at_the_trust().born("2014-01-10")).await {
            let (desk, koepp) = (desk(&cast).await, cast.at_practice);
            assert!(
                warns(&desk, koepp, step)
                    .await
                    .says("parental responsibility")
            );
            cast.region.later(1);
            assert_eq!(says(&desk, koepp, step, "parent").await.status, 303);
            cast.region.later(1);
            let consents = step == "consent-for-all";
            if consents {
                asks_for_the_part(&cast.doctor.is_asked(cast.koepp).await);
            } else {
                is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
            }
            cast.region.later(TWO_MONTHS);
            let shown = looks(&desk, koepp).await;
            if consents {
                is_the_question(&cast.doctor.is_asked(cast.koepp).await);
                assert!(
                    shown.says("A parent gave this consent. It has lapsed"),
                    "{}",
                    shown.text()
                );
            } else {
                is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
                assert!(
                    shown.says("It stands until you have asked the patient"),
                    "{}",
                    shown.text()
                );
            }
            let parent = says(&desk, koepp, "opt-out", "parent").await;
            is_refused(&parent, "A parent decides for a child under 13");
        }
    }
}

#[tokio::test]
async fn a_refusal_outlives_death_and_one_report_of_a_death_changes_nothing() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        assert!(cast.doctor.reads(cast.koepp).await.says("Zebrafish"));
        cast.region.feeds(TRUST, [at_the_trust().dead()]).await;
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        cast.region
            .feeds(PRACTICE, [at_the_practice().dead()])
            .await;
        is_the_question(&cast.doctor.opens(cast.koepp).await);
        records(&cast, &desk, koepp, "block").await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        cast.region.later(TWO_MONTHS);
        let path = format!("/patients/{}/record", cast.koepp.0.0);
        is_refused(&cast.doctor.gets(path).await, BLOCKED);
    }
}

#[tokio::test]
async fn nobody_records_a_choice_about_themselves() {
    let cast = Cast::new().await;
    cast.region
        .staff_with_number("koepp", Role::PracticeStaff, PRACTICE, "9992386045")
        .await;
    let own = cast.region.browser("koepp").await;
    let answer = says(&own, cast.at_practice, "block", "patient").await;
    is_refused(
        &answer,
        "You are not authorised to record choices for this patient.",
    );
}
