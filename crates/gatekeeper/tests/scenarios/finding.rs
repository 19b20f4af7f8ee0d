//! Finding patients of one's own organisation.

use tributary_gatekeeper::{GateError, Search};
use tributary_matching::find_name_keys;
use tributary_model::{ClinicalDate, RelationshipKind, Role, SharingChoice, Statement};

use crate::{
    Scene,
    fixture::{Person, council, practice, trust},
    origin, record, shown,
};

fn by_number(number: &str) -> Search {
    Search::NhsNumber(number.to_owned())
}

fn by_name(family: &str, born: &str) -> Search {
    Search::NameAndBirth {
        family: family.to_owned(),
        born: born.to_owned(),
    }
}

#[tokio::test]
async fn a_search_finds_own_patients_under_number_and_name() {
    let scene = Scene::new("find").await;
    let (gate, doctor) = (&scene.gate, &scene.doctor);
    let trust = trust();
    let born = ClinicalDate::read("1990-03-04").unwrap();
    let keys: Vec<_> = find_name_keys("O'Hara-Smith", &born).collect();
    let names: Vec<_> = keys.iter().map(String::as_str).collect();
    let smith = Person {
        nhs: "9990000018",
        family: "O'Hara-Smith",
        born: "1990-03-04",
        names: &names,
        ..Person::koepp(&trust, "T2")
    };
    let smith = scene.deployment.person(smith).await;
    scene
        .deployment
        .relate(smith, &trust, RelationshipKind::Admission)
        .await;
    let found = gate
        .find(doctor, by_name("smith", "1990-03-04"), &origin())
        .await
        .unwrap();
    assert_eq!(found.shown().patients[0].name, "O'HARA-SMITH, Abdul (Mr)");
    let found = gate
        .find(doctor, by_number("999 238 6045"), &origin())
        .await
        .unwrap();
    let [koepp] = found.shown().patients.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (koepp.address, koepp.local_number.as_str()),
        (scene.koepp, "T1")
    );
    assert_eq!(koepp.home, "1 Mill Lane, Chester, CH1 1AA");
    for nothing in [
        by_number("12"),
        by_number("9990000026"),
        by_name("", ""),
        by_name("x", "y"),
    ] {
        assert!(
            gate.find(doctor, nothing, &origin())
                .await
                .unwrap()
                .shown()
                .patients
                .is_empty()
        );
    }
    let nurse = scene.deployment.staff("p", Role::Nurse, &practice()).await;
    let found = gate
        .find(&nurse, by_number("9992386045"), &origin())
        .await
        .unwrap();
    assert_eq!(
        found.shown().patients[0].address,
        scene.at_practice,
        "each by its own identity"
    );
    let social = scene
        .deployment
        .staff("s", Role::SocialWorker, &council())
        .await;
    let found = gate
        .find(&social, by_number("9992386045"), &origin())
        .await
        .unwrap();
    assert!(
        found.shown().patients.is_empty(),
        "there is no search across the region"
    );
}

#[tokio::test]
async fn who_may_not_view_may_not_search_and_the_attempt_is_a_line() {
    let scene = Scene::new("may-find").await;
    for role in [Role::PracticeStaff, Role::FeedEngineer, Role::Operator] {
        let who = scene.deployment.staff("other", role, &trust()).await;
        let lines = scene.lines().await;
        let found = scene
            .gate
            .find(&who, by_number("9992386045"), &origin())
            .await;
        assert!(matches!(found, Err(GateError::NotForRole)), "{role:?}");
        assert_eq!(scene.lines().await, lines + 1);
    }
    let officer = scene
        .deployment
        .staff("officer", Role::PrivacyOfficer, &trust())
        .await;
    let found = scene
        .gate
        .find(&officer, by_number("9992386045"), &origin())
        .await
        .unwrap();
    assert_eq!(found.shown().patients.len(), 1);
}

#[tokio::test]
async fn patients_opened_lately_are_listed() {
    let scene = Scene::new("recent").await;
    scene.decides(SharingChoice::Consent).await;
    let (gate, doctor) = (&scene.gate, &scene.doctor);
    assert!(
        gate.recent(doctor, &origin())
            .await
            .unwrap()
            .shown()
            .patients
            .is_empty()
    );
    shown(record(scene.opens(doctor, Statement::Nothing).await));
    gate.close_record(doctor, scene.koepp).await.unwrap();
    let recent = gate.recent(doctor, &origin()).await.unwrap();
    let [koepp] = recent.shown().patients.as_slice() else {
        panic!("{recent:?}")
    };
    assert_eq!(koepp.opened, Some(scene.deployment.clock.now()));
    assert!(
        gate.recent(&scene.nurse().await, &origin())
            .await
            .unwrap()
            .shown()
            .patients
            .is_empty()
    );
    scene
        .deployment
        .clock
        .advance(8 * tributary_model::Timestamp::DAY);
    assert!(
        gate.recent(doctor, &origin())
            .await
            .unwrap()
            .shown()
            .patients
            .is_empty()
    );
}
