//! `POST /patients/{address}/record/close`.

use axum::{extract::State, response::Response};

use crate::{error::WebError, form::Patient, respond, session::Acting, site::Site};

/// Closes the record: its next page asks for the part in the patient's care again.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    site.gate.close_record(&acting.requester, address).await?;
    Ok(respond::see_other("/find"))
}
