//! Signed checkpoints: what the log was at a time, for whoever does not want to trust its keeper.

use std::path::{Path, PathBuf};

use tributary_audit::{Checkpoint, NoteError, SigningKey};
use tributary_model::Timestamp;

use super::writer::Head;
use crate::{
    DbError, Store, StoreError, StoreResult,
    db::{Durability, Tx, params},
    limits,
};

/// The log's name, which is also the name of the key that signs.
pub const ORIGIN: &str = "tributary/audit";

/// Why a kept checkpoint does not count.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the checkpoint {place} does not count: {why}")]
pub struct CheckpointError {
    /// Where it is kept.
    pub place: String,
    /// What is wrong with it.
    pub why: NoteError,
}

impl Store {
    /// Signs where the log stands, if it has grown since the last checkpoint and no other process
    /// holds the lease. Kept in a table, and as a file beside the stores for others to fetch.
    pub async fn checkpoint(&self, holder: i64, now: Timestamp) -> StoreResult<Option<Checkpoint>> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let leased = tx
            .execute(
                "INSERT INTO audit_lease (id, holder, ends) VALUES (0, $1, $2) \
                 ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, ends = excluded.ends \
                 WHERE audit_lease.holder = excluded.holder OR audit_lease.ends < $3",
                params![holder, now.plus(limits::CHECKPOINT_LEASE), now],
            )
            .await?;
        if leased == 0 {
            return Ok(None);
        }
        self.sign_in(tx, now).await
    }

    /// The same for somebody who asks for it at the command line, whoever else is at it.
    pub async fn checkpoint_now(&self, now: Timestamp) -> StoreResult<Option<Checkpoint>> {
        let tx = self.audit.begin(Durability::Synced).await?;
        self.sign_in(tx, now).await
    }

    async fn sign_in(&self, mut tx: Tx, now: Timestamp) -> StoreResult<Option<Checkpoint>> {
        let rows = tx
            .query(
                "SELECT next, frontier, chain FROM audit_head WHERE id = 0",
                params![],
            )
            .await?;
        let head = Head::read(rows.first().ok_or(DbError::Missing("audit_head"))?)?;
        let size = head.tree.len();
        let checkpoint = Checkpoint {
            origin: ORIGIN.into(),
            size,
            root: head.tree.root(),
            at: now,
        };
        let note = checkpoint.sign(&self.signing_key()).map_err(unsigned)?;
        let made = tx
            .execute(
                "INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3) \
                 ON CONFLICT (size) DO NOTHING",
                params![head.next, now, &note],
            )
            .await?;
        tx.commit().await?;
        if made == 0 {
            return Ok(None);
        }
        self.keep_note(note).await?;
        Ok(Some(checkpoint))
    }

    /// Every checkpoint that is kept, by size, and the first that does not count.
    pub(super) async fn checkpoints(
        &self,
    ) -> StoreResult<Result<Vec<Checkpoint>, CheckpointError>> {
        let rows = self
            .audit
            .query(
                "SELECT size, note FROM audit_checkpoint ORDER BY size",
                params![],
            )
            .await?;
        let key = self.signing_key().verifying_key();
        let mut checkpoints = Vec::with_capacity(rows.len() + 1);
        let mut notes = Vec::with_capacity(rows.len() + 1);
        for row in &rows {
            notes.push((format!("at {} lines", row.int(0)?), row.text(1)?.to_owned()));
        }
        // A few hundred bytes that the machine has at hand.
        let kept = std::fs::read_to_string(self.note_file()).ok();
        let new = kept.filter(|note| notes.last().is_none_or(|(_, last)| last != note));
        notes.extend(new.map(|note| ("in the file".to_owned(), note)));
        for (place, note) in notes {
            match Checkpoint::open(&note, ORIGIN, &key) {
                Ok(checkpoint) => checkpoints.push(checkpoint),
                Err(why) => return Ok(Err(CheckpointError { place, why })),
            }
        }
        Ok(Ok(checkpoints))
    }

    /// The public key that checkpoints are verified with, in hexadecimal.
    #[must_use]
    pub fn checkpoint_key(&self) -> String {
        let key = self.signing_key().verifying_key();
        key.as_bytes()
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// The file that holds the last checkpoint.
    #[must_use]
    pub fn note_file(&self) -> PathBuf {
        self.folder().join("checkpoint.note")
    }

    pub(super) async fn log_head(&self) -> StoreResult<Head> {
        let rows = self
            .audit
            .query(
                "SELECT next, frontier, chain FROM audit_head WHERE id = 0",
                params![],
            )
            .await?;
        Head::read(rows.first().ok_or(DbError::Missing("audit_head"))?)
    }

    pub(super) fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.keys.sign)
    }

    async fn keep_note(&self, note: String) -> StoreResult<()> {
        let file = self.note_file();
        let written = tokio::task::spawn_blocking(move || {
            replace_file(&file, note.as_bytes())
                .map_err(|source| StoreError::File { path: file, source })
        });
        written.await.expect("writing a file does not panic")
    }
}

/// Writes a file beside and moves it into place, so that no reader sees half of it.
pub(super) fn replace_file(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = file.with_extension("new");
    let mut out = std::fs::File::create(&beside)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&beside, file)
}

fn unsigned(error: NoteError) -> StoreError {
    StoreError::Inconsistent(format!("the checkpoint cannot be signed: {error}"))
}
