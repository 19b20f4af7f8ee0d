//! `GET /sign-in/back/{provider}`: where a provider sends people back to.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use tributary_gatekeeper::CameBack;

use crate::{
    error::WebError,
    form::Query,
    pages::onward::{OnwardPage, ResumePage},
    respond,
    session::{ATTEMPT, SESSION, Visitor},
    site::Site,
};

/// What the provider sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    state: String,
    code: Option<String>,
}

/// In, or why not. The answer is a page and no redirection: only what a page of our own asks for
/// next carries the session's cookie, which no other site can have sent.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
    provider: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Query(sent): Query<Sent>,
) -> Result<Response, WebError> {
    let Path(provider) = provider.map_err(|_| WebError::NoSuchPage)?;
    let attempt = visitor.attempt.as_ref();
    let code = sent.code.as_deref();
    let came = site
        .gate
        .come_back(&provider, attempt, &sent.state, code, &visitor.origin)
        .await?;
    let (frame, tls) = (site.frame_for_nobody(), site.settings.tls);
    let response = match came {
        CameBack::In(token) => {
            let page = respond::page(StatusCode::OK, &OnwardPage::signed_in(frame));
            respond::with_cookie(page, SESSION.keep(&token.0, tls))
        }
        CameBack::Proved(token, typed) => {
            let page = ResumePage::new(frame, &typed).ok_or(WebError::NotReadable)?;
            let page = respond::page(StatusCode::OK, &page);
            respond::with_cookie(page, SESSION.keep(&token.0, tls))
        }
        CameBack::Not(why) => respond::not_in(frame, &why),
    };
    Ok(respond::with_cookie(response, ATTEMPT.forget(tls)))
}
