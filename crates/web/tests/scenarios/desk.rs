//! The practice desk: what it shows, what it records, and what then holds.

use tributary_model::{Address, Role, SharingChoice, Timestamp};
use tributary_testkit::{Answer, Browser, OTHER_PRACTICE, PRACTICE, patient};

use crate::{
    Cast, asks_for_the_part, at_the_practice, at_the_trust, is_refused, is_the_question,
    says_nothing,
};

pub(crate) const OPTED_OUT: &str = "The patient has declined to have an electronic shared record.";
pub(crate) const BLOCKED: &str = "The patient has not given consent to view the record.";

/// A desk of the practice, with somebody at it.
pub(crate) async fn desk(cast: &Cast) -> Browser {
    let roles = [(Role::PracticeStaff, PRACTICE)];
    cast.region.account("desk", &roles, None).await;
    cast.region.browser("desk").await
}

pub(crate) async fn looks(desk: &Browser, patient: Address) -> Answer {
    let answer = desk.gets(format!("/patients/{}/choice", patient.0.0)).await;
    says_nothing(&answer, "the desk");
    answer
}

fn step_path(patient: Address, step: &str) -> String {
    format!("/patients/{}/choice/steps/{step}", patient.0.0)
}

pub(crate) async fn warns(desk: &Browser, patient: Address, step: &str) -> Answer {
    desk.gets(step_path(patient, step)).await
}

/// Records a step on the word of these; the answer to the form.
pub(crate) async fn says(desk: &Browser, patient: Address, step: &str, who: &str) -> Answer {
    desk.posts(step_path(patient, step), &[("who", who)]).await
}

/// Records a step on the patient's word, a little later than whatever was before; the confirmation.
pub(crate) async fn records(cast: &Cast, desk: &Browser, patient: Address, step: &str) -> Answer {
    cast.region.later(1);
    let answer = says(desk, patient, step, "patient").await;
    assert_eq!(answer.status, 303, "{step}: {}", answer.text());
    let confirmation = desk.gets(answer.location()).await;
    assert_eq!(confirmation.status, 200, "{}", confirmation.text());
    cast.region.later(1);
    confirmation
}

/// The steps that the page offers.
pub(crate) fn steps(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let links = answer.links("/choice/steps/");
    let last = |link: String| link.rsplit('/').next().unwrap_or_default().to_owned();
    links.into_iter().map(last).collect()
}

async fn each() -> Vec<Cast> {
    Cast::on_each_engine(at_the_practice(), at_the_trust()).await
}

#[tokio::test]
async fn practice_staff_find_their_own_patients_and_come_to_the_desk() {
    for cast in each().await {
        let desk = desk(&cast).await;
        let found = desk.posts("/find", &[("nhs-number", "9992386045")]).await;
        let page = format!("/patients/{}/choice", cast.at_practice.0.0);
        assert_eq!((found.status, found.location()), (303, page.as_str()));
        let shown = looks(&desk, cast.at_practice).await;
        assert!(shown.says("KOEPP, Abdul"), "{}", shown.text());
        assert!(
            shown.says("The patient has not decided."),
            "{}",
            shown.text()
        );
        let nobody = desk.posts("/find", &[("nhs-number", "9990000018")]).await;
        assert!(nobody.says("No patient of Mill Lane Surgery matches"));
        assert_eq!(
            looks(&desk, cast.koepp).await.status,
            404,
            "the trust's name for him"
        );
        is_refused(
            &desk.opens(cast.at_practice).await,
            "shared records are for registered professionals.",
        );
    }
}

