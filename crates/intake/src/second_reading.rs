//! The second reading of a snapshot: what is new or changed is parsed, sealed and filed.
//!
//! Files come by type while the store keeps entries by identity. So all files are read at once,
//! each in its own order, and merged by identity: when they list people in the same order, as
//! feeds do, rows reach the store in key order and each page of it is written once. A file in
//! another order costs speed, nothing else.

mod heads;
mod manifest_writer;

use std::{
    collections::{HashSet, VecDeque},
    io,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
};

use rayon::{Scope, prelude::*};
use tokio::{runtime::Handle, sync::mpsc};
use tributary_formats::fhir::intake::{Reader, Statement};
use tributary_model::{FeedId, IdentityId, Issue, IssueKind, SubmissionId, Timestamp, Version};
use tributary_store::{
    Along, Ciphers, Filing, Line, Made, ManifestPart, Prepared, SealedRow, Slot, Store, UNKNOWN,
};

use heads::Heads;
use manifest_writer::ManifestWriter;

use crate::{
    TakeError, files::Block, first_reading::FilePlan, limits, people::Settled, report::TakeReport,
};

/// What the second reading works with.
pub(crate) struct SecondReading<'a> {
    pub store: &'a Store,
    pub reader: &'a Reader,
    pub feed: FeedId,
    pub submission: SubmissionId,
    pub settled: &'a Settled,
    pub now: Timestamp,
    pub runtime: Handle,
}

/// A file being read, with the manifest being written of it.
struct Cursor<'a> {
    plan: &'a FilePlan,
    /// Where to read on: the range of changed lines and the byte within.
    range: usize,
    at: u64,
    /// The number of the next line to be taken from what was parsed.
    next_line: usize,
    /// Blocks being parsed on other threads, in order.
    asked: VecDeque<Asked>,
    ahead: VecDeque<Parsed>,
    manifest: ManifestWriter<'a>,
}

/// A block being parsed.
struct Asked {
    /// The number of its first line, where a range begins with it.
    first: Option<usize>,
    bytes: u64,
    parsed: Receiver<io::Result<Vec<Parsed>>>,
}

/// A batch being sealed on other threads while the next one gathers.
struct InFlight {
    along: Along,
    sealed: Receiver<Vec<SealedRow>>,
}

/// A parsed line, its bytes in a block that it keeps alive.
struct Parsed {
    block: Arc<Block>,
    from: usize,
    to: usize,
    line: usize,
    hash: [u8; 16],
    rid: i64,
    says: Says,
}

/// What a line says, settled on an identity.
enum Says {
    Row(IdentityId, Want),
    Made(Made),
    Issue(Issue),
}

/// Which row is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Person,
    Entry(tributary_model::Section),
}

/// A row on its way: whose, where, the keyed hash of its id, and where its bytes are; none for a
/// removal.
type Row = (
    IdentityId,
    Slot,
    i64,
    Option<Arc<Block>>,
    std::ops::Range<usize>,
);

/// Rows on their way, with the lines they came from.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    bytes: usize,
    parked: Vec<(Issue, Vec<u8>)>,
}

impl SecondReading<'_> {
    /// Files everything, batch by batch, through the channel to the writer. Runs on a thread of
    /// its own, which merges; other threads parse what comes next and seal what has been merged.
    pub(crate) fn run(
        &self,
        plans: &[FilePlan],
        to_writer: &mpsc::Sender<Prepared>,
        progress: &(dyn Fn(u64) + Sync),
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        rayon::in_place_scope(|others| {
            let merging = Merging {
                reading: self,
                others,
                to_writer,
                heads: Heads::new(self),
                in_flight: None,
            };
            merging.run(plans, progress, report)
        })
    }
}

/// The thread that merges.
struct Merging<'r, 's> {
    reading: &'r SecondReading<'r>,
    others: &'s Scope<'r>,
    to_writer: &'s mpsc::Sender<Prepared>,
    heads: Heads<'r>,
    in_flight: Option<InFlight>,
}

