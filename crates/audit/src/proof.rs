//! Proofs that a line is in the log, and that a log has only grown (RFC 6962, sections 2.1.1 and
//! 2.1.2; verified as RFC 9162, sections 2.1.3.2 and 2.1.4.2, has it).

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Hash, LeafHash, Tree,
    tree::{node_hash, root},
};

/// Shows that a leaf stands at an index of a log of a size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InclusionProof {
    /// The leaf's index, from 0.
    pub index: u64,
    /// The size of the log it is shown in.
    pub size: u64,
    /// The sibling subtrees from the leaf to the root.
    pub path: Vec<Hash>,
}

/// Shows that a log of one size begins with the log of a smaller size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsistencyProof {
    /// The smaller size.
    pub old_size: u64,
    /// The larger size.
    pub new_size: u64,
    /// The subtrees from which both roots follow.
    pub path: Vec<Hash>,
}

const TITLE: &str = "tributary/audit consistency";

impl ConsistencyProof {
    /// The proof as a text that can be sent: a title, both sizes, and the hashes, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![
            TITLE.to_owned(),
            self.old_size.to_string(),
            self.new_size.to_string(),
        ];
        lines.extend(self.path.iter().map(|hash| STANDARD.encode(hash)));
        lines.join("\n") + "\n"
    }

    /// Reads such a text; `None` if it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == TITLE).then_some(())?;
        let (old_size, new_size) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok();
        Some(Self {
            old_size,
            new_size,
            path: lines.map(hash).collect::<Option<_>>()?,
        })
    }
}

/// Proves the leaf at `index` among `leaves`. `None` if there is no such leaf.
#[must_use]
pub fn inclusion_proof(leaves: &[LeafHash], index: u64) -> Option<InclusionProof> {
    let size = leaves.len() as u64;
    (index < size).then(|| {
        let ranges = inclusion_ranges(index, size).into_iter();
        InclusionProof {
            index,
            size,
            path: ranges.map(|range| subtree(leaves, range)).collect(),
        }
    })
}

/// Proves the leaf at `index` in a log of `size` lines that is kept elsewhere: `subtree` gives the
/// root over the leaves of a range, of which it is asked for about log₂ `size`.
pub fn inclusion_proof_with<E>(
    index: u64,
    size: u64,
    subtree: impl FnMut(Range<u64>) -> Result<Hash, E>,
) -> Result<Option<InclusionProof>, E> {
    if index >= size {
        return Ok(None);
    }
    let path = inclusion_ranges(index, size)
        .into_iter()
        .map(subtree)
        .collect::<Result<_, E>>()?;
    Ok(Some(InclusionProof { index, size, path }))
}

/// Proves that `leaves` begin with the log of the first `old_size` of them. `None` if there are
/// fewer.
#[must_use]
pub fn consistency_proof(leaves: &[LeafHash], old_size: u64) -> Option<ConsistencyProof> {
    let new_size = leaves.len() as u64;
    (old_size <= new_size).then(|| {
        let ranges = consistency_ranges(old_size, new_size).into_iter();
        let path = ranges.map(|range| subtree(leaves, range)).collect();
        ConsistencyProof {
            old_size,
            new_size,
            path,
        }
    })
}

/// Proves the growth from `old_size` to `new_size` of a log that is kept elsewhere; `subtree` as in
/// [`inclusion_proof_with`].
pub fn consistency_proof_with<E>(
    old_size: u64,
    new_size: u64,
    subtree: impl FnMut(Range<u64>) -> Result<Hash, E>,
) -> Result<Option<ConsistencyProof>, E> {
    if old_size > new_size {
        return Ok(None);
    }
    let ranges = consistency_ranges(old_size, new_size);
    let path = ranges.into_iter().map(subtree).collect::<Result<_, E>>()?;
    Ok(Some(ConsistencyProof {
        old_size,
        new_size,
        path,
    }))
}

impl InclusionProof {
    /// Whether it shows that this leaf is in the log of this root.
    #[must_use]
    pub fn verify(&self, leaf: LeafHash, root: &Hash) -> bool {
        if self.index >= self.size {
            return false;
        }
        let (mut at, mut last) = (self.index, self.size - 1);
        let mut hash = leaf.0;
        for sibling in &self.path {
            if last == 0 {
                return false;
            }
            if at % 2 == 1 || at == last {
                hash = node_hash(sibling, &hash);
                climb_while(&mut at, &mut last, |at| at % 2 == 0 && at != 0);
            } else {
                hash = node_hash(&hash, sibling);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        last == 0 && hash == *root
    }
}

impl ConsistencyProof {
    /// Whether it shows that the log of `new_root` begins with the log of `old_root`.
    #[must_use]
    pub fn verify(&self, old_root: &Hash, new_root: &Hash) -> bool {
        if self.old_size == self.new_size {
            return self.path.is_empty() && old_root == new_root;
        }
        if self.old_size == 0 {
            return self.path.is_empty() && *old_root == Tree::new().root();
        }
        self.old_size < self.new_size && self.follows(old_root, new_root).unwrap_or(false)
    }

    fn follows(&self, old_root: &Hash, new_root: &Hash) -> Option<bool> {
        // A complete old tree is itself a subtree of the new one, so the proof leaves it out.
        let (first, rest) = if self.old_size.is_power_of_two() {
            (old_root, self.path.as_slice())
        } else {
            self.path.split_first()?
        };
        let (mut at, mut last) = (self.old_size - 1, self.new_size - 1);
        climb_while(&mut at, &mut last, |at| at % 2 == 1);
        let (mut old, mut new) = (*first, *first);
        for sibling in rest {
            if last == 0 {
                return None;
            }
            if at % 2 == 1 || at == last {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
                climb_while(&mut at, &mut last, |at| at % 2 == 0 && at != 0);
            } else {
                new = node_hash(&new, sibling);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        Some(last == 0 && old == *old_root && new == *new_root)
    }
}

/// Goes up the levels of the tree while the position there is of a kind.
fn climb_while(at: &mut u64, last: &mut u64, goes_on: impl Fn(u64) -> bool) {
    while goes_on(*at) {
        *at >>= 1;
        *last >>= 1;
    }
}

fn subtree(leaves: &[LeafHash], range: Range<u64>) -> Hash {
    let index = |at: u64| usize::try_from(at).expect("an index within a slice");
    let leaves = leaves.get(index(range.start)..index(range.end));
    root(leaves.expect("ranges lie within the log"))
}

/// The size of the left subtree of a tree of `size` leaves: the largest power of two below it.
fn left_size(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

fn inclusion_ranges(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + left_size(end - start);
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    ranges
}

fn consistency_ranges(old_size: u64, new_size: u64) -> Vec<Range<u64>> {
    let mut ranges = Vec::new();
    if old_size == 0 {
        return ranges;
    }
    let (mut start, mut end) = (0, new_size);
    while end != old_size {
        let middle = start + left_size(end - start);
        if old_size <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // The old log as a whole is what the verifier brings along.
    if start != 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    ranges
}
