//! Who may record which choice about sharing: the desk's rules, in reading order.
//!
//! A patient asks their GP practice. Practice staff record what the patient of their own practice
//! decides; while two practices claim the patient only refusals are taken. A social worker with an
//! open case may record an opt-out. For a patient without a practice that takes part two governance
//! officers record what the GP confirms in writing.

use tributary_model::{
    AccountId, Address, ChoiceAction, Decider, OdsCode, OrganisationKind, PatientId, Requester,
    Role, SharingChoice, Timestamp, WhoDecided,
};

use crate::{
    Account, AgeBand, Agreement, RelationshipStanding, Whose,
    involvement::{CurrentPractice, Involvement, current_practice},
};

/// What is known when somebody would record a choice. The default permits nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeskFacts {
    /// The requester's account.
    pub account: Account,
    /// Their organisation's agreement.
    pub agreement: Agreement,
    /// Why the organisation has to do with the patient.
    pub relationship: RelationshipStanding,
    /// Whose record it is.
    pub record: Whose,
    /// Who is the patient's practice.
    pub practice: Practice,
    /// Whether the organisation has the patient on a caseload: an open case.
    pub open_case: OpenCase,
    /// The choice that stands, as it was made.
    pub standing: Option<SharingChoice>,
    /// On whose word it stands.
    pub said_by: WhoDecided,
    /// How old the patient is.
    pub age: AgeBand,
    /// What a governance officer has proposed and nobody confirmed yet.
    pub proposed: Option<Proposed>,
}

/// Who is the patient's GP practice, as the requester's organisation sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Practice {
    /// The requester's own.
    Ours,
    /// Two practices claim the patient, the requester's own among them.
    Contested,
    /// Another one, which takes part.
    #[default]
    Another,
    /// None is known, or one that does not take part.
    NoneTakesPart,
}

/// Whether there is an open case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OpenCase {
    /// There is one.
    Open,
    /// There is none.
    #[default]
    None,
}

/// What a governance officer has proposed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// By whom.
    pub by: AccountId,
    /// What.
    pub action: ChoiceAction,
    /// On whose word.
    pub who: WhoDecided,
}

/// What somebody would record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskAsk {
    /// Who.
    pub requester: Requester,
    /// Whose choice; `None` when the address names nobody.
    pub patient: Option<PatientId>,
    /// How the page named the patient.
    pub address: Address,
    /// What.
    pub action: ChoiceAction,
    /// On whose word.
    pub who: WhoDecided,
}

/// Proof that the rules let one choice be recorded. Made by [`record`] alone, given up to the audit
/// log by value.
#[must_use]
#[derive(Debug)]
pub struct PermittedChoice {
    ask: DeskAsk,
    patient: PatientId,
    act: Act,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// It is recorded.
    Record(
        /// As decided by these.
        Decider,
    ),
    /// It waits for a second governance officer.
    Propose,
}

/// Why a choice may not be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotRecorded {
    /// The account is closed, the organisation has no agreement in force, or it is the requester's
    /// own record.
    NotAuthorised,
    /// The organisation has nothing to do with the patient: the answer for an unknown person.
    NoRelationship,
    /// The role records no choices.
    Role,
    /// Another practice is the patient's own.
    AnotherPractice,
    /// Two practices claim the patient: only refusals are taken.
    Contested,
    /// There is no open case.
    NoOpenCase,
    /// A practice that takes part records it.
    PracticeTakesPart,
    /// It is no next step from the choice that stands.
    NotNext,
    /// A parent decides for a child under 13 only.
    NotUnderThirteen,
    /// Nobody said whose word it is.
    NotSaid,
    /// The second governance officer must be another person than the first.
    SameOfficer,
}

