//! `GET` and `POST /reviews/{access}`: one review, and the steps of it.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::Step;

use crate::{
    error::WebError,
    form::{Access, Form},
    limits,
    pages::review::ReviewPage,
    respond,
    session::Acting,
    site::Site,
};

/// The step, as the form sends it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) step: String,
    pub(crate) words: String,
}

/// The look with what stood around it.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Access(access): Access,
) -> Result<Response, WebError> {
    page(&site, &acting, access, Typed::default(), Vec::new()).await
}

/// Takes a step, and shows where it led.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Access(access): Access,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let words: String = typed
        .words
        .trim()
        .chars()
        .take(limits::REASON_CHARACTERS)
        .collect();
    let step = Step::named(&typed.step);
    let (Some(step), false) = (step, words.is_empty()) else {
        let mut problems = Vec::new();
        if step.is_none() {
            problems.push(("step", "Choose what you found or what comes next"));
        }
        if words.is_empty() {
            problems.push(("words", "Say why, in your own words"));
        }
        return page(&site, &acting, access, typed, problems).await;
    };
    site.gate
        .review_step(&acting.requester, access, step, &words, &acting.origin)
        .await?;
    Ok(respond::see_other(&format!("/reviews/{access}")))
}

async fn page(
    site: &Site,
    acting: &Acting,
    access: tributary_model::AccessNumber,
    typed: Typed,
    problems: Vec<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let review = site
        .gate
        .review(&acting.requester, access, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ReviewPage::new(frame, review.shown(), typed, problems);
    Ok(respond::page(status, &page))
}
