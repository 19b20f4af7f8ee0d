//! Reviews: what a privacy officer reads first and why, each step, and what the governance group sees.

use tributary_model::{Role, Timestamp};
use tributary_testkit::{Answer, Browser, PRACTICE, TRUST, patient};

use crate::{Cast, at_the_practice, at_the_trust};

const EMERGENCY: &[(&str, &str)] = &[
    ("answer", "emergency"),
    ("emergency-reason", "Found unconscious"),
    ("emergency-wishes", ""),
];

async fn casts() -> Vec<Cast> {
    Cast::on_each_engine(at_the_practice(), at_the_trust()).await
}

async fn officer(cast: &Cast) -> Browser {
    cast.region
        .signs_in("officer", Role::PrivacyOfficer, TRUST)
        .await
}

/// The reviews that are open, in their order: what each row says.
fn open(queue: &Answer) -> Vec<String> {
    assert_eq!(queue.status, 200, "{}", queue.text());
    let text = queue.text();
    let open = text.split("The last weeks").next().unwrap();
    open.split("<li class=\"app-queue__row")
        .skip(1)
        .map(str::to_owned)
        .collect()
}

fn link(queue: &Answer) -> String {
    let links = queue.links("/reviews/").into_iter();
    links
        .into_iter()
        .find(|link| !link.ends_with("ranking"))
        .unwrap()
}

#[tokio::test]
async fn an_emergency_is_in_the_queue_the_moment_it_happened() {
    for cast in casts().await {
        let officer = officer(&cast).await;
        assert!(
            officer
                .gets("/reviews")
                .await
                .says("Nothing waits to be reviewed")
        );
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        cast.doctor.opens(cast.koepp).await;
        let rows = open(&officer.gets("/reviews").await);
        assert_eq!(rows.len(), 1, "further pages are the same look: {rows:?}");
        for words in [
            "Staff doctor",
            "KOEPP, Abdul",
            "opened in an emergency, without asking",
            "Found unconscious",
            "Due 29-Nov-2026",
        ] {
            assert!(rows[0].contains(words), "{words}: {rows:?}");
        }
        assert!(cast.region.verifies().await);
    }
}

#[tokio::test]
async fn the_server_lists_it_without_anybody_asking() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        cast.region.gate.sift().await.unwrap();
        let group = cast.region.signs_in("group", Role::Governance, TRUST).await;
        let counts = group.gets("/governance/reviews").await;
        assert!(counts.says("Dee Hospital"), "{}", counts.text());
    }
}

#[tokio::test]
async fn each_signal_says_why_in_words() {
    for cast in casts().await {
        let region = &cast.region;
        // The patient's namesake; somebody who is themselves a patient at the same address and
        // colleague of nobody; and a doctor whose own patient record is the one looked at.
        let namesake = region.signs_in("koepp", Role::Nurse, TRUST).await;
        namesake.reads(cast.koepp).await;
        let officer = officer(&cast).await;
        let rows = open(&officer.gets("/reviews").await);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(
            rows[0].contains("same family name as the patient"),
            "{rows:?}"
        );
        assert!(rows[0].contains("out of hours, at a weekend"), "{rows:?}");
    }
}

