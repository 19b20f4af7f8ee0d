//! `GET` and `POST /governance/partners/{ods}`: a partner, and a new agreement with it.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_gatekeeper::governance::{Changed, NewAgreement};

use crate::{
    error::WebError,
    form::{Form, Named},
    pages::governance::partner::PartnerPage,
    respond,
    session::Acting,
    site::Site,
};

/// The partner's agreements.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Named(code): Named,
) -> Result<Response, WebError> {
    page(&site, &acting, &code, NewAgreement::default(), Vec::new()).await
}

/// Records a new agreement, or says what is wrong with it.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Named(code): Named,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let typed = NewAgreement {
        code: code.clone(),
        ..read(&pairs)
    };
    let agreed = site
        .gate
        .agree(&acting.requester, &typed, &acting.origin)
        .await?;
    match agreed {
        Changed::Done(code) => Ok(respond::see_other(&format!("/governance/partners/{code}"))),
        Changed::Problems(problems) => page(&site, &acting, &code, typed, problems).await,
    }
}

/// The partner, with what is wrong with what was typed.
pub(super) async fn page(
    site: &Site,
    acting: &Acting,
    code: &str,
    typed: NewAgreement,
    problems: Vec<(String, String)>,
) -> Result<Response, WebError> {
    let partner = site
        .gate
        .partner(&acting.requester, code, &acting.origin)
        .await?;
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let frame = site.frame(&acting.signed_in);
    let page = PartnerPage::new(frame, Some(partner.shown()), typed, problems);
    Ok(respond::page(status, &page))
}

/// An agreement as a form sends it.
pub(super) fn read(pairs: &[(String, String)]) -> NewAgreement {
    let one = |name: &str| {
        let mut pairs = pairs.iter();
        let value = pairs.find(|(key, _)| key == name).map(|(_, value)| value);
        value.cloned().unwrap_or_default()
    };
    let supplies = pairs.iter().filter(|(key, _)| key == "supplies");
    NewAgreement {
        code: one("code"),
        name: one("name"),
        kind: one("kind"),
        feeds: one("feeds") == "yes",
        views: one("views") == "yes",
        supplies: supplies.map(|(_, value)| value.clone()).collect(),
        from: one("from"),
        until: one("until"),
        signed_by: one("signed-by"),
    }
}
