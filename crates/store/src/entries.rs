//! Clinical entries and the demographics of each identity: appended, never changed, sealed.
//!
//! A row is one form of one statement: `(identity, section, n, version)`. A correction is a row of
//! the same `n` with a later version; a removal is such a row without a body. What was current as
//! at a version is, of each `n`, the last row not after it.
//!
//! Filing moves the identity to its next version and chains a keyed digest over the version's
//! rows, so that a row deleted by hand shows.

mod integrity;
mod reading;

use std::collections::HashMap;

pub use reading::{Opened, OpenedEntry, OpenedPerson};

use tributary_model::{FeedId, IdentityId, Section, Timestamp, Version};

use crate::{
    Store, StoreError, StoreResult,
    db::{Bulk, DbResult, Durability, Kind, Query, Row, Tx, Value, params},
    inbox::{self, ParkedRows},
    keyring::Owner,
    limits,
    manifests::{self, Line, ManifestPart},
    schema::{Spread, Table, Which},
    seal::{self, Cipher, Sealing},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "entry",
        columns: "identity BIGINT NOT NULL, section BIGINT NOT NULL, n BIGINT NOT NULL, \
                  version BIGINT NOT NULL, rid BIGINT NOT NULL, filed BIGINT NOT NULL, \
                  body BYTEA, PRIMARY KEY (identity, section, n, version)",
        spread: Spread::By("identity"),
    },
    Table {
        which: Which::Record,
        name: "person",
        columns: "identity BIGINT NOT NULL, version BIGINT NOT NULL, filed BIGINT NOT NULL, \
                  body BYTEA, PRIMARY KEY (identity, version)",
        spread: Spread::By("identity"),
    },
];

static ENTRY: Bulk = Bulk {
    table: "entry",
    columns: &[
        ("identity", Kind::Int),
        ("section", Kind::Int),
        ("n", Kind::Int),
        ("version", Kind::Int),
        ("rid", Kind::Int),
        ("filed", Kind::Int),
        ("body", Kind::Bytes),
    ],
};

static PERSON: Bulk = Bulk {
    table: "person",
    columns: &[
        ("identity", Kind::Int),
        ("version", Kind::Int),
        ("filed", Kind::Int),
        ("body", Kind::Bytes),
    ],
};

/// Where a row belongs within its identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Slot {
    /// The identity's demographics.
    Person,
    /// A clinical entry: its section and number.
    Entry(Section, i64),
}

impl Slot {
    const fn numbers(self) -> (i64, i64) {
        match self {
            Self::Person => (0, 0),
            Self::Entry(section, n) => (section.number() as i64, n),
        }
    }
}

/// A row to be filed.
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    /// Whose.
    pub identity: IdentityId,
    /// The version it brings the identity to.
    pub version: Version,
    /// Where it belongs.
    pub slot: Slot,
    /// The keyed hash of the source's id.
    pub rid: i64,
    /// The source's bytes; `None` when the source has removed it.
    pub body: Option<&'a [u8]>,
}

/// A row sealed and ready to be written.
#[derive(Clone, Debug)]
pub struct SealedRow {
    identity: IdentityId,
    version: Version,
    slot: Slot,
    rid: i64,
    body: Option<Vec<u8>>,
}

impl SealedRow {
    /// What the rows are ordered by in the store.
    #[must_use]
    pub const fn order(&self) -> (IdentityId, Slot) {
        (self.identity, self.slot)
    }
}

/// The ciphers of the identities of one batch.
#[derive(Default)]
pub struct Ciphers(HashMap<IdentityId, Cipher>);

impl Ciphers {
    /// Whether this identity's key is at hand.
    #[must_use]
    pub fn has(&self, identity: IdentityId) -> bool {
        self.0.contains_key(&identity)
    }
}

/// A batch ready to be written.
pub struct Prepared {
    rows: Vec<SealedRow>,
    /// Identity, new version, new digest, old version.
    moves: Vec<Vec<Value>>,
    along: Along,
}

/// What is written in the transaction of the rows it goes with.
#[derive(Default)]
pub struct Along {
    /// Parts of manifests.
    pub lines: Vec<ManifestPart>,
    /// What was made of statements of a feed that sends changes.
    pub held: Vec<(FeedId, Line)>,
    /// Items parked for a person.
    pub parked: ParkedRows,
}

/// The head of an identity, as filing last left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its version.
    pub version: Version,
    digest: Vec<u8>,
    /// The last number given in each section, by the section's number.
    last: [i64; 16],
}

impl Default for Head {
    /// The head of an identity that nothing was filed for yet.
    fn default() -> Self {
        Self {
            version: Version(0),
            digest: Vec::new(),
            last: [0; 16],
        }
    }
}

impl Head {
    /// The next number in a section; each call gives another.
    pub fn next(&mut self, section: Section) -> i64 {
        let last = self
            .last
            .get_mut(usize::from(section.number()))
            .expect("a section's number is below 16");
        *last += 1;
        *last
    }
}

