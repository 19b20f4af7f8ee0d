//! What the governance group decided, version by version: proposed by one person, in force once two
//! different people have approved it.
//!
//! A version is never changed. It is proposed against the one then in force and can only follow
//! that one, so what was previewed is what comes into force. The version in force is read with the
//! facts of each decision, so a new one holds in every process from the next request on.

use tributary_model::{AccessAction, AccountId, Requester, Timestamp};
use tributary_policy::Settings;

use crate::{
    Circumstances, Store, StoreError, StoreResult,
    db::{Durability, Query, Row, Tx, params},
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "settings",
        // The rulebook's label is what audit lines give. Without a proposer the version is the
        // configuration's. `base` is the version it was proposed against.
        columns: "version BIGINT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL, \
                  base BIGINT NOT NULL, proposed BIGINT NOT NULL, proposer BIGINT, \
                  name TEXT NOT NULL, why TEXT NOT NULL, in_force BIGINT, withdrawn BIGINT, \
                  PRIMARY KEY (version)",
        spread: Spread::Everywhere,
    },
    Table {
        which: Which::Record,
        name: "settings_approval",
        columns: "version BIGINT NOT NULL, account BIGINT NOT NULL, name TEXT NOT NULL, \
                  at BIGINT NOT NULL, PRIMARY KEY (version, account)",
        spread: Spread::Everywhere,
    },
];

/// One version of the settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingsVersion {
    /// Its number.
    pub number: i64,
    /// What it says.
    pub settings: Settings,
    /// The version it was proposed against; 0 for the first.
    pub base: i64,
    /// When it was proposed.
    pub proposed: Timestamp,
    /// By whom; `None` for what the operator configured.
    pub proposer: Option<AccountId>,
    /// The proposer's name, as it was then.
    pub name: String,
    /// Why, in the proposer's words.
    pub why: String,
    /// Since when it is or was in force.
    pub in_force: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// Who approved it, the first first.
    pub approvals: Vec<Approval>,
}

/// One person's approval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Who.
    pub account: AccountId,
    /// Their name, as it was then.
    pub name: String,
    /// When.
    pub at: Timestamp,
}

/// How an approval ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Approved {
    /// It is noted; another person's is still wanting.
    Noted,
    /// It was the second: the version is in force.
    InForce,
    /// Nothing was changed: the version is not open for approval, or what it was proposed against
    /// is in force no longer.
    NotOpen,
}

/// How many different people approve settings before they are in force.
const PEOPLE: usize = 2;

const VERSIONS: &str = "SELECT version, body, base, proposed, proposer, name, why, in_force, \
                        withdrawn FROM settings ORDER BY version";
const APPROVALS: &str =
    "SELECT version, account, name, at FROM settings_approval ORDER BY version, at, account";

impl Store {
    /// Every version, the first first.
    pub async fn settings_versions(&self) -> StoreResult<Vec<SettingsVersion>> {
        let answers = self
            .record
            .read(vec![
                Query::new(VERSIONS, params![]),
                Query::new(APPROVALS, params![]),
            ])
            .await?;
        let [versions, approvals] = answers.as_slice() else {
            return Ok(Vec::new());
        };
        let mut versions = versions
            .iter()
            .map(read_version)
            .collect::<StoreResult<Vec<_>>>()?;
        for row in approvals {
            let number = row.int(0)?;
            if let Some(version) = versions.iter_mut().find(|one| one.number == number) {
                version.approvals.push(Approval {
                    account: AccountId(row.int(1)?),
                    name: row.text(2)?.to_owned(),
                    at: Timestamp(row.int(3)?),
                });
            }
        }
        Ok(versions)
    }

    /// The version in force; `None` before the first.
    pub async fn settings_in_force(&self) -> StoreResult<Option<SettingsVersion>> {
        let versions = self.settings_versions().await?;
        Ok(versions.into_iter().rfind(|one| one.in_force.is_some()))
    }

