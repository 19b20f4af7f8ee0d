//! What people are told, word for word where the product says so, and what the screen offers.

use tributary_model::{LegalReason, Role, SharingChoice, Statement, Timestamp};
use tributary_policy::{
    Answer, Ask, AskConsent, Decision, Facts, Notice, Offer, Reader, Refused, Rulebook, SaidNo,
    Unmet, decide,
};

use crate::{NOW, ask, facts};

fn refused(rulebook: &Rulebook, ask: Ask, facts: &Facts) -> Refused {
    match decide(rulebook, ask, facts, NOW) {
        Decision::Refused(refused) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

fn asked(rulebook: &Rulebook, ask: Ask, facts: &Facts) -> AskConsent {
    match decide(rulebook, ask, facts, NOW) {
        Decision::AskConsent(asked) => asked,
        other => panic!("not asked: {other:?}"),
    }
}

#[test]
fn the_exact_words_of_the_refusals() {
    let words = |rulebook: &Rulebook, facts: Facts| {
        refused(rulebook, ask(), &facts).words_for(Reader::Requester)
    };
    let choice = |preference| Facts {
        preference,
        ..facts()
    };
    let cheshire = Rulebook::cheshire();
    assert_eq!(
        words(&cheshire, choice(Some(SharingChoice::OptOut))),
        "The patient has declined to have an electronic shared record."
    );
    assert_eq!(
        words(&cheshire, choice(Some(SharingChoice::Block))),
        "The patient has not given consent to view the record."
    );
    assert_eq!(
        words(
            &cheshire,
            Facts {
                relationship: Facts::default().relationship,
                ..facts()
            }
        ),
        "No patient of your organisation matches."
    );
    assert_eq!(
        words(&Rulebook::opt_in(), choice(None)),
        "No shared record has been created for this patient."
    );
}

#[test]
fn the_screen_offers_every_answer_and_says_what_keeps_one_from_being_given() {
    let asked = asked(&Rulebook::cheshire(), ask(), &facts());
    let in_hours = |hours: i64| Some(NOW.plus(hours * Timestamp::HOUR));
    let offer = |answer, unmet, until| Offer {
        answer,
        unmet,
        until,
    };
    let referral = Unmet::ReferralCheck(facts().referral);
    assert_eq!(
        asked.offers(),
        [
            offer(Answer::Standing, None, None),
            offer(Answer::Today, None, in_hours(24)),
            offer(Answer::No, None, None),
            offer(Answer::Emergency, None, in_hours(8)),
            offer(
                Answer::Legal(LegalReason::LacksCapacity),
                None,
                in_hours(24)
            ),
            offer(
                Answer::Legal(LegalReason::UnderThirteen),
                Some(Unmet::NotUnderThirteen),
                in_hours(24)
            ),
            offer(
                Answer::Legal(LegalReason::ReferredHere),
                Some(referral),
                in_hours(24)
            ),
            offer(Answer::Legal(LegalReason::Protection), None, in_hours(24)),
        ]
    );
    assert_eq!(asked.notices(), []);
}

#[test]
fn a_no_to_a_colleague_is_said_and_closes_the_legal_reasons() {
    let facts = Facts {
        said_no: SaidNo::ToColleague,
        ..facts()
    };
    let asked = asked(&Rulebook::cheshire(), ask(), &facts);
    assert_eq!(asked.notices(), [Notice::ColleagueToldNo]);
    for offer in asked.offers() {
        let legal = matches!(offer.answer, Answer::Legal(_));
        assert_eq!(
            offer.unmet,
            legal.then_some(Unmet::ColleagueToldNo),
            "{offer:?}"
        );
    }
}

#[test]
fn an_offer_that_is_open_is_kept_when_it_is_taken_up() {
    for rulebook in Rulebook::all() {
        for (role, said_no) in [
            (Role::Doctor, SaidNo::ToNobody),
            (Role::Doctor, SaidNo::ToColleague),
            (Role::SocialWorker, SaidNo::ToNobody),
        ] {
            let facts = Facts { said_no, ..facts() };
            let mut ask = ask();
            ask.requester.role = role;
            let Decision::AskConsent(asked) = decide(&rulebook, ask.clone(), &facts, NOW) else {
                continue;
            };
            for offer in asked.offers() {
                let decision = decide(
                    &rulebook,
                    Ask {
                        statement: taken_up(offer),
                        ..ask.clone()
                    },
                    &facts,
                    NOW,
                );
                match (offer.answer, offer.unmet) {
                    (Answer::No, _) => {
                        assert!(matches!(decision, Decision::Refused(it) if it.rule() == 5));
                    }
                    (_, Some(_)) => {
                        assert!(matches!(decision, Decision::Refused(it) if it.rule() == 14));
                    }
                    (_, None) => {
                        let Decision::Permitted(permitted) = decision else {
                            panic!("offered and refused: {offer:?}");
                        };
                        assert_eq!(permitted.until(), offer.until);
                    }
                }
            }
        }
    }
}

fn taken_up(offer: &Offer) -> Statement {
    let text = || "stated".to_owned();
    match offer.answer {
        Answer::Standing => Statement::ConsentStanding,
        Answer::Today => Statement::ConsentToday,
        Answer::No => Statement::SaysNo,
        Answer::Emergency => Statement::Emergency {
            reason: text(),
            wishes: text(),
            colleague_no_shown: true,
        },
        Answer::Legal(reason) => Statement::Legal {
            reason,
            words: text(),
            attorney_asked: true,
        },
    }
}

#[test]
fn after_a_no_to_this_requester_the_screen_can_record_only_that_the_patient_now_says_yes() {
    let facts = Facts {
        said_no: SaidNo::ToRequester,
        ..facts()
    };
    let refused = refused(&Rulebook::cheshire(), ask(), &facts);
    let answers: Vec<_> = refused.offers().iter().map(|offer| offer.answer).collect();
    assert_eq!(
        (refused.rule(), answers),
        (6, vec![Answer::Standing, Answer::Today])
    );
}

#[test]
fn a_patient_is_told_nothing_of_who_they_are_to_others() {
    for reader in [Reader::Requester, Reader::Patient] {
        let unrelated = Facts {
            relationship: Facts::default().relationship,
            ..facts()
        };
        let words = refused(&Rulebook::cheshire(), ask(), &unrelated).words_for(reader);
        assert!(!words.contains("relationship"), "{words}");
    }
}
