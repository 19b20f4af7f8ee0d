//! Verifying the log as it is stored, and naming the first line that is not as it was written.
//!
//! Beyond what the leaves themselves prove, the columns beside a leaf must say what it says, its
//! sealed text must be what it commits to, and the look-ups must be those its text gives: reports
//! are made through them, so a look-up that is missing would hide an access.

use tributary_audit::{ChainValue, Fault, LeafHash, StoredLine, Verification};

use super::{checkpoints::CheckpointError, line::AuditLine, writer::chain_key};
use crate::{
    Store, StoreResult,
    db::{Row, params},
    limits,
    permit::MaintenancePermit,
};

/// A log that is as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogSound {
    /// How many lines it has.
    pub lines: u64,
    /// Against how many signed checkpoints it was held.
    pub checkpoints: usize,
    /// How many lines at the end no checkpoint covers yet.
    pub uncovered: u64,
}

/// The first thing that is not as it was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LogFault {
    /// The lines themselves.
    #[error(transparent)]
    Lines(#[from] Fault),
    /// The log agrees with itself, and not with what a witness kept: it was made anew.
    #[error("the log was made anew since the witness kept its checkpoint: {0}")]
    Witness(Fault),
    /// A column beside a leaf says something else than the leaf.
    #[error("line {number} was altered: its columns do not say what the line says")]
    Columns {
        /// The line.
        number: i64,
    },
    /// The sealed text is not what the leaf commits to.
    #[error("line {number} was altered: its sealed text is not what the line commits to")]
    Sealed {
        /// The line.
        number: i64,
    },
    /// The look-ups do not fit the lines.
    #[error("the look-ups of the log were altered: line {number} is not found as it should be")]
    Lookups {
        /// The first line concerned.
        number: i64,
    },
    /// A checkpoint was altered.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The head does not fit the lines.
    #[error("the head of the log was altered: it does not fit its {lines} lines")]
    Head {
        /// How many lines there are.
        lines: u64,
    },
}

/// What is added up over lines and over look-ups, and must come out equal.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Sum([u8; 32]);

impl Sum {
    fn add(&mut self, lookup: &[u8], number: i64) {
        let mut hasher = blake3::Hasher::new();
        hasher.update(lookup).update(&number.to_be_bytes());
        for (sum, byte) in self.0.iter_mut().zip(hasher.finalize().as_bytes()) {
            *sum ^= byte;
        }
    }
}

