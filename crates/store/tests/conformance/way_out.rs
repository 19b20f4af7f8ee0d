//! The way out: accounts, sessions, facts, audit lines, permits, consents, searches.

use std::collections::BTreeSet;

use tributary_audit::Fault;
use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, Address, Decider, IdentityId, Origin, Part,
    PatientId, PreferenceDecision, Purpose, RelationshipKind, Requester, Role, SharingChoice,
    Statement, Timestamp,
};
use tributary_policy::{
    Account, Ask, Basis, Decision, Facts, Grant, Permitted, RelationshipStanding, Rulebook,
    ToRecord, Whose, decide,
};
use tributary_store::{
    Agreement, Checked, Circumstances, FindKey, Gathered, Lines, LogFault, Permit, Span, Store,
    Which,
};

use crate::engines::{by_hand, engines};
use crate::fixture::{Deployment, PASSWORD, Person, beginning, council, practice, trust};

/// The lines of every fixture: one for each agreement.
const AGREEMENTS: i64 = 4;

pub(crate) fn circumstances(now: Timestamp) -> Circumstances {
    Circumstances {
        origin: Origin {
            address: "192.0.2.1".to_owned(),
            agent: "test".to_owned(),
        },
        now,
        rulebook: String::new(),
        sensitivity: "none 1".to_owned(),
        opens: false,
    }
}

fn ask(requester: &Requester, address: Address, patient: Option<PatientId>) -> Ask {
    Ask {
        requester: requester.clone(),
        patient,
        address,
        purpose: Purpose::DirectCare,
        part: Some(Part::Treating),
        statement: Statement::ConsentToday,
        action: AccessAction::OpenRecord,
    }
}

/// Abdul Koepp at the trust, admitted, with a linked identity at his practice.
async fn koepp(deployment: &Deployment) -> (IdentityId, IdentityId) {
    let (trust, practice) = (trust(), practice());
    let at_trust = deployment.person(Person::koepp(&trust, "T1")).await;
    let joins = Some(PatientId(at_trust.0));
    let at_practice = deployment
        .person(Person {
            joins,
            ..Person::koepp(&practice, "P1")
        })
        .await;
    deployment
        .relate(at_trust, &trust, RelationshipKind::Admission)
        .await;
    deployment
        .relate(at_practice, &practice, RelationshipKind::Registration)
        .await;
    (at_trust, at_practice)
}

async fn permitted(
    store: &Store,
    requester: &Requester,
    address: Address,
    now: Timestamp,
) -> (Permitted, Gathered) {
    let rulebook = Rulebook::cheshire();
    let gathered = store
        .gather(requester, address, &rulebook, now)
        .await
        .unwrap();
    let asked = ask(requester, address, gathered.view.patient());
    match decide(&rulebook, asked, &gathered.facts, now) {
        Decision::Permitted(permitted) => (permitted, gathered),
        other => panic!("not permitted: {other:?}"),
    }
}

async fn admitted(
    store: &Store,
    requester: &Requester,
    address: Address,
    now: Timestamp,
) -> (Permit, Ask, Option<ToRecord>) {
    let (permitted, gathered) = permitted(store, requester, address, now).await;
    let (ask, record) = (permitted.ask().clone(), permitted.record());
    (
        store
            .admit(permitted, &gathered, &circumstances(now))
            .await
            .unwrap(),
        ask,
        record,
    )
}

#[tokio::test]
async fn a_password_is_checked_and_guessing_is_stopped() {
    for deployment in engines("passwords").await {
        let (store, now) = (&deployment.store, beginning());
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let right = Checked::Right(doctor.account);
        let check = async |login: &str, password: &str, now: Timestamp| {
            store
                .check_password(login, password, "192.0.2.1", now)
                .await
                .unwrap()
        };
        assert_eq!(check(" A.Example ", PASSWORD, now).await, right);
        assert_eq!(check("nobody", PASSWORD, now).await, Checked::Wrong);
        for _ in 0..5 {
            assert_eq!(check("a.example", "guess", now).await, Checked::Wrong);
        }
        let stopped = check("a.example", PASSWORD, now).await;
        assert!(matches!(stopped, Checked::TooMany(seconds) if seconds <= 15 * 60 + 1));
        let later = now.plus(15 * 60 * Timestamp::SECOND);
        assert_eq!(check("a.example", PASSWORD, later).await, right);
        store.close_account(doctor.account, later).await.unwrap();
        assert_eq!(check("a.example", PASSWORD, later).await, Checked::Wrong);
        assert!(!store.account(doctor.account).await.unwrap().unwrap().active);
    }
}

