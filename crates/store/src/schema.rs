//! Which tables there are, in which store, and by what each would be distributed.
//!
//! Each table stands in the module that reads and writes it; here they are only gathered.

use crate::{
    db::{Db, DbResult},
    dialect,
};

/// The three stores. No transaction spans two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Identities, entries, links, preferences, feeds.
    Record,
    /// Who looked.
    Audit,
    /// Keys, backed up apart.
    Keyring,
}

impl Which {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Record, Self::Audit, Self::Keyring];

    /// The name of its file or schema.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Audit => "audit",
            Self::Keyring => "keyring",
        }
    }
}

/// How a table would lie in a region of regions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spread {
    /// Distributed by this column, which every key of the table holds.
    By(&'static str),
    /// A small table that every node has whole.
    Everywhere,
    /// In one place: heads, queues, sequences.
    Here,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    /// Its store.
    pub which: Which,
    /// Its name.
    pub name: &'static str,
    /// Columns and primary key, in the portable words `BIGINT`, `TEXT` and `BYTEA`.
    pub columns: &'static str,
    /// How it would be distributed.
    pub spread: Spread,
}

/// Sequences of numbers given out in blocks.
const SEQUENCES: [Table; 3] = [
    sequence(Which::Record),
    sequence(Which::Audit),
    sequence(Which::Keyring),
];

const fn sequence(which: Which) -> Table {
    Table {
        which,
        name: "sequence",
        columns: "name TEXT NOT NULL, next BIGINT NOT NULL, PRIMARY KEY (name)",
        spread: Spread::Here,
    }
}

/// Every table, gathered from the modules.
pub(crate) fn tables() -> impl Iterator<Item = &'static Table> {
    SEQUENCES
        .iter()
        .chain(crate::MODULES.iter().copied().flatten())
}

/// Makes what is missing of a store.
pub(crate) async fn make(db: &Db, which: Which) -> DbResult<()> {
    let missing = tables()
        .filter(|table| table.which == which)
        .map(|table| dialect::create(table, db.is_postgres()))
        .collect();
    db.define(missing).await
}

/// What of a store's tables is not as this program expects, in words.
pub(crate) async fn check(db: &Db, which: Which) -> Vec<String> {
    let mut wrong = Vec::new();
    for table in tables().filter(|table| table.which == which) {
        let columns: Vec<&str> = column_names(table).collect();
        let asked = format!("SELECT {} FROM {} LIMIT 0", columns.join(", "), table.name);
        if let Err(error) = db.define(vec![asked]).await {
            wrong.push(format!(
                "the table {} is not as expected: {error}",
                table.name
            ));
        }
    }
    wrong
}

fn column_names(table: &Table) -> impl Iterator<Item = &'static str> {
    let named =
        |part: &&str| part.contains(" BIGINT") || part.contains(" TEXT") || part.contains(" BYTEA");
    let parts = table.columns.split(", ").filter(named);
    parts.filter_map(|part| part.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lint for distribution: every key of a distributed table holds its distribution column.
    #[test]
    fn keys_hold_the_distribution_column() {
        for table in tables() {
            let keys = ["PRIMARY KEY (", "UNIQUE ("]
                .iter()
                .flat_map(|word| table.columns.split(word).skip(1))
                .filter_map(|rest| rest.split(')').next());
            assert!(
                table.columns.contains("PRIMARY KEY ("),
                "{}: no primary key",
                table.name
            );
            if let Spread::By(column) = table.spread {
                for key in keys {
                    assert!(
                        key.split(',').any(|part| part.trim() == column),
                        "{}: the key ({key}) does not hold {column}",
                        table.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_schema_keeps_to_the_portable_subset() {
        for table in tables() {
            for word in [
                "SERIAL",
                "AUTOINCREMENT",
                "TRIGGER",
                "REFERENCES",
                "JSON",
                "BOOLEAN",
                "DEFAULT",
            ] {
                assert!(
                    !table.columns.to_uppercase().contains(word),
                    "{}: {word}",
                    table.name
                );
            }
        }
    }
}
