//! `POST /patients/{address}/record/say-no`: the patient says no while the record is open.

use axum::{extract::State, response::Response};
use tributary_model::Statement;

use crate::{error::WebError, form::Patient, respond, session::Acting, site::Site};

/// Records the no. The answer is the refusal, and the record is closed with it.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let opening = acting.states(address, None, Statement::SaysNo);
    let outcome = site.gate.open_record(&acting.requester, opening).await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |_, _| {
        respond::see_other("/find")
    }))
}