#[tokio::test]
async fn a_neighbour_a_colleague_and_the_own_record_stand_out() {
    for cast in casts().await {
        let region = &cast.region;
        let staff = [
            patient("T7")
                .nhs("9990000018")
                .named("Ann", "Other")
                .involved("Hospital care"),
            patient("T8")
                .nhs("9990000026")
                .named("Bea", "Nother")
                .involved("Hospital care"),
        ];
        region
            .feeds(TRUST, staff.into_iter().chain([at_the_trust()]))
            .await;
        region
            .staff_with_number("ann", Role::Nurse, TRUST, "9990000018")
            .await;
        region
            .staff_with_number("bea", Role::Nurse, TRUST, "9990000026")
            .await;
        let (ann, bea) = (region.browser("ann").await, region.browser("bea").await);
        let (own, colleague) = (
            region.address(TRUST, "T7").await,
            region.address(TRUST, "T8").await,
        );
        assert_eq!(ann.opens(own).await.status, 403);
        ann.reads(colleague).await;
        bea.reads(cast.koepp).await;
        let officer = officer(&cast).await;
        let rows = open(&officer.gets("/reviews").await);
        let says = |words: &str| rows.iter().any(|row| row.contains(words));
        assert!(says("tried to open their own record"), "{rows:?}");
        assert!(says("the patient is a colleague"), "{rows:?}");
        assert!(says("lives at the same address as the patient"), "{rows:?}");
        // Ranked: who looked at a colleague who lives with them stands before the rest.
        assert!(rows[0].contains("the patient is a colleague"), "{rows:?}");
    }
}

#[tokio::test]
async fn many_records_in_a_day_and_no_contact_stand_out() {
    for cast in casts().await {
        let region = &cast.region;
        let many = (0..5).map(|n| {
            let local = format!("M{n}");
            patient(&local)
                .nhs(&tributary_testkit::nhs_number(500 + n))
                .involved_for("GP registration", "2020-01-01", None)
        });
        region
            .feeds(PRACTICE, many.chain([at_the_practice()]))
            .await;
        let gp = region.signs_in("gp", Role::Doctor, PRACTICE).await;
        let officer = region.signs_in("po", Role::PrivacyOfficer, PRACTICE).await;
        // The region's reading of “many”, settled for this practice.
        settle(&officer, &[("many-patients", "5")]).await;
        region.later(40 * Timestamp::DAY);
        for n in 0..5 {
            gp.reads(region.address(PRACTICE, &format!("M{n}")).await)
                .await;
        }
        let rows = open(&officer.gets("/reviews").await);
        assert!(
            rows.iter()
                .any(|row| row.contains("opened 5 records that day")),
            "{rows:?}"
        );
        assert!(
            !rows.iter().any(|row| row.contains("no contact")),
            "{rows:?}"
        );
        region.later(15 * Timestamp::DAY);
        let rows = open(&officer.gets("/reviews").await);
        let without = rows
            .iter()
            .filter(|row| row.contains("no contact with the patient"));
        assert_eq!(without.count(), 5, "{rows:?}");
        // What was known before is still known of it.
        let both = rows.iter().filter(|row| row.contains("opened 5 records"));
        assert_eq!(
            both.filter(|row| row.contains("no contact")).count(),
            5,
            "{rows:?}"
        );
    }
}

/// Settles a ranking with these settings changed.
async fn settle(officer: &Browser, changed: &[(&str, &str)]) {
    let settled = officer
        .posts("/reviews/ranking", &typed(officer, changed).await)
        .await;
    assert_eq!(settled.status, 303, "{}", settled.text());
}

