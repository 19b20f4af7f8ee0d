//! Professional registers as their keepers publish them: who is on them, and until when.

use tributary_model::{ClinicalDate, Register, RegisterEntry, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Row, params},
    organisations::unreadable,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "register_entry",
        columns: "register TEXT NOT NULL, number TEXT NOT NULL, until TEXT, \
                  PRIMARY KEY (register, number)",
        spread: Spread::Everywhere,
    },
    Table {
        which: Which::Record,
        name: "register_load",
        columns: "register TEXT NOT NULL, loaded BIGINT NOT NULL, entries BIGINT NOT NULL, \
                  PRIMARY KEY (register)",
        spread: Spread::Everywhere,
    },
];

/// How much of a register is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegisterLoad {
    /// Which.
    pub register: Register,
    /// When it was loaded.
    pub loaded: Timestamp,
    /// How many entries it has.
    pub entries: i64,
}

impl Store {
    /// Puts a register's entries, each with its last day, in place of all that was kept of it. From
    /// then on it says who is on it, whatever an account says of itself.
    pub async fn load_register(
        &self,
        register: Register,
        entries: &[(String, Option<ClinicalDate>)],
        now: Timestamp,
    ) -> StoreResult<()> {
        let name = register.name();
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "DELETE FROM register_entry WHERE register = $1",
            params![name],
        )
        .await?;
        let rows = entries.iter().map(|(number, until)| {
            let until = until.as_ref().map(|day| &day.text);
            params![name, register_number(number), until]
        });
        tx.append(
            "INSERT INTO register_entry (register, number, until) VALUES ($1, $2, $3) \
             ON CONFLICT (register, number) DO UPDATE SET until = excluded.until",
            rows.collect(),
        )
        .await?;
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO register_load (register, loaded, entries) VALUES ($1, $2, $3) \
             ON CONFLICT (register) DO UPDATE SET loaded = excluded.loaded, \
             entries = excluded.entries",
            params![name, now, count],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The registers that were loaded.
    pub async fn registers(&self) -> StoreResult<Vec<RegisterLoad>> {
        let sql = "SELECT register, loaded, entries FROM register_load ORDER BY register";
        let rows = self.record.query(sql, vec![]).await?;
        let load = |row: &Row| {
            Ok(RegisterLoad {
                register: Register::named(row.text(0)?).ok_or_else(|| unreadable("register"))?,
                loaded: Timestamp(row.int(1)?),
                entries: row.int(2)?,
            })
        };
        rows.iter().map(load).collect()
    }
}

/// What a statement about accounts (`c`) selects for [`read_entry`], and from where.
macro_rules! register_columns {
    () => {
        "c.register, c.register_number, c.register_until, l.loaded, e.number, e.until"
    };
}
pub(crate) use register_columns;

/// See [`register_columns`].
macro_rules! of_registers {
    () => {
        " LEFT JOIN register_load l ON l.register = c.register \
         LEFT JOIN register_entry e ON e.register = c.register AND e.number = c.register_number "
    };
}
pub(crate) use of_registers;

/// An account's register entry as it is now, from [`register_columns`] at a place. Where the
/// register itself was loaded it alone counts: who is not on it has no entry.
pub(crate) fn read_entry(row: &Row, first: usize) -> StoreResult<Option<RegisterEntry>> {
    let Some(register) = row.opt_text(first)? else {
        return Ok(None);
    };
    let loaded = row.opt_int(first + 3)?.is_some();
    if loaded && row.opt_text(first + 4)?.is_none() {
        return Ok(None);
    }
    let until = row.opt_text(if loaded { first + 5 } else { first + 2 })?;
    Ok(Some(RegisterEntry {
        register: Register::named(register).ok_or_else(|| unreadable("register"))?,
        number: row.text(first + 1)?.to_owned(),
        valid_until: until.and_then(ClinicalDate::read),
    }))
}

/// A number as registers and accounts keep it, so that they meet however it was typed.
pub(crate) fn register_number(typed: &str) -> String {
    let letters = typed.chars().filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_uppercase).collect()
}
