//! Nothing without a line: every route, asked by those who may not.

use tributary_model::{Address, EntryKey, Role, Section, SharingChoice, Timestamp, Version};
use tributary_store::SessionLimits;
use tributary_testkit::{Answer, Browser, COUNCIL, PASSWORD, PRACTICE, Request, Shape, TRUST};
use tributary_web::{ROUTES, Route, Who, assets};

use crate::{Cast, says_nothing};

/// Routes about no person, and so without a line: all there are.
const ABOUT_NOBODY: [&str; 6] = [
    "/audit/checkpoint",
    "/sign-in",
    "/privacy",
    "/livez",
    "/readyz",
    "/assets/{name}",
];

/// Steps of what was begun elsewhere: whoever has begun nothing is told so.
const NOTHING_BEGUN: [&str; 4] = [
    "/sign-in/with/{provider}",
    "/sign-in/back/{provider}",
    "/sign-in/ended/{provider}",
    "/launch",
];

/// A route's path for a patient, with parts that exist in Koepp's record.
pub(crate) fn path(route: &Route, patient: Address, cast: &Cast) -> String {
    let name = if route.path.contains("assets") {
        assets()[0].name
    } else {
        "problems"
    };
    let entry = EntryKey {
        identity: cast.at_practice.0,
        section: Section::Problems,
        n: 1,
        version: Version(1),
    };
    route
        .path
        .replace("{address}", &patient.0.0.to_string())
        .replace("{name}", name)
        .replace("trends/{slug}", &format!("trends/sct-{}", crate::POTASSIUM))
        .replace("{slug}", &entry.slug())
        .replace("{access}", "1")
        .replace("{ods}", TRUST)
        .replace("{number}", "1")
        .replace("{provider}", "cis2")
}

pub(crate) fn request(route: &Route, patient: Address, cast: &Cast) -> Request {
    let path = path(route, patient, cast);
    match route.method {
        "get" => Request::get(path),
        _ => Request::form(
            path,
            "sent=1&answer=today&part=treating&nhs-number=9992386045",
        ),
    }
}

