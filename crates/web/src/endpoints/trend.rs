//! `GET /patients/{address}/record/trends/{slug}`: the results of one test over time.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Patient, pages::trend::TrendPage, respond, session::Acting, site::Site,
};

/// The drawing and, as the truth of it, the table.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, slug): Patient<String>,
) -> Result<Response, WebError> {
    let opening = acting.looks_at(address);
    let outcome = site
        .gate
        .open_trend(&acting.requester, opening, &slug)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(
        frame,
        address,
        &outcome,
        |frame, (open, trend)| respond::page(StatusCode::OK, &TrendPage::new(frame, open, trend)),
    ))
}
