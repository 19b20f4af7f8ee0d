//! `GET` and `POST /sign-in`, and the steps that follow.

pub(crate) mod again;
pub(crate) mod back;
pub(crate) mod code;
pub(crate) mod ended;
pub(crate) mod enrol;
pub(crate) mod with;

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::SignIn;

use crate::{
    error::WebError,
    form::Form,
    pages::sign_in::{Problem, SignInPage},
    respond,
    session::{ATTEMPT, SESSION, Visitor},
    site::Site,
};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

/// The form, and the providers to sign in with.
pub(crate) async fn show(State(site): State<Site>) -> Response {
    let page = SignInPage::new(site.frame_for_nobody(), site.gate.providers(), None);
    respond::page(StatusCode::OK, &page)
}

/// In, on to the second factor, or the form again with one answer for whatever did not fit.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
    Form(credentials): Form<Credentials>,
) -> Result<Response, WebError> {
    let (name, password) = (credentials.name.trim(), &credentials.password);
    let attempt = site.gate.sign_in(name, password, &visitor.origin).await?;
    let tls = site.settings.tls;
    let problem = match attempt {
        SignIn::In(token) => {
            let response = respond::see_other("/");
            return Ok(respond::with_cookie(response, SESSION.keep(&token.0, tls)));
        }
        SignIn::Code(attempt) => {
            let response = respond::see_other("/sign-in/code");
            return Ok(respond::with_cookie(
                response,
                ATTEMPT.keep(&attempt.0, tls),
            ));
        }
        SignIn::Enrol(attempt) => {
            let response = respond::see_other("/sign-in/enrol");
            return Ok(respond::with_cookie(
                response,
                ATTEMPT.keep(&attempt.0, tls),
            ));
        }
        SignIn::Refused => Problem::Refused,
        SignIn::TooMany(seconds) => Problem::TooMany(seconds),
    };
    let frame = site.frame_for_nobody();
    Ok(respond::tried(&problem, |problem| {
        SignInPage::new(frame, site.gate.providers(), Some(problem))
    }))
}
