//! Snapshots of a small practice, line by line: what is absent has gone, and what is odd is said.

use std::path::PathBuf;

use serde_json::{Value, json};
use tributary_intake::{Counts, Ending, TakeReport};
use tributary_model::{IdentityId, Organisation, OrganisationKind, Timestamp};

use crate::support::Deployment;

const NUMBERS: [&str; 3] = ["9992381779", "9992381841", "9992381914"];

/// A practice whose snapshots are written by a test.
struct Practice {
    deployment: Deployment,
    organisation: Organisation,
    folder: PathBuf,
}

impl Practice {
    async fn new() -> Self {
        let deployment = Deployment::new().await;
        let organisation = deployment.add("N99001", OrganisationKind::GpPractice).await;
        let folder = deployment.folder.join("feed");
        std::fs::create_dir_all(&folder).unwrap();
        Self {
            deployment,
            organisation,
            folder,
        }
    }

    fn write(&self, file: &str, lines: &[Value]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(self.folder.join(file), text).unwrap();
    }

    async fn take(&self) -> TakeReport {
        self.deployment.clock.advance(Timestamp::DAY);
        self.deployment.take(&self.organisation, &self.folder).await
    }

    async fn counts(&self) -> Counts {
        let report = self.take().await;
        assert_eq!(report.ending, Ending::Filed, "{:?}", report.why);
        report.counts
    }

    async fn identity(&self, local: &str) -> IdentityId {
        let code = &self.organisation.code;
        self.deployment
            .store
            .identities_of(code, &[local])
            .await
            .unwrap()[0]
            .unwrap()
    }

    async fn entries(&self, local: &str) -> usize {
        let identity = self.identity(local).await;
        self.deployment
            .store
            .current_ids(identity)
            .await
            .unwrap()
            .len()
    }
}

