//! A whole region in one line: stores on either engine, organisations with their agreements, the way
//! in, the way out, and the real server on a port of its own.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::{net::TcpListener, task::JoinSet};
use tributary_gatekeeper::{Config, Gatekeeper, SecondFactor, WaysIn};
use tributary_intake::{Codes, Door, Intake, TakeError, TakeReport};
use tributary_model::{
    AccessAction, AccessOutcome, AccountId, Address, ClinicalDate, Clock, Decider, Organisation,
    OrganisationKind, Origin, PreferenceDecision, Profession, Register, RegisterEntry, Requester,
    Role, SectionSet, SharingChoice, Timestamp,
};
use tributary_openid::LaunchSystem;
use tributary_policy::{Rulebook, Settings};
use tributary_store::{
    Agreement, AuditLine, Circumstances, DoorRule, Lines, NewAccount, Place, RootKey,
    SessionLimits, Span, Store,
};
use tributary_web::WebSettings;

use crate::{Browser, Client, Person, feed::write_snapshot, heard};

/// A GP practice: Mill Lane Surgery.
pub const PRACTICE: &str = "N99001";
/// Another GP practice: Ferry Road Surgery.
pub const OTHER_PRACTICE: &str = "N99002";
/// An acute trust: Dee Hospital.
pub const TRUST: &str = "R9901";
/// A council: Dee Council.
pub const COUNCIL: &str = "C9901";
/// A private company: Care Ltd.
pub const COMPANY: &str = "P9901";
/// The address of the pages as people know it.
pub const BASE: &str = "https://tributary.example";
/// The password of every account.
pub const PASSWORD: &str = "correct horse battery staple";

const ORGANISATIONS: [(&str, &str, OrganisationKind); 5] = [
    (PRACTICE, "Mill Lane Surgery", OrganisationKind::GpPractice),
    (
        OTHER_PRACTICE,
        "Ferry Road Surgery",
        OrganisationKind::GpPractice,
    ),
    (TRUST, "Dee Hospital", OrganisationKind::AcuteTrust),
    (COUNCIL, "Dee Council", OrganisationKind::Council),
    (COMPANY, "Care Ltd", OrganisationKind::Private),
];

/// When every test begins: a Sunday morning in November.
#[must_use]
pub fn beginning() -> Timestamp {
    ClinicalDate::read("2026-11-22T09:00:00Z").unwrap().sort
}

/// What a region is like.
#[derive(Clone)]
pub struct Shape {
    /// The rules in force.
    pub rulebook: Rulebook,
    /// All the settings in force, instead of the rules with the sensitive sets that stand in.
    pub settings: Option<Settings>,
    /// How long sessions last. Long ones, so that a test can move the clock by days.
    pub sessions: SessionLimits,
    /// Whether built-in accounts need a second factor.
    pub second_factor: SecondFactor,
    /// How long proving who one is counts for an emergency; long too.
    pub proof_lasts: i64,
    /// How many searches one account may make within a quarter of an hour.
    pub searches: u32,
    /// The systems that may send their people here with a patient.
    pub systems: Vec<LaunchSystem>,
}

impl Default for Shape {
    fn default() -> Self {
        let long = 400 * Timestamp::DAY;
        Self {
            rulebook: Rulebook::cheshire(),
            settings: None,
            sessions: SessionLimits {
                idle: long,
                absolute: long,
                per_account: 100,
            },
            second_factor: SecondFactor::WhereKept,
            proof_lasts: long,
            searches: 10_000,
            systems: Vec::new(),
        }
    }
}

impl Shape {
    /// Under other rules.
    #[must_use]
    pub fn under(rulebook: Rulebook) -> Self {
        Self {
            rulebook,
            ..Self::default()
        }
    }
}

/// A region at work. Its folder and its server end with it.
pub struct Region {
    /// The stores.
    pub store: Store,
    /// The time, which stands until a test moves it.
    pub clock: Clock,
    /// Every file of the deployment.
    pub folder: PathBuf,
    /// The way in.
    pub intake: Intake,
    /// The door for feeds over the network.
    pub door: Door,
    /// The way out.
    pub gate: Gatekeeper,
    /// Where the server listens.
    pub client: Client,
    place: Place,
    scratch: PathBuf,
    _server: JoinSet<()>,
}

