//! SQLite: one writing thread and several reading threads for each store.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{Bulk, DbError, DbResult, Durability, Query, Row, Value};
use crate::{
    dialect::{self, Numbered},
    limits,
    schema::Which,
};

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// One store in one file.
#[derive(Clone)]
pub(super) struct Sqlite {
    readers: mpsc::Sender<Job>,
    writer: Arc<tokio::sync::Mutex<mpsc::Sender<Job>>>,
}

/// A connection with the statements it has seen in SQLite's spelling.
struct Session {
    connection: Connection,
    numbered: Numbered,
}

impl Sqlite {
    pub(super) fn open(file: &Path, which: Which) -> DbResult<Self> {
        let writer = Session::open(file, which, OpenFlags::default())?;
        let (to_writer, jobs) = mpsc::channel::<Job>();
        let name = format!("{}-writer", which.name());
        start(name, move || {
            let mut session = writer;
            while let Ok(job) = jobs.recv() {
                job(&mut session);
            }
        });
        let (readers, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..limits::SQLITE_READERS {
            let session = Session::open(file, which, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            let jobs = Arc::clone(&jobs);
            start(format!("{}-reader-{number}", which.name()), move || {
                read_jobs(session, &jobs);
            });
        }
        Ok(Self {
            readers,
            writer: Arc::new(tokio::sync::Mutex::new(to_writer)),
        })
    }

    pub(super) async fn read(&self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        send(&self.readers, move |session| session.read(queries)).await
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
        send(&writer, move |session| {
            statements
                .iter()
                .try_for_each(|sql| Ok(session.connection.execute_batch(sql)?))
        })
        .await
    }

    pub(super) async fn truncate_log(&self) -> DbResult<()> {
        let writer = self.writer.lock().await;
        send(&writer, |session| {
            session
                .connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .map_err(DbError::from)
        })
        .await
    }
}

/// A transaction: exclusive use of the writing thread until it ends.
pub(super) struct SqliteTx {
    writer: OwnedMutexGuard<mpsc::Sender<Job>>,
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
        self.run(move |session| {
            let numbered = session.numbered.of(sql);
            session.append(&numbered, &rows)
        })
        .await
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
        let done = self
            .run(|session| Ok(session.connection.execute_batch("COMMIT")?))
            .await;
        self.finished = done.is_ok();
        done
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> DbResult<T> + Send + 'static,
    ) -> DbResult<T> {
        send(&self.writer, job).await
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
        Ok(Self {
            connection,
            numbered: Numbered::default(),
        })
    }

    fn begin(&self, durability: Durability) -> DbResult<()> {
        Ok(self.connection.execute_batch(match durability {
            Durability::Synced => "PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
            Durability::Replayable => "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
        })?)
    }

    fn read(&mut self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        if let [query] = queries.as_slice() {
            return Ok(vec![self.query(query.sql, &query.params)?]);
        }
        self.connection.execute_batch("BEGIN")?;
        let answers = queries
            .into_iter()
            .map(|query| self.query(query.sql, &query.params))
            .collect();
        self.connection.execute_batch("COMMIT")?;
        answers
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

fn read_jobs(mut session: Session, jobs: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(&mut session),
            Err(mpsc::RecvError) => return,
        }
    }
}

fn start(name: String, work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .name(name)
        .spawn(work)
        .expect("the machine can start a thread");
}

async fn send<T: Send + 'static>(
    to: &mpsc::Sender<Job>,
    job: impl FnOnce(&mut Session) -> DbResult<T> + Send + 'static,
) -> DbResult<T> {
    let (answer, answered) = oneshot::channel();
    to.send(Box::new(move |session| {
        // The asker may have gone away; the work is done all the same.
        let _ = answer.send(job(session));
    }))
    .map_err(|_| DbError::Closed)?;
    answered.await.map_err(|_| DbError::Closed)?
}
