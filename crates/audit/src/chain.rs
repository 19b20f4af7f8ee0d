//! The keyed chain over the leaf hashes.
//!
//! Whoever can write to the log's table can also compute SHA-256, so a stored hash alone does not
//! name a line that was altered with care. The chain can: its key is kept apart from the log, and
//! each value depends on all lines before it. The chain needs no signature of its own, since the
//! checkpoints pin the leaf hashes it is made of.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::LeafHash;

/// The secret that the chain is keyed with.
#[derive(Clone)]
pub struct ChainKey {
    inner: Sha256,
    outer: Sha256,
}

/// The chain's value at one line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainValue(pub [u8; 32]);

impl ChainValue {
    /// What stands before the first line.
    pub const START: Self = Self([0; 32]);
}

impl ChainKey {
    /// The key of these bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        // HMAC (RFC 2104) for a key shorter than a block; the padded keys are hashed once.
        let padded = |pad: u8| {
            let mut block = [pad; 64];
            for (byte, secret) in block.iter_mut().zip(secret) {
                *byte ^= secret;
            }
            Sha256::new_with_prefix(block)
        };
        Self {
            inner: padded(0x36),
            outer: padded(0x5c),
        }
    }

    /// The value at a line: HMAC-SHA-256 over the value before it and its leaf hash.
    #[must_use]
    pub fn chain(&self, previous: ChainValue, leaf: LeafHash) -> ChainValue {
        let inner = self
            .inner
            .clone()
            .chain_update(previous.0)
            .chain_update(leaf.0)
            .finalize();
        ChainValue(self.outer.clone().chain_update(inner).finalize().into())
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(•••)")
    }
}
