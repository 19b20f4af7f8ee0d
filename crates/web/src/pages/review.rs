//! One review: the look, why it is listed, what stood around it, and what comes next.

use std::borrow::Borrow;

use askama::Template;
use tributary_gatekeeper::{ReviewDetail, Step};

use super::{Frame, accesses::AccessesPage};
use crate::endpoints::review::Typed;

/// One review in full.
#[derive(Template)]
#[template(path = "review.html")]
pub(crate) struct ReviewPage<'a> {
    frame: Frame,
    review: &'a ReviewDetail,
    typed: Typed,
    problems: Vec<(&'static str, &'static str)>,
}

impl<'a> ReviewPage<'a> {
    pub(crate) const fn new(
        frame: Frame,
        review: &'a ReviewDetail,
        typed: Typed,
        problems: Vec<(&'static str, &'static str)>,
    ) -> Self {
        Self {
            frame,
            review,
            typed,
            problems,
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        let mut problems = self.problems.iter();
        problems
            .find(|(name, _)| *name == field)
            .map(|(_, words)| *words)
    }

    fn hint(step: impl Borrow<Step>) -> &'static str {
        match step.borrow() {
            Step::Justified => "The review ends here.",
            Step::NotJustified => "Say below what was done about it. The review ends here.",
            Step::Escalate => "The review stays open, with as much time again.",
            Step::Incident => {
                "The 72 hours within which the Information Commissioner is told begin now. The \
                 review stays open."
            }
            Step::Told => "The clock of the serious incident stops.",
            Step::Release => {
                "Until now the patient, a parent or a proxy is not told of it, because it was made \
                 to protect somebody."
            }
        }
    }
}
