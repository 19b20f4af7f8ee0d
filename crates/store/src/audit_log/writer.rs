//! The one writer of the log: lines that wait together share one synced insert.
//!
//! While a batch is being written the next one gathers, so that many requests share one sync and a
//! request that comes alone waits for nobody. Several processes may write one log: the head row is
//! advanced in the transaction that inserts a batch, so numbers have no gap.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tributary_audit::{ChainKey, ChainValue, Tree, leaf_hash};
use tributary_model::{AccessNumber, AccountId, Address, OdsCode, Part, Timestamp};

use super::line::Draft;
use crate::{
    DbError, StoreError, StoreResult,
    db::{Db, Durability, Query, Row, Rows, Value, params},
    limits,
    sessions::{NOTE_OPENED, RecordOpened, note_opened},
};

/// Proof that a line is on the disk. Made here only; what is built on it cannot be had without it.
#[derive(Debug)]
#[must_use = "a line is written so that something may follow from it"]
pub(crate) struct Durable(AccessNumber);

impl Durable {
    /// The line's number.
    pub(crate) const fn number(&self) -> AccessNumber {
        self.0
    }

    /// A second proof of the same line, where one line lets two things follow.
    pub(super) const fn same_line(&self) -> Self {
        Self(self.0)
    }
}

/// A record that lies open once its line is written.
pub(crate) struct Opens {
    pub(crate) account: AccountId,
    pub(crate) organisation: OdsCode,
    pub(crate) address: Address,
    pub(crate) part: Part,
}

struct Job {
    draft: Draft,
    opens: Option<Opens>,
    written: oneshot::Sender<StoreResult<Durable>>,
}

/// Where lines are handed in.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Makes the head if there is none, and starts the writer.
    pub(crate) async fn start(db: Db, key: &[u8; 32]) -> StoreResult<Self> {
        let mut tx = db.begin(Durability::Synced).await?;
        tx.execute(
            "INSERT INTO audit_head (id, next, frontier, chain) VALUES (0, 0, $1, $2) \
             ON CONFLICT (id) DO NOTHING",
            params![Tree::new().to_bytes(), ChainValue::START.0],
        )
        .await?;
        tx.commit().await?;
        let (jobs, waiting) = mpsc::channel(limits::LINES_WAITING);
        let log = Log {
            db,
            chain: chain_key(key),
            head: None,
        };
        // Owned by the store's clones: it ends when the last of them is dropped. Spawned, so that a
        // client who goes away cannot stop a batch that carries other people's lines.
        #[expect(
            clippy::disallowed_methods,
            reason = "the one task of the log, ended by its channel"
        )]
        tokio::spawn(log.run(waiting));
        Ok(Self(jobs))
    }

    /// Writes a line; it is on the disk when this returns.
    pub(crate) async fn write(&self, draft: Draft, opens: Option<Opens>) -> StoreResult<Durable> {
        let (written, answer) = oneshot::channel();
        let job = Job {
            draft,
            opens,
            written,
        };
        self.0.send(job).await.map_err(|_| DbError::Closed)?;
        answer.await.map_err(|_| DbError::Closed)?
    }
}

impl Writer {
    /// Writes many lines at once, beside whatever else is written.
    pub(super) async fn fill(db: Db, key: &[u8; 32], drafts: Vec<Draft>) -> StoreResult<()> {
        let job = |draft| Job {
            draft,
            opens: None,
            written: oneshot::channel().0,
        };
        let batch: Vec<Job> = drafts.into_iter().map(job).collect();
        let mut log = Log {
            db,
            chain: chain_key(key),
            head: None,
        };
        log.write(&batch).await.map(|_| ())
    }
}

/// The key of the chain over the lines.
pub(crate) fn chain_key(key: &[u8; 32]) -> ChainKey {
    ChainKey::new(&blake3::derive_key("tributary 2026 audit chain", key))
}

struct Log {
    db: Db,
    chain: ChainKey,
    /// The head as this process last left it; another process may have gone on since.
    head: Option<Head>,
}

/// Where the log stands.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) next: i64,
    pub(crate) tree: Tree,
    pub(crate) chain: ChainValue,
}

impl Head {
    /// A head in three columns: next, frontier, chain.
    pub(crate) fn read(row: &Row) -> StoreResult<Self> {
        let broken = |_| StoreError::Inconsistent("the head of the audit log is broken".to_owned());
        Ok(Self {
            next: row.int(0)?,
            tree: Tree::from_bytes(row.bytes(1)?).map_err(broken)?,
            chain: ChainValue(
                row.bytes(2)?
                    .try_into()
                    .map_err(|_| broken(tributary_audit::TreeError))?,
            ),
        })
    }
}

