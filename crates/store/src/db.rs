//! One thin database: the same SQL text on SQLite and on PostgreSQL.
//!
//! Statements use `$1…` parameters of three kinds (64-bit integers, text, bytes). What the engines
//! disagree on beyond that is in [`crate::dialect`].

mod postgres;
mod sqlite;
mod value;

use std::path::Path;

pub(crate) use value::{Row, Value, params};

use crate::schema::Which;

/// Why a statement did not succeed. Never carries a parameter.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// SQLite said no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL said no.
    #[error("PostgreSQL: {}", postgres::words(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// No PostgreSQL connection could be had.
    #[error("no connection to PostgreSQL: {0}")]
    Pool(String),
    /// The database's own thread has ended.
    #[error("the database is closed")]
    Closed,
    /// A column had another type than the statement's reader expects.
    #[error("column {column} of a row is not {expected}")]
    Column {
        /// Which column, from 0.
        column: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// A row that must be there is not.
    #[error("no row where one must be: {0}")]
    Missing(&'static str),
}

/// A result of the database.
pub(crate) type DbResult<T> = Result<T, DbError>;

/// What must be true when a commit returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Durability {
    /// It is on the disk.
    Synced,
    /// It is consistent, and can be done again from the spool if the machine fails.
    Replayable,
}

/// A statement with its parameters, for [`Db::read`].
pub(crate) struct Query {
    sql: &'static str,
    params: Vec<Value>,
}

impl Query {
    /// A statement with its parameters.
    pub(crate) const fn new(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params }
    }
}

/// A statement with the rows of parameters it is run for, for [`Db::write_if`].
pub(crate) struct Rows {
    sql: &'static str,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// A statement with the rows of parameters it is run for.
    pub(crate) const fn new(sql: &'static str, rows: Vec<Vec<Value>>) -> Self {
        Self { sql, rows }
    }
}

/// A table and the columns of a bulk write.
pub(crate) struct Bulk {
    /// The table.
    pub table: &'static str,
    /// Its columns in the order of the rows' values.
    pub columns: &'static [(&'static str, Kind)],
}

/// The kinds of column there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `BIGINT`
    Int,
    /// `BYTEA`
    Bytes,
}

/// One of the three stores on one engine.
#[derive(Clone)]
pub(crate) struct Db(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens (and creates) a SQLite store in a file.
    pub(crate) fn open_sqlite(file: &Path, which: Which) -> DbResult<Self> {
        Ok(Self(Engine::Sqlite(sqlite::Sqlite::open(file, which)?)))
    }

    /// Opens a PostgreSQL store: a schema of its own in the database the address names.
    pub(crate) async fn open_postgres(address: &str, which: Which) -> DbResult<Self> {
        Ok(Self(Engine::Postgres(
            postgres::Postgres::open(address, which).await?,
        )))
    }

    /// Whether this is PostgreSQL.
    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self.0, Engine::Postgres(_))
    }

    /// Runs one reading statement.
    pub(crate) async fn query(&self, sql: &'static str, params: Vec<Value>) -> DbResult<Vec<Row>> {
        let mut answers = self.read(vec![Query::new(sql, params)]).await?;
        Ok(answers.pop().unwrap_or_default())
    }

    /// Runs reading statements in one hop and on one snapshot; an answer for each, in order.
    pub(crate) async fn read(&self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        for query in &queries {
            tell(query.sql);
        }
        match &self.0 {
            Engine::Sqlite(db) => db.read(queries),
            Engine::Postgres(db) => db.read(queries).await,
        }
    }

    /// Begins a transaction. Dropped without [`Tx::commit`], it is undone.
    pub(crate) async fn begin(&self, durability: Durability) -> DbResult<Tx> {
        Ok(match &self.0 {
            Engine::Sqlite(db) => Tx(TxEngine::Sqlite(db.begin(durability).await?)),
            Engine::Postgres(db) => Tx(TxEngine::Postgres(db.begin(durability).await?)),
        })
    }

    /// Writes all of this in one transaction if `condition` touches one row, in as few hops as the
    /// engine needs; otherwise nothing is written and `false` returned.
    pub(crate) async fn write_if(
        &self,
        durability: Durability,
        condition: Query,
        writes: Vec<Rows>,
    ) -> DbResult<bool> {
        tell(condition.sql);
        for write in &writes {
            tell(write.sql);
        }
        match &self.0 {
            Engine::Sqlite(db) => db.write_if(durability, condition, writes).await,
            Engine::Postgres(db) => db.write_if(durability, condition, writes).await,
        }
    }

    /// Runs statements that define tables; each must be safe to repeat.
    pub(crate) async fn define(&self, statements: Vec<String>) -> DbResult<()> {
        match &self.0 {
            Engine::Sqlite(db) => db.define(statements).await,
            Engine::Postgres(db) => db.define(&statements).await,
        }
    }

    /// Gives back to the disk what deleted rows and the write-ahead log still hold.
    pub(crate) async fn truncate_log(&self) -> DbResult<()> {
        match &self.0 {
            Engine::Sqlite(db) => db.truncate_log().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Takes `count` consecutive numbers of a sequence; the first of them is returned.
    pub(crate) async fn next_ids(&self, name: &'static str, count: i64) -> DbResult<i64> {
        let mut tx = self.begin(Durability::Replayable).await?;
        let first = tx.next_ids(name, count).await?;
        tx.commit().await?;
        Ok(first)
    }
}

/// An open transaction.
pub(crate) struct Tx(TxEngine);

#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each transaction, and it is not kept in numbers"
)]
enum TxEngine {
    Sqlite(sqlite::SqliteTx),
    Postgres(postgres::PostgresTx),
}

