//! `GET /`: the page that a person's role begins with.

use axum::response::Response;
use tributary_model::Role;

use crate::{
    error::WebError,
    respond,
    session::{Acting, Visitor},
};

/// Goes on with a link that waits; else sends a privacy officer to the accesses, the governance group
/// to its desk, and everybody else to the search.
pub(crate) async fn show(acting: Acting, visitor: Visitor) -> Result<Response, WebError> {
    if visitor.link.is_some() {
        return Ok(respond::see_other("/launch/open"));
    }
    Ok(respond::see_other(match acting.requester.role {
        Role::PrivacyOfficer => "/accesses",
        role if role.governs() => "/governance",
        _ => "/find",
    }))
}
