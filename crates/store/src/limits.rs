//! The limits of the store, each with its reason.

/// Reading threads for each SQLite store: twice the cores of the smallest machine.
pub(crate) const SQLITE_READERS: usize = 4;

/// Prepared statements kept for each SQLite connection: more than the store has.
pub(crate) const STATEMENTS: usize = 256;

/// PostgreSQL connections for each store and process.
pub(crate) const POSTGRES_CONNECTIONS: usize = 16;
