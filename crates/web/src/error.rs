//! Why there is no page. A refusal is not among these: it is a page of its own.

use std::error::Error as _;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tributary_gatekeeper::GateError;
use tributary_model::Timestamp;

use crate::{pages::problem::ProblemPage, respond};

/// Why a request got no page. None of them says anything about a patient.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// Nobody is signed in, or the session has ended.
    #[error("nobody is signed in")]
    SignInFirst,
    /// The person has several roles and has not chosen one.
    #[error("no role has been chosen")]
    RoleFirst,
    /// There is no such page.
    #[error("there is no such page")]
    NoSuchPage,
    /// The form or the address cannot be read.
    #[error("the request cannot be read")]
    NotReadable,
    /// The gatekeeper could not answer.
    #[error(transparent)]
    Gate(#[from] GateError),
}

impl WebError {
    /// The status of the answer.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::SignInFirst | Self::RoleFirst => StatusCode::UNAUTHORIZED,
            Self::NoSuchPage | Self::Gate(GateError::NoSuchPage) => StatusCode::NOT_FOUND,
            Self::NotReadable => StatusCode::BAD_REQUEST,
            Self::Gate(GateError::NotForRole) => StatusCode::FORBIDDEN,
            Self::Gate(GateError::GoneOn) => StatusCode::CONFLICT,
            Self::Gate(GateError::TooManySearches { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Gate(GateError::Store(_) | GateError::Audit(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Writes down what an operator has to know: which part failed and why, never about whom.
    pub(crate) fn note(&self) {
        if let Self::Gate(error @ (GateError::Store(_) | GateError::Audit(_))) = self {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            tracing::error!(%error, cause, "nothing was shown");
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        self.note();
        match self {
            Self::SignInFirst => respond::see_other("/sign-in"),
            Self::RoleFirst => respond::see_other("/role"),
            Self::NoSuchPage | Self::Gate(GateError::NoSuchPage) => {
                respond::page(self.status(), &ProblemPage::no_such_page())
            }
            Self::NotReadable => respond::page(self.status(), &ProblemPage::not_readable()),
            Self::Gate(GateError::GoneOn) => respond::page(self.status(), &ProblemPage::gone_on()),
            Self::Gate(GateError::NotForRole) => {
                respond::page(self.status(), &ProblemPage::not_for_role())
            }
            Self::Gate(GateError::TooManySearches { until, now }) => {
                let page = ProblemPage::too_many_searches(until);
                let mut response = respond::page(self.status(), &page);
                let wait = until.since(now) / Timestamp::SECOND + 1;
                respond::retry_after(&mut response, wait.try_into().unwrap_or_default());
                response
            }
            Self::Gate(GateError::Store(_) | GateError::Audit(_)) => {
                respond::page(self.status(), &ProblemPage::unavailable())
            }
        }
    }
}
