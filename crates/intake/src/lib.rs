//! The way in: accept, parse, match, file, or park for a person. It never shows anything.

mod bundle;
mod differ;
mod door;
mod files;
mod first_reading;
mod guard;
pub mod limits;
mod peek;
mod people;
mod report;
mod second_reading;
mod snapshot;

use std::{fs::TryLockError, path::Path, sync::Arc};

pub use door::{Door, DoorError, Receipt};
pub use report::{Counts, Ending, TakeReport};
use tributary_formats::fhir::intake::{Reader, RestrictedCodes, SharingMap};
use tributary_model::{Clock, Organisation, SubmissionId, Timestamp};
use tributary_store::{
    Agreement, DoorRule, Feed, Lies, Mode, Progress, Store, StoreError, SubmissionRow,
};

use files::SourceFile;

/// Why a submission could not be taken in. Nothing is lost: it is taken again.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// An identity changed while it was being filed for.
    #[error("an identity changed meanwhile; take the submission again")]
    Moved,
    /// An identity has more statements in one section than can be numbered.
    #[error("identity {0} has too many statements")]
    TooMany(tributary_model::IdentityId),
    /// A part of the work ended unexpectedly.
    #[error("a part of the work ended unexpectedly")]
    Broken,
    /// There is no such organisation.
    #[error("{0} is not an organisation of this region: add it first")]
    UnknownOrganisation(String),
    /// There is no such submission.
    #[error("there is no submission {0}")]
    UnknownSubmission(SubmissionId),
    /// No agreement covers what the organisation feeds.
    #[error("{0} has no agreement in force that covers feeding")]
    NoAgreement(String),
}

/// What is told while a submission is taken in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watched {
    /// The first reading begins: so many bytes.
    Reading {
        /// In all.
        bytes: u64,
    },
    /// So many more bytes were read.
    Read {
        /// More.
        bytes: u64,
    },
    /// Filing begins: so many bytes are new or changed.
    Filing {
        /// In all.
        bytes: u64,
    },
    /// So many more bytes were parsed to be filed.
    Filed {
        /// More.
        bytes: u64,
    },
}

/// Someone who watches a submission being taken in.
pub type Watch = Arc<dyn Fn(Watched) + Send + Sync>;

/// The way in of a deployment.
#[derive(Clone)]
pub struct Intake {
    store: Store,
    rule: DoorRule,
    codes: Arc<Codes>,
    clock: Clock,
}

/// The code sets that intake goes by.
#[derive(Default)]
pub struct Codes {
    /// What sharing codes mean.
    pub sharing: SharingMap,
    /// Codes that the law keeps out.
    pub restricted: RestrictedCodes,
}

/// How often a submission is taken again when an identity changed meanwhile.
const TRIES: usize = 5;

impl Intake {
    /// The way in to a store, with the rule at its door.
    #[must_use]
    pub fn new(store: Store, rule: DoorRule, codes: Codes, clock: Clock) -> Self {
        Self {
            store,
            rule,
            codes: Arc::new(codes),
            clock,
        }
    }

    /// Takes in a submission of an organisation where it lies: a snapshot folder, an NDJSON file,
    /// or a Bundle.
    pub async fn take(
        &self,
        organisation: &Organisation,
        path: &Path,
        watch: Watch,
    ) -> Result<TakeReport, TakeError> {
        let _turn = self.turn().await?;
        let path = path.canonicalize()?;
        let bundle = path.extension().is_some_and(|ending| ending == "json");
        let mode = if bundle { Mode::Delta } else { Mode::Snapshot };
        let feed = self.store.feed_of(&organisation.code, mode).await?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = if bundle {
            // Often named after its patient, whom nothing kept of it may name.
            format!("bundle-{:016x}", self.store.rid(&name))
        } else {
            name.into_owned()
        };
        let lies = Lies::InPlace(path);
        let (submission, _) = self
            .store
            .receive(feed.feed, &name, &lies, self.clock.now())
            .await?;
        self.work(submission, false, watch).await
    }

    /// Files a snapshot that was held, because a person looked at it and released it.
    pub async fn release(
        &self,
        submission: SubmissionId,
        watch: Watch,
    ) -> Result<TakeReport, TakeError> {
        let _turn = self.turn().await?;
        self.work(submission, true, watch).await
    }

    /// Finishes what the process was doing when it ended: erasures, and submissions that were
    /// received or begun. The reports of the submissions are returned.
    pub async fn resume(&self, watch: Watch) -> Result<Vec<TakeReport>, TakeError> {
        let _turn = self.turn().await?;
        self.store.finish_erasures(self.clock.now()).await?;
        let mut reports = Vec::new();
        for row in self.store.unfinished().await? {
            reports.push(self.work(row.submission, false, watch.clone()).await?);
        }
        Ok(reports)
    }