#[tokio::test]
async fn facts_of_a_related_patient() {
    for deployment in engines("facts").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, at_practice) = koepp(&deployment).await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let address = Address(at_trust);
        let rulebook = Rulebook::cheshire();
        let gathered = store
            .gather(&doctor, address, &rulebook, now)
            .await
            .unwrap();
        let facts = &gathered.facts;
        assert_eq!(facts.account, Account::Active);
        assert_eq!(facts.record, Whose::Another);
        assert_eq!(facts.relationship, RelationshipStanding::Current);
        assert_eq!((facts.preference, facts.holdings.len()), (None, 0));
        let sources: Vec<_> = gathered
            .view
            .sources()
            .iter()
            .map(|one| one.identity)
            .collect();
        assert_eq!(
            sources,
            [at_trust, at_practice],
            "the own organisation's first"
        );

        let consent = PreferenceDecision {
            identity: at_practice,
            choice: SharingChoice::Consent,
            decided: Some(now),
            received: now,
            by: Decider::Feed(practice().code),
            who: tributary_model::WhoDecided::NotSaid,
            stayed_from: None,
        };
        store
            .record_feed_decisions(std::slice::from_ref(&consent))
            .await
            .unwrap();
        store.record_feed_decisions(&[consent]).await.unwrap();
        let gathered = store
            .gather(&doctor, address, &rulebook, now)
            .await
            .unwrap();
        assert_eq!(
            gathered.facts.preference,
            Some(SharingChoice::Consent),
            "of a linked identity"
        );

        let ended = Agreement {
            organisation: practice().code,
            begins: now.plus(-10 * Timestamp::DAY),
            ends: Some(now),
            feeds: true,
            views: true,
            supplies: tributary_model::SectionSet::all(),
            signed_by: String::new(),
        };
        store.put_agreement(&ended, now).await.unwrap();
        let mut whole = ended.clone();
        whole.begins = now.plus(-365 * Timestamp::DAY);
        store.put_agreement(&whole, now).await.unwrap();
        let gathered = store
            .gather(&doctor, address, &rulebook, now)
            .await
            .unwrap();
        assert_eq!(gathered.view.hidden(), ["Mill Lane Surgery"]);
        assert_eq!(gathered.view.sources().len(), 1, "what it fed is hidden");
    }
}

#[tokio::test]
async fn an_address_that_names_nobody_tells_nothing() {
    for deployment in engines("nobody").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, at_practice) = koepp(&deployment).await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let social_worker = deployment
            .staff("b.example", Role::SocialWorker, &council())
            .await;
        let rulebook = Rulebook::cheshire();
        let mut found: Vec<(Facts, Option<PatientId>)> = Vec::new();
        for (requester, identity) in [
            (&doctor, at_practice),
            (&doctor, IdentityId(987_654)),
            (&social_worker, at_trust),
        ] {
            let address = Address(identity);
            let gathered = store
                .gather(requester, address, &rulebook, now)
                .await
                .unwrap();
            assert!(gathered.view.sources().is_empty());
            found.push((gathered.facts, gathered.view.patient()));
        }
        assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
        assert_eq!(found[0].1, None);
    }
}

#[tokio::test]
async fn ones_own_record_is_recognised() {
    for deployment in engines("own").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, _) = koepp(&deployment).await;
        let nhs = Some("9992386045".parse().unwrap());
        let patient = deployment
            .staff_with("koepp", Role::Doctor, &trust(), nhs)
            .await;
        let rulebook = Rulebook::cheshire();
        let gathered = store
            .gather(&patient, Address(at_trust), &rulebook, now)
            .await
            .unwrap();
        assert_eq!(gathered.facts.record, Whose::Own);
    }
}

