//! The fourteen rules.

use tributary_gatekeeper::{Answer, GateError, Outcome};
use tributary_model::{
    Address, LegalReason, OrganisationKind, Part, PatientId, RelationshipKind, Role, SectionSet,
    SharingChoice, Statement, Timestamp,
};
use tributary_policy::Rulebook;
use tributary_store::Agreement;

use crate::{
    NOBODY, Scene, emergency,
    fixture::{Person, beginning, company, council, organisation, practice, trust},
    opening, question, record, refused, shown,
};

const DAY: i64 = Timestamp::DAY;
const HOUR: i64 = Timestamp::HOUR;

fn legal(reason: LegalReason) -> Statement {
    Statement::Legal {
        reason,
        words: "because".to_owned(),
        attorney_asked: true,
    }
}

#[tokio::test]
async fn rule_1_who_is_not_authorised_is_refused() {
    let scene = Scene::new("rule-1").await;
    let deployment = &scene.deployment;
    let refusal = async |who: &tributary_model::Requester| {
        refused(scene.opens(who, Statement::ConsentStanding).await)
    };
    let officer = deployment
        .staff("officer", Role::PrivacyOfficer, &trust())
        .await;
    let private = deployment.staff("private", Role::Doctor, &company()).await;
    let nhs = Some("9992386045".parse().unwrap());
    let koepp = deployment
        .staff_with("koepp", Role::Doctor, &trust(), nhs)
        .await;
    let mut stranger = scene.doctor.clone();
    stranger.organisation = organisation("ELSEWH3R3", "Elsewhere", OrganisationKind::AcuteTrust);
    let mut promoted = scene.nurse().await;
    promoted.role = Role::Doctor;
    for (who, words) in [
        (&officer, "on no professional register"),
        (&private, "neither an NHS body nor a council"),
        (&koepp, "own record"),
        (&stranger, "not active"),
        (&promoted, "not active"),
    ] {
        let refusal = refusal(who).await;
        assert!(
            refusal.words.starts_with("You are not authorised"),
            "{words}: {refusal:?}"
        );
        assert!(!refusal.unknown_person && !refusal.may_say_yes_now);
    }
    let closed = scene.doctor.account;
    deployment
        .store
        .close_account(closed, deployment.clock.now())
        .await
        .unwrap();
    assert!(refusal(&scene.doctor).await.words.contains("not active"));
    deployment.clock.advance(200 * DAY);
    assert!(refusal(&scene.nurse().await).await.words.contains("lapsed"));
}

#[tokio::test]
async fn rule_1_an_agreement_ends() {
    let scene = Scene::new("agreement").await;
    scene.decides(SharingChoice::Consent).await;
    shown(record(scene.opens(&scene.doctor, Statement::Nothing).await));
    let agreement = Agreement {
        organisation: trust().code,
        begins: beginning().plus(-365 * DAY),
        ends: Some(beginning().plus(HOUR)),
        feeds: true,
        views: true,
        supplies: SectionSet::all(),
        signed_by: String::new(),
    };
    scene
        .deployment
        .store
        .put_agreement(&agreement, beginning())
        .await
        .unwrap();
    shown(record(scene.goes_on(&scene.doctor).await));
    scene.deployment.clock.advance(HOUR);
    assert!(
        refused(scene.goes_on(&scene.doctor).await)
            .words
            .contains("no agreement in force")
    );
}

