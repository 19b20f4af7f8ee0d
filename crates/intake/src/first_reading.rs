//! The first reading of a snapshot: which lines changed, and everything that must be known before
//! the first clinical entry is filed: identities, relationships and sharing codes.
//!
//! Nothing is written here. What the snapshot would remove is known when all of it has been read.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
    io,
};

use rayon::prelude::*;
use tributary_formats::fhir::intake::{Identity, Reader, Statement};
use tributary_model::{FeedId, Relationship, SharingCode};
use tributary_store::{Line, LineHash, Made, Manifest, Store, StoreResult, UNKNOWN};

use crate::{
    differ::{Differ, Run},
    files::{Block, SourceFile},
    limits, peek,
};

/// What a snapshot says at first sight.
#[derive(Default)]
pub(crate) struct FirstReading {
    /// Its files.
    pub files: Vec<FilePlan>,
    /// New and changed identities, in the order of their lines.
    pub people: Vec<Identity>,
    /// New and changed relationships, with the keyed hash of their id.
    pub relationships: Vec<(i64, Relationship)>,
    /// New and changed sharing codes.
    pub sharing: Vec<SharingCode>,
    /// Whom changed entries are about, where it is known already.
    pub subjects: HashSet<String>,
    /// Lines received, by resource type.
    pub received: BTreeMap<String, u64>,
}

/// What is to be done with one file.
pub(crate) struct FilePlan {
    /// The file.
    pub file: SourceFile,
    /// What is known of its lines.
    pub known: Known,
    /// Lines as they were.
    pub runs: Vec<Run>,
    /// Ranges of lines that are new or changed.
    pub changed: Vec<ChangedLines>,
    /// How many lines there are.
    pub lines: usize,
    /// Lines of last night whose source id stands in a new or changed line.
    pub replaced: HashMap<i64, Line>,
    /// Lines of last night that have gone.
    pub gone: Vec<Line>,
}

/// Adjoining lines that are new or changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ChangedLines {
    /// Where the first begins.
    pub from: u64,
    /// Where the last ends.
    pub to: u64,
    /// The number of the first.
    pub first: usize,
    /// How many there are, blank lines apart.
    pub count: usize,
}

/// What is known of a file's lines from before.
#[derive(Default)]
pub(crate) struct Known {
    /// The manifest of last night; after a crash, first what was filed since.
    pub old: Manifest,
    /// What last night's manifest still names and a filing since, cut off by a crash, put elsewhere.
    pub stale: Vec<Line>,
    /// The generation to be written.
    pub generation: i64,
}

impl Known {
    /// Reads what is known of a file: the adopted manifest, and what a crash left after it. Lines
    /// that were filed before the crash are as good as last night's.
    pub(crate) async fn of(
        store: &Store,
        feed: FeedId,
        file: &str,
        adopted: i64,
    ) -> StoreResult<Self> {
        let mut known = Self {
            generation: adopted + 1,
            ..Self::default()
        };
        if adopted > 0 {
            known.old = store.manifest(feed, file, adopted).await?;
        }
        for generation in store.unadopted(feed, file, adopted).await? {
            let begun = store.manifest(feed, file, generation).await?;
            known.put_before(begun);
            known.generation = generation + 1;
        }
        Ok(known)
    }

    fn put_before(&mut self, mut begun: Manifest) {
        let lines = (0..begun.len()).filter_map(|line| begun.line(line));
        let filed: HashMap<i64, Made> = lines.map(|line| (line.rid, line.made)).collect();
        for line in (0..self.old.len()).filter_map(|line| self.old.line(line)) {
            match filed.get(&line.rid) {
                None => line.pack(&mut begun.records),
                Some(made) if *made == line.made => {}
                Some(_) => self.stale.push(line),
            }
        }
        self.old = begun;
    }
}

impl FilePlan {
    /// A file that is no longer sent: all its lines have gone.
    pub(crate) fn vanished(name: &str, known: Known) -> Self {
        let lines = (0..known.old.len()).filter_map(|line| known.old.line(line));
        Self {
            gone: lines.filter(|line| line.made != Made::Aside).collect(),
            file: SourceFile::absent(name),
            known,
            runs: Vec::new(),
            changed: Vec::new(),
            lines: 0,
            replaced: HashMap::new(),
        }
    }

    /// Whether anything is to be done at all.
    pub(crate) fn changes(&self) -> bool {
        !self.changed.is_empty()
            || self.runs.iter().map(|run| run.lines).sum::<usize>() != self.known.old.len()
    }
}

