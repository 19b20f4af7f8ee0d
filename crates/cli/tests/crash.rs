//! The real server killed at random moments, while feeds hand over and a doctor reads.

#![allow(
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::semicolon_if_nothing_returned,
    clippy::trivially_copy_pass_by_ref,
    clippy::unwrap_used,
    reason = "what panics in a test has failed, which is what it is for"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;
use tributary_model::{
    AccessAction, AccessOutcome, AccountId, Address, Clock, Organisation, OrganisationKind, Origin,
    Requester, Role,
};
use tributary_store::{Circumstances, Lines, Mode, Place, Progress, RootKey, Span, Store};
use tributary_testkit::{
    Answer, Browser, Client, PASSWORD, PRACTICE, Person, Request, TRUST, allergy, bundle, form,
    ndjson, new_account, nhs_number, patient, problem, result, settle,
};

const KILLS: usize = 20;
const BUNDLES: u32 = 40;
/// Entries of each kind of a person in a Bundle.
const ENTRIES: usize = 80;
/// People in the trust's snapshot.
const PEOPLE: u32 = 150;

/// A deployment whose server comes and goes.
struct Deployment {
    folder: PathBuf,
    /// The credentials of the practice's feed of Bundles and of the trust's snapshots.
    bundles: String,
    snapshots: String,
}

/// What is to be handed over, in order, and how far that has come.
struct Sending {
    submissions: Vec<(&'static str, &'static str, String)>,
    acknowledged: Vec<String>,
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % most
    }
}

impl Deployment {
    async fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut deployment = Self {
            folder,
            bundles: String::new(),
            snapshots: String::new(),
        };
        let store = deployment.store().await;
        settle(&store).await;
        for (login, at) in [("doctor", TRUST), ("gp", PRACTICE)] {
            let account = new_account(login, &[(Role::Doctor, at)], Some("2099-12-31"));
            store.create_account(account).await.unwrap();
        }
        for (code, mode) in [(PRACTICE, Mode::Delta), (TRUST, Mode::Snapshot)] {
            let feed = store.feed_of(&code.parse().unwrap(), mode).await.unwrap();
            let secret = store.new_credential(feed.feed).await.unwrap();
            match mode {
                Mode::Delta => deployment.bundles = secret,
                Mode::Snapshot => deployment.snapshots = secret,
            }
        }
        deployment
    }

    /// The stores, opened beside or between servers.
    async fn store(&self) -> Store {
        let root = RootKey::read_or_make(&self.folder.join("root.key")).unwrap();
        Store::open(&Place::Folder(self.folder.join("data")), &root)
            .await
            .unwrap()
    }

    /// Starts the server and waits until it answers.
    async fn serves(&self) -> (Child, Client) {
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_tributary"))
            .args(["serve", "--listen", &address.to_string()])
            .current_dir(&self.folder)
            .env_remove("TRIBUTARY_CONFIG")
            .env("TRIBUTARY_SESSIONS_SECOND_FACTOR", "where-kept")
            .env("TRIBUTARY_FOLDER", self.folder.join("data"))
            .env("TRIBUTARY_ROOT_KEY_FILE", self.folder.join("root.key"))
            .stdout(log.try_clone().unwrap())
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let client = Client(address);
        for _ in 0..1_000 {
            if client.tries(&Request::get("/livez")).await.is_some() {
                return (child, client);
            }
            sleep(Duration::from_millis(10)).await;
        }
        assert!(
            client.tries(&Request::get("/livez")).await.is_some(),
            "the server starts"
        );
        (child, client)
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn hands_over(&self, (code, media_type, body): &(&str, &str, String)) -> Request {
        let secret = if *code == PRACTICE {
            &self.bundles
        } else {
            &self.snapshots
        };
        Request::post(
            format!("/feeds/{code}/submissions"),
            media_type,
            body.clone(),
        )
        .with("authorization", &format!("Bearer {secret}"))
    }

    /// What must hold after every kill: the log is sound, every disclosure that was seen has its
    /// line, and every acknowledged submission is known, once.
    /// Whether a submission was under way is returned.
    async fn is_sound(&self, seen: usize, acknowledged: &[String]) -> bool {
        let store = self.store().await;
        let circumstances = Circumstances {
            origin: Origin {
                address: "a test".to_owned(),
                agent: String::new(),
            },
            now: Clock::system().now(),
            rulebook: String::new(),
            sensitivity: String::new(),
            opens: false,
        };
        let permit = store
            .admit_maintenance("verify", &circumstances)
            .await
            .unwrap();
        let verified = store.verify_log(&permit).await.unwrap();
        assert!(verified.is_ok(), "{verified:?}");
        let officer = Requester {
            account: AccountId(0),
            name: "An officer".to_owned(),
            register: None,
            role: Role::PrivacyOfficer,
            organisation: Organisation {
                code: TRUST.parse().unwrap(),
                name: "Dee Hospital".to_owned(),
                kind: OrganisationKind::AcuteTrust,
            },
        };
        let reviewed = store.admit_review(&officer, Lines::All, String::new(), &circumstances);
        let (review, _) = reviewed.await.unwrap();
        let mut span = Span::ALL;
        let mut written = 0;
        loop {
            let (lines, more) = store.audit_lines(&review, span, 1_000).await.unwrap();
            let looks = lines.iter().filter(|line| {
                line.clear.action == AccessAction::OpenRecord
                    && line.clear.outcome == AccessOutcome::Permitted
            });
            written += looks.count();
            if !more {
                break;
            }
            span.before = lines.last().unwrap().number;
        }
        assert!(
            written >= seen,
            "{seen} disclosures were seen, {written} have a line"
        );
        let names: Vec<String> = store
            .submissions(None)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect();
        let once: BTreeSet<&String> = names.iter().collect();
        assert_eq!(once.len(), names.len(), "a submission is known twice");
        for name in acknowledged {
            assert!(once.contains(name), "an acknowledged submission is missing");
        }
        !store.unfinished().await.unwrap().is_empty()
    }
}

