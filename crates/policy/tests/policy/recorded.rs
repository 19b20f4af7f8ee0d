//! What an audit line keeps of a decision: it is read as it was written, decides again as it was
//! decided, and says what other rules would have made of it.

use proptest::{prelude::*, sample::select};
use tributary_model::{
    AccessAction, AccessOutcome, OrganisationKind, Part, Purpose, Role, Statement, Timestamp,
};
use tributary_policy::{
    AskedThen, DecidedAgain, Decision, Facts, Grant, Holding, LastNo, Moments, Recorded,
    RelationshipStanding, Rulebook, SaidNo, decide, involvement::Tie,
};

use crate::{NOW, ask, enumeration as every, facts};

const HOUR: i64 = Timestamp::HOUR;

fn any_facts() -> impl Strategy<Value = Facts> {
    let of_requester = (
        select(&every::ACCOUNTS[..]),
        select(&every::REGISTRATIONS[..]),
        select(&every::RECORDS[..]),
        select(&every::AGREEMENTS[..]),
    );
    let of_patient = (
        select(&every::STANDINGS[..]),
        select(&every::CHOICES[..]),
        select(&every::SAID_NO[..]),
        select(every::holdings()),
        select(&every::AGES[..]),
        select(&every::REFERRALS[..]),
        select(&every::LIVES[..]),
    );
    (of_requester, of_patient).prop_map(|(requester, patient)| {
        let (account, registration, record, agreement) = requester;
        let (relationship, preference, said_no, holdings, age, referral, life) = patient;
        Facts {
            account,
            registration,
            record,
            agreement,
            relationship,
            preference,
            said_no,
            holdings,
            age,
            referral,
            life,
        }
    })
}

fn any_moments() -> impl Strategy<Value = Moments> {
    let instant = || proptest::option::of(any::<i64>().prop_map(Timestamp));
    let parts = (
        select(&every::STANDINGS[..]),
        instant(),
        instant(),
        instant(),
    );
    parts.prop_map(|(bare, ended, to_requester, to_colleague)| Moments {
        tie: Tie { bare, ended },
        last_no: LastNo {
            to_requester,
            to_colleague,
        },
    })
}

