//! The settings in force, and every version.

use askama::Template;
use tributary_gatekeeper::governance::RulesInForce;

use crate::pages::Frame;

/// What is in force, and who decided it.
#[derive(Template)]
#[template(path = "governance/settings.html")]
pub(crate) struct SettingsPage<'a> {
    frame: Frame,
    rules: &'a RulesInForce,
}

impl<'a> SettingsPage<'a> {
    pub(crate) const fn new(frame: Frame, rules: &'a RulesInForce) -> Self {
        Self { frame, rules }
    }
}