fn with_entries(mut person: Person, count: usize) -> Person {
    for n in 0..count {
        person = person
            .has(problem(&format!("10000{n}"), &format!("Problem {n}")))
            .has(allergy(&format!("Substance {n}")))
            .has(result(
                "1000651000000109",
                "Potassium",
                4.1,
                &format!("2026-10-{:02}", n % 28 + 1),
            ));
    }
    person
}

/// One person of the practice, in a Bundle of their own.
fn in_a_bundle(n: u32) -> Person {
    let person = patient(&format!("B{n}"))
        .nhs(&nhs_number(n))
        .named("Bea", &format!("Bundle{n}"));
    with_entries(person.involved("GP registration").consents(), ENTRIES)
}

/// The people of the trust on one night; a tenth of what is said of them changes each night.
fn night(night: u32) -> Vec<Person> {
    let person = |n: u32| {
        let (local, nhs) = (format!("T{n}"), nhs_number(1_000 + n));
        let changes = if n % 10 == night % 10 { night } else { 0 };
        patient(&local)
            .nhs(&nhs)
            .named("Tom", &format!("Trust{n}"))
            .involved("Hospital care")
            .consents()
            .has(problem(
                "195967001",
                &format!("Asthma as of night {changes}"),
            ))
            .has(allergy("Penicillin"))
    };
    (0..PEOPLE).map(person).collect()
}

const LAST_NIGHT: u32 = 4;

impl Sending {
    fn new() -> Self {
        let mut submissions = Vec::new();
        for n in 0..BUNDLES {
            if n % 10 == 0 {
                let text = ndjson(&night(n / 10 + 1));
                submissions.push((TRUST, "application/fhir+ndjson", text));
            }
            submissions.push((PRACTICE, "application/fhir+json", bundle(&[in_a_bundle(n)])));
        }
        Self {
            submissions,
            acknowledged: Vec::new(),
        }
    }

