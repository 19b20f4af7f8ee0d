//! `GET` and `POST /find`. Results answer the form itself, so that no identifier stands in an
//! address or a log.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::Search;

use crate::{
    error::WebError,
    form::Form,
    pages::find::{FindPage, Typed},
    respond,
    session::Acting,
    site::Site,
};

/// What either of the two forms sends.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Fields {
    nhs_number: Option<String>,
    family_name: String,
    day: String,
    month: String,
    year: String,
}

/// The two forms and the patients of the last seven days.
pub(crate) async fn show(State(site): State<Site>, acting: Acting) -> Result<Response, WebError> {
    let recent = site.gate.recent(&acting.requester, &acting.origin).await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &FindPage::blank(frame, recent.shown()),
    ))
}

/// One match opens the next page; several are shown to choose from.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let frame = site.frame(&acting.signed_in);
    let typed = Typed::new(
        fields.nhs_number,
        fields.family_name,
        [fields.day, fields.month, fields.year],
    );
    let search: Search = match typed.search() {
        Ok(search) => search,
        Err(problems) => {
            let page = FindPage::mistyped(frame, typed, problems);
            return Ok(respond::page(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let found = site
        .gate
        .find(&acting.requester, search, &acting.origin)
        .await?;
    if let ([only], false) = (found.shown().patients.as_slice(), found.shown().more) {
        let (address, page) = (only.address.0, frame.patient_page());
        return Ok(respond::see_other(&format!("/patients/{address}/{page}")));
    }
    Ok(respond::page(
        StatusCode::OK,
        &FindPage::found(frame, typed, found.shown()),
    ))
}
