//! The rules of the way out, told as what people do and see, with the real store on SQLite.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod audit;
mod deciding;
mod finding;
#[path = "../../../store/tests/fixture/mod.rs"]
mod fixture;
mod histories;
mod reading;
mod signing_in;

use tributary_gatekeeper::{
    Config, Gatekeeper, OpenRecord, Opening, Outcome, Question, Refusal, SecondFactor,
};
use tributary_model::{
    Address, Decider, IdentityId, Origin, Part, PatientId, PreferenceDecision, RelationshipKind,
    Requester, Role, Section, SharingChoice, Statement, Timestamp,
};
use tributary_policy::{Rulebook, Settings};

use fixture::{Deployment, Person, practice, trust};

/// Abdul Koepp, in hospital at the trust and registered with the practice, before one gate.
struct Scene {
    deployment: Deployment,
    gate: Gatekeeper,
    /// How the trust names him.
    koepp: Address,
    /// How the practice names him.
    at_practice: Address,
    /// A doctor of the trust.
    doctor: Requester,
}

const ASTHMA: &str = r#"{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"195967001","display":"Asthma"}]},"subject":{"reference":"Patient/P1"},"recordedDate":"2020-01-05"}"#;
const CHLAMYDIA: &str = r#"{"resourceType":"Condition","id":"c2","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"240589008","display":"Chlamydial infection"}]},"subject":{"reference":"Patient/P1"},"recordedDate":"2021-01-05"}"#;
const PENICILLIN: &str = r#"{"resourceType":"AllergyIntolerance","id":"a1","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},"criticality":"high","code":{"coding":[{"system":"http://snomed.info/sct","code":"764146007","display":"Penicillin"}]},"patient":{"reference":"Patient/P1"}}"#;
const POTASSIUM: &str = r#"{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"1000651000000109","display":"Serum potassium level"}]},"subject":{"reference":"Patient/T1"},"effectiveDateTime":"2026-11-20T08:00:00Z","valueQuantity":{"value":4.1,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#;

impl Scene {
    async fn new(name: &str) -> Self {
        Self::with(name, Rulebook::cheshire()).await
    }

    async fn with(name: &str, rulebook: Rulebook) -> Self {
        let deployment = Deployment::sqlite(name).await;
        let (trust, practice) = (trust(), practice());
        let entries = [(Section::Results, POTASSIUM)];
        let at_trust = Person {
            entries: &entries,
            ..Person::koepp(&trust, "T1")
        };
        let at_trust = deployment.person(at_trust).await;
        let entries = [
            (Section::Allergies, PENICILLIN),
            (Section::Problems, ASTHMA),
            (Section::Problems, CHLAMYDIA),
        ];
        let joins = Some(PatientId(at_trust.0));
        let at_practice = Person {
            joins,
            entries: &entries,
            ..Person::koepp(&practice, "P1")
        };
        let at_practice = deployment.person(at_practice).await;
        deployment
            .relate(at_trust, &trust, RelationshipKind::Admission)
            .await;
        deployment
            .relate(at_practice, &practice, RelationshipKind::Registration)
            .await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust).await;
        let config = Config {
            settings: Settings::with(rulebook),
            second_factor: SecondFactor::WhereKept,
            // Tests move the clock by days.
            proof_lasts: 400 * Timestamp::DAY,
            ..Config::default()
        };
        let gate = Gatekeeper::new(deployment.store.clone(), deployment.clock.clone(), config);
        gate.begin().await.unwrap();
        let (koepp, at_practice) = (Address(at_trust), Address(at_practice));
        Self {
            deployment,
            gate,
            koepp,
            at_practice,
            doctor,
        }
    }

    async fn nurse(&self) -> Requester {
        self.deployment
            .staff("n.example", Role::Nurse, &trust())
            .await
    }

    /// Opens Koepp's record, treating him today, with a statement.
    async fn opens(&self, who: &Requester, statement: Statement) -> Outcome<OpenRecord> {
        let opening = opening(self.koepp, Some(Part::Treating), statement);
        self.gate.open_record(who, opening).await.unwrap()
    }

    /// Goes on with Koepp's record, stating nothing.
    async fn goes_on(&self, who: &Requester) -> Outcome<OpenRecord> {
        let opening = opening(self.koepp, None, Statement::Nothing);
        self.gate.open_record(who, opening).await.unwrap()
    }

    /// The practice's feed says what Koepp decided.
    async fn decides(&self, choice: SharingChoice) {
        let now = self.deployment.clock.now();
        let decision = PreferenceDecision {
            identity: self.at_practice.0,
            choice,
            decided: Some(now),
            received: now,
            by: Decider::Feed(practice().code),
            who: tributary_model::WhoDecided::NotSaid,
            stayed_from: None,
        };
        self.deployment
            .store
            .record_feed_decisions(&[decision])
            .await
            .unwrap();
    }

    async fn lines(&self) -> i64 {
        self.deployment.store.count_lines().await.unwrap()
    }
}

fn origin() -> Origin {
    Origin {
        address: "192.0.2.7".to_owned(),
        agent: "a browser".to_owned(),
    }
}

fn opening(address: Address, part: Option<Part>, statement: Statement) -> Opening {
    Opening {
        address,
        part,
        statement,
        proved: crate::fixture::beginning(),
        origin: origin(),
    }
}

fn emergency(reason: &str) -> Statement {
    Statement::Emergency {
        reason: reason.to_owned(),
        wishes: String::new(),
        colleague_no_shown: false,
    }
}

fn record<T>(outcome: Outcome<T>) -> tributary_gatekeeper::Disclosure<T> {
    match outcome {
        Outcome::Disclosed(disclosure) => disclosure,
        Outcome::Ask(question) => panic!("asked: {question:?}"),
        Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// Somebody looks at it, and that is all.
#[expect(clippy::needless_pass_by_value, reason = "it is used up")]
fn shown<T>(disclosure: tributary_gatekeeper::Disclosure<T>) {
    let _ = disclosure.access();
}

fn question<T>(outcome: Outcome<T>) -> Question {
    match outcome {
        Outcome::Ask(question) => question.shown().clone(),
        Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
        Outcome::Disclosed(_) => panic!("disclosed"),
    }
}

fn refused<T>(outcome: Outcome<T>) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        Outcome::Ask(question) => panic!("asked: {question:?}"),
        Outcome::Disclosed(_) => panic!("disclosed"),
    }
}

const NOBODY: Address = Address(IdentityId(987_654));
