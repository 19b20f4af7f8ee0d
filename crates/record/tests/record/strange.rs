//! Whatever bytes a source sends, a record is made of them.

use proptest::{collection::vec, prelude::*};
use tributary_model::{
    ClinicalDate, ClinicalEntry, Concept, Detail, EntryKey, Observation, Precision, Timestamp,
    Value,
};
use tributary_record::{combine, entry_view, samples::everything, trend};

use crate::arbitrary::{scope, sources};

/// Words that look like what is read out of words, and words that look like nothing.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9. ]{0,6}(mg|ml|/|%|\\+| |µ|É|ß)?[a-z ]{0,8}\\)?",
        "(no |allergy to |history of )?[A-Za-zÀ-ž]{0,6}( allergy| \\(disorder\\))?",
    ]
}

fn date() -> impl Strategy<Value = ClinicalDate> {
    let precision = prop_oneof![
        Just(Precision::Year),
        Just(Precision::Month),
        Just(Precision::Day),
        Just(Precision::Time)
    ];
    let near = 0..2_000_000_000_000_000_i64;
    (text(), precision, prop_oneof![any::<i64>(), near]).prop_map(|(text, precision, sort)| {
        ClinicalDate {
            text,
            precision,
            sort: Timestamp(sort),
        }
    })
}

/// Puts strange words, dates and numbers into an entry.
fn estrange(
    entry: &mut ClinicalEntry,
    words: &mut impl Iterator<Item = String>,
    date: &ClinicalDate,
    number: f64,
) {
    let mut next = || words.next().unwrap();
    entry.what.text = next();
    entry.status = next();
    entry.notes = vec![next()];
    entry.when = Some(date.clone());
    entry.recorded = Some(date.clone());
    entry.reasons.push(Concept {
        codings: Vec::new(),
        text: next(),
    });
    match &mut entry.detail {
        Detail::Medication(medication) => {
            medication.last_issued = Some(date.clone());
            medication
                .doses
                .iter_mut()
                .for_each(|dose| dose.text = next());
        }
        Detail::Observation(observation) => {
            *observation = Observation {
                value: Some(Value::Quantity {
                    number,
                    text: next(),
                    comparator: String::new(),
                    unit: next(),
                    ucum: String::new(),
                }),
                range: (Some(number), Some(-number)),
                ..observation.clone()
            };
        }
        Detail::Allergy(allergy) => allergy.reactions = vec![(next(), next())],
        Detail::Document(document) => document.text = next().repeat(200),
        Detail::Plan(plan) => plan.people = vec![(next(), next(), next())],
        _ => {}
    }
}

proptest! {
    #[test]
    fn nothing_that_is_sent_stops_a_record(
        mut sources in sources(),
        scope in scope(),
        words in vec(text(), 1..8),
        dates in vec(date(), 24),
        numbers in vec(any::<f64>(), 24),
    ) {
        let mut words = words.into_iter().cycle();
        for ((entry, date), number) in sources.entries.iter_mut().zip(&dates).zip(numbers) {
            estrange(&mut entry.entry, &mut words, date, number);
        }
        for (identity, date) in sources.identities.iter_mut().zip(&dates) {
            identity.demographics.born = Some(date.clone());
            identity.demographics.name.family = words.next().unwrap();
            identity.demographics.interpreter = words.next();
        }
        let record = combine(sources.clone(), &scope);
        let rows = record.sections.iter().flat_map(|section| &section.rows);
        for slug in rows.clone().filter_map(|row| row.trend.as_deref()) {
            let _ = trend(sources.clone(), &everything(), slug);
        }
        let keys: Vec<EntryKey> = rows.map(|row| row.key).collect();
        for key in keys.into_iter().take(3) {
            prop_assert!(entry_view(sources.clone(), &scope, key, Vec::new(), Vec::new()).is_some());
        }
    }
}
