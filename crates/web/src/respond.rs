//! Answers: a page, a way elsewhere, and what to do with an outcome that is no page of a record.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tributary_gatekeeper::Outcome;
use tributary_model::Address;

use crate::pages::{
    Frame,
    permission::{PermissionPage, Typed},
    problem::ProblemPage,
    refused::RefusedPage,
};

/// A page.
pub(crate) fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => html_answer(status, html),
        // Writing into a string does not fail; a template that says it did has shown nothing.
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            html_answer(StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

/// The page was asked for with a form or an old address: go there.
pub(crate) fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The answer took too long and nothing was shown.
pub(crate) fn too_slow() -> Response {
    page(StatusCode::SERVICE_UNAVAILABLE, &ProblemPage::unavailable())
}

/// Shows what was disclosed, asks for permission, or refuses.
pub(crate) fn outcome<T>(
    frame: Frame,
    address: Address,
    outcome: &Outcome<T>,
    show: impl FnOnce(Frame, &T) -> Response,
) -> Response {
    match outcome {
        Outcome::Disclosed(disclosure) => show(frame, disclosure.shown()),
        Outcome::Ask(question) => page(
            StatusCode::OK,
            &PermissionPage::new(frame, address, question.shown(), Typed::default()),
        ),
        Outcome::Refused(refusal) => {
            let page_of = RefusedPage::new(frame, address, refusal);
            page(page_of.status(), &page_of)
        }
    }
}

fn html_answer(status: StatusCode, html: String) -> Response {
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(header::CONTENT_TYPE, html_type)], html).into_response()
}
