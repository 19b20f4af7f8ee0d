//! Checkpoints that another organisation keeps: publishing them, proving that the log only grew since,
//! and holding the log against what a witness kept.
//!
//! Whoever holds every key of a deployment can rewrite its log, sign it anew and leave no trace in
//! it. What they cannot rewrite is a checkpoint that lies with somebody else.

use std::path::Path;

use tokio::task::JoinSet;
use tributary_audit::{
    Checkpoint, ConsistencyProof, LeafHash, Tree, Verification, VerifyingKey,
    consistency_proof_with, leaf_hash,
};

use super::{
    checkpoints::{CheckpointError, ORIGIN, replace_file},
    verify::LogFault,
};
use crate::{Store, StoreError, StoreResult, db::params, limits, permit::MaintenancePermit};

/// The hashes of lines with their numbers.
type Numbered = Vec<(i64, LeafHash)>;

/// A checkpoint as somebody kept it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptNote {
    /// Where it lay.
    pub place: String,
    /// Its text.
    pub note: String,
}

/// A log that has only grown since a witness's checkpoints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witnessed {
    /// How many lines it has.
    pub lines: u64,
    /// Against how many checkpoints of the witness it was held.
    pub checkpoints: usize,
    /// How many lines at the end the witness has not seen yet.
    pub unseen: u64,
}

/// A log's public key, as [`Store::checkpoint_key`] writes it; `None` if it is none.
#[must_use]
pub fn verifying_key(hex: &str) -> Option<VerifyingKey> {
    let hex = hex.trim();
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    VerifyingKey::from_bytes(&bytes?.try_into().ok()?).ok()
}

impl Store {
    /// Holds the log against checkpoints that a witness kept: every line up to the last of them is
    /// read and hashed. Where one does not fit, the whole log is verified to name the very line.
    pub async fn verify_witnessed(
        &self,
        permit: &MaintenancePermit,
        kept: &[KeptNote],
    ) -> StoreResult<Result<Witnessed, LogFault>> {
        let checkpoints = match self.open_kept(kept) {
            Ok(checkpoints) => checkpoints,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let head = self.log_head().await?;
        let mut verification = Verification::new(None, &checkpoints);
        let mut fault = None;
        let mut hashes = Hashes::from(self, 0, head.next);
        'lines: while let Some(some) = hashes.next().await? {
            for (number, hash) in some {
                if let Err(found) = verification.hashed(number, hash) {
                    fault = Some(found);
                    break 'lines;
                }
            }
        }
        let found = match fault {
            Some(fault) => Err(fault),
            None => verification.finish(u64::try_from(head.next).ok()),
        };
        match found {
            Ok(sound) => Ok(Ok(Witnessed {
                lines: sound.tree.len(),
                checkpoints: sound.checkpoints,
                unseen: sound.uncovered,
            })),
            // The log itself may name the line; if it was made anew to fit, only the witness can.
            Err(fault) => Ok(Err(match self.verify_log(permit).await? {
                Err(own) => own,
                Ok(_) => LogFault::Witness(fault),
            })),
        }
    }

    fn open_kept(&self, kept: &[KeptNote]) -> Result<Vec<Checkpoint>, CheckpointError> {
        let key = self.signing_key().verifying_key();
        let open = |kept: &KeptNote| {
            Checkpoint::open(&kept.note, ORIGIN, &key).map_err(|why| CheckpointError {
                place: kept.place.clone(),
                why,
            })
        };
        kept.iter().map(open).collect()
    }

    /// Proves to a witness that the log of one checkpoint has only grown to that of another. `None`
    /// if the log is shorter, or the second checkpoint is the older one.
    pub async fn prove_growth(
        &self,
        _permit: &MaintenancePermit,
        from: u64,
        to: u64,
    ) -> StoreResult<Option<ConsistencyProof>> {
        if to > self.log_head().await?.tree.len() {
            return Ok(None);
        }
        let mut ranges = Vec::new();
        let asked = consistency_proof_with(from, to, |range| {
            ranges.push(range);
            Ok::<_, StoreError>([0; 32])
        })?;
        let Some(mut proof) = asked else {
            return Ok(None);
        };
        for (range, place) in ranges.into_iter().zip(&mut proof.path) {
            let number = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
            let mut hashes = Hashes::from(self, number(range.start), number(range.end));
            let mut tree = Tree::new();
            while let Some(some) = hashes.next().await? {
                for (_, hash) in some {
                    tree.push(hash);
                }
            }
            *place = tree.root();
        }
        Ok(Some(proof))
    }

    /// Lays a checkpoint where a witness fetches it, under a name of its own.
    pub async fn publish_note(&self, folder: &Path, size: u64, note: String) -> StoreResult<()> {
        let file = folder.join(format!("{size:015}.note"));
        let written = tokio::task::spawn_blocking(move || {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)
                    .and_then(|()| replace_file(&file, note.as_bytes()))
                    .map_err(|source| StoreError::File { path: file, source })?;
            }
            Ok(())
        });
        written.await.expect("writing a file does not panic")
    }

    /// The last checkpoint that was signed; none before the first.
    pub async fn last_note(&self) -> StoreResult<Option<String>> {
        let rows = self
            .audit
            .query(
                "SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1",
                params![],
            )
            .await?;
        rows.first()
            .map(|row| Ok(row.text(0)?.to_owned()))
            .transpose()
    }

    async fn hashes_of(self, from: i64, to: i64) -> StoreResult<Numbered> {
        let rows = self
            .audit
            .query(
                "SELECT number, leaf FROM audit_line WHERE number >= $1 AND number < $2 \
                 ORDER BY number",
                params![from, to],
            )
            .await?;
        let hash = |row: &crate::db::Row| Ok((row.int(0)?, leaf_hash(row.bytes(1)?)));
        rows.iter().map(hash).collect()
    }
}

/// The hashes of lines in their order, read and hashed on all cores.
struct Hashes<'s> {
    store: &'s Store,
    next: i64,
    end: i64,
    running: JoinSet<(i64, StoreResult<Numbered>)>,
    ready: std::collections::BTreeMap<i64, Numbered>,
    due: i64,
}

impl<'s> Hashes<'s> {
    fn from(store: &'s Store, start: i64, end: i64) -> Self {
        Self {
            store,
            next: start,
            end,
            running: JoinSet::new(),
            ready: std::collections::BTreeMap::new(),
            due: start,
        }
    }

    /// The next of them; `None` after the last.
    async fn next(&mut self) -> StoreResult<Option<Numbered>> {
        let ahead = std::thread::available_parallelism().map_or(2, usize::from) * 2;
        loop {
            while self.next < self.end && self.running.len() + self.ready.len() < ahead {
                let from = self.next;
                let to = self.end.min(from + limits::LINES_HASHED_AT_ONCE);
                let store = self.store.clone();
                self.running
                    .spawn(async move { (from, store.hashes_of(from, to).await) });
                self.next = to;
            }
            if let Some(hashes) = self.ready.remove(&self.due) {
                self.due = self.end.min(self.due + limits::LINES_HASHED_AT_ONCE);
                return Ok(Some(hashes));
            }
            let Some(done) = self.running.join_next().await else {
                return Ok(None);
            };
            let (from, hashes) = done.expect("hashing lines does not panic");
            self.ready.insert(from, hashes?);
        }
    }
}
