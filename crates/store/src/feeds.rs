//! Feeds: agreed streams, one or more for each organisation that feeds.

use tributary_model::{FeedId, IdentityId, OdsCode, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Query, Row, params},
    identities::{feeds_of, person},
    keys,
    organisations::{read_code, unreadable},
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "feed",
    columns: "feed BIGINT NOT NULL, organisation TEXT NOT NULL, mode TEXT NOT NULL, \
              stage TEXT NOT NULL, credential BYTEA, every BIGINT NOT NULL, \
              first_loaded BIGINT, refreshed BIGINT, PRIMARY KEY (feed)",
    spread: Spread::Everywhere,
}];

/// What a feed's submissions mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Everything the source holds: what is absent has gone.
    Snapshot,
    /// What changed.
    Delta,
}

/// How far a feed has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Being built: taken in, shown to nobody.
    Draft,
    /// Shown to named testers only.
    SafetyCheck,
    /// Live.
    Live,
}

/// A feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    /// Its number.
    pub feed: FeedId,
    /// Whose it is.
    pub organisation: OdsCode,
    /// What its submissions mean.
    pub mode: Mode,
    /// How far it has come.
    pub stage: Stage,
    /// How often it is due, in microseconds.
    pub every: i64,
    /// When its first load was done.
    pub first_loaded: Option<Timestamp>,
    /// When it was last taken in whole.
    pub refreshed: Option<Timestamp>,
}

impl Mode {
    /// The fixed name used in the store and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Delta => "delta",
        }
    }

    /// The mode of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Snapshot, Self::Delta]
            .into_iter()
            .find(|mode| mode.name() == name)
    }
}

impl Stage {
    /// The fixed name used in the store and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::SafetyCheck => "safety-check",
            Self::Live => "live",
        }
    }

    /// The stage of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Draft, Self::SafetyCheck, Self::Live]
            .into_iter()
            .find(|stage| stage.name() == name)
    }
}

impl Feed {
    /// Since when the feed is late: its timetable with half as long again for grace.
    #[must_use]
    pub fn late_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.refreshed
            .filter(|last| now.since(*last) > self.every + self.every / 2)
    }
}

impl Store {
    /// The feed of an organisation in a mode, made (live, nightly) if there is none.
    pub async fn feed_of(&self, organisation: &OdsCode, mode: Mode) -> StoreResult<Feed> {
        let found = self
            .feeds()
            .await?
            .into_iter()
            .find(|feed| feed.organisation == *organisation && feed.mode == mode);
        if let Some(feed) = found {
            return Ok(feed);
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        let feed = Feed {
            feed: FeedId(tx.next_ids("feed", 1).await?),
            organisation: organisation.clone(),
            mode,
            stage: Stage::Live,
            every: Timestamp::DAY,
            first_loaded: None,
            refreshed: None,
        };
        tx.execute(
            "INSERT INTO feed (feed, organisation, mode, stage, every) VALUES ($1, $2, $3, $4, $5)",
            params![
                feed.feed,
                organisation,
                mode.name(),
                feed.stage.name(),
                feed.every
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(feed)
    }

    /// Every feed, by number.
    pub async fn feeds(&self) -> StoreResult<Vec<Feed>> {
        let rows = self
            .record
            .query(
                "SELECT feed, organisation, mode, stage, every, first_loaded, refreshed \
                 FROM feed ORDER BY feed",
                vec![],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Notes that a feed was taken in whole.
    pub async fn note_refreshed(&self, feed: FeedId, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE feed SET refreshed = $2, first_loaded = COALESCE(first_loaded, $2) \
             WHERE feed = $1",
            params![feed, now],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Gives a feed a new credential, in hexadecimal; the old one ends. Only its hash is kept.
    pub async fn new_credential(&self, feed: FeedId) -> StoreResult<String> {
        let secret: [u8; 32] = keys::random();
        let text = secret
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE feed SET credential = $2 WHERE feed = $1",
            params![feed, self.credential_hash(&text)],
        )
        .await?;
        tx.commit().await?;
        Ok(text)
    }

    /// The feed a credential belongs to.
    pub async fn feed_by_credential(&self, credential: &str) -> StoreResult<Option<Feed>> {
        let rows = self
            .record
            .query(
                "SELECT feed, organisation, mode, stage, every, first_loaded, refreshed \
                 FROM feed WHERE credential = $1",
                params![self.credential_hash(credential)],
            )
            .await?;
        rows.first().map(read).transpose()
    }

    fn credential_hash(&self, credential: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.keys.find, credential.as_bytes()).as_bytes()
    }
}

/// The statement that reads the feeds of a person's identities, for [`read`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT feed, organisation, mode, stage, every, first_loaded, refreshed \
             FROM feed WHERE feed IN ",
            feeds_of!(person!())
        ),
        params![address, organisation],
    )
}

pub(crate) fn read(row: &Row) -> StoreResult<Feed> {
    Ok(Feed {
        feed: FeedId(row.int(0)?),
        organisation: read_code(row, 1)?,
        mode: Mode::named(row.text(2)?).ok_or_else(|| unreadable("mode of a feed"))?,
        stage: Stage::named(row.text(3)?).ok_or_else(|| unreadable("stage of a feed"))?,
        every: row.int(4)?,
        first_loaded: row.opt_int(5)?.map(Timestamp),
        refreshed: row.opt_int(6)?.map(Timestamp),
    })
}
