//! The checked-in decision table is the one that the rules print.

use tributary_policy::{Rulebook, table};

#[test]
fn the_checked_in_table_is_current() {
    let checked_in = include_str!("../../../../docs/decision-table.md");
    assert!(
        checked_in == table::markdown(&Rulebook::all()),
        "docs/decision-table.md is out of date: \
         cargo run -p tributary-policy --example decision_table > docs/decision-table.md"
    );
}
