//! `GET /livez` and `GET /readyz`: for whoever watches the machine.

use axum::{extract::State, http::StatusCode};
use tributary_gatekeeper::SessionToken;

use crate::{error::WebError, site::Site};

/// The process answers.
pub(crate) async fn live() -> &'static str {
    "alive\n"
}

/// The record store answers too: it is asked for a session that nobody has.
pub(crate) async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.gate.session(&SessionToken(String::new())).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            WebError::from(error).note();
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
