//! The gatekeeper itself. What edges may ask of it stands in one module for each subject.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::Duration,
};

use tokio::sync::OnceCell;
use tributary_model::{AccessNumber, Clock, Origin, Requester};
use tributary_store::{Circumstances, SiftPermit, Store, StoreError};

use crate::{
    Config, GateError, WaysIn, in_force::InForce, in_hand::InHand, rate::Rate, reading::Reading,
};

/// The way out. Cheap to clone; every clone is the same gate.
#[derive(Clone)]
pub struct Gatekeeper(Arc<Gate>);

struct Gate {
    store: Store,
    clock: Clock,
    config: Config,
    in_force: RwLock<Option<Arc<InForce>>>,
    ways_in: WaysIn,
    searches: Rate,
    reading: Reading,
    /// Whether it is written down that this process ranks looks.
    sieve: OnceCell<SiftPermit>,
    in_hand: InHand,
}

impl Gatekeeper {
    /// The gate before a store.
    #[must_use]
    pub fn new(store: Store, clock: Clock, config: Config) -> Self {
        Self::with_ways_in(store, clock, config, WaysIn::default())
    }

    /// The gate before a store, with other ways in than the built-in accounts.
    #[must_use]
    pub fn with_ways_in(store: Store, clock: Clock, config: Config, ways_in: WaysIn) -> Self {
        Self(Arc::new(Gate {
            store,
            clock,
            config,
            in_force: RwLock::new(None),
            ways_in,
            searches: Rate::default(),
            reading: Reading::new(),
            sieve: OnceCell::new(),
            in_hand: InHand::default(),
        }))
    }

    /// Signs where the audit log stands, again and again, until it is dropped, and lays what was
    /// signed where a witness fetches it. Whoever serves runs it beside the server; of several
    /// processes one does it at a time.
    pub async fn keep_checkpoints(&self, every: Duration, holder: i64, witness: Option<PathBuf>) {
        loop {
            tokio::time::sleep(every).await;
            match self.sign_checkpoint(holder, witness.as_deref()).await {
                Ok(Some(lines)) => tracing::debug!(lines, "checkpoint signed"),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "no checkpoint could be signed"),
            }
        }
    }

    /// How many lines the log had when it was signed; none if there was nothing new to sign.
    async fn sign_checkpoint(
        &self,
        holder: i64,
        witness: Option<&Path>,
    ) -> Result<Option<u64>, StoreError> {
        let (store, now) = (self.store(), self.clock().now());
        let Some(made) = store.checkpoint(holder, now).await? else {
            return Ok(None);
        };
        if let (Some(folder), Some(note)) = (witness, store.last_note().await?) {
            store.publish_note(folder, made.size, note).await?;
        }
        Ok(Some(made.size))
    }

    /// The last signed checkpoint, for whoever wants to keep it. It says how many lines there are and
    /// nothing of any.
    pub async fn last_checkpoint(&self) -> Result<Option<String>, GateError> {
        self.store().last_note().await.map_err(failed)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// The settings in force as last read; see [`Gatekeeper::in_force`].
    pub(crate) fn kept(&self) -> &RwLock<Option<Arc<InForce>>> {
        &self.0.in_force
    }

    pub(crate) fn ways_in(&self) -> &WaysIn {
        &self.0.ways_in
    }

    pub(crate) fn searches(&self) -> &Rate {
        &self.0.searches
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.0.reading
    }

    pub(crate) fn sieve(&self) -> &OnceCell<SiftPermit> {
        &self.0.sieve
    }

    pub(crate) fn in_hand(&self) -> &InHand {
        &self.0.in_hand
    }

    pub(crate) fn circumstances(&self, origin: &Origin) -> Circumstances {
        Circumstances {
            origin: origin.clone(),
            now: self.clock().now(),
            rulebook: String::new(),
            sensitivity: String::new(),
            opens: false,
        }
    }

    /// Writes down that somebody tried what their role has no business with.
    pub(crate) async fn turn_away(
        &self,
        requester: &Requester,
        action: tributary_model::AccessAction,
        circumstances: &Circumstances,
    ) -> Result<AccessNumber, GateError> {
        let refused = tributary_model::AccessOutcome::Refused;
        let words = "not for this role".to_owned();
        self.store()
            .note_event(Some(requester), action, refused, words, circumstances)
            .await
            .map_err(unwritten)
    }
}

/// The store failed, and nothing was disclosed.
pub(crate) fn failed(error: StoreError) -> GateError {
    match error {
        StoreError::NotWritten(_) => unwritten(error),
        _ => GateError::Store(Box::new(error)),
    }
}

/// The line could not be written, and nothing was disclosed.
pub(crate) fn unwritten(error: StoreError) -> GateError {
    GateError::Audit(Box::new(error))
}
