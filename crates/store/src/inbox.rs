//! The inbox: a row for each submission, the sealed spool files of those that came over the
//! network, and what was parked for a person.

use std::{
    fs::File,
    io::Write as _,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use tributary_model::{FeedId, Issue, IssueKind, SubmissionId, Timestamp};

use crate::{
    Store, StoreError, StoreResult,
    db::{DbResult, Durability, Row, Tx, Value, params},
    keyring::Owner,
    limits,
    schema::{Spread, Table, Which},
    seal::{self, BodyKey},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "submission",
        columns: "submission BIGINT NOT NULL, feed BIGINT NOT NULL, name TEXT NOT NULL, \
                  place TEXT NOT NULL, path TEXT NOT NULL, received BIGINT NOT NULL, \
                  state TEXT NOT NULL, ended BIGINT, report TEXT NOT NULL, \
                  PRIMARY KEY (submission)",
        spread: Spread::Here,
    },
    Table {
        which: Which::Record,
        name: "parked",
        columns: "item BIGINT NOT NULL, submission BIGINT NOT NULL, feed BIGINT NOT NULL, \
                  kind TEXT NOT NULL, place TEXT NOT NULL, words TEXT NOT NULL, \
                  since BIGINT NOT NULL, resolved BIGINT, sealed BYTEA, PRIMARY KEY (item)",
        spread: Spread::Here,
    },
];

/// Where a submission's bytes lie.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lies {
    /// In a folder or file of the operator's, taken where it lies.
    InPlace(PathBuf),
    /// In the spool, sealed.
    Spooled(PathBuf),
}

/// How far a submission has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Durable, not begun.
    Received,
    /// Being filed; begun again after a crash.
    Working,
    /// Filed whole.
    Filed,
    /// Held for a person: it would remove too much.
    Held,
    /// Not readable at all.
    Failed,
}

impl Progress {
    /// The fixed name used in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Working => "working",
            Self::Filed => "filed",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [
            Self::Received,
            Self::Working,
            Self::Filed,
            Self::Held,
            Self::Failed,
        ]
        .into_iter()
        .find(|progress| progress.name() == name)
    }
}

/// A submission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubmissionRow {
    /// Its number.
    pub submission: SubmissionId,
    /// Its feed.
    pub feed: FeedId,
    /// Its name: a hash of its content for a spooled one.
    pub name: String,
    /// Where it lies.
    pub lies: Lies,
    /// When it was received.
    pub received: Timestamp,
    /// How far it has come.
    pub progress: Progress,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// What was made of it, as JSON; empty before it ended.
    pub report: String,
}

/// Sealed items that a transaction takes along.
#[derive(Default)]
pub struct ParkedRows(Vec<Vec<Value>>);

/// Something that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParkedItem {
    /// Its number.
    pub item: i64,
    /// The submission it came in.
    pub submission: SubmissionId,
    /// Its feed.
    pub feed: FeedId,
    /// What was wrong.
    pub issue: Issue,
    /// Since when it waits.
    pub since: Timestamp,
}

const CHUNK: usize = 64 << 10;

