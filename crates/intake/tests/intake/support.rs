//! A store in a folder of its own, and feeds to take in.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use tributary_intake::{Codes, Intake, TakeReport, Watch};
use tributary_model::{ClinicalDate, Clock, Organisation, OrganisationKind, SectionSet, Timestamp};
use tributary_policy::Rulebook;
use tributary_store::{Agreement, DoorRule, Place, RootKey, Store};

/// A deployment for one test; its folder goes with it.
pub struct Deployment {
    pub folder: PathBuf,
    pub store: Store,
    pub intake: Intake,
    pub clock: Clock,
}

impl Deployment {
    /// On SQLite.
    pub async fn new() -> Self {
        let name = unused_name();
        let folder = std::env::temp_dir().join(name);
        Self::open(Place::Folder(folder.clone()), folder).await
    }

    /// On PostgreSQL, in a database of its own; or a printed reason why not.
    pub async fn on_postgres() -> Option<Self> {
        let Some(cluster) = setting("TRIBUTARY_TEST_POSTGRES") else {
            println!("skipped on PostgreSQL: TRIBUTARY_TEST_POSTGRES names no cluster");
            return None;
        };
        let name = unused_name();
        let folder = std::env::temp_dir().join(&name);
        let database = name.replace('-', "_");
        let (client, connection) = tokio_postgres::connect(&cluster, tokio_postgres::NoTls)
            .await
            .unwrap();
        let make = async {
            client
                .batch_execute(&format!("CREATE DATABASE {database}"))
                .await
                .unwrap();
            drop(client);
        };
        let ((), ended) = tokio::join!(make, connection);
        ended.unwrap();
        let address = format!("{cluster} dbname={database}");
        Some(
            Self::open(
                Place::Postgres {
                    address,
                    folder: folder.clone(),
                },
                folder,
            )
            .await,
        )
    }

    async fn open(place: Place, folder: PathBuf) -> Self {
        let now = ClinicalDate::read("2026-11-21T02:00:00Z").unwrap().sort;
        let clock = Clock::standing_at(now);
        let store = Store::open(&place, &RootKey::from_bytes([7; 32]))
            .await
            .unwrap();
        let rule = DoorRule::of(Rulebook::cheshire());
        let intake = Intake::new(store.clone(), rule, Codes::default(), clock.clone());
        Self {
            folder,
            store,
            intake,
            clock,
        }
    }

    pub async fn add(&self, code: &str, kind: OrganisationKind) -> Organisation {
        let organisation = Organisation {
            code: code.parse().unwrap(),
            name: format!("Source {code}"),
            kind,
        };
        self.store.put_organisation(&organisation).await.unwrap();
        self.store
            .put_agreement(
                &Agreement {
                    organisation: organisation.code.clone(),
                    begins: Timestamp(0),
                    ends: None,
                    feeds: true,
                    views: true,
                    supplies: SectionSet::all(),
                    signed_by: "A Caldicott Guardian".into(),
                },
                Timestamp(0),
            )
            .await
            .unwrap();
        organisation
    }

    pub async fn take(&self, organisation: &Organisation, path: &Path) -> TakeReport {
        let watch: Watch = Arc::new(|_| {});
        self.intake.take(organisation, path, watch).await.unwrap()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder of real input, or a printed reason why there is none.
pub fn shared(name: &str) -> Option<PathBuf> {
    let folder = setting("TRIBUTARY_SHARED_DATA").map(|data| Path::new(&data).join(name));
    let folder = folder.filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: TRIBUTARY_SHARED_DATA names no folder with {name}");
    }
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test's only setting is its environment"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn unused_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    format!("tributary-intake-{}-{number}", std::process::id())
}