impl DeskFacts {
    /// Whether a choice may rest on the word of these. A parent decides for a child under 13; where
    /// the age is not known any more because all was erased, for the child they opted out before.
    #[must_use]
    pub const fn may_decide(&self, who: WhoDecided) -> bool {
        match who {
            WhoDecided::NotSaid => false,
            WhoDecided::Patient | WhoDecided::Attorney => true,
            WhoDecided::Parent => match self.age {
                AgeBand::UnderThirteen => true,
                AgeBand::ThirteenOrOver => false,
                AgeBand::Unknown => {
                    matches!(self.said_by, WhoDecided::Parent)
                        && matches!(self.standing, Some(SharingChoice::OptOut))
                }
            },
        }
    }
}

impl NotRecorded {
    /// What the requester is told.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotAuthorised => "You are not authorised to record choices for this patient.",
            Self::NoRelationship => "No patient of your organisation matches.",
            Self::Role => {
                "Your role does not record patients' choices. The patient can ask their GP practice."
            }
            Self::AnotherPractice => {
                "Only the patient's own GP practice records their choice, and it is another one."
            }
            Self::Contested => {
                "Two practices say that they have registered this patient. Until one of them has \
                 ended its registration only a block or an opt-out can be recorded."
            }
            Self::NoOpenCase => "Your council has no open case for this patient.",
            Self::PracticeTakesPart => {
                "The patient's GP practice takes part and records their choice itself."
            }
            Self::NotNext => "That is already so, or is no next step from the present choice.",
            Self::NotUnderThirteen => {
                "A parent decides for a child under 13, and the patient is not known to be one."
            }
            Self::NotSaid => "Choose who decided",
            Self::SameOfficer => {
                "You proposed this yourself. Another governance officer has to confirm it."
            }
        }
    }
}

impl PermittedChoice {
    /// What was asked.
    #[must_use]
    pub const fn ask(&self) -> &DeskAsk {
        &self.ask
    }

    /// Whose choice.
    #[must_use]
    pub const fn patient(&self) -> PatientId {
        self.patient
    }

    /// What is to be done.
    #[must_use]
    pub const fn act(&self) -> &Act {
        &self.act
    }
}

/// Who is the patient's practice for an organisation, from the patient's registrations.
pub fn practice(
    involvements: &[Involvement],
    us: &OdsCode,
    now: Timestamp,
    takes_part: impl Fn(&OdsCode) -> bool,
) -> Practice {
    match current_practice(involvements, now) {
        CurrentPractice::One(practice) if practice == *us => Practice::Ours,
        CurrentPractice::One(practice) if takes_part(&practice) => Practice::Another,
        CurrentPractice::Contested { claims } if claims.contains(us) => Practice::Contested,
        CurrentPractice::Contested { claims } if claims.iter().any(&takes_part) => {
            Practice::Another
        }
        CurrentPractice::None | CurrentPractice::One(_) | CurrentPractice::Contested { .. } => {
            Practice::NoneTakesPart
        }
    }
}

/// Every next step from a standing choice.
#[must_use]
pub const fn next(standing: Option<SharingChoice>) -> &'static [ChoiceAction] {
    use ChoiceAction::{AskEachTime, Block, ConsentForAll, OptBackIn, OptOut, Unblock};
    match standing {
        None | Some(SharingChoice::Ask) => &[ConsentForAll, Block, OptOut],
        Some(SharingChoice::Consent) => &[AskEachTime, Block, OptOut],
        Some(SharingChoice::Block) => &[Unblock, ConsentForAll, OptOut],
        Some(SharingChoice::OptOut) => &[OptBackIn, ConsentForAll],
    }
}

/// The steps that a requester may take now.
#[must_use]
pub fn offered(requester: &Requester, facts: &DeskFacts) -> Vec<ChoiceAction> {
    let steps = next(facts.standing).iter().copied();
    steps
        .filter(|action| may(requester, *action, facts).is_ok())
        .collect()
}