    /// Does what standing choices ask for and a process that ended may have left undone.
    pub(crate) async fn sweep(&self) -> Result<(), TakeError> {
        let _turn = self.turn().await?;
        let now = self.clock.now();
        self.store.sweep_choices(&self.rule, now).await?;
        Ok(())
    }

    /// Waits until no other process takes anything in here; it is then this one's turn until the
    /// file is dropped. Without turns a server would begin again what a command is working at.
    async fn turn(&self) -> Result<std::fs::File, TakeError> {
        let file = std::fs::File::create(self.store.folder().join("intake.lock"))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(limits::TURN).await,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }

    /// Takes in one submission that was received.
    pub async fn work(
        &self,
        submission: SubmissionId,
        released: bool,
        watch: Watch,
    ) -> Result<TakeReport, TakeError> {
        let row = self.store.submission(submission).await?;
        let row = row.ok_or(TakeError::UnknownSubmission(submission))?;
        let now = self.clock.now();
        self.store
            .progress(submission, Progress::Working, "", now)
            .await?;
        let mut tries = 0;
        let taken = loop {
            match self.once(&row, released, watch.clone(), now).await {
                Err(TakeError::Moved) if tries < TRIES => tries += 1,
                taken => break taken,
            }
        };
        let report = match taken {
            // What lies there cannot be read: that is the sender's to mend, and said so.
            Err(TakeError::File(error)) => TakeReport {
                ending: Ending::Failed,
                why: vec![error.to_string()],
                ..TakeReport::new(submission)
            },
            taken => taken?,
        };
        self.end(&row, &report).await?;
        Ok(report)
    }

    async fn once(
        &self,
        row: &SubmissionRow,
        released: bool,
        watch: Watch,
        now: Timestamp,
    ) -> Result<TakeReport, TakeError> {
        let feed = self.feed(row).await?;
        let organisation = self.organisation(&feed).await?;
        let files = match &row.lies {
            Lies::InPlace(path) => files::in_place(path)?,
            Lies::Spooled(path) => vec![SourceFile::spooled(self.store.open_spooled(path).await?)],
        };
        let reader = Reader::new(
            organisation.clone(),
            &self.codes.sharing,
            &self.codes.restricted,
        );
        let reader = Arc::new(reader);
        let (organisation, submission) = (&organisation, row.submission);
        match feed.mode {
            Mode::Snapshot => {
                let snapshot = snapshot::Snapshot {
                    intake: self,
                    reader,
                    feed: &feed,
                    organisation,
                    submission,
                    released,
                    watch,
                    now,
                };
                snapshot.take(files).await
            }
            Mode::Delta => {
                let delta = bundle::Delta {
                    intake: self,
                    reader,
                    feed: &feed,
                    organisation,
                    submission,
                    now,
                };
                delta.take(files).await
            }
        }
    }

    async fn end(&self, row: &SubmissionRow, report: &TakeReport) -> Result<(), TakeError> {
        let now = self.clock.now();
        let progress = match report.ending {
            Ending::Filed | Ending::Repeat => Progress::Filed,
            Ending::Held => Progress::Held,
            Ending::Failed => Progress::Failed,
        };
        if progress == Progress::Filed {
            self.store.note_refreshed(row.feed, now).await?;
            if self.feed(row).await?.mode == Mode::Snapshot {
                self.store.resent(row.feed, None, now).await?;
            }
        }
        self.store
            .progress(row.submission, progress, &report.json(), now)
            .await?;
        self.store.truncate_logs().await?;
        Ok(())
    }

    async fn feed(&self, row: &SubmissionRow) -> Result<Feed, TakeError> {
        let feeds = self.store.feeds().await?;
        let feed = feeds.into_iter().find(|feed| feed.feed == row.feed);
        feed.ok_or(TakeError::UnknownSubmission(row.submission))
    }

    /// The organisation of a feed, if an agreement in force covers that it feeds.
    async fn organisation(&self, feed: &Feed) -> Result<Organisation, TakeError> {
        let code = &feed.organisation;
        let known = self.store.organisations().await?;
        let organisation = known.into_iter().find(|one| one.code == *code);
        let organisation =
            organisation.ok_or_else(|| TakeError::UnknownOrganisation(code.to_string()))?;
        let now = self.clock.now();
        let agreements = self.store.agreements().await?;
        let own = agreements.iter().filter(|one| one.organisation == *code);
        if Agreement::counting(own, now).is_some_and(|one| one.feeds) {
            Ok(organisation)
        } else {
            Err(TakeError::NoAgreement(code.to_string()))
        }
    }
}
