//! The limits of intake, each with its reason.

/// Bytes of a file that one thread looks at at a time.
pub(crate) const BLOCK: u64 = 1 << 20;

/// Blocks in flight in a first reading: enough to keep the cores busy between two looks.
pub(crate) const BLOCKS_AT_ONCE: usize = 8;

/// Bytes of a file that one thread parses at a time.
pub(crate) const AHEAD: u64 = 128 << 10;

/// Blocks of each file that are parsed ahead of filing.
pub(crate) const BLOCKS_AHEAD: usize = 2;

/// Rows of a batch: one transaction, which other writers wait for.
pub(crate) const BATCH_ROWS: usize = 8_192;

/// Bytes of a batch before compression: documents make large rows.
pub(crate) const BATCH_BYTES: usize = 32 << 20;

/// Batches between sealing and the disk.
pub(crate) const BATCHES_AHEAD: usize = 2;

/// The longest line: a scanned letter as base64 fits many times.
pub(crate) const LINE_BYTES: u64 = 64 << 20;

/// People looked up and compared at a time: their look-up rows fall all over their tables, so that
/// each batch writes most pages of them again.
pub(crate) const PEOPLE_AT_ONCE: usize = 16_384;

/// A snapshot may remove one in so many of a source's people, or entries of a section or file.
pub(crate) const REMOVES_ONE_IN: usize = 10;

/// Removals that are always believed, so that a small feed is not held for a handful.
pub(crate) const REMOVES_FLOOR: usize = 5;

/// A feed may bring new opt-outs of one in so many of its people.
pub(crate) const OPTS_OUT_ONE_IN: usize = 100;

/// New opt-outs that are always believed, so that a small practice is not held for a family.
pub(crate) const OPTS_OUT_FLOOR: usize = 5;

/// A lookahead in the old manifest for a line that was moved or after lines that were removed.
pub(crate) const RESYNC: usize = 4_096;

/// The most bytes a submission over the network may have.
pub const SUBMISSION_BYTES: u64 = 8 << 30;

/// The largest bundle that is read at once.
pub(crate) const BUNDLE_BYTES: u64 = 256 << 20;

/// How long the sealed bytes of a submission that has ended are kept, in microseconds.
pub(crate) const SPOOL_KEPT: i64 = 24 * 3_600 * 1_000_000;

/// How often the inbox is looked at when nothing arrives.
pub(crate) const LOOK_AGAIN_SECONDS: u64 = 60;

/// How often a process looks whether it is its turn to take in.
pub(crate) const TURN: std::time::Duration = std::time::Duration::from_millis(50);
