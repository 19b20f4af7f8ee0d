//! What has to be remembered between two steps of signing in, for the one browser that began it.

use tributary_model::Timestamp;

use crate::{
    Store, StoreError, StoreResult,
    db::{Durability, Row, params},
    keys::random,
    limits,
    schema::{Spread, Table, Which},
    seal,
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Audit,
    name: "sign_in_attempt",
    columns: "id BYTEA NOT NULL, body BYTEA NOT NULL, began BIGINT NOT NULL, PRIMARY KEY (id)",
    spread: Spread::By("id"),
}];

impl Store {
    /// Remembers something for the browser that is given the secret which is returned.
    pub async fn begin_attempt(&self, body: &[u8], now: Timestamp) -> StoreResult<[u8; 32]> {
        let token: [u8; 32] = random();
        let id = self.attempt_id(&token);
        let sealed = seal::wrap(&self.attempt_key(), &id, body);
        let mut tx = self.audit.begin(Durability::Replayable).await?;
        let over = now.plus(-limits::ATTEMPT_LASTS);
        tx.execute(
            "DELETE FROM sign_in_attempt WHERE began < $1",
            params![over],
        )
        .await?;
        tx.execute(
            "INSERT INTO sign_in_attempt (id, body, began) VALUES ($1, $2, $3)",
            params![id, sealed, now],
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// What was remembered, if it is not too long ago.
    pub async fn attempt(&self, token: &[u8], now: Timestamp) -> StoreResult<Option<Vec<u8>>> {
        let id = self.attempt_id(token);
        let rows = self
            .audit
            .query(
                "SELECT body, began FROM sign_in_attempt WHERE id = $1",
                params![id],
            )
            .await?;
        self.open_attempt(&rows, &id, now)
    }

    /// What was remembered, which is forgotten with this: of two who ask, one gets it.
    pub async fn take_attempt(&self, token: &[u8], now: Timestamp) -> StoreResult<Option<Vec<u8>>> {
        let id = self.attempt_id(token);
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = tx
            .query(
                "DELETE FROM sign_in_attempt WHERE id = $1 RETURNING body, began",
                params![id],
            )
            .await?;
        tx.commit().await?;
        self.open_attempt(&rows, &id, now)
    }

    fn open_attempt(
        &self,
        rows: &[Row],
        id: &[u8],
        now: Timestamp,
    ) -> StoreResult<Option<Vec<u8>>> {
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        if now.since(Timestamp(row.int(1)?)) >= limits::ATTEMPT_LASTS {
            return Ok(None);
        }
        let opened = seal::unwrap(&self.attempt_key(), id, row.bytes(0)?);
        opened
            .map(Some)
            .map_err(|_| StoreError::Sealed("an attempt to sign in".to_owned()))
    }

    fn attempt_id(&self, token: &[u8]) -> [u8; 32] {
        blake3::keyed_hash(&self.attempt_key(), token).into()
    }

    fn attempt_key(&self) -> [u8; 32] {
        blake3::derive_key("tributary 2026 sign-in attempt", &self.keys.audit)
    }
}
