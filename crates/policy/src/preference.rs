//! A patient's decisions about sharing become one standing choice.
//!
//! Decisions hang on identities, and a patient is a set of linked identities, so decisions of all
//! of them come in here. They are taken in the order of their time:
//!
//! * a refusal always counts, and a stricter one is never weakened by a milder one;
//! * a consent counts where nothing is refused; it lifts a refusal only if it came through the
//!   practice that was the patient's current GP practice when it was received, or was recorded by
//!   two governance officers for a patient without a practice that takes part;
//! * at the same instant the refusal comes last, and so wins.
//!
//! Silence is no decision. Moving practice is none either, so it lifts nothing.

use tributary_model::{Decider, PreferenceDecision, SharingChoice, Timestamp};

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
    /// The choice as rules know it; `None` while undecided, and where each professional is to ask.
    #[must_use]
    pub fn choice(&self) -> Option<SharingChoice> {
        self.decided()
            .filter(|choice| *choice != SharingChoice::Ask)
    }

    /// The choice as it was made.
    #[must_use]
    pub fn decided(&self) -> Option<SharingChoice> {
        self.decision.map(|decision| decision.choice)
    }

    /// How strict it is as a refusal: nothing that permits is stricter than anything else.
    #[must_use]
    pub fn refusal(&self) -> Option<SharingChoice> {
        self.decided().filter(|choice| choice.refuses())
    }
}

/// One decision, and what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weighed<'a> {
    /// The decision.
    pub decision: &'a PreferenceDecision,
    /// The time it counts from, or for one without effect the time it reached us.
    pub at: Timestamp,
    /// What it does.
    pub effect: Effect,
}

/// What a decision does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It stands.
    Stands,
    /// It stood until a later one took effect.
    Replaced,
    /// A consent without a date.
    Undated,
    /// A consent that was dated in the future.
    Future,
    /// A stricter refusal stands.
    StricterStands,
    /// It would have lifted a refusal and did not come through the patient's GP practice.
    NotThePractice,
    /// It came while two practices claimed the patient.
    Contested,
}

/// The standing choice at an instant, from all decisions of all linked identities and all
/// registrations of the patient (other involvements make no difference).
#[must_use]
pub fn standing<'a>(
    decisions: &'a [PreferenceDecision],
    involvements: &[Involvement],
    now: Timestamp,
) -> Standing<'a> {
    let weighed = weigh(decisions, involvements, now);
    let last = weighed.iter().find(|one| one.effect == Effect::Stands);
    Standing {
        decision: last.map(|one| one.decision),
        since: last.map(|one| one.at),
    }
}

/// Every decision received by an instant, in the order of their time, with what it does.
#[must_use]
pub fn weigh<'a>(
    decisions: &'a [PreferenceDecision],
    involvements: &[Involvement],
    now: Timestamp,
) -> Vec<Weighed<'a>> {
    let received = decisions.iter().filter(|decision| decision.received <= now);
    let mut weighed: Vec<Weighed<'a>> = received
        .map(|decision| {
            let counts = counts_from(decision);
            Weighed {
                decision,
                at: counts.unwrap_or(decision.received),
                effect: counts.err().unwrap_or(Effect::Stands),
            }
        })
        .collect();
    weighed.sort_by_key(|one| (one.at, one.decision.choice));
    let mut before: Option<SharingChoice> = None;
    for one in weighed
        .iter_mut()
        .filter(|one| one.effect == Effect::Stands)
    {
        one.effect = effect(before, one.decision, involvements);
        if one.effect == Effect::Stands {
            before = Some(one.decision.choice);
        }
    }
    let mut standing = weighed
        .iter_mut()
        .rev()
        .filter(|one| one.effect == Effect::Stands);
    let _last = standing.next();
    for replaced in standing {
        replaced.effect = Effect::Replaced;
    }
    weighed
}

/// The instant a decision counts from: its own, or for a refusal without a usable one when it was
/// received. A consent that is undated or was dated in the future never counts.
fn counts_from(decision: &PreferenceDecision) -> Result<Timestamp, Effect> {
    match decision.decided {
        Some(decided) if decided <= decision.received => Ok(decided),
        _ if decision.choice.refuses() => Ok(decision.received),
        Some(_) => Err(Effect::Future),
        None => Err(Effect::Undated),
    }
}

fn effect(
    before: Option<SharingChoice>,
    decision: &PreferenceDecision,
    involvements: &[Involvement],
) -> Effect {
    match decision.choice {
        // In the order of strictness: ask, consent, block, opt-out.
        SharingChoice::Block | SharingChoice::OptOut if before <= Some(decision.choice) => {
            Effect::Stands
        }
        SharingChoice::Block | SharingChoice::OptOut => Effect::StricterStands,
        SharingChoice::Ask | SharingChoice::Consent => {
            if let Decider::Officers(..) = decision.by {
                // Recorded only where no practice of the patient's takes part.
                return Effect::Stands;
            }
            let through = decision.by.organisation();
            let refused = before.is_some_and(SharingChoice::refuses);
            match current_practice(involvements, decision.received) {
                CurrentPractice::One(practice) if practice == *through => Effect::Stands,
                CurrentPractice::Contested { claims } if claims.contains(through) => {
                    Effect::Contested
                }
                CurrentPractice::None
                | CurrentPractice::One(_)
                | CurrentPractice::Contested { .. }
                    if refused =>
                {
                    Effect::NotThePractice
                }
                CurrentPractice::None
                | CurrentPractice::One(_)
                | CurrentPractice::Contested { .. } => Effect::Stands,
            }
        }
    }
}
