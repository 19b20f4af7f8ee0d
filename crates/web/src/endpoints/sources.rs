//! `GET /patients/{address}/record/sources`: who feeds this record and how fresh it is.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Patient, pages::sources::SourcesPage, respond, session::Acting,
    site::Site,
};

/// The table of sources.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .open_record(&acting.requester, acting.looks_at(address))
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |frame, open| {
        respond::page(StatusCode::OK, &SourcesPage::new(frame, open))
    }))
}
