//! `GET /audit/checkpoint`: where the audit log stands, signed, for witnesses to keep.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{error::WebError, site::Site};

/// The last checkpoint as it was signed; nothing before the first.
pub(crate) async fn show(State(site): State<Site>) -> Result<Response, WebError> {
    let note = site.gate.last_checkpoint().await?.unwrap_or_default();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, text)], note).into_response())
}
