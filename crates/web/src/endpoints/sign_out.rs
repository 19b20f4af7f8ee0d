//! `POST /sign-out`.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError,
    pages::onward::OnwardPage,
    respond,
    session::{LINK, SESSION, Visitor},
    site::Site,
};

/// Ends the session here and in the browser, and leads on to the provider's own sign-out.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let onward = match &visitor.token {
        Some(token) => site.gate.sign_out(token, &visitor.origin).await?,
        None => None,
    };
    let response = match onward {
        // By a page of our own: a form may not lead to another site.
        Some(address) => {
            let page = OnwardPage::signed_out(site.frame_for_nobody(), address);
            respond::page(StatusCode::OK, &page)
        }
        None => respond::see_other("/sign-in"),
    };
    let tls = site.settings.tls;
    let response = respond::with_cookie(response, SESSION.forget(tls));
    Ok(match visitor.link {
        Some(_) => respond::with_cookie(response, LINK.forget(tls)),
        None => response,
    })
}