impl<'r> Merging<'r, '_> {
    fn run(
        mut self,
        plans: &'r [FilePlan],
        progress: &(dyn Fn(u64) + Sync),
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        let mut cursors: Vec<Cursor<'r>> = plans
            .iter()
            .filter(|plan| plan.changes())
            .map(|plan| Cursor::new(plan, &self.reading.settled.turned_away))
            .collect();
        let mut moved: Vec<Line> = plans
            .iter()
            .flat_map(|plan| plan.known.stale.clone())
            .collect();
        let mut batch = Batch::default();
        let mut numbers = Numbers::default();
        while let Some(cursor) = self.next(&mut cursors, progress)? {
            let identity = cursor.head_identity();
            while let Some(parsed) = cursor.ahead.pop_front_if(|one| one.identity() == identity) {
                let heads = &mut self.heads;
                Self::take(
                    parsed,
                    cursor,
                    &mut batch,
                    &mut numbers,
                    heads,
                    &mut moved,
                    report,
                )?;
            }
            if batch.rows.len() >= limits::BATCH_ROWS || batch.bytes >= limits::BATCH_BYTES {
                numbers.seen.clear();
                self.send(&mut batch, &mut cursors)?;
            }
        }
        self.send(&mut batch, &mut cursors)?;
        self.remove(plans, moved, report)?;
        for cursor in &mut cursors {
            cursor.manifest.finish();
        }
        self.send(&mut batch, &mut cursors)?;
        self.land()
    }

    /// The cursor whose next line belongs to the first identity; lines without one come at once.
    fn next<'c>(
        &self,
        cursors: &'c mut [Cursor<'r>],
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Option<&'c mut Cursor<'r>>, TakeError> {
        for cursor in cursors.iter_mut() {
            cursor.fill(self.reading, self.others, progress)?;
        }
        Ok(cursors
            .iter_mut()
            .filter(|cursor| !cursor.ahead.is_empty())
            .min_by_key(|cursor| cursor.head_identity()))
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one line touches all of the reading's state, and each outcome is told apart here"
    )]
    fn take(
        parsed: Parsed,
        cursor: &mut Cursor<'_>,
        batch: &mut Batch,
        numbers: &mut Numbers,
        heads: &mut Heads<'_>,
        moved: &mut Vec<Line>,
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        let old = cursor.plan.replaced.get(&parsed.rid).copied();
        let counts = &mut report.counts;
        let unknown = Line {
            hash: UNKNOWN,
            rid: parsed.rid,
            made: Made::Aside,
        };
        let (identity, want) = match parsed.says {
            Says::Made(made) => {
                match made {
                    Made::Dropped(_) => counts.dropped += 1,
                    Made::Aside => counts.aside += 1,
                    _ if old.is_some() => counts.changed += 1,
                    _ => counts.new += 1,
                }
                let hash = if matches!(made, Made::Dropped(_)) {
                    UNKNOWN
                } else {
                    parsed.hash
                };
                cursor.manifest.push(
                    parsed.line,
                    Line {
                        hash,
                        made,
                        ..unknown
                    },
                );
                return Ok(());
            }
            Says::Issue(ref issue) => {
                complain(issue.clone(), &parsed, cursor, batch, report);
                cursor.manifest.push(
                    parsed.line,
                    Line {
                        hash: parsed.hash,
                        ..unknown
                    },
                );
                return Ok(());
            }
            Says::Row(identity, want) => (identity, want),
        };
        let line = Line {
            hash: parsed.hash,
            ..unknown
        };
        if let Some(old) = old.filter(|old| old.hash == parsed.hash) {
            // The very line, only elsewhere in the file.
            counts.unchanged += 1;
            cursor.manifest.push(parsed.line, old);
            return Ok(());
        }
        if !numbers.seen.insert((identity, parsed.rid)) {
            let words = "the same id stands twice in the snapshot; the first one counts";
            report.note(&issue(
                IssueKind::Contradiction,
                &cursor.place(parsed.line),
                words,
            ));
            report.counts.aside += 1;
            cursor.manifest.push(parsed.line, line);
            return Ok(());
        }
        match old.map(|old| old.made) {
            None => counts.new += 1,
            Some(Made::Dropped(_)) => counts.restored += 1,
            Some(_) => counts.changed += 1,
        }
        let (slot, made) = match want {
            Want::Person => (Slot::Person, Made::Person(identity)),
            Want::Entry(section) => {
                let n = match old.map(|old| old.made) {
                    Some(Made::Entry(same, where_it_was, n))
                        if same == identity && where_it_was == section =>
                    {
                        i64::from(n)
                    }
                    _ => heads.of(identity)?.next(section),
                };
                let short = u32::try_from(n).map_err(|_| TakeError::TooMany(identity))?;
                (
                    Slot::Entry(section, n),
                    Made::Entry(identity, section, short),
                )
            }
        };
        if let Some(old) = old.filter(|old| old.made != made) {
            // It was somebody else's, or in another section: there it has gone.
            if matches!(old.made, Made::Entry(..)) {
                moved.push(old);
            }
        }
        let rid = if slot == Slot::Person { 0 } else { parsed.rid };
        batch.bytes += parsed.to - parsed.from;
        batch.rows.push((
            identity,
            slot,
            rid,
            Some(parsed.block),
            parsed.from..parsed.to,
        ));
        cursor.manifest.push(parsed.line, Line { made, ..line });
        Ok(())
    }

    /// Removes what has gone, and what moved to another identity or section.
    fn remove(
        &mut self,
        plans: &[FilePlan],
        moved: Vec<Line>,
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        let SecondReading {
            store,
            settled,
            now,
            runtime,
            ..
        } = self.reading;
        let gone = plans.iter().flat_map(|plan| plan.gone.iter().copied());
        let mut removals: Vec<(IdentityId, Slot, i64)> = Vec::new();
        let mut ended = Vec::new();
        for line in gone {
            match line.made {
                Made::Entry(identity, section, n) => {
                    report.counts.removed += 1;
                    removals.push((identity, Slot::Entry(section, i64::from(n)), line.rid));
                }
                Made::Person(identity) => {
                    report.counts.removed += 1;
                    removals.push((identity, Slot::Person, 0));
                }
                Made::Relationship(identity) => {
                    report.counts.removed += 1;
                    ended.push((identity, line.rid));
                }
                // Silence lifts nothing, and of the others nothing is held.
                Made::Sharing(_) | Made::Aside => {}
                Made::Dropped(_) => report.counts.removed += 1,
            }
        }
        removals.extend(moved.into_iter().filter_map(|line| match line.made {
            Made::Entry(identity, section, n) => {
                Some((identity, Slot::Entry(section, i64::from(n)), line.rid))
            }
            _ => None,
        }));
        runtime.block_on(store.end_relationships(&ended, *now))?;
        removals.sort_unstable();
        removals.dedup();
        removals.retain(|(identity, ..)| !settled.turned_away.contains(identity));
        for some in removals.chunks(limits::BATCH_ROWS) {
            let rows = some
                .iter()
                .map(|(identity, slot, rid)| (*identity, *slot, *rid, None, 0..0));
            let mut batch = Batch {
                rows: rows.collect(),
                ..Batch::default()
            };
            self.send(&mut batch, &mut [])?;
        }
        Ok(())
    }

    /// Gives a batch to be sealed, once the one before it is on its way to the writer.
    fn send(&mut self, batch: &mut Batch, cursors: &mut [Cursor<'_>]) -> Result<(), TakeError> {
        self.land()?;
        let reading = self.reading;
        let Batch {
            mut rows, parked, ..
        } = std::mem::take(batch);
        rows.sort_by_key(|(identity, slot, ..)| (*identity, *slot));
        let mut identities: Vec<IdentityId> = rows.iter().map(|(identity, ..)| *identity).collect();
        identities.dedup();
        self.heads.load(&identities)?;
        let versions = self.heads.versions(&rows);
        let ciphers = reading
            .runtime
            .block_on(reading.store.ciphers(&identities, true))?;
        let lines: Vec<ManifestPart> = cursors
            .iter_mut()
            .filter_map(|cursor| cursor.manifest.part(reading, &cursor.plan.file.name))
            .collect();
        let parked = reading.runtime.block_on(reading.store.seal_parked(
            reading.submission,
            reading.feed,
            &parked,
            reading.now,
        ))?;
        let (done, sealed) = sync_channel(1);
        self.others.spawn(move |_| {
            // Whoever gave the batch has stopped if nobody waits for it.
            let _ = done.send(reading.seal(&ciphers, &rows, &versions));
        });
        self.heads.sent(&identities);
        self.in_flight = Some(InFlight {
            along: Along {
                lines,
                parked,
                held: Vec::new(),
            },
            sealed,
        });
        Ok(())
    }

    /// Waits for the batch that is being sealed, if there is one, and hands it to the writer.
    fn land(&mut self) -> Result<(), TakeError> {
        let Some(batch) = self.in_flight.take() else {
            return Ok(());
        };
        let sealed = batch.sealed.recv().map_err(|_| TakeError::Broken)?;
        let (store, known) = (self.reading.store, &mut self.heads.known);
        let prepared = store.prepare(sealed, known, batch.along);
        self.to_writer
            .blocking_send(prepared)
            .map_err(|_| TakeError::Moved)
    }
}

