//! All SQL, on SQLite and PostgreSQL; seals and opens bodies; the only maker of `Permit`.
//!
//! Three stores on either engine: record, audit, keyring. No transaction spans two. Each table
//! family is one module, which holds its tables and every statement that names them.

// WAY-OUT: mod accounts;
// WAY-OUT: mod audit_log;
// WAY-OUT: mod consents;
mod db;
mod dialect;
mod entries;
mod erasure;
// WAY-OUT: mod facts;
mod feeds;
mod identities;
mod inbox;
mod keyring;
mod keys;
mod limits;
mod links;
mod manifests;
mod organisations;
// WAY-OUT: mod permit;
// WAY-OUT: mod preferences;
mod relationships;
mod schema;
mod seal;
// WAY-OUT: mod search;
// WAY-OUT: mod sessions;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use db::DbError;
pub use entries::{Ciphers, Filing, Head, Opened, OpenedEntry, OpenedPerson, SealedRow, Slot};
pub use feeds::{Feed, Mode, Stage};
pub use identities::{FindKey, IdentityRow, LinkKey, NewIdentity, NumberStatus};
pub use inbox::{Lies, ParkedItem, Progress, SpoolReader, SpoolWriter, SubmissionRow};
pub use keys::RootKey;
pub use links::{Doubtful, Unlinked};
pub use manifests::{Line, LineHash, Made, Manifest, ManifestPart, RECORD, UNKNOWN};
pub use relationships::HeldRelationship;
pub use schema::Which;

use db::Db;
use keys::Keys;
use schema::Table;
use seal::Sealer;

/// The tables of every module.
pub(crate) const MODULES: &[&[Table]] = &[
    // WAY-OUT: accounts::TABLES,
    // WAY-OUT: audit_log::TABLES,
    // WAY-OUT: consents::TABLES,
    entries::TABLES,
    erasure::TABLES,
    feeds::TABLES,
    identities::TABLES,
    inbox::TABLES,
    keyring::TABLES,
    links::TABLES,
    manifests::TABLES,
    organisations::TABLES,
    // WAY-OUT: preferences::TABLES,
    relationships::TABLES,
    // WAY-OUT: sessions::TABLES,
];

/// Why the store could not do what was asked. Never carries a patient's data.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A sealed body did not open: it was altered, or its key is not the one it was sealed with.
    #[error("{0} does not open: it was altered or its key is gone")]
    Sealed(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The root key is not the one this deployment was made with.
    #[error("the root key is not the one this deployment was made with")]
    WrongRootKey,
    /// Something the store holds contradicts itself.
    #[error("{0}")]
    Inconsistent(String),
}

/// A result of the store.
pub type StoreResult<T> = Result<T, StoreError>;

/// Where a deployment keeps its three stores.
#[derive(Clone, Debug)]
pub enum Place {
    /// SQLite files in a folder: the embedded default.
    Folder(PathBuf),
    /// Three schemas of a PostgreSQL database; files (spool, checkpoints) in a folder.
    Postgres {
        /// The connection string.
        address: String,
        /// The folder for files.
        folder: PathBuf,
    },
}

impl Place {
    /// The folder for files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) | Self::Postgres { folder, .. } => folder,
        }
    }
}

/// The open stores of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) record: Db,
    pub(crate) audit: Db,
    pub(crate) keyring: Db,
    pub(crate) keys: Arc<Keys>,
    pub(crate) sealer: Arc<Sealer>,
    folder: Arc<Path>,
}

impl Store {
    /// Opens the stores at a place, making what is not there yet.
    pub async fn open(place: &Place, root: &RootKey) -> StoreResult<Self> {
        let folder = place.folder();
        std::fs::create_dir_all(folder).map_err(|source| StoreError::File {
            path: folder.to_owned(),
            source,
        })?;
        let open = async |which: Which| match place {
            Place::Folder(folder) => {
                Db::open_sqlite(&folder.join(format!("{}.sqlite", which.name())), which)
            }
            Place::Postgres { address, .. } => Db::open_postgres(address, which).await,
        };
        let store = Self {
            record: open(Which::Record).await?,
            audit: open(Which::Audit).await?,
            keyring: open(Which::Keyring).await?,
            keys: Arc::new(Keys::from_root(root)),
            sealer: Arc::new(Sealer::new()),
            folder: folder.into(),
        };
        for which in Which::ALL {
            schema::make(store.db(which), which).await?;
        }
        store.check_root().await?;
        Ok(store)
    }

    /// The folder for files beside the stores.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) const fn db(&self, which: Which) -> &Db {
        match which {
            Which::Record => &self.record,
            Which::Audit => &self.audit,
            Which::Keyring => &self.keyring,
        }
    }

    /// Gives back to the disk what deleted rows and write-ahead logs still hold.
    pub async fn truncate_logs(&self) -> StoreResult<()> {
        for which in Which::ALL {
            self.db(which).truncate_log().await?;
        }
        Ok(())
    }
}

// WAY-OUT: replaced by permit.rs as soon as the way out's modules compile together.
mod permit {
    use tributary_model::{IdentityId, Version};

    /// Stands in for the permit until its module is in.
    pub struct Permit;

    impl Permit {
        /// Nothing is permitted.
        pub fn identities(&self) -> impl Iterator<Item = (IdentityId, Version)> {
            std::iter::empty()
        }
    }
}