/// The form of the ranking as it stands, with some settings changed.
async fn typed<'a>(officer: &Browser, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let page = officer.gets("/reviews/ranking").await;
    let text: &'a str = Box::leak(page.text().into_boxed_str());
    let inputs = text
        .split("<input class=\"nhsuk-input nhsuk-input--width-4")
        .skip(1);
    let value = |input: &'a str, name: &str| -> &'a str {
        let from = input
            .split(&format!("{name}=\""))
            .nth(1)
            .unwrap_or_default();
        from.split('"').next().unwrap_or_default()
    };
    inputs
        .map(|input| {
            let name = value(input, "name");
            let changed = changed.iter().find(|(changed, _)| *changed == name);
            (
                name,
                changed.map_or_else(|| value(input, "value"), |(_, to)| *to),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_ranking_is_tried_on_past_looks_before_it_is_settled() {
    for cast in casts().await {
        let namesake = cast.region.signs_in("koepp", Role::Nurse, TRUST).await;
        namesake.reads(cast.koepp).await;
        let officer = officer(&cast).await;
        officer.gets("/reviews").await;
        let none = typed(&officer, &[("same-family", "0"), ("listed-from", "50")]).await;
        let query = tributary_testkit::form(&none);
        let tried = officer.gets(format!("/reviews/ranking?{query}")).await;
        assert!(
            tried.says("1 listed now, 0 with these numbers"),
            "{}",
            tried.text()
        );
        let queue = officer.gets("/reviews").await;
        assert_eq!(open(&queue).len(), 1, "trying settles nothing");
        settle(&officer, &[("same-family", "90")]).await;
        let queue = officer.gets("/reviews").await;
        assert!(queue.says("score 95"), "{}", queue.text());
        let page = officer.gets("/reviews/ranking").await;
        assert!(page.says("Version 1 is in force"), "{}", page.text());
        let wrong = typed(&officer, &[("due-days", "0")]).await;
        let answer = officer.posts("/reviews/ranking", &wrong).await;
        assert_eq!(answer.status, 422);
        assert!(answer.says("Days to review a look: a whole number from 1 to 60"));
        let list = officer.gets("/accesses?which=our-staff").await;
        assert!(
            list.says("ranking 1: same-family 40 → 90"),
            "{}",
            list.text()
        );
    }
}

#[tokio::test]
async fn a_review_is_justified_with_a_reason_and_closed() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        let officer = officer(&cast).await;
        let review = link(&officer.gets("/reviews").await);
        let page = officer.gets(&review).await;
        assert!(
            page.says("Admitted on") || page.says("Nothing that its feed says"),
            "{}",
            page.text()
        );
        let without = officer.posts(&review, &[("step", "justified")]).await;
        assert_eq!(without.status, 422);
        assert!(without.says("Say why, in your own words"));
        let done = [("step", "justified"), ("words", "Ambulance sheet seen")];
        assert_eq!(officer.posts(&review, &done).await.status, 303);
        let queue = officer.gets("/reviews").await;
        assert_eq!(open(&queue).len(), 0, "{}", queue.text());
        assert!(queue.says("Justified on 22-Nov-2026"), "{}", queue.text());
        let page = officer.gets(&review).await;
        assert!(
            page.says("The look was justified: close: Ambulance sheet seen"),
            "{}",
            page.text()
        );
        assert!(
            page.says("Staff officer, Privacy officer"),
            "{}",
            page.text()
        );
        // Twice is once.
        assert_eq!(officer.posts(&review, &done).await.status, 409);
    }
}

#[tokio::test]
async fn a_serious_incident_has_seventy_two_hours() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        let officer = officer(&cast).await;
        let group = cast.region.signs_in("group", Role::Governance, TRUST).await;
        let review = link(&officer.gets("/reviews").await);
        let serious = [
            ("step", "serious-incident"),
            ("words", "Sold to a newspaper"),
        ];
        assert_eq!(officer.posts(&review, &serious).await.status, 303);
        let page = officer.gets(&review).await;
        assert!(
            page.says("tell the Commissioner by 25-Nov-2026 09:00"),
            "{}",
            page.text()
        );
        cast.region.later(72 * Timestamp::HOUR + 1);
        let page = officer.gets(&review).await;
        assert!(
            page.says("Commissioner not told by 25-Nov-2026 09:00"),
            "{}",
            page.text()
        );
        let late = group.gets("/governance/reviews").await;
        assert!(
            late.says("data-label=\"Past 72 hours\"><b>1</b>"),
            "{}",
            late.text()
        );
        let told = [("step", "commissioner-told"), ("words", "By telephone")];
        assert_eq!(officer.posts(&review, &told).await.status, 303);
        let page = officer.gets(&review).await;
        assert!(
            page.says("Commissioner told 25-Nov-2026"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn overdue_reviews_are_seen_by_the_governance_group_as_counts() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        let officer = officer(&cast).await;
        let group = cast.region.signs_in("group", Role::Governance, TRUST).await;
        let counts = group.gets("/governance/reviews").await;
        assert!(counts.says("No review is overdue"), "{}", counts.text());
        cast.region.later(7 * Timestamp::DAY + 1);
        let counts = group.gets("/governance/reviews").await;
        assert!(counts.says("<b>1 overdue.</b>"), "{}", counts.text());
        for word in ["KOEPP", "Staff doctor", "unconscious"] {
            assert!(!counts.carries(word), "{word}");
        }
        let review = link(&officer.gets("/reviews").await);
        let handed = [("step", "escalate"), ("words", "I know the doctor")];
        assert_eq!(officer.posts(&review, &handed).await.status, 303);
        let queue = officer.gets("/reviews").await;
        assert!(
            queue.says("With the Caldicott Guardian"),
            "{}",
            queue.text()
        );
        assert!(
            queue.says("Due 06-Dec-2026"),
            "with as much time again: {}",
            queue.text()
        );
        // Neither a clinician nor a privacy officer has the counts of everybody, nor the group a queue.
        for (who, path) in [
            (&cast.doctor, "/governance/reviews"),
            (&officer, "/governance/reviews"),
            (&group, "/reviews"),
            (&group, "/accesses"),
        ] {
            assert_eq!(who.gets(path).await.status, 403, "{path}");
        }
    }
}

#[tokio::test]
async fn a_review_is_its_own_organisations_business() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        let officer = officer(&cast).await;
        let review = link(&officer.gets("/reviews").await);
        let other = cast
            .region
            .signs_in("other", Role::PrivacyOfficer, PRACTICE)
            .await;
        assert_eq!(open(&other.gets("/reviews").await).len(), 0);
        assert_eq!(other.gets(&review).await.status, 404);
        let step = [("step", "justified"), ("words", "None of my business")];
        assert_eq!(other.posts(&review, &step).await.status, 404);
        assert_eq!(open(&officer.gets("/reviews").await).len(), 1);
    }
}

