//! `GET /patients/{address}/report.fhir`: who has looked at this patient's record, as FHIR audit events.

use axum::{extract::State, response::Response};
use tributary_gatekeeper::Outcome;

use crate::{error::WebError, export, form::Patient, respond, session::Acting, site::Site};

/// Every line that the patient may be told of, newest first, sent as it is read.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .export_report(&acting.requester, address, &acting.origin)
        .await?;
    Ok(match outcome {
        Outcome::Disclosed(export) => export::fhir(export, "who-looked"),
        refused => respond::outcome(site.frame(&acting.signed_in), address, &refused, |_, _| {
            respond::see_other("/find")
        }),
    })
}
