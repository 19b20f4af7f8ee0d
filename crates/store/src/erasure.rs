//! Erasure: what was held of identities can never be read again.
//!
//! An intent row, then the keys forgotten, then the rows deleted, then the done mark. A crash
//! between leaves the intent, which start-up finishes. Kept are keyed hashes of identifiers,
//! relationships and the preference, so that the right message is shown and later feeds are dropped
//! at the door. Bodies, look-ups of names, manifests' lines and spooled submissions go.
//!
//! Some erasures wait for a person: of identities that anything but a verified NHS number links to
//! the one who opted out, and of a feed's opt-outs that are too many to be believed. What waits is
//! hidden like the rest, and its sources may go on sending, so that nothing is lost if it was a
//! mistake.

use std::collections::{BTreeMap, HashSet};

use tributary_model::{Decider, FeedId, IdentityId, Timestamp};

use crate::{
    AtTheDoor, IdentityRow, Store, StoreResult,
    db::{Durability, params},
    identities::raise_state,
    keyring::Owner,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "erasure",
    columns: "identity BIGINT NOT NULL, intended BIGINT NOT NULL, done BIGINT, \
              reason TEXT NOT NULL, held BIGINT, feed BIGINT, PRIMARY KEY (identity, intended)",
    spread: Spread::By("identity"),
}];

/// Why an opt-out erases.
const OPTED_OUT: &str = "the patient opted out";
/// Why an erasure waits.
const LINKED_OTHERWISE: &str = "no verified NHS number links it to the one who opted out";
/// See [`LINKED_OTHERWISE`].
const TOO_MANY: &str = "the feed brought more new opt-outs than is believable";

/// An erasure that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldErasure {
    /// Of which identity.
    pub identity: IdentityId,
    /// Since when.
    pub since: Timestamp,
    /// Why it waits.
    pub reason: String,
    /// The feed whose opt-outs are not believed, if that is why.
    pub feed: Option<FeedId>,
}

impl Store {
    /// Erases what is held of people who opted out: at once where verified NHS numbers link it with
    /// the identity on which it was decided; the rest waits for a person.
    pub(crate) async fn erase_opted_out(
        &self,
        at_the_door: &[AtTheDoor],
        now: Timestamp,
    ) -> StoreResult<usize> {
        let away: Vec<&AtTheDoor> = at_the_door.iter().filter(|one| !one.taken_in).collect();
        let all: Vec<IdentityId> = away.iter().flat_map(|one| one.identities.clone()).collect();
        let rows = self.identity_rows(&all).await?;
        let waiting = self.identities_with_held_erasures().await?;
        let due = |identity: &IdentityId| {
            let kept = rows.get(identity).is_some_and(|row| row.erased.is_none());
            kept && !waiting.contains(identity)
        };
        let (mut at_once, mut doubted) = (Vec::new(), Vec::new());
        for one in away {
            if !one.identities.iter().any(due) {
                continue;
            }
            let otherwise = self.linked_otherwise(&one.identities).await?;
            // Who decided on an identity that a person linked decided for that one alone.
            let alone = one
                .decided_on
                .filter(|decided_on| otherwise.contains(decided_on));
            for identity in one.identities.iter().copied().filter(due) {
                let sure = match alone {
                    Some(alone) => alone == identity,
                    None => !otherwise.contains(&identity),
                };
                if sure { &mut at_once } else { &mut doubted }.push(identity);
            }
        }
        self.hold(&doubted, LINKED_OTHERWISE, None, now).await?;
        self.erase(&at_once, OPTED_OUT, now).await
    }

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

    /// Notes that what a feed's opt-outs would erase waits for a person: there are more of them than
    /// is believable.
    pub async fn hold_erasures(
        &self,
        identities: &[IdentityId],
        feed: FeedId,
        now: Timestamp,
    ) -> StoreResult<()> {
        let rows = self.identity_rows(identities).await?;
        let waiting = self.identities_with_held_erasures().await?;
        let due = |identity: &IdentityId| {
            let kept = rows.get(identity).is_some_and(|row| row.erased.is_none());
            kept && !waiting.contains(identity)
        };
        let due: Vec<IdentityId> = identities.iter().copied().filter(due).collect();
        self.hold(&due, TOO_MANY, Some(feed), now).await
    }

