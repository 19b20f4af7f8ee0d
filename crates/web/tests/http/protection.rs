//! What protects every answer, whatever it says.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tributary_web::assets;

use crate::{Site, get};

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let site = Site::new("headers").await;
    let doctor = site.browser("doctor").await;
    doctor.record().await;
    let record = site.koepp("/record");
    for path in [
        "/sign-in",
        "/find",
        record.as_str(),
        "/no-such-page",
        "/livez",
        "/readyz",
    ] {
        let answer = doctor.opens(path).await;
        let security = answer.header(&header::CONTENT_SECURITY_POLICY);
        assert!(security.starts_with("default-src 'none'"), "{path}");
        assert!(!security.contains("unsafe"), "{path}");
        for (name, value) in [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            assert_eq!(answer.header(&name), value, "{path}: {name}");
        }
    }
}

#[tokio::test]
async fn assets_are_kept_by_the_hash_in_their_address() {
    let site = Site::new("assets").await;
    for asset in assets() {
        let answer = site.asks(get(&asset.url, "")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer.header(&header::CACHE_CONTROL).contains("immutable"),
            "{}",
            asset.name
        );
        assert_eq!(answer.header(&header::CONTENT_TYPE), asset.media_type);
    }
}

#[tokio::test]
async fn another_site_cannot_send_a_form() {
    let site = Site::new("forgery").await;
    let doctor = site.browser("doctor").await;
    doctor.record().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://elsewhere.example"),
    ] {
        let forged = Request::post(site.koepp("/record/say-no"))
            .header(header::COOKIE, &doctor.cookie)
            .header(header::HOST, "record.example")
            .header(name, value)
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            site.asks(forged).await.status,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
    let still = doctor.opens(&site.koepp("/record")).await;
    assert_eq!(still.status, StatusCode::OK, "the record is still open");
}

#[tokio::test]
async fn a_form_larger_than_a_form_is_not_read() {
    let site = Site::new("large").await;
    let doctor = site.browser("doctor").await;
    let form = format!("nhs-number={}", "9".repeat(100_000));
    assert_eq!(
        doctor.sends("/find", &form).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_feed_without_its_credential_hands_nothing_over() {
    let site = Site::new("feed").await;
    for credential in ["", "Bearer wrong", "Basic abc"] {
        let request = Request::post("/feeds/RXX01/submissions")
            .header(header::AUTHORIZATION, credential)
            .header(header::CONTENT_TYPE, "application/fhir+json")
            .body(Body::from("{}"))
            .unwrap();
        let answer = site.asks(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{credential}");
        assert!(answer.body.contains("error"));
    }
}
