//! Small facts and how they are found.

use tributary_model::{
    AccountId, ClinicalDate, Register, RegisterEntry, RelationshipKind, Timestamp,
};
use tributary_policy::{
    AgeBand, Life, ReferralCheck, Registration, RelationshipStanding, Rulebook, SaidNo, Told,
    involvement::{
        CurrentPractice, Involvement, current_practice, referral_check, relationship_standing,
    },
};

use crate::{NOW, ask};

const DAY: i64 = Timestamp::DAY;

pub(crate) fn involvement(
    organisation: &str,
    kind: RelationshipKind,
    from: i64,
    until: Option<i64>,
) -> Involvement {
    Involvement {
        organisation: organisation.parse().unwrap(),
        kind,
        from: NOW.plus(from),
        until: until.map(|until| NOW.plus(until)),
        referred_by: None,
    }
}

fn at(text: &str) -> Timestamp {
    ClinicalDate::read(text).unwrap().sort
}

#[test]
fn a_relationship_other_than_a_registration_has_a_grace_period() {
    use RelationshipStanding::{Current, Ended, InGrace, None as Never, NotYetBegun};
    let rulebook = Rulebook::cheshire();
    let standing = |kind, from, until| {
        let it = involvement("RXX01", kind, from, until);
        relationship_standing(&rulebook, [&it], &it.organisation, NOW)
    };
    for kind in RelationshipKind::ALL {
        let grace = if kind.has_grace() { InGrace } else { Ended };
        for (from, until, expected) in [
            (0, None, Current),
            (-DAY, Some(1), Current),
            (-DAY, Some(0), grace),
            (-100 * DAY, Some(-28 * DAY + 1), grace),
            (-100 * DAY, Some(-28 * DAY), Ended),
            (-DAY, Some(-DAY), grace),
            (-DAY, Some(-2 * DAY), Ended),
            (1, None, NotYetBegun),
        ] {
            assert_eq!(
                standing(kind, from, until),
                expected,
                "{kind:?} {from} {until:?}"
            );
        }
    }
    let none: [&Involvement; 0] = [];
    let us = "RXX01".parse().unwrap();
    assert_eq!(relationship_standing(&rulebook, none, &us, NOW), Never);
}

#[test]
fn the_best_of_several_relationships_counts_and_only_ones_own() {
    let rulebook = Rulebook::cheshire();
    let ended = involvement(
        "RXX01",
        RelationshipKind::Admission,
        -90 * DAY,
        Some(-60 * DAY),
    );
    let future = involvement("RXX01", RelationshipKind::Referral, DAY, None);
    let grace = involvement("RXX01", RelationshipKind::Caseload, -90 * DAY, Some(-DAY));
    let other = involvement("RYY02", RelationshipKind::Admission, -DAY, None);
    let us = &ended.organisation;
    let standing = |of: &[&Involvement]| relationship_standing(&rulebook, of.to_vec(), us, NOW);
    assert_eq!(standing(&[&other]), RelationshipStanding::None);
    assert_eq!(standing(&[&ended, &other]), RelationshipStanding::Ended);
    assert_eq!(
        standing(&[&future, &ended]),
        RelationshipStanding::NotYetBegun
    );
    assert_eq!(
        standing(&[&future, &grace, &ended]),
        RelationshipStanding::InGrace
    );
}

#[test]
fn a_referral_counts_when_another_sent_it_and_we_treat_already() {
    let caseload = involvement("RXX01", RelationshipKind::Caseload, -DAY, None);
    let past = Involvement {
        until: Some(NOW),
        ..caseload.clone()
    };
    let referral = |by: Option<&str>| Involvement {
        referred_by: by.map(|by| by.parse().unwrap()),
        ..involvement("RXX01", RelationshipKind::Referral, -DAY, None)
    };
    let check = |of: &[&Involvement]| referral_check(of.to_vec(), &caseload.organisation, NOW);
    assert_eq!(check(&[]), ReferralCheck::Neither);
    assert_eq!(check(&[&caseload]), ReferralCheck::ReceivesService);
    assert_eq!(check(&[&referral(Some("RYY02"))]), ReferralCheck::Referred);
    assert_eq!(
        check(&[&caseload, &referral(Some("RYY02"))]),
        ReferralCheck::Both
    );
    assert_eq!(
        check(&[&caseload, &referral(Some("RXX01"))]),
        ReferralCheck::ReceivesService
    );
    assert_eq!(
        check(&[&caseload, &referral(None)]),
        ReferralCheck::ReceivesService
    );
    assert_eq!(
        check(&[&past, &referral(Some("RYY02"))]),
        ReferralCheck::Referred
    );
    let elsewhere = involvement("RZZ03", RelationshipKind::Caseload, -DAY, None);
    assert_eq!(
        check(&[&elsewhere, &referral(Some("RYY02"))]),
        ReferralCheck::Referred
    );
}