    /// Hands over what is left, so many at most, until the server is gone. What was not
    /// acknowledged is handed over again.
    async fn goes_on(&mut self, deployment: &Deployment, client: Client, most: usize) {
        let enough = self.acknowledged.len().saturating_add(most);
        while let Some(next) = self.submissions.get(self.acknowledged.len()) {
            let Some(answer) = client.tries(&deployment.hands_over(next)).await else {
                return;
            };
            assert!(matches!(answer.status, 200 | 202), "{}", answer.text());
            let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            let name = told
                .get("name")
                .and_then(serde_json::Value::as_str)
                .unwrap();
            self.acknowledged.push(name.to_owned());
            if self.acknowledged.len() >= enough {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn signs_in(client: Client, login: &str) -> Browser {
    let fields = form(&[("name", login), ("password", PASSWORD)]);
    let answer = client.sends(&Request::form("/sign-in", &fields)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default();
    Browser::with_cookie(client, cookie)
}

/// Reads the record again and again until the server is gone.
async fn reads_on(browser: Browser, patient: Address, seen: Arc<AtomicUsize>) {
    while let Some(answer) = browser.tries(Request::get(record(patient))).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
        if answer.says("Penicillin") {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn record(patient: Address) -> String {
    format!("/patients/{}/record", patient.0.0)
}

/// Waits until everything that was received has been taken in.
async fn is_all_taken_in(deployment: &Deployment) {
    let store = deployment.store().await;
    for _ in 0..600 {
        if store.unfinished().await.unwrap().is_empty() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    let rows = store.submissions(None).await.unwrap();
    for row in rows {
        assert_eq!(row.progress, Progress::Filed, "{}", row.report);
    }
}

async fn address(deployment: &Deployment, code: &str, local: &str) -> Address {
    let store = deployment.store().await;
    let found = store
        .identities_of(&code.parse().unwrap(), &[local])
        .await
        .unwrap();
    Address(
        found
            .into_iter()
            .flatten()
            .next()
            .expect("the patient is known"),
    )
}

/// The resources of a record by type, each of which must stand there once.
async fn resources(browser: &Browser, patient: Address) -> BTreeMap<String, usize> {
    let opened = browser.answers(patient, &[]).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let answer: Answer = browser
        .gets(format!("/fhir/Patient/{}/$everything", patient.0.0))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let bundle: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let mut counts = BTreeMap::new();
    for entry in bundle["entry"].as_array().unwrap() {
        let kind = entry["resource"]["resourceType"].as_str().unwrap();
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_nothing_double_nothing_and_hide_no_look() {
    let deployment = Deployment::new().await;
    let (mut sending, mut dice) = (Sending::new(), Dice(0x0DD5_EED5));
    let (seen, mut cookie) = (Arc::new(AtomicUsize::new(0)), None);
    let mut amid = 0;
    for kill in 0..KILLS {
        let (mut server, client) = deployment.serves().await;
        let browser = match &cookie {
            Some(cookie) => Browser::with_cookie(client, String::clone(cookie)),
            None => first_look(&deployment, &mut sending, client).await,
        };
        let patient = address(&deployment, TRUST, "T0").await;
        cookie.get_or_insert_with(|| browser.cookie());
        let before = seen.load(Ordering::SeqCst);
        #[expect(
            clippy::disallowed_methods,
            reason = "it ends with the server it reads from, and is joined"
        )]
        let reading = tokio::spawn(reads_on(browser, patient, Arc::clone(&seen)));
        if kill % 2 == 0 {
            // Somewhere while things are handed over, or while nothing is.
            let moment = Duration::from_millis(dice.up_to(400));
            let all = sending.goes_on(&deployment, client, usize::MAX);
            let _ = tokio::time::timeout(moment, all).await;
            has_looked(&seen, before).await;
        } else {
            // While what was just acknowledged is being filed.
            sending.goes_on(&deployment, client, 2).await;
            let moment = [0, dice.up_to(25)][kill / 2 % 2];
            sleep(Duration::from_millis(moment)).await;
        }
        server.kill().unwrap();
        server.wait().unwrap();
        reading.await.unwrap();
        let seen = seen.load(Ordering::SeqCst);
        amid += usize::from(deployment.is_sound(seen, &sending.acknowledged).await);
    }
    let (mut server, client) = deployment.serves().await;
    sending.goes_on(&deployment, client, usize::MAX).await;
    assert_eq!(sending.acknowledged.len(), sending.submissions.len());
    is_all_taken_in(&deployment).await;
    everything_is_there_once(&deployment, client).await;
    server.kill().unwrap();
    server.wait().unwrap();
    deployment
        .is_sound(seen.load(Ordering::SeqCst), &sending.acknowledged)
        .await;
    assert!(
        amid > 2,
        "hardly a kill fell while something was being taken in"
    );
    println!(
        "{amid} of {KILLS} kills amid taking in; {} looks",
        seen.load(Ordering::SeqCst)
    );
    let log = fs::read_to_string(deployment.log()).unwrap();
    assert!(!log.contains("panicked"), "{log}");
    let _ = fs::remove_dir_all(&deployment.folder);
}

/// Takes in the trust's first night and opens a record of it, which is then read while servers
/// are killed.
async fn first_look(deployment: &Deployment, sending: &mut Sending, client: Client) -> Browser {
    sending.goes_on(deployment, client, 1).await;
    is_all_taken_in(deployment).await;
    let browser = signs_in(client, "doctor").await;
    let patient = address(deployment, TRUST, "T0").await;
    let opened = browser.answers(patient, &[]).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    browser
}

/// Waits until the record has been read once more than before.
async fn has_looked(seen: &AtomicUsize, before: usize) {
    for _ in 0..3_000 {
        if seen.load(Ordering::SeqCst) > before {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    assert!(seen.load(Ordering::SeqCst) > before, "the record is read");
}

/// Every count is that of a run without a crash.
async fn everything_is_there_once(deployment: &Deployment, client: Client) {
    let gp = signs_in(client, "gp").await;
    for n in 0..BUNDLES {
        let patient = address(deployment, PRACTICE, &format!("B{n}")).await;
        let counts = resources(&gp, patient).await;
        for kind in ["AllergyIntolerance", "Condition", "Observation"] {
            assert_eq!(counts.get(kind), Some(&ENTRIES), "B{n}: {counts:?}");
        }
    }
    let doctor = signs_in(client, "doctor").await;
    for n in 0..20 {
        let patient = address(deployment, TRUST, &format!("T{n}")).await;
        let counts = resources(&doctor, patient).await;
        for kind in ["AllergyIntolerance", "Condition"] {
            assert_eq!(counts.get(kind), Some(&1), "T{n}: {counts:?}");
        }
        let changed = if n % 10 == LAST_NIGHT % 10 {
            LAST_NIGHT
        } else {
            0
        };
        let page = doctor.opens(patient).await;
        assert!(
            page.says(&format!("Asthma as of night {changed}")),
            "T{n}: {}",
            page.text()
        );
        assert_eq!(
            page.text()
                .matches("<tr><td class=\"app-rows__when\">")
                .count(),
            2,
            "T{n}"
        );
    }
}