impl SecondReading<'_> {
    /// Seals rows on all cores, in order.
    fn seal(&self, ciphers: &Ciphers, rows: &[Row], versions: &[Version]) -> Vec<SealedRow> {
        let filings: Vec<Filing<'_>> = rows
            .iter()
            .zip(versions)
            .map(|((identity, slot, rid, block, range), version)| Filing {
                identity: *identity,
                version: *version,
                slot: *slot,
                rid: *rid,
                body: block.as_ref().map(|block| {
                    let bytes = block.bytes.get(range.clone());
                    bytes.expect("a line was parsed where it stands in its block")
                }),
            })
            .collect();
        let each = filings
            .len()
            .div_ceil(rayon::current_num_threads() * 4)
            .max(64);
        let parts: Vec<Vec<SealedRow>> = filings
            .par_chunks(each)
            .map(|rows| self.store.seal(ciphers, rows))
            .collect();
        parts.into_iter().flatten().collect()
    }
}

/// What must not stand twice within one batch.
#[derive(Default)]
struct Numbers {
    seen: HashSet<(IdentityId, i64)>,
}

impl<'a> Cursor<'a> {
    fn new(plan: &'a FilePlan, turned_away: &'a HashSet<IdentityId>) -> Self {
        Self {
            plan,
            range: 0,
            at: plan.changed.first().map_or(0, |range| range.from),
            next_line: 0,
            asked: VecDeque::new(),
            ahead: VecDeque::new(),
            manifest: ManifestWriter::new(plan, turned_away),
        }
    }

