//! Results of one test over time: one axis, one unit, nothing lost.

use tributary_model::{ClinicalEntry, Coding, Concept, Detail, Measurement, Observation, Value};
use tributary_record::{Trend, samples::everything, trend};

use crate::arbitrary::LOINC;
use crate::build::{HOSPITAL, OTHER, PRACTICE, concept, record, result, rows, sources};

fn drawn(entries: Vec<(usize, ClinicalEntry)>, slug: &str) -> Option<Trend> {
    trend(sources(entries), &everything(), slug)
}

fn numbers(trend: &Trend) -> Vec<f64> {
    trend.points.iter().map(|point| point.number).collect()
}

fn say(number: &str, unit: &str, when: &str) -> ClinicalEntry {
    result("1", number, unit, when)
}

#[test]
fn points_of_all_sources_are_in_order_of_time_and_in_one_unit() {
    let trend = drawn(
        vec![
            (PRACTICE, say("0.092", "mmol/L", "2026-09-08")),
            (HOSPITAL, say("118", "umol/L", "2026-07-29")),
            (HOSPITAL, say("101", "umol/L", "2026-10-01")),
        ],
        "sct-1",
    )
    .unwrap();
    assert_eq!(trend.unit, "µmol/L");
    assert_eq!(numbers(&trend), [118.0, 92.0, 101.0]);
    assert!(trend.beside.is_empty());
    assert_eq!(trend.points[1].row.value, "0.092 mmol/L");
}

#[test]
fn unlike_units_and_half_known_numbers_stand_beside() {
    let trend = drawn(
        vec![
            (HOSPITAL, say("5.1", "mmol/L", "2026-07-01")),
            (HOSPITAL, say("5.4", "mmol/L", "2026-08-01")),
            (PRACTICE, say("92", "mg/dL", "2026-07-29")),
            (PRACTICE, say("<0.5", "mmol/L", "2026-09-08")),
        ],
        "sct-1",
    )
    .unwrap();
    assert_eq!(numbers(&trend), [5.1, 5.4]);
    let beside: Vec<&str> = trend.beside.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(beside, ["92 mg/dL", "< 0.5 mmol/L"]);
}

#[test]
fn a_range_moves_with_its_number_and_belongs_to_its_laboratory() {
    let ranged = |mut entry: ClinicalEntry, low: f64, high: f64| {
        if let Detail::Observation(observation) = &mut entry.detail {
            observation.range = (Some(low), Some(high));
        }
        entry
    };
    let trend = drawn(
        vec![
            (
                HOSPITAL,
                ranged(say("13.7", "g/dL", "2026-07-01"), 11.5, 16.5),
            ),
            (
                PRACTICE,
                ranged(say("170", "g/L", "2026-08-01"), 120.0, 160.0),
            ),
            (
                PRACTICE,
                ranged(say("130", "g/L", "2026-09-01"), 120.0, 160.0),
            ),
        ],
        "sct-1",
    )
    .unwrap();
    assert_eq!(trend.unit, "g/L");
    assert_eq!(trend.points[0].range, (Some(115.0), Some(165.0)));
    let abnormal: Vec<bool> = trend.points.iter().map(|point| point.abnormal).collect();
    assert_eq!(abnormal, [false, true, false]);
}

#[test]
fn the_laboratorys_mark_decides_what_is_abnormal() {
    let mut normal = say("9", "mmol/L", "2026-07-01");
    if let Detail::Observation(observation) = &mut normal.detail {
        observation.range = (None, Some(5.0));
        observation.interpretation = vec!["N".to_owned()];
    }
    let trend = drawn(
        vec![
            (HOSPITAL, normal),
            (HOSPITAL, say("1", "mmol/L", "2026-08-01")),
        ],
        "sct-1",
    );
    assert!(!trend.unwrap().points[0].abnormal);
}

