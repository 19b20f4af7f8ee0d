//! `GET /patients/{address}/record/entries/{slug}`: everything a source said in one entry.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_model::EntryKey;

use crate::{
    error::WebError, form::Patient, pages::entry::EntryPage, respond, session::Acting, site::Site,
};

/// The entry in full.
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
        |frame, (open, entry)| respond::page(StatusCode::OK, &EntryPage::new(frame, open, entry)),
    ))
}