#[tokio::test]
async fn there_is_one_step_for_each_possible_next_choice() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        let undecided = ["consent-for-all", "block", "opt-out"];
        assert_eq!(steps(&looks(&desk, koepp).await), undecided);
        for (step, sentence, next) in [
            (
                "consent-for-all",
                "may look, without asking again",
                &["ask-each-time", "block", "opt-out"][..],
            ),
            ("ask-each-time", "professionals ask each time", &undecided),
            (
                "block",
                "The record is blocked: nobody can see it, not even in an emergency.",
                &["unblock", "consent-for-all", "opt-out"],
            ),
            ("unblock", "professionals ask each time", &undecided),
            (
                "opt-out",
                "The patient has opted out",
                &["opt-back-in", "consent-for-all"],
            ),
            ("opt-back-in", "professionals ask each time", &undecided),
        ] {
            let warning = warns(&desk, koepp, step).await;
            assert_eq!(warning.status, 200, "{step}: {}", warning.text());
            records(&cast, &desk, koepp, step).await;
            let now = looks(&desk, koepp).await;
            assert!(now.says(sentence), "{step}: {}", now.text());
            assert_eq!(steps(&now), next, "{step}");
            let again = says(&desk, koepp, step, "patient").await;
            assert_eq!(again.status, 403, "{step} is done: {}", again.text());
        }
        assert_eq!(warns(&desk, koepp, "no-such-step").await.status, 404);
        assert!(cast.region.verifies().await);
    }
}

#[tokio::test]
async fn each_choice_takes_effect_at_once_and_everywhere() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
        records(&cast, &desk, koepp, "consent-for-all").await;
        asks_for_the_part(&cast.doctor.is_asked(cast.koepp).await);
        let record = cast.doctor.answers(cast.koepp, &[]).await;
        assert_eq!(record.status, 303);
        assert!(cast.doctor.opens(cast.koepp).await.says("Zebrafish"));
        records(&cast, &desk, koepp, "block").await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        records(&cast, &desk, koepp, "unblock").await;
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
        assert!(cast.doctor.reads(cast.koepp).await.says("Zebrafish"));
        records(&cast, &desk, koepp, "opt-out").await;
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
        records(&cast, &desk, koepp, "opt-back-in").await;
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
    }
}

#[tokio::test]
async fn before_a_refusal_the_screen_warns_in_these_words() {
    let cast = Cast::new().await;
    let (desk, koepp) = (desk(&cast).await, cast.at_practice);
    let never = "No one will be able to see the record, not even in an emergency.";
    let care = "Care goes on as before. Telephone, letter and email between services stay.";
    for step in ["block", "opt-out"] {
        let warning = warns(&desk, koepp, step).await;
        assert!(
            warning.says(never) && warning.says(care),
            "{}",
            warning.text()
        );
        let gone = "The record will not be there if they change their mind";
        assert_eq!(warning.says(gone), step == "opt-out", "{}", warning.text());
    }
    assert!(!warns(&desk, koepp, "consent-for-all").await.says(never));
    records(&cast, &desk, koepp, "block").await;
    let refusal = cast.doctor.opens(cast.koepp).await;
    assert!(
        refusal.says("Telephone, letter and email between services stay"),
        "{}",
        refusal.text()
    );
}

#[tokio::test]
async fn the_confirmation_is_for_the_patient_and_says_how_to_change_it() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        let sheet = records(&cast, &desk, koepp, "block").await;
        for words in [
            "Your choice about your shared care record",
            "KOEPP, Abdul",
            "No one can see your shared record, not even in an emergency.",
            "Staff desk, Mill Lane Surgery",
            "Only your GP practice can lift a block or an opt-out.",
            "Printed by Staff desk, Practice staff, Mill Lane Surgery",
        ] {
            assert!(sheet.says(words), "{words}: {}", sheet.text());
        }
        let sheet = records(&cast, &desk, koepp, "opt-out").await;
        assert!(sheet.says("You have no shared record."), "{}", sheet.text());
        assert!(!sheet.says("KOEPP"), "nothing is kept: {}", sheet.text());
    }
}

#[tokio::test]
async fn who_decided_is_recorded_with_each_choice() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        let unsaid = says(&desk, koepp, "block", "").await;
        assert_eq!(unsaid.status, 422, "{}", unsaid.text());
        assert!(unsaid.says("Choose who decided"));
        let parent = says(&desk, koepp, "block", "parent").await;
        is_refused(&parent, "A parent decides for a child under 13");
        assert!(
            !warns(&desk, koepp, "block")
                .await
                .says("parental responsibility")
        );
        let attorney = says(&desk, koepp, "block", "attorney").await;
        assert_eq!(attorney.status, 303, "{}", attorney.text());
        let history = looks(&desk, koepp).await;
        assert!(history.says("An attorney or deputy"), "{}", history.text());
        let lines = cast.region.lines_of(PRACTICE).await;
        let line = lines
            .iter()
            .find(|line| line.clear.basis.starts_with("block"));
        let line = line.expect("the choice is a line");
        assert_eq!(line.clear.basis, "block, an attorney or deputy");
        let decisions = &line.personal.whose.as_ref().unwrap().decisions;
        assert_eq!(
            decisions[0].choice,
            SharingChoice::Block,
            "a restore can do it again"
        );
    }
}