#[test]
fn the_practice_is_the_registration_that_started_last_unless_two_claim_the_patient() {
    let old = involvement(
        "A11111",
        RelationshipKind::Registration,
        -900 * DAY,
        Some(-DAY),
    );
    let claim = Involvement {
        until: None,
        ..old.clone()
    };
    let new = involvement("B22222", RelationshipKind::Registration, -2 * DAY, None);
    let temporary = involvement(
        "C33333",
        RelationshipKind::TemporaryRegistration,
        -DAY,
        None,
    );
    let hospital = involvement("RXX01", RelationshipKind::Admission, -DAY, None);
    let practice = |of: &[&Involvement]| current_practice(of.to_vec(), NOW);
    let one = |it: &Involvement| CurrentPractice::One(it.organisation.clone());
    assert_eq!(practice(&[&temporary, &hospital]), CurrentPractice::None);
    assert_eq!(practice(&[&new, &old, &temporary]), one(&new));
    assert_eq!(practice(&[&claim, &claim]), one(&claim));
    let claims = vec![claim.organisation.clone(), new.organisation.clone()];
    assert_eq!(
        practice(&[&new, &claim]),
        CurrentPractice::Contested { claims }
    );
}

#[test]
fn a_registration_lasts_to_the_end_of_its_last_day_in_london() {
    let entry = |until: Option<&str>| RegisterEntry {
        register: Register::Gmc,
        number: "7000001".to_owned(),
        valid_until: until.map(|until| ClinicalDate::read(until).unwrap()),
    };
    let standing = |until, now| Registration::of(Some(&entry(until)), at(now));
    assert_eq!(Registration::of(None, NOW), Registration::None);
    assert_eq!(standing(None, "2026-07-20"), Registration::Valid);
    assert_eq!(
        standing(Some("2026-07-20"), "2026-07-20T22:59:59Z"),
        Registration::Valid
    );
    assert_eq!(
        standing(Some("2026-07-20"), "2026-07-20T23:00:00Z"),
        Registration::Lapsed
    );
}

#[test]
fn an_age_needs_dates_known_to_the_day_that_agree() {
    let now = at("2026-11-22T12:00:00Z");
    let band = |births: &[&str]| {
        let births: Vec<_> = births
            .iter()
            .map(|it| ClinicalDate::read(it).unwrap())
            .collect();
        AgeBand::of(&births, now)
    };
    for (births, expected) in [
        (&[][..], AgeBand::Unknown),
        (&["2013-11-23"], AgeBand::UnderThirteen),
        (&["2013-11-22"], AgeBand::ThirteenOrOver),
        (&["2020-01-01", "2020-01-01"], AgeBand::UnderThirteen),
        (&["2020-01-01", "2020-01-02"], AgeBand::Unknown),
        (&["2020-01-01", "2020"], AgeBand::Unknown),
        (&["2020"], AgeBand::Unknown),
        (&["2027-01-01"], AgeBand::Unknown),
    ] {
        assert_eq!(band(births), expected, "{births:?}");
    }
}

#[test]
fn a_no_is_remembered_until_a_later_yes_or_24_hours_have_passed() {
    let (rulebook, requester) = (Rulebook::cheshire(), ask().requester);
    let told = |account: i64, organisation: &str, ago: i64, no: bool| Told {
        account: AccountId(account),
        organisation: organisation.parse().unwrap(),
        at: NOW.plus(-ago),
        no,
    };
    let hour = Timestamp::HOUR;
    let (me, colleague, us, them) = (1, 2, "RXX01", "RYY02");
    for (told, expected) in [
        (vec![], SaidNo::ToNobody),
        (vec![told(me, us, hour, true)], SaidNo::ToRequester),
        (vec![told(me, us, 24 * hour - 1, true)], SaidNo::ToRequester),
        (vec![told(me, us, 24 * hour, true)], SaidNo::ToNobody),
        (
            vec![told(me, us, hour, true), told(me, us, 0, false)],
            SaidNo::ToNobody,
        ),
        (
            vec![told(me, us, 0, true), told(me, us, hour, false)],
            SaidNo::ToRequester,
        ),
        (
            vec![told(me, us, 0, true), told(me, us, 0, false)],
            SaidNo::ToRequester,
        ),
        (vec![told(me, them, hour, true)], SaidNo::ToRequester),
        (
            vec![told(me, us, hour, true), told(me, them, 0, false)],
            SaidNo::ToRequester,
        ),
        (vec![told(colleague, us, hour, true)], SaidNo::ToColleague),
        (
            vec![
                told(colleague, us, hour, true),
                told(colleague, us, 0, false),
            ],
            SaidNo::ToColleague,
        ),
        (vec![told(colleague, them, hour, true)], SaidNo::ToNobody),
        (
            vec![told(colleague, us, 0, true), told(me, us, 0, true)],
            SaidNo::ToBoth,
        ),
    ] {
        assert_eq!(
            SaidNo::of(&rulebook, &told, &requester, NOW),
            expected,
            "{told:?}"
        );
    }
}

#[test]
fn a_death_that_one_source_alone_reports_changes_nothing() {
    assert_eq!(
        [0, 1, 2].map(Life::of),
        [Life::Living, Life::Living, Life::Dead]
    );
}
