//! `GET /governance/settings`: the settings in force and every version.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, pages::governance::settings::SettingsPage, respond, session::Acting,
    site::Site,
};

/// What is in force, and who decided it.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let rules = site
        .gate
        .settings(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &SettingsPage::new(frame, rules.shown()),
    ))
}