    async fn hold(
        &self,
        identities: &[IdentityId],
        reason: &str,
        feed: Option<FeedId>,
        now: Timestamp,
    ) -> StoreResult<()> {
        if identities.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "INSERT INTO erasure (identity, intended, reason, held, feed) \
             VALUES ($1, $2, $3, $2, $4) ON CONFLICT (identity, intended) DO NOTHING",
            identities
                .iter()
                .map(|identity| params![*identity, now, reason, feed.map(|feed| feed.0)])
                .collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The erasures that wait for a person, oldest first.
    pub async fn erasures_held(&self) -> StoreResult<Vec<HeldErasure>> {
        let rows = self
            .record
            .query(
                "SELECT identity, held, reason, feed FROM erasure \
                 WHERE done IS NULL AND held IS NOT NULL ORDER BY held, identity",
                vec![],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(HeldErasure {
                    identity: IdentityId(row.int(0)?),
                    since: Timestamp(row.int(1)?),
                    reason: row.text(2)?.to_owned(),
                    feed: row.opt_int(3)?.map(FeedId),
                })
            })
            .collect()
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

    /// Carries out erasures that waited, because a person looked and they are meant. Identities of
    /// people who are taken in again meanwhile, or that do not wait, are passed over.
    pub async fn release_erasures(
        &self,
        identities: &[IdentityId],
        now: Timestamp,
    ) -> StoreResult<usize> {
        let waiting = self.identities_with_held_erasures().await?;
        let due: Vec<IdentityId> = identities
            .iter()
            .copied()
            .filter(|identity| waiting.contains(identity))
            .collect();
        self.no_longer_held(&due).await?;
        self.erase(&due, OPTED_OUT, now).await
    }

    /// Undoes a feed's opt-outs whose erasure waits, because a person looked and they are a mistake
    /// of the source: the decisions are set aside and nothing is erased. How many identities they
    /// were.
    pub async fn undo_opt_outs(&self, feed: FeedId, now: Timestamp) -> StoreResult<usize> {
        let held = self.erasures_held().await?;
        let held: Vec<&HeldErasure> = held.iter().filter(|one| one.feed == Some(feed)).collect();
        let identities: Vec<IdentityId> = held.iter().map(|one| one.identity).collect();
        let mut tx = self.record.begin(Durability::Synced).await?;
        let mut undone = 0;
        for one in &held {
            raise_state(&mut tx, one.identity).await?;
            let brought = |decision: &tributary_model::PreferenceDecision| {
                let by_feed = matches!(decision.by, Decider::Feed(_));
                by_feed && decision.choice.refuses() && decision.received == one.since
            };
            let set =
                crate::preferences::set_aside(&mut tx, &self.keys, one.identity, brought, now);
            undone += usize::from(set.await? > 0);
        }
        tx.commit().await?;
        self.no_longer_held(&identities).await?;
        Ok(undone)
    }

    /// Lets identities be filled again whose people opted back in, erased or about to be, and asks
    /// the sources of those that were erased for all they hold.
    pub async fn let_back_in(&self, identities: &[IdentityId], now: Timestamp) -> StoreResult<()> {
        let waiting = self.identities_with_held_erasures().await?;
        let spared: Vec<IdentityId> = identities
            .iter()
            .copied()
            .filter(|identity| waiting.contains(identity))
            .collect();
        self.no_longer_held(&spared).await?;
        let rows = self.identity_rows(identities).await?;
        let back: Vec<&IdentityRow> = rows.values().filter(|row| row.erased.is_some()).collect();
        if back.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "UPDATE identity SET erased = NULL, state = state + 1 \
             WHERE identity = $1 AND erased IS NOT NULL",
            back.iter().map(|row| params![row.identity]).collect(),
        )
        .await?;
        crate::resends::ask(&mut tx, &back, now).await?;
        Ok(tx.commit().await?)
    }

    async fn no_longer_held(&self, identities: &[IdentityId]) -> StoreResult<()> {
        if identities.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.append(
            "DELETE FROM erasure WHERE identity = $1 AND done IS NULL AND held IS NOT NULL",
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
        crate::identities::forget_names(&mut tx, due).await?;
        // The chain begins again should the person come back; the version goes on, so that no
        // row is ever sealed twice under one address.
        tx.append(
            "UPDATE identity SET digest = $2, state = state + 1, erased = $3 WHERE identity = $1",
            due.iter()
                .map(|identity| params![*identity, Vec::new(), now])
                .collect(),
        )
        .await?;
        let feeds: Vec<FeedId> = by_feed.keys().copied().collect();
        for (feed, identities) in by_feed {
            crate::manifests::forget(&mut tx, feed, &identities).await?;
        }
        tx.append(
            "UPDATE erasure SET done = $2 WHERE identity = $1 AND done IS NULL",
            due.iter().map(|identity| params![*identity, now]).collect(),
        )
        .await?;
        tx.commit().await?;
        self.forget_filed(&feeds).await?;
        self.record.truncate_log().await?;
        Ok(())
    }
}
