//! Prints `docs/decision-table.md`:
//! `cargo run -p tributary-policy --example decision_table > docs/decision-table.md`.

use std::io::{self, Write};

use tributary_policy::{Rulebook, table};

fn main() -> io::Result<()> {
    io::stdout().write_all(table::markdown(&Rulebook::all()).as_bytes())
}