    /// The settings whose rulebook audit lines name so, whether they are in force or were.
    pub async fn settings_named(&self, label: &str) -> StoreResult<Option<Settings>> {
        let rows = self
            .record
            .query(
                "SELECT body FROM settings WHERE label = $1 AND in_force IS NOT NULL \
                 ORDER BY version DESC LIMIT 1",
                params![label],
            )
            .await?;
        rows.first().map(|row| read_body(row.text(0)?)).transpose()
    }

    /// Puts what the operator configured in force, unless the governance group has decided or it is
    /// so already. Its audit line comes first.
    pub async fn begin_settings(
        &self,
        configured: &Settings,
        circumstances: &Circumstances,
    ) -> StoreResult<()> {
        let in_force = self.settings_in_force().await?;
        let base = match &in_force {
            Some(version) if version.proposer.is_some() => return Ok(()),
            Some(version) if version.settings == *configured => return Ok(()),
            Some(version) => version.number,
            None => 0,
        };
        let body = body_of(configured)?;
        let label = configured.rulebook.label();
        let words = format!("settings {label} from the configuration: {body}");
        self.note_settings(None, words, circumstances).await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        lock(&mut tx).await?;
        // Another process may have been first.
        if last_in_force(&mut tx).await? == base {
            let now = circumstances.now;
            let number = next_version(&mut tx).await?;
            tx.execute(
                "INSERT INTO settings (version, label, body, base, proposed, proposer, name, why, \
                 in_force, withdrawn) VALUES ($1, $2, $3, $4, $5, NULL, '', '', $5, NULL)",
                params![number, label, body, base, now],
            )
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Proposes settings against those in force; the number of the new version is returned. They
    /// get a version of their own, which audit lines will give. Its audit line comes first.
    pub async fn propose_settings(
        &self,
        requester: &Requester,
        mut settings: Settings,
        why: &str,
        circumstances: &Circumstances,
    ) -> StoreResult<i64> {
        let versions = self.settings_versions().await?;
        let in_force = versions.iter().rev().find(|one| one.in_force.is_some());
        let Some(in_force) = in_force else {
            return Err(StoreError::Inconsistent(
                "nothing is in force that could be changed".to_owned(),
            ));
        };
        let mut tx = self.record.begin(Durability::Synced).await?;
        lock(&mut tx).await?;
        let number = next_version(&mut tx).await?;
        let taken = |label: &str| {
            versions
                .iter()
                .any(|it| it.settings.rulebook.label() == label)
        };
        settings.rulebook.version = number.to_string();
        while taken(&settings.rulebook.label()) {
            settings.rulebook.version.push('a');
        }
        if settings.sensitive.sets != in_force.settings.sensitive.sets {
            settings.sensitive.version = format!("region {number}");
        }
        let body = body_of(&settings)?;
        let label = settings.rulebook.label();
        let words = format!("settings {label} proposed ({why}): {body}");
        self.note_settings(Some(requester), words, circumstances)
            .await?;
        tx.execute(
            "INSERT INTO settings (version, label, body, base, proposed, proposer, name, why, \
             in_force, withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL)",
            params![
                number,
                label,
                body,
                in_force.number,
                circumstances.now,
                requester.account,
                &requester.name,
                why
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Notes one person's approval. The second person's puts the version in force. Its audit line
    /// comes first.
    pub async fn approve_settings(
        &self,
        requester: &Requester,
        number: i64,
        circumstances: &Circumstances,
    ) -> StoreResult<Approved> {
        let words = format!("settings version {number} approved");
        self.note_settings(Some(requester), words, circumstances)
            .await?;
        let now = circumstances.now;
        let mut tx = self.record.begin(Durability::Synced).await?;
        lock(&mut tx).await?;
        let last = last_in_force(&mut tx).await?;
        let open = tx
            .query(
                "SELECT version FROM settings WHERE version = $1 AND base = $2 \
                 AND in_force IS NULL AND withdrawn IS NULL",
                params![number, last],
            )
            .await?;
        if open.is_empty() {
            return Ok(Approved::NotOpen);
        }
        tx.execute(
            "INSERT INTO settings_approval (version, account, name, at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (version, account) DO NOTHING",
            params![number, requester.account, &requester.name, now],
        )
        .await?;
        let approved = tx
            .query(
                "SELECT account FROM settings_approval WHERE version = $1",
                params![number],
            )
            .await?;
        let enough = approved.len() >= PEOPLE;
        if enough {
            tx.execute(
                "UPDATE settings SET in_force = $2 WHERE version = $1",
                params![number, now],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(if enough {
            Approved::InForce
        } else {
            Approved::Noted
        })
    }

    /// Withdraws a version that is not in force yet; false if there is no such version. Its audit
    /// line comes first.
    pub async fn withdraw_settings(
        &self,
        requester: &Requester,
        number: i64,
        circumstances: &Circumstances,
    ) -> StoreResult<bool> {
        let words = format!("settings version {number} withdrawn");
        self.note_settings(Some(requester), words, circumstances)
            .await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        lock(&mut tx).await?;
        let touched = tx
            .execute(
                "UPDATE settings SET withdrawn = $2 \
                 WHERE version = $1 AND in_force IS NULL AND withdrawn IS NULL",
                params![number, circumstances.now],
            )
            .await?;
        tx.commit().await?;
        Ok(touched > 0)
    }

    async fn note_settings(
        &self,
        requester: Option<&Requester>,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<()> {
        let (action, permitted) = (
            AccessAction::Administer,
            tributary_model::AccessOutcome::Permitted,
        );
        self.note_event(requester, action, permitted, words, circumstances)
            .await?;
        Ok(())
    }
}

/// The statement that reads the number of the version in force, for [`read_in_force`].
pub(crate) fn in_force() -> Query {
    Query::new(IN_FORCE, params![])
}

const IN_FORCE: &str = "SELECT COALESCE(MAX(version), 0) FROM settings WHERE in_force IS NOT NULL";

/// The number of the version in force; 0 before the first.
pub(crate) fn read_in_force(rows: &[Row]) -> StoreResult<i64> {
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))?)
}

/// Lets whoever decides about settings do so one after the other: the sequence's row is held until
/// the transaction ends.
async fn lock(tx: &mut Tx) -> StoreResult<()> {
    tx.next_ids("settings lock", 1).await?;
    Ok(())
}

async fn last_in_force(tx: &mut Tx) -> StoreResult<i64> {
    read_in_force(&tx.query(IN_FORCE, params![]).await?)
}

async fn next_version(tx: &mut Tx) -> StoreResult<i64> {
    let rows = tx
        .query("SELECT COALESCE(MAX(version), 0) FROM settings", params![])
        .await?;
    Ok(read_in_force(&rows)? + 1)
}

fn read_version(row: &Row) -> StoreResult<SettingsVersion> {
    Ok(SettingsVersion {
        number: row.int(0)?,
        settings: read_body(row.text(1)?)?,
        base: row.int(2)?,
        proposed: Timestamp(row.int(3)?),
        proposer: row.opt_int(4)?.map(AccountId),
        name: row.text(5)?.to_owned(),
        why: row.text(6)?.to_owned(),
        in_force: row.opt_int(7)?.map(Timestamp),
        withdrawn: row.opt_int(8)?.map(Timestamp),
        approvals: Vec::new(),
    })
}

fn body_of(settings: &Settings) -> StoreResult<String> {
    serde_json::to_string(settings)
        .map_err(|_| StoreError::Inconsistent("settings cannot be written".to_owned()))
}

fn read_body(text: &str) -> StoreResult<Settings> {
    serde_json::from_str(text)
        .map_err(|_| StoreError::Inconsistent("stored settings cannot be read".to_owned()))
}
