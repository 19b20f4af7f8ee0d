//! How looks rank: a form, and what it would have made of past looks.

use std::{borrow::Borrow, collections::BTreeMap};

use askama::Template;
use tributary_gatekeeper::{Setting, Trial};

use super::Frame;

/// The form with its trial.
#[derive(Template)]
#[template(path = "ranking.html")]
pub(crate) struct RankingPage<'a> {
    frame: Frame,
    trial: &'a Trial,
    typed: &'a BTreeMap<String, String>,
    problems: Vec<Setting>,
}

impl<'a> RankingPage<'a> {
    pub(crate) const fn new(
        frame: Frame,
        trial: &'a Trial,
        typed: &'a BTreeMap<String, String>,
        problems: Vec<Setting>,
    ) -> Self {
        Self {
            frame,
            trial,
            typed,
            problems,
        }
    }

    fn value(&self, setting: impl Borrow<Setting>) -> String {
        let setting = *setting.borrow();
        let typed = self.typed.get(setting.name()).cloned();
        typed.unwrap_or_else(|| self.trial.tried.of(setting).to_string())
    }

    fn is_wrong(&self, setting: impl Borrow<Setting>) -> bool {
        self.problems.contains(setting.borrow())
    }

    fn settings(weights: bool) -> impl Iterator<Item = Setting> {
        let all = Setting::ALL.into_iter();
        all.filter(move |setting| setting.is_weight() == weights)
    }

    fn changed(&self) -> bool {
        self.trial.tried != self.trial.now
    }

    fn bounds(setting: impl Borrow<Setting>) -> String {
        let setting = *setting.borrow();
        let (least, most) = setting.bounds();
        format!("{}: a whole number from {least} to {most}", setting.words())
    }
}
