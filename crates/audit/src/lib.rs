//! The tamper-evident log as mathematics: leaves, Merkle tree, checkpoints, proofs, verification.
