//! The server that is measured, as a process of its own, and the patients it is asked for.

use std::{
    future::pending,
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tributary_gatekeeper::{Config, Gatekeeper, SecondFactor};
use tributary_intake::{Codes, Door, Intake};
use tributary_model::{
    ClinicalDate, Clock, Decider, IdentityId, OdsCode, PreferenceDecision, Register, RegisterEntry,
    Role, SharingChoice,
};
use tributary_policy::Rulebook;
use tributary_store::{DoorRule, NewAccount, RootKey, SessionLimits, Store};
use tributary_web::{WebSettings, app};

use crate::{Settings, region::Region, taking};

/// The password of every account that measures.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A server under way; ended when dropped.
pub(crate) struct Server {
    child: Child,
    pub address: SocketAddr,
}

/// A patient to be asked for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Patient {
    /// The identity of the organisation whose doctor asks.
    pub identity: i64,
    pub organisation: String,
    /// Entries held of the patient.
    pub entries: i64,
}

impl Server {
    /// Starts the server and waits until it listens.
    pub(crate) fn start(settings: &Settings, folder: &Path, patients: &[Patient]) -> Result<Self> {
        let list = folder.join("patients.json");
        std::fs::write(&list, serde_json::to_vec(patients)?)?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .arg(folder)
            .arg(&list)
            .args(&settings.postgres)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("the child's output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line
            .trim()
            .parse()
            .with_context(|| format!("the child said {line:?}"))?;
        Ok(Self { child, address })
    }

    /// Takes in a snapshot in the serving process, and waits until it is done.
    pub(crate) fn begin_feed(&mut self, organisation: &str, folder: &Path) -> Result<()> {
        let input = self.child.stdin.as_mut().context("the child's input")?;
        writeln!(input, "{organisation} {}", folder.display())?;
        Ok(input.flush()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An entry on a register for those who have one.
pub(crate) fn register(role: Role) -> Option<RegisterEntry> {
    (role == Role::Doctor).then(|| RegisterEntry {
        register: Register::Gmc,
        number: "7654321".to_owned(),
        valid_until: ClinicalDate::read("2099-12-31"),
    })
}

/// The patients whose number of entries lies nearest to a page of `around`.
pub(crate) fn choose(
    settings: &Settings,
    folder: &Path,
    region: &Region,
    around: i64,
    count: usize,
) -> Result<Vec<Patient>> {
    const SQL: &str = "SELECT i.patient, f.organisation, CAST(COUNT(*) AS BIGINT) \
         FROM identity i JOIN entry e ON e.identity = i.identity \
         JOIN identity f ON f.identity = i.patient WHERE i.erased IS NULL \
         GROUP BY i.patient, f.organisation";
    let mut patients = if let Some(address) = &settings.postgres {
        from_postgres(address, SQL)?
    } else {
        let db = Connection::open(folder.join("record.sqlite"))?;
        let mut read = db.prepare(SQL)?;
        let rows = read.query_map([], |row| {
            Ok(Patient {
                identity: row.get(0)?,
                organisation: row.get(1)?,
                entries: row.get(2)?,
            })
        })?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    let known = |code: &str| {
        region
            .organisations
            .iter()
            .any(|one| one.code.as_str() == code)
    };
    patients.retain(|patient| known(&patient.organisation));
    patients.sort_by_key(|patient| (patient.entries.abs_diff(around), patient.identity));
    patients.truncate(count);
    Ok(patients)
}

fn from_postgres(address: &str, sql: &str) -> Result<Vec<Patient>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls).await?;
        let read = async {
            client
                .batch_execute("SET search_path = tributary_record")
                .await?;
            let rows = client.query(sql, &[]).await?;
            drop(client);
            Ok::<_, anyhow::Error>(rows)
        };
        let (rows, ended) = tokio::join!(read, connection);
        ended?;
        let patient = |row: &tokio_postgres::Row| Patient {
            identity: row.get(0),
            organisation: row.get(1),
            entries: row.get(2),
        };
        Ok(rows?.iter().map(patient).collect())
    })
}

/// The process that serves until it is ended; a line of its input names a feed to take in.
pub(crate) fn child(words: &[&str]) -> Result<()> {
    let [folder, list, address @ ..] = words else {
        bail!("folder, patients")
    };
    let settings = Settings {
        people: 0,
        folder: PathBuf::new(),
        postgres: address.first().map(|address| (*address).to_owned()),
        write: None,
        seconds: 0,
    };
    let patients: Vec<Patient> = serde_json::from_slice(&std::fs::read(list)?)?;
    // As `tributary serve` makes it.
    let cores = std::thread::available_parallelism()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.get() + 2)
        .enable_all()
        .build()?;
    runtime.block_on(serve(&settings, Path::new(folder), &patients))
}