impl Store {
    /// Verifies the whole log.
    pub async fn verify_log(
        &self,
        _permit: &MaintenancePermit,
    ) -> StoreResult<Result<LogSound, LogFault>> {
        let head = self.log_head().await?;
        let checkpoints = match self.checkpoints().await? {
            Ok(checkpoints) => checkpoints,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let key = chain_key(&self.keys.audit);
        let mut verification = Verification::new(Some(&key), &checkpoints);
        let (mut from, mut expected) = (-1, Sum::default());
        loop {
            let rows = self.lines_after(from, head.next).await?;
            let Some(last) = rows.last() else { break };
            from = last.int(0)?;
            for row in &rows {
                if let Err(fault) = self.verify_line(row, &mut verification, &mut expected)? {
                    return Ok(Err(fault));
                }
            }
        }
        let sound = match verification.finish(u64::try_from(head.next).ok()) {
            Ok(sound) => sound,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let lines = sound.tree.len();
        if sound.tree != head.tree {
            return Ok(Err(LogFault::Head { lines }));
        }
        if self.sum_of_lookups(head.next).await? != expected {
            return Ok(Err(LogFault::Lookups {
                number: self.first_lookup_fault(head.next).await?,
            }));
        }
        let (checkpoints, uncovered) = (sound.checkpoints, sound.uncovered);
        Ok(Ok(LogSound {
            lines,
            checkpoints,
            uncovered,
        }))
    }

    async fn lines_after(&self, number: i64, end: i64) -> StoreResult<Vec<Row>> {
        let rows = self
            .audit
            .query(
                "SELECT number, at, action, outcome, account, organisation, flagged, leaf, \
                 leaf_hash, chain, sealed FROM audit_line \
                 WHERE number > $1 AND number < $2 ORDER BY number LIMIT $3",
                params![number, end, limits::LINES_VERIFIED_AT_ONCE],
            )
            .await?;
        Ok(rows)
    }

    fn verify_line(
        &self,
        row: &Row,
        verification: &mut Verification<'_>,
        expected: &mut Sum,
    ) -> StoreResult<Result<(), LogFault>> {
        let (number, leaf) = (row.int(0)?, row.bytes(7)?);
        let stored = StoredLine {
            number,
            leaf,
            leaf_hash: LeafHash(row.bytes(8)?.try_into().unwrap_or_default()),
            chain: ChainValue(row.bytes(9)?.try_into().unwrap_or_default()),
        };
        if let Err(fault) = verification.line(stored) {
            return Ok(Err(fault.into()));
        }
        let Ok(line) = AuditLine::open(&self.keys.audit, leaf, row.bytes(10)?) else {
            return Ok(Err(LogFault::Sealed { number }));
        };
        if !columns_fit(row, &line)? {
            return Ok(Err(LogFault::Columns { number }));
        }
        for lookup in line.lookups(&self.keys.audit) {
            expected.add(&lookup, number);
        }
        Ok(Ok(()))
    }

    async fn sum_of_lookups(&self, end: i64) -> StoreResult<Sum> {
        let (mut sum, mut after) = (Sum::default(), (Vec::new(), -1));
        loop {
            let rows = self
                .audit
                .query(
                    "SELECT lookup, number FROM audit_lookup \
                     WHERE (lookup, number) > ($1, $2) ORDER BY lookup, number LIMIT $3",
                    params![after.0.as_slice(), after.1, limits::LINES_VERIFIED_AT_ONCE],
                )
                .await?;
            let Some(last) = rows.last() else {
                return Ok(sum);
            };
            after = (last.bytes(0)?.to_vec(), last.int(1)?);
            for row in &rows {
                let number = row.int(1)?;
                if number < end {
                    sum.add(row.bytes(0)?, number);
                }
            }
        }
    }

    /// The first line whose look-ups are not those its text gives. Slow: only for a log in which
    /// something is known to be wrong.
    async fn first_lookup_fault(&self, end: i64) -> StoreResult<i64> {
        let mut from = -1;
        loop {
            let rows = self.lines_after(from, end).await?;
            let Some(last) = rows.last() else {
                return Ok(end);
            };
            from = last.int(0)?;
            for row in &rows {
                let number = row.int(0)?;
                let line = AuditLine::open(&self.keys.audit, row.bytes(7)?, row.bytes(10)?)?;
                let kept = self
                    .audit
                    .query(
                        "SELECT lookup FROM audit_lookup WHERE number = $1 ORDER BY lookup",
                        params![number],
                    )
                    .await?;
                let expected = line.lookups(&self.keys.audit);
                let fits = kept.len() == expected.len()
                    && kept
                        .iter()
                        .zip(&expected)
                        .all(|(row, lookup)| row.bytes(0).ok() == Some(lookup));
                if !fits {
                    return Ok(number);
                }
            }
        }
    }
}

fn columns_fit(row: &Row, line: &AuditLine) -> StoreResult<bool> {
    let clear = &line.clear;
    let flagged = clear.flagged.as_ref().map(|_| clear.at.0);
    Ok(line.number.0 == row.int(0)?
        && clear.at.0 == row.int(1)?
        && clear.action.name() == row.text(2)?
        && clear.outcome.name() == row.text(3)?
        && clear.account.map(|account| account.0) == row.opt_int(4)?
        && clear
            .organisation
            .as_ref()
            .map(tributary_model::OdsCode::as_str)
            == row.opt_text(5)?
        && flagged == row.opt_int(6)?)
}
