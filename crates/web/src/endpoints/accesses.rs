//! `GET /accesses`: a privacy officer's list.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_model::AccessNumber;

use crate::{
    error::WebError, form::Query, pages::accesses::AccessesPage, respond, session::Acting,
    site::Site,
};

/// Where in the list to go on.
#[derive(Deserialize, Default)]
pub(crate) struct Before {
    before: Option<i64>,
}

/// The newest lines, or those before a line.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Query(Before { before }): Query<Before>,
) -> Result<Response, WebError> {
    let before = before.map(AccessNumber);
    let list = site
        .gate
        .accesses(&acting.requester, before, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &AccessesPage::new(frame, list.shown(), before.is_some()),
    ))
}