    fn head_identity(&self) -> IdentityId {
        self.ahead
            .front()
            .map_or(IdentityId(i64::MAX), Parsed::identity)
    }

    /// Sees to it that something is ahead, as long as there is something left.
    fn fill(
        &mut self,
        reading: &'a SecondReading<'a>,
        others: &Scope<'a>,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), TakeError> {
        while self.ahead.is_empty() {
            self.ask(reading, others);
            let Some(block) = self.asked.pop_front() else {
                return Ok(());
            };
            self.ask(reading, others);
            let parsed = block.parsed.recv().map_err(|_| TakeError::Broken)??;
            self.next_line = block.first.unwrap_or(self.next_line);
            progress(block.bytes);
            for mut parsed in parsed {
                parsed.line = self.next_line;
                self.next_line += 1;
                self.ahead.push_back(parsed);
            }
        }
        Ok(())
    }

    /// Has the next blocks parsed on other threads.
    fn ask(&mut self, reading: &'a SecondReading<'a>, others: &Scope<'a>) {
        while self.asked.len() < limits::BLOCKS_AHEAD
            && let Some(range) = self.plan.changed.get(self.range)
        {
            let (plan, from) = (self.plan, self.at);
            let to = range.to.min(from + limits::AHEAD);
            let (done, parsed) = sync_channel(1);
            others.spawn(move |_| {
                let block = plan.file.block(from, to);
                // Whoever asked has stopped if nobody waits for it.
                let _ = done.send(block.map(|block| reading.parse(block)));
            });
            self.asked.push_back(Asked {
                first: (from == range.from).then_some(range.first),
                bytes: to - from,
                parsed,
            });
            self.at = to;
            if to >= range.to {
                self.range += 1;
                self.at = self
                    .plan
                    .changed
                    .get(self.range)
                    .map_or(0, |next| next.from);
            }
        }
    }

