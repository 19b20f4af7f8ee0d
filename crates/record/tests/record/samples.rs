//! The samples show what they are named for.

use tributary_model::Section;
use tributary_record::{
    AllergySummary, CombinedRecord, SectionState,
    samples::{sample_entries, sample_records, sample_trends},
};

fn sample(name: &str) -> CombinedRecord {
    sample_records()
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, record)| record)
        .unwrap()
}

#[test]
fn there_are_ten_and_each_has_every_section() {
    let records = sample_records();
    assert_eq!(records.len(), 10);
    for (name, record) in records {
        assert_eq!(record.sections.len(), Section::ALL.len(), "{name}");
    }
}

#[test]
fn the_full_one_leaves_nothing_of_the_first_minute_empty() {
    let record = sample("full");
    let first = &record.first_minute;
    assert!(matches!(&first.allergies, AllergySummary::Recorded(lines) if lines.len() == 2));
    for (name, count) in [
        ("alerts", first.alerts.len()),
        ("decisions", first.decisions.len()),
        ("problems", first.active_problems.len()),
        ("repeat", first.repeat_medicines.len()),
        ("acute", first.acute_medicines.len()),
        ("hospital", first.hospital_medicines.len()),
        ("stopped", first.stopped_medicines.len()),
        ("appointments", first.next_appointments.len()),
        ("abnormal", first.abnormal_results.len()),
        ("pending", first.pending_results.len()),
        ("mental health", first.mental_health.len()),
        ("contacts", first.contacts.len()),
        ("in hospital", usize::from(first.in_hospital.is_some())),
        ("discharge", usize::from(first.last_discharge.is_some())),
    ] {
        assert!(count > 0, "{name}");
    }
    for section in &record.sections {
        assert!(!section.rows.is_empty(), "{:?}", section.section);
    }
}

#[test]
fn the_others_show_their_state() {
    assert!(
        sample("empty")
            .sections
            .iter()
            .all(|section| section.rows.is_empty())
    );
    let late = sample("late");
    assert!(late.sections.iter().any(|section| {
        section
            .states
            .iter()
            .any(|state| matches!(state, SectionState::Late { .. }))
    }));
    assert_eq!(late.may_be_more, ["Two Rivers Partnership"]);
    let withheld = sample("withheld");
    assert!(withheld.withheld);
    let words = format!("{withheld:?}");
    assert!(!words.contains("immunodeficiency") && !words.contains("Dolutegravir"));
    assert!(words.contains("Letter to practice") && !words.contains("Reviewed in clinic"));
    assert!(
        sample("conflicting")
            .sections
            .iter()
            .flat_map(|s| &s.rows)
            .any(|row| row.conflict.is_some())
    );
    assert!(sample("child").first_minute.child_weight.is_some());
    assert!(sample("deceased").banner.deceased.is_some());
    assert!(sample("protected").banner.address.is_none());
    assert!(
        sample("long")
            .sections
            .iter()
            .map(|s| s.rows.len())
            .sum::<usize>()
            > 1_000
    );
}

#[test]
fn trends_and_entries_are_there_too() {
    let trends = sample_trends();
    assert_eq!(trends.len(), 2);
    assert!(trends.iter().any(|(_, trend)| !trend.beside.is_empty()));
    assert!(trends.iter().any(|(_, trend)| !trend.companions.is_empty()));
    let entries = sample_entries();
    assert_eq!(entries.len(), 3);
    assert!(entries.iter().all(|(_, view)| view.earlier.len() == 1));
}
