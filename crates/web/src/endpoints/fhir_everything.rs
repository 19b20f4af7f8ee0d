//! `GET /fhir/Patient/{address}/$everything`: the record as a FHIR Bundle, through the same gate.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
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
            refusal(error.status(), code_of(error.status()), &error.to_string())
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
                "suppressed",
                "The patient's permission has not been asked. Ask on the record's page first.",
            ),
            Outcome::Refused(no) if no.unknown_person => {
                refusal(StatusCode::NOT_FOUND, "not-found", &no.words)
            }
            Outcome::Refused(no) => refusal(StatusCode::FORBIDDEN, "forbidden", &no.words),
        },
    )
}

/// An `OperationOutcome` (R4, 2.29) with one issue.
fn refusal(status: StatusCode, code: &str, words: &str) -> Response {
    let outcome = serde_json::json!({
        "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": code, "diagnostics": words }],
    });
    fhir(status, outcome.to_string().into_bytes())
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "login",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::BAD_REQUEST => "invalid",
        _ => "transient",
    }
}

fn fhir(status: StatusCode, body: Vec<u8>) -> Response {
    let fhir_type = HeaderValue::from_static("application/fhir+json; charset=utf-8");
    (status, [(header::CONTENT_TYPE, fhir_type)], body).into_response()
}
