//! `POST /governance/partners/{ods}/end`: the last day of an agreement.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::governance::{Changed, NewAgreement};
use tributary_model::Timestamp;

use super::partner;
use crate::{
    error::WebError,
    form::{Form, Named},
    respond,
    session::Acting,
    site::Site,
};

/// Which agreement, and its last day.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct End {
    begins: i64,
    #[serde(default)]
    last_day: String,
}

/// Ends it with that day.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Named(code): Named,
    Form(End { begins, last_day }): Form<End>,
) -> Result<Response, WebError> {
    let (who, begins) = (&acting.requester, Timestamp(begins));
    let ended = site
        .gate
        .end_agreement(who, &code, begins, &last_day, &acting.origin)
        .await?;
    match ended {
        Changed::Done(code) => Ok(respond::see_other(&format!("/governance/partners/{code}"))),
        Changed::Problems(problems) => {
            partner::page(&site, &acting, &code, NewAgreement::default(), problems).await
        }
    }
}
