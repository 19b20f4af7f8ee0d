//! `GET /explain/{access}`: why a past decision was made.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Access, pages::explain::ExplainPage, respond, session::Acting,
    site::Site,
};

/// The explanation, as far as this reader may know it.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Access(access): Access,
) -> Result<Response, WebError> {
    let explained = site
        .gate
        .explain(&acting.requester, access, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &ExplainPage::new(frame, explained.shown()),
    ))
}
