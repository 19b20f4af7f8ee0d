//! `POST /sign-in/again`: to the provider once more, with an answer that waits for the way back.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError,
    form::Form,
    pages::{onward::OnwardPage, permission::Waiting},
    respond,
    session::{ATTEMPT, Known},
    site::Site,
};

/// Sends the browser there by a page of our own: a form may not lead to another site.
pub(crate) async fn submit(
    State(site): State<Site>,
    known: Known,
    Form(waiting): Form<Waiting>,
) -> Result<Response, WebError> {
    let typed = waiting.text();
    let way = site
        .gate
        .prove_with_provider(&known.token, typed, &known.origin)
        .await?;
    match way.ok_or(WebError::NoSuchPage)? {
        Ok(onward) => {
            let kept = ATTEMPT.keep(&onward.attempt.0, site.settings.tls);
            let page = OnwardPage::to_provider(site.frame(&known.signed_in), onward);
            Ok(respond::with_cookie(
                respond::page(StatusCode::OK, &page),
                kept,
            ))
        }
        Err(why) => Ok(respond::not_in(site.frame(&known.signed_in), &why)),
    }
}
