//! A patient's decisions about sharing become one standing choice.
//!
//! Decisions hang on identities, and a patient is a set of linked identities, so decisions of all
//! of them come in here. They are taken in the order of their time:
//!
//! * a refusal always counts, and a stricter one is never weakened by a milder one;
//! * a consent counts where nothing is refused; it lifts a refusal only if it came through the
//!   practice that was the patient's current GP practice when it was received;
//! * at the same instant the refusal comes last, and so wins.
//!
//! Silence is no decision. Moving practice is none either, so it lifts nothing.

use tributary_model::{PreferenceDecision, SharingChoice, Timestamp};

use crate::involvement::{CurrentPractice, Involvement, current_practice};

/// A patient's standing choice and the decision it rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing<'a> {
    /// The decision that stands; `None` while undecided.
    pub decision: Option<&'a PreferenceDecision>,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl Standing<'_> {
    /// The choice; `None` while undecided.
    #[must_use]
    pub fn choice(&self) -> Option<SharingChoice> {
        self.decision.map(|decision| decision.choice)
    }
}

/// The standing choice at an instant, from all decisions of all linked identities and all
/// registrations of the patient (other involvements make no difference).
#[must_use]
pub fn standing<'a>(
    decisions: &'a [PreferenceDecision],
    involvements: &[Involvement],
    now: Timestamp,
) -> Standing<'a> {
    let received = decisions.iter().filter(|decision| decision.received <= now);
    let mut dated: Vec<_> = received
        .filter_map(|decision| Some((counts_from(decision)?, decision)))
        .collect();
    dated.sort_by_key(|(at, decision)| (*at, decision.choice));
    dated
        .into_iter()
        .fold(Standing::default(), |before, (at, decision)| {
            if takes_effect(before.choice(), decision, involvements) {
                Standing {
                    decision: Some(decision),
                    since: Some(at),
                }
            } else {
                before
            }
        })
}

/// The instant a decision counts from: its own, or for a refusal without a usable one when it was
/// received. A consent that is undated or was dated in the future never counts.
fn counts_from(decision: &PreferenceDecision) -> Option<Timestamp> {
    let stated = decision
        .decided
        .filter(|decided| *decided <= decision.received);
    stated.or_else(|| decision.choice.refuses().then_some(decision.received))
}

fn takes_effect(
    before: Option<SharingChoice>,
    decision: &PreferenceDecision,
    involvements: &[Involvement],
) -> bool {
    match decision.choice {
        // In the order of strictness: consent, block, opt-out.
        SharingChoice::Block | SharingChoice::OptOut => before <= Some(decision.choice),
        SharingChoice::Consent => {
            let through = decision.by.organisation();
            let (lifts, contested) = match current_practice(involvements, decision.received) {
                CurrentPractice::None => (false, false),
                CurrentPractice::One(practice) => (practice == *through, false),
                CurrentPractice::Contested { claims } => (false, claims.contains(through)),
            };
            lifts || !contested && !before.is_some_and(SharingChoice::refuses)
        }
    }
}
