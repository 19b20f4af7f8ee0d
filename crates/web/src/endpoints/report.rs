//! `GET /patients/{address}/report`: who has looked at this patient's record.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_model::AccessNumber;

use crate::{
    error::WebError,
    form::{Patient, Query},
    pages::report::ReportPage,
    respond,
    session::Acting,
    site::Site,
};

/// Where in the report to go on.
#[derive(Deserialize, Default)]
pub(crate) struct Before {
    before: Option<i64>,
}

/// The report, in sentences, ready to print.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
    Query(asked): Query<Before>,
) -> Result<Response, WebError> {
    let before = asked.before.map(AccessNumber);
    let outcome = site
        .gate
        .patient_report(&acting.requester, address, before, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(
        frame,
        address,
        &outcome,
        |frame, report| respond::page(StatusCode::OK, &ReportPage::new(frame, report)),
    ))
}
