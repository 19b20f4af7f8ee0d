//! `GET /privacy`: on what the record rests in law, and whom to complain to.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{pages::privacy::PrivacyPage, respond, site::Site};

/// The notice. It is for everybody, signed in or not.
pub(crate) async fn show(State(site): State<Site>) -> Response {
    let controller = site.settings.controller.clone();
    respond::page(
        StatusCode::OK,
        &PrivacyPage::new(site.frame_for_nobody(), controller),
    )
}
