//! What is withheld leaves the server on no path: words that stand in withheld entries, and nowhere
//! else, are looked for in every byte that comes back and in every line that is logged.

use serde_json::{Value, json};
use tributary_model::{Address, EntryKey, Role, Section, Version};
use tributary_testkit::{
    Answer, Browser, COUNCIL, Entry, PRACTICE, Person, Region, Request, Shape, TRUST, allergy,
    entry, letter, log, patient, problem, result, statements,
};

use crate::{ASTHMA, POTASSIUM};

/// SNOMED CT: chlamydial infection, of the set that only doctors see.
const SENSITIVE: &str = "240589008";

/// Words of the sensitive problem and of what points to it: in clear, and as an attachment's base64.
const SECRET: [&str; 9] = [
    "Marmoset",
    "Ocelot",
    "Ocelotdose",
    "Tapir",
    "Narwhal",
    "TmFyd2hhbCB3b3Jkcw",
    "Pangolin",
    "Quokka",
    "240589008",
];

/// Words of results, which social workers do not see.
const RESULTS: [&str; 2] = ["Xylophone", "Yellowhammer"];

fn coded(code: &str, words: &str) -> Value {
    json!({
        "coding": [{ "system": "http://snomed.info/sct", "code": code, "display": words }],
        "text": words,
    })
}

/// What everybody sees of the patient at the practice.
fn plain(local: &str) -> Person {
    patient(local)
        .involved("GP registration")
        .has(allergy("Zebrafish"))
        .has(problem(ASTHMA, "Quagmire asthma"))
        .has(letter("Wombat letter", "V29tYmF0IHdvcmRz"))
}

/// The same with a sensitive problem, and a medicine, a letter and a report with its result that
/// point to it.
fn sensitive(local: &str) -> Person {
    let person = plain(local).with("Condition", {
        json!({
            "clinicalStatus": { "coding": [{ "code": "active" }] },
            "code": coded(SENSITIVE, "Marmoset infection"), "recordedDate": "2026-10-01",
        })
    });
    // Its number among the patient's resources: registration, allergy, problem, letter, this.
    let reference = json!({ "reference": format!("Condition/{local}-5") });
    let member = json!({ "reference": format!("Observation/{local}-9") });
    person
        .has(entry(
            "MedicationRequest",
            json!({
                "status": "active", "intent": "order", "authoredOn": "2026-10-01",
                "medicationCodeableConcept": { "text": "Ocelot tablets" },
                "dosageInstruction": [{ "text": "Ocelotdose" }],
                "reasonReference": [reference],
            }),
        ))
        .has(entry(
            "DocumentReference",
            json!({
                "status": "current", "type": { "text": "Tapir letter" },
                "date": "2026-10-02T09:00:00Z", "context": { "related": [reference] },
                "content": [{ "attachment": { "contentType": "text/plain",
                    "data": "TmFyd2hhbCB3b3Jkcw==", "title": "Tapir letter" } }],
            }),
        ))
        .has(entry(
            "DiagnosticReport",
            json!({
                "status": "final", "code": { "text": "Pangolin report" },
                "effectiveDateTime": "2026-10-03", "result": [member],
                "conclusionCode": [coded(SENSITIVE, "Marmoset infection")],
                "conclusion": "Pangolin conclusion",
            }),
        ))
        .has(entry(
            "Observation",
            json!({
                "status": "final", "category": [{ "coding": [{ "code": "laboratory" }] }],
                "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "1000291000000106",
                    "display": "Quokka swab" }], "text": "Quokka swab" },
                "effectiveDateTime": "2026-10-03",
                "valueQuantity": { "value": 7.7, "unit": "mmol/L",
                    "system": "http://unitsofmeasure.org", "code": "mmol/L" },
            }),
        ))
}

fn results() -> [Entry; 2] {
    [
        result(
            POTASSIUM,
            "Xylophone potassium",
            4.1,
            "2026-11-20T08:00:00Z",
        ),
        result(POTASSIUM, "Yellowhammer", 4.4, "2026-10-20T08:00:00Z"),
    ]
}

/// One patient at practice, trust and council.
struct Scene {
    region: Region,
    at_trust: Address,
    at_council: Address,
    at_practice: Address,
}

impl Scene {
    async fn of(region: Region, practice: Person) -> Self {
        region.feeds(PRACTICE, [practice]).await;
        let trust = patient("T1").involved("Hospital care");
        let trust = results().into_iter().fold(trust, Person::has);
        region.feeds(TRUST, [trust]).await;
        region
            .feeds(COUNCIL, [patient("C1").involved("Social care")])
            .await;
        Self {
            at_trust: region.address(TRUST, "T1").await,
            at_council: region.address(COUNCIL, "C1").await,
            at_practice: region.address(PRACTICE, "P1").await,
            region,
        }
    }

    async fn on_each_engine(practice: fn(&str) -> Person) -> Vec<Self> {
        let mut scenes = Vec::new();
        for region in Region::on_each_engine(Shape::default()).await {
            scenes.push(Self::of(region, practice("P1")).await);
        }
        scenes
    }

