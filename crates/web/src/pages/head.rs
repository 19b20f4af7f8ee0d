//! What every page of an open record has at its top and its left: banner, permission, sections.

use tributary_gatekeeper::OpenRecord;
use tributary_model::{Section, Timestamp};
use tributary_record::{Alert, AllergyLine, AllergySummary, CombinedRecord};

use crate::{limits, words};

/// Top and left of a page of an open record.
pub(crate) struct Head<'a> {
    /// `/patients/12/record`.
    pub(crate) base: String,
    pub(crate) open: &'a OpenRecord,
    pub(crate) record: &'a CombinedRecord,
    pub(crate) now: Timestamp,
    pub(crate) until: Option<String>,
    pub(crate) nav: Vec<NavItem>,
    pub(crate) sources_mark: String,
    /// Which page it is: `record`, `timeline`, `sources`, a section's name, or empty.
    pub(crate) current: &'static str,
}

/// One section in the list at the left.
pub(crate) struct NavItem {
    pub(crate) section: Section,
    pub(crate) rows: usize,
    pub(crate) marks: Vec<&'static str>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(open: &'a OpenRecord, current: &'static str) -> Self {
        let record = &open.record;
        let now = record.as_at;
        let nav = record.sections.iter().map(|view| NavItem {
            section: view.section,
            rows: view.rows.len(),
            marks: words::mark_of(&view.states),
        });
        let late = record
            .sources
            .iter()
            .filter(|source| source.late_since.is_some())
            .count();
        Self {
            base: format!("/patients/{}/record", open.address.0),
            open,
            record,
            now,
            until: open
                .permission
                .until
                .filter(|until| *until > now)
                .map(|until| words::until(until, now)),
            nav: nav.collect(),
            sources_mark: if late > 0 {
                format!("{late} late")
            } else {
                String::new()
            },
            current,
        }
    }

    /// The allergies that the banner names, worst first; none when there are none to name.
    pub(crate) fn allergies(&self) -> &[AllergyLine] {
        match &self.record.first_minute.allergies {
            AllergySummary::Recorded(lines) => lines
                .get(..limits::NAMED_IN_BANNER.min(lines.len()))
                .unwrap_or_default(),
            AllergySummary::NoneKnown(_)
            | AllergySummary::NoneRecorded
            | AllergySummary::NotSupplied => &[],
        }
    }

    /// How many allergies the banner does not name.
    pub(crate) fn more_allergies(&self) -> usize {
        match &self.record.first_minute.allergies {
            AllergySummary::Recorded(lines) => lines.len().saturating_sub(limits::NAMED_IN_BANNER),
            AllergySummary::NoneKnown(_)
            | AllergySummary::NoneRecorded
            | AllergySummary::NotSupplied => 0,
        }
    }

    /// “No known allergies” is what a source says; “none recorded” is that nobody says anything.
    pub(crate) fn allergy_words(&self) -> String {
        match &self.record.first_minute.allergies {
            AllergySummary::Recorded(_) => String::new(),
            AllergySummary::NoneKnown(provenance) => {
                let says: Vec<String> = provenance
                    .iter()
                    .map(|from| {
                        let on = from.recorded.as_ref();
                        let on = on
                            .map(|on| format!(", {}", words::day(on)))
                            .unwrap_or_default();
                        format!("{}{on}", from.source_name)
                    })
                    .collect();
                format!("No known allergies (says {})", says.join("; "))
            }
            AllergySummary::NoneRecorded => words::NONE_RECORDED.to_owned(),
            AllergySummary::NotSupplied => {
                words::state(&tributary_record::SectionState::NotSupplied)
            }
        }
    }

    /// Whether a source of allergies is late: what is not there may only not be there yet.
    pub(crate) fn allergies_late(&self) -> bool {
        let allergies = self
            .nav
            .iter()
            .find(|item| item.section == Section::Allergies);
        allergies.is_some_and(|item| item.marks.contains(&"late"))
    }

    /// Whether allergies are recorded at all: only then is their box a warning.
    pub(crate) const fn has_allergies(&self) -> bool {
        matches!(
            self.record.first_minute.allergies,
            AllergySummary::Recorded(_)
        )
    }

    /// The alerts and decisions that the banner names, most pressing first.
    pub(crate) fn alerts(&self) -> impl Iterator<Item = &'a Alert> {
        let first = &self.record.first_minute;
        first
            .decisions
            .iter()
            .chain(&first.alerts)
            .take(limits::NAMED_IN_BANNER)
    }

    pub(crate) fn has_alerts(&self) -> bool {
        self.alerts().next().is_some()
    }

    /// How many alerts and decisions there are.
    pub(crate) fn alert_count(&self) -> usize {
        let first = &self.record.first_minute;
        first.decisions.len() + first.alerts.len()
    }

    /// How many alerts and decisions the banner does not name.
    pub(crate) fn more_alerts(&self) -> usize {
        self.alert_count().saturating_sub(limits::NAMED_IN_BANNER)
    }

    /// Whether the practice stands among the people and teams already.
    pub(crate) fn practice_is_named(&self) -> bool {
        let mut contacts = self.record.first_minute.contacts.iter();
        contacts.any(|contact| contact.role == "GP practice")
    }

    /// What a source's name stands for in the sentence about those that wait to be linked.
    pub(crate) fn may_be_more(&self) -> String {
        listed(&self.record.may_be_more)
    }

    pub(crate) fn hidden_by_agreement(&self) -> String {
        listed(&self.record.hidden_by_agreement)
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