fn asked(role: Role, part: Option<Part>) -> AskedThen {
    let mut requester = ask().requester;
    requester.role = role;
    AskedThen {
        requester,
        purpose: Purpose::DirectCare,
        part,
        action: AccessAction::OpenRecord,
        at: NOW,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_written_is_read_and_decides_again_what_was_decided(
        facts in any_facts(),
        moments in any_moments(),
        statement in select(every::statements()),
        patient_known in any::<bool>(),
        role in select(&Role::ALL[..]),
        rulebook in select(Rulebook::all().to_vec()),
    ) {
        let mut ask = ask();
        ask.requester.role = role;
        ask.statement = statement;
        ask.patient = ask.patient.filter(|_| patient_known);
        let recorded = Recorded::of(&ask, &facts, moments);
        prop_assert_eq!(Recorded::from_text(&recorded.to_text()), Some(recorded.clone()));
        let again = recorded.decide_again(&rulebook, &asked(role, ask.part));
        let rule = match decide(&rulebook, ask, &facts, NOW) {
            Decision::Permitted(permitted) => {
                prop_assert_eq!(again.outcome, AccessOutcome::Permitted);
                prop_assert_eq!(again.until, permitted.until());
                prop_assert_eq!(again.basis, Some(permitted.basis()));
                permitted.rule()
            }
            Decision::AskConsent(asked) => {
                prop_assert_eq!(again.outcome, AccessOutcome::Asked);
                asked.rule()
            }
            Decision::Refused(refused) => {
                prop_assert_eq!(again.refusal, Some(refused.reason()));
                refused.rule()
            }
        };
        prop_assert_eq!(again.rule, rule);
    }

    #[test]
    fn no_text_panics_the_reader(text in ".{0,60}", tail in "1[a-z-]{14}( [gnch][a-z0-9+-]{0,9}){0,3}") {
        let _ = Recorded::from_text(&text);
        let _ = Recorded::from_text(&tail);
    }
}

/// A patient who has decided nothing, with these moments; what is asked states nothing.
fn recorded(statement: Statement, moments: Moments, holdings: Vec<Holding>) -> Recorded {
    let mut ask = ask();
    ask.statement = statement;
    let facts = Facts {
        relationship: moments.tie.standing(&Rulebook::cheshire(), NOW),
        said_no: moments
            .last_no
            .remembered(&Rulebook::cheshire(), NOW)
            .said_no(),
        holdings,
        ..facts()
    };
    Recorded::of(&ask, &facts, moments)
}

fn current() -> Moments {
    let bare = RelationshipStanding::Current;
    Moments {
        tie: Tie { bare, ended: None },
        ..Moments::default()
    }
}

fn emergency_held(hours_ago: i64) -> Vec<Holding> {
    let given = NOW.plus(-hours_ago * HOUR);
    vec![Holding {
        grant: Grant::Emergency,
        given,
        until: given.plus(8 * HOUR),
    }]
}

fn emergency() -> Statement {
    Statement::Emergency {
        reason: "unconscious".to_owned(),
        wishes: String::new(),
        colleague_no_shown: false,
    }
}

fn under(change: impl FnOnce(&mut Rulebook), of: &Recorded, role: Role) -> DecidedAgain {
    let mut rulebook = Rulebook::cheshire();
    change(&mut rulebook);
    of.decide_under(&rulebook, &asked(role, Some(Part::Treating)))
}

#[test]
fn the_same_rules_change_nothing() {
    for hours_ago in [1, 7, 9] {
        let held = recorded(Statement::Nothing, current(), emergency_held(hours_ago));
        let asked = asked(Role::Doctor, Some(Part::Treating));
        let then = held.decide_again(&Rulebook::cheshire(), &asked);
        assert_eq!(held.decide_under(&Rulebook::cheshire(), &asked), then);
    }
}

#[test]
fn a_shorter_emergency_ends_earlier_on_every_later_page() {
    let opening = recorded(emergency(), current(), vec![]);
    let shorter = under(|it| it.emergency_hours = 4, &opening, Role::Doctor);
    assert_eq!(
        (shorter.rule, shorter.until),
        (12, Some(NOW.plus(4 * HOUR)))
    );
    for (hours_ago, rule) in [(3, 8), (4, 9), (5, 9)] {
        let page = recorded(Statement::Nothing, current(), emergency_held(hours_ago));
        assert_eq!(
            under(|it| it.emergency_hours = 4, &page, Role::Doctor).rule,
            rule
        );
    }
    let page = recorded(Statement::Nothing, current(), emergency_held(9));
    assert_eq!(under(|_| (), &page, Role::Doctor).rule, 9);
    assert_eq!(
        under(|it| it.emergency_hours = 10, &page, Role::Doctor).rule,
        8
    );
}

#[test]
fn a_role_that_may_not_break_the_glass_would_hold_no_emergency_either() {
    let without = |it: &mut Rulebook| {
        it.glass_breakers.remove(&Role::Nurse);
    };
    let opening = recorded(emergency(), current(), vec![]);
    assert_eq!(under(without, &opening, Role::Nurse).rule, 14);
    assert_eq!(under(without, &opening, Role::Doctor).rule, 12);
    let page = recorded(Statement::Nothing, current(), emergency_held(1));
    assert_eq!(
        under(without, &page, Role::Nurse).outcome,
        AccessOutcome::Asked
    );
    assert_eq!(
        under(without, &page, Role::Doctor).outcome,
        AccessOutcome::Permitted
    );
}

#[test]
fn an_empty_list_of_roles_is_nobody_and_never_everybody() {
    let opening = recorded(emergency(), current(), vec![]);
    for role in Role::ALL {
        let nobody = under(|it| it.glass_breakers.clear(), &opening, role);
        assert_eq!(nobody.outcome, AccessOutcome::Refused, "{role:?}");
        let none = under(
            |it| {
                it.viewers.clear();
                it.glass_breakers.clear();
            },
            &recorded(Statement::ConsentToday, current(), emergency_held(1)),
            role,
        );
        assert_eq!(
            (none.outcome, none.rule),
            (AccessOutcome::Refused, 1),
            "{role:?}"
        );
    }
}

#[test]
fn grace_and_remembered_no_are_worked_out_again() {
    let days = |days: i64| Moments {
        tie: Tie {
            bare: RelationshipStanding::Ended,
            ended: Some(NOW.plus(-days * Timestamp::DAY)),
        },
        ..Moments::default()
    };
    let page = recorded(Statement::Nothing, days(20), vec![]);
    assert_eq!(under(|_| (), &page, Role::Doctor).rule, 9);
    assert_eq!(under(|it| it.grace_days = 14, &page, Role::Doctor).rule, 2);
    let page = recorded(Statement::Nothing, days(40), vec![]);
    assert_eq!(under(|_| (), &page, Role::Doctor).rule, 2);
    assert_eq!(under(|it| it.grace_days = 60, &page, Role::Doctor).rule, 9);

    let told = Moments {
        last_no: LastNo {
            to_requester: Some(NOW.plus(-30 * HOUR)),
            to_colleague: None,
        },
        ..current()
    };
    let page = recorded(Statement::Nothing, told, vec![]);
    assert_eq!(page.facts.said_no, SaidNo::ToNobody);
    assert_eq!(under(|_| (), &page, Role::Doctor).rule, 9);
    assert_eq!(under(|it| it.no_hours = 48, &page, Role::Doctor).rule, 6);
}

#[test]
fn sections_withheld_are_part_of_the_decision() {
    let mut facts = facts();
    facts.preference = Some(tributary_model::SharingChoice::Consent);
    let page = Recorded::of(&ask(), &facts, current());
    let as_it_is = under(|_| (), &page, Role::Doctor);
    let less = under(
        |it| {
            it.withheld.push(tributary_policy::Withholding {
                role: Some(Role::Doctor),
                organisation: Some(OrganisationKind::AcuteTrust),
                purpose: None,
                sections: [tributary_model::Section::SocialCare].into(),
            });
        },
        &page,
        Role::Doctor,
    );
    assert_eq!(as_it_is.outcome, less.outcome);
    assert_ne!(as_it_is.sections, less.sections);
}