    /// Every address of a page of this record there could be, and every other page of the role's.
    fn every_path(&self, address: Address) -> Vec<String> {
        let base = format!("/patients/{}", address.0.0);
        let record = format!("{base}/record");
        let mut paths = vec![
            record.clone(),
            format!("{record}?source={PRACTICE}"),
            format!("{record}?period=1y"),
            format!("{record}/timeline"),
            format!("{record}/timeline?period=1y"),
            format!("{record}/sources"),
            format!("{record}/entries/nonsense"),
            format!("{record}/trends/sct-1000291000000106"),
            format!("{record}/trends/sct-{POTASSIUM}"),
            format!("{base}/report"),
            format!("{base}/permission"),
            format!("/fhir/Patient/{}/$everything", address.0.0),
            "/find".to_owned(),
            "/accesses".to_owned(),
        ];
        for section in Section::ALL {
            paths.push(format!("{record}/sections/{}", section.name()));
            paths.push(format!("{record}/sections/{}?year=2026", section.name()));
            for identity in [self.at_practice, self.at_trust] {
                for (n, version) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)] {
                    let key = EntryKey {
                        identity: identity.0,
                        section,
                        n,
                        version: Version(version),
                    };
                    paths.push(format!("{record}/entries/{}", key.slug()));
                    paths.push(format!("{record}/entries/{}/document", key.slug()));
                }
            }
        }
        paths
    }

    async fn walks(&self, who: &Browser, address: Address) -> Vec<(String, Answer)> {
        let mut answers = Vec::new();
        for path in self.every_path(address) {
            answers.push((path.clone(), who.gets(path).await));
        }
        // A page says again what was typed, so the words looked for are not typed.
        for query in ["Koepp", "Nobody"] {
            let born = [("day", "9"), ("month", "7"), ("year", "1954")];
            let fields = [&[("family-name", query)][..], &born].concat();
            answers.push((format!("find {query}"), who.posts("/find", &fields).await));
        }
        let odd = Request::form(format!("/patients/{}/permission", address.0.0), "sent=1");
        answers.push(("an incomplete form".to_owned(), who.sends(odd).await));
        answers
    }
}

fn holds(answers: &[(String, Answer)], words: &str) -> bool {
    answers.iter().any(|(_, answer)| answer.carries(words))
}

fn holds_none(answers: &[(String, Answer)], words: &[&str], who: &str) {
    for (path, answer) in answers {
        for word in words {
            assert!(!answer.carries(word), "{who} {path}: {word}");
        }
    }
}

#[tokio::test]
async fn a_sensitive_code_and_what_points_to_it_leave_on_no_path() {
    for scene in Scene::on_each_engine(sensitive).await {
        let region = &scene.region;
        let doctor = region.signs_in("doctor", Role::Doctor, TRUST).await;
        doctor.reads(scene.at_trust).await;
        let seen = scene.walks(&doctor, scene.at_trust).await;
        for word in SECRET {
            assert!(holds(&seen, word), "this walk would find {word}");
        }
        for role in [Role::Nurse, Role::Pharmacist, Role::AlliedProfessional] {
            let who = region.signs_in(role.name(), role, TRUST).await;
            let page = who.reads(scene.at_trust).await;
            let marks = page
                .text()
                .matches("Something in this record is not shown to you")
                .count();
            assert_eq!(marks, 1, "one mark for the whole record");
            let seen = scene.walks(&who, scene.at_trust).await;
            holds_none(&seen, &SECRET, role.name());
            for word in ["Zebrafish", "Quagmire", "Wombat", "Xylophone"] {
                assert!(holds(&seen, word), "{role:?} sees {word}");
            }
        }
        for word in SECRET {
            assert!(!log().contains(word), "{word} was logged");
        }
    }
}

#[tokio::test]
async fn sections_withheld_from_a_role_leave_on_no_path_and_allergies_stay() {
    for scene in Scene::on_each_engine(sensitive).await {
        let social = scene.region.signs_in("social", Role::SocialWorker, COUNCIL);
        let social = social.await;
        social.reads(scene.at_council).await;
        let seen = scene.walks(&social, scene.at_council).await;
        holds_none(&seen, &SECRET, "social worker");
        holds_none(&seen, &RESULTS, "social worker");
        for word in ["Zebrafish", "Quagmire", "Wombat"] {
            assert!(holds(&seen, word), "the social worker sees {word}");
        }
        for word in RESULTS {
            assert!(!log().contains(word), "{word} was logged");
        }
    }
}

/// A record of which something is withheld says no more than one where there is nothing to withhold:
/// the same bytes, counts and all, by the same statements.
#[tokio::test]
async fn what_is_withheld_makes_no_difference_to_anything_that_is_shown() {
    let mut told = Vec::new();
    for practice in [sensitive as fn(&str) -> Person, plain] {
        let scene = Scene::of(Region::new().await, practice("P1")).await;
        let social = scene.region.signs_in("social", Role::SocialWorker, COUNCIL);
        let social = social.await;
        social.reads(scene.at_council).await;
        let (seen, ran) = statements(scene.walks(&social, scene.at_council)).await;
        told.push((seen, ran));
    }
    let [with, without] = told.try_into().unwrap();
    for ((path, one), (_, other)) in with.0.iter().zip(&without.0) {
        // A report of accesses numbers its lines, and one of the feeds wrote another number.
        assert_eq!(one.text(), other.text(), "{path}");
        assert_eq!(one.status, other.status, "{path}");
    }
    assert_eq!(with.1, without.1, "by the same statements");
}

