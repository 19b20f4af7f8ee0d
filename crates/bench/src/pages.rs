//! The way out: record pages and records as FHIR, under one, eight and thirty-two clients.

use std::{collections::HashMap, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use anyhow::{Context as _, Result, bail};
use tributary_formats::fhir::{
    entry,
    intake::{Reader, RestrictedCodes, SharingMap, Statement},
};
use tributary_model::{EntryKey, IdentityId, SectionSet, Timestamp, Version};
use tributary_record::{Scope, Sensitivity, SourceEntry, SourceIdentity, Sources, combine};
use zstd::bulk::{Compressor, Decompressor};

use crate::{
    Settings,
    client::Client,
    limits,
    region::Region,
    report::Report,
    serving::{self, PASSWORD, Patient, Server},
    taking::Filed,
    watch::{Watch, at},
};

/// Entries of the page that is measured.
const ENTRIES: i64 = 300;
/// Different patients that are asked for.
const PATIENTS: usize = 2_200;

/// Pages by which the floor is measured.
const FLOOR_PAGES: usize = 400;

/// What a number of clients saw.
struct Seen {
    milliseconds: Vec<f64>,
    seconds: f64,
    bytes: usize,
}

impl Seen {
    fn rate(&self) -> f64 {
        self.milliseconds.len() as f64 / self.seconds
    }

    fn words(&self) -> String {
        format!(
            "{:.2} ms median, {:.2} p99, {:.0}/s",
            at(&self.milliseconds, 0.5),
            at(&self.milliseconds, 0.99),
            self.rate()
        )
    }
}

pub(crate) fn all(
    settings: &Settings,
    region: &Region,
    filed: &Filed,
    report: &mut Report,
) -> Result<()> {
    let floor = floor(region)?;
    let patients = serving::choose(settings, &filed.folder, region, ENTRIES, PATIENTS)?;
    let mut server = Server::start(settings, &filed.folder, &patients)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(
        settings,
        region,
        &patients,
        floor,
        &mut server,
        report,
    ))
}

async fn measure(
    settings: &Settings,
    region: &Region,
    patients: &[Patient],
    floor: f64,
    server: &mut Server,
    report: &mut Report,
) -> Result<()> {
    let open = Arc::new(open_records(server.address, patients).await?);
    if open.len() < 2_000 {
        report.line(&format!(
            "Only {} patients could be opened; 2,000 were wanted.",
            open.len()
        ));
    }
    let entries = open.iter().map(|one| one.entries).sum::<i64>() as f64 / open.len() as f64;
    let (fewest, most) = (
        open.iter().map(|one| one.entries).min(),
        open.iter().map(|one| one.entries).max(),
    );
    report.heading(&format!(
        "The way out: {} patients with {entries:.0} entries each on average ({} to {})",
        open.len(),
        fewest.unwrap_or(0),
        most.unwrap_or(0)
    ));
    let synced = limits::synced_appends(&settings.folder)? * 1e3;
    let scaled = floor * entries / ENTRIES as f64;
    report.row(
        "in-memory floor of a page of 300 entries",
        &format!("{floor:.2} ms on one core"),
        &format!("{scaled:.2} ms for {entries:.0} entries; one synced append {synced:.2} ms"),
    );
    let page = |one: &Open| format!("/patients/{}/record", one.identity);
    let fhir = |one: &Open| format!("/fhir/Patient/{}/$everything", one.identity);
    let span = Duration::from_secs(settings.seconds);
    let one = ask(server.address, &open, 1, span, page).await?;
    let bytes = one.bytes / one.milliseconds.len().max(1);
    let still = ask(server.address, &open, 8, span, move |_| {
        format!("/static/{bytes}")
    })
    .await?;
    report.row(
        &format!(
            "static handler of as many bytes ({} kB), 8 clients",
            bytes / 1000
        ),
        &still.words(),
        "",
    );
    let median = at(&one.milliseconds, 0.5);
    report.row(
        "**record page, 1 client** against the floor and one synced write",
        &format!("**{:.2}**", median / (scaled + synced)),
        &format!("{}; target: at most 2", one.words()),
    );
    let eight = ask(server.address, &open, 8, span, page).await?;
    let cores = 2.0 * 1e3 / scaled;
    report.row(
        "**record page, 8 clients** against both cores' floor",
        &format!("**{:.2}**", eight.rate() / cores),
        &format!(
            "{}; {:.0} entries shown a second; floor {cores:.0}/s; target 0.3 and 50,000",
            eight.words(),
            eight.rate() * entries
        ),
    );
    let spread = at(&eight.milliseconds, 0.99) / at(&eight.milliseconds, 0.5);
    let alone = at(&one.milliseconds, 0.99) / median;
    report.row(
        "**p99 over median**, 1 and 8 clients",
        &format!("**{alone:.1} and {spread:.1}**"),
        "target: at most 5",
    );
    let many = ask(server.address, &open, 32, span, page).await?;
    report.row("record page, 32 clients", &many.words(), "");
    for clients in [1, 8, 32] {
        let seen = ask(server.address, &open, clients, span, fhir).await?;
        report.row(
            &format!("record as FHIR, {clients} clients"),
            &seen.words(),
            "",
        );
    }
    // The second night is filed by now, so that the first is a night with one line in a hundred
    // changed; feeds go on for as long as is measured.
    for organisation in &region.organisations {
        let code = organisation.code.as_str();
        server.begin_feed(code, &region.night(1).join(code))?;
    }
    for clients in [1, 8] {
        let seen = ask(server.address, &open, clients, span, page).await?;
        let what = format!("record page while feeds are taken in, {clients} clients");
        report.row(&what, &seen.words(), "");
    }
    Ok(())
}

