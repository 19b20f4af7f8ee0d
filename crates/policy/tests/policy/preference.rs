//! The standing choice against a plain model, and the rules of the product one by one.

use proptest::prelude::*;
use tributary_model::{
    AccountId, Decider, IdentityId, PreferenceDecision, RelationshipKind, SharingChoice, Timestamp,
};
use tributary_policy::{involvement::Involvement, preference::standing};

use crate::{NOW, findings::involvement};
use SharingChoice::{Block, Consent, OptOut};

const DAY: i64 = Timestamp::DAY;
const OLD: &str = "A11111";
const NEW: &str = "B22222";
const TRUST: &str = "RXX01";

/// A decision received so many days from now, and decided on that day unless told otherwise.
fn decision(choice: SharingChoice, through: &str, day: i64) -> PreferenceDecision {
    PreferenceDecision {
        identity: IdentityId(1),
        choice,
        decided: Some(NOW.plus(day * DAY)),
        received: NOW.plus(day * DAY),
        by: Decider::Person(AccountId(3), through.parse().unwrap()),
        who: tributary_model::WhoDecided::NotSaid,
        stayed_from: None,
    }
}

fn undated(choice: SharingChoice, through: &str, day: i64) -> PreferenceDecision {
    PreferenceDecision {
        decided: None,
        ..decision(choice, through, day)
    }
}

fn dated(decided: i64, it: PreferenceDecision) -> PreferenceDecision {
    PreferenceDecision {
        decided: Some(NOW.plus(decided * DAY)),
        ..it
    }
}

fn registered(practice: &str, from: i64, until: Option<i64>) -> Involvement {
    let days = |day: i64| day * DAY;
    involvement(
        practice,
        RelationshipKind::Registration,
        days(from),
        until.map(days),
    )
}

/// With the old practice until 100 days ago, with the new one since.
fn moved() -> Vec<Involvement> {
    vec![
        registered(OLD, -999, Some(-100)),
        registered(NEW, -100, None),
    ]
}

fn chosen(decisions: &[PreferenceDecision], involvements: &[Involvement]) -> Option<SharingChoice> {
    standing(decisions, involvements, NOW).choice()
}

#[test]
fn nothing_decided_is_undecided() {
    assert_eq!(chosen(&[], &moved()), None);
}

