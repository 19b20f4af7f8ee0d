//! The pages through HTTP, before the real gatekeeper and the real store on SQLite.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed, which is what it is for"
)]

mod day;
#[path = "../../../store/tests/fixture/mod.rs"]
mod fixture;
mod nothing_leaks;
mod protection;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;
use tributary_gatekeeper::{Config, Gatekeeper};
use tributary_intake::{Codes, Door, Intake};
use tributary_model::{
    Address, Decider, PatientId, PreferenceDecision, RelationshipKind, Role, Section, SharingChoice,
};
use tributary_policy::Rulebook;
use tributary_store::DoorRule;
use tributary_web::{WebSettings, app};

use fixture::{Deployment, PASSWORD, Person, council, practice, trust};

/// Abdul Koepp, in hospital at the trust and registered with the practice, behind the pages.
struct Site {
    deployment: Deployment,
    app: Router,
    /// How the trust names him.
    koepp: Address,
    /// How the practice names him.
    at_practice: Address,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

/// A browser with a session.
struct Browser<'s> {
    site: &'s Site,
    cookie: String,
}

const ASTHMA: &str = r#"{"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"195967001","display":"Asthma"}]},"subject":{"reference":"Patient/P1"},"recordedDate":"2020-01-05"}"#;
const PENICILLIN: &str = r#"{"resourceType":"AllergyIntolerance","id":"a1","clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},"criticality":"high","code":{"coding":[{"system":"http://snomed.info/sct","code":"764146007","display":"Penicillin"}]},"patient":{"reference":"Patient/P1"}}"#;
const LETTER: &str = r#"{"resourceType":"DocumentReference","id":"d1","status":"current","type":{"text":"Clinic letter"},"subject":{"reference":"Patient/P1"},"date":"2026-10-02T09:00:00Z","content":[{"attachment":{"contentType":"text/html","data":"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0PlNoZSBoYXMgYXN0aG1h","title":"Clinic letter"}}]}"#;
const POTASSIUM: [&str; 2] = [
    r#"{"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"1000651000000109","display":"Serum potassium level"}]},"subject":{"reference":"Patient/T1"},"effectiveDateTime":"2026-11-20T08:00:00Z","valueQuantity":{"value":4.1,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#,
    r#"{"resourceType":"Observation","id":"o2","status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"1000651000000109","display":"Serum potassium level"}]},"subject":{"reference":"Patient/T1"},"effectiveDateTime":"2026-10-20T08:00:00Z","valueQuantity":{"value":6.4,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#,
];

/// Words of the record that nobody may read without permission.
const CLINICAL: [&str; 6] = [
    "Asthma",
    "asthma",
    "Penicillin",
    "otassium",
    "Clinic letter",
    "Mill Lane Surgery",
];

impl Site {
    async fn new(name: &str) -> Self {
        let deployment = Deployment::sqlite(name).await;
        let (trust, practice) = (trust(), practice());
        let entries = POTASSIUM.map(|body| (Section::Results, body));
        let at_trust = Person {
            entries: &entries,
            ..Person::koepp(&trust, "T1")
        };
        let at_trust = deployment.person(at_trust).await;
        let entries = [
            (Section::Allergies, PENICILLIN),
            (Section::Problems, ASTHMA),
            (Section::Correspondence, LETTER),
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
        deployment.staff("doctor", Role::Doctor, &trust).await;
        deployment
            .staff("officer", Role::PrivacyOfficer, &trust)
            .await;
        deployment
            .staff("stranger", Role::SocialWorker, &council())
            .await;
        let (store, clock) = (deployment.store.clone(), deployment.clock.clone());
        let gate = Gatekeeper::new(store.clone(), clock.clone(), Config::default());
        let intake = Intake::new(
            store,
            DoorRule::of(Rulebook::cheshire()),
            Codes::default(),
            clock.clone(),
        );
        let settings = WebSettings {
            tls: false,
            notice: None,
            controller: "The Dee partnership".to_owned(),
            clock,
        };
        let app = app(gate, Door::new(intake), settings);
        Self {
            deployment,
            app,
            koepp: Address(at_trust),
            at_practice: Address(at_practice),
        }
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
        };
        self.deployment
            .store
            .record_feed_decisions(&[decision])
            .await
            .unwrap();
    }

    async fn asks(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A browser in which somebody has signed in.
    async fn browser(&self, login: &str) -> Browser<'_> {
        let form = format!("name={login}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.asks(post("/sign-in", "", &form)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.header(&header::SET_COOKIE);
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Browser { site: self, cookie }
    }

    /// `/patients/{koepp}` and what follows.
    fn koepp(&self, rest: &str) -> String {
        format!("/patients/{}{rest}", self.koepp.0)
    }
}

impl Browser<'_> {
    async fn opens(&self, path: &str) -> Answer {
        self.site.asks(get(path, &self.cookie)).await
    }

    async fn sends(&self, path: &str, form: &str) -> Answer {
        self.site.asks(post(path, &self.cookie, form)).await
    }

    /// The record, opened with the patient's permission for today.
    async fn record(&self) -> Answer {
        let form = "sent=1&answer=today&part=treating";
        let answer = self.sends(&self.site.koepp("/permission"), form).await;
        assert_eq!(answer.location(), self.site.koepp("/record"));
        let record = self.opens(&self.site.koepp("/record")).await;
        assert_eq!(record.status, StatusCode::OK);
        record
    }
}

impl Answer {
    fn header(&self, name: &header::HeaderName) -> String {
        let value = self
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned());
        value.unwrap_or_default()
    }

    fn location(&self) -> String {
        self.header(&header::LOCATION)
    }

    /// The first address on the page that holds the words.
    fn link(&self, words: &str) -> String {
        let links = self
            .body
            .split("href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let mut links = links.filter(|link| link.contains(words));
        links
            .next()
            .unwrap_or_else(|| panic!("no link to {words}"))
            .to_owned()
    }

    fn says_nothing_clinical(&self, what: &str) {
        for word in CLINICAL {
            assert!(!self.body.contains(word), "{what}: {word}");
        }
    }
}

fn get(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .unwrap()
}

fn post(path: &str, cookie: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.to_owned()))
        .unwrap()
}
