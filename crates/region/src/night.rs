//! Writes a night: every organisation's folder, the truth and what is to be expected.

use std::{
    fs::{self, File},
    io::{self, Write},
    ops::Range,
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use tributary_model::{Organisation, OrganisationKind};

use crate::{
    feed::{Lines, differ},
    fhir::Sent,
    person::Person,
    plan::{RegionPlan, Site, Standing},
    sheet::Sheet,
    source,
    summary::RegionSummary,
};

/// People looked at in one piece of work: small enough that a round of pieces stays small in memory.
const PIECE: u32 = 192;
/// Pieces of work for each thread in one round.
const PIECES_A_THREAD: usize = 4;

/// Why a night could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RegionError {
    /// A file or folder could not be written.
    #[error("{} could not be written", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What was written for one organisation.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Written {
    /// Its people: Patient lines.
    pub people: u64,
    /// Lines in all its files, odd ones included.
    pub lines: u64,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// Writes night `night` (the first is 1) of every organisation as `dir/<ODS code>/<Type>.ndjson`,
/// with `dir/truth.csv` and `dir/expected.json` beside them.
///
/// Every file of an organisation has its people in the same order, and an organisation sends the
/// same files every night, empty ones too. `progress` is told of each organisation that is done.
pub fn write_night(
    plan: &RegionPlan,
    night: u32,
    dir: &Path,
    progress: &(dyn Fn(&Organisation, Written) + Sync),
) -> Result<RegionSummary, RegionError> {
    make_folder(dir)?;
    let night = night.max(1);
    let mut summary = RegionSummary {
        night,
        ..RegionSummary::default()
    };
    let mut truth = Output::create(dir.join("truth.csv"))?;
    truth.write(b"organisation,patient_id,person,true_nhs_number,what_the_source_sent\n")?;
    for site in plan.sites() {
        let before = (summary.identities, summary.bytes, lines_of(&summary));
        write_site(plan, site, night, dir, &mut truth, &mut summary)?;
        let written = Written {
            people: summary.identities - before.0,
            bytes: summary.bytes - before.1,
            lines: lines_of(&summary) - before.2 + 1,
        };
        progress(&site.organisation, written);
    }
    for list in [
        &mut summary.opted_out,
        &mut summary.consented,
        &mut summary.opted_out_tonight,
        &mut summary.lifted_tonight,
    ] {
        list.sort_unstable();
    }
    Output::create(dir.join("expected.json"))?.write(summary.expected().as_bytes())?;
    Ok(summary)
}

fn lines_of(summary: &RegionSummary) -> u64 {
    summary.lines() + summary.missing_subject + summary.unknown_type + summary.restricted
}

fn write_site(
    plan: &RegionPlan,
    site: &Site,
    night: u32,
    dir: &Path,
    truth: &mut Output,
    summary: &mut RegionSummary,
) -> Result<(), RegionError> {
    let folder = dir.join(&site.code);
    make_folder(&folder)?;
    let kinds = source::files(site.organisation.kind);
    let mut files = kinds
        .iter()
        .map(|kind| {
            Ok((
                *kind,
                Output::create(folder.join(format!("{}.ndjson", kind.name())))?,
            ))
        })
        .collect::<Result<Vec<_>, RegionError>>()?;
    let mut own = Lines::default();
    Sheet::organisation_line(&mut own, site);
    for (kind, file) in &mut files {
        file.write(own.files.get(*kind))?;
    }
    summary.add_lines(&own);
    let candidates = plan.candidates(site);
    let pieces: Vec<Range<u32>> = (candidates.start..candidates.end)
        .step_by(usize::try_from(PIECE).expect("a small number"))
        .map(|first| first..(first + PIECE).min(candidates.end))
        .collect();
    for round in pieces.chunks(rayon::current_num_threads() * PIECES_A_THREAD) {
        let done: Vec<Piece> = round
            .par_iter()
            .map(|people| Piece::write(plan, site, people.clone(), night))
            .collect();
        for piece in &done {
            for (kind, file) in &mut files {
                file.write(piece.lines.files.get(*kind))?;
            }
            truth.write(piece.truth.as_bytes())?;
            piece.add_to(summary);
        }
    }
    Ok(())
}

/// The lines of some people at one organisation.
#[derive(Default)]
struct Piece {
    lines: Lines,
    truth: String,
    found: RegionSummary,
}

impl Piece {
    fn write(plan: &RegionPlan, site: &Site, people: Range<u32>, night: u32) -> Self {
        let mut piece = Self::default();
        let mut yesterday = Lines::default();
        for index in people {
            let Some((person, standing)) = plan.member(site, index, night) else {
                continue;
            };
            piece.lines.take_marks();
            source::write(&mut Sheet::new(
                plan,
                site,
                (&person, standing),
                night,
                &mut piece.lines,
            ));
            let before = (night > 1)
                .then(|| RegionPlan::standing(site, &person, night - 1))
                .flatten();
            if let Some(standing) = before {
                let last = night - 1;
                source::write(&mut Sheet::new(
                    plan,
                    site,
                    (&person, standing),
                    last,
                    &mut yesterday,
                ));
            }
            let now = piece.lines.take_marks();
            piece
                .found
                .add_difference(differ(&yesterday.take_marks(), &now));
            yesterday.clear();
            piece.note(site, &person, standing, night);
        }
        piece
    }

    /// Notes who the identity is and what their practice's codes say.
    fn note(&mut self, site: &Site, person: &Person, standing: Standing, night: u32) {
        let number = person.nhs_number();
        let row = [
            &site.code,
            &site.patient_id(person.index),
            &person.index.to_string(),
            &number.digits(),
            &Sent::of(site, person).words(),
        ];
        self.truth.push_str(&row.map(String::as_str).join(","));
        self.truth.push('\n');
        let current = matches!(standing, Standing::Here | Standing::Moved(_));
        if site.organisation.kind != OrganisationKind::GpPractice || !current {
            return;
        }
        let found = &mut self.found;
        found.people += 1;
        let refused = source::opted_out_by(person, night);
        if refused {
            found.opted_out.push(number);
        } else if person.sharing.consents() || source::lifted_on(person, night).is_some() {
            found.consented.push(number);
        }
        if night > 1 && source::opted_out_on(person, night) == Some(night) {
            found.opted_out_tonight.push(number);
        }
        if source::lifted_on(person, night) == Some(night) {
            found.lifted_tonight.push(number);
        }
    }

    fn add_to(&self, summary: &mut RegionSummary) {
        summary.add_lines(&self.lines);
        summary.people += self.found.people;
        summary.changed += self.found.changed;
        summary.gone += self.found.gone;
        summary.new += self.found.new;
        summary.opted_out.extend(&self.found.opted_out);
        summary.consented.extend(&self.found.consented);
        summary
            .opted_out_tonight
            .extend(&self.found.opted_out_tonight);
        summary.lifted_tonight.extend(&self.found.lifted_tonight);
    }
}

/// A file being written, which knows its path when something fails.
struct Output {
    path: PathBuf,
    file: File,
}

impl Output {
    fn create(path: PathBuf) -> Result<Self, RegionError> {
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file }),
            Err(source) => Err(RegionError::Write { path, source }),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RegionError> {
        self.file
            .write_all(bytes)
            .map_err(|source| RegionError::Write {
                path: self.path.clone(),
                source,
            })
    }
}

fn make_folder(path: &Path) -> Result<(), RegionError> {
    fs::create_dir_all(path).map_err(|source| RegionError::Write {
        path: path.to_owned(),
        source,
    })
}