impl Region {
    /// On SQLite, under the `cheshire` rulebook.
    pub async fn new() -> Self {
        Self::like(Shape::default()).await
    }

    /// On SQLite.
    pub async fn like(shape: Shape) -> Self {
        let scratch = scratch();
        let place = Place::Folder(scratch.join("deployment"));
        Self::at(place, scratch, shape).await
    }

    /// On SQLite and, where `TRIBUTARY_TEST_POSTGRES` names a cluster, in a database of its own there.
    pub async fn on_each_engine(shape: Shape) -> Vec<Self> {
        let mut regions = vec![Self::like(shape.clone()).await];
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told of a cluster this way"
        )]
        let cluster = std::env::var("TRIBUTARY_TEST_POSTGRES");
        #[expect(
            clippy::print_stdout,
            reason = "whoever runs the tests reads what is left out"
        )]
        match cluster {
            Ok(cluster) => regions.push(Self::on_postgres(&cluster, shape).await),
            Err(_) => println!("not on PostgreSQL: TRIBUTARY_TEST_POSTGRES is not set"),
        }
        regions
    }

    async fn on_postgres(cluster: &str, shape: Shape) -> Self {
        let scratch = scratch();
        let name = scratch
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace('-', "_");
        let (client, connection) = tokio_postgres::connect(cluster, tokio_postgres::NoTls)
            .await
            .unwrap();
        let mut driving = JoinSet::new();
        driving.spawn(connection);
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let address = format!("{cluster} dbname={name}");
        let place = Place::Postgres {
            address,
            folder: scratch.join("deployment"),
        };
        Self::at(place, scratch, shape).await
    }

    async fn at(place: Place, scratch: PathBuf, shape: Shape) -> Self {
        heard::listen();
        let store = Store::open(&place, &RootKey::from_bytes([42; 32]))
            .await
            .unwrap();
        let clock = Clock::standing_at(beginning());
        let rule = DoorRule::of(shape.rulebook.clone());
        let config = Config {
            settings: shape
                .settings
                .unwrap_or_else(|| Settings::with(shape.rulebook)),
            sessions: shape.sessions,
            second_factor: shape.second_factor,
            proof_lasts: shape.proof_lasts,
            searches: shape.searches,
            ..Config::default()
        };
        let ways_in = WaysIn {
            providers: Vec::new(),
            systems: shape.systems,
            base: BASE.to_owned(),
        };
        let intake = Intake::new(store.clone(), rule, Codes::default(), clock.clone());
        let door = Door::new(intake.clone());
        let gate = Gatekeeper::with_ways_in(store.clone(), clock.clone(), config, ways_in);
        gate.begin().await.unwrap();
        let (client, server) = serve(gate.clone(), door.clone(), clock.clone()).await;
        let folder = place.folder().to_owned();
        let region = Self {
            store,
            clock,
            folder,
            intake,
            door,
            gate,
            client,
            place,
            scratch,
            _server: server,
        };
        settle(&region.store).await;
        region
    }

    /// Another process that serves the same stores, with its own address and its own memory.
    pub async fn another_process(&self) -> (Client, JoinSet<()>) {
        let store = Store::open(&self.place, &RootKey::from_bytes([42; 32]))
            .await
            .unwrap();
        let shape = Shape::default();
        let config = Config {
            sessions: shape.sessions,
            second_factor: shape.second_factor,
            proof_lasts: shape.proof_lasts,
            searches: shape.searches,
            ..Config::default()
        };
        let gate = Gatekeeper::new(store, self.clock.clone(), config);
        gate.begin().await.unwrap();
        serve(gate, self.door.clone(), self.clock.clone()).await
    }

    /// Moves the clock.
    pub fn later(&self, micros: i64) {
        self.clock.advance(micros);
    }

    /// An organisation of the region.
    #[must_use]
    pub fn organisation(&self, code: &str) -> Organisation {
        organisation(code)
    }

    /// The agreement with an organisation: it feeds and views, until an instant if one is given.
    pub async fn agrees(&self, code: &str, ends: Option<Timestamp>) {
        self.store
            .put_agreement(&agreement(code, ends), self.clock.now())
            .await
            .unwrap();
    }

    /// Takes in everything that an organisation holds, as its nightly snapshot.
    pub async fn feeds(&self, code: &str, people: impl IntoIterator<Item = Person>) -> TakeReport {
        self.hands_in(code, people).await.unwrap()
    }

    /// The same, where it may not be taken in.
    pub async fn hands_in(
        &self,
        code: &str,
        people: impl IntoIterator<Item = Person>,
    ) -> Result<TakeReport, TakeError> {
        let people: Vec<Person> = people.into_iter().collect();
        // The folder of a feed is no part of the deployment.
        let folder = self.scratch.join("feeds").join(code);
        write_snapshot(&folder, &people);
        let organisation = self.organisation(code);
        self.intake
            .take(&organisation, &folder, Arc::new(|_| {}))
            .await
    }

    /// How an organisation itself names the patient of its own number.
    pub async fn address(&self, code: &str, local: &str) -> Address {
        let code = code.parse().unwrap();
        let found = self.store.identities_of(&code, &[local]).await.unwrap();
        Address(
            found
                .into_iter()
                .flatten()
                .next()
                .expect("the organisation knows the patient"),
        )
    }

    /// A feed of the organisation says what the patient decided, now.
    pub async fn decides(&self, code: &str, patient: Address, choice: SharingChoice) {
        let now = self.clock.now();
        let by = Decider::Feed(code.parse().unwrap());
        let decision = PreferenceDecision {
            identity: patient.0,
            choice,
            decided: Some(now),
            received: now,
            by,
            who: tributary_model::WhoDecided::NotSaid,
            stayed_from: None,
        };
        self.store.record_feed_decisions(&[decision]).await.unwrap();
    }

    /// Somebody who can sign in by `login`, in one role; professionals are registered until March.
    pub async fn staff(&self, login: &str, role: Role, at: &str) -> AccountId {
        self.account(login, &[(role, at)], Some("2027-03-31")).await
    }

    /// Somebody in several roles, whose registration ends on a day; on no register if none is given.
    pub async fn account(
        &self,
        login: &str,
        roles: &[(Role, &str)],
        registered_until: Option<&str>,
    ) -> AccountId {
        self.store
            .create_account(new_account(login, roles, registered_until))
            .await
            .unwrap()
    }

    /// Somebody whose own NHS number is known.
    pub async fn staff_with_number(&self, login: &str, role: Role, at: &str, nhs: &str) {
        let mut new = new_account(login, &[(role, at)], Some("2027-03-31"));
        new.nhs_number = Some(nhs.parse().unwrap());
        self.store.create_account(new).await.unwrap();
    }

    /// A browser in which nobody has signed in.
    #[must_use]
    pub fn blank_browser(&self) -> Browser {
        Browser::new(self.client)
    }

    /// A browser in which somebody has signed in.
    pub async fn browser(&self, login: &str) -> Browser {
        let browser = self.blank_browser();
        let answer = browser
            .posts("/sign-in", &[("name", login), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status, 303, "{login}: {}", answer.text());
        browser
    }

    /// A professional of an organisation with a browser, made for the asking.
    pub async fn signs_in(&self, login: &str, role: Role, at: &str) -> Browser {
        self.staff(login, role, at).await;
        self.browser(login).await
    }

    /// How many lines the audit log has.
    pub async fn lines(&self) -> i64 {
        self.store.count_lines().await.unwrap()
    }

    /// The audit lines of an organisation's staff and of its patients, newest first. Reading them
    /// writes a line.
    pub async fn lines_of(&self, code: &str) -> Vec<AuditLine> {
        let officer = Requester {
            account: AccountId(0),
            name: "A privacy officer".to_owned(),
            register: None,
            role: Role::PrivacyOfficer,
            organisation: self.organisation(code),
        };
        let circumstances = self.circumstances();
        let (review, _) = self
            .store
            .admit_review(&officer, Lines::All, String::new(), &circumstances)
            .await
            .unwrap();
        let lines = self.store.audit_lines(&review, Span::ALL, 10_000).await;
        let (lines, _) = lines.unwrap();
        lines
            .into_iter()
            .filter(|line| line.clear.action != AccessAction::ReadAccesses)
            .collect()
    }

    /// The lines of permitted looks at a record.
    pub async fn disclosures_of(&self, code: &str) -> Vec<AuditLine> {
        let lines = self.lines_of(code).await.into_iter();
        let looks = lines.filter(|line| line.clear.outcome == AccessOutcome::Permitted);
        looks.filter(|line| line.clear.sections.is_some()).collect()
    }

    /// Whether the whole log verifies.
    pub async fn verifies(&self) -> bool {
        let circumstances = self.circumstances();
        let permit = self
            .store
            .admit_maintenance("verify", &circumstances)
            .await
            .unwrap();
        self.store.verify_log(&permit).await.unwrap().is_ok()
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            origin: Origin {
                address: "a test".to_owned(),
                agent: String::new(),
            },
            now: self.clock.now(),
            rulebook: String::new(),
            sensitivity: String::new(),
            opens: false,
        }
    }

    /// Every byte of every file of the deployment.
    #[must_use]
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        read_all(&self.folder, &mut found);
        assert!(!found.is_empty(), "a deployment has files");
        found
    }

    /// Where the stores are.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// An account to be made, with the password of every account.
