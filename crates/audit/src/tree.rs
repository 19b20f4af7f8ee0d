//! The Merkle tree of RFC 6962, section 2.1, as an append-only frontier.

use sha2::{Digest, Sha256};

/// The hash of a node of the tree, its root among them.
pub type Hash = [u8; 32];

/// The hash of one line's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LeafHash(pub [u8; 32]);

/// Hashes one line's bytes (leaf prefix `0x00`).
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> LeafHash {
    LeafHash(
        Sha256::new_with_prefix([0x00])
            .chain_update(bytes)
            .finalize()
            .into(),
    )
}

/// Hashes two subtrees into the one above them (node prefix `0x01`).
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0x01; 65];
    let (_, children) = bytes.split_at_mut(1);
    let (first, second) = children.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root over all of these leaves.
#[must_use]
pub fn root<'a>(leaves: impl IntoIterator<Item = &'a LeafHash>) -> Hash {
    let mut tree = Tree::new();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.root()
}

/// An append-only tree that keeps only its frontier: one hash for each complete subtree, 64 at most.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    len: u64,
    /// The complete subtrees from the largest to the smallest: one for each bit set in `len`.
    subtrees: Vec<Hash>,
}

/// Why bytes are not a frontier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("these bytes are not the frontier of a log")]
pub struct TreeError;

impl Tree {
    /// The tree over no leaf.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            len: 0,
            subtrees: Vec::new(),
        }
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether it has no leaf.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: LeafHash) {
        let mut hash = leaf.0;
        // Each trailing one of the length is a complete subtree of the size that has just grown.
        for _ in 0..self.len.trailing_ones() {
            let left = self
                .subtrees
                .pop()
                .expect("one subtree for each bit of the length");
            hash = node_hash(&left, &hash);
        }
        self.subtrees.push(hash);
        self.len += 1;
    }

    /// The root over all leaves so far; for none the hash of nothing, as RFC 6962 has it.
    #[must_use]
    pub fn root(&self) -> Hash {
        let from_the_right = self.subtrees.iter().rev().copied();
        from_the_right
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }

    /// The frontier as bytes, from which the log can be continued without rereading it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.len.to_be_bytes().to_vec();
        bytes.extend(self.subtrees.iter().flatten());
        bytes
    }

    /// The tree of a frontier.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TreeError> {
        let (len, hashes) = bytes.split_first_chunk::<8>().ok_or(TreeError)?;
        let len = u64::from_be_bytes(*len);
        let (subtrees, rest) = hashes.as_chunks::<32>();
        let whole = rest.is_empty() && subtrees.len() == len.count_ones() as usize;
        if whole {
            Ok(Self {
                len,
                subtrees: subtrees.to_vec(),
            })
        } else {
            Err(TreeError)
        }
    }
}