#[tokio::test]
async fn a_consent_for_today_is_held_by_one_requester() {
    for deployment in engines("consent").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, _) = koepp(&deployment).await;
        let address = Address(at_trust);
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let colleague = deployment.staff("b.example", Role::Nurse, &trust()).await;
        let (mut permit, ask, record) = admitted(store, &doctor, address, now).await;
        let given = record.expect("a consent for today is recorded");
        assert!(
            store
                .keep_given(&mut permit, &ask, given, now)
                .await
                .unwrap()
        );
        assert!(
            store.read(&permit).await.unwrap().is_some(),
            "our own record is no change to us"
        );
        let rulebook = Rulebook::cheshire();
        let held = async |requester: &Requester, now: Timestamp| {
            store
                .gather(requester, address, &rulebook, now)
                .await
                .unwrap()
                .facts
                .holdings
        };
        let holdings = held(&doctor, now).await;
        assert_eq!(holdings.len(), 1);
        assert_eq!(holdings[0].grant, Grant::ConsentToday);
        assert_eq!(holdings[0].until, now.plus(Timestamp::DAY));
        assert!(held(&colleague, now).await.is_empty());
        assert!(held(&doctor, now.plus(2 * Timestamp::DAY)).await.is_empty());
    }
}

#[tokio::test]
async fn what_changes_under_a_permit_shows() {
    for deployment in engines("moved").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, at_practice) = koepp(&deployment).await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let (mut permit, ask, record) = admitted(store, &doctor, Address(at_trust), now).await;
        assert!(store.read(&permit).await.unwrap().is_some());
        let opt_out = PreferenceDecision {
            identity: at_practice,
            choice: SharingChoice::OptOut,
            decided: Some(now),
            received: now,
            by: Decider::Feed(practice().code),
            who: tributary_model::WhoDecided::NotSaid,
            stayed_from: None,
        };
        store.record_feed_decisions(&[opt_out]).await.unwrap();
        assert!(
            store.read(&permit).await.unwrap().is_none(),
            "at a linked identity"
        );
        deployment
            .relate(at_trust, &trust(), RelationshipKind::Caseload)
            .await;
        let kept = store
            .keep_given(&mut permit, &ask, record.unwrap(), now)
            .await
            .unwrap();
        assert!(!kept, "nothing is kept of a decision that no longer stands");
    }
}

#[tokio::test]
async fn a_permit_is_for_the_patient_of_its_decision() {
    let deployment = Deployment::sqlite("other-patient").await;
    let (store, now) = (&deployment.store, beginning());
    let (at_trust, _) = koepp(&deployment).await;
    let trust = trust();
    let other = Person {
        nhs: "9990000018",
        ..Person::koepp(&trust, "T2")
    };
    let other = deployment.person(other).await;
    deployment
        .relate(other, &trust, RelationshipKind::Admission)
        .await;
    let doctor = deployment.staff("a.example", Role::Doctor, &trust).await;
    let (permitted, _) = permitted(store, &doctor, Address(at_trust), now).await;
    let rulebook = Rulebook::cheshire();
    let others = store
        .gather(&doctor, Address(other), &rulebook, now)
        .await
        .unwrap();
    let lines = store.count_lines().await.unwrap();
    assert!(
        store
            .admit(permitted, &others, &circumstances(now))
            .await
            .is_err()
    );
    assert_eq!(store.count_lines().await.unwrap(), lines);
}

#[tokio::test]
async fn a_search_finds_the_own_organisations_patients_only() {
    for deployment in engines("search").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, at_practice) = koepp(&deployment).await;
        let trust = trust();
        let left = Person {
            nhs: "9990000018",
            ..Person::koepp(&trust, "T2")
        };
        let left = deployment.person(left).await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust).await;
        let permit = store
            .admit_search(&doctor, "Koepp".to_owned(), &circumstances(now))
            .await;
        let permit = permit.unwrap();
        let rulebook = Rulebook::cheshire();
        for key in [
            FindKey::NameAndBirth("koepp 1954-07-09".to_owned()),
            FindKey::Nhs("9992386045".parse().unwrap()),
        ] {
            let found = store.found(&permit, &key, &rulebook, now).await.unwrap();
            assert_eq!(
                found,
                [at_trust],
                "not {left}, with whom there is no relationship"
            );
        }
        let asked = [at_trust, at_practice, left];
        let opened = store.own_persons(&permit, &asked).await.unwrap();
        let opened: Vec<_> = opened.iter().map(|person| person.identity).collect();
        assert_eq!(
            opened,
            [at_trust, left],
            "never another organisation's demographics"
        );
    }
}

