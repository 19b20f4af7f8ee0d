//! The limits of the store, each with its reason.

/// Reading threads for each SQLite store: twice the cores of the smallest machine.
pub(crate) const SQLITE_READERS: usize = 4;

/// Prepared statements kept for each SQLite connection: more than the store has.
pub(crate) const STATEMENTS: usize = 256;

/// PostgreSQL connections for each store and process.
pub(crate) const POSTGRES_CONNECTIONS: usize = 16;

/// zstd's level: level 3 saves a twentieth of the bytes for a third of the speed.
pub(crate) const COMPRESSION_LEVEL: i32 = 1;

/// The largest body: a document of 64 MiB.
pub(crate) const BODY_BYTES: usize = 64 << 20;

/// What sealing adds to a chunk of the spool: nonce and tag.
pub(crate) const SEAL_BYTES: usize = 28;

/// Look-ups made in one hop.
pub(crate) const LOOKUPS_AT_ONCE: usize = 512;

/// Keys asked for in one statement of the keyring.
pub(crate) const KEYS_AT_ONCE: usize = 512;
