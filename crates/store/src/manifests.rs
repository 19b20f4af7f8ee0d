//! Manifests: for each line of each file of a feed its keyed hash and what was made of it, in the
//! order of the file, so that an unchanged line is recognised before it is parsed.
//!
//! A manifest is packed: records of 37 bytes, some thousands in a row and stored in fewer bytes
//! still. A new manifest is a new generation written beside the old one, in the same transactions as
//! what its lines were made into; when the whole submission is filed the feed points to it and the
//! old one goes.

mod packing;

use std::collections::{HashMap, HashSet};

use tributary_model::{FeedId, IdentityId, Section};

use crate::{
    Store, StoreResult,
    db::{DbResult, Durability, Query, Tx, params},
    limits,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "manifest",
        columns: "feed BIGINT NOT NULL, file TEXT NOT NULL, generation BIGINT NOT NULL, \
                  part BIGINT NOT NULL, records BYTEA NOT NULL, \
                  PRIMARY KEY (feed, file, generation, part)",
        spread: Spread::By("feed"),
    },
    Table {
        which: Which::Record,
        name: "held_line",
        columns: "feed BIGINT NOT NULL, rid BIGINT NOT NULL, identity BIGINT NOT NULL, \
                  record BYTEA NOT NULL, PRIMARY KEY (feed, rid)",
        spread: Spread::By("feed"),
    },
    Table {
        which: Which::Record,
        name: "feed_file",
        columns: "feed BIGINT NOT NULL, file TEXT NOT NULL, generation BIGINT NOT NULL, \
                  PRIMARY KEY (feed, file)",
        spread: Spread::By("feed"),
    },
];

/// Bytes of a packed record.
pub const RECORD: usize = 37;

/// The keyed hash of a line.
pub type LineHash = [u8; 16];

/// The hash that no line has: what was made of such a line was nothing, or is erased, so that the
/// line is read again every time.
pub const UNKNOWN: LineHash = [0; 16];

/// What was made of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its keyed hash, or [`UNKNOWN`].
    pub hash: LineHash,
    /// The keyed hash of the source's id of what it says.
    pub rid: i64,
    /// What it was made into.
    pub made: Made,
}

/// What a line was made into.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Made {
    /// The demographics of an identity.
    Person(IdentityId),
    /// An entry of an identity.
    Entry(IdentityId, Section, u32),
    /// A relationship of an identity.
    Relationship(IdentityId),
    /// A sharing decision on an identity.
    Sharing(IdentityId),
    /// Nothing: counted and set aside, or parked for a person.
    Aside,
    /// Nothing: the patient opted out. Only an identity, to count by.
    Dropped(IdentityId),
}

impl Made {
    /// The identity concerned.
    #[must_use]
    pub const fn identity(self) -> Option<IdentityId> {
        match self {
            Self::Person(identity)
            | Self::Entry(identity, ..)
            | Self::Relationship(identity)
            | Self::Sharing(identity)
            | Self::Dropped(identity) => Some(identity),
            Self::Aside => None,
        }
    }

    /// Whether it is kept when the identity is erased: relationships and preferences are.
    #[must_use]
    pub const fn outlives_erasure(self) -> bool {
        matches!(self, Self::Relationship(_) | Self::Sharing(_))
    }

    const fn packed(self) -> (i64, u8, u32) {
        match self {
            Self::Person(identity) => (identity.0, 0, 0),
            Self::Entry(identity, section, n) => (identity.0, section.number(), n),
            Self::Relationship(identity) => (identity.0, 200, 0),
            Self::Sharing(identity) => (identity.0, 201, 0),
            Self::Aside => (0, 202, 0),
            Self::Dropped(identity) => (identity.0, 203, 0),
        }
    }

    fn unpacked(identity: i64, kind: u8, n: u32) -> Option<Self> {
        let identity = IdentityId(identity);
        Some(match kind {
            0 => Self::Person(identity),
            200 => Self::Relationship(identity),
            201 => Self::Sharing(identity),
            202 => Self::Aside,
            203 => Self::Dropped(identity),
            section => Self::Entry(identity, Section::numbered(i64::from(section))?, n),
        })
    }
}

