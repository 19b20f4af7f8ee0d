//! Taking in Bundles: what changed. What a bundle does not mention stays as it was.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use tributary_formats::fhir::intake::{
    Bundle, BundleEntry, Identity, Reader, Statement, read_bundle,
};
use tributary_model::{
    IdentityId, Issue, IssueKind, Organisation, Relationship, Section, SharingCode, SubmissionId,
    Timestamp, Version,
};
use tributary_store::{Along, Feed, Filing, Head, Line, Made, Slot, UNKNOWN};

use crate::{
    Intake, TakeError,
    files::SourceFile,
    limits,
    people::{Settled, Settling},
    report::{Ending, TakeReport},
};

/// Bundles being taken in.
pub(crate) struct Delta<'a> {
    pub intake: &'a Intake,
    pub reader: Arc<Reader>,
    pub feed: &'a Feed,
    pub organisation: &'a Organisation,
    pub submission: SubmissionId,
    pub now: Timestamp,
}

/// What a bundle says, before anything is settled.
#[derive(Default)]
struct Heard<'b> {
    people: Vec<Identity>,
    relationships: Vec<(i64, Relationship)>,
    sharing: Vec<SharingCode>,
    subjects: HashSet<String>,
    rows: Vec<Row<'b>>,
    removals: Vec<i64>,
}

/// A statement that becomes a row.
struct Row<'b> {
    rid: i64,
    subject: String,
    section: Option<Section>,
    body: &'b [u8],
}

/// A row to be filed with what was known of it.
type Wanted<'b> = (IdentityId, Slot, i64, Option<&'b [u8]>);

