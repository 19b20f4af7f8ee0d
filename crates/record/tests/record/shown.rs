//! The order of what comes in changes nothing, and errors are no facts.

use proptest::prelude::*;
use tributary_record::{FirstMinute, Mark, Row, combine, trend};

use crate::arbitrary::{scope, sources};

fn first_minute_rows(first: &FirstMinute) -> Vec<&Row> {
    let lists = [
        &first.active_problems,
        &first.repeat_medicines,
        &first.acute_medicines,
        &first.hospital_medicines,
        &first.stopped_medicines,
        &first.next_appointments,
        &first.abnormal_results,
        &first.pending_results,
        &first.mental_health,
    ];
    let ones = [
        &first.pregnancy,
        &first.child_weight,
        &first.in_hospital,
        &first.last_discharge,
    ];
    lists
        .into_iter()
        .flatten()
        .chain(ones.into_iter().flatten())
        .collect()
}

proptest! {
    #[test]
    fn no_order_changes_the_record(
        (given, shuffled) in sources().prop_flat_map(|sources| {
            let entries = Just(sources.entries.clone()).prop_shuffle();
            let others = Just(sources.identities[1..].to_vec()).prop_shuffle();
            (Just(sources), entries, others).prop_map(|(sources, entries, others)| {
                let mut shuffled = sources.clone();
                shuffled.entries = entries;
                shuffled.identities.truncate(1);
                shuffled.identities.extend(others);
                (sources, shuffled)
            })
        }),
        scope in scope(),
    ) {
        let record = combine(given.clone(), &scope);
        prop_assert_eq!(&record, &combine(shuffled.clone(), &scope));
        for row in record.sections.iter().flat_map(|section| &section.rows) {
            if let Some(slug) = &row.trend {
                prop_assert_eq!(
                    trend(given.clone(), &scope, slug),
                    trend(shuffled.clone(), &scope, slug)
                );
            }
        }
    }

    #[test]
    fn what_was_entered_in_error_stands_struck_at_the_end(sources in sources(), scope in scope()) {
        let record = combine(sources, &scope);
        let struck = |row: &&Row| row.marks.contains(&Mark::EnteredInError);
        for section in &record.sections {
            let first = section.rows.iter().position(|row| struck(&row));
            if let Some(first) = first {
                prop_assert!(section.rows[first..].iter().all(|row| struck(&row)));
            }
        }
        prop_assert!(first_minute_rows(&record.first_minute).iter().all(|row| !struck(row)));
    }

    #[test]
    fn rows_of_the_first_minute_are_rows_of_the_sections(sources in sources(), scope in scope()) {
        let record = combine(sources, &scope);
        let rows: Vec<&Row> = record.sections.iter().flat_map(|section| &section.rows).collect();
        for row in first_minute_rows(&record.first_minute) {
            prop_assert!(rows.contains(&row));
        }
    }

    #[test]
    fn disagreements_have_two_sides_of_different_sources(sources in sources(), scope in scope()) {
        let record = combine(sources, &scope);
        let rows: Vec<&Row> = record.sections.iter().flat_map(|section| &section.rows).collect();
        for row in &rows {
            if row.conflict.is_some() {
                let sides = rows.iter().filter(|other| other.conflict == row.conflict);
                let identities: std::collections::HashSet<_> =
                    sides.clone().flat_map(|row| &row.provenance).map(|from| from.key.identity).collect();
                prop_assert!(sides.count() > 1 && identities.len() > 1);
            }
        }
    }

    #[test]
    fn one_row_never_stands_for_two_entries_of_one_source(sources in sources(), scope in scope()) {
        let record = combine(sources, &scope);
        for row in record.sections.iter().flat_map(|section| &section.rows) {
            let mut identities: Vec<_> = row.provenance.iter().map(|from| from.key.identity).collect();
            identities.sort();
            identities.dedup();
            prop_assert_eq!(identities.len(), row.provenance.len());
            prop_assert_eq!(row.provenance[0].key, row.key);
        }
    }
}