impl Line {
    /// Appends the packed record.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let (identity, kind, n) = self.made.packed();
        out.extend_from_slice(&self.hash);
        out.extend_from_slice(&self.rid.to_le_bytes());
        out.extend_from_slice(&identity.to_le_bytes());
        out.push(kind);
        out.extend_from_slice(&n.to_le_bytes());
    }

    /// The packed record of the same line when nothing of it may be kept.
    #[must_use]
    pub fn dropped(&self, identity: IdentityId) -> Vec<u8> {
        let mut record = Vec::with_capacity(RECORD);
        Self {
            hash: UNKNOWN,
            rid: self.rid,
            made: Made::Dropped(identity),
        }
        .pack(&mut record);
        record
    }

    /// Reads a packed record.
    #[must_use]
    pub fn unpack(record: &[u8; RECORD]) -> Option<Self> {
        let (hash, rest) = record.split_first_chunk::<16>()?;
        let (rid, rest) = rest.split_first_chunk::<8>()?;
        let (identity, rest) = rest.split_first_chunk::<8>()?;
        let (kind, n) = rest.split_first()?;
        let made = Made::unpacked(
            i64::from_le_bytes(*identity),
            *kind,
            u32::from_le_bytes(*n.first_chunk()?),
        )?;
        Some(Self {
            hash: *hash,
            rid: i64::from_le_bytes(*rid),
            made,
        })
    }
}

/// A further part of a manifest that is being written.
#[derive(Clone, Debug)]
pub struct ManifestPart {
    /// The feed.
    pub feed: FeedId,
    /// The file within the feed.
    pub file: String,
    /// The generation being written.
    pub generation: i64,
    /// The part's number.
    pub part: i64,
    /// Packed records.
    pub records: Vec<u8>,
}

/// A file's manifest as it was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manifest {
    /// Its generation; 0 when there is none.
    pub generation: i64,
    /// How many parts it has.
    pub parts: i64,
    /// All its packed records in order.
    pub records: Vec<u8>,
}

impl Manifest {
    /// How many lines it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The hash of a line, without unpacking it.
    #[must_use]
    pub fn hash(&self, line: usize) -> Option<&LineHash> {
        self.records.get(line * RECORD..)?.first_chunk()
    }

    /// A line.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<Line> {
        Line::unpack(self.records.get(line * RECORD..)?.first_chunk()?)
    }

    /// The packed records of some lines.
    #[must_use]
    pub fn packed(&self, lines: std::ops::Range<usize>) -> &[u8] {
        self.records
            .get(lines.start * RECORD..lines.end * RECORD)
            .unwrap_or_default()
    }
}

