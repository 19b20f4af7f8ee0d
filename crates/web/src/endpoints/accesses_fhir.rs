//! `GET /accesses.fhir`: a privacy officer's list as FHIR audit events, all of it.

use axum::{extract::State, response::Response};

use super::accesses::Asked;
use crate::{error::WebError, export, form::Query, session::Acting, site::Site};

/// Every line of those asked for, newest first, sent as it is read.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let export = site
        .gate
        .export_accesses(
            &acting.requester,
            &asked.query(),
            " as FHIR",
            &acting.origin,
        )
        .await?;
    Ok(export::fhir(export, "accesses"))
}
