//! Writing the new manifest of a file beside what its lines are made into.

use std::collections::HashSet;

use tributary_model::IdentityId;
use tributary_store::{Line, ManifestPart, RECORD};

use super::SecondReading;
use crate::first_reading::FilePlan;

/// Writes the new manifest of a file, line after line: what was as it was is copied over.
pub(super) struct ManifestWriter<'a> {
    plan: &'a FilePlan,
    turned_away: &'a HashSet<IdentityId>,
    /// The next line to be written.
    next: usize,
    part: i64,
    records: Vec<u8>,
}

impl<'a> ManifestWriter<'a> {
    pub(super) fn new(plan: &'a FilePlan, turned_away: &'a HashSet<IdentityId>) -> Self {
        Self {
            plan,
            turned_away,
            next: 0,
            part: 0,
            records: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, line: usize, record: Line) {
        self.copy_until(line);
        record.pack(&mut self.records);
        self.next = line + 1;
    }

    pub(super) fn finish(&mut self) {
        self.copy_until(self.plan.lines);
    }

    fn copy_until(&mut self, line: usize) {
        while self.next < line {
            let next = self.next;
            let at = self
                .plan
                .runs
                .partition_point(|run| run.new + run.lines <= next);
            let Some(run) = self.plan.runs.get(at) else {
                return;
            };
            let end = (run.new + run.lines).min(line);
            let old = run.old + (next - run.new);
            self.copy(self.plan.known.old.packed(old..old + (end - next)));
            self.next = end;
        }
    }

    /// Copies records, but for those of people who are turned away since: of them nothing is kept
    /// to compare with, so that their lines are read again every night.
    fn copy(&mut self, records: &[u8]) {
        let from = self.records.len();
        self.records.extend_from_slice(records);
        if self.turned_away.is_empty() {
            return;
        }
        let copied = self.records.get_mut(from..).unwrap_or_default();
        for record in copied.chunks_exact_mut(RECORD) {
            let line = record.first_chunk().and_then(Line::unpack);
            let Some(line) = line.filter(|line| !line.made.outlives_erasure()) else {
                continue;
            };
            let gone = line
                .made
                .identity()
                .filter(|identity| self.turned_away.contains(identity));
            if let Some(identity) = gone {
                record.copy_from_slice(&line.dropped(identity));
            }
        }
    }

    pub(super) fn part(&mut self, reading: &SecondReading<'_>, file: &str) -> Option<ManifestPart> {
        if self.records.is_empty() {
            return None;
        }
        self.part += 1;
        Some(ManifestPart {
            feed: reading.feed,
            file: file.to_owned(),
            generation: self.plan.known.generation,
            part: self.part,
            records: std::mem::take(&mut self.records),
        })
    }
}
