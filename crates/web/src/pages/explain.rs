//! Why a past decision was made.

use askama::Template;
use tributary_gatekeeper::{Depth, Explanation};

use super::{Frame, accesses::AccessesPage};

/// The explanation for one reader.
#[derive(Template)]
#[template(path = "explain.html")]
pub(crate) struct ExplainPage<'a> {
    frame: Frame,
    explained: &'a Explanation,
}

impl<'a> ExplainPage<'a> {
    pub(crate) const fn new(frame: Frame, explained: &'a Explanation) -> Self {
        Self { frame, explained }
    }

    fn for_officer(&self) -> bool {
        self.explained.depth == Depth::PrivacyOfficer
    }
}
