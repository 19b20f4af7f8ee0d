//! `GET` and `POST /second-factor`: for whoever wants one although nobody asks for it.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError,
    pages::second_factor::OfferPage,
    respond,
    session::{ATTEMPT, Known},
    site::Site,
};

/// What it is, and the way to begin.
pub(crate) async fn show(State(site): State<Site>, known: Known) -> Response {
    let page = OfferPage::new(site.frame(&known.signed_in), false);
    respond::page(StatusCode::OK, &page)
}

/// Begins one.
pub(crate) async fn submit(State(site): State<Site>, known: Known) -> Result<Response, WebError> {
    let Some(attempt) = site.gate.offer_enrolment(&known.token).await? else {
        let page = OfferPage::new(site.frame(&known.signed_in), true);
        return Ok(respond::page(StatusCode::OK, &page));
    };
    let kept = ATTEMPT.keep(&attempt.0, site.settings.tls);
    let response = respond::see_other("/sign-in/enrol");
    Ok(respond::with_cookie(response, kept))
}
