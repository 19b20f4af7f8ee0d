//! Taking in a snapshot: everything a source holds, so that what is absent has gone.

use std::{collections::HashMap, io, sync::Arc};

use tokio::{runtime::Handle, sync::mpsc, task};
use tributary_formats::fhir::intake::Reader;
use tributary_model::{Organisation, SubmissionId, Timestamp};
use tributary_store::{Feed, Prepared, Store};

use crate::{
    Intake, TakeError, Watch, Watched,
    files::SourceFile,
    first_reading::{self, FilePlan, FirstReading, Known},
    guard, limits,
    people::{Settled, Settling},
    report::{Ending, TakeReport},
    second_reading::SecondReading,
};

/// One snapshot being taken in.
pub(crate) struct Snapshot<'a> {
    pub intake: &'a Intake,
    pub reader: Arc<Reader>,
    pub feed: &'a Feed,
    pub organisation: &'a Organisation,
    pub submission: SubmissionId,
    /// Whether a person released it, so that the guard is passed over.
    pub released: bool,
    pub watch: Watch,
    pub now: Timestamp,
}

impl Snapshot<'_> {
    pub(crate) async fn take(&self, files: Vec<SourceFile>) -> Result<TakeReport, TakeError> {
        let store = &self.intake.store;
        let mut report = TakeReport::new(self.submission);
        let adopted = store.manifest_files(self.feed.feed).await?;
        let reading = self.read(files, &adopted).await?;
        for (kind, count) in &reading.received {
            report
                .counts
                .receive(if kind.is_empty() { "unknown" } else { kind }, *count);
        }
        if !self.released {
            report.why = guard::reasons(&reading.files, &adopted);
            if !report.why.is_empty() {
                report.ending = Ending::Held;
                return Ok(report);
            }
        }
        report.counts.unchanged = reading
            .files
            .iter()
            .flat_map(|plan| &plan.runs)
            .map(|run| run.lines as u64)
            .sum();
        let rule = store.door_rule(&self.intake.rule).await?;
        let settling = Settling {
            store,
            reader: &self.reader,
            rule: &rule,
            feed: self.feed,
            organisation: self.organisation,
            now: self.now,
        };
        let FirstReading {
            mut files,
            people,
            relationships,
            sharing,
            subjects,
            ..
        } = reading;
        let settled = settling
            .settle(
                people,
                &relationships,
                &sharing,
                &subjects,
                &mut report.counts,
            )
            .await?;
        files.extend(self.vanished(&adopted, &files).await?);
        let (files, report) = self.file(files, settled, report).await?;
        self.adopt(&files, &adopted).await?;
        Ok(report)
    }

    /// The first reading, on a thread of its own and all cores.
    async fn read(
        &self,
        files: Vec<SourceFile>,
        adopted: &HashMap<String, i64>,
    ) -> Result<FirstReading, TakeError> {
        let store = &self.intake.store;
        (self.watch)(Watched::Reading {
            bytes: files.iter().map(|file| file.size).sum(),
        });
        let mut work: Vec<(SourceFile, Known)> = Vec::with_capacity(files.len());
        for file in files {
            let generation = adopted.get(&file.name).copied().unwrap_or(0);
            let known = Known::of(store, self.feed.feed, &file.name, generation).await?;
            work.push((file, known));
        }
        let (store, reader, watch) = (store.clone(), Arc::clone(&self.reader), self.watch.clone());
        let read = task::spawn_blocking(move || {
            let mut reading = FirstReading::default();
            let progress = |bytes| watch(Watched::Read { bytes });
            for (file, known) in work {
                first_reading::read_file(&store, &reader, file, known, &progress, &mut reading)?;
            }
            Ok::<_, io::Error>(reading)
        });
        Ok(read.await.map_err(|_| TakeError::Broken)??)
    }

    /// Files that a released snapshot no longer has: all their lines have gone.
    async fn vanished(
        &self,
        adopted: &HashMap<String, i64>,
        files: &[FilePlan],
    ) -> Result<Vec<FilePlan>, TakeError> {
        let mut vanished = Vec::new();
        let missing = adopted
            .iter()
            .filter(|(name, _)| !files.iter().any(|plan| plan.file.name == **name));
        for (name, generation) in missing {
            let store = &self.intake.store;
            let known = Known::of(store, self.feed.feed, name, *generation).await?;
            vanished.push(FilePlan::vanished(name, known));
        }
        Ok(vanished)
    }

    /// The second reading beside the writer, batch by batch.
    async fn file(
        &self,
        files: Vec<FilePlan>,
        settled: Settled,
        mut report: TakeReport,
    ) -> Result<(Vec<FilePlan>, TakeReport), TakeError> {
        let changed = files.iter().flat_map(|plan| &plan.changed);
        (self.watch)(Watched::Filing {
            bytes: changed.map(|range| range.to - range.from).sum(),
        });
        let (to_writer, batches) = mpsc::channel(limits::BATCHES_AHEAD);
        let store = self.intake.store.clone();
        let (reader, watch) = (Arc::clone(&self.reader), self.watch.clone());
        let (feed, submission, now) = (self.feed.feed, self.submission, self.now);
        let runtime = Handle::current();
        let filing = task::spawn_blocking(move || {
            let reading = SecondReading {
                store: &store,
                reader: &reader,
                feed,
                submission,
                settled: &settled,
                now,
                runtime,
            };
            let progress = |bytes| watch(Watched::Filed { bytes });
            reading.run(&files, &to_writer, &progress, &mut report)?;
            Ok::<_, TakeError>((files, report))
        });
        let writing = write(&self.intake.store, batches, self.now);
        let (read, writer) = tokio::join!(filing, writing);
        // What the writer met is the cause of what the reading says then.
        writer?;
        read.map_err(|_| TakeError::Broken)?
    }

    async fn adopt(
        &self,
        files: &[FilePlan],
        adopted: &HashMap<String, i64>,
    ) -> Result<(), TakeError> {
        let new: Vec<(String, i64)> = files
            .iter()
            .filter(|plan| plan.lines > 0 || plan.file.size > 0)
            .filter(|plan| plan.changes() || !adopted.contains_key(&plan.file.name))
            .map(|plan| (plan.file.name.clone(), plan.known.generation))
            .collect();
        let gone: Vec<String> = files
            .iter()
            .filter(|plan| plan.lines == 0 && plan.file.size == 0)
            .map(|plan| plan.file.name.clone())
            .collect();
        if !(new.is_empty() && gone.is_empty()) {
            self.intake
                .store
                .adopt_manifests(self.feed.feed, &new, &gone)
                .await?;
        }
        Ok(())
    }
}

async fn write(
    store: &Store,
    mut batches: mpsc::Receiver<Prepared>,
    now: Timestamp,
) -> Result<(), TakeError> {
    while let Some(batch) = batches.recv().await {
        if !store.file(batch, now).await? {
            return Err(TakeError::Moved);
        }
    }
    Ok(())
}
