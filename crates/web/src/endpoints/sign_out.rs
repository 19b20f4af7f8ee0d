//! `POST /sign-out`.

use axum::{extract::State, http::header, response::Response};

use crate::{
    error::WebError,
    respond,
    session::{self, Visitor},
    site::Site,
};

/// Ends the session here and in the browser.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    if let Some(token) = &visitor.token {
        site.gate.sign_out(token, &visitor.origin).await?;
    }
    let mut response = respond::see_other("/sign-in");
    if let Some(cookie) = session::forget(site.settings.tls) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
