//! Every look is a line, and the lines are read by those who may.

use tributary_gatekeeper::{AccessQuery, GateError, Outcome};
use tributary_model::{
    AccessNumber, LegalReason, Origin, Part, Role, SharingChoice, Statement, Timestamp,
};
use tributary_store::{Circumstances, Place};

use crate::{
    NOBODY, Scene, emergency,
    fixture::{practice, trust},
    opening, origin, question, record, refused, shown,
};

fn circumstances(scene: &Scene) -> Circumstances {
    Circumstances {
        origin: Origin::default(),
        now: scene.deployment.clock.now(),
        rulebook: String::new(),
        sensitivity: String::new(),
        opens: false,
    }
}

/// Alters the record store by hand, as nothing but a hand would.
fn by_hand(scene: &Scene, sql: &str) {
    let Place::Folder(folder) = scene.deployment.place() else {
        panic!("on SQLite")
    };
    rusqlite::Connection::open(folder.join("record.sqlite"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

#[tokio::test]
async fn nothing_without_a_line() {
    let scene = Scene::new("lines").await;
    let (gate, doctor) = (&scene.gate, &scene.doctor);
    let mut lines = scene.lines().await;
    let mut one_more = async |what: &str| {
        lines += 1;
        assert_eq!(scene.lines().await, lines, "{what}");
    };
    let asked = scene.opens(doctor, Statement::Nothing).await;
    question(asked);
    one_more("a question").await;
    refused(scene.opens(doctor, Statement::SaysNo).await);
    one_more("a no").await;
    let nobody = opening(NOBODY, Some(Part::Treating), Statement::Nothing);
    let unknown = refused(gate.open_record(doctor, nobody).await.unwrap());
    one_more("an unknown person").await;
    scene.deployment.clock.advance(1);
    let opened = record(scene.opens(doctor, Statement::ConsentToday).await);
    one_more("a record").await;
    assert!(unknown.access < opened.access());
    shown(record(scene.goes_on(doctor).await));
    one_more("the next page").await;
    let nothing = || opening(scene.koepp, None, Statement::Nothing);
    shown(record(gate.fetch_fhir(doctor, nothing()).await.unwrap()));
    one_more("the record as FHIR").await;
    let missing = gate.open_trend(doctor, nothing(), "no-such-test").await;
    assert!(matches!(missing, Err(GateError::NoSuchPage)));
    one_more("a page that is not there").await;
    shown(gate.recent(doctor, &origin()).await.unwrap());
    one_more("recent patients").await;
    assert!(
        gate.accesses(doctor, &AccessQuery::default(), &origin())
            .await
            .is_err()
    );
    one_more("a list that is not for the role").await;
    let permit = scene
        .deployment
        .store
        .admit_maintenance("verify", &circumstances(&scene))
        .await;
    let sound = scene
        .deployment
        .store
        .verify_log(&permit.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sound.lines, u64::try_from(lines).unwrap() + 1);
}

#[tokio::test]
async fn what_moves_under_a_line_is_withdrawn_and_decided_again() {
    let scene = Scene::new("withdrawn").await;
    // Another process changes something about the person right after our consent is kept.
    by_hand(
        &scene,
        "CREATE TRIGGER meanwhile AFTER INSERT ON consent \
         BEGIN UPDATE identity SET state = state + 1 WHERE identity = new.identity; END",
    );
    let lines = scene.lines().await;
    let opened = record(scene.opens(&scene.doctor, Statement::ConsentToday).await);
    assert_eq!(
        scene.lines().await,
        lines + 3,
        "permitted, withdrawn, permitted"
    );
    assert_eq!(opened.access(), AccessNumber(lines + 2));
    let officer = scene
        .deployment
        .staff("officer", Role::PrivacyOfficer, &trust())
        .await;
    let list = scene
        .gate
        .accesses(&officer, &AccessQuery::default(), &origin())
        .await
        .unwrap();
    let outcomes: Vec<_> = list
        .shown()
        .lines
        .iter()
        .map(|line| line.outcome.as_str())
        .skip(1)
        .take(3)
        .collect();
    assert_eq!(outcomes, ["permitted", "withdrawn", "permitted"]);
}

#[tokio::test]
async fn a_line_that_cannot_be_written_shows_nothing() {
    let scene = Scene::new("unwritten").await;
    scene.decides(SharingChoice::Consent).await;
    let Place::Folder(folder) = scene.deployment.place() else {
        panic!("on SQLite")
    };
    rusqlite::Connection::open(folder.join("audit.sqlite"))
        .unwrap()
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON audit_line \
             BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
        )
        .unwrap();
    let treating = opening(scene.koepp, Some(Part::Treating), Statement::Nothing);
    let failed = scene.gate.open_record(&scene.doctor, treating).await;
    assert!(matches!(failed, Err(GateError::Audit(_))), "{failed:?}");
}

#[tokio::test]
async fn a_privacy_officer_reads_what_concerns_their_organisation() {
    let scene = Scene::new("officer").await;
    shown(record(
        scene.opens(&scene.doctor, emergency("unconscious")).await,
    ));
    for organisation in [trust(), practice()] {
        let login = format!("officer-{}", organisation.code);
        let officer = scene
            .deployment
            .staff(&login, Role::PrivacyOfficer, &organisation)
            .await;
        let list = scene
            .gate
            .accesses(&officer, &AccessQuery::default(), &origin())
            .await
            .unwrap();
        let line = list
            .shown()
            .lines
            .iter()
            .find(|line| line.flagged.is_some())
            .unwrap();
        assert_eq!(line.who, "Staff a.example, Doctor, GMC 7654321");
        assert_eq!(
            line.patient, "KOEPP, Abdul (Mr)",
            "as {} knows him",
            organisation.name
        );
        assert_eq!(line.reason, "unconscious");
        assert_eq!(line.rule, "rule 12, cheshire 1");
        assert_eq!(line.organisation, "Dee Hospital");
        assert!(line.basis.contains("An emergency"), "{}", line.basis);
        let own = if organisation == trust() {
            scene.koepp
        } else {
            scene.at_practice
        };
        assert_eq!(line.address, Some(own));
    }
    let elsewhere = crate::fixture::council();
    let officer = scene
        .deployment
        .staff("council", Role::PrivacyOfficer, &elsewhere)
        .await;
    let list = scene
        .gate
        .accesses(&officer, &AccessQuery::default(), &origin())
        .await
        .unwrap();
    let what: Vec<_> = list
        .shown()
        .lines
        .iter()
        .map(|line| line.what.as_str())
        .collect();
    assert_eq!(
        what,
        ["Read the list of accesses", "Administered"],
        "nothing but their own reading and agreement"
    );
}

#[tokio::test]
async fn a_patient_is_told_who_looked() {
    let scene = Scene::new("report").await;
    shown(record(
        scene.opens(&scene.doctor, emergency("unconscious")).await,
    ));
    let nurse = scene.nurse().await;
    let safeguarding = Statement::Legal {
        reason: LegalReason::Protection,
        words: "bruises".to_owned(),
        attorney_asked: false,
    };
    shown(record(scene.opens(&nurse, safeguarding).await));
    scene.decides(SharingChoice::Block).await;
    let gp = scene
        .deployment
        .staff("gp", Role::Doctor, &practice())
        .await;
    let report = async |who| {
        let address = scene.at_practice;
        record(
            scene
                .gate
                .patient_report(who, address, None, &origin())
                .await
                .unwrap(),
        )
    };
    let told = report(&gp).await;
    let sentences: Vec<_> = told
        .shown()
        .sentences
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    assert_eq!(
        sentences.last().copied(),
        Some(
            "Staff a.example, doctor at Dee Hospital, on 22-Nov-2026 at 09:00, in an emergency: \
             “unconscious”. They looked at your shared record."
        )
    );
    assert!(
        !sentences.iter().any(|text| text.contains("bruises")),
        "safeguarding is held back"
    );
    let officer = scene
        .deployment
        .staff("officer", Role::PrivacyOfficer, &practice())
        .await;
    let told = report(&officer).await;
    assert!(
        !told
            .shown()
            .sentences
            .iter()
            .any(|(_, text)| text.contains("bruises")),
        "on the copy that a privacy officer hands out too"
    );
    let outcome = scene
        .gate
        .patient_report(&gp, scene.koepp, None, &origin())
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Refused(refusal) if refusal.unknown_person));
}

