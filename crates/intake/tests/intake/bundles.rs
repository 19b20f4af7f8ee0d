//! Bundles: what changed, and real ones as they were published.

use std::path::Path;

use serde_json::json;
use tributary_intake::{Counts, Ending};
use tributary_model::{IdentityId, OrganisationKind};

use crate::support::{Deployment, shared};

fn made(counts: &Counts) -> u64 {
    counts.new
        + counts.changed
        + counts.unchanged
        + counts.restored
        + counts.dropped
        + counts.aside
        + counts.parked
}

#[tokio::test(flavor = "multi_thread")]
async fn every_resource_of_the_published_bundles_is_filed_or_accounted_for() {
    let Some(folder) = shared("synthea-bundles") else {
        return;
    };
    let deployment = Deployment::new().await;
    let practice = deployment.add("SYN01", OrganisationKind::GpPractice).await;
    let mut bundles: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    bundles.sort();
    assert_eq!(bundles.len(), 60);
    let mut filed = 0;
    for bundle in &bundles {
        let report = deployment.take(&practice, bundle).await;
        assert_eq!(
            report.ending,
            Ending::Filed,
            "{}: {:?}",
            bundle.display(),
            report.why
        );
        assert_eq!(
            made(&report.counts),
            report.counts.received_in_all(),
            "{}",
            bundle.display()
        );
        assert_eq!(report.counts.parked, 0, "{:?}", report.issues);
        filed += report.counts.new;
    }
    assert!(filed > 14_000, "{filed}");
    for bundle in &bundles {
        let counts = deployment.take(&practice, bundle).await.counts;
        assert_eq!(
            [counts.new, counts.changed, counts.removed],
            [0; 3],
            "{}",
            bundle.display()
        );
    }
}

async fn sections(deployment: &Deployment, code: &str, local: &str) -> (IdentityId, usize) {
    let found = deployment
        .store
        .identities_of(&code.parse().unwrap(), &[local])
        .await
        .unwrap();
    let identity = found[0].unwrap();
    (
        identity,
        deployment.store.current_ids(identity).await.unwrap().len(),
    )
}

fn write(deployment: &Deployment, name: &str, bundle: &serde_json::Value) -> std::path::PathBuf {
    let path = deployment.folder.join(name);
    std::fs::write(&path, bundle.to_string()).unwrap();
    path
}

fn entry(resource: serde_json::Value, url: &str) -> serde_json::Value {
    json!({"fullUrl": url, "resource": resource, "request": {"method": "PUT", "url": "x"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_changes_and_removes_what_it_names_and_nothing_else() {
    let deployment = Deployment::new().await;
    let practice = deployment.add("N99001", OrganisationKind::GpPractice).await;
    let patient = json!({"resourceType": "Patient", "id": "p1",
        "name": [{"family": "Example", "given": ["Ann"]}], "birthDate": "1950-02-03"});
    let allergy = |what: &str| {
        json!({"resourceType": "AllergyIntolerance", "id": "a1", "code": {"text": what},
            "patient": {"reference": "urn:uuid:p"}})
    };
    let problem = json!({"resourceType": "Condition", "id": "c1", "code": {"text": "Asthma"},
        "subject": {"reference": "urn:uuid:p"}});
    // The Patient comes last, and is named by its place in the bundle.
    let first = json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        entry(allergy("Latex"), "urn:uuid:a"), entry(problem, "urn:uuid:c"),
        entry(patient.clone(), "urn:uuid:p")]});
    let counts = deployment
        .take(&practice, &write(&deployment, "1.json", &first))
        .await
        .counts;
    assert_eq!((counts.new, counts.identities), (3, 1));
    assert_eq!(sections(&deployment, "N99001", "p1").await.1, 2);

    let second = json!({"resourceType": "Bundle", "type": "batch", "entry": [
        entry(patient, "urn:uuid:p"), entry(allergy("Latex gloves"), "urn:uuid:a"),
        {"request": {"method": "DELETE", "url": "Condition/c1"}}]});
    let path = write(&deployment, "2.json", &second);
    let counts = deployment.take(&practice, &path).await.counts;
    assert_eq!(
        (counts.changed, counts.removed, counts.unchanged, counts.new),
        (1, 1, 1, 0)
    );
    assert_eq!(sections(&deployment, "N99001", "p1").await.1, 1);

    let counts = deployment.take(&practice, &path).await.counts;
    assert_eq!((counts.changed, counts.new), (0, 0));
    assert_eq!(sections(&deployment, "N99001", "p1").await.1, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_bundle_fails_with_words_and_changes_nothing() {
    let deployment = Deployment::new().await;
    let practice = deployment.add("N99001", OrganisationKind::GpPractice).await;
    for (name, text) in [
        ("empty.json", ""),
        (
            "cut.json",
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"#,
        ),
        ("patient.json", r#"{"resourceType":"Patient","id":"p1"}"#),
        ("list.json", "[1,2,3]"),
    ] {
        let path = deployment.folder.join(name);
        std::fs::write(&path, text).unwrap();
        let report = deployment.take(&practice, Path::new(&path)).await;
        assert_eq!(report.ending, Ending::Failed, "{name}");
        assert!(report.why[0].starts_with("Bundle: "), "{:?}", report.why);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_named_after_its_patient_leaves_no_name_behind() {
    let deployment = Deployment::new().await;
    let practice = deployment.add("SYN03", OrganisationKind::GpPractice).await;
    let patient = json!({"resourceType": "Patient", "id": "p1"});
    let lost = json!({"resourceType": "Condition", "id": "c1",
        "subject": {"reference": "Patient/p9"}});
    let bundle = json!({"resourceType": "Bundle", "type": "collection",
        "entry": [entry(patient, "urn:uuid:1"), entry(lost, "urn:uuid:2")]});
    let path = write(&deployment, "Abigail999_Nameless888.json", &bundle);
    let report = deployment.take(&practice, &path).await;
    assert_eq!(report.ending, Ending::Filed, "{:?}", report.why);
    let rows = deployment.store.submissions(None).await.unwrap();
    assert_eq!(rows.len(), 1);
    for row in rows {
        let kept = format!("{} {:?} {}", row.name, row.lies, row.report);
        assert!(!kept.contains("Nameless888"), "{kept}");
    }
}