#[tokio::test]
async fn lines_are_found_by_organisation_and_by_patient() {
    for deployment in engines("lines").await {
        let (store, now) = (&deployment.store, beginning());
        let (at_trust, at_practice) = koepp(&deployment).await;
        let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
        let officer = deployment
            .staff("p.example", Role::PrivacyOfficer, &practice())
            .await;
        let (permit, ask, _) = admitted(store, &doctor, Address(at_trust), now).await;
        let opened = permit.access();
        let withdrawn = store
            .withdraw(permit, &ask, &circumstances(now))
            .await
            .unwrap();
        let reviewed = store
            .admit_review(&officer, Lines::All, String::new(), &circumstances(now))
            .await
            .unwrap();
        let all = store.audit_lines(&reviewed.0, Span::ALL, 100).await;
        let (lines, more) = all.unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
        assert_eq!(
            numbers,
            [reviewed.0.access(), withdrawn, opened, AccessNumber(0)],
            "at the patient's practice, after its agreement"
        );
        assert!(!more);
        let line = &lines[2];
        assert_eq!(line.personal.who.as_ref().unwrap().name, "Staff a.example");
        assert_eq!(line.clear.part, Some(Part::Treating));
        assert_eq!(line.clear.basis, Basis::Grant(Grant::ConsentToday).words());
        let (recorded, asked) = line.decided().unwrap();
        let again = recorded.decide_again(&Rulebook::cheshire(), &asked);
        assert_eq!(
            (again.outcome, again.rule),
            (AccessOutcome::Permitted, line.clear.rule)
        );
        assert_eq!(again.basis, Some(Basis::Grant(Grant::ConsentToday)));
        assert!(lines[1].decided().is_none(), "nothing was decided anew");
        let older = Span {
            before: withdrawn,
            ..Span::ALL
        };
        let (page, more) = store.audit_lines(&reviewed.0, older, 1).await.unwrap();
        assert_eq!((page[0].number, more), (opened, true));

        let rulebook = Rulebook::cheshire();
        let view = store
            .gather(&officer, Address(at_practice), &rulebook, now)
            .await
            .unwrap()
            .view;
        let report = store
            .admit_report(&officer, &view, &circumstances(now))
            .await
            .unwrap();
        let (lines, _) = store.audit_lines(&report.0, Span::ALL, 100).await.unwrap();
        let numbers: Vec<_> = lines.iter().map(|line| line.number).collect();
        assert_eq!(
            numbers,
            [report.0.access(), withdrawn, opened],
            "the report among them"
        );
    }
}

