//! SQLite: one writing connection for each store, and readings where they are asked for.
//!
//! A reading takes a fraction of a millisecond and never waits for the writer, and so does a batch
//! of audit lines but for its sync: they run on the thread that asks, since handing them to another
//! thread and back cost more than most of them do. What may take longer (a filing batch) has a
//! thread of its own, so that a server that takes in feeds goes on answering.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig, types::ValueRef};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{Bulk, DbError, DbResult, Durability, Query, Row, Rows, Value};
use crate::{
    dialect::{self, Numbered},
    limits,
    schema::Which,
};

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// One store in one file.
#[derive(Clone)]
pub(super) struct Sqlite {
    readers: Arc<Readers>,
    writer: Arc<tokio::sync::Mutex<Writer>>,
}

/// The connection that writes, and its thread. Whoever holds it is the only one who writes.
struct Writer {
    session: Arc<Mutex<Session>>,
    jobs: mpsc::Sender<Job>,
    /// Jobs that the thread has not done yet, such as undoing a transaction that was given up.
    undone: Arc<AtomicUsize>,
}

/// Connections that read, kept between readings; as many as ever read at one time.
struct Readers {
    file: PathBuf,
    which: Which,
    idle: Mutex<Vec<Session>>,
}

/// A connection with the statements it has seen in SQLite's spelling.
struct Session {
    connection: Connection,
    numbered: Numbered,
}

impl Sqlite {
    pub(super) fn open(file: &Path, which: Which) -> DbResult<Self> {
        let writer = Writer::start(file, which)?;
        let readers = Readers {
            file: file.to_owned(),
            which,
            idle: Mutex::default(),
        };
        Ok(Self {
            readers: Arc::new(readers),
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
        })
    }

    pub(super) fn read(&self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        let mut session = self.readers.take()?;
        let answers = session.read(queries)?;
        self.readers.give_back(session);
        Ok(answers)
    }

    pub(super) async fn write_if(
        &self,
        durability: Durability,
        condition: Query,
        rows: Vec<Rows>,
    ) -> DbResult<bool> {
        let writer = self.writer.lock().await;
        if writer.is_idle() {
            return writer.session().write_if(durability, &condition, rows);
        }
        let write = move |session: &mut Session| session.write_if(durability, &condition, rows);
        writer.run(write).await
    }

    pub(super) async fn begin(&self, durability: Durability) -> DbResult<SqliteTx> {
        let tx = SqliteTx {
            writer: Arc::clone(&self.writer).lock_owned().await,
            finished: false,
        };
        tx.run(move |session| session.begin(durability)).await?;
        Ok(tx)
    }

    pub(super) async fn define(&self, statements: Vec<String>) -> DbResult<()> {
        let writer = self.writer.lock().await;
        let define = move |session: &mut Session| {
            let mut statements = statements.iter();
            statements.try_for_each(|sql| Ok(session.connection.execute_batch(sql)?))
        };
        writer.run(define).await
    }

    pub(super) async fn truncate_log(&self) -> DbResult<()> {
        let writer = self.writer.lock().await;
        let truncate = |session: &mut Session| {
            session
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .map_err(DbError::from)
        };
        writer.run(truncate).await
    }
}

/// A transaction: exclusive use of the writing thread until it ends.
pub(super) struct SqliteTx {
    writer: OwnedMutexGuard<Writer>,
    finished: bool,
}

impl SqliteTx {
    pub(super) async fn query(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> DbResult<Vec<Row>> {
        self.run(move |session| session.query(sql, &params)).await
    }

    pub(super) async fn append(
        &mut self,
        sql: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> DbResult<u64> {
        self.run(move |session| session.append_to(sql, &rows)).await
    }

    pub(super) async fn fill(
        &mut self,
        bulk: &'static Bulk,
        rows: Vec<Vec<Value>>,
    ) -> DbResult<()> {
        self.run(move |session| {
            let insert = session.numbered.insert(bulk);
            session.append(&insert, &rows).map(|_| ())
        })
        .await
    }

    pub(super) async fn commit(mut self) -> DbResult<()> {
        let done = self.run(|session| session.plain("COMMIT")).await;
        self.finished = done.is_ok();
        done
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        self.writer.run(job).await
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if !self.finished {
            // Sent while the writer is still ours, so it runs before the next transaction. A
            // rollback of a transaction that never began fails, which is what is wanted.
            let _ = self.writer.send(Box::new(|session| {
                let _ = session.connection.execute_batch("ROLLBACK");
            }));
        }
    }
}

impl Writer {
    fn start(file: &Path, which: Which) -> DbResult<Self> {
        let session = Session::open(file, which, OpenFlags::default())?;
        let session = Arc::new(Mutex::new(session));
        let undone = Arc::new(AtomicUsize::new(0));
        let (jobs, waiting) = mpsc::channel::<Job>();
        let (own, done) = (Arc::clone(&session), Arc::clone(&undone));
        thread::Builder::new()
            .name(format!("{}-writer", which.name()))
            .spawn(move || {
                while let Ok(job) = waiting.recv() {
                    job(&mut own.lock().unwrap_or_else(PoisonError::into_inner));
                    done.fetch_sub(1, Ordering::AcqRel);
                }
            })
            .expect("the machine can start a thread");
        Ok(Self {
            session,
            jobs,
            undone,
        })
    }

    /// Whether the thread has done all it was given, so that nothing of it may still come.
    fn is_idle(&self) -> bool {
        self.undone.load(Ordering::Acquire) == 0
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, job: Job) -> DbResult<()> {
        self.undone.fetch_add(1, Ordering::AcqRel);
        self.jobs.send(job).map_err(|_| DbError::Closed)
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(move |session| {
            // The asker may have gone away; the work is done all the same.
            let _ = answer.send(job(session));
        }))?;
        answered.await.map_err(|_| DbError::Closed)?
    }
}

impl Readers {
    fn take(&self) -> DbResult<Session> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(session) = idle {
            return Ok(session);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Session::open(&self.file, self.which, flags)
    }