#[tokio::test]
async fn an_access_is_replayed_as_it_was_until_it_is_erased() {
    let scene = Scene::new("replay").await;
    scene.decides(SharingChoice::Consent).await;
    let opened = record(scene.opens(&scene.doctor, Statement::Nothing).await);
    scene.deployment.clock.advance(Timestamp::HOUR);
    let slot = tributary_store::Slot::Entry(tributary_model::Section::Problems, 1);
    let resolved = crate::ASTHMA.replace("Asthma", "Resolved asthma");
    let version = tributary_model::Version(2);
    scene
        .deployment
        .file(scene.at_practice.0, version, &[(slot, resolved)])
        .await;
    let now = record(scene.goes_on(&scene.doctor).await);
    assert!(format!("{:?}", now.shown().record).contains("Resolved asthma"));
    let again = scene.gate.replay(opened.access()).await.unwrap().unwrap();
    let shown = format!("{:?}", again.shown().record);
    assert!(shown.contains("Asthma") && !shown.contains("Resolved asthma"));
    assert!(again.shown().missing.is_empty());

    let store = &scene.deployment.store;
    store
        .erase(
            &[scene.at_practice.0],
            "opted out",
            scene.deployment.clock.now(),
        )
        .await
        .unwrap();
    let again = scene.gate.replay(opened.access()).await.unwrap().unwrap();
    assert_eq!(
        again.shown().missing,
        ["What N81001 held: erased on 22-Nov-2026"]
    );
    assert!(!format!("{:?}", again.shown().record).contains("Asthma"));
    assert!(
        scene
            .gate
            .replay(AccessNumber(100_000))
            .await
            .unwrap()
            .is_none()
    );
}
