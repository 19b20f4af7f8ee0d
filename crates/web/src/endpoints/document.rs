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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::letter;

    #[test]
    fn a_document_runs_nothing_and_reaches_nothing() {
        // A script that says hello.
        let letter = letter("text/html", "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==");
        let answer = attachment(Attachment::of(&letter).unwrap());
        let header = |name| answer.headers().get(name).unwrap().to_str().unwrap();
        let policy = header(header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.starts_with("sandbox; default-src 'none'"),
            "{policy}"
        );
        assert!(
            !policy.contains("allow-") && !policy.contains("script-src"),
            "{policy}"
        );
        let named = header(header::CONTENT_DISPOSITION);
        assert_eq!(named, "inline; filename=\"document.html\"");
    }
}