#[tokio::test]
async fn what_a_feed_says_and_what_the_desk_says_meet_by_the_newest() {
    for cast in Cast::on_each_engine(at_the_practice().consents(), at_the_trust()).await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        let shown = looks(&desk, koepp).await;
        assert!(
            shown.says("A code in the system of Mill Lane Surgery"),
            "{}",
            shown.text()
        );
        records(&cast, &desk, koepp, "block").await;
        let shown = looks(&desk, koepp).await;
        for words in [
            "What the systems and the desk say",
            "Replaced by a later decision",
            "This counts",
            "The newest decision counts.",
        ] {
            assert!(shown.says(words), "{words}: {}", shown.text());
        }
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        // A code of a later date, from the practice's own system, is a later decision.
        cast.region.later(Timestamp::DAY);
        let later = at_the_practice()
            .consents()
            .decides("417528008", "2026-11-23T08:00:00Z");
        cast.region.feeds(PRACTICE, [later]).await;
        asks_for_the_part(&cast.doctor.is_asked(cast.koepp).await);
        assert!(
            looks(&desk, koepp)
                .await
                .says("may look, without asking again")
        );
    }
}

#[tokio::test]
async fn a_consent_without_a_date_or_of_the_future_lifts_nothing_and_the_desk_says_so() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        records(&cast, &desk, koepp, "block").await;
        cast.region.later(Timestamp::DAY);
        let later = at_the_practice()
            .has(tributary_testkit::entry(
                "Observation",
                undated("417528008"),
            ))
            .decides("417528008", "2027-01-01T08:00:00Z");
        cast.region.feeds(PRACTICE, [later]).await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        let shown = looks(&desk, koepp).await;
        assert!(shown.says("No effect: it has no date"), "{}", shown.text());
        assert!(
            shown.says("No effect: its date was in the future"),
            "{}",
            shown.text()
        );
    }
}

#[tokio::test]
async fn a_refusal_without_a_date_wins_from_when_it_came() {
    for cast in Cast::on_each_engine(at_the_practice().consents(), at_the_trust()).await {
        cast.region.later(Timestamp::DAY);
        let refusal = at_the_practice().consents().has(tributary_testkit::entry(
            "Observation",
            undated("416409005"),
        ));
        cast.region.feeds(PRACTICE, [refusal]).await;
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
    }
}

fn undated(code: &str) -> serde_json::Value {
    serde_json::json!({ "status": "final", "code": { "coding": [{
        "system": "http://snomed.info/sct", "code": code }] } })
}

#[tokio::test]
async fn silence_lifts_nothing() {
    for cast in Cast::on_each_engine(at_the_practice().opts_out(), at_the_trust()).await {
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
        cast.region.later(Timestamp::DAY);
        cast.region.feeds(PRACTICE, [at_the_practice()]).await;
        cast.region.feeds(OTHER_PRACTICE, [patient("O1")]).await;
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
    }
}

#[tokio::test]
async fn a_consent_for_today_ends_with_a_block_and_does_not_come_back() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        assert!(cast.doctor.reads(cast.koepp).await.says("Zebrafish"));
        records(&cast, &desk, koepp, "block").await;
        records(&cast, &desk, koepp, "unblock").await;
        let answer = cast.doctor.opens(cast.koepp).await;
        is_the_question(&answer);
    }
}

#[tokio::test]
async fn blocked_data_keeps_arriving_and_stays_unreadable() {
    for cast in each().await {
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        records(&cast, &desk, koepp, "block").await;
        let more = at_the_practice().has(tributary_testkit::allergy("Nightingale"));
        let report = cast.region.feeds(PRACTICE, [more]).await;
        assert_eq!(report.counts.new, 1, "{report:?}");
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        records(&cast, &desk, koepp, "unblock").await;
        assert!(cast.doctor.reads(cast.koepp).await.says("Nightingale"));
    }
}