pub(crate) async fn ask(who: &Browser, route: &Route, patient: Address, cast: &Cast) -> Answer {
    who.sends(request(route, patient, cast)).await
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what a filter is given")]
pub(crate) fn about_a_patient(route: &&Route) -> bool {
    route.path.contains("{address}")
}

fn named(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// Turned away before the gate: to sign in, or to choose a role.
fn is_turned_away(answer: &Answer, to: &str, what: &str) {
    says_nothing(answer, what);
    assert!(!answer.carries("KOEPP"), "{what}");
    let api = what.contains("/fhir") && answer.status == 401;
    assert!(
        api || (answer.status, answer.location()) == (303, to),
        "{what}: {}",
        answer.status
    );
}

#[tokio::test]
async fn the_paths_of_this_test_lead_to_the_clinical_words() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    let pages = ROUTES
        .iter()
        .filter(about_a_patient)
        .filter(|route| route.method == "get");
    for route in pages.filter(|route| !route.path.ends_with("/document")) {
        let answer = ask(&cast.doctor, route, cast.koepp, &cast).await;
        let clinical = crate::MARKERS.iter().any(|word| answer.says(word));
        let without = ["/permission", "/report", "/report.csv", "/report.fhir"]
            .iter()
            .any(|end| route.path.ends_with(end))
            || route.path.contains("/choice");
        assert_eq!(clinical, !without, "{}: {}", route.path, answer.text());
    }
}

#[tokio::test]
async fn without_sign_in_every_route_turns_away() {
    let cast = Cast::new().await;
    let before = cast.region.lines().await;
    let stranger = cast.region.blank_browser();
    let forged = Browser::with_cookie(
        cast.region.client,
        "tributary=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    );
    for who in [&stranger, &forged] {
        for route in ROUTES
            .iter()
            .filter(|route| named(route) != "post /sign-in")
        {
            let what = named(route);
            let answer = ask(who, route, cast.koepp, &cast).await;
            match route.who {
                Who::Feed => assert_eq!(answer.status, 401, "{what}"),
                Who::Anyone if ABOUT_NOBODY.contains(&route.path) => {
                    says_nothing(&answer, &what);
                    assert!(matches!(answer.status, 200 | 204), "{what}");
                }
                Who::Anyone if NOTHING_BEGUN.contains(&route.path) => {
                    says_nothing(&answer, &what);
                    assert!((400..500).contains(&answer.status), "{what}");
                }
                _ => is_turned_away(&answer, "/sign-in", &what),
            }
        }
    }
    assert_eq!(cast.region.lines().await, before, "nobody reached the gate");
    let wrong = [("name", "doctor"), ("password", "wrong")];
    assert_eq!(stranger.posts("/sign-in", &wrong).await.status, 403);
    assert_eq!(
        cast.region.lines().await,
        before + 1,
        "a failed sign-in is a line"
    );
}

#[tokio::test]
async fn before_a_role_is_chosen_every_route_asks_for_it() {
    let cast = Cast::new().await;
    let roles = [(Role::Doctor, TRUST), (Role::Doctor, PRACTICE)];
    cast.region.account("two", &roles, Some("2027-03-31")).await;
    let two = cast.region.browser("two").await;
    let before = cast.region.lines().await;
    for route in ROUTES.iter().filter(|route| {
        matches!(
            route.who,
            Who::Acting | Who::PrivacyOfficer | Who::Governance
        )
    }) {
        let answer = ask(&two, route, cast.koepp, &cast).await;
        is_turned_away(&answer, "/role", &named(route));
    }
    assert_eq!(cast.region.lines().await, before);
    let other = two.posts("/role", &[("assignment", "7")]).await;
    assert_eq!(other.status, 422, "a role that is not theirs");
}

#[tokio::test]
async fn after_the_session_has_ended_every_route_turns_away() {
    for (idle, minutes) in [(true, 30), (false, 12 * 60)] {
        let shape = Shape {
            sessions: SessionLimits::default(),
            ..Shape::default()
        };
        let cast = Cast::under(shape).await;
        cast.doctor.reads(cast.koepp).await;
        if idle {
            cast.region.later(minutes * 60 * Timestamp::SECOND);
        } else {
            for _ in 0..minutes / 20 {
                cast.region.later(20 * 60 * Timestamp::SECOND);
                cast.doctor.gets("/find").await;
            }
        }
        let before = cast.region.lines().await;
        for route in ROUTES
            .iter()
            .filter(|route| !matches!(route.who, Who::Anyone | Who::Feed))
        {
            let answer = ask(&cast.doctor, route, cast.koepp, &cast).await;
            is_turned_away(&answer, "/sign-in", &named(route));
        }
        assert_eq!(cast.region.lines().await, before);
    }
}

#[tokio::test]
async fn for_a_wrong_organisation_every_route_says_nothing_and_writes_a_line() {
    let cast = Cast::new().await;
    let social_worker = cast
        .region
        .signs_in("social", Role::SocialWorker, COUNCIL)
        .await;
    for route in ROUTES.iter().filter(about_a_patient) {
        let (what, before) = (named(route), cast.region.lines().await);
        let answer = ask(&social_worker, route, cast.koepp, &cast).await;
        says_nothing(&answer, &what);
        assert!(!answer.carries("KOEPP"), "{what}");
        if route.path.ends_with("/close") {
            assert_eq!(
                answer.location(),
                "/find",
                "closing what is not open is no attempt"
            );
            continue;
        }
        assert_eq!(answer.status, 404, "{what}");
        assert_eq!(cast.region.lines().await, before + 1, "{what}");
    }
}

#[tokio::test]
async fn for_a_patient_who_refuses_every_route_says_nothing_and_writes_a_line() {
    for (choice, words) in [
        (
            SharingChoice::OptOut,
            "The patient has declined to have an electronic shared record.",
        ),
        (
            SharingChoice::Block,
            "The patient has not given consent to view the record.",
        ),
    ] {
        let cast = Cast::new().await;
        cast.doctor.reads(cast.koepp).await;
        cast.region.later(1);
        cast.region
            .decides(PRACTICE, cast.at_practice, choice)
            .await;
        for route in ROUTES.iter().filter(about_a_patient) {
            let (what, before) = (
                format!("{choice:?} {}", named(route)),
                cast.region.lines().await,
            );
            let answer = ask(&cast.doctor, route, cast.koepp, &cast).await;
            says_nothing(&answer, &what);
            if route.path.ends_with("/close") {
                continue;
            }
            assert_eq!(cast.region.lines().await, before + 1, "{what}");
            if !route.path.contains("/report") {
                assert_eq!(answer.status, 403, "{what}");
                // The desk is not the doctor's, whatever the patient chose.
                let desk = route.path.contains("/choice");
                let words = if desk { "Your role does not" } else { words };
                assert!(answer.says(words), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn searches_and_lists_are_lines_and_hold_no_clinical_word() {
    let cast = Cast::new().await;
    let officer = cast
        .region
        .signs_in("officer", Role::PrivacyOfficer, TRUST)
        .await;
    cast.doctor.reads(cast.koepp).await;
    let own = |who: &Route| matches!(who.path, "/find" | "/accesses");
    for (who, allowed) in [(&cast.doctor, "/find"), (&officer, "/accesses")] {
        for route in ROUTES.iter().filter(|route| own(route)) {
            let (what, before) = (named(route), cast.region.lines().await);
            let answer = ask(who, route, cast.koepp, &cast).await;
            says_nothing(&answer, &what);
            assert_eq!(cast.region.lines().await, before + 1, "{what}");
            if allowed == "/find" && route.path == "/accesses" {
                assert_eq!(answer.status, 403);
                assert!(!answer.carries("KOEPP"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn every_record_page_that_is_shown_has_its_line() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    for route in ROUTES
        .iter()
        .filter(about_a_patient)
        .filter(|route| route.method == "get")
    {
        let before = cast.region.lines().await;
        ask(&cast.doctor, route, cast.koepp, &cast).await;
        assert_eq!(cast.region.lines().await, before + 1, "{}", named(route));
    }
    assert!(cast.region.verifies().await);
}

#[tokio::test]
async fn one_answer_for_a_wrong_name_and_a_wrong_password() {
    let cast = Cast::new().await;
    let browser = cast.region.blank_browser();
    let wrong = browser
        .posts("/sign-in", &[("name", "doctor"), ("password", "wrong")])
        .await;
    let nobody = browser
        .posts("/sign-in", &[("name", "nobody"), ("password", PASSWORD)])
        .await;
    assert_eq!(wrong, nobody);
    assert_eq!(wrong.status, 403);
    assert!(wrong.header("set-cookie").is_empty());
}
