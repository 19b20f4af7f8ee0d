//! One version of the settings: what it changes, what it would have changed, and the decision.

use askama::Template;
use tributary_gatekeeper::governance::{VersionState, VersionView};

use crate::pages::Frame;

/// One version.
#[derive(Template)]
#[template(path = "governance/version.html")]
pub(crate) struct VersionPage<'a> {
    frame: Frame,
    view: &'a VersionView,
    problem: Option<String>,
}

impl<'a> VersionPage<'a> {
    pub(crate) const fn new(frame: Frame, view: &'a VersionView, problem: Option<String>) -> Self {
        Self {
            frame,
            view,
            problem,
        }
    }

    fn is_open(&self) -> bool {
        self.view.line.state == VersionState::Open
    }

    fn or_none(words: &str) -> &str {
        if words.is_empty() { "not there" } else { words }
    }
}
