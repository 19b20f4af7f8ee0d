//! `GET /reviews`: a privacy officer's queue.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{error::WebError, pages::reviews::ReviewsPage, respond, session::Acting, site::Site};

/// What to read first.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let queue = site
        .gate
        .review_queue(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &ReviewsPage::new(frame, queue.shown()),
    ))
}
