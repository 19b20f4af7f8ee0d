//! `GET /patients/{address}/record/timeline`: contacts and stays over the years.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError,
    form::{Patient, Query},
    pages::{filter::Filter, timeline::TimelinePage},
    respond,
    session::Acting,
    site::Site,
};

/// Swim lanes, and the same as a table beneath.
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
        respond::page(StatusCode::OK, &TimelinePage::new(frame, open, filter))
    }))
}
