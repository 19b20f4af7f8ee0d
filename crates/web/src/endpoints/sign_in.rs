//! `GET` and `POST /sign-in`.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use tributary_gatekeeper::SignIn;

use crate::{
    error::WebError,
    form::Form,
    pages::sign_in::{Problem, SignInPage},
    respond,
    session::{self, Visitor},
    site::Site,
};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

/// The form.
pub(crate) async fn show(State(site): State<Site>) -> Response {
    respond::page(
        StatusCode::OK,
        &SignInPage::new(site.frame_for_nobody(), None),
    )
}

/// In, or the form again with one answer for whatever did not fit.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
    Form(credentials): Form<Credentials>,
) -> Result<Response, WebError> {
    let attempt = site
        .gate
        .sign_in(
            credentials.name.trim(),
            &credentials.password,
            &visitor.origin,
        )
        .await?;
    let (status, problem) = match attempt {
        SignIn::In(token) => {
            let mut response = respond::see_other("/");
            if let Some(cookie) = session::keep(&token, site.settings.tls) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            return Ok(response);
        }
        SignIn::Refused => (StatusCode::FORBIDDEN, Problem::Refused),
        SignIn::TooMany(seconds) => (StatusCode::TOO_MANY_REQUESTS, Problem::TooMany(seconds)),
    };
    Ok(respond::page(
        status,
        &SignInPage::new(site.frame_for_nobody(), Some(problem)),
    ))
}
