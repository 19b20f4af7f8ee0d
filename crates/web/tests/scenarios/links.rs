//! Links from an organisation's own system: one patient, once, for one professional.

use serde_json::{Value, json};
use tributary_model::{Role, Timestamp};
use tributary_testkit::{
    Answer, Browser, PRACTICE, Shape, System, TRUST, allergy, patient, result,
};

use crate::{Cast, asks_for_the_part, is_the_record, is_unknown, says_nothing};

const HOUR: i64 = Timestamp::HOUR;
const KOEPP: &str = "9992386045";
const DOCTOR: &str = "GMC:7654321";

/// The cast, at a trust whose system makes links.
async fn cast() -> (Cast, System) {
    let system = System::of("dee-epr", TRUST);
    let practice_system = System::of("mill-lane", PRACTICE);
    let shape = Shape {
        systems: vec![system.registered(), practice_system.registered()],
        ..Shape::default()
    };
    (Cast::under(shape).await, system)
}

fn by_number(number: &str) -> Value {
    json!({ "nhs_number": number })
}

/// A right link, but for what a test changes.
fn claims(cast: &Cast, system: &System, id: &str) -> Value {
    system.claims(DOCTOR, &by_number(KOEPP), id, cast.region.clock.now())
}

/// Follows a link as far as it leads.
async fn follows(browser: &Browser, link: String) -> Answer {
    let taken = browser.gets(link).await;
    if taken.status != 200 {
        return taken;
    }
    assert!(
        taken.says("content=\"0;url=/launch/open\""),
        "{}",
        taken.text()
    );
    browser.gets("/launch/open").await
}

fn permission(of: tributary_model::Address) -> String {
    format!("/patients/{}/permission", of.0.0)
}

fn leads_nowhere(answer: &Answer, words: &str) {
    says_nothing(answer, words);
    assert!(!answer.carries("KOEPP"), "{words}");
    assert!(
        matches!(answer.status, 403 | 404),
        "{words}: {}",
        answer.status
    );
    assert!(answer.says(words), "{words}: {}", answer.text());
}

