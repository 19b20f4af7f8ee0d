//! `GET /patients/{address}/record/entries/{slug}/document`: the attachment of an entry.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tributary_model::EntryKey;

use crate::{
    error::WebError,
    form::Patient,
    pages::{document::Attachment, problem::ProblemPage},
    respond,
    session::Acting,
    site::Site,
};

/// Whatever the bytes hold, they run nothing and reach nothing; only our own pages may frame them.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     frame-ancestors 'self'";

/// The bytes as the source sent them.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, slug): Patient<String>,
) -> Result<Response, WebError> {
    let key = EntryKey::from_slug(&slug).ok_or(WebError::NoSuchPage)?;
    let opening = acting.looks_at(address);
    let outcome = site
        .gate
        .open_entry(&acting.requester, opening, key)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(
        frame,
        address,
        &outcome,
        |_, (_, entry)| {
            Attachment::of(&entry.entry).map_or_else(
                || respond::page(StatusCode::NOT_FOUND, &ProblemPage::no_such_page()),
                attachment,
            )
        },
    ))
}

fn attachment(attachment: Attachment) -> Response {
    let disposition = HeaderValue::from_str(&attachment.disposition())
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(attachment.media_type),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SANDBOX),
        ),
    ];
    (headers, Body::from(attachment.bytes)).into_response()
}
