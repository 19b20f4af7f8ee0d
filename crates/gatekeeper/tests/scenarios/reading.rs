//! What a record shows, and what it does not.

use tributary_gatekeeper::GateError;
use tributary_model::{Part, Role, Section, SharingChoice, Statement};
use tributary_record::{AllergySummary, CombinedRecord, SectionState};

use crate::{Scene, opening, record};

fn section(record: &CombinedRecord, section: Section) -> &tributary_record::SectionView {
    record
        .sections
        .iter()
        .find(|view| view.section == section)
        .unwrap()
}

fn words(record: &CombinedRecord) -> Vec<String> {
    record
        .sections
        .iter()
        .flat_map(|view| &view.rows)
        .map(|row| row.what.clone())
        .collect()
}

#[tokio::test]
async fn many_sources_are_one_record() {
    let scene = Scene::new("record").await;
    scene.decides(SharingChoice::Consent).await;
    let opened = record(scene.opens(&scene.doctor, Statement::Nothing).await);
    let record = &opened.shown().record;
    assert_eq!(record.banner.name, "KOEPP, Abdul (Mr)");
    assert_eq!(record.banner.nhs_number.as_deref(), Some("999 238 6045"));
    let AllergySummary::Recorded(allergies) = &record.first_minute.allergies else {
        panic!()
    };
    assert_eq!(allergies[0].substance, "Penicillin");
    let sources: Vec<_> = record
        .sources
        .iter()
        .map(|source| source.organisation.name.as_str())
        .collect();
    assert_eq!(sources, ["Dee Hospital", "Mill Lane Surgery"]);
    assert!(words(record).contains(&"Serum potassium level".to_owned()));
    assert!(words(record).contains(&"Chlamydial infection".to_owned()));
    assert!(!record.withheld, "a doctor sees the stand-in sets");
}

#[tokio::test]
async fn sections_and_sensitive_codes_are_withheld_by_role() {
    let scene = Scene::new("withheld").await;
    scene.decides(SharingChoice::Consent).await;
    let nurse = scene.nurse().await;
    let opened = record(scene.opens(&nurse, Statement::Nothing).await);
    let seen = &opened.shown().record;
    assert!(!words(seen).contains(&"Chlamydial infection".to_owned()));
    assert!(seen.withheld, "with one mark for the whole record");
    let social = scene
        .deployment
        .staff("s", Role::SocialWorker, &crate::trust())
        .await;
    let opened = record(scene.opens(&social, Statement::Nothing).await);
    let results = section(&opened.shown().record, Section::Results);
    assert_eq!(
        (results.rows.len(), &results.states),
        (0, &vec![SectionState::Withheld])
    );
    let fhir = scene
        .gate
        .fetch_fhir(&social, opening(scene.koepp, None, Statement::Nothing))
        .await;
    let fhir = record(fhir.unwrap());
    let bundle = String::from_utf8(fhir.shown().bundle.clone()).unwrap();
    assert!(bundle.contains("Asthma") && bundle.contains("Penicillin"));
    assert!(!bundle.contains("potassium") && !bundle.contains("Chlamydial"));
}

#[tokio::test]
async fn one_entry_and_one_trend_open_within_the_record() {
    let scene = Scene::new("entry").await;
    scene.decides(SharingChoice::Consent).await;
    let opened = record(scene.opens(&scene.doctor, Statement::Nothing).await);
    let row = section(&opened.shown().record, Section::Problems).rows[0].clone();
    let nothing = || opening(scene.koepp, None, Statement::Nothing);
    let entry = scene
        .gate
        .open_entry(&scene.doctor, nothing(), row.key)
        .await
        .unwrap();
    let entry = record(entry);
    let (_, view) = entry.shown();
    assert_eq!(view.row.what, row.what);
    assert!(String::from_utf8_lossy(&view.verbatim).contains("\"resourceType\":\"Condition\""));
    let hidden = section(&opened.shown().record, Section::Problems)
        .rows
        .iter()
        .find(|row| row.what == "Chlamydial infection")
        .unwrap();
    let nurse = scene.nurse().await;
    let treating = opening(scene.koepp, Some(Part::Treating), Statement::Nothing);
    let missing = scene
        .gate
        .open_entry(&nurse, treating.clone(), hidden.key)
        .await;
    assert!(
        matches!(missing, Err(GateError::NoSuchPage)),
        "it is not there for a nurse"
    );
    let elsewhere = tributary_model::EntryKey { n: 99, ..row.key };
    let missing = scene.gate.open_entry(&nurse, treating, elsewhere).await;
    assert!(matches!(missing, Err(GateError::NoSuchPage)));
    if let Some(slug) = &section(&opened.shown().record, Section::Results).rows[0].trend {
        let trend = scene
            .gate
            .open_trend(&scene.doctor, nothing(), slug)
            .await
            .unwrap();
        assert_eq!(record(trend).shown().1.points.len(), 1);
    }
    let none = scene
        .gate
        .open_trend(&scene.doctor, nothing(), "no-such-test")
        .await;
    assert!(matches!(none, Err(GateError::NoSuchPage)));
}

#[tokio::test]
async fn every_answer_can_be_awaited_on_any_thread() {
    fn travels<T: Send>(answer: T) -> T {
        answer
    }
    let scene = Scene::new("threads").await;
    let (gate, doctor) = (&scene.gate, &scene.doctor);
    let nothing = || opening(scene.koepp, None, Statement::Nothing);
    let key = tributary_model::EntryKey::from_slug("1-3-1-1").unwrap();
    travels(gate.open_record(doctor, nothing())).await.unwrap();
    travels(gate.open_entry(doctor, nothing(), key))
        .await
        .unwrap();
    travels(gate.open_trend(doctor, nothing(), "any"))
        .await
        .unwrap();
    travels(gate.fetch_fhir(doctor, nothing())).await.unwrap();
}
