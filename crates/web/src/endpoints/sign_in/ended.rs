//! `POST /sign-in/ended/{provider}`: a provider says that a session has ended (back-channel logout).

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use crate::{error::WebError, form::Form, session::Visitor, site::Site};

/// What the provider sends.
#[derive(Deserialize)]
pub(crate) struct Sent {
    logout_token: String,
}

/// Ends our sessions that hang on it, if the token is to be believed.
pub(crate) async fn submit(
    State(site): State<Site>,
    visitor: Visitor,
    provider: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let Path(provider) = provider.map_err(|_| WebError::NoSuchPage)?;
    let believed = site
        .gate
        .ended_elsewhere(&provider, &sent.logout_token, &visitor.origin)
        .await?;
    Ok(if believed {
        StatusCode::OK.into_response()
    } else {
        StatusCode::BAD_REQUEST.into_response()
    })
}
