//! `GET` and `POST /role`.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use crate::{
    error::WebError,
    form::Form,
    pages::role::RolePage,
    respond,
    session::{Known, SESSION},
    site::Site,
};

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    assignment: Option<i64>,
}

/// The choice, each role on one line.
pub(crate) async fn show(State(site): State<Site>, known: Known) -> Response {
    respond::page(
        StatusCode::OK,
        &RolePage::new(site.frame(&known.signed_in), false),
    )
}

/// Acts in the chosen role from here on.
pub(crate) async fn submit(
    State(site): State<Site>,
    known: Known,
    Form(choice): Form<Choice>,
) -> Result<Response, WebError> {
    if let Some(assignment) = choice.assignment {
        let chosen = site
            .gate
            .choose_role(&known.token, assignment, &known.origin)
            .await?;
        if let Some(token) = chosen {
            let kept = SESSION.keep(&token.0, site.settings.tls);
            return Ok(respond::with_cookie(respond::see_other("/"), kept));
        }
    }
    let page = RolePage::new(site.frame(&known.signed_in), true);
    Ok(respond::page(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
