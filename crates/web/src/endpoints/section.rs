//! `GET /patients/{address}/record/sections/{name}`: one section, all of it or a year of it.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_model::Section;

use crate::{
    error::WebError,
    form::{Patient, Query},
    pages::{filter::Filter, section::SectionPage},
    respond,
    session::Acting,
    site::Site,
};

/// The section's rows.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, name): Patient<String>,
    Query(filter): Query<Filter>,
) -> Result<Response, WebError> {
    let section = Section::named(&name).ok_or(WebError::NoSuchPage)?;
    let outcome = site
        .gate
        .open_record(&acting.requester, acting.looks_at(address))
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |frame, open| {
        respond::page(
            StatusCode::OK,
            &SectionPage::new(frame, open, section, &filter),
        )
    }))
}
