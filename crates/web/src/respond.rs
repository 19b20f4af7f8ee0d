//! Answers: a page, a way elsewhere, and what to do with an outcome that is no page of a record.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tributary_gatekeeper::{NotIn, Outcome};
use tributary_model::Address;

use crate::pages::{
    Frame,
    permission::{PermissionPage, Typed},
    problem::ProblemPage,
    refused::RefusedPage,
    sign_in::Problem,
    telling::TellingPage,
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

/// An answer that also sets a cookie.
pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A form of signing in again, with what was wrong, and when to try again if it was too often.
pub(crate) fn tried<P: Template>(problem: &Problem, form: impl FnOnce(&Problem) -> P) -> Response {
    let mut response = page(problem.status(), &form(problem));
    if let Problem::TooMany(seconds) = problem {
        retry_after(&mut response, *seconds);
    }
    response
}

/// Says to machines when to try again.
pub(crate) fn retry_after(response: &mut Response, seconds: u64) {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

/// Why somebody who came from a provider is not let in.
pub(crate) fn not_in(frame: Frame, why: &NotIn) -> Response {
    let status = match why {
        NotIn::Unreachable => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    };
    page(status, &TellingPage::not_in(frame, why))
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
