//! Sources that are asked for all they hold: after somebody opted back in nothing of them is left
//! here, and only the sources can send it again.
//!
//! A source cannot be told whom it is about: of the person nothing was kept that names them. It is
//! asked for everything, and what it sends of everybody else is recognised as unchanged.

use std::collections::HashMap;

use tributary_model::{FeedId, IdentityId, Timestamp};

use crate::{
    IdentityRow, Store, StoreResult,
    db::{Durability, Tx, params},
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "resend",
    columns: "feed BIGINT NOT NULL, identity BIGINT NOT NULL, asked BIGINT NOT NULL, \
              answered BIGINT, PRIMARY KEY (feed, identity)",
    spread: Spread::By("feed"),
}];

/// That a feed is asked for all it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResendAsked {
    /// Since when.
    pub since: Timestamp,
    /// For how many people's sake.
    pub people: u64,
}

/// Asks the feeds of these identities for all they hold.
pub(crate) async fn ask(tx: &mut Tx, back: &[&IdentityRow], now: Timestamp) -> StoreResult<()> {
    let rows = back
        .iter()
        .map(|row| params![row.feed, row.identity, now])
        .collect();
    tx.append(
        "INSERT INTO resend (feed, identity, asked) VALUES ($1, $2, $3) \
         ON CONFLICT (feed, identity) DO UPDATE SET asked = excluded.asked, answered = NULL",
        rows,
    )
    .await?;
    Ok(())
}

impl Store {
    /// The feeds that are asked for all they hold and have not sent it yet.
    pub async fn resends_asked(&self) -> StoreResult<HashMap<FeedId, ResendAsked>> {
        let rows = self
            .record
            .query(
                "SELECT feed, MIN(asked), COUNT(*) FROM resend WHERE answered IS NULL \
                 GROUP BY feed ORDER BY feed",
                vec![],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let asked = ResendAsked {
                    since: Timestamp(row.int(1)?),
                    people: u64::try_from(row.int(2)?).unwrap_or_default(),
                };
                Ok((FeedId(row.int(0)?), asked))
            })
            .collect()
    }

    /// Notes that a feed has sent these identities again, or all it holds of anybody.
    pub async fn resent(
        &self,
        feed: FeedId,
        identities: Option<&[IdentityId]>,
        now: Timestamp,
    ) -> StoreResult<()> {
        if !self.resends_asked().await?.contains_key(&feed) {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        match identities {
            None => {
                tx.execute(
                    "UPDATE resend SET answered = $2 WHERE feed = $1 AND answered IS NULL",
                    params![feed, now],
                )
                .await?;
            }
            Some(identities) => {
                tx.append(
                    "UPDATE resend SET answered = $3 \
                     WHERE feed = $1 AND identity = $2 AND answered IS NULL",
                    identities
                        .iter()
                        .map(|identity| params![feed, *identity, now])
                        .collect(),
                )
                .await?;
            }
        }
        Ok(tx.commit().await?)
    }
}
