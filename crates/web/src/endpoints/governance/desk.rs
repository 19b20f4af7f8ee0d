//! `GET /governance`: the governance desk.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, pages::governance::desk::DeskPage, respond, session::Acting, site::Site,
};

/// Partners, what is in force, and what waits.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let desk = site
        .gate
        .governance(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &DeskPage::new(frame, desk.shown()),
    ))
}
