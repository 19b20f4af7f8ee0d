//! `GET` and `POST /reviews/ranking`: how looks rank, tried on past looks before it is settled.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_gatekeeper::{Ranking, Setting};

use crate::{
    error::WebError,
    form::{Form, Query},
    pages::ranking::RankingPage,
    respond,
    session::Acting,
    site::Site,
};

/// Each setting as typed, by its name.
type Typed = BTreeMap<String, String>;

/// The ranking in force, or what is typed, on past looks.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Query(typed): Query<Typed>,
) -> Result<Response, WebError> {
    page(&site, &acting, &typed).await
}

/// Settles what is typed, if it can be settled.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    match read(&typed) {
        Ok(Some(ranking)) => {
            site.gate
                .settle_ranking(&acting.requester, &ranking, &acting.origin)
                .await?;
            Ok(respond::see_other("/reviews"))
        }
        Ok(None) | Err(_) => page(&site, &acting, &typed).await,
    }
}

async fn page(site: &Site, acting: &Acting, typed: &Typed) -> Result<Response, WebError> {
    let (tried, problems) = match read(typed) {
        Ok(tried) => (tried, Vec::new()),
        Err(problems) => (None, problems),
    };
    let trial = site
        .gate
        .try_ranking(&acting.requester, tried, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = RankingPage::new(frame, trial.shown(), typed, problems);
    Ok(respond::page(status, &page))
}

/// What is typed, or the settings that cannot be so; nothing if nothing is typed.
fn read(typed: &Typed) -> Result<Option<Ranking>, Vec<Setting>> {
    let named = |setting: &Setting| typed.contains_key(setting.name());
    if !Setting::ALL.iter().any(named) {
        return Ok(None);
    }
    let (mut ranking, mut problems) = (Ranking::default(), Vec::new());
    for setting in Setting::ALL {
        let number = typed.get(setting.name()).map(|text| text.trim().parse());
        let set = number.and_then(Result::ok);
        match set.and_then(|number| ranking.clone().with(setting, number)) {
            Some(set) => ranking = set,
            None => problems.push(setting),
        }
    }
    if problems.is_empty() {
        Ok(Some(ranking))
    } else {
        Err(problems)
    }
}
