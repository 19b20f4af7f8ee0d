//! The consent screen, and the refusals.

use tributary_model::{AccessNumber, LegalReason, Timestamp};
use tributary_policy::{
    Answer as Offered, Offer, Reader, ReferralCheck, RefusalReason, Refused, Unmet,
};
use tributary_store::{Gathered, SearchPermit};

use crate::{Answer, Disclosure, GateError, Gatekeeper, LegalCheck, Question, Refusal};

/// What the requester is to answer.
pub(crate) struct Asked<'a> {
    /// The answers the rules would take; none when only the part in the care is wanting.
    pub(crate) offers: &'a [Offer],
    /// What the last answer lacked: the form's field and the words.
    pub(crate) lacking: Option<(&'static str, &'static str)>,
}

impl Gatekeeper {
    /// The consent screen, under the line that it was shown.
    pub(crate) async fn question(
        &self,
        written: SearchPermit,
        gathered: &Gathered,
        asked: Asked<'_>,
        now: Timestamp,
    ) -> Result<Disclosure<Question>, GateError> {
        let patient = self.own_patient(&written, gathered.view.address()).await?;
        let today = asked
            .offers
            .iter()
            .find(|offer| offer.answer == Offered::Today);
        let problems = asked.lacking.into_iter();
        let question = Question {
            patient,
            answers: answers(asked.offers, gathered),
            colleague_told_no: gathered.colleague_told_no,
            told_no: gathered.told_no,
            today_until: today.and_then(|offer| offer.until).unwrap_or(now),
            problems: problems
                .map(|(field, words)| (field.to_owned(), words.to_owned()))
                .collect(),
            prove: None,
        };
        Ok(Disclosure::new(question, written.access()))
    }
}

/// The answers of the screen. An answer that cannot be given by this requester at all is left out;
/// legal reasons stay, each with what was checked.
fn answers(offers: &[Offer], gathered: &Gathered) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut legal = Vec::new();
    for offer in offers {
        let plain = match offer.answer {
            Offered::Legal(reason) => {
                legal.push(legal_check(reason, offer.unmet, gathered));
                continue;
            }
            Offered::Standing => Answer::Standing,
            Offered::Today => Answer::Today,
            Offered::No => Answer::No,
            Offered::Emergency => Answer::Emergency,
        };
        if offer.unmet.is_none() {
            answers.push(plain);
        }
    }
    if !legal.is_empty() {
        answers.push(Answer::Legal(legal));
    }
    answers
}

fn legal_check(reason: LegalReason, unmet: Option<Unmet>, gathered: &Gathered) -> LegalCheck {
    let checked = match (unmet, reason) {
        (Some(unmet), _) => unmet.words(),
        (None, LegalReason::UnderThirteen) => {
            "The dates of birth on record agree on an age under 13."
        }
        (None, LegalReason::ReferredHere) if gathered.facts.referral == ReferralCheck::Both => {
            "A referral by another provider and an open case with your service are on record."
        }
        (None, LegalReason::LacksCapacity) => {
            "Ask for an attorney or deputy first; nothing can be checked here."
        }
        (None, LegalReason::Protection | LegalReason::ReferredHere) => {
            "Nothing can be checked here; say in your words what happened."
        }
    };
    LegalCheck {
        reason,
        checked: checked.to_owned(),
        available: unmet.is_none(),
    }
}

/// What an answer lacked, by the name of the form's field.
pub(crate) fn lacking(reason: RefusalReason) -> Option<(&'static str, &'static str)> {
    let RefusalReason::NotMet(unmet) = reason else {
        return None;
    };
    let field = match unmet {
        Unmet::ReasonMissing => "emergency-reason",
        Unmet::ColleagueNoNotShown => "colleague-no-shown",
        Unmet::AttorneyNotAskedFor => "attorney-asked",
        Unmet::NotUnderThirteen | Unmet::ReferralCheck(_) | Unmet::ColleagueToldNo => {
            "legal-reason"
        }
        Unmet::MayNotBreakGlass | Unmet::NoStandingConsent => "answer",
    };
    Some((field, unmet.words()))
}

/// A refusal for its page. That of rule 2 is the same whoever was asked for.
pub(crate) fn refusal(refused: &Refused, access: AccessNumber) -> Refusal {
    let unknown_person = refused.rule() == 2;
    Refusal {
        words: refused.words_for(Reader::Requester).to_owned(),
        meaning: meaning(refused.reason())
            .iter()
            .map(|line| (*line).to_owned())
            .collect(),
        unknown_person,
        may_say_yes_now: refused.reason() == RefusalReason::SaidNoLately,
        access,
    }
}

const CARE_GOES_ON: &str = "Care goes on as before. Telephone, letter and email between services \
                            stay open to you.";
const ASK_THE_PRACTICE: &str = "If they change their mind they can tell their GP practice.";

const fn meaning(reason: RefusalReason) -> &'static [&'static str] {
    match reason {
        RefusalReason::NotAuthorised(_) => &[
            "Nothing of a patient was looked at.",
            "If you think that this is wrong, speak to your organisation's privacy officer.",
        ],
        RefusalReason::NoRelationship => &[],
        RefusalReason::OptedOut => &[
            "No shared record is kept for them, so there is nothing to see, not even in an emergency.",
            ASK_THE_PRACTICE,
            CARE_GOES_ON,
        ],
        RefusalReason::NoRecordCreated => &[
            "A shared record is only created for patients who asked for one.",
            ASK_THE_PRACTICE,
            CARE_GOES_ON,
        ],
        RefusalReason::Blocked => &[
            "Nobody can see their shared record, not even in an emergency.",
            ASK_THE_PRACTICE,
            CARE_GOES_ON,
        ],
        RefusalReason::SaysNo => &[
            "Their answer has been recorded. It holds for you for 24 hours; it is not a block.",
            "If the patient changes their mind you can record that they now say yes.",
            CARE_GOES_ON,
        ],
        RefusalReason::SaidNoLately => &[
            "They told you no within the last 24 hours.",
            "If the patient now says yes, record their answer below.",
            CARE_GOES_ON,
        ],
        RefusalReason::NotMet(_) => &[CARE_GOES_ON],
    }
}
