//! The access rules in force, for paper.

use askama::Template;
use tributary_gatekeeper::governance::PrintedRules;

use crate::pages::Frame;

/// The rules as tables.
#[derive(Template)]
#[template(path = "governance/rules.html")]
pub(crate) struct RulesPage<'a> {
    frame: Frame,
    rules: &'a PrintedRules,
}

impl<'a> RulesPage<'a> {
    pub(crate) const fn new(frame: Frame, rules: &'a PrintedRules) -> Self {
        Self { frame, rules }
    }
}
