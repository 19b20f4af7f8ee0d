//! A privacy officer's list of accesses.

use askama::Template;
use tributary_gatekeeper::{AccessLine, AccessList, Which};
use tributary_model::Timestamp;

use super::Frame;

/// The lines, newest first.
#[derive(Template)]
#[template(path = "accesses.html")]
pub(crate) struct AccessesPage<'a> {
    frame: Frame,
    list: &'a AccessList,
}

const KINDS: [(&str, &str); 4] = [
    ("all", "Everything"),
    ("our-patients", "Who looked at our patients"),
    ("our-staff", "Whose records our staff looked at"),
    ("flagged", "Flagged for review"),
];

impl<'a> AccessesPage<'a> {
    pub(crate) const fn new(frame: Frame, list: &'a AccessList) -> Self {
        Self { frame, list }
    }

    const fn further(&self) -> bool {
        self.list.query.before.is_some()
    }

    fn flagged(&self) -> usize {
        let flagged = self.list.lines.iter();
        flagged.filter(|line| line.flagged.is_some()).count()
    }

    const fn which(&self) -> &'static str {
        match self.list.query.which {
            Which::All | Which::Member(_) => "all",
            Which::OurPatients => "our-patients",
            Which::OurStaff => "our-staff",
            Which::Flagged => "flagged",
        }
    }

    fn selected(&self, value: &str) -> &'static str {
        if value == self.which() {
            " selected"
        } else {
            ""
        }
    }

    /// The member of staff whose lines these are.
    fn member(&self) -> Option<(i64, &str)> {
        let Which::Member(account) = self.list.query.which else {
            return None;
        };
        let name = self.list.lines.first();
        Some((
            account.0,
            name.map_or("one person", |line| line.coded.name.as_str()),
        ))
    }

    fn from(&self) -> String {
        self.list.query.from.map(day).unwrap_or_default()
    }

    fn to(&self) -> String {
        let until = self.list.query.until;
        until.map(|until| day(until.plus(-1))).unwrap_or_default()
    }

    /// What was asked for, to ask for it again: `which=…&from=…`.
    fn again(&self) -> String {
        let mut parts = match self.list.query.which {
            Which::Member(account) => vec![format!("staff={}", account.0)],
            _ => vec![format!("which={}", self.which())],
        };
        for (name, day) in [("from", self.from()), ("to", self.to())] {
            if !day.is_empty() {
                parts.push(format!("{name}={day}"));
            }
        }
        parts.join("&")
    }

    /// The tag's colour; its word says the same.
    pub(super) fn outcome_tone(line: &AccessLine) -> &'static str {
        match line.outcome.as_str() {
            "permitted" => "nhsuk-tag--green",
            "asked" => "nhsuk-tag--blue",
            "refused" => "nhsuk-tag--orange",
            _ => "nhsuk-tag--grey",
        }
    }

    /// `permitted` → `Permitted`.
    pub(super) fn outcome_words(line: &AccessLine) -> String {
        let mut letters = line.outcome.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    }
}

fn day(at: Timestamp) -> String {
    tributary_model::london_date(at).to_string()
}
