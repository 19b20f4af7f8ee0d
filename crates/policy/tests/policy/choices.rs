//! Who may record which choice: every combination of facts, against what must be true of all of them.

use tributary_model::{
    AccountId, Address, ChoiceAction, Decider, IdentityId, Organisation, OrganisationKind,
    PatientId, Requester, Role, SharingChoice, WhoDecided,
};
use tributary_policy::{
    Account, AgeBand, Agreement, RelationshipStanding, Whose,
    choices::{Act, DeskAsk, DeskFacts, OpenCase, Practice, Proposed, next, offered, record},
};

const ME: AccountId = AccountId(7);
const OTHER: AccountId = AccountId(8);

const KINDS: [OrganisationKind; 3] = [
    OrganisationKind::GpPractice,
    OrganisationKind::AcuteTrust,
    OrganisationKind::Council,
];

fn requester(role: Role, kind: OrganisationKind) -> Requester {
    Requester {
        account: ME,
        name: String::new(),
        register: None,
        role,
        organisation: Organisation {
            code: "N99001".parse().unwrap(),
            name: String::new(),
            kind,
        },
    }
}

fn every<T: Copy>(each: &[T], all: Vec<DeskFacts>, set: fn(&mut DeskFacts, T)) -> Vec<DeskFacts> {
    let with = |facts: DeskFacts| {
        each.iter().map(move |value| {
            let mut facts = facts.clone();
            set(&mut facts, *value);
            facts
        })
    };
    all.into_iter().flat_map(with).collect()
}

/// Every combination of the facts that make a difference.
fn all_facts() -> Vec<DeskFacts> {
    use SharingChoice::{Ask, Block, Consent, OptOut};
    let all = vec![DeskFacts::default()];
    let all = every(&[Account::Active, Account::Suspended], all, |it, v| {
        it.account = v;
    });
    let agreements = [
        Agreement::Viewing,
        Agreement::FeedingOnly,
        Agreement::NotInForce,
    ];
    let all = every(&agreements, all, |it, v| {
        it.agreement = v;
    });
    let standings = [
        RelationshipStanding::None,
        RelationshipStanding::Ended,
        RelationshipStanding::InGrace,
        RelationshipStanding::Current,
    ];
    let all = every(&standings, all, |it, v| {
        it.relationship = v;
    });
    let all = every(&[Whose::Another, Whose::Own], all, |it, v| {
        it.record = v;
    });
    let practices = [
        Practice::Ours,
        Practice::Contested,
        Practice::Another,
        Practice::NoneTakesPart,
    ];
    let all = every(&practices, all, |it, v| {
        it.practice = v;
    });
    let all = every(&[OpenCase::Open, OpenCase::None], all, |it, v| {
        it.open_case = v;
    });
    let choices = [None, Some(Ask), Some(Consent), Some(Block), Some(OptOut)];
    let all = every(&choices, all, |it, v| {
        it.standing = v;
    });
    let all = every(&[WhoDecided::Patient, WhoDecided::Parent], all, |it, v| {
        it.said_by = v;
    });
    let ages = [
        AgeBand::UnderThirteen,
        AgeBand::ThirteenOrOver,
        AgeBand::Unknown,
    ];
    every(&ages, all, |it, v| {
        it.age = v;
    })
}

/// Every step that may be recorded, with who and what makes it so.
fn recorded() -> Vec<(DeskFacts, DeskAsk, Act)> {
    let mut found = Vec::new();
    for facts in all_facts() {
        for role in Role::ALL {
            for kind in KINDS {
                for action in ChoiceAction::ALL {
                    for who in [WhoDecided::Patient, WhoDecided::Parent, WhoDecided::NotSaid] {
                        let ask = DeskAsk {
                            requester: requester(role, kind),
                            patient: Some(PatientId(1)),
                            address: Address(IdentityId(1)),
                            action,
                            who,
                        };
                        if let Ok(permitted) = record(ask.clone(), &facts) {
                            found.push((facts.clone(), ask, permitted.act().clone()));
                        }
                    }
                }
            }
        }
    }
    found
}

