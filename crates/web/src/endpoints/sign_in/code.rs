//! `GET` and `POST /sign-in/code`: the second factor.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::Code;

use crate::{
    error::WebError,
    form::Form,
    pages::{second_factor::CodePage, sign_in::Problem},
    respond,
    session::{ATTEMPT, SESSION, Visitor},
    site::Site,
};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
}

/// The form, for whoever has just given a right password.
pub(crate) async fn show(State(site): State<Site>, visitor: Visitor) -> Result<Response, WebError> {
    let attempt = visitor.attempt.ok_or(WebError::SignInFirst)?;
    if !site.gate.waits_for_code(&attempt).await? {
        return Err(WebError::SignInFirst);
    }
    let page = CodePage::new(site.frame_for_nobody(), None);
    Ok(respond::page(StatusCode::OK, &page))
}

/// In, or the form again.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let attempt = visitor.attempt.ok_or(WebError::SignInFirst)?;
    let checked = site
        .gate
        .sign_in_code(&attempt, &typed.code, &visitor.origin);
    let problem = match checked.await? {
        Code::In(token) => {
            let tls = site.settings.tls;
            let response = respond::see_other("/");
            let response = respond::with_cookie(response, SESSION.keep(&token.0, tls));
            return Ok(respond::with_cookie(response, ATTEMPT.forget(tls)));
        }
        Code::TooLate => return Err(WebError::SignInFirst),
        Code::Wrong => Problem::WrongCode,
        Code::TooMany(seconds) => Problem::TooMany(seconds),
    };
    let frame = site.frame_for_nobody();
    Ok(respond::tried(&problem, |problem| {
        CodePage::new(frame, Some(problem))
    }))
}
