//! Every byte that a deployment keeps, searched for words: files, and on PostgreSQL every row too.

use std::fmt::Write as _;

use tokio::task::JoinSet;
use tributary_store::Place;

use crate::Region;

impl Region {
    /// Where these words lie in clear: in a file of the deployment, or in a row of its database.
    pub async fn holds(&self, words: &str) -> Vec<String> {
        let forms = [words.to_owned(), words.to_lowercase(), words.to_uppercase()];
        let files = self.files().into_iter().filter(|(_, bytes)| {
            forms.iter().any(|form| {
                bytes
                    .windows(form.len())
                    .any(|part| part == form.as_bytes())
            })
        });
        let mut found: Vec<String> = files.map(|(path, _)| path.display().to_string()).collect();
        if let Place::Postgres { address, .. } = self.place() {
            found.extend(rows_with(address, &forms).await);
        }
        found
    }
}

/// The tables that have a row with one of these words, as text or as bytes.
async fn rows_with(address: &str, forms: &[String]) -> Vec<String> {
    let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
        .await
        .unwrap();
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let tables = client
        .query(
            "SELECT schemaname || '.' || tablename FROM pg_tables \
             WHERE schemaname LIKE 'tributary%'",
            &[],
        )
        .await
        .unwrap();
    assert!(!tables.is_empty(), "a deployment has tables");
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let rows = client
            .query(&format!("SELECT t::text FROM {table} t"), &[])
            .await
            .unwrap();
        let holds = rows.iter().any(|row| {
            let text: String = row.get(0);
            let bytes = |form: &String| {
                form.bytes().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                })
            };
            forms
                .iter()
                .any(|form| text.contains(form.as_str()) || text.contains(&bytes(form)))
        });
        if holds {
            found.push(table);
        }
    }
    found
}