#[test]
fn what_may_be_recorded_keeps_to_these_sentences() {
    let all = recorded();
    assert!(all.len() > 1_000, "{}", all.len());
    for (facts, ask, act) in all {
        let what = format!("{ask:?} {facts:?}");
        // Nobody without an account, an agreement and a patient of their own; never on oneself.
        assert_eq!(facts.account, Account::Active, "{what}");
        assert!(facts.agreement != Agreement::NotInForce, "{what}");
        assert!(
            facts.relationship >= RelationshipStanding::InGrace,
            "{what}"
        );
        assert_eq!(facts.record, Whose::Another, "{what}");
        // Somebody decided, and a parent for a child under 13 only.
        assert!(ask.who.is_said(), "{what}");
        let of_age = facts.age == AgeBand::ThirteenOrOver;
        assert!(ask.who != WhoDecided::Parent || !of_age, "{what}");
        // A step from the choice that stands.
        assert!(next(facts.standing).contains(&ask.action), "{what}");
        let lifts =
            facts.standing.is_some_and(SharingChoice::refuses) && !ask.action.choice().refuses();
        match ask.requester.role {
            Role::PracticeStaff => {
                let claims = matches!(facts.practice, Practice::Ours | Practice::Contested);
                assert!(claims, "{what}");
                assert!(!lifts || facts.practice == Practice::Ours, "{what}");
            }
            Role::SocialWorker => {
                assert_eq!(ask.action, ChoiceAction::OptOut, "{what}");
                assert_eq!(facts.open_case, OpenCase::Open, "{what}");
            }
            Role::Governance => {
                assert_eq!(facts.practice, Practice::NoneTakesPart, "{what}");
                assert_eq!(
                    act,
                    Act::Propose,
                    "one officer alone records nothing: {what}"
                );
            }
            role => panic!("{role:?} records nothing: {what}"),
        }
    }
}

#[test]
fn a_second_officer_confirms_exactly_what_was_proposed() {
    let governance = requester(Role::Governance, OrganisationKind::AcuteTrust);
    let facts = |by: AccountId, action: ChoiceAction| DeskFacts {
        account: Account::Active,
        agreement: Agreement::Viewing,
        relationship: RelationshipStanding::Current,
        record: Whose::Another,
        practice: Practice::NoneTakesPart,
        standing: Some(SharingChoice::Block),
        proposed: Some(Proposed {
            by,
            action,
            who: WhoDecided::Patient,
        }),
        ..DeskFacts::default()
    };
    let ask = |who: WhoDecided| DeskAsk {
        requester: governance.clone(),
        patient: Some(PatientId(1)),
        address: Address(IdentityId(1)),
        action: ChoiceAction::Unblock,
        who,
    };
    let confirmed = record(
        ask(WhoDecided::Patient),
        &facts(OTHER, ChoiceAction::Unblock),
    )
    .unwrap();
    let both = Decider::Officers([OTHER, ME], governance.organisation.code.clone());
    assert_eq!(*confirmed.act(), Act::Record(both));
    assert!(record(ask(WhoDecided::Patient), &facts(ME, ChoiceAction::Unblock)).is_err());
    for (who, action) in [
        (WhoDecided::Patient, ChoiceAction::OptOut),
        (WhoDecided::Attorney, ChoiceAction::Unblock),
    ] {
        let other = record(ask(who), &facts(OTHER, action)).unwrap();
        assert_eq!(
            *other.act(),
            Act::Propose,
            "another thing than was proposed"
        );
    }
}

#[test]
fn what_is_offered_is_what_may_be_recorded() {
    for facts in all_facts() {
        for (role, kind) in [
            (Role::PracticeStaff, OrganisationKind::GpPractice),
            (Role::SocialWorker, OrganisationKind::Council),
            (Role::Governance, OrganisationKind::AcuteTrust),
        ] {
            let who = requester(role, kind);
            let offered = offered(&who, &facts);
            for action in ChoiceAction::ALL {
                let ask = DeskAsk {
                    requester: who.clone(),
                    patient: Some(PatientId(1)),
                    address: Address(IdentityId(1)),
                    action,
                    who: WhoDecided::Patient,
                };
                let may = record(ask, &facts).is_ok();
                assert_eq!(
                    offered.contains(&action),
                    may,
                    "{role:?} {action:?} {facts:?}"
                );
            }
        }
    }
}