fn patient(local: &str, number: &str) -> Value {
    json!({"resourceType": "Patient", "id": local,
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number,
            "extension": [{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept": {"coding": [{"code": "01"}]}}]}],
        "name": [{"family": format!("Family{local}"), "given": ["Ann"]}],
        "birthDate": "1950-02-03"})
}

fn condition(id: &str, local: &str, what: &str) -> Value {
    json!({"resourceType": "Condition", "id": id, "code": {"text": what},
        "subject": {"reference": format!("Patient/{local}")}})
}

fn registration(local: &str) -> Value {
    json!({"resourceType": "EpisodeOfCare", "id": format!("r-{local}"), "status": "active",
        "type": [{"text": "GP registration"}], "patient": {"reference": format!("Patient/{local}")},
        "managingOrganization": {"identifier": {
            "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "N99001"}},
        "period": {"start": "2001-01-01"}})
}

fn refusal(local: &str, date: &str) -> Value {
    json!({"resourceType": "Observation", "id": format!("s-{local}"), "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "416409005"}]},
        "subject": {"reference": format!("Patient/{local}")}, "effectiveDateTime": date})
}

fn everyone() -> Vec<Value> {
    (0..3)
        .map(|n| patient(&format!("p{n}"), NUMBERS[n]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_removals_and_additions_are_told_apart() {
    let practice = Practice::new().await;
    practice.write("Patient.ndjson", &everyone());
    let many = |from: u32, to: u32| -> Vec<Value> {
        (from..to)
            .map(|n| condition(&format!("c{n}"), &format!("p{}", n % 3), "Asthma"))
            .collect()
    };
    practice.write("Condition.ndjson", &many(0, 90));
    let counts = practice.counts().await;
    assert_eq!((counts.new, counts.identities), (93, 3));
    assert_eq!(practice.entries("p0").await, 30);

    let mut lines = many(0, 90);
    lines[4] = condition("c4", "p1", "Asthma, moderate");
    lines.remove(7);
    lines.insert(20, condition("c900", "p2", "Gout"));
    practice.write("Condition.ndjson", &lines);
    let counts = practice.counts().await;
    let Counts {
        new,
        changed,
        removed,
        unchanged,
        ..
    } = counts;
    assert_eq!((new, changed, removed, unchanged), (1, 1, 1, 91));
    assert_eq!(practice.entries("p1").await, 29);
    assert_eq!(practice.entries("p2").await, 31);

    // The same lines in another order are the same lines.
    lines.reverse();
    practice.write("Condition.ndjson", &lines);
    let counts = practice.counts().await;
    assert_eq!((counts.new, counts.changed, counts.removed), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_moves_to_another_person_leaves_the_first() {
    let practice = Practice::new().await;
    practice.write("Patient.ndjson", &everyone());
    practice.write(
        "Condition.ndjson",
        &[
            condition("c1", "p0", "Asthma"),
            condition("c2", "p1", "Gout"),
        ],
    );
    practice.counts().await;
    practice.write(
        "Condition.ndjson",
        &[
            condition("c1", "p1", "Asthma"),
            condition("c2", "p1", "Gout"),
        ],
    );
    let counts = practice.counts().await;
    assert_eq!((counts.changed, counts.new), (1, 0));
    assert_eq!(
        (practice.entries("p0").await, practice.entries("p1").await),
        (0, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_snapshot_is_held_until_a_person_releases_it() {
    let practice = Practice::new().await;
    practice.write("Patient.ndjson", &everyone());
    let many: Vec<Value> = (0..60)
        .map(|n| condition(&format!("c{n}"), "p0", "Asthma"))
        .collect();
    practice.write("Condition.ndjson", &many);
    practice.counts().await;
    practice.write("Condition.ndjson", &many[..40]);
    let report = practice.take().await;
    assert_eq!(report.ending, Ending::Held);
    assert!(
        report.why.iter().any(|why| why.contains("20 of the 60")),
        "{:?}",
        report.why
    );
    assert_eq!(practice.entries("p0").await, 60, "nothing was removed");
    let watch: tributary_intake::Watch = std::sync::Arc::new(|_| {});
    let report = practice
        .deployment
        .intake
        .release(report.submission, watch)
        .await
        .unwrap();
    assert_eq!((report.ending, report.counts.removed), (Ending::Filed, 20));
    assert_eq!(practice.entries("p0").await, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_filed_is_parked_once_and_the_rest_goes_on() {
    let practice = Practice::new().await;
    practice.write("Patient.ndjson", &everyone());
    let text = format!(
        "{}\r\n\n{}\nnot json\n{{\"resourceType\":\"Condition\",\"id\":\"x\"}}\n{}\n{}",
        condition("c1", "p0", "Asthma"),
        condition("c2", "nobody", "Gout"),
        json!({"resourceType": "Claim", "id": "k"}),
        condition("c3", "p1", "No line end"),
    );
    std::fs::write(practice.folder.join("Condition.ndjson"), text).unwrap();
    let counts = practice.counts().await;
    assert_eq!((counts.new, counts.parked, counts.aside), (5, 3, 1));
    let parked = practice.deployment.store.parked(None).await.unwrap();
    let places: Vec<&str> = parked
        .iter()
        .map(|item| item.issue.place.as_str())
        .collect();
    assert!(
        places
            .iter()
            .all(|place| place.starts_with("Condition.ndjson line")),
        "{places:?}"
    );
    assert_eq!(
        practice.counts().await.parked,
        0,
        "not parked again the next night"
    );
    assert_eq!(
        practice.deployment.store.parked(None).await.unwrap().len(),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_erases_what_was_held_and_drops_what_comes() {
    let practice = Practice::new().await;
    practice.write("Patient.ndjson", &everyone());
    practice.write("EpisodeOfCare.ndjson", &[registration("p0")]);
    practice.write(
        "Condition.ndjson",
        &[
            condition("c1", "p0", "Asthma"),
            condition("c2", "p1", "Gout"),
        ],
    );
    practice.write("Observation.ndjson", &[]);
    practice.counts().await;
    let keys = practice.deployment.store.count_keys().await.unwrap();
    // The refusal stands at the very end of the feed.
    practice.write("Observation.ndjson", &[refusal("p0", "2026-11-20")]);
    practice.write(
        "Condition.ndjson",
        &[
            condition("c1", "p0", "Asthma, worse"),
            condition("c2", "p1", "Gout"),
        ],
    );
    let counts = practice.counts().await;
    assert_eq!((counts.erased, counts.changed), (1, 0));
    assert_eq!(counts.dropped, 1, "the entry that changed");
    assert_eq!(practice.entries("p0").await, 0);
    assert_eq!(
        practice.deployment.store.count_keys().await.unwrap(),
        keys - 1
    );
    // Silence lifts nothing.
    practice.write("Observation.ndjson", &[]);
    let report = practice.take().await;
    assert_eq!(
        report.counts.dropped, 2,
        "of the patient nothing is kept to compare with"
    );
    assert_eq!(practice.entries("p0").await, 0);
    // A later consent through the own practice does.
    let consent = refusal("p0", "2026-11-22")
        .to_string()
        .replace("416409005", "417528008");
    practice.write(
        "Observation.ndjson",
        &[serde_json::from_str(&consent).unwrap()],
    );
    let counts = practice.counts().await;
    assert_eq!(counts.restored, 2);
    assert_eq!(practice.entries("p0").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_opt_out_hides_and_holds_the_erasure() {
    let practice = Practice::new().await;
    let numbers: Vec<String> = (0..2_000)
        .filter_map(tributary_model::NhsNumber::synthetic)
        .take(40)
        .map(tributary_model::NhsNumber::digits)
        .collect();
    let people: Vec<Value> = (0..40)
        .map(|n| patient(&format!("q{n}"), &numbers[n]))
        .collect();
    practice.write("Patient.ndjson", &people);
    let conditions: Vec<Value> = (0..40)
        .map(|n| condition(&format!("c{n}"), &format!("q{n}"), "Asthma"))
        .collect();
    practice.write("Condition.ndjson", &conditions);
    practice.write("Observation.ndjson", &[]);
    practice.counts().await;
    let refusals: Vec<Value> = (0..20)
        .map(|n| refusal(&format!("q{n}"), "2026-11-20"))
        .collect();
    practice.write("Observation.ndjson", &refusals);
    let counts = practice.counts().await;
    assert_eq!(counts.erased, 0);
    let store = &practice.deployment.store;
    let held = store.erasures_held().await.unwrap();
    let held: Vec<_> = held.into_iter().map(|one| one.identity).collect();
    assert_eq!(held.len(), 20);
    assert_eq!(
        practice.entries("q0").await,
        1,
        "hidden, and not yet erased"
    );
    let now = practice.deployment.clock.now();
    assert_eq!(store.release_erasures(&held, now).await.unwrap(), 20);
    assert_eq!(practice.entries("q0").await, 0);
    assert_eq!(practice.entries("q30").await, 1);
}
