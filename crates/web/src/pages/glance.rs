//! At a glance: what a clinician looks for in the first minute, as cards of short lists.

use tributary_model::Section;
use tributary_record::{CombinedRecord, Row, SectionState};

use crate::{limits, words};

/// A card.
pub(crate) struct Card<'a> {
    pub(crate) title: &'static str,
    pub(crate) lists: Vec<List<'a>>,
    /// What to say before the lists, when what a reader looks for is not there.
    pub(crate) none: String,
}

/// A short list within a card.
pub(crate) struct List<'a> {
    /// Its heading; empty when the card's title says it all.
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<&'a Row>,
    pub(crate) more: usize,
    pub(crate) section: Section,
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
    );
    let mut cards = vec![
        card(
            "Active problems",
            [list("", &first.active_problems, Section::Problems)],
            none(
                record,
                Section::Problems,
                "None active",
                first.active_problems.is_empty(),
            ),
        ),
        card(
            "Now and next",
            [stay, ahead],
            none(
                record,
                Section::Appointments,
                "No appointment ahead",
                first.next_appointments.is_empty(),
            ),
        ),
    ];
    if !first.mental_health.is_empty() {
        let rows = list("", &first.mental_health, Section::MentalHealth);
        cards.push(card("Mental health", [rows], String::new()));
    }
    cards
}

/// The cards of the right column.
pub(crate) fn right(record: &CombinedRecord) -> Vec<Card<'_>> {
    let first = &record.first_minute;
    let current = [
        &first.repeat_medicines,
        &first.acute_medicines,
        &first.hospital_medicines,
    ];
    let no_medicine = current.iter().all(|rows| rows.is_empty());
    let nothing_to_note = first.abnormal_results.is_empty() && first.pending_results.is_empty();
    let medicine = |title, rows| list(title, rows, Section::Medications);
    vec![
        card(
            "Current medicines",
            [
                medicine("Hospital only", &first.hospital_medicines),
                medicine("Repeat", &first.repeat_medicines),
                medicine("Acute", &first.acute_medicines),
                medicine("Stopped lately", &first.stopped_medicines),
            ],
            none(record, Section::Medications, "None current", no_medicine),
        ),
        card(
            "Results to note",
            [
                list("Pending", &first.pending_results, Section::Results),
                list("Abnormal", &first.abnormal_results, Section::Results),
            ],
            none(
                record,
                Section::Results,
                "None abnormal within a year, none pending",
                nothing_to_note,
            ),
        ),
    ]
}

fn card<'a, const N: usize>(
    title: &'static str,
    lists: [Option<List<'a>>; N],
    none: String,
) -> Card<'a> {
    Card {
        title,
        lists: lists.into_iter().flatten().collect(),
        none,
    }
}

fn list<'a>(
    title: &'static str,
    rows: impl IntoIterator<Item = &'a Row>,
    section: Section,
) -> Option<List<'a>> {
    let mut rows: Vec<&Row> = rows.into_iter().collect();
    let more = rows.len().saturating_sub(limits::ROWS_AT_A_GLANCE);
    rows.truncate(limits::ROWS_AT_A_GLANCE);
    (!rows.is_empty()).then_some(List {
        title,
        rows,
        more,
        section,
    })
}

/// Why nothing stands there: the section's own state if it has no entries, else the given words.
fn none(record: &CombinedRecord, section: Section, otherwise: &str, is_empty: bool) -> String {
    if !is_empty {
        return String::new();
    }
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