impl Store {
    /// The ciphers of identities; keys are made, durably, where `make` is set and there is none.
    pub async fn ciphers(&self, identities: &[IdentityId], make: bool) -> StoreResult<Ciphers> {
        let owners: Vec<Owner> = identities.iter().copied().map(Owner::Identity).collect();
        let mut keys = self.find_keys(&owners).await?;
        if make {
            let missing: Vec<Owner> = owners
                .iter()
                .copied()
                .filter(|owner| !keys.contains_key(owner))
                .collect();
            if !missing.is_empty() {
                keys.extend(self.make_keys(&missing).await?);
            }
        }
        let ciphers = identities.iter().filter_map(|identity| {
            Some((*identity, keys.get(&Owner::Identity(*identity))?.cipher()))
        });
        Ok(Ciphers(ciphers.collect()))
    }

    /// Makes, durably, the keys of identities that are new to the store.
    pub async fn new_ciphers(&self, identities: &[IdentityId]) -> StoreResult<Ciphers> {
        let owners: Vec<Owner> = identities.iter().copied().map(Owner::Identity).collect();
        let keys = self.make_keys(&owners).await?;
        let ciphers = identities.iter().filter_map(|identity| {
            Some((*identity, keys.get(&Owner::Identity(*identity))?.cipher()))
        });
        Ok(Ciphers(ciphers.collect()))
    }

    /// Seals rows, in order. Pure work for one thread: call it from several with parts of a batch.
    /// Rows whose identity has no cipher are left out: their key was forgotten.
    #[must_use]
    pub fn seal(&self, ciphers: &Ciphers, rows: &[Filing<'_>]) -> Vec<SealedRow> {
        let mut sealing = self.sealer.sealing();
        rows.iter()
            .filter_map(|row| seal_row(&mut sealing, ciphers, row))
            .collect()
    }

    /// The heads of identities, with the last number of each section.
    pub async fn heads(&self, identities: &[IdentityId]) -> StoreResult<HashMap<IdentityId, Head>> {
        let mut heads = HashMap::with_capacity(identities.len());
        for some in identities.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().flat_map(|identity| {
                [
                    Query::new(
                        "SELECT version, digest FROM identity WHERE identity = $1",
                        params![*identity],
                    ),
                    Query::new(
                        "SELECT section, MAX(n) FROM entry WHERE identity = $1 GROUP BY section",
                        params![*identity],
                    ),
                ]
            });
            let mut answers = self.record.read(queries.collect()).await?.into_iter();
            for identity in some {
                let head = answers.next().unwrap_or_default();
                let lasts = answers.next().unwrap_or_default();
                if let Some(row) = head.first() {
                    heads.insert(*identity, read_head(row, &lasts)?);
                }
            }
        }
        Ok(heads)
    }

    /// Makes a batch ready: works out the identities' new versions and digests from rows in key
    /// order, and moves `heads` to them. Pure: nothing is written.
    #[must_use]
    pub fn prepare(
        &self,
        rows: Vec<SealedRow>,
        heads: &mut HashMap<IdentityId, Head>,
        along: Along,
    ) -> Prepared {
        let mut moves = Vec::new();
        for rows in rows.chunk_by(|a, b| a.identity == b.identity) {
            let Some(first) = rows.first() else { continue };
            let head = heads.entry(first.identity).or_default();
            let before = head.version;
            let links = rows
                .iter()
                .map(|row| (row.slot, row.rid, row.body.as_deref()));
            head.version = first.version;
            head.digest = self.chain(&head.digest, first.identity, first.version, links);
            moves.push(params![
                first.identity,
                head.version,
                head.digest.clone(),
                before
            ]);
        }
        Prepared { rows, moves, along }
    }

    /// Files a batch in one transaction: rows, the identities' new heads, and the manifest of the
    /// lines they came from.
    ///
    /// Returns false, having written nothing, if an identity moved or was erased meanwhile: what
    /// was made ready rests on heads that are no longer true.
    pub async fn file(&self, batch: Prepared, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.record.begin(Durability::Replayable).await?;
        let expected = batch.moves.len() as u64;
        let touched = tx
            .append(
                "UPDATE identity SET version = $2, digest = $3 \
                 WHERE identity = $1 AND version = $4 AND erased IS NULL",
                batch.moves,
            )
            .await?;
        if touched != expected {
            return Ok(false);
        }
        write(&mut tx, batch.rows, now).await?;
        manifests::write(&mut tx, batch.along.lines).await?;
        manifests::hold(&mut tx, batch.along.held).await?;
        inbox::park(&mut tx, batch.along.parked).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The digest of a version: keyed over the digest before and each row's place and seal.
    fn chain<'a>(
        &self,
        before: &[u8],
        identity: IdentityId,
        version: Version,
        rows: impl Iterator<Item = (Slot, i64, Option<&'a [u8]>)>,
    ) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(&self.keys.chain);
        hasher.update(before);
        hasher.update(&identity.0.to_le_bytes());
        hasher.update(&version.0.to_le_bytes());
        for (slot, rid, body) in rows {
            let (section, n) = slot.numbers();
            hasher.update(&section.to_le_bytes());
            hasher.update(&n.to_le_bytes());
            hasher.update(&rid.to_le_bytes());
            hasher.update(&body.map(seal::tag).unwrap_or_default());
        }
        hasher.finalize().as_bytes().to_vec()
    }

