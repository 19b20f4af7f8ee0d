//! Where sources disagree, and where they do not.

use tributary_model::{ClinicalEntry, Concept, Section};
use tributary_record::{AllergySummary, Mark, Row};

use crate::build::{HOSPITAL, OTHER, PRACTICE, allergy, at, medicine, problem, record, rows};

/// Whether two entries of two sources are shown as disagreeing.
fn disagree(one: ClinicalEntry, other: ClinicalEntry) -> bool {
    let section = one.section;
    let record = record(vec![(HOSPITAL, one), (PRACTICE, other)]);
    let rows = rows(&record, section);
    let numbers: Vec<_> = rows.iter().map(|row| row.conflict).collect();
    assert!(numbers.iter().all(Option::is_some) || numbers.iter().all(Option::is_none));
    rows.len() > 1 && numbers.iter().all(|number| *number == Some(1))
}

fn verified(mut entry: ClinicalEntry, verification: &str) -> ClinicalEntry {
    verification.clone_into(&mut entry.verification);
    entry
}

#[test]
fn an_allergy_is_present_here_and_denied_there() {
    let present = || allergy("91936005", "Allergy to penicillin");
    assert!(disagree(present(), verified(present(), "refuted")));
    assert!(disagree(present(), verified(present(), "entered-in-error")));
    assert!(disagree(
        present(),
        verified(allergy("", "Penicillin"), "refuted")
    ));
    let mut resolved = present();
    resolved.status = "resolved".to_owned();
    assert!(disagree(present(), resolved));
    assert!(!disagree(
        present(),
        verified(allergy("1", "Latex"), "refuted")
    ));
    assert!(!disagree(present(), verified(present(), "unconfirmed")));
}

#[test]
fn none_known_stands_against_what_it_denies() {
    let food = |category: &str| {
        let mut entry = allergy("91935009", "Allergy to peanut");
        entry.categories = vec![Concept {
            codings: Vec::new(),
            text: category.to_owned(),
        }];
        entry
    };
    let none = || allergy("716186003", "No known allergies");
    let no_drug = || allergy("409137002", "No known drug allergies");
    assert!(disagree(food("food"), none()));
    assert!(!disagree(food("food"), no_drug()));
    assert!(disagree(food("medication"), no_drug()));
}

#[test]
fn an_allergy_is_never_dropped() {
    let present = || allergy("91936005", "Allergy to penicillin");
    let record = record(vec![
        (HOSPITAL, verified(present(), "refuted")),
        (PRACTICE, present()),
        (OTHER, allergy("716186003", "No known allergies")),
    ]);
    let AllergySummary::Recorded(lines) = &record.first_minute.allergies else {
        panic!("an allergy is recorded");
    };
    assert_eq!(lines.len(), 1);
    let conflict = lines[0].conflict.as_deref().unwrap();
    assert!(conflict.contains("Hospital: refuted") && conflict.contains("Other: No known"));
    assert_eq!(rows(&record, Section::Allergies).len(), 3);
}

#[test]
fn a_refuted_allergy_alone_is_said_as_refuted() {
    let refuted = verified(allergy("91936005", "Allergy to penicillin"), "refuted");
    let record = record(vec![(HOSPITAL, refuted)]);
    let AllergySummary::Recorded(lines) = &record.first_minute.allergies else {
        panic!("a refuted allergy is still said");
    };
    assert_eq!(lines[0].status, "active, refuted");
    assert_eq!(lines[0].conflict, None);
}

#[test]
fn a_resolved_allergy_is_said_beside_none_known() {
    let mut resolved = allergy("91930004", "Allergy to egg");
    resolved.status = "resolved".to_owned();
    let record = record(vec![
        (PRACTICE, resolved),
        (HOSPITAL, allergy("716186003", "No known allergies")),
    ]);
    let AllergySummary::Recorded(lines) = &record.first_minute.allergies else {
        panic!("a resolved allergy is still said");
    };
    let said: Vec<_> = lines
        .iter()
        .map(|line| (line.substance.as_str(), line.status.as_str()))
        .collect();
    assert_eq!(
        said,
        [("Allergy to egg", "resolved"), ("No known allergies", "")]
    );
}