/// A record opened by its organisation's doctor.
struct Open {
    identity: i64,
    entries: i64,
    cookie: String,
}

/// Signs in at each organisation and opens each record once, stating a part in the care.
async fn open_records(host: SocketAddr, patients: &[Patient]) -> Result<Vec<Open>> {
    let mut client = Client::connect(host).await?;
    let mut cookies: HashMap<&str, String> = HashMap::new();
    let mut open = Vec::new();
    for patient in patients {
        if !cookies.contains_key(patient.organisation.as_str()) {
            let password = PASSWORD.replace(' ', "+");
            let form = format!(
                "name={}&password={password}",
                serving::login(&patient.organisation)
            );
            let answer = client.post("/sign-in", "", &form).await?;
            let cookie = answer.cookie.with_context(|| {
                format!(
                    "signing in at {} answered {}",
                    patient.organisation, answer.status
                )
            })?;
            cookies.insert(&patient.organisation, cookie);
        }
        let cookie = cookies
            .get(patient.organisation.as_str())
            .context("a cookie")?
            .clone();
        let path = format!("/patients/{}/permission", patient.identity);
        let answer = client.post(&path, &cookie, "sent=1&part=treating").await?;
        if answer.status == 303 {
            open.push(Open {
                identity: patient.identity,
                entries: patient.entries,
                cookie,
            });
        }
    }
    if open.is_empty() {
        bail!("no record could be opened");
    }
    Ok(open)
}

/// Asks for one page after the other, each client from its own place in the list.
async fn ask(
    host: SocketAddr,
    open: &Arc<Vec<Open>>,
    clients: usize,
    span: Duration,
    path: impl Fn(&Open) -> String,
) -> Result<Seen> {
    let watch = Watch::start();
    let each = (0..clients).map(|number| {
        let path = &path;
        async move {
            let mut client = Client::connect(host).await?;
            let (mut milliseconds, mut bytes) = (Vec::new(), 0);
            let from = number * open.len() / clients;
            for one in open.iter().cycle().skip(from) {
                if watch.elapsed() > span {
                    break;
                }
                let asked = Watch::start();
                let answer = client.get(&path(one), &one.cookie).await?;
                milliseconds.push(asked.seconds() * 1e3);
                if answer.status != 200 {
                    bail!("{} answered {}", path(one), answer.status);
                }
                bytes += answer.bytes;
            }
            Ok((milliseconds, bytes))
        }
    });
    let mut seen = Seen {
        milliseconds: Vec::new(),
        seconds: 0.0,
        bytes: 0,
    };
    for client in futures_util::future::join_all(each).await {
        let (milliseconds, bytes) = client?;
        seen.milliseconds.extend(milliseconds);
        seen.bytes += bytes;
    }
    seen.seconds = watch.seconds();
    seen.milliseconds.sort_by(f64::total_cmp);
    Ok(seen)
}

