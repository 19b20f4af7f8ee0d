//! Signing in, choosing a role, signing out.

use tributary_gatekeeper::{SessionToken, SignIn};
use tributary_model::{Role, SharingChoice, Statement, Timestamp};
use tributary_store::NewAccount;

use crate::{
    Scene,
    fixture::{PASSWORD, practice, trust},
    origin, question, record, shown,
};

async fn signed_in(scene: &Scene, login: &str) -> SessionToken {
    match scene
        .gate
        .sign_in(login, PASSWORD, &origin())
        .await
        .unwrap()
    {
        SignIn::In(token) => token,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_role_is_taken_at_once_and_each_attempt_is_a_line() {
    let scene = Scene::new("sign-in").await;
    let gate = &scene.gate;
    let lines = scene.lines().await;
    let wrong = gate.sign_in("a.example", "guess", &origin()).await.unwrap();
    assert!(matches!(wrong, SignIn::Refused));
    let unknown = gate.sign_in("nobody", PASSWORD, &origin()).await.unwrap();
    assert!(matches!(unknown, SignIn::Refused));
    let token = signed_in(&scene, "a.example").await;
    assert_eq!(scene.lines().await, lines + 3);
    let who = gate.session(&token).await.unwrap().unwrap();
    assert_eq!(who.requester.as_ref(), Some(&scene.doctor));
    gate.sign_out(&token, &origin()).await.unwrap();
    assert!(gate.session(&token).await.unwrap().is_none());
    assert!(
        gate.session(&SessionToken("rubbish".to_owned()))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn guessing_is_stopped() {
    let scene = Scene::new("guessing").await;
    for _ in 0..5 {
        scene
            .gate
            .sign_in("a.example", "guess", &origin())
            .await
            .unwrap();
    }
    let stopped = scene
        .gate
        .sign_in("a.example", PASSWORD, &origin())
        .await
        .unwrap();
    assert!(matches!(stopped, SignIn::TooMany(_)));
}

#[tokio::test]
async fn changing_role_closes_the_record() {
    let scene = Scene::new("roles").await;
    scene.decides(SharingChoice::Consent).await;
    let account = NewAccount {
        login: "two".to_owned(),
        name: "Two Roles".to_owned(),
        password: PASSWORD.to_owned().into(),
        register: scene.doctor.register.clone(),
        nhs_number: None,
        assignments: vec![(Role::Doctor, trust().code), (Role::Nurse, practice().code)],
    };
    scene
        .deployment
        .store
        .create_account(account)
        .await
        .unwrap();
    let token = signed_in(&scene, "two").await;
    let gate = &scene.gate;
    let who = gate.session(&token).await.unwrap().unwrap();
    assert!(who.requester.is_none() && who.assignments.len() == 2);
    let chooses = async |token: &SessionToken, role| {
        let moved = gate.choose_role(token, role, &origin()).await.unwrap();
        moved.expect("there is such a role")
    };
    let none = gate.choose_role(&token, 7, &origin()).await.unwrap();
    assert!(none.is_none());
    let first = token;
    let token = chooses(&first, 0).await;
    assert!(
        gate.session(&first).await.unwrap().is_none(),
        "the old token is dead"
    );
    let doctor = gate
        .session(&token)
        .await
        .unwrap()
        .unwrap()
        .requester
        .unwrap();
    assert_eq!(
        (doctor.role, &doctor.organisation),
        (Role::Doctor, &trust())
    );
    shown(record(scene.opens(&doctor, Statement::Nothing).await));
    shown(record(scene.goes_on(&doctor).await));
    let token = chooses(&token, 1).await;
    chooses(&token, 0).await;
    question(scene.goes_on(&doctor).await);
}

#[tokio::test]
async fn a_session_ends_and_so_does_a_closed_account() {
    let scene = Scene::new("ending").await;
    let token = signed_in(&scene, "a.example").await;
    scene.deployment.clock.advance(Timestamp::HOUR / 2);
    assert!(scene.gate.session(&token).await.unwrap().is_none());
    let token = signed_in(&scene, "a.example").await;
    let now = scene.deployment.clock.now();
    scene
        .deployment
        .store
        .close_account(scene.doctor.account, now)
        .await
        .unwrap();
    assert!(scene.gate.session(&token).await.unwrap().is_none());
}
