//! `GET /`: the page that a person's role begins with.

use axum::response::Response;
use tributary_model::Role;

use crate::{error::WebError, respond, session::Acting};

/// Sends a privacy officer to the accesses, the governance group to its desk, and everybody else to the search.
pub(crate) async fn show(acting: Acting) -> Result<Response, WebError> {
    Ok(respond::see_other(match acting.requester.role {
        Role::PrivacyOfficer => "/accesses",
        role if role.governs() => "/governance",
        _ => "/find",
    }))
}