#[must_use]
pub fn new_account(
    login: &str,
    roles: &[(Role, &str)],
    registered_until: Option<&str>,
) -> NewAccount {
    let clinical = roles
        .iter()
        .any(|(role, _)| role.profession() == Profession::Clinical);
    let register = registered_until
        .filter(|_| clinical)
        .map(|until| RegisterEntry {
            register: Register::Gmc,
            number: "7654321".to_owned(),
            valid_until: ClinicalDate::read(until),
        });
    let assignments = roles.iter().map(|(role, at)| (*role, at.parse().unwrap()));
    NewAccount {
        login: login.to_owned(),
        name: format!("Staff {login}"),
        password: PASSWORD.to_owned().into(),
        register,
        nhs_number: None,
        assignments: assignments.collect(),
    }
}

/// Puts every organisation of the region into a store, each with its agreement.
pub async fn settle(store: &Store) {
    for (code, ..) in ORGANISATIONS {
        store.put_organisation(&organisation(code)).await.unwrap();
        store
            .put_agreement(&agreement(code, None), beginning())
            .await
            .unwrap();
    }
}

fn organisation(code: &str) -> Organisation {
    let known = ORGANISATIONS.into_iter().find(|(known, ..)| *known == code);
    let (code, name, kind) = known.expect("the organisation is one of the region's");
    Organisation {
        code: code.parse().unwrap(),
        name: name.to_owned(),
        kind,
    }
}

fn agreement(code: &str, ends: Option<Timestamp>) -> Agreement {
    Agreement {
        organisation: code.parse().unwrap(),
        begins: beginning().plus(-365 * Timestamp::DAY),
        ends,
        feeds: true,
        views: true,
        supplies: SectionSet::all(),
        signed_by: "A. Caldicott".to_owned(),
    }
}

fn read_all(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, found);
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
}

/// A server of a gate on a port of its own, ended when the set is dropped.
async fn serve(gate: Gatekeeper, door: Door, clock: Clock) -> (Client, JoinSet<()>) {
    let settings = WebSettings {
        tls: false,
        proxied: false,
        notice: None,
        controller: "The Dee partnership".to_owned(),
        clock,
    };
    let app = tributary_web::app(gate, door, settings);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let client = Client(listener.local_addr().unwrap());
    let mut server = JoinSet::new();
    server.spawn(async move {
        let never = std::future::pending();
        tributary_web::serve(listener, app, never)
            .await
            .expect("the server serves");
    });
    (client, server)
}

/// A folder that no other test has.
fn scratch() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("tributary-region-{}-{number}", std::process::id()))
}
