//! At a glance: what a clinician looks for in the first minute, as cards of short lists.

use tributary_model::Section;
use tributary_record::{CombinedRecord, Row, SectionState};

use crate::{limits, words};

/// A card.
pub(crate) struct Card<'a> {
    pub(crate) title: &'static str,
    pub(crate) lists: Vec<List<'a>>,
}

/// A short list within a card.
pub(crate) struct List<'a> {
    /// Its heading; empty when the card's title says it all.
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<&'a Row>,
    pub(crate) more: usize,
    /// Where all of them are.
    pub(crate) section: Section,
    /// What to say when there is no row.
    pub(crate) none: String,
}

/// The cards of the left column.
pub(crate) fn left(record: &CombinedRecord) -> Vec<Card<'_>> {
    let first = &record.first_minute;
    let stay = match &first.in_hospital {
        Some(now) => list("In hospital now", Some(now), Section::Contacts),
        None => list("Last discharge", &first.last_discharge, Section::Contacts),
    };
    let ahead = list(
        "Next appointments",
        &first.next_appointments,
        Section::Appointments,
    )
    .or_says(record, "None ahead");
    let problems = list("", &first.active_problems, Section::Problems);
    let mut cards = vec![
        card("Active problems", [problems.or_says(record, "None active")]),
        card("Now and next", [stay, ahead]),
    ];
    if !first.mental_health.is_empty() {
        let rows = list("", &first.mental_health, Section::MentalHealth);
        cards.push(card("Mental health", [rows]));
    }
    cards
}

/// The cards of the right column.
pub(crate) fn right(record: &CombinedRecord) -> Vec<Card<'_>> {
    let first = &record.first_minute;
    let medicines = Section::Medications;
    let hospital = list("Hospital only", &first.hospital_medicines, medicines);
    let repeat = list("Repeat", &first.repeat_medicines, medicines);
    let acute = list("Acute", &first.acute_medicines, medicines);
    let no_current = [&hospital, &repeat, &acute]
        .iter()
        .all(|list| list.rows.is_empty());
    let current = list("", None, medicines).said_if(no_current, record, "None current");
    let stopped = list("Stopped lately", &first.stopped_medicines, medicines);
    let pending = list("Pending", &first.pending_results, Section::Results);
    let abnormal = list("Abnormal", &first.abnormal_results, Section::Results);
    let nothing = pending.rows.is_empty() && abnormal.rows.is_empty();
    let to_note = list("", None, Section::Results).said_if(
        nothing,
        record,
        "None pending, or abnormal within a year,",
    );
    vec![
        card(
            "Current medicines",
            [current, hospital, repeat, acute, stopped],
        ),
        card("Results to note", [to_note, pending, abnormal]),
    ]
}

/// A card of the lists that say something.
fn card<'a, const N: usize>(title: &'static str, lists: [List<'a>; N]) -> Card<'a> {
    let says = |list: &List<'_>| !list.rows.is_empty() || !list.none.is_empty();
    Card {
        title,
        lists: lists.into_iter().filter(says).collect(),
    }
}

fn list<'a>(
    title: &'static str,
    rows: impl IntoIterator<Item = &'a Row>,
    section: Section,
) -> List<'a> {
    let mut rows: Vec<&Row> = rows.into_iter().collect();
    let more = rows.len().saturating_sub(limits::ROWS_AT_A_GLANCE);
    rows.truncate(limits::ROWS_AT_A_GLANCE);
    List {
        title,
        rows,
        more,
        section,
        none: String::new(),
    }
}

impl List<'_> {
    /// Says why it is empty, if it is.
    fn or_says(self, record: &CombinedRecord, otherwise: &str) -> Self {
        let empty = self.rows.is_empty();
        self.said_if(empty, record, otherwise)
    }

    fn said_if(mut self, empty: bool, record: &CombinedRecord, otherwise: &str) -> Self {
        if empty {
            self.none = none(record, self.section, otherwise);
        }
        self
    }
}

/// Why nothing stands there: the section's own state if it has no entries, else the given words.
pub(crate) fn none(record: &CombinedRecord, section: Section, otherwise: &str) -> String {
    let view = record.sections.iter().find(|view| view.section == section);
    let Some(view) = view else {
        return words::WITHHELD.to_owned();
    };
    let has_entries = |state: &SectionState| matches!(state, SectionState::Entries { .. });
    let mut said: Vec<String> = view
        .states
        .iter()
        .filter(|state| !has_entries(state))
        .map(words::state)
        .collect();
    if let Some(SectionState::Entries { rows, .. }) = view.states.iter().find(|s| has_entries(s)) {
        said.insert(
            0,
            format!("{otherwise} among {}", words::count(*rows, "row", "rows")),
        );
    }
    said.join(". ")
}
