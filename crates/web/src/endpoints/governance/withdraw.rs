//! `POST /governance/settings/{number}/withdraw`.

use axum::{extract::State, response::Response};
use tributary_gatekeeper::governance::Changed;

use super::version;
use crate::{error::WebError, form::Numbered, respond, session::Acting, site::Site};

/// Withdraws a version that is not in force yet.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Numbered(number): Numbered,
) -> Result<Response, WebError> {
    let changed = site
        .gate
        .withdraw_proposal(&acting.requester, number, &acting.origin)
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
