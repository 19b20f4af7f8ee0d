//! All SQL, on SQLite and PostgreSQL; seals and opens bodies; the only maker of `Permit`.
//!
//! Three stores on either engine: record, audit, keyring. No transaction spans two. Each table
//! family is one module, which holds its tables and every statement that names them.

mod accounts;
mod attempts;
mod audit_log;
mod choices;
mod consents;
mod db;
mod dialect;
mod doctor;
mod door;
mod entries;
mod erasure;
mod facts;
mod failures;
mod feeds;
mod identities;
mod inbox;
mod keyring;
mod keys;
mod launches;
mod likeness;
mod limits;
mod links;
mod manifests;
mod organisations;
mod passwords;
mod permit;
mod preferences;
mod registers;
mod relationships;
mod resends;
mod reviews;
mod schema;
mod seal;
mod search;
mod second_factor;
mod sessions;
mod settings;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use accounts::{Account, FromProvider, NewAccount};
pub use audit_log::{
    AuditLine, CheckpointError, Circumstances, Clear, KeptNote, LogFault, LogSound, PastDecision,
    PastDecisions, Personal, Shown, Span, Who, Whose, Witnessed,
};
pub use audit_log::{LOG, verifying_key};
pub use choices::{Proposal, SetAside};
pub use db::DbError;
pub use doctor::CheckedIdentities;
pub use door::{AtTheDoor, DoorRule};
pub use entries::{
    Along, Ciphers, Filing, Head, Opened, OpenedEntry, OpenedPerson, Prepared, SealedRow, Slot,
};
pub use erasure::HeldErasure;
pub use facts::{Bearing, Choosing, Gathered, Source, View};
pub use feeds::{Feed, Mode, Stage};
pub use identities::{FindKey, IdentityRow, LinkKey, NewIdentity, NumberStatus};
pub use inbox::{Lies, ParkedItem, ParkedRows, Progress, SpoolFile, SpoolWriter, SubmissionRow};
pub use keys::RootKey;
pub use launches::Launched;
pub use likeness::{Contact, Household, Likeness};
pub use links::{BY_A_PERSON, BY_NUMBER, Doubtful, Unlinked};
pub use manifests::{Line, LineHash, Made, Manifest, ManifestPart, RECORD, UNKNOWN};
pub use organisations::{Agreement, end_of_last_day};
pub use passwords::{Checked, new_password};
pub use permit::{
    ChoicePermit, Lines, MaintenancePermit, Permit, PreviewPermit, ReviewPermit, SearchPermit,
    SiftPermit,
};
pub use registers::RegisterLoad;
pub use relationships::HeldRelationship;
pub use resends::ResendAsked;
pub use reviews::{Episode, NewReview, Ranking, Review, ReviewCounts, ReviewFigure, Sieve};
pub use schema::Which;
pub use seal::dictionary;
pub use second_factor::FactorSecret;
pub use sessions::{EndedSession, NewSession, RecordOpened, Session, SessionLimits, Via};
pub use settings::{Approval, Approved, SettingsVersion};

/// What a witness checks by itself.
pub use tributary_audit::{Checkpoint, ConsistencyProof, VerifyingKey};

use db::Db;
use keys::Keys;
use schema::Table;
use seal::Sealer;

/// The tables of every module.
pub(crate) const MODULES: &[&[Table]] = &[
    accounts::TABLES,
    attempts::TABLES,
    audit_log::TABLES,
    choices::TABLES,
    consents::TABLES,
    entries::TABLES,
    erasure::TABLES,
    failures::TABLES,
    feeds::TABLES,
    identities::TABLES,
    inbox::TABLES,
    keyring::TABLES,
    launches::TABLES,
    links::TABLES,
    manifests::TABLES,
    organisations::TABLES,
    preferences::TABLES,
    registers::TABLES,
    relationships::TABLES,
    reviews::TABLES,
    resends::TABLES,
    second_factor::TABLES,
    sessions::TABLES,
    settings::TABLES,
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
    /// An audit line could not be written, so nothing may follow from it.
    #[error("the audit line could not be written: {0}")]
    NotWritten(Arc<StoreError>),
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
    pub(crate) log: audit_log::Writer,
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
        let keys = Arc::new(Keys::from_root(root));
        let audit = open(Which::Audit).await?;
        schema::make(&audit, Which::Audit).await?;
        let store = Self {
            record: open(Which::Record).await?,
            keyring: open(Which::Keyring).await?,
            log: audit_log::Writer::start(audit.clone(), &keys.audit).await?,
            audit,
            keys,
            sealer: Arc::new(Sealer::new()),
            folder: folder.into(),
        };
        for which in [Which::Record, Which::Keyring] {
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

    /// Gives back to the disk what deleted rows and write-ahead logs still hold, as after much was
    /// written. Readers that are under way are waited for; they take milliseconds.
    pub async fn truncate_logs(&self) -> StoreResult<()> {
        for which in Which::ALL {
            self.db(which).truncate_log().await?;
        }
        Ok(())
    }
}