async fn note(store: &Store, words: String) -> AccessNumber {
    let (action, outcome) = (AccessAction::Administer, AccessOutcome::Permitted);
    let circumstances = circumstances(beginning());
    store
        .note_event(None, action, outcome, words, &circumstances)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_several_processes_have_no_gap() {
    for deployment in engines("processes").await {
        let other = deployment.open_again().await;
        let stores = [&deployment.store, &other];
        let writing = (0..200).map(|n| note(stores[n % 2], format!("act {n}")));
        let numbers = futures_util::future::join_all(writing).await;
        let distinct: BTreeSet<_> = numbers.iter().map(|number| number.0).collect();
        assert_eq!(distinct, (AGREEMENTS..AGREEMENTS + 200).collect());
        sound(&deployment.store, AGREEMENTS + 201).await;
    }
}

async fn verify(store: &Store) -> Result<i64, LogFault> {
    let permit = store
        .admit_maintenance("verify", &circumstances(beginning()))
        .await
        .unwrap();
    store
        .verify_log(&permit)
        .await
        .unwrap()
        .map(|sound| i64::try_from(sound.lines).unwrap())
}

async fn sound(store: &Store, lines: i64) {
    assert_eq!(verify(store).await, Ok(lines));
}

/// Whether a fault is the one that should be named.
type Named = fn(&LogFault) -> bool;

#[tokio::test]
async fn whoever_alters_the_log_is_found_out() {
    let cases: [(&str, Named); 9] = [
        (
            "UPDATE audit_line SET leaf = (SELECT leaf FROM audit_line WHERE number = 4) WHERE number = 3",
            |fault| *fault == LogFault::Lines(Fault::Altered { number: 3 }),
        ),
        (
            "UPDATE audit_line SET (leaf, leaf_hash) = (SELECT leaf, leaf_hash FROM audit_line WHERE number = 4) WHERE number = 3",
            |fault| *fault == LogFault::Lines(Fault::Unchained { number: 3 }),
        ),
        ("DELETE FROM audit_line WHERE number = 3", |fault| {
            *fault == LogFault::Lines(Fault::Missing(3..=3))
        }),
        (
            "UPDATE audit_line SET outcome = 'refused' WHERE number = 3",
            |fault| *fault == LogFault::Columns { number: 3 },
        ),
        (
            "UPDATE audit_line SET at = at + 1 WHERE number = 3",
            |fault| *fault == LogFault::Columns { number: 3 },
        ),
        (
            "UPDATE audit_line SET sealed = (SELECT sealed FROM audit_line WHERE number = 4) WHERE number = 3",
            |fault| *fault == LogFault::Sealed { number: 3 },
        ),
        ("DELETE FROM audit_lookup WHERE number = 3", |fault| {
            *fault == LogFault::Lookups { number: 3 }
        }),
        (
            "UPDATE audit_checkpoint SET note = replace(note, 'at 1', 'at 2')",
            |fault| matches!(fault, LogFault::Checkpoint(_)),
        ),
        (
            "DELETE FROM audit_line WHERE number >= 3; DELETE FROM audit_lookup WHERE number >= 3; \
          UPDATE audit_head SET next = 3",
            |fault| matches!(fault, LogFault::Lines(_)),
        ),
    ];
    for (sql, named) in cases {
        for deployment in engines("tampering").await {
            let (store, now) = (&deployment.store, beginning());
            let doctor = deployment.staff("a.example", Role::Doctor, &trust()).await;
            for n in 0..6 {
                let searched = format!("search {n}");
                let permit = store
                    .admit_search(&doctor, searched, &circumstances(now))
                    .await;
                let _ = permit.unwrap().access();
            }
            store
                .checkpoint(1, now)
                .await
                .unwrap()
                .expect("the log has grown");
            sound(store, AGREEMENTS + 7).await;
            by_hand(&deployment, Which::Audit, sql).await;
            // As the next process finds it: this one still knows where the log stood.
            let found = verify(&deployment.open_again().await).await;
            assert!(found.as_ref().is_err_and(named), "{sql}: {found:?}");
        }
    }
}

#[tokio::test]
async fn one_process_at_a_time_makes_checkpoints() {
    for deployment in engines("checkpoints").await {
        let (store, now) = (&deployment.store, beginning());
        note(store, "one".to_owned()).await;
        let first = store.checkpoint(1, now).await.unwrap().unwrap();
        assert_eq!(first.size, 5);
        assert_eq!(store.checkpoint(1, now).await.unwrap(), None, "nothing new");
        note(store, "two".to_owned()).await;
        assert_eq!(
            store.checkpoint(2, now).await.unwrap(),
            None,
            "the lease is another's"
        );
        let later = now.plus(31 * Timestamp::SECOND);
        assert_eq!(store.checkpoint(2, later).await.unwrap().unwrap().size, 6);
        let note = std::fs::read_to_string(store.note_file()).unwrap();
        assert!(note.starts_with("tributary/audit\n6\n"));
    }
}

#[tokio::test]
async fn the_log_names_nobody_in_clear() {
    let deployment = Deployment::sqlite("clear").await;
    let (store, now) = (&deployment.store, beginning());
    let (at_trust, _) = koepp(&deployment).await;
    let doctor = deployment.staff("quixote", Role::Doctor, &trust()).await;
    let (_permit, ..) = admitted(store, &doctor, Address(at_trust), now).await;
    let permit = store
        .admit_search(&doctor, "Koepp".to_owned(), &circumstances(now))
        .await;
    let _ = permit.unwrap().access();
    store.truncate_logs().await.unwrap();
    let bytes = std::fs::read(store.folder().join("audit.sqlite")).unwrap();
    for word in ["Koepp", "quixote", "7654321", "192.0.2.1"] {
        let found = bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes());
        assert!(!found, "{word} stands in the audit store in clear");
    }
}
