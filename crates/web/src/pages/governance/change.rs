//! The form on which settings are proposed.

use askama::Template;
use tributary_gatekeeper::governance::{Field, FieldKind, SettingsForm};

use crate::pages::Frame;

/// The form.
#[derive(Template)]
#[template(path = "governance/change.html")]
pub(crate) struct ChangePage<'a> {
    frame: Frame,
    form: &'a SettingsForm,
}

impl<'a> ChangePage<'a> {
    pub(crate) const fn new(frame: Frame, form: &'a SettingsForm) -> Self {
        Self { frame, form }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        let mut problems = self.form.problems.iter();
        problems
            .find(|(name, _)| name == field)
            .map(|(_, words)| words.as_str())
    }

    /// What describes a field: its hint and its problem.
    fn described_by(&self, field: &Field) -> String {
        let mut ids = Vec::new();
        if !field.hint.is_empty() {
            ids.push(format!("{}-hint", field.name));
        }
        if self.problem(&field.name).is_some() {
            ids.push(format!("{}-error", field.name));
        }
        if ids.is_empty() {
            return String::new();
        }
        ids.join(" ")
    }
}