impl Tx {
    /// Runs a statement and reads its rows.
    pub(crate) async fn query(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> DbResult<Vec<Row>> {
        tell(sql);
        match &mut self.0 {
            TxEngine::Sqlite(tx) => tx.query(sql, params).await,
            TxEngine::Postgres(tx) => tx.query(sql, params).await,
        }
    }

    /// Runs a statement that another module made, and reads its rows.
    pub(crate) async fn ask(&mut self, query: Query) -> DbResult<Vec<Row>> {
        self.query(query.sql, query.params).await
    }

    /// Runs a statement; the number of rows it touched is returned.
    pub(crate) async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> DbResult<u64> {
        self.append(sql, vec![params]).await
    }

    /// Runs one statement for each row of parameters, in one hop; rows touched in all.
    pub(crate) async fn append(
        &mut self,
        sql: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> DbResult<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        tell(sql);
        match &mut self.0 {
            TxEngine::Sqlite(tx) => tx.append(sql, rows).await,
            TxEngine::Postgres(tx) => tx.append(sql, rows).await,
        }
    }

    /// Writes rows that are proved new, as fast as the engine can. Give them in key order.
    pub(crate) async fn fill(
        &mut self,
        bulk: &'static Bulk,
        rows: Vec<Vec<Value>>,
    ) -> DbResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        tell(bulk.table);
        match &mut self.0 {
            TxEngine::Sqlite(tx) => tx.fill(bulk, rows).await,
            TxEngine::Postgres(tx) => tx.fill(bulk, rows).await,
        }
    }

    /// Takes `count` consecutive numbers of a sequence within this transaction.
    pub(crate) async fn next_ids(&mut self, name: &'static str, count: i64) -> DbResult<i64> {
        let rows = self
            .query(
                "INSERT INTO sequence (name, next) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET next = sequence.next + excluded.next - 1 \
                 RETURNING next",
                params![name, count + 1],
            )
            .await?;
        let next = rows.first().ok_or(DbError::Missing("sequence"))?.int(0)?;
        Ok(next - count)
    }

    /// Makes it so, as durably as was asked at the beginning.
    pub(crate) async fn commit(self) -> DbResult<()> {
        match self.0 {
            TxEngine::Sqlite(tx) => tx.commit().await,
            TxEngine::Postgres(tx) => tx.commit().await,
        }
    }
}

/// Names a statement that is about to run, for whoever follows what the store does: the text alone,
/// never a parameter.
fn tell(sql: &'static str) {
    tracing::trace!(target: "tributary_store::sql", sql);
}