#[tokio::test]
async fn rule_2_unknown_and_unrelated_are_one_answer() {
    let scene = Scene::new("rule-2").await;
    let deployment = &scene.deployment;
    let (trust, now) = (trust(), deployment.clock.now());
    let unrelated = Person {
        nhs: "9990000018",
        ..Person::koepp(&trust, "T2")
    };
    let unrelated = deployment.person(unrelated).await;
    let left = Person {
        nhs: "9990000026",
        ..Person::koepp(&trust, "T3")
    };
    let left = deployment.person(left).await;
    let (from, until) = (now.plus(-90 * DAY), Some(now.plus(-29 * DAY)));
    let kind = RelationshipKind::Admission;
    deployment
        .relate_until(left, &trust, kind, from, until, None)
        .await;
    let coming = Person {
        nhs: "9990000034",
        ..Person::koepp(&trust, "T4")
    };
    let coming = deployment.person(coming).await;
    deployment
        .relate_until(coming, &trust, kind, now.plus(HOUR), None, None)
        .await;
    let mut answers = Vec::new();
    for address in [
        NOBODY,
        scene.at_practice,
        Address(unrelated),
        Address(left),
        Address(coming),
    ] {
        for statement in [
            Statement::Nothing,
            Statement::SaysNo,
            emergency("unconscious"),
        ] {
            let opening = opening(address, Some(Part::Treating), statement);
            let mut refusal = refused(
                scene
                    .gate
                    .open_record(&scene.doctor, opening)
                    .await
                    .unwrap(),
            );
            refusal.access = tributary_model::AccessNumber(0);
            answers.push(refusal);
        }
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    assert!(answers[0].unknown_person && answers[0].meaning.is_empty());
}

#[tokio::test]
async fn rule_2_a_relationship_ends_in_mid_session() {
    let scene = Scene::new("ends").await;
    scene.decides(SharingChoice::Consent).await;
    let (deployment, now) = (&scene.deployment, scene.deployment.clock.now());
    let trust = trust();
    let visitor = Person {
        nhs: "9990000018",
        ..Person::koepp(&trust, "T2")
    };
    let visitor = Address(deployment.person(visitor).await);
    let until = Some(now.plus(HOUR));
    let (kind, from) = (RelationshipKind::Arrival, now.plus(-HOUR));
    deployment
        .relate_until(visitor.0, &trust, kind, from, until, None)
        .await;
    let open = async |part| {
        let opening = opening(visitor, part, Statement::Nothing);
        scene
            .gate
            .open_record(&scene.doctor, opening)
            .await
            .unwrap()
    };
    question(open(Some(Part::Treating)).await);
    deployment.clock.advance(29 * DAY + 2 * HOUR);
    assert!(refused(open(None).await).unknown_person);
}

#[tokio::test]
async fn rules_3_and_4_nothing_overrides_a_refusal() {
    for (choice, words) in [
        (
            SharingChoice::OptOut,
            "The patient has declined to have an electronic shared record.",
        ),
        (
            SharingChoice::Block,
            "The patient has not given consent to view the record.",
        ),
    ] {
        let scene = Scene::new("refusing").await;
        scene.decides(choice).await;
        for statement in [
            Statement::Nothing,
            Statement::ConsentStanding,
            Statement::ConsentToday,
            emergency("unconscious"),
            legal(LegalReason::LacksCapacity),
        ] {
            let refusal = refused(scene.opens(&scene.doctor, statement).await);
            assert_eq!(refusal.words, words);
            assert!(
                refusal
                    .meaning
                    .iter()
                    .any(|line| line.contains("not even in an emergency"))
            );
        }
    }
}

#[tokio::test]
async fn rules_5_and_6_a_no_holds_for_a_day() {
    let scene = Scene::new("no").await;
    let doctor = &scene.doctor;
    shown(record(scene.opens(doctor, Statement::ConsentToday).await));
    let no = opening(scene.koepp, None, Statement::SaysNo);
    let refusal = refused(scene.gate.open_record(doctor, no).await.unwrap());
    assert!(
        !refusal.may_say_yes_now && refusal.words.contains("no"),
        "{refusal:?}"
    );
    for statement in [
        Statement::Nothing,
        emergency("unconscious"),
        legal(LegalReason::Protection),
    ] {
        let refusal = refused(scene.opens(doctor, statement).await);
        assert!(
            refusal.may_say_yes_now,
            "the consent from before the no is over"
        );
    }
    let nurse = scene.nurse().await;
    let asked = question(scene.opens(&nurse, Statement::Nothing).await);
    assert_eq!(asked.colleague_told_no, Some(beginning()));
    scene.deployment.clock.advance(1);
    shown(record(scene.opens(doctor, Statement::ConsentToday).await));
    shown(record(scene.goes_on(doctor).await));
    refused(scene.opens(doctor, Statement::SaysNo).await);
    scene.deployment.clock.advance(DAY);
    question(scene.opens(doctor, Statement::Nothing).await);
}

#[tokio::test]
async fn rule_7_standing_consent_asks_only_for_the_part() {
    let scene = Scene::new("standing").await;
    scene.decides(SharingChoice::Consent).await;
    let doctor = &scene.doctor;
    let asked = question(scene.goes_on(doctor).await);
    assert!(asked.answers.is_empty());
    assert_eq!(asked.patient.name, "KOEPP, Abdul (Mr)");
    let opened = record(scene.opens(doctor, Statement::Nothing).await);
    let permission = &opened.shown().permission;
    assert_eq!(
        permission.words,
        "Permission given for everyone involved in their care"
    );
    assert_eq!((permission.until, permission.reviewed), (None, false));
    shown(record(scene.goes_on(doctor).await));
    scene.gate.close_record(doctor, scene.koepp).await.unwrap();
    question(scene.goes_on(doctor).await);
}

#[tokio::test]
async fn rule_9_the_patient_is_asked() {
    let scene = Scene::new("asked").await;
    let asked = question(scene.goes_on(&scene.doctor).await);
    let plain: Vec<_> = asked.answers.iter().take(4).cloned().collect();
    assert_eq!(
        plain,
        [
            Answer::Standing,
            Answer::Today,
            Answer::No,
            Answer::Emergency
        ]
    );
    let Some(Answer::Legal(checks)) = asked.answers.last() else {
        panic!("{asked:?}")
    };
    let available: Vec<_> = checks.iter().map(|check| check.available).collect();
    assert_eq!(available, [true, false, false, true], "{checks:?}");
    assert_eq!(asked.today_until, beginning().plus(DAY));
    assert_eq!(asked.patient.nhs_number.as_deref(), Some("999 238 6045"));
    let social_worker = scene
        .deployment
        .staff("s", Role::SocialWorker, &trust())
        .await;
    let asked = question(scene.goes_on(&social_worker).await);
    assert!(
        !asked.answers.contains(&Answer::Emergency),
        "who may not break the glass"
    );
}

#[tokio::test]
async fn rule_10_standing_consent_given_now_holds_for_colleagues() {
    let scene = Scene::new("rule-10").await;
    let nurse = scene.nurse().await;
    shown(record(
        scene.opens(&scene.doctor, Statement::ConsentStanding).await,
    ));
    let opened = record(scene.opens(&nurse, Statement::Nothing).await);
    assert_eq!(opened.shown().permission.until, None);
}

#[tokio::test]
async fn rule_11_consent_for_today_holds_for_one_and_a_day() {
    let scene = Scene::new("rule-11").await;
    let doctor = &scene.doctor;
    let opened = record(scene.opens(doctor, Statement::ConsentToday).await);
    assert_eq!(opened.shown().permission.until, Some(beginning().plus(DAY)));
    question(scene.opens(&scene.nurse().await, Statement::Nothing).await);
    scene.deployment.clock.advance(DAY - 1);
    shown(record(scene.goes_on(doctor).await));
    scene.deployment.clock.advance(1);
    question(scene.goes_on(doctor).await);
}

#[tokio::test]
async fn rule_12_an_emergency_is_short_and_flagged() {
    let scene = Scene::new("rule-12").await;
    let doctor = &scene.doctor;
    let asked = question(scene.opens(doctor, emergency("")).await);
    assert_eq!(asked.problems[0].0, "emergency-reason");
    let opened = record(scene.opens(doctor, emergency("unconscious")).await);
    let permission = &opened.shown().permission;
    assert_eq!(permission.until, Some(beginning().plus(8 * HOUR)));
    assert!(permission.reviewed);
    scene.deployment.clock.advance(8 * HOUR);
    question(scene.goes_on(doctor).await);

    refused(scene.opens(&scene.nurse().await, Statement::SaysNo).await);
    let asked = question(scene.opens(doctor, emergency("unconscious")).await);
    assert_eq!(asked.problems[0].0, "colleague-no-shown");
    assert!(asked.colleague_told_no.is_some());
    let informed = Statement::Emergency {
        reason: "unconscious".to_owned(),
        wishes: "none known".to_owned(),
        colleague_no_shown: true,
    };
    shown(record(scene.opens(doctor, informed).await));
    let social_worker = scene
        .deployment
        .staff("s", Role::SocialWorker, &trust())
        .await;
    question(scene.opens(&social_worker, emergency("unconscious")).await);
}

#[tokio::test]
async fn rule_13_another_lawful_basis_is_checked() {
    let scene = Scene::new("rule-13").await;
    let (doctor, deployment, trust) = (&scene.doctor, &scene.deployment, trust());
    let no_attorney = Statement::Legal {
        reason: LegalReason::LacksCapacity,
        words: "delirious".to_owned(),
        attorney_asked: false,
    };
    let asked = question(scene.opens(doctor, no_attorney).await);
    assert_eq!(asked.problems[0].0, "attorney-asked");
    for reason in [LegalReason::UnderThirteen, LegalReason::ReferredHere] {
        let asked = question(scene.opens(doctor, legal(reason)).await);
        assert_eq!(asked.problems[0].0, "legal-reason");
    }
    let (now, by) = (deployment.clock.now(), Some(practice().code));
    let kind = RelationshipKind::Referral;
    deployment
        .relate_until(scene.koepp.0, &trust, kind, now.plus(-DAY), None, by)
        .await;
    let opened = record(scene.opens(doctor, legal(LegalReason::ReferredHere)).await);
    assert_eq!(opened.shown().permission.until, Some(beginning().plus(DAY)));
    assert!(opened.shown().permission.reviewed);

    let child = Person {
        nhs: "9990000018",
        born: "2016-02-01",
        ..Person::koepp(&trust, "T2")
    };
    let child = Address(deployment.person(child).await);
    deployment
        .relate(child.0, &trust, RelationshipKind::Arrival)
        .await;
    let statement = legal(LegalReason::UnderThirteen);
    let opening = opening(child, Some(Part::Treating), statement);
    let opened = scene
        .gate
        .open_record(doctor, opening.clone())
        .await
        .unwrap();
    assert_eq!(record(opened).shown().record.banner.age, "10y 9m");
    // A source that has another date of birth: then the age is not known.
    let practice = practice();
    let joins = Some(PatientId(child.0.0));
    let other = Person {
        nhs: "9990000018",
        born: "2010-02-01",
        joins,
        ..Person::koepp(&practice, "P2")
    };
    deployment.person(other).await;
    let nurse = scene.nurse().await;
    question(scene.gate.open_record(&nurse, opening).await.unwrap());
}

#[tokio::test]
async fn death_ends_what_is_held() {
    let scene = Scene::new("death").await;
    shown(record(
        scene.opens(&scene.doctor, Statement::ConsentToday).await,
    ));
    let (trust, joins) = (trust(), Some(PatientId(scene.koepp.0.0)));
    let dead = |local| Person {
        dead: true,
        joins,
        ..Person::koepp(&trust, local)
    };
    scene.deployment.person(dead("T2")).await;
    shown(record(scene.goes_on(&scene.doctor).await));
    scene.deployment.person(dead("T3")).await;
    question(scene.goes_on(&scene.doctor).await);
}

#[tokio::test]
async fn other_rulebooks_differ_where_they_say() {
    let scene = Scene::with("implied", Rulebook::implied()).await;
    shown(record(scene.opens(&scene.doctor, Statement::Nothing).await));
    refused(scene.opens(&scene.doctor, Statement::SaysNo).await);
    refused(scene.opens(&scene.doctor, Statement::Nothing).await);

    let scene = Scene::with("opt-in", Rulebook::opt_in()).await;
    let refusal = refused(scene.opens(&scene.doctor, Statement::ConsentStanding).await);
    assert!(refusal.words.contains("No shared record has been created"));

    let scene = Scene::with("every-time", Rulebook::ask_every_time()).await;
    scene.decides(SharingChoice::Consent).await;
    let opened = record(scene.opens(&scene.doctor, Statement::ConsentToday).await);
    assert!(
        opened
            .shown()
            .record
            .sections
            .iter()
            .all(|section| section.rows.is_empty())
    );
    question(scene.goes_on(&scene.doctor).await);
}

#[tokio::test]
async fn every_path_asks_the_same_rules() {
    let scene = Scene::new("paths").await;
    let (gate, doctor) = (&scene.gate, &scene.doctor);
    let nothing = || opening(scene.koepp, None, Statement::Nothing);
    let key = tributary_model::EntryKey::from_slug("1-3-1-1").unwrap();
    question(gate.open_entry(doctor, nothing(), key).await.unwrap());
    question(gate.open_trend(doctor, nothing(), "any").await.unwrap());
    question(gate.fetch_fhir(doctor, nothing()).await.unwrap());
    scene.decides(SharingChoice::Block).await;
    refused(gate.open_entry(doctor, nothing(), key).await.unwrap());
    refused(gate.open_trend(doctor, nothing(), "any").await.unwrap());
    refused(gate.fetch_fhir(doctor, nothing()).await.unwrap());
    let nobody = || opening(NOBODY, None, Statement::Nothing);
    assert!(refused(gate.fetch_fhir(doctor, nobody()).await.unwrap()).unknown_person);
    let social = scene
        .deployment
        .staff("s", Role::SocialWorker, &council())
        .await;
    assert!(refused(gate.fetch_fhir(&social, nothing()).await.unwrap()).unknown_person);
    assert!(matches!(
        gate.accesses(
            doctor,
            &tributary_gatekeeper::AccessQuery::default(),
            &crate::origin()
        )
        .await,
        Err(GateError::NotForRole)
    ));
    let outcome = gate
        .patient_report(&social, scene.koepp, None, &crate::origin())
        .await
        .unwrap();
    assert!(matches!(outcome, Outcome::Refused(refusal) if refusal.unknown_person));
}
