//! `cargo xtask bench audit`: the audit log at ten million lines, and how fast lines become durable.
//!
//! The lines are real: each has its leaf, its commitments, its sealed text, its place in the chain and
//! its look-ups, written as the log writes them, but many in one transaction.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result, bail};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use tributary_gatekeeper::{AccessQuery, Config, Gatekeeper, Outcome, Which};
use tributary_model::{
    AccessAction, AccessOutcome, AccountId, Address, ClinicalDate, Clock, Decider, IdentityId,
    Organisation, OrganisationKind, Origin, Part, PreferenceDecision, Purpose, Relationship,
    RelationshipKind, Requester, Role, SectionSet, SharingChoice, Statement, Timestamp, Version,
};
use tributary_policy::{Ask, Decision, Rulebook, decide};
use tributary_store::{
    Agreement, Circumstances, Clear, KeptNote, Mode, NewAccount, NewIdentity, NumberStatus,
    Personal, Place, RootKey, Shown, Store, Who, Whose,
};

use crate::{
    limits,
    report::Report,
    watch::{Watch, at, peak_memory},
};

/// Lines of the small log and of the large one.
const SMALL: i64 = 100_000;
/// Patients whose records are looked at: as many as make both logs hold as many lines of each.
const LINES_OF_A_PATIENT: i64 = 100;
const ACCOUNTS: i64 = 2_000;
const BATCH: i64 = 250_000;
const CLIENTS: usize = 32;

/// What is measured: `audit [--lines N] [--folder F] [--make]`.
pub(crate) struct Asked {
    pub(crate) lines: i64,
    pub(crate) folder: std::path::PathBuf,
    /// Only makes the logs.
    pub(crate) make: bool,
    /// Only measures one thing in this process, so that its memory is its own.
    pub(crate) part: String,
}

pub(crate) fn run(asked: &Asked) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism()?.get() + 2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match asked.part.as_str() {
            "month" => return month(&large(asked)).await,
            "" => {}
            other => bail!("unknown part {other}"),
        }
        for (folder, lines) in [(small(asked), SMALL), (large(asked), asked.lines)] {
            fill(&folder, lines).await?;
        }
        if asked.make {
            return Ok(());
        }
        let mut report = Report::on("SQLite")?;
        report.heading(&format!("The audit log at {} lines", asked.lines));
        deciding(asked, &mut report).await?;
        reporting(asked, &mut report).await?;
        witnessing(asked, &mut report).await?;
        month_apart(asked, &mut report)
    })
}

fn small(asked: &Asked) -> std::path::PathBuf {
    asked.folder.join(format!("audit-{SMALL}"))
}

fn large(asked: &Asked) -> std::path::PathBuf {
    asked.folder.join(format!("audit-{}", asked.lines))
}

async fn open(folder: &Path) -> Result<Store> {
    let place = Place::Folder(folder.to_owned());
    Ok(Store::open(&place, &RootKey::from_bytes([42; 32])).await?)
}

fn organisation() -> Result<Organisation> {
    Ok(Organisation {
        code: "R9901".parse()?,
        name: "Dee Hospital".to_owned(),
        kind: OrganisationKind::AcuteTrust,
    })
}

fn circumstances(now: Timestamp) -> Circumstances {
    Circumstances {
        origin: Origin {
            address: "10.3.7.21".to_owned(),
            agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0".to_owned(),
        },
        now,
        rulebook: "cheshire 1".to_owned(),
        sensitivity: "stand-in 1".to_owned(),
        opens: false,
    }
}

fn beginning() -> Timestamp {
    ClinicalDate::read("2026-10-01T00:00:00Z").map_or(Timestamp(0), |date| date.sort)
}

/// Fills a log up to so many lines over 40 days.
async fn fill(folder: &Path, lines: i64) -> Result<()> {
    let store = open(folder).await?;
    let organisation = organisation()?;
    if store.count_lines().await? == 0 {
        people(&store, &organisation, lines).await?;
    }
    let watch = Watch::start();
    let mut have = store.count_lines().await?;
    while have < lines {
        let to = lines.min(have + BATCH);
        let line = |number| line(number, lines, &organisation);
        store.write_in_bulk((have..to).map(line).collect()).await?;
        have = to;
        println!("{have} lines in {:.0} s", watch.seconds());
    }
    store.checkpoint(1, beginning()).await?;
    store.truncate_logs().await?;
    Ok(())
}

