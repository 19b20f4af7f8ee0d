//! `POST /governance/settings/{number}/approve`.

use axum::{extract::State, response::Response};
use tributary_gatekeeper::governance::Changed;

use super::version;
use crate::{error::WebError, form::Numbered, respond, session::Acting, site::Site};

/// Approves; the second of two different people puts the version in force.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Numbered(number): Numbered,
) -> Result<Response, WebError> {
    let changed = site
        .gate
        .approve(&acting.requester, number, &acting.origin)
        .await?;
    match changed {
        Changed::Done(()) => Ok(respond::see_other(&format!(
            "/governance/settings/{number}"
        ))),
        Changed::Problems(problems) => {
            let words = problems.into_iter().map(|(_, words)| words).next();
            version::page(&site, &acting, number, words).await
        }
    }
}
