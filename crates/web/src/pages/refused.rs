//! A refusal: a calm page.

use askama::Template;
use axum::http::StatusCode;
use tributary_gatekeeper::Refusal;
use tributary_model::Address;

use super::{Frame, permission::Typed};

/// The exact words, what they mean, and what the professional can do.
#[derive(Template)]
#[template(path = "refused.html")]
pub(crate) struct RefusedPage {
    frame: Frame,
    /// The way to record that the patient now says yes, where that may be recorded. For an
    /// unknown person it is never there, so that the page does not depend on who was asked for.
    yes_now: Option<Address>,
    unknown: bool,
    words: String,
    meaning: Vec<String>,
    access: i64,
    /// What an answer sent from this page lacked.
    problem: Option<&'static str>,
}

impl RefusedPage {
    pub(crate) fn new(frame: Frame, address: Address, refusal: &Refusal) -> Self {
        let unknown = refusal.unknown_person;
        Self {
            frame,
            yes_now: (refusal.may_say_yes_now && !unknown).then_some(address),
            unknown,
            words: refusal.words.clone(),
            meaning: refusal.meaning.clone(),
            access: refusal.access.0,
            problem: None,
        }
    }

    /// The page again, with what the answer sent from it lacked.
    pub(crate) fn lacking(self, typed: &Typed) -> Self {
        let problem = self.yes_now.and_then(|_| typed.first_missing());
        Self { problem, ..self }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        if self.unknown {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::FORBIDDEN
        }
    }
}
