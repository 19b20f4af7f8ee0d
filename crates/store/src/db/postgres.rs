//! PostgreSQL: a pool of connections, statements pipelined where one round trip will do.

use std::{error::Error as _, pin::pin};

use bytes::BytesMut;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use futures_util::future;
use tokio_postgres::{
    Config, NoTls,
    binary_copy::BinaryCopyInWriter,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{Bulk, DbError, DbResult, Durability, Kind, Query, Row, Rows, Value};
use crate::{limits, schema::Which};

/// One store as one schema of a database.
#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool,
}

/// What PostgreSQL said, with its cause (which the error's own words leave out).
pub(super) fn words(error: &tokio_postgres::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

impl Postgres {
    pub(super) async fn open(address: &str, which: Which) -> DbResult<Self> {
        let mut config: Config = address.parse()?;
        let schema = format!("tributary_{}", which.name());
        config.options(format!("-c search_path={schema}"));
        config.application_name(format!("tributary {}", which.name()));
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(limits::POSTGRES_CONNECTIONS)
            .build()
            .map_err(|error| DbError::Pool(error.to_string()))?;
        let db = Self { pool };
        db.connection()
            .await?
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
            .await?;
        Ok(db)
    }

    pub(super) async fn read(&self, queries: Vec<Query>) -> DbResult<Vec<Vec<Row>>> {
        let connection = self.connection().await?;
        if let [query] = queries.as_slice() {
            return Ok(vec![select(&connection, query.sql, &query.params).await?]);
        }
        let mut statements = Vec::with_capacity(queries.len());
        for query in &queries {
            statements.push(connection.prepare_cached(query.sql).await?);
        }
        // Requests leave in the order they are first polled, so all of this is one round trip.
        let selects = queries.iter().zip(&statements).map(|(query, statement)| {
            let connection = &connection;
            async move {
                Ok(rows(
                    &connection.query(statement, &refs(&query.params)).await?,
                ))
            }
        });
        let begin = connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let commit = connection.batch_execute("COMMIT");
        let (started, answers, ended) =
            future::join3(begin, future::join_all(selects), commit).await;
        started?;
        ended?;
        answers.into_iter().collect()
    }

    pub(super) async fn begin(&self, durability: Durability) -> DbResult<PostgresTx> {
        let connection = self.connection().await?;
        connection.batch_execute(begin(durability)).await?;
        Ok(PostgresTx {
            connection: Some(connection),
        })
    }

    pub(super) async fn write_if(
        &self,
        durability: Durability,
        condition: Query,
        writes: Vec<Rows>,
    ) -> DbResult<bool> {
        let connection = self.connection().await?;
        let first = connection.prepare_cached(condition.sql).await?;
        let mut statements = Vec::with_capacity(writes.len());
        for write in &writes {
            statements.push(connection.prepare_cached(write.sql).await?);
        }
        // Dropped before its commit, the transaction is undone.
        let tx = PostgresTx {
            connection: Some(connection),
        };
        let connection = tx.connection()?;
        // One round trip to learn whether the condition holds, and one for all that follows.
        let (begun, touched) = future::join(
            connection.batch_execute(begin(durability)),
            connection.execute(&first, &refs(&condition.params)),
        )
        .await;
        begun?;
        if touched? != 1 {
            return Ok(false);
        }
        let runs = writes
            .iter()
            .zip(&statements)
            .flat_map(|(write, statement)| {
                write.rows.iter().map(move |params| async move {
                    connection.execute(statement, &refs(params)).await
                })
            });
        let commit = connection.batch_execute("COMMIT");
        let (runs, ended) = future::join(future::join_all(runs), commit).await;
        for run in runs {
            run?;
        }
        ended?;
        tx.give_back();
        Ok(true)
    }

    pub(super) async fn define(&self, statements: &[String]) -> DbResult<()> {
        let connection = self.connection().await?;
        for sql in statements {
            connection.batch_execute(sql).await?;
        }
        Ok(())
    }

    async fn connection(&self) -> DbResult<Object> {
        self.pool
            .get()
            .await
            .map_err(|error| DbError::Pool(error.to_string()))
    }
}

/// A transaction on a connection of its own.
pub(super) struct PostgresTx {
    connection: Option<Object>,
}

impl PostgresTx {
    pub(super) async fn query(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> DbResult<Vec<Row>> {
        select(self.connection()?, sql, &params).await
    }

    pub(super) async fn append(
        &mut self,
        sql: &'static str,
        all: Vec<Vec<Value>>,
    ) -> DbResult<u64> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        let runs = all.iter().map(|params| {
            let statement = &statement;
            async move { connection.execute(statement, &refs(params)).await }
        });
        let mut touched = 0;
        for run in future::join_all(runs).await {
            touched += run?;
        }
        Ok(touched)
    }

    pub(super) async fn fill(&mut self, bulk: &'static Bulk, all: Vec<Vec<Value>>) -> DbResult<()> {
        let connection = self.connection()?;
        let names: Vec<&str> = bulk.columns.iter().map(|(name, _)| *name).collect();
        let types: Vec<Type> = bulk
            .columns
            .iter()
            .map(|(_, kind)| kind.postgres())
            .collect();
        let copy = format!(
            "COPY {} ({}) FROM STDIN (FORMAT BINARY)",
            bulk.table,
            names.join(", ")
        );
        let sink = connection.copy_in(&copy).await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        for params in &all {
            writer.as_mut().write(&refs(params)).await?;
        }
        writer.finish().await?;
        Ok(())
    }

    pub(super) async fn commit(self) -> DbResult<()> {
        self.connection()?.batch_execute("COMMIT").await?;
        self.give_back();
        Ok(())
    }

    /// Gives the connection back to the pool; without a commit `Drop` closes it instead.
    fn give_back(mut self) {
        drop(self.connection.take());
    }

    fn connection(&self) -> DbResult<&Object> {
        self.connection.as_ref().ok_or(DbError::Closed)
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        // An open transaction ends with its connection, which is not given back to the pool.
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

const fn begin(durability: Durability) -> &'static str {
    match durability {
        Durability::Synced => "BEGIN; SET LOCAL synchronous_commit = on",
        Durability::Replayable => "BEGIN; SET LOCAL synchronous_commit = off",
    }
}

async fn select(connection: &Object, sql: &'static str, params: &[Value]) -> DbResult<Vec<Row>> {
    let statement = connection.prepare_cached(sql).await?;
    Ok(rows(&connection.query(&statement, &refs(params)).await?))
}

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn rows(rows: &[tokio_postgres::Row]) -> Vec<Row> {
    rows.iter()
        .map(|row| Row((0..row.len()).map(|column| value(row, column)).collect()))
        .collect()
}

fn value(row: &tokio_postgres::Row, column: usize) -> Value {
    let Some(kind) = row.columns().get(column).map(tokio_postgres::Column::type_) else {
        return Value::Null;
    };
    let read = match *kind {
        Type::INT8 => row
            .try_get::<_, Option<i64>>(column)
            .map(|value| value.map(Value::Int)),
        Type::INT4 => row
            .try_get::<_, Option<i32>>(column)
            .map(|value| value.map(|value| Value::Int(i64::from(value)))),
        Type::BYTEA => row
            .try_get::<_, Option<Vec<u8>>>(column)
            .map(|value| value.map(Value::Bytes)),
        _ => row
            .try_get::<_, Option<String>>(column)
            .map(|value| value.map(Value::Text)),
    };
    read.ok().flatten().unwrap_or(Value::Null)
}

impl Kind {
    const fn postgres(self) -> Type {
        match self {
            Self::Int => Type::INT8,
            Self::Bytes => Type::BYTEA,
        }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Text(value) => value.as_str().to_sql(kind, out),
            Self::Bytes(value) => value.as_slice().to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [
            Type::INT8,
            Type::INT4,
            Type::TEXT,
            Type::VARCHAR,
            Type::BYTEA,
        ]
        .contains(kind)
    }

    to_sql_checked!();
}
