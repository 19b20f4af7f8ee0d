//! The same fact from two sources once, and only the same.

use tributary_model::{ClinicalEntry, Coding, Detail, Section};
use tributary_record::CombinedRecord;

use crate::build::{
    HOSPITAL, OTHER, PRACTICE, allergy, at, medicine, problem, record, result, rows,
};

/// How many rows two entries of two sources make.
fn together(one: ClinicalEntry, other: ClinicalEntry) -> usize {
    let section = one.section;
    let record = record(vec![(HOSPITAL, one), (PRACTICE, other)]);
    rows(&record, section).len()
}

fn sources_of_first(record: &CombinedRecord, section: Section) -> Vec<&str> {
    rows(record, section)[0]
        .provenance
        .iter()
        .map(|from| from.source_name.as_str())
        .collect()
}

#[test]
fn one_fact_of_three_sources_is_one_row_with_three_provenances() {
    let say = || problem("195967001", "Asthma", "active", "2011-03-01");
    let record = record(vec![(OTHER, say()), (PRACTICE, say()), (HOSPITAL, say())]);
    assert_eq!(rows(&record, Section::Problems).len(), 1);
    assert_eq!(
        sources_of_first(&record, Section::Problems),
        ["Hospital", "Other", "Practice"]
    );
}

#[test]
fn one_source_that_says_it_twice_is_two_rows() {
    let say = || medicine("Ramipril 5mg capsules", "One daily", "2026-01-01");
    let record = record(vec![
        (HOSPITAL, say()),
        (HOSPITAL, say()),
        (PRACTICE, say()),
    ]);
    assert_eq!(rows(&record, Section::Medications).len(), 2);
}

#[test]
fn problems_are_one_when_their_beginnings_are_near() {
    let onset = |onset: &str| problem("195967001", "Asthma", "active", onset);
    for (one, other, count) in [
        ("2011-03-01", "2011-03-29", 1),
        ("2011-03-01", "2011-04-15", 2),
        ("2011-03", "2011-04-20", 1),
        ("2011", "2011-11-03", 1),
        ("2011", "2013", 2),
        ("2011-03-01", "", 2),
        ("", "", 1),
    ] {
        assert_eq!(
            together(onset(one), onset(other)),
            count,
            "{one} and {other}"
        );
        assert_eq!(
            together(onset(other), onset(one)),
            count,
            "{other} and {one}"
        );
    }
}

#[test]
fn a_code_or_the_words_must_be_the_same() {
    let say = |code: &str, words: &str| problem(code, words, "active", "2011-03-01");
    assert_eq!(
        together(say("1", "Asthma"), say("1", "Bronchial asthma")),
        1
    );
    assert_eq!(
        together(say("", "Asthma"), say("1", "ASTHMA (disorder)")),
        1
    );
    assert_eq!(together(say("1", "Asthma"), say("2", "Asthma")), 2);
    let mut both = say("1", "Asthma");
    both.what.codings.push(Coding {
        system: "urn:read".into(),
        code: "H33".into(),
        display: String::new(),
    });
    let mut read = say("", "Br. asthma");
    read.what.codings = vec![both.what.codings[1].clone()];
    assert_eq!(together(both, read), 1);
}

#[test]
fn another_name_is_shown_beside() {
    let one = problem("1", "Asthma", "active", "2011-03-01");
    let mut other = problem("1", "Bronchial asthma", "active", "2011-03-01");
    other.notes.push("Worse at night".to_owned());
    let record = record(vec![(HOSPITAL, one), (PRACTICE, other)]);
    let detail = &rows(&record, Section::Problems)[0].detail;
    assert!(detail.contains(&(
        "Called by Practice".to_owned(),
        "Bronchial asthma".to_owned()
    )));
    assert!(detail.contains(&("Note (Practice)".to_owned(), "Worse at night".to_owned())));
}

#[test]
fn whatever_a_clinician_would_act_on_keeps_two_facts_apart() {
    let base = || medicine("Ramipril 5mg capsules", "One daily", "2026-01-01");
    assert_eq!(together(base(), base()), 1);
    let mut changes: Vec<ClinicalEntry> = Vec::new();
    let mut change = |change: &dyn Fn(&mut ClinicalEntry)| {
        let mut entry = base();
        change(&mut entry);
        changes.push(entry);
    };
    change(&|entry| entry.status = "on-hold".to_owned());
    change(&|entry| entry.when = Some(at("2026-01-02")));
    change(&|entry| entry.until = Some(at("2027-01-02")));
    change(&|entry| entry.what.text = "Ramipril 10mg capsules".to_owned());
    change(&|entry| {
        if let Detail::Medication(medication) = &mut entry.detail {
            medication.doses[0].text = "Two daily".to_owned();
        }
    });
    change(&|entry| {
        if let Detail::Medication(medication) = &mut entry.detail {
            medication.doses[0].route = "Intravenous".to_owned();
        }
    });
    change(&|entry| entry.verification = "entered-in-error".to_owned());
    for changed in changes {
        assert_eq!(together(base(), changed), 2);
    }
}

#[test]
fn results_are_one_by_value_unit_and_day() {
    let say = |number: &str, unit: &str, when: &str| result("718", number, unit, when);
    let first = || say("7.2", "mmol/L", "2026-05-05T08:00:00Z");
    assert_eq!(
        together(first(), say("7.20", "mmol/l", "2026-05-05T15:00:00Z")),
        1
    );
    assert_eq!(together(first(), say("7.2", "mmol/L", "2026-05-05")), 1);
    assert_eq!(together(first(), say("7.2", "umol/L", "2026-05-05")), 2);
    assert_eq!(together(first(), say("7.3", "mmol/L", "2026-05-05")), 2);
    assert_eq!(together(first(), say("<7.2", "mmol/L", "2026-05-05")), 2);
    assert_eq!(together(first(), say("7.2", "mmol/L", "2026-05-06")), 2);
    // Half past eleven at night in Greenwich is the next day in London's summer.
    assert_eq!(
        together(
            say("7.2", "g", "2026-07-01T23:30:00Z"),
            say("7.2", "g", "2026-07-02")
        ),
        1
    );
}

#[test]
fn a_bedside_measurement_is_one_by_its_minute() {
    let say = |when: &str| {
        let mut entry = result("8867", "72", "/min", when);
        if let Detail::Observation(observation) = &mut entry.detail {
            observation.laboratory = false;
        }
        entry
    };
    assert_eq!(
        together(say("2026-05-05T08:00:10Z"), say("2026-05-05T08:00:50Z")),
        1
    );
    assert_eq!(
        together(say("2026-05-05T08:00:00Z"), say("2026-05-05T08:30:00Z")),
        2
    );
}

#[test]
fn allergies_are_one_by_substance_and_reaction_whenever_recorded() {
    let say = |criticality: &str, recorded: &str| {
        let mut entry = allergy("91936005", "Allergy to penicillin");
        entry.recorded = Some(at(recorded));
        if let Detail::Allergy(allergy) = &mut entry.detail {
            allergy.criticality = criticality.to_owned();
        }
        entry
    };
    assert_eq!(together(say("high", "1998"), say("high", "2019-03-03")), 1);
    assert_eq!(together(say("high", "1998"), say("low", "1998")), 2);
    let lost = |words: &str| allergy("196461000000101", words);
    assert_eq!(together(lost("Septrin"), lost("Amoxicillin")), 2);
    assert_eq!(together(lost("Septrin"), lost("septrin")), 1);
}