impl Delta<'_> {
    pub(crate) async fn take(&self, files: Vec<SourceFile>) -> Result<TakeReport, TakeError> {
        let mut report = TakeReport::new(self.submission);
        for file in files {
            let bytes = file.whole(limits::BUNDLE_BYTES)?;
            match read_bundle(&bytes) {
                Ok(bundle) => self.bundle(&file.name, &bundle, &mut report).await?,
                Err(issue) => {
                    report.ending = Ending::Failed;
                    report
                        .why
                        .push(format!("{}: {}: {}", file.name, issue.place, issue.words));
                    report.note(&issue);
                }
            }
        }
        Ok(report)
    }

    async fn bundle(
        &self,
        name: &str,
        bundle: &Bundle<'_>,
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        let mut parked = Vec::new();
        let heard = self.hear(name, bundle, &mut parked, report);
        let rule = self.intake.store.door_rule(&self.intake.rule).await?;
        let settling = Settling {
            store: &self.intake.store,
            reader: &self.reader,
            rule: &rule,
            feed: self.feed,
            organisation: self.organisation,
            now: self.now,
        };
        let Heard {
            people,
            relationships,
            sharing,
            subjects,
            rows,
            removals,
        } = heard;
        let settled = settling
            .settle(
                people,
                &relationships,
                &sharing,
                &subjects,
                &mut report.counts,
            )
            .await?;
        self.file(rows, &removals, &settled, parked, report).await
    }

    fn hear<'b>(
        &self,
        name: &str,
        bundle: &Bundle<'b>,
        parked: &mut Vec<(Issue, Vec<u8>)>,
        report: &mut TakeReport,
    ) -> Heard<'b> {
        let mut heard = Heard::default();
        for (number, entry) in bundle.entries.iter().enumerate() {
            if let Some(id) = entry.removal() {
                report.counts.receive("(removal)", 1);
                heard.removals.push(self.intake.store.rid(id));
                continue;
            }
            let kind = entry
                .resource
                .map(crate::peek::resource_type)
                .unwrap_or_default();
            report
                .counts
                .receive(if kind.is_empty() { "unknown" } else { kind }, 1);
            if let Err(issue) = self.hear_entry(bundle, entry, &mut heard, report) {
                let place = format!("{name} entry {}: {}", number + 1, issue.place);
                let issue = Issue { place, ..issue };
                report.note(&issue);
                if issue.kind.parks() {
                    report.counts.parked += 1;
                    parked.push((issue, entry.resource.unwrap_or_default().to_vec()));
                } else {
                    report.counts.aside += 1;
                }
            }
        }
        heard
    }

    fn hear_entry<'b>(
        &self,
        bundle: &Bundle<'b>,
        entry: &BundleEntry<'b>,
        heard: &mut Heard<'b>,
        report: &mut TakeReport,
    ) -> Result<(), Issue> {
        let store = &self.intake.store;
        let body = entry.resource.unwrap_or_default();
        match self.reader.read_in(bundle, entry)? {
            Statement::Organisation => report.counts.aside += 1,
            Statement::Identity(one) => {
                let rid = store.rid(&format!("Patient/{}", one.id));
                heard.rows.push(Row {
                    rid,
                    subject: one.id.clone(),
                    section: None,
                    body,
                });
                heard.people.push(*one);
            }
            Statement::Relationship(one) => {
                report.counts.new += 1;
                heard.subjects.insert(one.local_number.clone());
                heard.relationships.push((store.rid(&one.source_id), one));
            }
            Statement::Sharing(code) => {
                report.counts.new += 1;
                heard.subjects.insert(code.local_number.clone());
                heard.sharing.push(code);
            }
            Statement::Entry(line) => {
                let subject = line.subject.into_owned();
                heard.subjects.insert(subject.clone());
                let (rid, section) = (store.rid(&line.id), Some(line.section));
                heard.rows.push(Row {
                    rid,
                    subject,
                    section,
                    body,
                });
            }
        }
        Ok(())
    }

    async fn file(
        &self,
        rows: Vec<Row<'_>>,
        removals: &[i64],
        settled: &Settled,
        mut parked: Vec<(Issue, Vec<u8>)>,
        report: &mut TakeReport,
    ) -> Result<(), TakeError> {
        let store = &self.intake.store;
        let rids: Vec<i64> = rows
            .iter()
            .map(|row| row.rid)
            .chain(removals.iter().copied())
            .collect();
        let mut held = store.held_lines(self.feed.feed, &rids).await?;
        let mut identities: Vec<IdentityId> = rows
            .iter()
            .filter_map(|row| settled.identities.get(&row.subject).copied())
            .chain(held.values().filter_map(|line| line.made.identity()))
            .filter(|identity| !settled.turned_away.contains(identity))
            .collect();
        identities.sort_unstable();
        identities.dedup();
        let mut heads = store.heads(&identities).await?;
        let mut wanted: BTreeMap<(IdentityId, Slot), Wanted<'_>> = BTreeMap::new();
        let mut lines = Vec::new();
        for row in &rows {
            let line = self.want(row, settled, &mut held, &mut heads, &mut wanted, report);
            match line {
                Ok(line) => lines.push((self.feed.feed, line)),
                Err(Some(issue)) => {
                    report.note(&issue);
                    report.counts.parked += 1;
                    parked.push((issue, row.body.to_vec()));
                }
                Err(None) => {}
            }
        }
        for line in removals.iter().filter_map(|rid| held.remove(rid)) {
            report.counts.removed += 1;
            lines.push((
                self.feed.feed,
                Line {
                    hash: UNKNOWN,
                    made: Made::Aside,
                    ..line
                },
            ));
            remove(line, &mut wanted);
        }
        let parked = store
            .seal_parked(self.submission, self.feed.feed, &parked, self.now)
            .await?;
        let ciphers = store.ciphers(&identities, true).await?;
        let filings: Vec<Filing<'_>> = wanted
            .into_values()
            .filter(|(identity, ..)| !settled.turned_away.contains(identity))
            .map(|(identity, slot, rid, body)| {
                let before = heads.get(&identity).map_or(0, |head| head.version.0);
                Filing {
                    identity,
                    version: Version(before + 1),
                    slot,
                    rid,
                    body,
                }
            })
            .collect();
        let sealed = store.seal(&ciphers, &filings);
        let along = Along {
            held: lines,
            parked,
            ..Along::default()
        };
        let batch = store.prepare(sealed, &mut heads, along);
        if store.file(batch, self.now).await? {
            Ok(())
        } else {
            Err(TakeError::Moved)
        }
    }

    /// What is to be filed of one statement; the line to be held of it. An error is an issue to
    /// park, or nothing when the statement is as it was.
    fn want<'b>(
        &self,
        row: &Row<'b>,
        settled: &Settled,
        held: &mut HashMap<i64, Line>,
        heads: &mut HashMap<IdentityId, Head>,
        wanted: &mut BTreeMap<(IdentityId, Slot), Wanted<'b>>,
        report: &mut TakeReport,
    ) -> Result<Line, Option<Issue>> {
        let Some(identity) = settled.identities.get(&row.subject).copied() else {
            return Err(Some(Issue {
                kind: IssueKind::NoIdentity,
                place: "subject".to_owned(),
                words: "no Patient of this source has that id: send the Patient in the bundle or \
                        before it"
                    .to_owned(),
            }));
        };
        if settled.turned_away.contains(&identity) {
            report.counts.dropped += 1;
            return Ok(Line {
                hash: UNKNOWN,
                rid: row.rid,
                made: Made::Dropped(identity),
            });
        }
        let hash = self.intake.store.line_hash(row.body);
        let old = held.get(&row.rid).copied();
        if old.is_some_and(|old| old.hash == hash) {
            report.counts.unchanged += 1;
            return Err(None);
        }
        match old {
            Some(old) if old.hash != UNKNOWN => report.counts.changed += 1,
            Some(Line {
                made: Made::Dropped(_),
                ..
            }) => report.counts.restored += 1,
            _ => report.counts.new += 1,
        }
        let (slot, made) = match (row.section, old.map(|old| old.made)) {
            (None, _) => (Slot::Person, Made::Person(identity)),
            (Some(section), Some(Made::Entry(same, before, n)))
                if same == identity && before == section =>
            {
                (
                    Slot::Entry(section, i64::from(n)),
                    Made::Entry(identity, section, n),
                )
            }
            (Some(section), before) => {
                if let (Some(old), Some(Made::Entry(..))) = (old, before) {
                    remove(old, wanted);
                }
                let n = heads.entry(identity).or_default().next(section);
                let short = u32::try_from(n).unwrap_or(u32::MAX);
                (
                    Slot::Entry(section, n),
                    Made::Entry(identity, section, short),
                )
            }
        };
        let rid = if slot == Slot::Person { 0 } else { row.rid };
        wanted.insert((identity, slot), (identity, slot, rid, Some(row.body)));
        let line = Line {
            hash,
            rid: row.rid,
            made,
        };
        held.insert(row.rid, line);
        Ok(line)
    }
}

/// Wants a statement to be gone.
fn remove(line: Line, wanted: &mut BTreeMap<(IdentityId, Slot), Wanted<'_>>) {
    let (identity, slot, rid) = match line.made {
        Made::Entry(identity, section, n) => {
            (identity, Slot::Entry(section, i64::from(n)), line.rid)
        }
        Made::Person(identity) => (identity, Slot::Person, 0),
        Made::Relationship(_) | Made::Sharing(_) | Made::Aside | Made::Dropped(_) => return,
    };
    wanted.insert((identity, slot), (identity, slot, rid, None));
}
