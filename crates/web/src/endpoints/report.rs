//! `GET /patients/{address}/report`: who has looked at this patient's record.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Patient, pages::report::ReportPage, respond, session::Acting, site::Site,
};

/// The report, in sentences, ready to print.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .patient_report(&acting.requester, address, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(
        frame,
        address,
        &outcome,
        |frame, report| respond::page(StatusCode::OK, &ReportPage::new(frame, report)),
    ))
}