/// The floor: milliseconds to open, decompress, parse, combine and render a page of 300 entries
/// whose sealed bodies lie in memory. Each page is another one, as each patient's is.
fn floor(region: &Region) -> Result<f64> {
    let practice = region.organisations.first().context("a practice")?;
    let folder = region.night(1).join(practice.code.as_str());
    let reader = Reader::new(
        practice.clone(),
        &SharingMap::default(),
        &RestrictedCodes::default(),
    );
    let (person, lines) = person_and_lines(&folder, &reader)?;
    let dictionary = tributary_store::dictionary();
    let cipher = Aes256Gcm::new(&[7_u8; 32].into());
    let pages = pages_of(&lines)
        .map(|page| seal(&page, &cipher, dictionary))
        .collect::<Result<Vec<Sealed>>>()?;
    let mut milliseconds = Vec::new();
    for page in &pages {
        let watch = Watch::start();
        let mut decompressor = Decompressor::with_dictionary(dictionary)?;
        let mut entries = Vec::with_capacity(page.len());
        for (number, (body, section)) in page.iter().enumerate() {
            let payload = Payload {
                msg: body,
                aad: &[7; 42],
            };
            let packed = cipher
                .decrypt(&nonce(number), payload)
                .map_err(|_| sealing())?;
            let size = Decompressor::upper_bound(&packed).context("a size")?;
            let line = decompressor.decompress(&packed, size)?;
            let (entry, _) = entry::read(&line, *section);
            let n = number as i64;
            let key = EntryKey {
                identity: IdentityId(1),
                section: *section,
                n,
                version: Version(1),
            };
            entries.push(SourceEntry {
                key,
                filed: Timestamp(0),
                entry,
            });
        }
        let sources = Sources {
            identities: vec![SourceIdentity {
                identity: IdentityId(1),
                organisation: practice.clone(),
                demographics: person.clone(),
                refreshed: Some(Timestamp(0)),
                late_since: None,
                supplies: SectionSet::all(),
            }],
            entries,
            waiting_to_be_linked: Vec::new(),
            hidden_by_agreement: Vec::new(),
            now: tributary_model::Clock::system().now(),
        };
        let scope = Scope {
            sections: SectionSet::all(),
            sensitive: Sensitivity::default(),
        };
        let page = tributary_web::samples::record_page(combine(sources, &scope))();
        std::hint::black_box(page.len());
        milliseconds.push(watch.seconds() * 1e3);
    }
    milliseconds.sort_by(f64::total_cmp);
    Ok(at(&milliseconds, 0.5))
}

type Line = (Vec<u8>, tributary_model::Section);
type Sealed = Vec<(Vec<u8>, tributary_model::Section)>;

/// A person and all clinical lines of a practice.
fn person_and_lines(
    folder: &Path,
    reader: &Reader,
) -> Result<(tributary_model::Demographics, Vec<Line>)> {
    let patients = std::fs::read(folder.join("Patient.ndjson"))?;
    let first = patients
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let Ok(Statement::Identity(person)) = reader.read(first) else {
        bail!("a Patient")
    };
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder)? {
        for line in std::fs::read(file?.path())?.split(|byte| *byte == b'\n') {
            if let Ok(Statement::Entry(entry)) = reader.read(line) {
                all.push((line.to_vec(), entry.section));
            }
        }
    }
    Ok((person.demographics, all))
}

/// Pages of 300 lines, each of its own lines and each with a practice's mixture of kinds.
fn pages_of(lines: &[Line]) -> impl Iterator<Item = Vec<&Line>> {
    let step = (lines.len() / ENTRIES as usize).max(1);
    let page = move |first| {
        lines
            .iter()
            .skip(first)
            .step_by(step)
            .take(ENTRIES as usize)
    };
    (0..step.min(FLOOR_PAGES)).map(move |first| page(first).collect())
}

fn seal(page: &[&Line], cipher: &Aes256Gcm, dictionary: &[u8]) -> Result<Sealed> {
    let mut compressor = Compressor::with_dictionary(1, dictionary)?;
    let seal = |(number, (line, section)): (usize, &&Line)| {
        let packed = compressor.compress(line)?;
        let payload = Payload {
            msg: &packed,
            aad: &[7; 42],
        };
        let body = cipher
            .encrypt(&nonce(number), payload)
            .map_err(|_| sealing())?;
        Ok((body, *section))
    };
    page.iter().enumerate().map(seal).collect()
}

fn nonce(number: usize) -> aes_gcm::aead::Nonce<Aes256Gcm> {
    let mut nonce = [0; 12];
    for (to, from) in nonce.iter_mut().zip(number.to_le_bytes()) {
        *to = from;
    }
    nonce.into()
}

fn sealing() -> anyhow::Error {
    anyhow::anyhow!("AES-GCM failed")
}