/// What a rule is called, the decisions it speaks of, and what then stands.
type Rule = (&'static str, Vec<PreferenceDecision>, Option<SharingChoice>);

fn hold(rules: Vec<Rule>) {
    for (rule, decisions, expected) in rules {
        assert_eq!(chosen(&decisions, &moved()), expected, "{rule}");
    }
}

#[test]
fn the_newest_decision_counts_and_a_refusal_is_lifted_by_the_practice_alone() {
    hold(vec![
        (
            "a consent anywhere",
            vec![decision(Consent, TRUST, -9)],
            Some(Consent),
        ),
        (
            "the newest wins",
            vec![decision(Consent, NEW, -9), decision(Block, NEW, -8)],
            Some(Block),
        ),
        (
            "in whatever order",
            vec![decision(Block, NEW, -8), decision(Consent, NEW, -9)],
            Some(Block),
        ),
        (
            "the practice lifts",
            vec![decision(OptOut, NEW, -9), decision(Consent, NEW, -8)],
            Some(Consent),
        ),
        (
            "a trust does not lift",
            vec![decision(Block, NEW, -9), decision(Consent, TRUST, -8)],
            Some(Block),
        ),
        (
            "at one instant the refusal",
            vec![decision(Block, NEW, -9), decision(Consent, NEW, -9)],
            Some(Block),
        ),
        (
            "the stricter stands",
            vec![decision(OptOut, NEW, -9), decision(Block, NEW, -8)],
            Some(OptOut),
        ),
        (
            "and tightens",
            vec![decision(Block, NEW, -9), decision(OptOut, TRUST, -8)],
            Some(OptOut),
        ),
    ]);
}

#[test]
fn where_a_time_is_missing_or_to_come_refusal_wins() {
    hold(vec![
        (
            "undated consent is nothing",
            vec![undated(Consent, NEW, -9)],
            None,
        ),
        (
            "and lifts nothing",
            vec![decision(Block, NEW, -9), undated(Consent, NEW, -8)],
            Some(Block),
        ),
        (
            "nor does a future one",
            vec![
                decision(Block, NEW, -9),
                dated(5, decision(Consent, NEW, -8)),
            ],
            Some(Block),
        ),
        (
            "even once its day has come",
            vec![dated(-5, decision(Consent, NEW, -8))],
            None,
        ),
        (
            "undated refusal counts when received",
            vec![decision(Consent, NEW, -9), undated(OptOut, NEW, -8)],
            Some(OptOut),
        ),
        (
            "so a consent before is older",
            vec![
                undated(OptOut, NEW, -8),
                dated(-9, decision(Consent, NEW, -7)),
            ],
            Some(OptOut),
        ),
        (
            "and one after lifts it",
            vec![undated(OptOut, NEW, -8), decision(Consent, NEW, -7)],
            Some(Consent),
        ),
        (
            "future refusal counts when received",
            vec![
                dated(90, decision(Block, NEW, -8)),
                decision(Consent, NEW, -7),
            ],
            Some(Consent),
        ),
    ]);
}

#[test]
fn moving_practice_lifts_nothing_and_undoes_nothing() {
    hold(vec![
        (
            "a former practice lifts nothing",
            vec![decision(Block, NEW, -9), decision(Consent, OLD, -8)],
            Some(Block),
        ),
        (
            "what it lifted in its time stays lifted",
            vec![decision(Block, OLD, -300), decision(Consent, OLD, -200)],
            Some(Consent),
        ),
        (
            "moving lifts nothing",
            vec![decision(OptOut, OLD, -300)],
            Some(OptOut),
        ),
        (
            "not yet the practice then",
            vec![decision(Block, OLD, -300), decision(Consent, NEW, -200)],
            Some(Block),
        ),
        (
            "what has not reached us yet",
            vec![decision(OptOut, NEW, 1)],
            None,
        ),
    ]);
}

#[test]
fn while_two_practices_claim_the_patient_only_refusals_are_accepted() {
    let both = [registered(OLD, -999, None), registered(NEW, -100, None)];
    for practice in [OLD, NEW] {
        assert_eq!(chosen(&[decision(Consent, practice, -9)], &both), None);
        assert_eq!(chosen(&[decision(Block, practice, -9)], &both), Some(Block));
        let lifting = [decision(Block, TRUST, -9), decision(Consent, practice, -8)];
        assert_eq!(chosen(&lifting, &both), Some(Block));
    }
    // The patient's own word to others is not a practice's claim.
    assert_eq!(
        chosen(&[decision(Consent, TRUST, -9)], &both),
        Some(Consent)
    );
}

#[test]
fn a_temporary_registration_neither_lifts_nor_contests() {
    let mut involvements = moved();
    let kind = RelationshipKind::TemporaryRegistration;
    involvements.push(involvement("C33333", kind, -50 * DAY, None));
    let lifting = |by| [decision(Block, TRUST, -9), decision(Consent, by, -8)];
    assert_eq!(chosen(&lifting("C33333"), &involvements), Some(Block));
    assert_eq!(chosen(&lifting(NEW), &involvements), Some(Consent));
}

#[test]
fn the_decision_that_stands_is_named() {
    let decisions = [undated(OptOut, TRUST, -8), decision(Block, NEW, -9)];
    let standing = standing(&decisions, &moved(), NOW);
    assert_eq!(standing.decision, Some(&decisions[0]));
    assert_eq!(standing.since, Some(NOW.plus(-8 * DAY)));
}

/// The product's rules as sets, without an order of going through them.
fn model(decisions: &[PreferenceDecision], involvements: &[Involvement]) -> Option<SharingChoice> {
    let practices_then = |it: &PreferenceDecision| {
        let mut practices: Vec<_> = involvements
            .iter()
            .filter(|at| at.kind == RelationshipKind::Registration)
            .filter(|at| at.from <= it.received)
            .filter(|at| at.until.is_none_or(|until| until > it.received))
            .map(|at| &at.organisation)
            .collect();
        practices.sort();
        practices.dedup();
        practices
    };
    let usable = |it: &&PreferenceDecision| it.decided.is_some_and(|at| at <= it.received);
    let reached = || decisions.iter().filter(|it| it.received <= NOW);
    let consents: Vec<_> = reached()
        .filter(|it| it.choice == Consent)
        .filter(usable)
        .filter(|it| {
            let practices = practices_then(it);
            practices.len() < 2 || !practices.contains(&it.by.organisation())
        })
        .collect();
    let refused_at = |it: &PreferenceDecision| {
        Some(it)
            .filter(usable)
            .and_then(|it| it.decided)
            .unwrap_or(it.received)
    };
    let lifted = |refusal: &&PreferenceDecision| {
        consents.iter().any(|consent| {
            practices_then(consent) == [consent.by.organisation()]
                && consent.decided.unwrap() > refused_at(refusal)
        })
    };
    let strictest = reached()
        .filter(|it| it.choice != Consent)
        .filter(|it| !lifted(it))
        .map(|it| it.choice)
        .max();
    strictest.or_else(|| consents.first().map(|_| Consent))
}

fn any_decision() -> impl Strategy<Value = PreferenceDecision> {
    let choice = prop::sample::select(vec![Consent, Consent, Block, OptOut]);
    let through = prop::sample::select(vec![OLD, NEW, TRUST]);
    (
        choice,
        through,
        -8..2_i64,
        prop::option::of(-8..4_i64),
        0..3_i64,
    )
        .prop_map(
            |(choice, through, received, decided, identity)| PreferenceDecision {
                identity: IdentityId(identity),
                decided: decided.map(|day| NOW.plus(day * DAY)),
                ..decision(choice, through, received)
            },
        )
}

fn any_involvement() -> impl Strategy<Value = Involvement> {
    let organisation = prop::sample::select(vec![OLD, NEW, TRUST]);
    let kind = prop::sample::select(vec![
        RelationshipKind::Registration,
        RelationshipKind::Registration,
        RelationshipKind::TemporaryRegistration,
        RelationshipKind::Admission,
    ]);
    (organisation, kind, -10..3_i64, prop::option::of(-8..3_i64)).prop_map(
        |(organisation, kind, from, until)| {
            involvement(organisation, kind, from * DAY, until.map(|day| day * DAY))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_fold_is_the_model_in_any_order(
        decisions in prop::collection::vec(any_decision(), 0..7),
        involvements in prop::collection::vec(any_involvement(), 0..4),
        turn in 0_usize..7,
    ) {
        let expected = model(&decisions, &involvements);
        prop_assert_eq!(chosen(&decisions, &involvements), expected);
        let mut turned = decisions;
        turned.reverse();
        prop_assert_eq!(chosen(&turned, &involvements), expected);
        let len = turned.len().max(1);
        turned.rotate_left(turn % len);
        prop_assert_eq!(chosen(&turned, &involvements), expected);
    }

    #[test]
    fn one_more_refusal_never_opens_a_record(
        decisions in prop::collection::vec(any_decision(), 0..7),
        involvements in prop::collection::vec(any_involvement(), 0..4),
        more in any_decision().prop_filter("a refusal", |it| it.choice != Consent),
    ) {
        let before = chosen(&decisions, &involvements);
        let after = chosen(&[decisions, vec![more]].concat(), &involvements);
        prop_assert!(after >= before);
    }
}
