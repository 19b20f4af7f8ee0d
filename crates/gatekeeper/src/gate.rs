//! The gatekeeper itself. What edges may ask of it stands in one module for each subject.

use std::{sync::Arc, time::Duration};

use tributary_model::{AccessNumber, Clock, Origin, Requester};
use tributary_store::{Circumstances, Store, StoreError};

use crate::{Config, GateError, reading::Reading};

/// The way out. Cheap to clone; every clone is the same gate.
#[derive(Clone)]
pub struct Gatekeeper(Arc<Gate>);

struct Gate {
    store: Store,
    clock: Clock,
    config: Config,
    reading: Reading,
}

impl Gatekeeper {
    /// The gate before a store.
    #[must_use]
    pub fn new(store: Store, clock: Clock, config: Config) -> Self {
        Self(Arc::new(Gate {
            store,
            clock,
            config,
            reading: Reading::new(),
        }))
    }

    /// Signs where the audit log stands, again and again, until it is dropped. Whoever serves runs
    /// it beside the server; of several processes one does it at a time.
    pub async fn keep_checkpoints(&self, every: Duration, holder: i64) {
        loop {
            tokio::time::sleep(every).await;
            match self.store().checkpoint(holder, self.clock().now()).await {
                Ok(Some(checkpoint)) => {
                    tracing::debug!(lines = checkpoint.size, "checkpoint signed");
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "no checkpoint could be signed"),
            }
        }
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

    pub(crate) fn reading(&self) -> &Reading {
        &self.0.reading
    }

    pub(crate) fn circumstances(&self, origin: &Origin) -> Circumstances {
        Circumstances {
            origin: origin.clone(),
            now: self.clock().now(),
            sensitivity: self.config().sensitivity.version.clone(),
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