    /// The numbers and source ids of an identity's current entries, for a feed that sends changes.
    pub async fn current_ids(
        &self,
        identity: IdentityId,
    ) -> StoreResult<HashMap<i64, (Section, i64)>> {
        let rows = self
            .record
            .query(
                "SELECT section, n, rid, CASE WHEN body IS NULL THEN 1 ELSE 0 END FROM entry \
                 WHERE identity = $1 ORDER BY section, n, version",
                params![identity],
            )
            .await?;
        let mut current = HashMap::new();
        for row in &rows {
            let place = (section(row.int(0)?)?, row.int(1)?);
            if row.int(3)? == 1 {
                current.remove(&row.int(2)?);
            } else {
                current.insert(row.int(2)?, place);
            }
        }
        Ok(current)
    }

    /// Opens the demographics of identities for intake to compare. They are never shown.
    pub async fn persons_to_compare(
        &self,
        identities: &[IdentityId],
    ) -> StoreResult<HashMap<IdentityId, Vec<u8>>> {
        let views: Vec<(IdentityId, Version)> = identities
            .iter()
            .map(|identity| (*identity, Version(i64::MAX)))
            .collect();
        let persons = self.open_persons(&views).await?;
        Ok(persons
            .into_iter()
            .map(|person| (person.identity, person.body))
            .collect())
    }
}

fn seal_row(sealing: &mut Sealing<'_>, ciphers: &Ciphers, row: &Filing<'_>) -> Option<SealedRow> {
    let cipher = ciphers.0.get(&row.identity)?;
    let bound = bound(row.identity, row.slot, row.version, row.rid);
    let body = row.body.map(|body| sealing.seal(cipher, &bound, body));
    Some(SealedRow {
        identity: row.identity,
        version: row.version,
        slot: row.slot,
        rid: row.rid,
        body,
    })
}

/// The clear columns, as they are bound into the seal.
fn bound(identity: IdentityId, slot: Slot, version: Version, rid: i64) -> [u8; 40] {
    let (section, n) = slot.numbers();
    let mut bound = [0; 40];
    let parts = [identity.0, section, n, version.0, rid];
    for (place, part) in bound.chunks_exact_mut(8).zip(parts) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    bound
}

async fn write(tx: &mut Tx, rows: Vec<SealedRow>, now: Timestamp) -> DbResult<()> {
    let (mut persons, mut entries) = (Vec::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        let body = row.body.map_or(Value::Null, Value::Bytes);
        match row.slot {
            Slot::Person => persons.push(vec![
                row.identity.into(),
                row.version.into(),
                now.into(),
                body,
            ]),
            Slot::Entry(section, n) => entries.push(vec![
                row.identity.into(),
                section.number().into(),
                n.into(),
                row.version.into(),
                row.rid.into(),
                now.into(),
                body,
            ]),
        }
    }
    tx.fill(&PERSON, persons).await?;
    tx.fill(&ENTRY, entries).await
}

/// Deletes every row of identities that are being erased.
pub(crate) async fn delete(tx: &mut Tx, identities: Vec<Vec<Value>>) -> DbResult<()> {
    tx.append("DELETE FROM entry WHERE identity = $1", identities.clone())
        .await?;
    tx.append("DELETE FROM person WHERE identity = $1", identities)
        .await?;
    Ok(())
}

fn read_head(row: &Row, lasts: &[Row]) -> StoreResult<Head> {
    let mut head = Head {
        version: Version(row.int(0)?),
        digest: row.bytes(1)?.to_vec(),
        ..Head::default()
    };
    for row in lasts {
        let place = usize::from(section(row.int(0)?)?.number());
        if let Some(last) = head.last.get_mut(place) {
            *last = row.int(1)?;
        }
    }
    Ok(head)
}

fn section(number: i64) -> StoreResult<Section> {
    Section::numbered(number).ok_or_else(|| {
        StoreError::Inconsistent(format!("the store holds an unknown section {number}"))
    })
}

/// The statement that finds whether anything of an identity was filed between two instants.
pub(crate) fn filed_between(identity: IdentityId, from: Timestamp, until: Timestamp) -> Query {
    Query::new(
        "SELECT identity FROM entry WHERE identity = $1 AND filed >= $2 AND filed < $3 LIMIT 1",
        params![identity, from, until],
    )
}
