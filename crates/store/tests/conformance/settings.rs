//! The settings: begun from the configuration, changed by two people, named by their label.

use tributary_model::{Origin, Role, Timestamp};
use tributary_policy::{Rulebook, Settings};
use tributary_store::{Approved, Circumstances};

use crate::engines::engines;
use crate::fixture::{beginning, practice, trust};

fn circumstances(now: Timestamp) -> Circumstances {
    Circumstances {
        origin: Origin::default(),
        now,
        rulebook: String::new(),
        sensitivity: String::new(),
        opens: false,
    }
}

/// Cheshire with another duration.
fn shorter(hours: u32) -> Settings {
    let mut settings = Settings::with(Rulebook::cheshire());
    settings.rulebook.emergency_hours = hours;
    settings
}

#[tokio::test]
async fn what_is_configured_is_in_force_until_somebody_decides() {
    for deployment in engines("settings").await {
        let (store, now) = (&deployment.store, circumstances(beginning()));
        assert_eq!(store.settings_in_force().await.unwrap(), None);
        let mut configured = shorter(8);
        store.begin_settings(&configured, &now).await.unwrap();
        let lines = store.count_lines().await.unwrap();
        store.begin_settings(&configured, &now).await.unwrap();
        assert_eq!(store.count_lines().await.unwrap(), lines, "nothing changed");
        configured.rulebook.version = "1-dee".to_owned();
        configured.rulebook.emergency_hours = 6;
        store.begin_settings(&configured, &now).await.unwrap();
        let in_force = store.settings_in_force().await.unwrap().unwrap();
        assert_eq!((in_force.number, &in_force.settings), (2, &configured));
        let first = store.settings_named("cheshire 1").await.unwrap();
        assert_eq!(first.unwrap().rulebook.emergency_hours, 8);
        assert_eq!(store.settings_named("cheshire 9").await.unwrap(), None);
    }
}

#[tokio::test]
async fn two_different_people_put_a_version_in_force() {
    for deployment in engines("approval").await {
        let (store, now) = (&deployment.store, circumstances(beginning()));
        let one = deployment.staff("g1", Role::Governance, &trust()).await;
        let other = deployment
            .staff("g2", Role::CaldicottGuardian, &practice())
            .await;
        let configured = shorter(8);
        store.begin_settings(&configured, &now).await.unwrap();
        let why = "Eight hours are too long";
        let proposed = store.propose_settings(&one, shorter(4), why, &now).await;
        let number = proposed.unwrap();
        let stale = store.propose_settings(&one, shorter(3), why, &now).await;
        let stale = stale.unwrap();
        let approve = async |who, number| store.approve_settings(who, number, &now).await.unwrap();
        assert_eq!(approve(&one, number).await, Approved::Noted);
        assert_eq!(
            approve(&one, number).await,
            Approved::Noted,
            "still one person"
        );
        let in_force = store.settings_in_force().await.unwrap().unwrap();
        assert_eq!(in_force.number, 1);
        assert_eq!(store.settings_named("cheshire 2").await.unwrap(), None);
        assert_eq!(approve(&other, number).await, Approved::InForce);
        let in_force = store.settings_in_force().await.unwrap().unwrap();
        assert_eq!(in_force.number, number);
        assert_eq!(in_force.settings.rulebook.label(), "cheshire 2");
        assert_eq!(in_force.why, why);
        let names: Vec<_> = in_force.approvals.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["Staff g1", "Staff g2"]);
        // What was proposed against the version before cannot follow this one.
        assert_eq!(approve(&one, stale).await, Approved::NotOpen);
        assert_eq!(approve(&other, stale).await, Approved::NotOpen);
        assert_eq!(approve(&other, 99).await, Approved::NotOpen);
        // Nor does the operator's configuration undo it.
        store.begin_settings(&configured, &now).await.unwrap();
        let in_force = store.settings_in_force().await.unwrap().unwrap();
        assert_eq!(in_force.number, number);
    }
}

#[tokio::test]
async fn what_is_withdrawn_is_not_approved_any_more() {
    for deployment in engines("withdrawn").await {
        let (store, now) = (&deployment.store, circumstances(beginning()));
        let one = deployment.staff("g1", Role::Governance, &trust()).await;
        let other = deployment.staff("g2", Role::Governance, &trust()).await;
        store.begin_settings(&shorter(8), &now).await.unwrap();
        let proposed = store.propose_settings(&one, shorter(4), "", &now).await;
        let number = proposed.unwrap();
        let noted = store.approve_settings(&one, number, &now).await.unwrap();
        assert_eq!(noted, Approved::Noted);
        assert!(store.withdraw_settings(&other, number, &now).await.unwrap());
        assert!(!store.withdraw_settings(&other, number, &now).await.unwrap());
        let late = store.approve_settings(&other, number, &now).await.unwrap();
        assert_eq!(late, Approved::NotOpen);
        assert!(
            !store.withdraw_settings(&one, 1, &now).await.unwrap(),
            "it is in force"
        );
    }
}
