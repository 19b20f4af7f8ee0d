//! `GET /patients/{address}/choice/confirmation`: the present choice on one sheet of paper.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Patient, pages::desk::ConfirmationPage, respond, session::Acting,
    site::Site,
};

/// What the patient takes home.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .desk(&acting.requester, address, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |frame, desk| {
        respond::page(StatusCode::OK, &ConfirmationPage::new(frame, desk))
    }))
}
