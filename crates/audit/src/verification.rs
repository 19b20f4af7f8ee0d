//! Reading a whole log and naming the first line that is not as it was written.

use std::ops::RangeInclusive;

use crate::{ChainKey, ChainValue, Checkpoint, LeafHash, Tree, leaf_hash};

/// One line as the log's table holds it.
#[derive(Clone, Copy, Debug)]
pub struct StoredLine<'a> {
    /// Its number, from 0 without a gap.
    pub number: i64,
    /// Its bytes, verbatim.
    pub leaf: &'a [u8],
    /// The leaf hash stored beside them.
    pub leaf_hash: LeafHash,
    /// The chain's value stored beside them.
    pub chain: ChainValue,
}

/// What a log was found to be.
pub type Verdict = Result<Sound, Fault>;

/// A log that is as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sound {
    /// The tree over its lines.
    pub tree: Tree,
    /// How many checkpoints its roots were held against.
    pub checkpoints: usize,
    /// How many lines at the end no checkpoint covers yet.
    pub uncovered: u64,
}

/// The first place at which a log is not as it was written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// The line's bytes are not those that were hashed.
    #[error("line {number} was altered: its bytes do not have the hash stored with them")]
    Altered {
        /// The line.
        number: i64,
    },
    /// The line agrees with its own hash but not with the chain: it was altered or put in by
    /// someone who hashed it anew, but who has not the chain's key.
    #[error("line {number} was altered or put in: its hash does not follow from the lines before")]
    Unchained {
        /// The line.
        number: i64,
    },
    /// Lines are not there.
    #[error("{} missing", lines(.0))]
    Missing(
        /// The first and the last number that should be there.
        RangeInclusive<i64>,
    ),
    /// A line stands where a later number belongs.
    #[error("line {number} stands where line {expected} belongs")]
    OutOfOrder {
        /// The line.
        number: i64,
        /// The number that belongs there.
        expected: i64,
    },
    /// Every stored hash is right, and yet the root is not the one that was signed.
    #[error("{} rewritten: together they do not have the root that was signed", lines(.0))]
    Rewritten(
        /// From the first line no good checkpoint covers to the last that the bad one covers.
        RangeInclusive<i64>,
    ),
}

impl Fault {
    /// The number of the first line that is not as it was written (for [`Fault::Rewritten`], the
    /// first that may not be).
    #[must_use]
    pub const fn first_line(&self) -> i64 {
        match self {
            Self::Altered { number } | Self::Unchained { number } => *number,
            Self::OutOfOrder { expected, .. } => *expected,
            Self::Missing(lines) | Self::Rewritten(lines) => *lines.start(),
        }
    }
}

fn lines(range: &RangeInclusive<i64>) -> String {
    let (first, last) = (range.start(), range.end());
    if first == last {
        format!("line {first} is")
    } else {
        format!("lines {first} to {last} are")
    }
}

/// A log being verified line by line, in constant memory.
#[derive(Debug)]
pub struct Verification<'a> {
    key: Option<&'a ChainKey>,
    chain: ChainValue,
    tree: Tree,
    checkpoints: Vec<&'a Checkpoint>,
    /// How many of the checkpoints have been met and found right.
    met: usize,
    /// How many lines the last of them covers.
    covered: u64,
}

impl<'a> Verification<'a> {
    /// Begins at the first line. The checkpoints have been opened with their key; their order does
    /// not matter. Without the chain's key a line that was altered together with its hash is still
    /// found, but only a range between two checkpoints can be named.
    #[must_use]
    pub fn new(key: Option<&'a ChainKey>, checkpoints: &'a [Checkpoint]) -> Self {
        let mut checkpoints: Vec<_> = checkpoints.iter().collect();
        checkpoints.sort_by_key(|checkpoint| checkpoint.size);
        let chain = ChainValue::START;
        Self {
            key,
            chain,
            tree: Tree::new(),
            checkpoints,
            met: 0,
            covered: 0,
        }
    }

    /// Takes the next line in the order of the log, of which only the hash of its bytes is at hand:
    /// hashed by whoever read it.
    pub fn hashed(&mut self, number: i64, hash: LeafHash) -> Result<(), Fault> {
        self.meet_checkpoints()?;
        self.is_next(number)?;
        self.tree.push(hash);
        Ok(())
    }

    /// Takes the next line in the order of the log.
    pub fn line(&mut self, line: StoredLine<'_>) -> Result<(), Fault> {
        self.meet_checkpoints()?;
        let number = line.number;
        self.is_next(number)?;
        if leaf_hash(line.leaf) != line.leaf_hash {
            return Err(Fault::Altered { number });
        }
        if let Some(key) = self.key {
            self.chain = key.chain(self.chain, line.leaf_hash);
            if self.chain != line.chain {
                return Err(Fault::Unchained { number });
            }
        }
        self.tree.push(line.leaf_hash);
        Ok(())
    }

    fn is_next(&self, number: i64) -> Result<(), Fault> {
        let expected = number_of(self.tree.len());
        if number > expected {
            return Err(Fault::Missing(expected..=number - 1));
        }
        if number < expected {
            return Err(Fault::OutOfOrder { number, expected });
        }
        Ok(())
    }

    /// Ends the log. `expected` is how many lines there must be, where something outside the log
    /// knows it; lines cut off the end are otherwise missed only up to the last checkpoint.
    pub fn finish(mut self, expected: Option<u64>) -> Verdict {
        self.meet_checkpoints()?;
        let len = self.tree.len();
        let covered = self
            .checkpoints
            .last()
            .map_or(0, |checkpoint| checkpoint.size);
        let expected = expected.unwrap_or(0).max(covered);
        if expected > len {
            return Err(Fault::Missing(number_of(len)..=number_of(expected) - 1));
        }
        Ok(Sound {
            uncovered: len - covered,
            checkpoints: self.met,
            tree: self.tree,
        })
    }

    /// Holds the root so far against every checkpoint of this size.
    fn meet_checkpoints(&mut self) -> Result<(), Fault> {
        let len = self.tree.len();
        let due = |checkpoint: &&&Checkpoint| checkpoint.size == len;
        while let Some(checkpoint) = self.checkpoints.get(self.met).filter(due) {
            if self.tree.root() != checkpoint.root {
                // Two checkpoints of one size that differ leave no line between them.
                let last = (number_of(len) - 1).max(0);
                return Err(Fault::Rewritten(number_of(self.covered).min(last)..=last));
            }
            self.covered = len;
            self.met += 1;
        }
        Ok(())
    }
}

/// Verifies lines that are at hand.
pub fn verify_log<'a>(
    key: Option<&ChainKey>,
    lines: impl IntoIterator<Item = StoredLine<'a>>,
    checkpoints: &[Checkpoint],
    expected: Option<u64>,
) -> Verdict {
    let mut verification = Verification::new(key, checkpoints);
    for line in lines {
        verification.line(line)?;
    }
    verification.finish(expected)
}

fn number_of(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