/// Whether the requester has a desk for this patient at all: they may see the choice and its
/// history.
pub fn desk(requester: &Requester, facts: &DeskFacts) -> Result<(), NotRecorded> {
    match facts.relationship {
        RelationshipStanding::None
        | RelationshipStanding::Ended
        | RelationshipStanding::NotYetBegun => return Err(NotRecorded::NoRelationship),
        RelationshipStanding::InGrace | RelationshipStanding::Current => {}
    }
    let takes_part = match facts.agreement {
        Agreement::Viewing | Agreement::FeedingOnly => true,
        Agreement::NotInForce | Agreement::None => false,
    };
    if facts.account != Account::Active || !takes_part || facts.record == Whose::Own {
        return Err(NotRecorded::NotAuthorised);
    }
    let kind = requester.organisation.kind;
    match requester.role {
        Role::PracticeStaff if kind == OrganisationKind::GpPractice => Ok(()),
        Role::SocialWorker if kind == OrganisationKind::Council => Ok(()),
        Role::Governance => Ok(()),
        Role::Doctor
        | Role::Nurse
        | Role::Pharmacist
        | Role::AlliedProfessional
        | Role::SocialWorker
        | Role::PracticeStaff
        | Role::PrivacyOfficer
        | Role::CaldicottGuardian
        | Role::FeedEngineer
        | Role::Operator => Err(NotRecorded::Role),
    }
}

/// Decides whether a choice may be recorded.
pub fn record(ask: DeskAsk, facts: &DeskFacts) -> Result<PermittedChoice, NotRecorded> {
    let patient = ask.patient.ok_or(NotRecorded::NoRelationship)?;
    may(&ask.requester, ask.action, facts)?;
    if !facts.may_decide(ask.who) {
        return Err(match ask.who {
            WhoDecided::Parent => NotRecorded::NotUnderThirteen,
            WhoDecided::NotSaid | WhoDecided::Patient | WhoDecided::Attorney => {
                NotRecorded::NotSaid
            }
        });
    }
    let act = act(&ask, facts)?;
    Ok(PermittedChoice { ask, patient, act })
}

/// Whether this requester may take this step.
fn may(requester: &Requester, action: ChoiceAction, facts: &DeskFacts) -> Result<(), NotRecorded> {
    desk(requester, facts)?;
    if !next(facts.standing).contains(&action) {
        return Err(NotRecorded::NotNext);
    }
    match requester.role {
        Role::PracticeStaff => match facts.practice {
            Practice::Ours => Ok(()),
            Practice::Contested if action.choice().refuses() => Ok(()),
            Practice::Contested => Err(NotRecorded::Contested),
            Practice::Another | Practice::NoneTakesPart => Err(NotRecorded::AnotherPractice),
        },
        Role::SocialWorker if action != ChoiceAction::OptOut => Err(NotRecorded::Role),
        Role::SocialWorker => match facts.open_case {
            OpenCase::Open => Ok(()),
            OpenCase::None => Err(NotRecorded::NoOpenCase),
        },
        Role::Governance => match facts.practice {
            Practice::NoneTakesPart => Ok(()),
            Practice::Ours | Practice::Contested | Practice::Another => {
                Err(NotRecorded::PracticeTakesPart)
            }
        },
        Role::Doctor
        | Role::Nurse
        | Role::Pharmacist
        | Role::AlliedProfessional
        | Role::PrivacyOfficer
        | Role::CaldicottGuardian
        | Role::FeedEngineer
        | Role::Operator => Err(NotRecorded::Role),
    }
}

/// Recorded at once; of governance officers the first proposes and the second records.
fn act(ask: &DeskAsk, facts: &DeskFacts) -> Result<Act, NotRecorded> {
    let us = ask.requester.organisation.code.clone();
    let me = ask.requester.account;
    if ask.requester.role != Role::Governance {
        return Ok(Act::Record(Decider::Person(me, us)));
    }
    match facts.proposed {
        Some(proposed) if (proposed.action, proposed.who) == (ask.action, ask.who) => {
            if proposed.by == me {
                return Err(NotRecorded::SameOfficer);
            }
            Ok(Act::Record(Decider::Officers([proposed.by, me], us)))
        }
        Some(_) | None => Ok(Act::Propose),
    }
}
