//! Every route, asked by those who may not: nothing clinical comes back.

use axum::http::StatusCode;
use tributary_model::{Address, EntryKey, IdentityId, Section, SharingChoice, Version};
use tributary_web::{ROUTES, Route, Who};

use crate::{Answer, Site, get, post};

/// A route's path for a patient, with parts that exist in Koepp's record.
fn path(route: &Route, patient: Address, site: &Site) -> String {
    let key = EntryKey {
        identity: site.at_practice.0,
        section: Section::Problems,
        n: 1,
        version: Version(1),
    };
    route
        .path
        .replace("{address}", &patient.0.to_string())
        .replace(
            "{name}",
            if route.path.contains("assets") {
                "nhsuk.css"
            } else {
                "problems"
            },
        )
        .replace("trends/{slug}", "trends/snomed-1000651000000109")
        .replace("{slug}", &key.slug())
        .replace("{ods}", "RXX01")
}

async fn ask(site: &Site, route: &Route, patient: Address, cookie: &str) -> Answer {
    let path = path(route, patient, site);
    let request = match route.method {
        "get" => get(&path, cookie),
        _ => post(
            &path,
            cookie,
            "sent=1&answer=today&part=treating&nhs-number=9992386045",
        ),
    };
    site.asks(request).await
}

fn about_a_patient() -> impl Iterator<Item = &'static Route> {
    ROUTES
        .iter()
        .filter(|route| route.path.contains("{address}"))
}

#[tokio::test]
async fn without_sign_in_every_route_turns_away() {
    let site = Site::new("nobody").await;
    for route in ROUTES {
        let answer = ask(&site, route, site.koepp, "tributary=rubbish").await;
        let what = format!("{} {}", route.method, route.path);
        answer.says_nothing_clinical(&what);
        assert!(!answer.body.contains("KOEPP"), "{what}");
        match route.who {
            Who::Anyone => assert!(!answer.status.is_server_error(), "{what}"),
            Who::Feed => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}"),
            Who::SignedIn | Who::Acting | Who::PrivacyOfficer => {
                let turned = answer.location() == "/sign-in"
                    || (route.path.starts_with("/fhir")
                        && answer.status == StatusCode::UNAUTHORIZED);
                assert!(turned, "{what}: {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn a_stranger_gets_the_answer_of_a_person_who_does_not_exist() {
    let site = Site::new("stranger").await;
    let stranger = site.browser("stranger").await;
    let nobody = Address(IdentityId(987_654));
    for route in about_a_patient() {
        let what = format!("{} {}", route.method, route.path);
        let known = ask(&site, route, site.koepp, &stranger.cookie).await;
        let unknown = ask(&site, route, nobody, &stranger.cookie).await;
        known.says_nothing_clinical(&what);
        assert_eq!(known.status, unknown.status, "{what}");
        assert_eq!(known.headers, unknown.headers, "{what}");
        assert_eq!(known.body, unknown.body, "{what}");
        if route.path.ends_with("/close") {
            assert_eq!(
                known.location(),
                "/find",
                "closing what is not open is no matter"
            );
        } else {
            assert_eq!(known.status, StatusCode::NOT_FOUND, "{what}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_patient_is_said_in_its_exact_words_on_every_route() {
    for (choice, words) in [
        (
            SharingChoice::OptOut,
            "The patient has declined to have an electronic shared record.",
        ),
        (SharingChoice::Block, "not given consent to view"),
    ] {
        let site = Site::new("refused").await;
        let doctor = site.browser("doctor").await;
        doctor.record().await;
        site.decides(choice).await;
        for route in about_a_patient() {
            let what = format!("{choice:?}: {} {}", route.method, route.path);
            let answer = ask(&site, route, site.koepp, &doctor.cookie).await;
            answer.says_nothing_clinical(&what);
            let exempt = route.path.ends_with("/close") || route.path.ends_with("/report");
            if !exempt {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                assert!(answer.body.contains(words), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_accesses_are_for_the_privacy_officer_alone() {
    let site = Site::new("officer").await;
    let doctor = site.browser("doctor").await;
    let list = doctor.opens("/accesses").await;
    assert_eq!(list.status, StatusCode::FORBIDDEN);
    assert!(!list.body.contains("KOEPP"));
}

#[tokio::test]
async fn a_search_finds_nobody_of_another_organisation() {
    let site = Site::new("search").await;
    let stranger = site.browser("stranger").await;
    for form in [
        "nhs-number=9992386045",
        "family-name=Koepp&day=9&month=7&year=1954",
    ] {
        let found = stranger.sends("/find", form).await;
        assert_eq!(found.status, StatusCode::OK);
        assert!(
            found.body.contains("No patient of Dee Council matches"),
            "{form}"
        );
        assert!(!found.body.contains("KOEPP"), "{form}");
    }
}
