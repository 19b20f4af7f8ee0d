//! The sign-in page.

use askama::Template;

use super::Frame;
use crate::words;

/// Why the form is shown again.
pub(crate) enum Problem {
    /// Name and password do not fit, for whatever reason.
    Refused,
    /// Too many attempts; how many seconds to wait.
    TooMany(u64),
}

/// The form.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    frame: Frame,
    problem: Option<String>,
}

impl SignInPage {
    pub(crate) fn new(frame: Frame, problem: Option<Problem>) -> Self {
        let problem = problem.map(|problem| match problem {
            Problem::Refused => "The name and password do not fit. Check both and try again".into(),
            Problem::TooMany(seconds) => {
                let minutes = usize::try_from(seconds.div_ceil(60)).unwrap_or(usize::MAX);
                format!(
                    "Too many attempts. Try again in {}",
                    words::count(minutes, "minute", "minutes")
                )
            }
        });
        Self { frame, problem }
    }
}