#[test]
fn tests_meet_over_any_shared_code_and_keep_old_addresses() {
    let also = |mut entry: ClinicalEntry, code: &str| {
        entry.what.codings.push(Coding {
            system: LOINC.to_owned(),
            code: code.to_owned(),
            display: String::new(),
        });
        entry
    };
    let entries = || {
        vec![
            (HOSPITAL, say("5", "mmol/L", "2026-07-01")),
            (PRACTICE, also(say("6", "mmol/L", "2026-08-01"), "718-7")),
            (
                OTHER,
                also(result("2", "7", "mmol/L", "2026-09-01"), "718-7"),
            ),
            (OTHER, result("3", "8", "mmol/L", "2026-09-01")),
        ]
    };
    let trend = drawn(entries(), "loinc-718-7").unwrap();
    assert_eq!(numbers(&trend), [5.0, 6.0, 7.0]);
    assert_eq!(drawn(entries(), "sct-1").unwrap(), trend);
    assert_eq!(drawn(entries(), "sct-2").unwrap(), trend);
    assert_eq!(drawn(entries(), "sct-9"), None);
    let record = record(entries());
    let slugs: Vec<_> = rows(&record, tributary_model::Section::Results)
        .iter()
        .map(|row| (row.value.as_str(), row.trend.as_deref()))
        .collect();
    assert!(slugs.contains(&("7 mmol/L", Some("loinc-718-7"))));
    assert!(
        slugs.contains(&("8 mmol/L", None)),
        "one result alone has no trend"
    );
}

#[test]
fn a_pressure_is_two_lines_systolic_first() {
    let pressure = |systolic: f64, diastolic: f64, when: &str| {
        let part = |code: &str, words: &str, number: f64| Measurement {
            what: concept(code, words),
            value: Some(Value::Quantity {
                number,
                text: number.to_string(),
                comparator: String::new(),
                unit: "mmHg".to_owned(),
                ucum: "mm[Hg]".to_owned(),
            }),
        };
        let mut entry = say("1", "kg", when);
        entry.detail = Detail::Observation(Observation {
            components: vec![
                part("271650006", "Diastolic", diastolic),
                part("271649006", "Systolic", systolic),
            ],
            ..Observation::default()
        });
        entry
    };
    let trend = drawn(
        vec![
            (PRACTICE, pressure(152.0, 92.0, "2025-09-22")),
            (HOSPITAL, pressure(128.0, 74.0, "2026-11-20")),
        ],
        "sct-1",
    )
    .unwrap();
    assert_eq!(
        (trend.what.as_str(), trend.unit.as_str()),
        ("Systolic", "mmHg")
    );
    assert_eq!(numbers(&trend), [152.0, 128.0]);
    assert_eq!(trend.companions.len(), 1);
    assert_eq!(numbers(&trend.companions[0]), [92.0, 74.0]);
    assert_eq!(trend.points[0].row.value, "152/92 mmHg");
}

#[test]
fn a_result_that_two_sources_send_is_one_point() {
    let twice = || say("5", "mmol/L", "2026-07-01");
    let entries = vec![
        (HOSPITAL, twice()),
        (PRACTICE, twice()),
        (PRACTICE, say("6", "mmol/L", "2026-08-01")),
    ];
    let trend = drawn(entries, "sct-1").unwrap();
    assert_eq!(numbers(&trend), [5.0, 6.0]);
    assert_eq!(trend.points[0].row.provenance.len(), 2);
}

#[test]
fn words_alone_make_a_trend_too() {
    let uncoded = |number: &str, when: &str| {
        let mut entry = say(number, "mmol/L", when);
        entry.what = Concept {
            codings: Vec::new(),
            text: "Fasting glucose".to_owned(),
        };
        entry
    };
    let entries = vec![
        (HOSPITAL, uncoded("5", "2026-07-01")),
        (PRACTICE, uncoded("6", "2026-08-01")),
    ];
    let record = record(entries.clone());
    let slug = rows(&record, tributary_model::Section::Results)[0]
        .trend
        .clone()
        .unwrap();
    assert_eq!(numbers(&drawn(entries, &slug).unwrap()), [5.0, 6.0]);
}