    fn place(&self, line: usize) -> String {
        format!("{} line {}", self.plan.file.name, line + 1)
    }
}

impl Parsed {
    fn identity(&self) -> IdentityId {
        match &self.says {
            Says::Row(identity, _) => *identity,
            Says::Made(_) | Says::Issue(_) => IdentityId(0),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.block.bytes.get(self.from..self.to).unwrap_or_default()
    }
}

impl SecondReading<'_> {
    fn parse(&self, block: Block) -> Vec<Parsed> {
        let block = Arc::new(block);
        block
            .lines()
            .map(|(from, line)| {
                let hash = self.store.line_hash(line);
                let (rid, says) = self.says(line, hash);
                let to = from + line.len();
                Parsed {
                    block: Arc::clone(&block),
                    from,
                    to,
                    line: 0,
                    hash,
                    rid,
                    says,
                }
            })
            .collect()
    }

    fn says(&self, line: &[u8], hash: [u8; 16]) -> (i64, Says) {
        // What has no id of its own is known by its words.
        let by_words = hash.first_chunk().copied().map_or(0, i64::from_le_bytes);
        match self.reader.read(line) {
            Err(issue) => (by_words, Says::Issue(issue)),
            Ok(Statement::Organisation) => (by_words, Says::Made(Made::Aside)),
            Ok(Statement::Identity(one)) => {
                let rid = self.store.rid(&format!("Patient/{}", one.id));
                (rid, self.row(&one.id, Want::Person))
            }
            Ok(Statement::Entry(entry)) => {
                let rid = self.store.rid(&entry.id);
                (rid, self.row(&entry.subject, Want::Entry(entry.section)))
            }
            Ok(Statement::Relationship(one)) => {
                let rid = self.store.rid(&one.source_id);
                (rid, self.made(&one.local_number, Made::Relationship))
            }
            Ok(Statement::Sharing(code)) => {
                (by_words, self.made(&code.local_number, Made::Sharing))
            }
        }
    }

    fn row(&self, subject: &str, want: Want) -> Says {
        match self.settled.identities.get(subject) {
            Some(identity) if self.settled.turned_away.contains(identity) => {
                Says::Made(Made::Dropped(*identity))
            }
            Some(identity) => Says::Row(*identity, want),
            None => nobody(),
        }
    }

    fn made(&self, subject: &str, made: impl Fn(IdentityId) -> Made) -> Says {
        self.settled
            .identities
            .get(subject)
            .map_or_else(nobody, |identity| Says::Made(made(*identity)))
    }
}

/// Notes an issue, and parks the line where a person has to look at it.
fn complain(
    issue: Issue,
    parsed: &Parsed,
    cursor: &Cursor<'_>,
    batch: &mut Batch,
    report: &mut TakeReport,
) {
    let place = format!("{}: {}", cursor.place(parsed.line), issue.place);
    let issue = Issue { place, ..issue };
    report.note(&issue);
    if issue.kind.parks() {
        report.counts.parked += 1;
        batch.parked.push((issue, parsed.bytes().to_vec()));
    } else {
        report.counts.aside += 1;
    }
}

fn nobody() -> Says {
    let words = "no Patient of this source has that id: send the Patient, or mend the reference";
    Says::Issue(issue(IssueKind::NoIdentity, "subject", words))
}

fn issue(kind: IssueKind, place: &str, words: &str) -> Issue {
    Issue {
        kind,
        place: place.to_owned(),
        words: words.to_owned(),
    }
}
