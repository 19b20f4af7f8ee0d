//! Erasure: what was held of identities can never be read again.
//!
//! An intent row, then the keys forgotten, then the rows deleted, then the done mark. A crash
//! between leaves the intent, which start-up finishes. Kept are keyed look-ups, relationships and
//! the preference, so that the right message is shown and later feeds are dropped at the door.

use std::collections::{BTreeMap, HashSet};

use tributary_model::{FeedId, IdentityId, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, params},
    keyring::Owner,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "erasure",
    columns: "identity BIGINT NOT NULL, intended BIGINT NOT NULL, done BIGINT, \
              reason TEXT NOT NULL, held BIGINT, PRIMARY KEY (identity, intended)",
    spread: Spread::By("identity"),
}];

impl Store {
    /// Erases identities at once. Identities of which nothing is held are passed over.
    pub async fn erase(
        &self,
        identities: &[IdentityId],
        reason: &str,
        now: Timestamp,
    ) -> StoreResult<usize> {
        let rows = self.identity_rows(identities).await?;
        let due: Vec<IdentityId> = identities
            .iter()
            .copied()
            .filter(|identity| rows.get(identity).is_some_and(|row| row.erased.is_none()))
            .collect();
        if due.is_empty() {
            return Ok(0);
        }
        let erased: Vec<_> = due
            .iter()
            .filter_map(|identity| rows.get(identity).cloned())
            .collect();
        self.note_erasures(&erased, reason, now).await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "INSERT INTO erasure (identity, intended, reason) VALUES ($1, $2, $3) \
             ON CONFLICT (identity, intended) DO NOTHING",
            due.iter()
                .map(|identity| params![*identity, now, reason])
                .collect(),
        )
        .await?;
        tx.commit().await?;
        self.carry_out(&due, now).await?;
        Ok(due.len())
    }

    /// Finishes erasures that were intended and not done when the process ended.
    pub async fn finish_erasures(&self, now: Timestamp) -> StoreResult<usize> {
        let rows = self
            .record
            .query(
                "SELECT identity FROM erasure WHERE done IS NULL AND held IS NULL",
                vec![],
            )
            .await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            due.push(IdentityId(row.int(0)?));
        }
        if !due.is_empty() {
            self.carry_out(&due, now).await?;
        }
        Ok(due.len())
    }

    /// Notes erasures that wait for a person: a feed brought more opt-outs than is believable.
    pub async fn hold_erasures(
        &self,
        identities: &[IdentityId],
        reason: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "INSERT INTO erasure (identity, intended, reason, held) VALUES ($1, $2, $3, $2) \
             ON CONFLICT (identity, intended) DO NOTHING",
            identities
                .iter()
                .map(|identity| params![*identity, now, reason])
                .collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The identities whose erasure waits for a person.
    pub async fn identities_with_held_erasures(&self) -> StoreResult<HashSet<IdentityId>> {
        let rows = self
            .record
            .query(
                "SELECT identity FROM erasure WHERE done IS NULL AND held IS NOT NULL",
                vec![],
            )
            .await?;
        rows.iter().map(|row| Ok(IdentityId(row.int(0)?))).collect()
    }

    /// How many erasures were intended, not held for a person, and not done.
    pub async fn unfinished_erasures(&self) -> StoreResult<i64> {
        let rows = self
            .record
            .query(
                "SELECT COUNT(*) FROM erasure WHERE done IS NULL AND held IS NULL",
                vec![],
            )
            .await?;
        Ok(rows
            .first()
            .ok_or(crate::DbError::Missing("count"))?
            .int(0)?)
    }

    /// How many erasures wait for a person.
    pub async fn held_erasures(&self) -> StoreResult<i64> {
        let rows = self
            .record
            .query(
                "SELECT COUNT(*) FROM erasure WHERE done IS NULL AND held IS NOT NULL",
                vec![],
            )
            .await?;
        Ok(rows
            .first()
            .ok_or(crate::DbError::Missing("count"))?
            .int(0)?)
    }

    /// Releases held erasures, which are then carried out.
    pub async fn release_erasures(&self, now: Timestamp) -> StoreResult<usize> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute("UPDATE erasure SET held = NULL WHERE done IS NULL", vec![])
            .await?;
        tx.commit().await?;
        self.finish_erasures(now).await
    }

    /// Lets identities that were erased be filled again: the person opted back in.
    pub async fn restore_erased(&self, identities: &[IdentityId]) -> StoreResult<()> {
        let rows = self.identity_rows(identities).await?;
        let identities: Vec<IdentityId> = rows
            .into_values()
            .filter(|row| row.erased.is_some())
            .map(|row| row.identity)
            .collect();
        if identities.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "UPDATE identity SET erased = NULL, state = state + 1 \
             WHERE identity = $1 AND erased IS NOT NULL",
            identities
                .iter()
                .map(|identity| params![*identity])
                .collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    async fn carry_out(&self, due: &[IdentityId], now: Timestamp) -> StoreResult<()> {
        let owners: Vec<Owner> = due.iter().copied().map(Owner::Identity).collect();
        self.forget_keys(&owners).await?;
        let mut by_feed: BTreeMap<FeedId, Vec<IdentityId>> = BTreeMap::new();
        for row in self.identity_rows(due).await?.into_values() {
            by_feed.entry(row.feed).or_default().push(row.identity);
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        let each = || {
            due.iter()
                .map(|identity| params![*identity])
                .collect::<Vec<_>>()
        };
        crate::entries::delete(&mut tx, each()).await?;
        // The chain begins again should the person come back; the version goes on, so that no
        // row is ever sealed twice under one address.
        tx.append(
            "UPDATE identity SET digest = $2, state = state + 1, erased = $3 WHERE identity = $1",
            due.iter()
                .map(|identity| params![*identity, Vec::new(), now])
                .collect(),
        )
        .await?;
        for (feed, identities) in by_feed {
            crate::manifests::forget(&mut tx, feed, &identities).await?;
        }
        tx.append(
            "UPDATE erasure SET done = $2 WHERE identity = $1 AND done IS NULL",
            due.iter().map(|identity| params![*identity, now]).collect(),
        )
        .await?;
        tx.commit().await?;
        self.record.truncate_log().await?;
        Ok(())
    }
}