/// The organisation, its doctor, its privacy officer and its patients.
async fn people(store: &Store, organisation: &Organisation, lines: i64) -> Result<()> {
    let now = beginning();
    store.put_organisation(organisation).await?;
    let agreement = Agreement {
        organisation: organisation.code.clone(),
        begins: now.plus(-Timestamp::DAY),
        ends: None,
        feeds: true,
        views: true,
        supplies: SectionSet::all(),
        signed_by: "A. Caldicott".to_owned(),
    };
    store.put_agreement(&agreement, now).await?;
    for (login, role) in [("doctor", Role::Doctor), ("officer", Role::PrivacyOfficer)] {
        let new = NewAccount {
            login: login.to_owned(),
            name: format!("Dr {login}"),
            password: "correct horse battery staple".to_owned().into(),
            register: crate::serving::register(role),
            nhs_number: None,
            assignments: vec![(role, organisation.code.clone())],
        };
        store.create_account(new).await?;
    }
    let feed = store
        .feed_of(&organisation.code, Mode::Snapshot)
        .await?
        .feed;
    let patients = lines / LINES_OF_A_PATIENT;
    let first = store.identity_numbers(usize::try_from(patients)?).await?;
    let new = |n: i64| NewIdentity {
        identity: IdentityId(first.0 + n),
        joins: None,
        number_status: NumberStatus::Absent,
        find: Vec::new(),
        link: Vec::new(),
    };
    let new: Vec<NewIdentity> = (0..patients).map(new).collect();
    for some in new.chunks(10_000) {
        store
            .add_identities(feed, &organisation.code, some, now)
            .await?;
    }
    Ok(())
}

/// A line as a look at a record leaves it.
fn line(number: i64, lines: i64, organisation: &Organisation) -> (Clear, Personal) {
    let patients = lines / LINES_OF_A_PATIENT;
    // Spread over the patients so that no two lines of one lie together.
    let identity = IdentityId(1 + (number.wrapping_mul(7_919) % patients).abs());
    let step = 40 * Timestamp::DAY / lines;
    let account = AccountId(10 + number % ACCOUNTS);
    let now = circumstances(beginning().plus(number * step));
    let clear = Clear {
        at: now.now,
        action: AccessAction::OpenRecord,
        outcome: AccessOutcome::Permitted,
        account: Some(account),
        role: Some(Role::Doctor),
        organisation: Some(organisation.code.clone()),
        purpose: Some(Purpose::DirectCare),
        part: Some(Part::Treating),
        rule: 7,
        rulebook: now.rulebook.clone(),
        basis: "The patient's standing consent".to_owned(),
        flagged: None,
        sections: Some(SectionSet::all()),
        sensitivity: now.sensitivity.clone(),
        state: Some(1),
        about: None,
    };
    let whose = Whose {
        address: Some(Address(identity)),
        identities: vec![Shown {
            identity,
            version: Version(1),
            organisation: organisation.code.clone(),
        }],
        ..Whose::default()
    };
    let personal = Personal {
        who: Some(Who {
            name: format!("Dr A. Example {}", account.0),
            register: crate::serving::register(Role::Doctor),
            organisation: Some(organisation.clone()),
        }),
        origin: now.origin,
        whose: Some(whose),
        words: String::new(),
    };
    (clear, personal)
}

async fn requester(store: &Store, login: &str) -> Result<Requester> {
    let logins = store.logins().await?;
    let (_, id) = logins
        .iter()
        .find(|(known, _)| known == login)
        .context("the account was made")?;
    let account = store.account(*id).await?.context("the account was made")?;
    let (_, role, organisation) = account.assignments.first().context("it has a role")?;
    Ok(Requester {
        account: account.account,
        name: account.name,
        register: account.register,
        role: *role,
        organisation: organisation.clone(),
    })
}

