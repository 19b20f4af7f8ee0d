//! `GET /patients/{address}/choice`: the desk: the patient's present choice, and what may be changed.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Patient, pages::desk::DeskPage, respond, session::Acting, site::Site,
};

/// The present choice in one sentence, its history, and a link for each possible next choice.
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
        respond::page(StatusCode::OK, &DeskPage::new(frame, desk))
    }))
}
