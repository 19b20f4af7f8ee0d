//! Attempts to sign in that failed, counted by whom they were for and where they came from.

use tributary_model::Timestamp;

use crate::{
    Store, StoreResult,
    db::{Durability, Query, params},
    limits,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    // In the audit store, because a wrong password must not wait for a filing batch.
    which: Which::Audit,
    name: "sign_in_failure",
    columns: "place BYTEA NOT NULL, began BIGINT NOT NULL, count BIGINT NOT NULL, \
              PRIMARY KEY (place)",
    spread: Spread::By("place"),
}];

/// What failures are counted for: a name or an account, and the address they came from.
pub(crate) struct Places([[u8; 32]; 2]);

impl Store {
    /// The places of an attempt with a secret of a kind for somebody.
    pub(crate) fn places(&self, kind: &[u8], whose: &str, address: &str) -> Places {
        Places([self.place(kind, whose), self.place(b"address", address)])
    }

    /// A name or address as the failure table holds it: a keyed hash, since people type passwords
    /// into the wrong field.
    fn place(&self, kind: &[u8], text: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 sign-in");
        hasher.update(&self.keys.audit);
        hasher
            .update(b"sign-in ")
            .update(kind)
            .update(&[0])
            .update(text.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// How many seconds to wait before the next attempt, if there were too many.
    pub(crate) async fn wait_for(
        &self,
        places: &Places,
        now: Timestamp,
    ) -> StoreResult<Option<u64>> {
        let [name, address] = places.0;
        let sql = "SELECT began, count FROM sign_in_failure WHERE place = $1";
        let answers = self
            .audit
            .read(vec![
                Query::new(sql, params![name]),
                Query::new(sql, params![address]),
            ])
            .await?;
        let allowed = [limits::FAILURES_OF_A_NAME, limits::FAILURES_FROM_AN_ADDRESS];
        let mut wait = None;
        for (rows, allowed) in answers.iter().zip(allowed) {
            let Some(row) = rows.first() else { continue };
            let left = limits::FAILURE_WINDOW - now.since(Timestamp(row.int(0)?));
            if row.int(1)? >= allowed && left > 0 {
                wait = wait.max(u64::try_from(left / Timestamp::SECOND + 1).ok());
            }
        }
        Ok(wait)
    }

    /// Counts a failed attempt at both places.
    pub(crate) async fn count_failure(&self, places: &Places, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = places
            .0
            .iter()
            .map(|place| params![*place, now, limits::FAILURE_WINDOW]);
        tx.append(
            "INSERT INTO sign_in_failure (place, began, count) VALUES ($1, $2, 1) \
             ON CONFLICT (place) DO UPDATE SET \
             count = CASE WHEN sign_in_failure.began + $3 > excluded.began \
                     THEN sign_in_failure.count + 1 ELSE 1 END, \
             began = CASE WHEN sign_in_failure.began + $3 > excluded.began \
                     THEN sign_in_failure.began ELSE excluded.began END",
            rows.collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Forgets the failures for a name or account that has now succeeded.
    pub(crate) async fn forget_failures(&self, places: &Places) -> StoreResult<()> {
        // Only of the name: from one address many people sign in.
        let [name, _] = places.0;
        let mut tx = self.audit.begin(Durability::Replayable).await?;
        tx.execute(
            "DELETE FROM sign_in_failure WHERE place = $1",
            params![name],
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
