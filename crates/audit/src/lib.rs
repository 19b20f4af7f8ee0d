//! The tamper-evident log as mathematics: leaves, Merkle tree, checkpoints, proofs, verification.
//!
//! A *leaf* is the stored bytes of one line, hashed verbatim. Three things hold the lines together:
//!
//! * the **tree** of RFC 6962 over all leaf hashes, whose root a [`Checkpoint`] signs, so that
//!   whoever keeps checkpoints needs no trust in whoever keeps the log;
//! * a keyed **chain** over the leaf hashes, stored beside each line, so that a verifier who has
//!   the key can name the very line that somebody altered and hashed anew;
//! * the **numbers**, which have no gap, so that a missing line has a name too.
//!
//! Nothing here knows where lines are kept or what they say.

mod chain;
mod checkpoint;
mod proof;
mod tree;
mod verification;

pub use chain::{ChainKey, ChainValue};
pub use checkpoint::{Checkpoint, NoteError};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use proof::{
    ConsistencyProof, InclusionProof, consistency_proof, consistency_proof_with, inclusion_proof,
    inclusion_proof_with,
};
pub use tree::{Hash, LeafHash, Tree, TreeError, leaf_hash, root};
pub use verification::{Fault, Sound, StoredLine, Verdict, Verification, verify_log};
