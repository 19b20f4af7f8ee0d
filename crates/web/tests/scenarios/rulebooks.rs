//! What the other three rulebooks do differently, over HTTP.

use tributary_model::AccessOutcome;
use tributary_policy::Rulebook;
use tributary_testkit::{Region, Shape, TRUST};

use crate::{
    Cast, asks_for_the_part, at_the_practice, at_the_trust, is_refused, is_the_question,
    is_the_record, outcomes::STATEMENTS, says_nothing,
};

#[tokio::test]
async fn opt_in_creates_no_record_for_the_undecided() {
    let cast = Cast::under(Shape::under(Rulebook::opt_in())).await;
    for statement in STATEMENTS {
        let answer = cast.doctor.answers(cast.koepp, statement).await;
        is_refused(
            &answer,
            "No shared record has been created for this patient.",
        );
    }
    assert_eq!(cast.region.lines_of(TRUST).await[0].clear.rule, 3);
}

#[tokio::test]
async fn opt_in_shows_the_record_of_who_opted_in_and_remembers_a_no() {
    let region = Region::like(Shape::under(Rulebook::opt_in())).await;
    let cast = Cast::of(
        region,
        at_the_practice().consents(),
        at_the_trust().consents(),
    )
    .await;
    asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
    cast.doctor.answers(cast.koepp, &[]).await;
    let record = cast.doctor.opens(cast.koepp).await;
    is_the_record(&record);
    is_refused(
        &cast.doctor.is_told_no(cast.koepp).await,
        "The patient says no.",
    );
    is_refused(
        &cast.doctor.opens(cast.koepp).await,
        "told you no a short time ago",
    );
}

#[tokio::test]
async fn implied_asks_nobody_and_a_no_is_still_a_no() {
    let cast = Cast::under(Shape::under(Rulebook::implied())).await;
    asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
    assert_eq!(cast.doctor.answers(cast.koepp, &[]).await.status, 303);
    let record = cast.doctor.opens(cast.koepp).await;
    is_the_record(&record);
    assert!(record.says("Permission implied by your part in their care"));
    assert_eq!(cast.region.lines_of(TRUST).await[0].clear.rule, 9);
    is_refused(
        &cast.doctor.is_told_no(cast.koepp).await,
        "The patient says no.",
    );
    is_refused(
        &cast.doctor.opens(cast.koepp).await,
        "told you no a short time ago",
    );
}

#[tokio::test]
async fn ask_every_time_knows_no_standing_consent_and_shows_nothing_that_is_stored() {
    let region = Region::like(Shape::under(Rulebook::ask_every_time())).await;
    let cast = Cast::of(region, at_the_practice().consents(), at_the_trust()).await;
    let screen = cast.doctor.opens(cast.koepp).await;
    is_the_question(&screen);
    assert!(!screen.says("Yes, for everyone involved in their care"));
    let standing = cast
        .doctor
        .answers(cast.koepp, &[("answer", "standing")])
        .await;
    is_the_question(&standing);
    assert!(
        standing.says("Here the patient is asked at every view."),
        "{}",
        standing.text()
    );
    let view = cast
        .doctor
        .answers(cast.koepp, &[("answer", "today")])
        .await;
    assert_eq!(
        view.status,
        200,
        "one view, with the answer itself: {}",
        view.text()
    );
    assert!(
        view.says("KOEPP, Abdul") && view.says("Shared record"),
        "{}",
        view.text()
    );
    says_nothing(&view, "what is stored");
    let line = &cast.region.disclosures_of(TRUST).await[0];
    assert_eq!(
        (line.clear.rule, line.clear.outcome),
        (11, AccessOutcome::Permitted)
    );
    is_the_question(&cast.doctor.opens(cast.koepp).await);
    let emergency = cast.doctor.answers(cast.koepp, STATEMENTS[3]).await;
    assert_eq!(emergency.status, 303, "{}", emergency.text());
    let record = cast.doctor.opens(cast.koepp).await;
    assert!(record.says("Emergency access") && record.says("until 17:00 today"));
    says_nothing(&record, "what is stored");
}