impl Log {
    async fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        while let Some(first) = waiting.recv().await {
            let mut batch = vec![first];
            while batch.len() < limits::LINES_AT_ONCE {
                let Ok(next) = waiting.try_recv() else { break };
                batch.push(next);
            }
            let outcome = self.write(&batch).await.map_err(Arc::new);
            if outcome.is_err() {
                self.head = None;
            }
            for (index, job) in (0..).zip(batch) {
                let durable = match &outcome {
                    Ok(first) => Ok(Durable(AccessNumber(first + index))),
                    Err(error) => Err(StoreError::NotWritten(Arc::clone(error))),
                };
                // Whoever asked may have gone away; the line stands all the same.
                let _ = job.written.send(durable);
            }
        }
    }

    /// Writes a batch in one transaction; the number of its first line is returned.
    async fn write(&mut self, batch: &[Job]) -> StoreResult<i64> {
        let mut head = match self.head.take() {
            Some(head) => head,
            None => self.catch_up().await?,
        };
        for _ in 0..limits::HEADS_TRIED {
            let (rows, next) = self.extend(&head, batch);
            let writes = vec![
                Rows::new(INSERT_LINE, rows),
                Rows::new(INSERT_LOOKUP, lookups(head.next, batch)),
                Rows::new(NOTE_OPENED, opened(head.next, batch)),
            ];
            let advance = advance(&head, &next);
            if self
                .db
                .write_if(Durability::Synced, advance, writes)
                .await?
            {
                self.head = Some(next);
                return Ok(head.next);
            }
            // Another process has written since the head was read.
            head = self.catch_up().await?;
        }
        Err(StoreError::Inconsistent(
            "the head of the audit log moves faster than it can be read".to_owned(),
        ))
    }

    /// Where the log stands by now.
    async fn catch_up(&self) -> StoreResult<Head> {
        let rows = self.db.query(READ_HEAD, params![]).await?;
        Head::read(rows.first().ok_or(DbError::Missing("audit_head"))?)
    }

    /// The rows of a batch after a head, and the head after them.
    fn extend(&self, head: &Head, batch: &[Job]) -> (Vec<Vec<Value>>, Head) {
        let mut head = head.clone();
        let rows = batch.iter().map(|Job { draft, .. }| {
            let number = head.next;
            let leaf = draft.leaf(number);
            let hash = leaf_hash(&leaf);
            head.next += 1;
            head.tree.push(hash);
            head.chain = self.chain.chain(head.chain, hash);
            let clear = &draft.clear;
            let flagged: Option<Timestamp> = clear.flagged.as_ref().map(|_| clear.at);
            params![
                number,
                clear.at,
                clear.action.name(),
                clear.outcome.name(),
                clear.account,
                clear.organisation.as_ref().map(OdsCode::as_str),
                flagged,
                leaf,
                hash.0,
                head.chain.0,
                draft.sealed.as_slice()
            ]
        });
        let rows = rows.collect();
        (rows, head)
    }
}

const READ_HEAD: &str = "SELECT next, frontier, chain FROM audit_head WHERE id = 0";

const INSERT_LINE: &str = "INSERT INTO audit_line (number, at, action, outcome, account, organisation, flagged, \
     leaf, leaf_hash, chain, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

const INSERT_LOOKUP: &str = "INSERT INTO audit_lookup (lookup, number) VALUES ($1, $2)";

/// Advances the head, unless another process has done so since it was read.
fn advance(from: &Head, to: &Head) -> Query {
    Query::new(
        "UPDATE audit_head SET next = $1, frontier = $2, chain = $3 WHERE id = 0 AND next = $4",
        params![to.next, to.tree.to_bytes(), to.chain.0, from.next],
    )
}

/// The rows by which the lines of a batch are found again.
fn lookups(first: i64, batch: &[Job]) -> Vec<Vec<Value>> {
    let of = |(number, job): (i64, &Job)| {
        let lookups = job.draft.lookups.iter();
        lookups.map(|one| (*one, number)).collect::<Vec<_>>()
    };
    let mut lookups: Vec<([u8; 32], i64)> = (first..).zip(batch).flat_map(of).collect();
    // In key order, so that each page of the tree is touched once.
    lookups.sort_unstable();
    let row = |(lookup, number)| params![lookup, number];
    lookups.into_iter().map(row).collect()
}

/// The records that lie open once a batch is written.
fn opened(first: i64, batch: &[Job]) -> Vec<Vec<Value>> {
    let of = |(number, job): (i64, &Job)| {
        let opens = job.opens.as_ref()?;
        let opened = RecordOpened {
            address: opens.address,
            part: opens.part,
            at: job.draft.clear.at,
            access: AccessNumber(number),
        };
        Some(note_opened(opens.account, &opens.organisation, &opened))
    };
    (first..).zip(batch).filter_map(of).collect()
}