#[test]
fn no_known_drug_allergies_is_not_no_known_allergies() {
    let record = record(vec![(
        HOSPITAL,
        allergy("409137002", "No known drug allergies"),
    )]);
    let AllergySummary::Recorded(lines) = &record.first_minute.allergies else {
        panic!("it is said in its own words");
    };
    assert_eq!(lines[0].substance, "No known drug allergies");
}

#[test]
fn two_doses_of_one_drug_disagree() {
    let say = |words: &str, dose: &str| medicine(words, dose, "2026-01-01");
    for (one, other, clash) in [
        (
            ("Ramipril 5mg capsules", "One daily"),
            ("Ramipril 10mg capsules", "One daily"),
            true,
        ),
        (
            ("Ramipril 5mg capsules", "One daily"),
            ("Ramipril 5mg tablets", "Two daily"),
            true,
        ),
        (
            ("Ramipril 5 MG", "once daily"),
            ("Ramipril 5mg capsules", "Take ONE a day"),
            false,
        ),
        (
            ("Ramipril 5mg capsules", "One daily"),
            ("Ramipril", ""),
            false,
        ),
        (
            ("Levothyroxine 0.1mg", ""),
            ("Levothyroxine 100 micrograms", ""),
            false,
        ),
        (
            ("Prednisolone 5mg tablets", "One daily"),
            ("Prednisolone 1% eye drops", "BD"),
            false,
        ),
        (
            ("Ramipril 5mg capsules", "One daily"),
            ("Bisoprolol 5mg tablets", "Two daily"),
            false,
        ),
    ] {
        let (a, b) = (say(one.0, one.1), say(other.0, other.1));
        assert_eq!(disagree(a, b), clash, "{one:?} {other:?}");
    }
}

#[test]
fn a_stopped_dose_disagrees_with_nothing() {
    let mut old = medicine("Ramipril 5mg capsules", "One daily", "2020-01-01");
    old.status = "stopped".to_owned();
    assert!(!disagree(
        old,
        medicine("Ramipril 10mg capsules", "One daily", "2026-01-01")
    ));
}

#[test]
fn a_problem_is_active_here_and_over_there() {
    let active = |onset: &str| problem("49436004", "Atrial fibrillation", "active", onset);
    let over = |onset: &str, until: &str| {
        let mut entry = problem("49436004", "Atrial fibrillation", "resolved", onset);
        entry.until = (!until.is_empty()).then(|| at(until));
        entry
    };
    assert!(disagree(
        active("2020-04-30"),
        over("2020-05-11", "2021-02-02")
    ));
    assert!(disagree(active("2020-04-30"), over("2020-05-11", "")));
    assert!(disagree(active(""), over("2020-05-11", "")));
    // An earlier episode that ended is no disagreement.
    assert!(!disagree(
        active("2020-04-30"),
        over("2010-05-11", "2010-06-01")
    ));
    assert!(disagree(
        active("2020-04-30"),
        verified(active("2001-01-01"), "refuted")
    ));
}

#[test]
fn rows_that_disagree_stand_side_by_side() {
    let record = record(vec![
        (HOSPITAL, problem("1", "One", "active", "2024-01-01")),
        (HOSPITAL, problem("2", "Two", "active", "2022-01-01")),
        (PRACTICE, problem("1", "One", "resolved", "2020-01-01")),
        (PRACTICE, problem("1", "One", "resolved", "2024-02-20")),
    ]);
    let rows: Vec<&Row> = rows(&record, Section::Problems).iter().collect();
    let words: Vec<_> = rows
        .iter()
        .map(|row| (row.what.as_str(), row.conflict))
        .collect();
    assert_eq!(
        words,
        [
            ("One", Some(1)),
            ("One", Some(1)),
            ("Two", None),
            ("One", None)
        ]
    );
}

#[test]
fn an_error_is_struck_at_the_end_and_clashes_with_no_problem() {
    let wrong = verified(
        problem("22298006", "Myocardial infarction", "active", "2020-05-11"),
        "entered-in-error",
    );
    let record = record(vec![
        (HOSPITAL, wrong),
        (
            PRACTICE,
            problem("22298006", "Myocardial infarction", "active", "2020-05-11"),
        ),
        (PRACTICE, problem("1", "Asthma", "resolved", "1990")),
    ]);
    let rows = rows(&record, Section::Problems);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[2].marks, [Mark::EnteredInError]);
    assert_eq!(rows[2].conflict, None);
}
