//! The feeds' door: what a delivery over HTTP is, and what a feed is told.
//!
//! The door is handed in, so that the pages know nothing of how submissions are kept.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use axum::body::BodyDataStream;
use tributary_model::{OdsCode, SubmissionId};

/// One delivery, its bytes still on the wire.
pub struct Delivery {
    /// The organisation whose feed it says it is.
    pub source: OdsCode,
    /// The feed's own bearer credential, as sent.
    pub credential: String,
    /// The media type, as sent: `application/fhir+ndjson`, `application/fhir+json` …
    pub content_type: String,
    /// The file's name within its snapshot, such as `Observation.ndjson`.
    pub file_name: Option<String>,
    /// The most bytes that may be taken from the body.
    pub limit: u64,
    /// The bytes.
    pub body: BodyDataStream,
}

/// The acknowledgement of a delivery whose bytes are durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The submission.
    pub submission: SubmissionId,
    /// Whether the same bytes had been handed over before.
    pub repeat: bool,
}

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No such feed, or not its credential: one answer for both.
    #[error("no feed of this organisation has this credential")]
    NotKnown,
    /// More bytes than the limit.
    #[error("the submission is too large for HTTP")]
    TooLarge,
    /// A media type or file name that no reader takes.
    #[error("a submission is NDJSON or a FHIR Bundle: {0}")]
    NotReadable(
        /// What is wrong, without a word of the content.
        String,
    ),
    /// The connection broke off before the last byte.
    #[error("the submission broke off")]
    BrokenOff,
    /// It could not be kept; send it again later.
    #[error("the submission could not be kept")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

type Answer = Pin<Box<dyn Future<Output = Result<Receipt, DoorError>> + Send>>;

/// Where deliveries go. Cheap to clone.
#[derive(Clone)]
pub struct Door(Arc<dyn Fn(Delivery) -> Answer + Send + Sync>);

impl Door {
    /// A door that hands every delivery to `take`, which acknowledges when the bytes are durable.
    pub fn new<F, A>(take: F) -> Self
    where
        F: Fn(Delivery) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Receipt, DoorError>> + Send + 'static,
    {
        Self(Arc::new(move |delivery| Box::pin(take(delivery))))
    }

    /// Hands a delivery over.
    pub(crate) async fn deliver(&self, delivery: Delivery) -> Result<Receipt, DoorError> {
        (self.0)(delivery).await
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door")
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Delivery({}, •••)", self.source)
    }
}
