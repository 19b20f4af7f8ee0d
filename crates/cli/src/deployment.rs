//! A deployment's open stores, and the way in and out that are wired to them.

use anyhow::Context as _;
use tributary_gatekeeper::{Gatekeeper, WaysIn};
use tributary_intake::{Codes, Intake};
use tributary_model::{AccessAction, AccessOutcome, Clock, OdsCode, Organisation, Origin};
use tributary_policy::Rulebook;
use tributary_store::{Circumstances, DoorRule, MaintenancePermit, RootKey, Store};

use crate::{Usage, config::Config};

/// A deployment with its stores open.
pub(crate) struct Deployment {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    rulebook: Rulebook,
    gate: tributary_gatekeeper::Config,
}

impl Deployment {
    /// Opens the stores of a configuration, making what is not there yet.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let file = &config.root_key_file;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making {} for the root key", folder.display()))?;
        }
        let root = RootKey::read_or_make(file)
            .with_context(|| format!("reading the root key {}", file.display()))?;
        let place = config.place();
        let store = Store::open(&place, &root)
            .await
            .with_context(|| match &config.postgres {
                Some(_) => "opening the stores on PostgreSQL".to_owned(),
                None => format!("opening the stores in {}", config.folder.display()),
            })?;
        let rulebook = config.rulebook()?;
        let gate = config.gate()?;
        Ok(Self {
            store,
            clock: Clock::system(),
            rulebook,
            gate,
        })
    }

    /// The way in.
    pub(crate) fn intake(&self) -> Intake {
        let rule = DoorRule::of(self.rulebook.clone());
        Intake::new(
            self.store.clone(),
            rule,
            Codes::default(),
            self.clock.clone(),
        )
    }

    /// The way out as it is served: with every way in.
    pub(crate) fn served(&self, ways_in: WaysIn) -> Gatekeeper {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        Gatekeeper::with_ways_in(store, clock, self.gate.clone(), ways_in)
    }

    /// The way out.
    pub(crate) fn gatekeeper(&self) -> Gatekeeper {
        Gatekeeper::new(self.store.clone(), self.clock.clone(), self.gate.clone())
    }

    /// Writes down an act of the operator that is about to be done.
    pub(crate) async fn note(&self, words: String) -> anyhow::Result<()> {
        let (act, permitted) = (AccessAction::Administer, AccessOutcome::Permitted);
        let circumstances = self.circumstances();
        self.store
            .note_event(None, act, permitted, words, &circumstances)
            .await?;
        Ok(())
    }

    /// Writes down a check of everything, which the permit then allows.
    pub(crate) async fn maintenance(&self, act: &str) -> anyhow::Result<MaintenancePermit> {
        Ok(self
            .store
            .admit_maintenance(act, &self.circumstances())
            .await?)
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            origin: Origin {
                address: "command line".to_owned(),
                agent: String::new(),
            },
            now: self.clock.now(),
            rulebook: String::new(),
            sensitivity: String::new(),
            opens: false,
        }
    }

    /// An organisation of the region.
    pub(crate) async fn organisation(&self, code: &OdsCode) -> anyhow::Result<Organisation> {
        let known = self.store.organisations().await?;
        known
            .into_iter()
            .find(|one| one.code == *code)
            .ok_or_else(|| {
                Usage(format!(
                    "{code} is not an organisation of this region: add it with \
                 `tributary organisation add {code} --name … --kind …`"
                ))
                .into()
            })
    }
}