#[tokio::test]
async fn a_link_opens_its_patient_by_either_number_and_once() {
    let (cast, system) = cast().await;
    let link = system.link(&claims(&cast, &system, "1"));
    let opened = follows(&cast.doctor, link.clone()).await;
    assert_eq!(
        (opened.status, opened.location()),
        (303, &*permission(cast.koepp))
    );
    leads_nowhere(
        &follows(&cast.doctor, link).await,
        "This link does not work any more",
    );
    let local = json!({ "local_number": "T1" });
    let local = system.claims("doctor", &local, "2", cast.region.clock.now());
    let opened = follows(&cast.doctor, system.link(&local)).await;
    assert_eq!(
        opened.location(),
        permission(cast.koepp),
        "by the account's name too"
    );
    cast.doctor.reads(cast.koepp).await;
    assert!(cast.region.verifies().await);
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_first_and_then_goes_on() {
    let (cast, system) = cast().await;
    let browser = cast.region.blank_browser();
    let link = system.link(&claims(&cast, &system, "1"));
    assert_eq!(follows(&browser, link).await.location(), "/sign-in");
    says_nothing(&browser.opens(cast.koepp).await, "the link signs nobody in");
    let fields = [
        ("name", "doctor"),
        ("password", tributary_testkit::PASSWORD),
    ];
    assert_eq!(browser.posts("/sign-in", &fields).await.location(), "/");
    assert_eq!(browser.gets("/").await.location(), "/launch/open");
    let opened = browser.gets("/launch/open").await;
    assert_eq!(opened.location(), permission(cast.koepp));
    assert_eq!(browser.gets("/").await.location(), "/find", "and only once");
}

#[tokio::test]
async fn a_link_that_is_not_right_in_every_part_leads_nowhere() {
    let (cast, system) = cast().await;
    let now = cast.region.clock.now().0 / Timestamp::SECOND;
    let with = |name: &str, value: Value| {
        let mut claims = claims(&cast, &system, &format!("with {name} {value}"));
        claims[name] = value;
        system.link(&claims)
    };
    let forged = System::of("another key", TRUST);
    let stranger = System::of("stranger", TRUST);
    let whole = system.link(&claims(&cast, &system, "cut"));
    for link in [
        with("aud", "https://elsewhere.example".into()),
        with(
            "aud",
            json!(["https://elsewhere.example", tributary_testkit::BASE]),
        ),
        with("iss", "mill-lane".into()),
        with("exp", (now - 1).into()),
        with("exp", (now + 3600).into()),
        with("iat", (now + 600).into()),
        with("iat", Value::Null),
        with("sub", Value::Null),
        with("jti", Value::Null),
        with("patient", Value::Null),
        with("patient", by_number("9992386046")),
        with(
            "patient",
            json!({ "nhs_number": KOEPP, "local_number": "T1" }),
        ),
        forged.link(&claims(&cast, &system, "forged")),
        stranger.link(&stranger.claims(DOCTOR, &by_number(KOEPP), "s", cast.region.clock.now())),
        whole[..whole.len() - 2].to_owned(),
        "/launch?link=".to_owned(),
        "/launch?link=a.b.c".to_owned(),
        "/launch".to_owned(),
    ] {
        leads_nowhere(
            &follows(&cast.doctor, link).await,
            "This link does not work any more",
        );
    }
}

#[tokio::test]
async fn a_link_for_somebody_else_or_for_another_organisation_opens_nothing() {
    let (cast, system) = cast().await;
    let now = cast.region.clock.now();
    let other = system.claims("GMC:1234567", &by_number(KOEPP), "1", now);
    let answer = follows(&cast.doctor, system.link(&other)).await;
    leads_nowhere(&answer, "This link is for somebody else");
    let gp = cast.region.signs_in("gp", Role::Doctor, PRACTICE).await;
    let answer = follows(&gp, system.link(&claims(&cast, &system, "2"))).await;
    leads_nowhere(&answer, "It comes from a system of Dee Hospital");
    let clerk = cast
        .region
        .signs_in("clerk", Role::PracticeStaff, TRUST)
        .await;
    let for_clerk = system.claims("clerk", &by_number(KOEPP), "3", now);
    let answer = follows(&clerk, system.link(&for_clerk)).await;
    leads_nowhere(&answer, "This page is not for your role");
}

#[tokio::test]
async fn a_link_never_opens_a_different_patient_and_closes_the_one_before() {
    let (cast, system) = cast().await;
    let now = cast.region.clock.now();
    cast.region
        .feeds(
            TRUST,
            [
                crate::at_the_trust(),
                patient("T2")
                    .named("Vera", "Vandershore")
                    .nhs("9990000026")
                    .involved("Admission"),
                patient("T3")
                    .named("Una", "Twice")
                    .nhs("9990000034")
                    .involved("Admission"),
                patient("T4")
                    .named("Una", "Twice")
                    .nhs("9990000034")
                    .involved("Admission"),
            ],
        )
        .await;
    cast.doctor.reads(cast.koepp).await;
    let vera = cast.region.address(TRUST, "T2").await;
    let link = |number: &str| {
        let id = format!("to {number}");
        system.link(&system.claims(DOCTOR, &by_number(number), &id, now))
    };
    let opened = follows(&cast.doctor, link("9990000026")).await;
    assert_eq!(opened.location(), permission(vera));
    asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
    cast.doctor.answers(cast.koepp, &[]).await;
    is_the_record(&cast.doctor.opens(cast.koepp).await);
    for number in ["9990000018", "9990000034"] {
        let answer = follows(&cast.doctor, link(number)).await;
        leads_nowhere(&answer, "The patient was not found");
        asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
        cast.doctor.answers(cast.koepp, &[]).await;
    }
}

#[tokio::test]
async fn a_relationship_by_link_ends_after_two_days_and_is_flagged_unless_a_feed_confirms_it() {
    let (cast, system) = cast().await;
    let vera = || {
        patient("T2")
            .named("Vera", "Vandershore")
            .nhs("9990000026")
            .has(allergy("Marzipan"))
    };
    let una = || {
        patient("T3")
            .named("Una", "Later")
            .nhs("9990000034")
            .has(result(
                crate::POTASSIUM,
                "Potassium",
                4.1,
                "2026-11-20T08:00:00Z",
            ))
    };
    cast.region
        .feeds(TRUST, [crate::at_the_trust(), vera(), una()])
        .await;
    let now = cast.region.clock.now();
    let search = [("nhs-number", "9990000026")];
    assert!(
        cast.doctor
            .posts("/find", &search)
            .await
            .says("No patient of")
    );
    for (number, local) in [("9990000026", "T2"), ("9990000034", "T3")] {
        let claims = system.claims(DOCTOR, &by_number(number), local, now);
        let opened = follows(&cast.doctor, system.link(&claims)).await;
        let address = cast.region.address(TRUST, local).await;
        assert_eq!(opened.location(), permission(address));
        cast.doctor.reads(address).await;
    }
    cast.region
        .feeds(
            TRUST,
            [crate::at_the_trust(), vera(), una().involved("Admission")],
        )
        .await;
    cast.region.later(48 * HOUR - 1);
    assert_eq!(
        cast.region.gate.flag_launches().await.unwrap(),
        0,
        "not yet"
    );
    cast.region.later(1);
    let vera = cast.region.address(TRUST, "T2").await;
    is_unknown(&cast.doctor.opens(vera).await);
    assert_eq!(cast.region.gate.flag_launches().await.unwrap(), 1);
    assert_eq!(cast.region.gate.flag_launches().await.unwrap(), 0, "once");
    let lines = cast.region.lines_of(TRUST).await;
    let flagged: Vec<_> = lines
        .iter()
        .filter(|line| {
            let flag = line.clear.flagged.as_deref();
            flag.is_some_and(|flag| flag.contains("no feed confirmed"))
        })
        .collect();
    assert_eq!(flagged.len(), 1);
    let whose = flagged[0].personal.whose.as_ref().unwrap();
    assert_eq!(whose.address, Some(vera), "it names the patient");
    assert!(flagged[0].clear.about.is_some(), "and the launch");
}