/// Facts, decision and durable line, by 32 clients, against single synced appends.
async fn deciding(asked: &Asked, report: &mut Report) -> Result<()> {
    let folder = asked.folder.join("audit-deciding");
    let _ = std::fs::remove_dir_all(&folder);
    let store = open(&folder).await?;
    let organisation = organisation()?;
    people(&store, &organisation, 1_000 * LINES_OF_A_PATIENT).await?;
    let related = |identity: i64| {
        let relationship = Relationship {
            source_id: identity.to_string(),
            local_number: identity.to_string(),
            organisation: organisation.code.clone(),
            kind: RelationshipKind::Admission,
            from: Some(beginning()),
            until: None,
            referred_by: None,
        };
        (IdentityId(identity), identity, relationship)
    };
    let related: Vec<_> = (1..=1_000).map(related).collect();
    store.put_relationships(&related, beginning()).await?;
    let consents = (1..=1_000).map(|identity| PreferenceDecision {
        identity: IdentityId(identity),
        choice: SharingChoice::Consent,
        decided: Some(beginning()),
        received: beginning(),
        by: Decider::Feed(organisation.code.clone()),
        who: tributary_model::WhoDecided::NotSaid,
        stayed_from: None,
    });
    store
        .record_feed_decisions(&consents.collect::<Vec<_>>())
        .await?;
    let doctor = requester(&store, "doctor").await?;
    let (rulebook, mut clients) = (Arc::new(Rulebook::cheshire()), JoinSet::new());
    let watch = Watch::start();
    for client in 0..CLIENTS {
        let (store, doctor, rulebook) = (store.clone(), doctor.clone(), Arc::clone(&rulebook));
        clients.spawn(async move {
            let mut took = Vec::new();
            let mut patient = client;
            while watch.seconds() < 5.0 {
                patient = (patient + 37) % 1_000;
                let one = Watch::start();
                decide_once(&store, &doctor, &rulebook, patient).await?;
                took.push(one.seconds());
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(client) = clients.join_next().await {
        took.extend(client??);
    }
    let rate = took.len() as f64 / watch.seconds();
    took.sort_by(f64::total_cmp);
    let append = limits::synced_appends(&asked.folder)?;
    let (median, late) = (at(&took, 0.5), at(&took, 0.99));
    report.row(
        "**facts → decision → durable line, 32 clients** against single synced appends",
        &format!("**{:.2}**", rate * append),
        &format!(
            "{rate:.0} decisions/s; one synced append of 512 bytes takes {:.0} µs, {:.0}/s; target 3",
            append * 1e6,
            1.0 / append
        ),
    );
    report.row(
        "**p99 over median** of the same",
        &format!("**{:.1}**", late / median),
        &format!(
            "{:.2} ms median, {:.2} p99; target at most 5",
            median * 1e3,
            late * 1e3
        ),
    );
    Ok(())
}

async fn decide_once(
    store: &Store,
    doctor: &Requester,
    rulebook: &Rulebook,
    patient: usize,
) -> Result<()> {
    let now = beginning().plus(Timestamp::HOUR);
    let address = Address(IdentityId(1 + patient as i64));
    let gathered = store.gather(doctor, address, rulebook, now).await?;
    let ask = Ask {
        requester: doctor.clone(),
        patient: gathered.view.patient(),
        address,
        purpose: Purpose::DirectCare,
        part: Some(Part::Treating),
        statement: Statement::Nothing,
        action: AccessAction::OpenRecord,
    };
    let Decision::Permitted(permitted) = decide(rulebook, ask, &gathered.facts, now) else {
        bail!("not permitted");
    };
    let permit = store
        .admit(permitted, &gathered, &circumstances(now))
        .await?;
    std::hint::black_box(permit.access());
    Ok(())
}

/// A patient's report in the large log against the small one.
async fn reporting(asked: &Asked, report: &mut Report) -> Result<()> {
    let mut medians = Vec::new();
    for folder in [small(asked), large(asked)] {
        let store = open(&folder).await?;
        let officer = requester(&store, "officer").await?;
        let clock = Clock::standing_at(beginning().plus(41 * Timestamp::DAY));
        let gate = Gatekeeper::new(store, clock, Config::default());
        let (mut took, mut lines) = (Vec::new(), 0);
        for patient in 0..200 {
            let watch = Watch::start();
            let address = Address(IdentityId(1 + patient * 3));
            let made = gate
                .patient_report(&officer, address, None, &Origin::default())
                .await?;
            took.push(watch.seconds());
            if let Outcome::Disclosed(made) = made {
                lines += made.shown().sentences.len();
            }
        }
        took.sort_by(f64::total_cmp);
        medians.push((at(&took, 0.5), at(&took, 0.99), lines / 200));
    }
    let [small, large] = medians.as_slice() else {
        bail!("two logs");
    };
    report.row(
        &format!(
            "**a patient's report**, {} lines against {SMALL}",
            asked.lines
        ),
        &format!("**{:.2}**", large.0 / small.0),
        &format!(
            "{:.2} ms median ({:.2} p99) for {} lines of the patient, {:.2} ms ({:.2} p99) for {}; \
             target at most 3",
            large.0 * 1e3,
            large.1 * 1e3,
            large.2,
            small.0 * 1e3,
            small.1 * 1e3,
            small.2
        ),
    );
    Ok(())
}

/// Verifying against a witness, and plainly hashing the same lines as they are stored.
async fn witnessing(asked: &Asked, report: &mut Report) -> Result<()> {
    let folder = large(asked);
    let store = open(&folder).await?;
    let note = store
        .last_note()
        .await?
        .context("a checkpoint was signed")?;
    let kept = KeptNote {
        place: "the witness".to_owned(),
        note,
    };
    let file = folder.join("audit.sqlite");
    let plain = {
        let watch = Watch::start();
        let threads = std::thread::available_parallelism()?.get();
        let lines = store.count_lines().await?;
        let share = lines / threads as i64 + 1;
        let mut hashing = Vec::new();
        for thread in 0..threads as i64 {
            let file = file.clone();
            hashing.push(std::thread::spawn(move || {
                hash_stored(&file, thread * share, (thread + 1) * share)
            }));
        }
        for thread in hashing {
            thread.join().map_err(|_| anyhow::anyhow!("hashing"))??;
        }
        watch.seconds()
    };
    let permit = store
        .admit_maintenance("bench", &circumstances(beginning()))
        .await?;
    let watch = Watch::start();
    let found = store.verify_witnessed(&permit, &[kept]).await?;
    let took = watch.seconds();
    let sound = found.map_err(|fault| anyhow::anyhow!("{fault}"))?;
    report.row(
        "**verify against a witness** over hashing the stored lines",
        &format!("**{:.2}**", took / plain),
        &format!(
            "{took:.1} s for {} lines ({:.0} a second); reading and hashing each line once on all \
             cores {plain:.1} s; target at most 2",
            sound.lines,
            sound.lines as f64 / took
        ),
    );
    Ok(())
}

fn hash_stored(file: &Path, from: i64, to: i64) -> Result<()> {
    let db = Connection::open(file)?;
    let mut read = db.prepare(
        "SELECT leaf FROM audit_line WHERE number >= ?1 AND number < ?2 ORDER BY number",
    )?;
    let mut rows = read.query([from, to])?;
    while let Some(row) = rows.next()? {
        std::hint::black_box(Sha256::digest(row.get_ref(0)?.as_blob()?));
    }
    Ok(())
}

/// An organisation's month, streamed in a process of its own.
fn month_apart(asked: &Asked, report: &mut Report) -> Result<()> {
    let mut said = Vec::new();
    for lines in [SMALL, asked.lines] {
        let out = std::process::Command::new(std::env::current_exe()?)
            .args(["audit", "--part", "month", "--lines"])
            .arg(lines.to_string())
            .arg("--folder")
            .arg(&asked.folder)
            .output()?;
        let text = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        if !out.status.success() {
            bail!("the month: {}", String::from_utf8_lossy(&out.stderr));
        }
        let mut words = text.split(' ').map(str::to_owned);
        let mut next = || words.next().unwrap_or_default();
        said.push((next(), next(), next()));
    }
    for (lines, seconds, peak) in said {
        report.row(
            "an organisation's month, streamed: peak memory of the process",
            &format!("{peak} MiB"),
            &format!("{lines} lines in {seconds} s"),
        );
    }
    Ok(())
}

async fn month(folder: &Path) -> Result<()> {
    let store = open(folder).await?;
    let officer = requester(&store, "officer").await?;
    let clock = Clock::standing_at(beginning().plus(41 * Timestamp::DAY));
    let gate = Gatekeeper::new(store, clock, Config::default());
    let query = AccessQuery {
        which: Which::OurPatients,
        from: Some(beginning()),
        until: Some(beginning().plus(31 * Timestamp::DAY)),
        before: None,
    };
    let watch = Watch::start();
    let mut export = gate
        .export_accesses(&officer, &query, "", &Origin::default())
        .await?;
    let mut lines = 0;
    while let Some(some) = export.shown_mut().next().await? {
        lines += some.len();
    }
    let mebibytes = peak_memory() / 1_048_576;
    println!("{lines} {:.1} {mebibytes}", watch.seconds());
    Ok(())
}
