//! The few things on which SQLite and PostgreSQL differ beyond the driver.

use std::{collections::HashMap, fmt::Write as _, sync::Arc};

use crate::{
    db::Bulk,
    schema::{Spread, Table, Which},
};

/// What a SQLite connection that writes is told first.
///
/// WAL, so that readers and the writer do not wait for each other; deleted bytes are overwritten;
/// the record store has pages of 16 KiB because its rows are larger.
pub(crate) fn sqlite_writer_pragmas(which: Which) -> String {
    let page_size = match which {
        Which::Record => 16_384,
        Which::Audit | Which::Keyring => 4_096,
    };
    format!(
        "PRAGMA page_size = {page_size}; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; \
         PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; \
         PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864"
    )
}

/// What a SQLite connection that reads is told first.
pub(crate) fn sqlite_reader_pragmas(_which: Which) -> String {
    "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY; \
     PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384"
        .to_owned()
}

/// The statement that makes a table, in the engine's words.
pub(crate) fn create(table: &Table, postgres: bool) -> String {
    let columns = table.columns;
    if postgres {
        let text = columns.replace("TEXT", "TEXT COLLATE \"C\"");
        return format!("CREATE TABLE IF NOT EXISTS {} ({text})", table.name);
    }
    let columns = columns
        .replace("BIGINT", "INTEGER")
        .replace("BYTEA", "BLOB");
    // A table stored by its key has no second tree to keep; STRICT refuses a wrong kind of value.
    let _: &Spread = &table.spread;
    format!(
        "CREATE TABLE IF NOT EXISTS {} ({columns}) STRICT, WITHOUT ROWID",
        table.name
    )
}

/// Statements in SQLite's spelling: `$n` is bound by order of appearance there, `?n` by number.
#[derive(Default)]
pub(crate) struct Numbered {
    seen: HashMap<(usize, usize), Arc<str>>,
}

impl Numbered {
    /// The statement with `?n` for `$n`.
    pub(crate) fn of(&mut self, sql: &'static str) -> Arc<str> {
        let place = (sql.as_ptr().addr(), sql.len());
        Arc::clone(
            self.seen
                .entry(place)
                .or_insert_with(|| sql.replace('$', "?").into()),
        )
    }

    /// The insert statement of a bulk write.
    pub(crate) fn insert(&mut self, bulk: &'static Bulk) -> Arc<str> {
        let place = (std::ptr::from_ref(bulk).addr(), 0);
        Arc::clone(
            self.seen
                .entry(place)
                .or_insert_with(|| insert(bulk).into()),
        )
    }
}

fn insert(bulk: &Bulk) -> String {
    let mut names = String::new();
    let mut marks = String::new();
    for (index, (name, _)) in bulk.columns.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(names, "{comma}{name}");
        let _ = write!(marks, "{comma}?{}", index + 1);
    }
    format!("INSERT INTO {} ({names}) VALUES ({marks})", bulk.table)
}
