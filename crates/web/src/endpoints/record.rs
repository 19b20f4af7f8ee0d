//! `GET /patients/{address}/record`: the combined record on one page.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError,
    form::{Patient, Query},
    pages::{filter::Filter, record::RecordPage},
    respond,
    session::Acting,
    site::Site,
};

/// The record, the consent screen, or a refusal.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .open_record(&acting.requester, acting.looks_at(address))
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |frame, open| {
        respond::page(StatusCode::OK, &RecordPage::new(frame, open, filter))
    }))
}
