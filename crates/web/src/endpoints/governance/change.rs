//! `GET` and `POST /governance/settings/change`: proposing settings.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_gatekeeper::governance::Typed;

use crate::{
    error::WebError, form::Form, pages::governance::change::ChangePage, respond, session::Acting,
    site::Site,
};

/// The form, filled in with what is in force.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let form = site
        .gate
        .settings_form(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &ChangePage::new(frame, form.shown()),
    ))
}

/// Proposes what was typed, or says what is wrong with it.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let proposed = site
        .gate
        .propose(&acting.requester, &Typed(pairs), &acting.origin)
        .await?;
    Ok(match proposed {
        Ok(proposed) => respond::see_other(&format!("/governance/settings/{}", proposed.0)),
        Err(form) => {
            let frame = site.frame(&acting.signed_in);
            let page = ChangePage::new(frame, form.shown());
            respond::page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    })
}