    /// Only what worked is given back: a connection that failed in mid-transaction is closed.
    fn give_back(&self, session: Session) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < limits::SQLITE_READERS {
            idle.push(session);
        }
    }
}

impl Session {
    fn open(file: &Path, which: Which, flags: OpenFlags) -> DbResult<Self> {
        let connection = Connection::open_with_flags(PathBuf::from(file), flags)?;
        connection.set_prepared_statement_cache_capacity(limits::STATEMENTS);
        let pragmas = if flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
            dialect::sqlite_reader_pragmas(which)
        } else {
            dialect::sqlite_writer_pragmas(which)
        };
        connection.execute_batch(&pragmas)?;
        // One plan for each statement, whatever is bound to it: SQLite otherwise prepares some of
        // them again at every new value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Self {
            connection,
            numbered: Numbered::default(),
        })
    }

    fn begin(&self, durability: Durability) -> DbResult<()> {
        self.plain(match durability {
            Durability::Synced => "PRAGMA synchronous = FULL",
            Durability::Replayable => "PRAGMA synchronous = NORMAL",
        })?;
        self.plain("BEGIN IMMEDIATE")
    }

    fn read(&mut self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        if let [query] = queries.as_slice() {
            return Ok(vec![self.query(query.sql, &query.params)?]);
        }
        self.plain("BEGIN")?;
        let answers = queries
            .into_iter()
            .map(|query| self.query(query.sql, &query.params))
            .collect();
        self.plain("COMMIT")?;
        answers
    }

    /// Runs a statement without parameters and without rows.
    fn plain(&self, sql: &'static str) -> DbResult<()> {
        self.connection.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    fn query(&mut self, sql: &'static str, params: &[Value]) -> DbResult<Vec<Row>> {
        let numbered = self.numbered.of(sql);
        let mut statement = self.connection.prepare_cached(&numbered)?;
        bind(&mut statement, params)?;
        let columns = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| Ok(value(row.get_ref(column)?)));
            found.push(Row(values.collect::<DbResult<_>>()?));
        }
        Ok(found)
    }

    fn write_if(
        &mut self,
        durability: Durability,
        condition: &Query,
        rows: Vec<Rows>,
    ) -> DbResult<bool> {
        self.begin(durability)?;
        let done = self.write_after(condition, rows);
        if !matches!(done, Ok(true)) {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        done
    }

    fn write_after(&mut self, condition: &Query, rows: Vec<Rows>) -> DbResult<bool> {
        let condition_met = self.append_to(condition.sql, std::slice::from_ref(&condition.params));
        if condition_met? != 1 {
            return Ok(false);
        }
        for Rows { sql, rows } in rows {
            self.append_to(sql, &rows)?;
        }
        self.plain("COMMIT")?;
        Ok(true)
    }

    fn append_to(&mut self, sql: &'static str, rows: &[Vec<Value>]) -> DbResult<u64> {
        let numbered = self.numbered.of(sql);
        self.append(&numbered, rows)
    }

    fn append(&self, numbered: &str, rows: &[Vec<Value>]) -> DbResult<u64> {
        let mut statement = self.connection.prepare_cached(numbered)?;
        let mut touched = 0_u64;
        for row in rows {
            bind(&mut statement, row)?;
            touched += statement.raw_execute()? as u64;
        }
        Ok(touched)
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Value]) -> DbResult<()> {
    for (index, value) in params.iter().enumerate() {
        let at = index + 1;
        match value {
            Value::Null => statement.raw_bind_parameter(at, rusqlite::types::Null)?,
            Value::Int(value) => statement.raw_bind_parameter(at, value)?,
            Value::Text(value) => statement.raw_bind_parameter(at, value)?,
            Value::Bytes(value) => statement.raw_bind_parameter(at, value)?,
        }
    }
    Ok(())
}

fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Integer(value) => Value::Int(value),
        // No column of ours is a float; a hand edit that makes one reads as absent.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
        ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    }
}
