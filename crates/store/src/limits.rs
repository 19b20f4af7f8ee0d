//! The limits of the store, each with its reason.

/// Reading connections kept for each SQLite store: twice the cores of the smallest machine.
pub(crate) const SQLITE_READERS: usize = 4;

/// Prepared statements kept for each SQLite connection: more than the store has.
pub(crate) const STATEMENTS: usize = 256;

/// PostgreSQL connections for each store and process.
pub(crate) const POSTGRES_CONNECTIONS: usize = 16;

/// zstd's level: level 2 saves a twentieth of the bytes for a fifth of the speed.
pub(crate) const COMPRESSION_LEVEL: i32 = 1;

/// The largest body: a document of 64 MiB.
pub(crate) const BODY_BYTES: usize = 64 << 20;

/// What sealing adds to a chunk of the spool: nonce and tag.
pub(crate) const SEAL_BYTES: usize = 28;

/// Look-ups made in one hop.
pub(crate) const LOOKUPS_AT_ONCE: usize = 512;

/// Keys asked for in one statement of the keyring.
pub(crate) const KEYS_AT_ONCE: usize = 512;

/// Audit lines that share one synced insert: what one batch can carry within a few milliseconds.
pub(crate) const LINES_AT_ONCE: usize = 256;

/// Audit lines that may wait for the writer before whoever asks has to wait to hand theirs in.
pub(crate) const LINES_WAITING: usize = 4_096;

/// How often a batch of audit lines is tried while other processes advance the head.
pub(crate) const HEADS_TRIED: usize = 1_000;

/// Audit lines given to a reader at once.
pub(crate) const LINES_READ_AT_ONCE: usize = 10_000;

/// Audit lines ranked for the privacy officers at once.
pub(crate) const LINES_SIFTED_AT_ONCE: i64 = 256;

/// Audit lines read and hashed by one thread at once: about 8 MB.
pub(crate) const LINES_HASHED_AT_ONCE: i64 = 8_192;

/// Audit lines verified in one statement.
pub(crate) const LINES_VERIFIED_AT_ONCE: i64 = 500;

/// How long a process may be gone before another makes the checkpoints: 30 seconds.
pub(crate) const CHECKPOINT_LEASE: i64 = 30_000_000;

/// Argon2's memory and passes: 19 MiB and two, about 30 milliseconds of one core.
pub(crate) const ARGON_KIB: u32 = 19_456;
/// See [`ARGON_KIB`].
pub(crate) const ARGON_PASSES: u32 = 2;

/// Passwords hashed at one time: one for each core of the smallest machine.
pub(crate) const PASSWORDS_AT_ONCE: usize = 2;

/// Wrong passwords for one name within the window; a sixth has to wait.
pub(crate) const FAILURES_OF_A_NAME: i64 = 5;

/// Wrong passwords from one address within the window: many people share a hospital's address.
pub(crate) const FAILURES_FROM_AN_ADDRESS: i64 = 50;

/// The window of wrong passwords: 15 minutes.
pub(crate) const FAILURE_WINDOW: i64 = 15 * 60 * 1_000_000;

/// A session's last sight is noted again after a minute, not at every click.
pub(crate) const SEEN_AGAIN_AFTER: i64 = 60 * 1_000_000;

/// Identities checked between two looks at how far a check has come.
pub(crate) const IDENTITIES_CHECKED_AT_ONCE: i64 = 64;

/// Decisions and erasures that one audit line tells of.
pub(crate) const DECISIONS_IN_A_LINE: usize = 500;

/// How long ended sessions and opened records are kept: as far back as “patients you opened” goes.
pub(crate) const SESSIONS_KEPT: i64 = 7 * 24 * 3_600 * 1_000_000;

/// Audit lines replayed under other rules between two looks at what came of them.
pub(crate) const LINES_REPLAYED_AT_ONCE: i64 = 1_000;

/// How long a step of signing in may take, at a provider or with a code: ten minutes.
pub(crate) const ATTEMPT_LASTS: i64 = 10 * 60 * 1_000_000;

/// Recovery codes given out with a second factor.
pub(crate) const RECOVERY_CODES: usize = 10;
