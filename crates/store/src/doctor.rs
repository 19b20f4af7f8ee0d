//! Checking what is stored, in flat memory; every finding names the row.

use tributary_model::IdentityId;

use crate::{
    Store, StoreResult,
    db::Db,
    limits,
    permit::MaintenancePermit,
    schema::{self, Which},
};

/// What was found on some identities.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckedIdentities {
    /// The last of them: go on after it.
    pub last: IdentityId,
    /// How many.
    pub identities: u64,
    /// How many decisions about sharing are recorded on them.
    pub decisions: u64,
    /// What is wrong, in words that name the row.
    pub findings: Vec<String>,
}

impl Store {
    /// Checks the next identities after one, or the first: that every body opens, that the chain
    /// over the versions is whole, that no decision about sharing was altered or deleted. `None`
    /// when there are no more.
    pub async fn check_records(
        &self,
        _permit: &MaintenancePermit,
        after: Option<IdentityId>,
    ) -> StoreResult<Option<CheckedIdentities>> {
        let after = after.unwrap_or(IdentityId(i64::MIN));
        let identities = self
            .identities_after(after, limits::IDENTITIES_CHECKED_AT_ONCE)
            .await?;
        let Some(last) = identities.last() else {
            return Ok(None);
        };
        let mut checked = CheckedIdentities {
            last: *last,
            identities: u64::try_from(identities.len()).unwrap_or(u64::MAX),
            decisions: 0,
            findings: Vec::new(),
        };
        for identity in &identities {
            checked
                .findings
                .extend(self.check_identity(*identity).await?);
            checked
                .findings
                .extend(self.check_belonging(*identity).await?);
            let (decisions, findings) = self.check_decisions(*identity).await?;
            checked.decisions += decisions;
            checked.findings.extend(findings);
        }
        Ok(Some(checked))
    }

    /// Checks what is not about one identity: the engines' settings and files, the tables, and rows
    /// whose identity is gone.
    pub async fn check_stores(&self, _permit: &MaintenancePermit) -> StoreResult<Vec<String>> {
        let mut findings = Vec::new();
        for which in Which::ALL {
            let db = self.db(which);
            let engine = if db.is_postgres() {
                postgres(db).await?
            } else {
                sqlite(db).await?
            };
            let columns = schema::check(db, which).await;
            let words = engine.into_iter().chain(columns);
            findings.extend(words.map(|words| format!("the {} store: {words}", which.name())));
        }
        findings.extend(self.check_ownerless().await?);
        Ok(findings)
    }
}

async fn sqlite(db: &Db) -> StoreResult<Vec<String>> {
    let mut findings = Vec::new();
    for row in &db.query("PRAGMA integrity_check", vec![]).await? {
        let words = row.text(0)?;
        if words != "ok" {
            findings.push(format!("its file is damaged: {words}"));
        }
    }
    for row in &db.query("PRAGMA encoding", vec![]).await? {
        if row.text(0)? != "UTF-8" {
            findings.push(format!("its encoding is {}, not UTF-8", row.text(0)?));
        }
    }
    Ok(findings)
}

async fn postgres(db: &Db) -> StoreResult<Vec<String>> {
    let mut findings = Vec::new();
    let settings = db
        .query(
            "SELECT current_setting('server_encoding'), current_setting('fsync'), \
             current_setting('full_page_writes')",
            vec![],
        )
        .await?;
    for row in &settings {
        if row.text(0)? != "UTF8" {
            findings.push(format!("its encoding is {}, not UTF8", row.text(0)?));
        }
        for (column, name) in [(1, "fsync"), (2, "full_page_writes")] {
            if row.text(column)? != "on" {
                findings.push(format!(
                    "{name} is off: what was acknowledged could be lost"
                ));
            }
        }
    }
    let sorted = db
        .query(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND data_type = 'text' \
             AND CAST(collation_name AS TEXT) IS DISTINCT FROM 'C' ORDER BY 1, 2",
            vec![],
        )
        .await?;
    for row in &sorted {
        let (table, column) = (row.text(0)?, row.text(1)?);
        findings.push(format!("{table}.{column} is not collated by \"C\""));
    }
    Ok(findings)
}
