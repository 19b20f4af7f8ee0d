//! A privacy officer's list of accesses.

use askama::Template;
use tributary_gatekeeper::{AccessLine, AccessList};

use super::Frame;

/// The lines, newest first.
#[derive(Template)]
#[template(path = "accesses.html")]
pub(crate) struct AccessesPage<'a> {
    frame: Frame,
    list: &'a AccessList,
    /// Whether newer lines stand before this page.
    further: bool,
}

impl<'a> AccessesPage<'a> {
    pub(crate) const fn new(frame: Frame, list: &'a AccessList, further: bool) -> Self {
        Self {
            frame,
            list,
            further,
        }
    }

    fn flagged(&self) -> usize {
        self.list
            .lines
            .iter()
            .filter(|line| line.flagged.is_some())
            .count()
    }

    /// The tag's colour; its word says the same.
    fn outcome_tone(line: &AccessLine) -> &'static str {
        match line.outcome.as_str() {
            "permitted" => "nhsuk-tag--green",
            "asked" => "nhsuk-tag--blue",
            "refused" => "nhsuk-tag--orange",
            _ => "nhsuk-tag--grey",
        }
    }

    /// `permitted` → `Permitted`.
    fn outcome_words(line: &AccessLine) -> String {
        let mut letters = line.outcome.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }
}