async fn serve(settings: &Settings, folder: &Path, patients: &[Patient]) -> Result<()> {
    let place = taking::place(settings, folder);
    let store = Store::open(&place, &RootKey::from_bytes([7; 32])).await?;
    prepare(&store, patients).await?;
    let clock = Clock::system();
    let rule = DoorRule::of(Rulebook::cheshire());
    let intake = Intake::new(store.clone(), rule, Codes::default(), clock.clone());
    let gatekeeper = Gatekeeper::new(store.clone(), clock.clone(), config());
    let web = WebSettings {
        tls: false,
        proxied: false,
        notice: None,
        controller: "The region".to_owned(),
        clock,
    };
    let app = app(gatekeeper, Door::new(intake.clone()), web)
        .route("/static/{bytes}", axum::routing::get(fixed));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (feeds, mut asked) = tokio::sync::mpsc::unbounded_channel::<String>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if feeds.send(line).is_err() {
                break;
            }
        }
    });
    let taking = async {
        while let Some(line) = asked.recv().await {
            if let Err(error) = take(&store, &intake, &line).await {
                println!("a feed failed: {error}");
            }
        }
        pending::<()>().await;
    };
    tokio::select! {
        served = tributary_web::serve(listener, app, pending()) => Ok(served?),
        () = taking => Ok(()),
    }
}

/// One account is many people here: it signs in everywhere at once and searches all the time.
fn config() -> Config {
    let plain = Config::default();
    Config {
        second_factor: SecondFactor::WhereKept,
        searches: u32::MAX,
        sessions: SessionLimits {
            per_account: i64::from(u32::MAX),
            ..plain.sessions
        },
        ..plain
    }
}

/// The static handler that a page is held against.
async fn fixed(axum::extract::Path(bytes): axum::extract::Path<usize>) -> Vec<u8> {
    vec![b'x'; bytes.min(16 << 20)]
}

async fn take(store: &Store, intake: &Intake, line: &str) -> Result<()> {
    let (code, folder) = line
        .split_once(' ')
        .context("a feed is a code and a folder")?;
    let all = store.organisations().await?;
    let organisation = all
        .iter()
        .find(|one| one.code.as_str() == code)
        .context("unknown")?;
    intake
        .take(organisation, Path::new(folder), Arc::new(|_| {}))
        .await?;
    Ok(())
}

/// A doctor for each organisation, and the patients' standing consent.
async fn prepare(store: &Store, patients: &[Patient]) -> Result<()> {
    let now = Clock::system().now();
    let mut codes: Vec<&str> = patients
        .iter()
        .map(|one| one.organisation.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let organisation: OdsCode = code.parse()?;
        store
            .create_account(NewAccount {
                login: login(code),
                name: "Dr A. Measure".into(),
                password: PASSWORD.to_owned().into(),
                register: register(Role::Doctor),
                nhs_number: None,
                assignments: vec![(Role::Doctor, organisation)],
            })
            .await?;
    }
    let decisions: Vec<PreferenceDecision> = patients
        .iter()
        .map(|patient| {
            Ok(PreferenceDecision {
                identity: IdentityId(patient.identity),
                choice: SharingChoice::Consent,
                decided: Some(now),
                received: now,
                by: Decider::Feed(patient.organisation.parse()?),
                who: tributary_model::WhoDecided::NotSaid,
                stayed_from: None,
            })
        })
        .collect::<Result<_>>()?;
    store.record_feed_decisions(&decisions).await?;
    Ok(())
}

/// The name to sign in with at an organisation.
pub(crate) fn login(code: &str) -> String {
    format!("measure.{}", code.to_lowercase())
}
