//! The headers of every answer: what a browser may load, keep and tell others.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::{limits, respond, site::Site};

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

const CONTENT_SECURITY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     script-src 'self'; font-src 'self'; form-action 'self'; frame-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Sets them, unless the endpoint set a stricter or more fitting one, and bounds the waiting.
pub(crate) async fn on_every_answer(
    State(site): State<Site>,
    request: Request,
    next: Next,
) -> Response {
    let streamed = request.uri().path().starts_with("/feeds/");
    let answer = next.run(request);
    let mut response = if streamed {
        answer.await
    } else {
        match tokio::time::timeout(limits::ANSWER_WITHIN, answer).await {
            Ok(response) => response,
            Err(_) => respond::too_slow(),
        }
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if site.settings.tls {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}
