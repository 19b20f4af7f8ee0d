//! The door for feeds over the network: a feed's own credential, and bytes that are durable before
//! they are acknowledged.

use std::sync::Arc;

use tokio::sync::Notify;
use tributary_model::{FeedId, OdsCode, SubmissionId};
use tributary_store::{Lies, Mode, ResendAsked, SpoolWriter, StoreError};

use crate::{Intake, TakeReport, Watch, limits};

/// Why a delivery is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No feed of this organisation has that credential.
    #[error("the credential is not one of this organisation's feeds")]
    Credential,
    /// More bytes than a submission may have.
    #[error("the submission is larger than is accepted: send it in parts")]
    TooLarge,
    /// The content type is none that the feed sends.
    #[error(
        "send application/fhir+ndjson (a snapshot, a resource a line) or application/fhir+json \
         (a Bundle)"
    )]
    ContentType,
    /// The store failed: nothing was accepted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an accepted delivery is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The submission's number.
    pub submission: SubmissionId,
    /// The keyed hash of its content: its name.
    pub name: String,
    /// Whether the very same bytes were accepted before; then nothing is done again.
    pub repeat: bool,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    intake: Intake,
    arrived: Arc<Notify>,
}

/// A delivery under way.
pub struct Delivery {
    feed: FeedId,
    writer: SpoolWriter,
    bytes: u64,
}

impl Door {
    /// The door of an intake.
    #[must_use]
    pub fn new(intake: Intake) -> Self {
        Self {
            intake,
            arrived: Arc::new(Notify::new()),
        }
    }

    /// Begins a delivery, if the credential is one of the organisation's feeds and the content type
    /// is what that feed sends.
    pub async fn begin(
        &self,
        organisation: &OdsCode,
        credential: &str,
        content_type: &str,
    ) -> Result<Delivery, DoorError> {
        let store = &self.intake.store;
        let feed = store.feed_by_credential(credential).await?;
        let feed = feed.filter(|feed| feed.organisation == *organisation);
        let feed = feed.ok_or(DoorError::Credential)?;
        let mode = match content_type.split(';').next().unwrap_or_default().trim() {
            "application/fhir+ndjson" | "application/x-ndjson" | "application/ndjson" => {
                Mode::Snapshot
            }
            "application/fhir+json" | "application/json" => Mode::Delta,
            _ => return Err(DoorError::ContentType),
        };
        if mode != feed.mode {
            return Err(DoorError::ContentType);
        }
        Ok(Delivery {
            feed: feed.feed,
            writer: store.spool().await?,
            bytes: 0,
        })
    }

    /// Whether the feed of a credential is asked for all it holds, if it is one of the
    /// organisation's.
    pub async fn asked_for(
        &self,
        organisation: &OdsCode,
        credential: &str,
    ) -> Result<Option<ResendAsked>, DoorError> {
        let store = &self.intake.store;
        let feed = store.feed_by_credential(credential).await?;
        let feed = feed.filter(|feed| feed.organisation == *organisation);
        let feed = feed.ok_or(DoorError::Credential)?;
        Ok(store.resends_asked().await?.remove(&feed.feed))
    }

    /// Ends a delivery: durable when it returns, and taken in soon after.
    pub async fn finish(&self, delivery: Delivery) -> Result<Receipt, DoorError> {
        let (name, path) = delivery.writer.finish()?;
        let now = self.intake.clock.now();
        let lies = Lies::Spooled(path.clone());
        let (submission, new) = self
            .intake
            .store
            .receive(delivery.feed, &name, &lies, now)
            .await?;
        if new {
            self.arrived.notify_one();
        } else {
            // The first delivery of these bytes is kept; of this one nothing is needed.
            self.intake.store.forget_spooled(&path).await?;
        }
        Ok(Receipt {
            submission,
            name,
            repeat: !new,
        })
    }

    /// Takes in what arrives, one submission after the other, until the process ends. What was
    /// left unfinished by an earlier process comes first.
    pub async fn serve(&self, watch: Watch, told: impl Fn(Result<&TakeReport, &crate::TakeError>)) {
        if let Err(error) = self.intake.sweep().await {
            told(Err(&error));
        }
        loop {
            match self.intake.resume(watch.clone()).await {
                Ok(reports) => reports.iter().for_each(|report| told(Ok(report))),
                Err(error) => told(Err(&error)),
            }
            let now = self.intake.clock.now();
            let window = now.plus(-limits::SPOOL_KEPT);
            if let Err(error) = self.intake.store.clear_spool(window).await {
                told(Err(&error.into()));
            }
            let rest = std::time::Duration::from_secs(limits::LOOK_AGAIN_SECONDS);
            // Whether woken or not, the next thing to do is the same.
            let _ = tokio::time::timeout(rest, self.arrived.notified()).await;
        }
    }
}

impl Delivery {
    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), DoorError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > limits::SUBMISSION_BYTES {
            return Err(DoorError::TooLarge);
        }
        Ok(self.writer.write(bytes)?)
    }

    /// Gives up: removes what was written.
    pub fn abandon(self) {
        self.writer.abandon();
    }
}