impl Store {
    /// Records a submission, durably. A spooled one whose name is known already is a repeat: the
    /// first is returned and nothing is recorded.
    pub async fn receive(
        &self,
        feed: FeedId,
        name: &str,
        lies: &Lies,
        now: Timestamp,
    ) -> StoreResult<(SubmissionId, bool)> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        if matches!(lies, Lies::Spooled(_)) {
            let known = tx
                .query(
                    "SELECT submission FROM submission \
                     WHERE feed = $1 AND name = $2 AND state <> 'failed'",
                    params![feed, name],
                )
                .await?;
            if let Some(row) = known.first() {
                return Ok((SubmissionId(row.int(0)?), false));
            }
        }
        let submission = SubmissionId(tx.next_ids("submission", 1).await?);
        let (place, path) = match lies {
            Lies::InPlace(path) => ("in-place", path),
            Lies::Spooled(path) => ("spool", path),
        };
        tx.execute(
            "INSERT INTO submission (submission, feed, name, place, path, received, state, report) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            params![
                submission,
                feed,
                name,
                place,
                path.to_string_lossy().into_owned(),
                now,
                Progress::Received.name(),
                ""
            ],
        )
        .await?;
        tx.commit().await?;
        Ok((submission, true))
    }

    /// Notes how far a submission has come. Where one lay that is done with is not kept: files are
    /// named after people.
    pub async fn progress(
        &self,
        submission: SubmissionId,
        progress: Progress,
        report: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let ended = matches!(
            progress,
            Progress::Filed | Progress::Held | Progress::Failed
        );
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE submission SET state = $2, report = $3, ended = $4, \
             path = CASE WHEN place = 'in-place' AND $5 = 1 THEN '' ELSE path END \
             WHERE submission = $1",
            params![
                submission,
                progress.name(),
                report,
                ended.then_some(now),
                i64::from(matches!(progress, Progress::Filed | Progress::Failed))
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Submissions of a feed (or of all), newest first, at most a hundred.
    pub async fn submissions(&self, feed: Option<FeedId>) -> StoreResult<Vec<SubmissionRow>> {
        let rows = self
            .record
            .query(
                "SELECT submission, feed, name, place, path, received, state, ended, report \
                 FROM submission WHERE feed = $1 OR $1 = -1 ORDER BY submission DESC LIMIT 100",
                params![feed.map_or(-1, |feed| feed.0)],
            )
            .await?;
        rows.iter().map(read_submission).collect()
    }

    /// Submissions that were received or begun and not ended, oldest first.
    pub async fn unfinished(&self) -> StoreResult<Vec<SubmissionRow>> {
        let rows = self
            .record
            .query(
                "SELECT submission, feed, name, place, path, received, state, ended, report \
                 FROM submission WHERE state = 'received' OR state = 'working' ORDER BY submission",
                vec![],
            )
            .await?;
        rows.iter().map(read_submission).collect()
    }

    /// One submission.
    pub async fn submission(&self, submission: SubmissionId) -> StoreResult<Option<SubmissionRow>> {
        let rows = self
            .record
            .query(
                "SELECT submission, feed, name, place, path, received, state, ended, report \
                 FROM submission WHERE submission = $1",
                params![submission],
            )
            .await?;
        rows.first().map(read_submission).transpose()
    }

    /// Seals items for a person, each under a key of its own, which is durable when this returns.
    /// They are parked by whatever transaction takes them along.
    pub async fn seal_parked(
        &self,
        submission: SubmissionId,
        feed: FeedId,
        items: &[(Issue, Vec<u8>)],
        now: Timestamp,
    ) -> StoreResult<ParkedRows> {
        if items.is_empty() {
            return Ok(ParkedRows::default());
        }
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let first = self.record.next_ids("object", count).await?;
        let owners: Vec<Owner> = (first..first + count).map(Owner::Object).collect();
        let keys = self.make_keys(&owners).await?;
        let rows = (first..)
            .zip(items)
            .filter_map(|(number, (issue, bytes))| {
                let key = keys.get(&Owner::Object(number))?;
                Some(params![
                    number,
                    submission,
                    feed,
                    issue.kind.name(),
                    &issue.place,
                    &issue.words,
                    now,
                    seal::wrap(&key.0, &number.to_le_bytes(), bytes)
                ])
            })
            .collect();
        Ok(ParkedRows(rows))
    }

    /// What waits for a person, oldest first, without its bytes.
    pub async fn parked(&self, feed: Option<FeedId>) -> StoreResult<Vec<ParkedItem>> {
        let rows = self
            .record
            .query(
                "SELECT item, submission, feed, kind, place, words, since FROM parked \
                 WHERE resolved IS NULL AND (feed = $1 OR $1 = -1) ORDER BY item LIMIT 1000",
                params![feed.map_or(-1, |feed| feed.0)],
            )
            .await?;
        let kind = |name: &str| IssueKind::ALL.into_iter().find(|kind| kind.name() == name);
        rows.iter()
            .map(|row| {
                Ok(ParkedItem {
                    item: row.int(0)?,
                    submission: SubmissionId(row.int(1)?),
                    feed: FeedId(row.int(2)?),
                    issue: Issue {
                        kind: kind(row.text(3)?).unwrap_or(IssueKind::Unreadable),
                        place: row.text(4)?.to_owned(),
                        words: row.text(5)?.to_owned(),
                    },
                    since: Timestamp(row.int(6)?),
                })
            })
            .collect()
    }

    // ---- The spool ---------------------------------------------------------------------------

    /// Begins a spool file: sealed under a key of its own from the first byte.
    pub async fn spool(&self) -> StoreResult<SpoolWriter> {
        let object = self.record.next_ids("object", 1).await?;
        let owner = Owner::Object(object);
        let key = self
            .make_keys(&[owner])
            .await?
            .remove(&owner)
            .ok_or_else(|| StoreError::Inconsistent("a key that was made is not there".into()))?;
        let folder = self.folder().join("spool");
        let failed = |source| StoreError::File {
            path: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let path = folder.join(format!("{object}.arriving"));
        let file = File::create(&path).map_err(failed)?;
        Ok(SpoolWriter {
            file,
            path,
            object,
            key,
            chunk: 0,
            held: Vec::with_capacity(CHUNK),
            hasher: blake3::Hasher::new_keyed(&self.keys.line),
        })
    }

    /// Opens a spooled submission for reading.
    pub async fn open_spooled(&self, path: &Path) -> StoreResult<SpoolFile> {
        let object = object_number(path)
            .ok_or_else(|| StoreError::Inconsistent("a spool file has no number".into()))?;
        let owner = Owner::Object(object);
        let key = self.find_keys(&[owner]).await?.remove(&owner);
        let key = key.ok_or_else(|| StoreError::Sealed("a spooled submission".into()))?;
        let failed = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let sealed = file.metadata().map_err(failed)?.len();
        // Every file ends with a chunk that is not full, if need be an empty one.
        if sealed.is_multiple_of((CHUNK + limits::SEAL_BYTES) as u64) {
            return Err(failed(std::io::Error::other("the file was cut short")));
        }
        let chunks = sealed.div_ceil((CHUNK + limits::SEAL_BYTES) as u64);
        let size = sealed.saturating_sub(chunks * limits::SEAL_BYTES as u64);
        Ok(SpoolFile {
            file,
            path: path.to_owned(),
            key,
            size,
        })
    }

    /// Destroys the key and the file of one spooled submission.
    pub async fn forget_spooled(&self, path: &Path) -> StoreResult<()> {
        if let Some(number) = object_number(path) {
            self.forget_keys(&[Owner::Object(number)]).await?;
        }
        match std::fs::remove_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(StoreError::File {
                path: path.to_owned(),
                source,
            }),
            _ => Ok(()),
        }
    }

    /// Destroys the key and the file of what these feeds sent and was filed whole: somebody in it is
    /// erased, and it is needed no longer.
    pub(crate) async fn forget_filed(&self, feeds: &[FeedId]) -> StoreResult<()> {
        for feed in feeds {
            let rows = self
                .record
                .query(
                    "SELECT submission, path FROM submission WHERE feed = $1 \
                     AND place = 'spool' AND path <> '' AND state = 'filed'",
                    params![*feed],
                )
                .await?;
            for row in &rows {
                self.forget_path(row).await?;
            }
        }
        Ok(())
    }

    /// Destroys the key and the file of spooled submissions that ended before `before`.
    pub async fn clear_spool(&self, before: Timestamp) -> StoreResult<usize> {
        let rows = self
            .record
            .query(
                "SELECT submission, path FROM submission \
                 WHERE place = 'spool' AND path <> '' AND ended <= $1",
                params![before],
            )
            .await?;
        for row in &rows {
            self.forget_path(row).await?;
        }
        Ok(rows.len())
    }

    /// Destroys the key and the file of a submission in two columns: its number and its path.
    async fn forget_path(&self, row: &Row) -> StoreResult<()> {
        self.forget_spooled(Path::new(row.text(1)?)).await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE submission SET path = '' WHERE submission = $1",
            params![row.int(0)?],
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// Writes a spool file. Bytes are sealed in chunks; nothing plain touches the disk.
pub struct SpoolWriter {
    file: File,
    path: PathBuf,
    object: i64,
    key: BodyKey,
    chunk: u64,
    held: Vec<u8>,
    hasher: blake3::Hasher,
}

impl SpoolWriter {
    /// Adds bytes.
    pub fn write(&mut self, mut bytes: &[u8]) -> StoreResult<()> {
        self.hasher.update(bytes);
        while !bytes.is_empty() {
            let take = bytes.len().min(CHUNK - self.held.len());
            let (now, later) = bytes.split_at(take);
            self.held.extend_from_slice(now);
            bytes = later;
            if self.held.len() == CHUNK {
                self.seal_chunk(false)?;
            }
        }
        Ok(())
    }

    /// Ends the file: on the disk, under the name of its content, when this returns.
    pub fn finish(mut self) -> StoreResult<(String, PathBuf)> {
        self.seal_chunk(true)?;
        let name = self.hasher.finalize().to_hex().to_string();
        let path = self.path.with_file_name(format!("{}-{name}", self.object));
        let failed = |source| StoreError::File {
            path: path.clone(),
            source,
        };
        self.file.sync_all().map_err(failed)?;
        std::fs::rename(&self.path, &path).map_err(failed)?;
        let folder = path.parent().unwrap_or(&path);
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok((name, path))
    }

    /// Gives up: removes what was written.
    pub fn abandon(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    fn seal_chunk(&mut self, last: bool) -> StoreResult<()> {
        let sealed = seal::wrap(&self.key.0, &chunk_bound(self.chunk, last), &self.held);
        self.file
            .write_all(&sealed)
            .map_err(|source| StoreError::File {
                path: self.path.clone(),
                source,
            })?;
        self.held.clear();
        self.chunk += 1;
        Ok(())
    }
}

/// A spool file open for reading, from several threads if need be. Chunks are opened one by one;
/// nothing plain touches the disk.
pub struct SpoolFile {
    file: File,
    path: PathBuf,
    key: BodyKey,
    size: u64,
}

impl SpoolFile {
    /// How many plain bytes it holds.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Reads plain bytes from an offset on; fewer only at the end.
    pub fn read_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<usize> {
        let mut read = 0;
        while let Some(rest) = out.get_mut(read..).filter(|rest| !rest.is_empty()) {
            let at = offset + read as u64;
            if at >= self.size {
                break;
            }
            let plain = self.chunk(at / CHUNK as u64)?;
            let from = usize::try_from(at % CHUNK as u64).unwrap_or(0);
            let found = plain.get(from..).unwrap_or_default();
            if found.is_empty() {
                return Err(self.altered());
            }
            for (to, from) in rest.iter_mut().zip(found) {
                *to = *from;
            }
            read += found.len().min(rest.len());
        }
        Ok(read)
    }

    fn chunk(&self, chunk: u64) -> std::io::Result<Vec<u8>> {
        let whole = CHUNK as u64;
        let plain = self.size.saturating_sub(chunk * whole).min(whole);
        let last = (chunk + 1) * whole > self.size;
        let mut sealed = vec![0; usize::try_from(plain).unwrap_or(0) + limits::SEAL_BYTES];
        self.file
            .read_exact_at(&mut sealed, chunk * (whole + limits::SEAL_BYTES as u64))?;
        seal::unwrap(&self.key.0, &chunk_bound(chunk, last), &sealed).map_err(|_| self.altered())
    }

    fn altered(&self) -> std::io::Error {
        std::io::Error::other(format!(
            "{}: a spooled submission was altered",
            self.path.display()
        ))
    }
}

/// Parks sealed items in the transaction of what came with them.
pub(crate) async fn park(tx: &mut Tx, rows: ParkedRows) -> DbResult<()> {
    tx.append(
        "INSERT INTO parked (item, submission, feed, kind, place, words, since, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        rows.0,
    )
    .await?;
    Ok(())
}

/// The number of a spool file, which its name begins with.
fn object_number(path: &Path) -> Option<i64> {
    path.file_name()?
        .to_str()?
        .split(['-', '.'])
        .next()?
        .parse()
        .ok()
}

fn chunk_bound(chunk: u64, last: bool) -> [u8; 9] {
    let mut bound = [u8::from(last); 9];
    for (to, from) in bound.iter_mut().zip(chunk.to_le_bytes()) {
        *to = from;
    }
    bound
}

fn read_submission(row: &Row) -> StoreResult<SubmissionRow> {
    let path = PathBuf::from(row.text(4)?);
    let unknown = || StoreError::Inconsistent("a submission is in an unknown state".into());
    Ok(SubmissionRow {
        submission: SubmissionId(row.int(0)?),
        feed: FeedId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        lies: if row.text(3)? == "spool" {
            Lies::Spooled(path)
        } else {
            Lies::InPlace(path)
        },
        received: Timestamp(row.int(5)?),
        progress: Progress::named(row.text(6)?).ok_or_else(unknown)?,
        ended: row.opt_int(7)?.map(Timestamp),
        report: row.text(8)?.to_owned(),
    })
}
