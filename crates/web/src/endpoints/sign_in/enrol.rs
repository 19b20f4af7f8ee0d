//! `GET` and `POST /sign-in/enrol`: beginning with a second factor.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::Enrolled;

use crate::{
    error::WebError,
    form::Form,
    pages::{
        second_factor::{EnrolPage, RecoveryPage},
        sign_in::Problem,
    },
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

/// What the app has to be told, and the form for its first code.
pub(crate) async fn show(State(site): State<Site>, visitor: Visitor) -> Result<Response, WebError> {
    let attempt = visitor.attempt.ok_or(WebError::SignInFirst)?;
    let enrolment = site.gate.enrolment(&attempt).await?;
    let enrolment = enrolment.ok_or(WebError::SignInFirst)?;
    let page = EnrolPage::new(site.frame_for_nobody(), enrolment, None);
    Ok(respond::page(StatusCode::OK, &page))
}

/// The recovery codes, or the form again.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let attempt = visitor.attempt.ok_or(WebError::SignInFirst)?;
    let enrolment = site.gate.enrolment(&attempt).await?;
    let enrolment = enrolment.ok_or(WebError::SignInFirst)?;
    let frame = site.frame_for_nobody();
    match site
        .gate
        .enrol(&attempt, &typed.code, &visitor.origin)
        .await?
    {
        Enrolled::In(token, codes) => {
            let tls = site.settings.tls;
            let page = RecoveryPage::new(frame, enrolment.login, codes);
            let response = respond::page(StatusCode::OK, &page);
            let response = respond::with_cookie(response, SESSION.keep(&token.0, tls));
            Ok(respond::with_cookie(response, ATTEMPT.forget(tls)))
        }
        Enrolled::Wrong => Ok(respond::tried(&Problem::WrongCode, |problem| {
            EnrolPage::new(frame, enrolment, Some(problem))
        })),
        Enrolled::TooLate => Err(WebError::SignInFirst),
    }
}
