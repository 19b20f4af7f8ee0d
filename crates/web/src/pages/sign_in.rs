//! The sign-in page.

use askama::Template;
use axum::http::StatusCode;

use super::Frame;
use crate::words;

/// Why a form of signing in is shown again.
pub(crate) enum Problem {
    /// Name and password do not fit, for whatever reason.
    Refused,
    /// The code does not fit, or was used before.
    WrongCode,
    /// They are to prove again who they are, and have not tried yet.
    ProveFirst,
    /// Password or code do not prove who they are.
    WrongProof,
    /// Too many attempts; how many seconds to wait.
    TooMany(u64),
}

impl Problem {
    /// The status of the page.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Refused | Self::WrongCode | Self::WrongProof => StatusCode::FORBIDDEN,
            Self::ProveFirst => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// What is wrong and what to do; nothing where nothing was done wrong.
    pub(crate) fn words(&self) -> Option<String> {
        Some(match self {
            Self::Refused => "The name and password do not fit. Check both and try again".into(),
            Self::WrongCode => {
                "The code does not fit or was used before. Wait for the next one and try again"
                    .into()
            }
            Self::WrongProof => "That does not fit. Check it and try again".into(),
            Self::ProveFirst => return None,
            Self::TooMany(seconds) => {
                let minutes = usize::try_from(seconds.div_ceil(60)).unwrap_or(usize::MAX);
                format!(
                    "Too many attempts. Try again in {}",
                    words::count(minutes, "minute", "minutes")
                )
            }
        })
    }
}

/// The providers, and the form.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    frame: Frame,
    providers: Vec<(String, String)>,
    problem: Option<String>,
}

impl SignInPage {
    pub(crate) fn new(
        frame: Frame,
        providers: Vec<(String, String)>,
        problem: Option<&Problem>,
    ) -> Self {
        Self {
            frame,
            providers,
            problem: problem.and_then(Problem::words),
        }
    }
}
