//! Who can sign in: sessions, accounts that providers vouch for, second factors, registers, links.

use tributary_model::{
    AccountId, Address, ClinicalDate, OdsCode, Origin, Register, RegisterEntry, RelationshipKind,
    Requester, Role, Timestamp,
};
use tributary_policy::{Registration, RelationshipStanding, Rulebook};
use tributary_store::{
    Account, Checked, Circumstances, FactorSecret, FindKey, FromProvider, NewSession,
    SessionLimits, Store, Via,
};

use crate::engines::engines;
use crate::fixture::{Person, beginning, practice, trust};

const MINUTE: i64 = 60 * Timestamp::SECOND;

async fn begins(store: &Store, account: AccountId, now: Timestamp) -> [u8; 32] {
    let new = NewSession {
        account,
        assignment: None,
        via: None,
    };
    let limits = SessionLimits::default();
    store.begin_session(new, limits, now).await.unwrap()
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_last() {
    for deployment in engines("sessions").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let limits = SessionLimits::default();
        let first = begins(store, doctor.account, now).await;
        let at = async |token: [u8; 32], minutes: i64| {
            let at = now.plus(minutes * MINUTE);
            store.session(&token, limits, at).await.unwrap()
        };
        let session = at(first, 29).await.expect("seen within half an hour");
        assert_eq!(
            (session.account, session.assignment, session.proved),
            (doctor.account, None, now)
        );
        let token = store
            .choose_assignment(&first, &session, 0, now)
            .await
            .unwrap()
            .expect("the session goes on");
        assert!(at(first, 30).await.is_none(), "the old secret is dead");
        let chosen = at(token, 58).await.expect("it was seen when it was chosen");
        assert_eq!(chosen.assignment, Some(0));
        assert!(at([7; 32], 0).await.is_none());
        for minutes in (80..720).step_by(25) {
            assert!(at(token, minutes).await.is_some(), "{minutes}");
        }
        assert!(at(token, 720).await.is_none(), "twelve hours in all");
        assert!(at(token, 721).await.is_none(), "and it does not come back");
        let idle = begins(store, doctor.account, now).await;
        assert!(at(idle, 30).await.is_none());
    }
}

#[tokio::test]
async fn a_proof_moves_the_session_to_another_secret_and_a_fifth_session_ends_the_oldest() {
    for deployment in engines("sessions").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let limits = SessionLimits::default();
        let mut tokens = Vec::new();
        for minute in 0..5 {
            tokens.push(begins(store, doctor.account, now.plus(minute * MINUTE)).await);
        }
        let later = now.plus(10 * MINUTE);
        let lives = async |token: &[u8]| store.session(token, limits, later).await.unwrap();
        assert!(lives(&tokens[0]).await.is_none(), "the first of five");
        for token in &tokens[1..] {
            assert!(lives(token).await.is_some());
        }
        let fresh = store
            .prove_session(&tokens[1], later)
            .await
            .unwrap()
            .unwrap();
        assert!(lives(&tokens[1]).await.is_none(), "the old secret is dead");
        assert_eq!(lives(&fresh).await.unwrap().proved, later);
        assert_eq!(store.prove_session(&tokens[1], later).await.unwrap(), None);
        assert_eq!(store.end_sessions_of(doctor.account).await.unwrap(), 4);
        assert!(lives(&fresh).await.is_none());
    }
}

