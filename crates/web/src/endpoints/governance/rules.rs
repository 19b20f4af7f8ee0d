//! `GET /governance/rules`: the access rules in force, for paper.

use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    error::WebError, pages::governance::rules::RulesPage, respond, session::Acting, site::Site,
};

/// The decision tables under the settings in force.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let rules = site
        .gate
        .printed_rules(&acting.requester, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &RulesPage::new(frame, rules.shown()),
    ))
}
