//! `GET /sign-in/with/{provider}`: the way to an organisation's own provider.

use axum::{
    extract::{Path, State},
    response::Response,
};

use crate::{
    error::WebError,
    respond,
    session::{ATTEMPT, Visitor},
    site::Site,
};

/// Sends the browser there with what it needs to come back.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
    provider: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, WebError> {
    let Path(provider) = provider.map_err(|_| WebError::NoSuchPage)?;
    let way = site.gate.sign_in_with(&provider, &visitor.origin).await?;
    match way.ok_or(WebError::NoSuchPage)? {
        Ok(onward) => {
            let kept = ATTEMPT.keep(&onward.attempt.0, site.settings.tls);
            Ok(respond::with_cookie(
                respond::see_other(&onward.address),
                kept,
            ))
        }
        Err(why) => Ok(respond::not_in(site.frame_for_nobody(), &why)),
    }
}