/// Someone whom the provider `cis2` names `subject`.
async fn comes(store: &Store, subject: &str, roles: &[(Role, &str)]) -> Account {
    let roles: Vec<(Role, OdsCode)> = roles
        .iter()
        .map(|(role, code)| (*role, code.parse().unwrap()))
        .collect();
    let who = FromProvider {
        provider: "cis2",
        subject,
        name: "A. Example",
        roles: &roles,
        register: None,
    };
    store.account_from(who).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_provider_ends_its_own_sessions_and_no_others() {
    for deployment in engines("providers").await {
        let (store, now) = (&deployment.store, beginning());
        let limits = SessionLimits::default();
        let one = comes(store, "1", &[(Role::Doctor, "RXX01")]).await;
        let other = comes(store, "2", &[(Role::Doctor, "RXX01")]).await;
        let via = |session: &'static str| Via {
            provider: "cis2",
            session: Some(session),
            id_token: "an.id.token",
            fixed: true,
        };
        let begin = async |account, session| {
            let new = NewSession {
                account,
                assignment: Some(1),
                via: Some(via(session)),
            };
            store.begin_session(new, limits, now).await.unwrap()
        };
        let (a, b) = (
            begin(one.account, "s1").await,
            begin(one.account, "s2").await,
        );
        let c = begin(other.account, "s3").await;
        let session = store.session(&a, limits, now).await.unwrap().unwrap();
        assert!(session.fixed && session.provider.as_deref() == Some("cis2"));
        assert!(
            store
                .end_sessions_with("council", "s1")
                .await
                .unwrap()
                .is_empty()
        );
        let ended = store.end_sessions_with("cis2", "s1").await.unwrap();
        assert_eq!(ended, [one.account]);
        assert!(store.session(&a, limits, now).await.unwrap().is_none());
        let moved = store.prove_session(&b, now).await.unwrap().unwrap();
        let ended = store.end_sessions_with("cis2", "s2").await.unwrap();
        assert_eq!(
            ended,
            [one.account],
            "it goes with the session to another secret"
        );
        assert!(store.session(&moved, limits, now).await.unwrap().is_none());
        let ended = store.end_session(&c).await.unwrap().unwrap();
        assert_eq!(
            (&*ended.provider, &*ended.id_token),
            ("cis2", "an.id.token")
        );
        assert_eq!(store.end_session(&c).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_number_of_a_role_never_comes_to_mean_another() {
    for deployment in engines("numbers").await {
        let store = &deployment.store;
        let number = |account: &Account, role: Role, code: &str| {
            let found = account
                .assignments
                .iter()
                .find(|(_, held, at)| *held == role && at.code.as_str() == code);
            found.map(|(n, ..)| *n)
        };
        let first = comes(
            store,
            "1",
            &[(Role::Doctor, "RXX01"), (Role::Nurse, "N81001")],
        )
        .await;
        let doctor = number(&first, Role::Doctor, "RXX01").unwrap();
        let nurse = number(&first, Role::Nurse, "N81001").unwrap();
        let fewer = comes(store, "1", &[(Role::Doctor, "RXX01")]).await;
        assert_eq!((fewer.account, fewer.assignments.len()), (first.account, 1));
        assert_eq!(number(&fewer, Role::Doctor, "RXX01"), Some(doctor));
        let more = comes(
            store,
            "1",
            &[(Role::Pharmacist, "N81001"), (Role::Doctor, "RXX01")],
        )
        .await;
        let pharmacist = number(&more, Role::Pharmacist, "N81001").unwrap();
        assert!(pharmacist != nurse && pharmacist != doctor);
        let case = comes(store, "A", &[(Role::Doctor, "RXX01")]).await;
        let other_case = comes(store, "a", &[(Role::Doctor, "RXX01")]).await;
        assert_ne!(case.account, other_case.account, "two people");
        let now = beginning();
        let checked = store.check_password("cis2:a", "", "192.0.2.1", now).await;
        assert_eq!(
            checked.unwrap(),
            Checked::Wrong,
            "there is no password to know"
        );
        store.close_account(case.account, now).await.unwrap();
        let back = comes(store, "A", &[(Role::Doctor, "RXX01")]).await;
        assert!(!back.active, "who was closed stays closed");
    }
}

#[tokio::test]
async fn a_register_says_who_is_on_it_once_it_was_loaded() {
    for deployment in engines("registers").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let identity = deployment.person(Person::koepp(&trust(), "T1")).await;
        let rulebook = Rulebook::cheshire();
        let registration = async || {
            let gathered = store
                .gather(&doctor, Address(identity), &rulebook, now)
                .await;
            gathered.unwrap().facts.registration
        };
        assert_eq!(
            registration().await,
            Registration::Valid,
            "as the account says"
        );
        let load = async |entries: &[(&str, &str)]| {
            let entries: Vec<_> = entries
                .iter()
                .map(|(number, until)| ((*number).to_owned(), ClinicalDate::read(until)))
                .collect();
            store
                .load_register(Register::Gmc, &entries, now)
                .await
                .unwrap();
        };
        load(&[("7654321", "2026-11-21"), ("7654322", "2030-01-01")]).await;
        assert_eq!(registration().await, Registration::Lapsed);
        load(&[(" 7654 321", "2026-11-22")]).await;
        assert_eq!(registration().await, Registration::Valid, "its last day");
        load(&[("7654322", "2030-01-01")]).await;
        assert_eq!(registration().await, Registration::None, "struck off");
        let known = store.account(doctor.account).await.unwrap().unwrap();
        assert_eq!(known.register, None);
        let loaded = store.registers().await.unwrap();
        assert_eq!((loaded[0].register, loaded[0].entries), (Register::Gmc, 1));
        let nurse = RegisterEntry {
            register: Register::Nmc,
            number: "99a0001e".to_owned(),
            valid_until: None,
        };
        store
            .join_account(doctor.account, Some(&nurse), None)
            .await
            .unwrap();
        assert_eq!(
            registration().await,
            Registration::Valid,
            "that one was not loaded"
        );
    }
}

#[tokio::test]
async fn codes_and_recovery_codes_count_once() {
    for deployment in engines("factors").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let account = doctor.account;
        let secret = FactorSecret::new_random();
        let kept = store.keep_factor(account, &secret, "not a code", now).await;
        assert!(kept.unwrap().is_none());
        let code = secret.code(now);
        let recovery = store.keep_factor(account, &secret, &code, now).await;
        let recovery = recovery.unwrap().unwrap();
        assert_eq!(recovery.len(), 10);
        assert_eq!(store.factor_since(account).await.unwrap(), Some(now));
        let check = async |code: &str, at: Timestamp| {
            store
                .check_code(account, code, "192.0.2.1", at)
                .await
                .unwrap()
        };
        let right = Checked::Right(account);
        assert_eq!(
            check(&code, now).await,
            Checked::Wrong,
            "it was used to enrol"
        );
        let later = now.plus(30 * Timestamp::SECOND);
        let next = secret.code(later);
        assert_eq!(check(&next, later).await, right);
        assert_eq!(check(&next, later).await, Checked::Wrong, "a second time");
        assert_eq!(check(&code, later).await, Checked::Wrong, "an earlier one");
        assert_eq!(check(&recovery[0].to_uppercase(), later).await, right);
        assert_eq!(check(&recovery[0], later).await, Checked::Wrong, "once");
        for _ in 0..4 {
            assert_eq!(check("000000", later).await, Checked::Wrong);
        }
        let stopped = check(&recovery[1], later).await;
        assert!(matches!(stopped, Checked::TooMany(_)), "{stopped:?}");
        let after = later.plus(15 * MINUTE);
        assert_eq!(check(&recovery[1], after).await, right);
        store.forget_factor(account).await.unwrap();
        assert_eq!(store.factor_since(account).await.unwrap(), None);
        assert_eq!(check(&recovery[2], after).await, Checked::Wrong);
    }
}

#[tokio::test]
async fn what_is_remembered_of_an_attempt_is_given_once_and_for_ten_minutes() {
    for deployment in engines("attempts").await {
        let (store, now) = (&deployment.store, beginning());
        let token = store.begin_attempt(b"nonce", now).await.unwrap();
        let late = now.plus(10 * MINUTE);
        assert_eq!(store.attempt(&token, late).await.unwrap(), None);
        let body = store.attempt(&token, now).await.unwrap().unwrap();
        assert_eq!(body, b"nonce");
        assert_eq!(store.take_attempt(&[1; 32], now).await.unwrap(), None);
        assert!(store.take_attempt(&token, now).await.unwrap().is_some());
        assert!(store.take_attempt(&token, now).await.unwrap().is_none());
        assert!(store.attempt(&token, now).await.unwrap().is_none());
    }
}

fn circumstances(now: Timestamp) -> Circumstances {
    Circumstances {
        origin: Origin::default(),
        now,
        rulebook: String::new(),
        sensitivity: String::new(),
        opens: false,
    }
}

async fn stands(
    store: &Store,
    who: &Requester,
    at: Address,
    now: Timestamp,
) -> RelationshipStanding {
    let rulebook = Rulebook::cheshire();
    let gathered = store.gather(who, at, &rulebook, now).await.unwrap();
    gathered.facts.relationship
}

#[tokio::test]
async fn a_link_is_used_once_and_what_it_began_ends_without_grace_unless_a_feed_confirms_it() {
    for deployment in engines("launches").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let code = &doctor.organisation.code;
        let koepp = Address(deployment.person(Person::koepp(&trust(), "T1")).await);
        deployment.person(Person::koepp(&practice(), "P1")).await;
        let none = RelationshipStanding::None;
        assert_eq!(stands(store, &doctor, koepp, now).await, none);
        assert!(store.use_link("epr", "1", code, now).await.unwrap());
        assert!(!store.use_link("epr", "1", code, now).await.unwrap());
        assert!(store.use_link("other", "1", code, now).await.unwrap());
        let permit = store
            .admit_search(&doctor, "by a link".to_owned(), &circumstances(now))
            .await
            .unwrap();
        let key = FindKey::Nhs("9992386045".parse().unwrap());
        let found = store.launchable(&permit, &key).await.unwrap();
        assert_eq!(found, [koepp.0], "the own organisation's alone");
        let until = now.plus(48 * Timestamp::HOUR);
        let times = (permit.access(), now, until);
        store
            .begin_by_launch(&doctor, ("epr", "1"), koepp, times)
            .await
            .unwrap();
        let current = RelationshipStanding::Current;
        assert_eq!(stands(store, &doctor, koepp, now).await, current);
        assert_eq!(
            stands(store, &doctor, koepp, until).await,
            RelationshipStanding::Ended
        );
        assert!(store.launches_until(now.plus(-1)).await.unwrap().is_empty());
        let waiting = store.launches_until(now).await.unwrap();
        let [launched] = waiting.as_slice() else {
            panic!("{waiting:?}")
        };
        assert_eq!(
            (launched.address, launched.account),
            (koepp, doctor.account)
        );
        assert!(!store.is_confirmed(launched).await.unwrap());
        deployment
            .relate(koepp.0, &trust(), RelationshipKind::Admission)
            .await;
        assert!(store.is_confirmed(launched).await.unwrap());
        assert!(store.settle_launch(launched, now).await.unwrap());
        assert!(!store.settle_launch(launched, now).await.unwrap());
        assert!(store.launches_until(now).await.unwrap().is_empty());
    }
}
