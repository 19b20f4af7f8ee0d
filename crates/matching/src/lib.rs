//! Whether two sets of demographics are the same person: same, different, or for a human.
