//! `GET /governance/reviews`: how many reviews are open and overdue, and where.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, pages::reviews_overdue::OverduePage, respond, session::Acting, site::Site,
};

/// Counts of every organisation.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let overview = site
        .gate
        .review_overview(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &OverduePage::new(frame, overview.shown()),
    ))
}