#[tokio::test]
async fn figures_over_time_are_a_drawing_and_a_table() {
    for cast in casts().await {
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        let officer = officer(&cast).await;
        cast.region.later(8 * Timestamp::DAY);
        let queue = officer.gets("/reviews").await;
        assert!(
            queue.says("1 looks listed: 1 in an emergency, 0 on another lawful basis"),
            "{}",
            queue.text()
        );
        assert!(queue.says("<td class=\"app-number\" data-label=\"Emergency\">1</td>"));
        assert!(queue.says("<svg class=\"app-chart app-chart--bars\""));
    }
}

#[tokio::test]
async fn a_decision_is_explained_to_each_reader_as_far_as_they_may_know() {
    for cast in casts().await {
        crate::is_unknown(&cast.doctor.opens(cast.at_practice).await);
        let number = cast.region.lines().await - 1;
        let path = format!("/explain/{number}");
        let own = cast.doctor.gets(&path).await;
        assert_eq!(own.status, 200, "{}", own.text());
        assert!(
            own.says("No patient of your organisation matches."),
            "{}",
            own.text()
        );
        for words in ["relationship", "rule 2", "Mill Lane", "KOEPP"] {
            assert!(!own.says(words), "{words}: {}", own.text());
        }
        let officer = officer(&cast).await;
        let told = officer.gets(&path).await;
        assert!(
            told.says("It was refused by rule 2 of the rulebook cheshire 1"),
            "{}",
            told.text()
        );
        for words in [
            "no legitimate relationship",
            "Decided again by cheshire 1",
            "it ends the same",
            "What was known at that moment",
        ] {
            assert!(told.says(words), "{words}: {}", told.text());
        }
        assert!(
            told.says("an organisation that does not look after you"),
            "{}",
            told.text()
        );
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        let (other, none) = (nurse.gets(&path).await, nurse.gets("/explain/999999").await);
        assert_eq!(other.status, 404);
        assert_eq!(other, none, "somebody else's decision is no decision");
        assert_eq!(nurse.gets("/explain/-1").await.status, 404);
    }
}
