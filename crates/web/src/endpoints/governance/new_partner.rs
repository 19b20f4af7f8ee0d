//! `GET` and `POST /governance/partner`: a new partner with its first agreement.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_gatekeeper::governance::{Changed, NewAgreement};

use super::partner::read;
use crate::{
    error::WebError, form::Form, pages::governance::partner::PartnerPage, respond, session::Acting,
    site::Site,
};

/// The empty form, for those whose desk it is.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    // Only the desk's own people see even the empty form.
    let desk = site
        .gate
        .governance(&acting.requester, &acting.origin)
        .await?;
    drop(desk);
    let frame = site.frame(&acting.signed_in);
    let page = PartnerPage::new(frame, None, NewAgreement::default(), Vec::new());
    Ok(respond::page(StatusCode::OK, &page))
}

/// Brings the partner in, or says what is wrong with what was typed.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let typed = read(&pairs);
    let agreed = site
        .gate
        .agree(&acting.requester, &typed, &acting.origin)
        .await?;
    Ok(match agreed {
        Changed::Done(code) => respond::see_other(&format!("/governance/partners/{code}")),
        Changed::Problems(problems) => {
            let frame = site.frame(&acting.signed_in);
            let page = PartnerPage::new(frame, None, typed, problems);
            respond::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    })
}
