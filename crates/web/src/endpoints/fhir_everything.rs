//! `GET /fhir/Patient/{address}/$everything`: the record as a FHIR Bundle, through the same gate.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tributary_formats::fhir::outcome::{OutcomeKind, write_error};
use tributary_gatekeeper::Outcome;

use crate::{error::WebError, form::Patient, session::Acting, site::Site};

/// The Bundle, or an `OperationOutcome` that says why not.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Result<Acting, WebError>,
    patient: Result<Patient, WebError>,
) -> Response {
    match everything(&site, acting, patient).await {
        Ok(response) => response,
        Err(error) => {
            error.note();
            refusal(error.status(), kind_of(error.status()), &error.to_string())
        }
    }
}

async fn everything(
    site: &Site,
    acting: Result<Acting, WebError>,
    patient: Result<Patient, WebError>,
) -> Result<Response, WebError> {
    let (acting, Patient(address, ())) = (acting?, patient?);
    let opening = acting.looks_at(address);
    Ok(
        match site.gate.fetch_fhir(&acting.requester, opening).await? {
            Outcome::Disclosed(record) => fhir(StatusCode::OK, record.shown().bundle.clone()),
            Outcome::Ask(_) => refusal(
                StatusCode::FORBIDDEN,
                OutcomeKind::Suppressed,
                "The patient's permission has not been asked. Ask on the record's page first.",
            ),
            Outcome::Refused(no) if no.unknown_person => {
                refusal(StatusCode::NOT_FOUND, OutcomeKind::NotFound, &no.words)
            }
            Outcome::Refused(no) => {
                refusal(StatusCode::FORBIDDEN, OutcomeKind::Forbidden, &no.words)
            }
        },
    )
}

fn refusal(status: StatusCode, kind: OutcomeKind, words: &str) -> Response {
    let mut outcome = Vec::new();
    write_error(&mut outcome, kind, words);
    fhir(status, outcome)
}

fn kind_of(status: StatusCode) -> OutcomeKind {
    match status {
        StatusCode::UNAUTHORIZED => OutcomeKind::Login,
        StatusCode::FORBIDDEN => OutcomeKind::Forbidden,
        StatusCode::NOT_FOUND => OutcomeKind::NotFound,
        StatusCode::BAD_REQUEST => OutcomeKind::Invalid,
        _ => OutcomeKind::Exception,
    }
}

fn fhir(status: StatusCode, body: Vec<u8>) -> Response {
    let fhir_type = HeaderValue::from_static("application/fhir+json; charset=utf-8");
    (status, [(header::CONTENT_TYPE, fhir_type)], body).into_response()
}