impl Store {
    /// The files of a feed that have a manifest, with its generation.
    pub async fn manifest_files(&self, feed: FeedId) -> StoreResult<HashMap<String, i64>> {
        let rows = self
            .record
            .query(
                "SELECT file, generation FROM feed_file WHERE feed = $1",
                params![feed],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
            .collect()
    }

    /// The generations of a file's manifest that were begun after `adopted` and never adopted,
    /// oldest first: what a crash left.
    pub async fn unadopted(&self, feed: FeedId, file: &str, adopted: i64) -> StoreResult<Vec<i64>> {
        let rows = self
            .record
            .query(
                "SELECT DISTINCT generation FROM manifest \
                 WHERE feed = $1 AND file = $2 AND generation > $3 ORDER BY generation",
                params![feed, file, adopted],
            )
            .await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// A generation of a file's manifest, whole or as far as it was written.
    pub async fn manifest(
        &self,
        feed: FeedId,
        file: &str,
        generation: i64,
    ) -> StoreResult<Manifest> {
        let rows = self
            .record
            .query(
                "SELECT records FROM manifest WHERE feed = $1 AND file = $2 AND generation = $3 \
                 ORDER BY part",
                params![feed, file, generation],
            )
            .await?;
        let mut manifest = Manifest {
            generation,
            ..Manifest::default()
        };
        for row in &rows {
            packing::unpack(row.bytes(0)?, &mut manifest.records)?;
            manifest.parts += 1;
        }
        Ok(manifest)
    }

    /// Points a feed to the new manifests of its files, durably; files not among them are gone.
    pub async fn adopt_manifests(
        &self,
        feed: FeedId,
        files: &[(String, i64)],
        gone: &[String],
    ) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        for (file, generation) in files {
            tx.execute(
                "INSERT INTO feed_file (feed, file, generation) VALUES ($1, $2, $3) \
                 ON CONFLICT (feed, file) DO UPDATE SET generation = excluded.generation",
                params![feed, file, *generation],
            )
            .await?;
            tx.execute(
                "DELETE FROM manifest WHERE feed = $1 AND file = $2 AND generation <> $3",
                params![feed, file, *generation],
            )
            .await?;
        }
        for file in gone {
            for sql in [
                "DELETE FROM feed_file WHERE feed = $1 AND file = $2",
                "DELETE FROM manifest WHERE feed = $1 AND file = $2",
            ] {
                tx.execute(sql, params![feed, file]).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// What was made of statements of a feed that sends changes, by the source's ids.
    pub async fn held_lines(&self, feed: FeedId, rids: &[i64]) -> StoreResult<HashMap<i64, Line>> {
        let mut held = HashMap::with_capacity(rids.len());
        for some in rids.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|rid| {
                Query::new(
                    "SELECT record FROM held_line WHERE feed = $1 AND rid = $2",
                    params![feed, *rid],
                )
            });
            for rows in self.record.read(queries.collect()).await? {
                let line = rows.first().map(|row| row.bytes(0)).transpose()?;
                let line = line.and_then(|record| Line::unpack(record.first_chunk()?));
                held.extend(line.map(|line| (line.rid, line)));
            }
        }
        Ok(held)
    }

    /// The keyed hash of a line.
    #[must_use]
    pub fn line_hash(&self, line: &[u8]) -> LineHash {
        let hash = blake3::keyed_hash(&self.keys.line, line);
        hash.as_bytes().first_chunk().copied().unwrap_or(UNKNOWN)
    }

    /// The keyed hash of a source's id.
    #[must_use]
    pub fn rid(&self, source_id: &str) -> i64 {
        let hash = blake3::keyed_hash(&self.keys.line, source_id.as_bytes());
        hash.as_bytes()
            .first_chunk()
            .copied()
            .map_or(0, i64::from_le_bytes)
    }
}

/// Writes parts of manifests in the transaction of what their lines were made into.
pub(crate) async fn write(tx: &mut Tx, parts: Vec<ManifestPart>) -> DbResult<()> {
    let rows = parts
        .into_iter()
        .filter(|part| !part.records.is_empty())
        .map(|part| {
            params![
                part.feed,
                part.file,
                part.generation,
                part.part,
                packing::packed(&part.records)
            ]
        })
        .collect();
    tx.append(
        "INSERT INTO manifest (feed, file, generation, part, records) \
         VALUES ($1, $2, $3, $4, $5)",
        rows,
    )
    .await?;
    Ok(())
}

/// Notes what was made of statements of a feed that sends changes.
pub(crate) async fn hold(tx: &mut Tx, lines: Vec<(FeedId, Line)>) -> DbResult<()> {
    let rows = lines
        .into_iter()
        .map(|(feed, line)| {
            let mut record = Vec::with_capacity(RECORD);
            line.pack(&mut record);
            params![
                feed,
                line.rid,
                line.made.identity().map_or(0, |one| one.0),
                record
            ]
        })
        .collect();
    tx.append(
        "INSERT INTO held_line (feed, rid, identity, record) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (feed, rid) DO UPDATE SET identity = excluded.identity, \
         record = excluded.record",
        rows,
    )
    .await?;
    Ok(())
}

/// Makes the lines of erased identities unknown, so that they are read again when they come.
pub(crate) async fn forget(tx: &mut Tx, feed: FeedId, erased: &[IdentityId]) -> StoreResult<()> {
    let rows = tx
        .query(
            "SELECT file, generation, part, records FROM manifest WHERE feed = $1",
            params![feed],
        )
        .await?;
    tx.append(
        "DELETE FROM held_line WHERE feed = $1 AND identity = $2",
        erased
            .iter()
            .map(|identity| params![feed, *identity])
            .collect(),
    )
    .await?;
    let erased: HashSet<IdentityId> = erased.iter().copied().collect();
    for row in rows {
        let mut records = Vec::new();
        packing::unpack(row.bytes(3)?, &mut records)?;
        let mut changed = false;
        for record in records.chunks_exact_mut(RECORD) {
            let line = record.first_chunk().and_then(Line::unpack);
            let Some(line) = line else { continue };
            let about = line
                .made
                .identity()
                .filter(|identity| erased.contains(identity));
            if let (Some(identity), false) = (about, line.made.outlives_erasure()) {
                record.copy_from_slice(&line.dropped(identity));
                changed = true;
            }
        }
        if changed {
            tx.execute(
                "UPDATE manifest SET records = $5 \
                 WHERE feed = $1 AND file = $2 AND generation = $3 AND part = $4",
                params![
                    feed,
                    row.text(0)?,
                    row.int(1)?,
                    row.int(2)?,
                    packing::packed(&records)
                ],
            )
            .await?;
        }
    }
    Ok(())
}