/// Reads a file for the first time.
pub(crate) fn read_file(
    store: &Store,
    reader: &Reader,
    file: SourceFile,
    known: Known,
    progress: &(dyn Fn(u64) + Sync),
    reading: &mut FirstReading,
) -> io::Result<()> {
    let mut changed = Vec::new();
    let old = &known.old;
    let mut differ = Differ::new(old);
    let mut rids: Vec<i64> = Vec::new();
    let mut lines = 0;
    let group = limits::BLOCK * limits::BLOCKS_AT_ONCE as u64;
    let mut from = 0;
    while from < file.size {
        let looked = (0..limits::BLOCKS_AT_ONCE as u64)
            .into_par_iter()
            .map(|n| {
                let at = from + n * limits::BLOCK;
                look(store, reader, &file, at, !old.is_empty())
            })
            .collect::<io::Result<Vec<Looked>>>()?;
        for looked in looked {
            for (kind, count) in &looked.received {
                *reading.received.entry(kind.clone()).or_default() += count;
            }
            for line in &looked.lines {
                let same = line.hash != UNKNOWN && differ.take(&line.hash);
                if !same {
                    if line.first || !old.is_empty() {
                        let bytes = file.bytes(line.from, line.to)?;
                        rids.extend(hear(store, reader, &bytes, reading));
                    }
                    mark(&mut changed, line, lines);
                }
                lines += 1;
            }
        }
        progress(group.min(file.size - from));
        from += group;
    }
    let (runs, left) = differ.finish();
    let (replaced, gone) = settle_left(old, &left, &rids);
    reading.files.push(FilePlan {
        file,
        known,
        runs,
        changed,
        lines,
        replaced,
        gone,
    });
    Ok(())
}

/// A block looked at. Its bytes are not kept: of most lines nothing more is needed.
struct Looked {
    lines: Vec<LookedAt>,
    received: Vec<(String, u64)>,
}

/// A line looked at: where it stands in the file, without its end.
struct LookedAt {
    from: u64,
    to: u64,
    hash: LineHash,
    /// Whether it must be heard before the first clinical entry is filed.
    first: bool,
}

thread_local! {
    /// The bytes each thread looks at, used again for block after block.
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Hashes the lines of a block (where there is something to compare with) and sees what they are.
fn look(
    store: &Store,
    reader: &Reader,
    file: &SourceFile,
    from: u64,
    compare: bool,
) -> io::Result<Looked> {
    let mut block = Block {
        at: 0,
        bytes: BYTES.take(),
    };
    file.fill(&mut block, from, from + limits::BLOCK)?;
    let mut received: Vec<(String, u64)> = Vec::new();
    let mut sharing = reader.mentions_sharing(&block.bytes).peekable();
    let mut lines = Vec::with_capacity(block.bytes.len() / 512);
    for (from, line) in block.lines() {
        let to = from + line.len();
        while sharing.next_if(|at| *at < from).is_some() {}
        let mentions = sharing.next_if(|at| *at < to).is_some();
        let kind = peek::resource_type(line);
        match received.iter_mut().find(|(known, _)| known == kind) {
            Some((_, count)) => *count += 1,
            None => received.push((kind.to_owned(), 1)),
        }
        lines.push(LookedAt {
            from: block.at + from as u64,
            to: block.at + to as u64,
            hash: if compare {
                store.line_hash(line)
            } else {
                UNKNOWN
            },
            first: mentions || peek::comes_first(kind),
        });
    }
    drop(sharing);
    BYTES.set(block.bytes);
    Ok(Looked { lines, received })
}

/// Hears what a changed line says, as far as it must be known first. The keyed hash of the source's
/// id is returned, if it has one.
fn hear(store: &Store, reader: &Reader, line: &[u8], reading: &mut FirstReading) -> Option<i64> {
    // What cannot be read is complained of in the second reading.
    match reader.read(line).ok()? {
        Statement::Identity(identity) => {
            let rid = store.rid(&format!("Patient/{}", identity.id));
            reading.people.push(*identity);
            Some(rid)
        }
        Statement::Relationship(relationship) => {
            let rid = store.rid(&relationship.source_id);
            reading.subjects.insert(relationship.local_number.clone());
            reading.relationships.push((rid, relationship));
            Some(rid)
        }
        Statement::Sharing(code) => {
            reading.subjects.insert(code.local_number.clone());
            reading.sharing.push(code);
            None
        }
        Statement::Entry(entry) => {
            if !reading.subjects.contains(&*entry.subject) {
                reading.subjects.insert(entry.subject.into_owned());
            }
            Some(store.rid(&entry.id))
        }
        Statement::Organisation => None,
    }
}

fn mark(changed: &mut Vec<ChangedLines>, line: &LookedAt, number: usize) {
    let (from, to) = (line.from, line.to + 1);
    match changed.last_mut() {
        Some(last) if last.first + last.count == number => {
            last.to = to;
            last.count += 1;
        }
        _ => changed.push(ChangedLines {
            from,
            to,
            first: number,
            count: 1,
        }),
    }
}

/// Of last night's lines that did not come again: those whose source id did, and those that went.
fn settle_left(old: &Manifest, left: &[usize], rids: &[i64]) -> (HashMap<i64, Line>, Vec<Line>) {
    let came: HashSet<i64> = rids.iter().copied().collect();
    let (mut replaced, mut gone) = (HashMap::new(), Vec::new());
    for line in left.iter().filter_map(|line| old.line(*line)) {
        if came.contains(&line.rid) {
            replaced.insert(line.rid, line);
        } else if line.made != Made::Aside {
            gone.push(line);
        }
    }
    (replaced, gone)
}
