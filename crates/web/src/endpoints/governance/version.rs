//! `GET /governance/settings/{number}`: one version, and what it would have changed.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, form::Numbered, pages::governance::version::VersionPage, respond,
    session::Acting, site::Site,
};

/// The version.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Numbered(number): Numbered,
) -> Result<Response, WebError> {
    page(&site, &acting, number, None).await
}

/// The version, with what became of a decision about it that could not be taken.
pub(crate) async fn page(
    site: &Site,
    acting: &Acting,
    number: i64,
    problem: Option<String>,
) -> Result<Response, WebError> {
    let version = site
        .gate
        .version(&acting.requester, number, &acting.origin)
        .await?;
    let status = if problem.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let frame = site.frame(&acting.signed_in);
    let page = VersionPage::new(frame, version.shown(), problem);
    Ok(respond::page(status, &page))
}
