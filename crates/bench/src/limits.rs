//! The limits: what the machine and the libraries can do at best.

use std::{
    fs,
    io::Write as _,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::Result;
use rayon::prelude::*;
use rusqlite::{Connection, params};
use tributary_formats::fhir::intake::{Reader, RestrictedCodes, SharingMap};

use crate::{
    Settings, copy,
    region::Region,
    report::Report,
    taking::Filed,
    watch::{Watch, at},
};

/// What reading costs: parsing each line, and hashing each line on all cores.
pub(crate) fn reading(region: &Region, report: &mut Report) -> Result<()> {
    report.heading("Limits");
    let (mut bytes, mut lines) = (0, 0_u64);
    let mut seconds = 0.0;
    for organisation in &region.organisations {
        let reader = Reader::new(
            organisation.clone(),
            &SharingMap::default(),
            &RestrictedCodes::default(),
        );
        let folder = region.night(1).join(organisation.code.as_str());
        for file in fs::read_dir(folder)? {
            let text = fs::read(file?.path())?;
            let watch = Watch::start();
            for line in text
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                std::hint::black_box(reader.read(line).is_ok());
                lines += 1;
            }
            seconds += watch.seconds();
            bytes += text.len();
        }
    }
    report.row(
        "JSON parse with the parser used, one core",
        &format!(
            "{:.0} MB/s, {:.0} lines/s",
            bytes as f64 / seconds / 1e6,
            lines as f64 / seconds
        ),
        "",
    );
    report.row(
        "keyed hash (BLAKE3) of each line, both cores",
        &format!("{:.0} MB/s", keyed_hash(region)? / 1e6),
        "from the page cache",
    );
    Ok(())
}

/// Bytes a second at which all cores hash every line of the first night, files read as they lie.
pub(crate) fn keyed_hash(region: &Region) -> Result<f64> {
    let files = region.files()?;
    let hashed = AtomicU64::new(0);
    let watch = Watch::start();
    for file in files {
        let text = fs::read(file)?;
        let pieces: Vec<&[u8]> = pieces(&text);
        pieces.par_iter().for_each(|piece| {
            for line in lines_of(piece) {
                std::hint::black_box(blake3::keyed_hash(&[7; 32], line));
            }
            hashed.fetch_add(piece.len() as u64, Ordering::Relaxed);
        });
    }
    Ok(hashed.into_inner() as f64 / watch.seconds())
}

fn lines_of(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = piece.get(at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        at += end + 1;
        rest.get(..end)
    })
}

/// A text in pieces of about a mebibyte that end with a line.
fn pieces(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let from = rest.len().min(1 << 20);
        let end = memchr::memchr(b'\n', rest.get(from..).unwrap_or_default())
            .map_or(rest.len(), |end| from + end + 1);
        let (piece, later) = rest.split_at(end);
        pieces.push(piece);
        rest = later;
    }
    pieces
}

/// What storing costs: the same rows into a bare table, and one synced append.
pub(crate) fn storing(settings: &Settings, filed: &Filed, report: &mut Report) -> Result<()> {
    let appends = synced_appends(&settings.folder)?;
    report.row(
        "synced append of 512 bytes",
        &format!("{:.0} µs at the median", appends * 1e6),
        "",
    );
    let rate = match &settings.postgres {
        Some(address) => copy::rate(address)?,
        None => raw_insert(filed)?,
    };
    let what = match settings.postgres {
        Some(_) => "`COPY` of the same rows into the same keyed table",
        None => "raw insert of the same rows into SQLite",
    };
    report.row(what, &format!("{rate:.0} entries/s"), "");
    let target = if settings.postgres.is_some() {
        0.3
    } else {
        0.2
    };
    report.row(
        "**first load** against it",
        &format!("**{:.2}**", filed.load_rate / rate),
        &format!(
            "{:.0} / {rate:.0} entries/s; target {target}; {:.0} a second for each core, target \
             20,000",
            filed.load_rate,
            filed.load_rate / 2.0
        ),
    );
    Ok(())
}

/// Seconds of one synced append, at the median.
pub(crate) fn synced_appends(folder: &Path) -> Result<f64> {
    let path = folder.join("appends");
    let mut file = fs::File::create(&path)?;
    let mut seconds = Vec::new();
    for _ in 0..2_000 {
        let watch = Watch::start();
        file.write_all(&[7; 512])?;
        file.sync_data()?;
        seconds.push(watch.seconds());
    }
    fs::remove_file(path)?;
    seconds.sort_by(f64::total_cmp);
    Ok(at(&seconds, 0.5))
}

/// A row of the entry table.
type Row = (i64, i64, i64, i64, i64, i64, Option<Vec<u8>>);

/// Entries a second into a bare table: key order, same page size and cache, no secondary index; and
/// from the log into the file, as a feed leaves it.
fn raw_insert(filed: &Filed) -> Result<f64> {
    let rows = rows(&filed.folder.join("record.sqlite"))?;
    let path = filed.folder.join("raw.sqlite");
    let _ = fs::remove_file(&path);
    let mut to = Connection::open(&path)?;
    to.execute_batch(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
         PRAGMA cache_size = -65536; \
         CREATE TABLE entry (identity INTEGER NOT NULL, section INTEGER NOT NULL, \
         n INTEGER NOT NULL, version INTEGER NOT NULL, rid INTEGER NOT NULL, \
         filed INTEGER NOT NULL, body BLOB, PRIMARY KEY (identity, section, n, version)) \
         STRICT, WITHOUT ROWID",
    )?;
    let watch = Watch::start();
    for some in rows.chunks(8_192) {
        let tx = to.transaction()?;
        let mut insert =
            tx.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (identity, section, n, version, rid, at, body) in some {
            insert.execute(params![identity, section, n, version, rid, at, body])?;
        }
        drop(insert);
        tx.commit()?;
    }
    to.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let rate = rows.len() as f64 / watch.seconds();
    drop(to);
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(filed.folder.join(format!("raw.sqlite{ending}")));
    }
    Ok(rate)
}

fn rows(file: &Path) -> Result<Vec<Row>> {
    let from = Connection::open(file)?;
    let mut read = from.prepare(
        "SELECT identity, section, n, version, rid, filed, body FROM entry \
         ORDER BY identity, section, n, version LIMIT 2000000",
    )?;
    let rows = read.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