/// Withheld by organisation kind, by what the record is open for, and by both with a role.
#[tokio::test]
async fn sections_and_sets_are_withheld_by_kind_and_by_purpose() {
    use tributary_model::OrganisationKind;
    use tributary_policy::{OpenFor, Settings, Withholding};
    let mut settings = Settings::with(tributary_policy::Rulebook::cheshire());
    let rule = |role, organisation, purpose, section| Withholding {
        role,
        organisation,
        purpose,
        sections: [section].into(),
    };
    settings.rulebook.withheld = vec![
        rule(
            None,
            Some(OrganisationKind::AcuteTrust),
            None,
            Section::Correspondence,
        ),
        rule(None, None, Some(OpenFor::Emergency), Section::Results),
    ];
    for set in &mut settings.sensitive.sets {
        set.seen_for = [OpenFor::Care].into();
    }
    let shape = Shape {
        settings: Some(settings),
        ..Shape::default()
    };
    for region in Region::on_each_engine(shape).await {
        let scene = Scene::of(region, sensitive("P1")).await;
        let doctor = scene.region.signs_in("doctor", Role::Doctor, TRUST).await;
        let emergency = [
            ("answer", "emergency"),
            ("emergency-reason", "Found unconscious"),
        ];
        assert_eq!(doctor.answers(scene.at_trust, &emergency).await.status, 303);
        let seen = scene.walks(&doctor, scene.at_trust).await;
        holds_none(&seen, &SECRET, "in an emergency");
        holds_none(&seen, &RESULTS, "in an emergency");
        holds_none(&seen, &["Wombat", "V29tYmF0"], "at a trust");
        for word in ["Zebrafish", "Quagmire"] {
            assert!(holds(&seen, word), "the doctor sees {word}");
        }
        scene.region.later(9 * tributary_model::Timestamp::HOUR);
        doctor.reads(scene.at_trust).await;
        let seen = scene.walks(&doctor, scene.at_trust).await;
        for word in ["Marmoset", "Ocelotdose", "Xylophone"] {
            assert!(holds(&seen, word), "with permission the doctor sees {word}");
        }
        holds_none(&seen, &["Wombat", "Tapir", "Narwhal"], "at a trust");
    }
}

/// Of a person whose address is protected the place leaves on no path, and the care does on each.
#[tokio::test]
async fn a_protected_address_leaves_on_no_path_and_the_record_stays() {
    let place = json!({ "display": "Marshgate walk-in centre" });
    for region in Region::on_each_engine(Shape::default()).await {
        let person = plain("P1")
            .has(entry(
                "Encounter",
                json!({ "status": "finished", "class": { "code": "AMB" },
                    "period": { "start": "2026-10-04T09:00:00Z" },
                    "location": [{ "location": place }], "serviceProvider": place }),
            ))
            .has(entry(
                "Procedure",
                json!({ "status": "completed", "code": coded("80146002", "Appendicectomy"),
                    "performedDateTime": "2019-05-01", "location": place,
                    "note": [{ "text": "done at Marshgate" }] }),
            ))
            .protected();
        let scene = Scene::of(region, person).await;
        let doctor = scene.region.signs_in("doctor", Role::Doctor, TRUST).await;
        doctor.reads(scene.at_trust).await;
        let mut seen = scene.walks(&doctor, scene.at_trust).await;
        // The trust itself knows and sent the address, and its own search shows its own patients.
        seen.retain(|(path, _)| path.starts_with("/patients") || path.starts_with("/fhir"));
        seen.retain(|(path, _)| !path.ends_with("/report") && !path.ends_with("/permission"));
        let clues = ["Marshgate", "Mill Lane", "CH1 1AA", "N99001"];
        for (path, answer) in &seen {
            // The source filter was asked for by its code, and a page may repeat what was asked.
            let clues = clues.iter().filter(|clue| !path.contains(*clue));
            for clue in clues {
                assert!(!answer.carries(clue), "{path}: {clue}: {}", answer.text());
            }
        }
        for word in ["Zebrafish", "Quagmire", "Appendicectomy", "Xylophone"] {
            assert!(holds(&seen, word), "the doctor sees {word}");
        }
        let fhir = doctor
            .gets(format!("/fhir/Patient/{}/$everything", scene.at_trust.0.0))
            .await;
        for word in [
            "Zebrafish",
            "195967001",
            "80146002",
            "AllergyIntolerance",
            "4.1",
        ] {
            assert!(fhir.says(word), "{word}: {}", fhir.text());
        }
        assert!(
            !fhir.says("Wombat") && !fhir.says("DocumentReference"),
            "{}",
            fhir.text()
        );
    }
}
