//! PostgreSQL's own limit: `COPY` of the same rows into the same keyed table.

use std::pin::pin;

use anyhow::Result;
use tokio_postgres::{
    NoTls,
    binary_copy::BinaryCopyInWriter,
    types::{ToSql, Type},
};

use crate::watch::Watch;

const KINDS: [Type; 7] = [
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::INT8,
    Type::BYTEA,
];

/// Entries a second by `COPY BINARY`, committed every 8,192 rows as filing does.
pub(crate) fn rate(address: &str) -> Result<f64> {
    tokio::runtime::Runtime::new()?.block_on(copy(address))
}

async fn copy(address: &str) -> Result<f64> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    let (rate, ended) = tokio::join!(
        async {
            let rate = copy_rows(&client).await;
            drop(client);
            rate
        },
        connection
    );
    ended?;
    rate
}

async fn copy_rows(client: &tokio_postgres::Client) -> Result<f64> {
    let rows = client
        .query(
            "SELECT identity, section, n, version, rid, filed, body FROM tributary_record.entry \
             ORDER BY identity, section, n, version LIMIT 2000000",
            &[],
        )
        .await?;
    client
        .batch_execute(
            "DROP TABLE IF EXISTS raw_entry; \
             CREATE TABLE raw_entry (LIKE tributary_record.entry INCLUDING ALL)",
        )
        .await?;
    let rows: Vec<([i64; 6], Option<Vec<u8>>)> = rows
        .iter()
        .map(|row| {
            let keys = std::array::from_fn(|column| row.get(column));
            (keys, row.get(6))
        })
        .collect();
    let watch = Watch::start();
    for some in rows.chunks(8_192) {
        client
            .batch_execute("BEGIN; SET LOCAL synchronous_commit = off")
            .await?;
        let sink = client
            .copy_in("COPY raw_entry FROM STDIN (FORMAT BINARY)")
            .await?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &KINDS));
        for (keys, body) in some {
            let mut values: Vec<&(dyn ToSql + Sync)> =
                keys.iter().map(|key| key as &(dyn ToSql + Sync)).collect();
            values.push(body);
            writer.as_mut().write(&values).await?;
        }
        writer.finish().await?;
        client.batch_execute("COMMIT").await?;
    }
    let rate = rows.len() as f64 / watch.seconds();
    client.batch_execute("DROP TABLE raw_entry").await?;
    Ok(rate)
}
