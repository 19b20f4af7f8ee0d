//! The desk at which a patient's choice about sharing is recorded: the present choice, its history,
//! and the steps that may be taken from it.

use std::{collections::HashMap, sync::Arc};

use tributary_model::{
    AccessAction, AccountId, Address, ChoiceAction, Decider, OdsCode, Origin, PreferenceDecision,
    RelationshipKind, Requester, Role, SharingChoice, Timestamp, WhoDecided,
};
use tributary_policy::{
    AgeBand,
    choices::{
        DeskAsk, DeskFacts, NotRecorded, OpenCase, Practice, desk, offered, practice, record,
    },
    involvement::{CurrentPractice, current_practice},
    preference::{Effect, standing, weigh},
};
use tributary_store::{Circumstances, DoorRule, Gathered, Proposal, SetAside};

use crate::{
    Disclosure, FoundPatient, GateError, Gatekeeper, Outcome, Refusal,
    gate::{failed, unwritten},
    in_force::InForce,
};

/// A patient's choice about sharing, as the desk shows it.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The patient as the requester's own organisation knows them.
    pub patient: FoundPatient,
    /// The choice that stands, as it was made; none while nothing was decided.
    pub standing: Option<SharingChoice>,
    /// The decision that stands.
    pub decided: Option<DeskChoice>,
    /// Every decision, newest first, with what it does.
    pub history: Vec<DeskChoice>,
    /// The steps that the requester may take.
    pub steps: Vec<ChoiceAction>,
    /// Why there are none, if there are none.
    pub no_steps: Option<&'static str>,
    /// What has to be known besides, in sentences.
    pub notes: Vec<String>,
    /// Whose word a step may rest on.
    pub may_decide: Vec<WhoDecided>,
    /// Whether a step needs a GP's letter and a second governance officer.
    pub by_letter: bool,
    /// What waits for a second governance officer.
    pub proposed: Option<Proposed>,
}

/// One decision of the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeskChoice {
    /// What was decided.
    pub choice: SharingChoice,
    /// The date it bears, if it bears one.
    pub dated: Option<Timestamp>,
    /// When it reached us.
    pub received: Timestamp,
    /// How it came here.
    pub passed: Passed,
    /// Whose word it is.
    pub who: WhoDecided,
    /// Whether it stands now.
    pub stands: bool,
    /// What it does, in words.
    pub effect: String,
}

impl DeskChoice {
    /// Since when it would count: the date it bears, else when it reached us.
    #[must_use]
    pub fn when(&self) -> Timestamp {
        self.dated.unwrap_or(self.received)
    }

    /// Whether it bears the very time it reached us.
    #[must_use]
    pub fn at_once(&self) -> bool {
        self.dated == Some(self.received)
    }
}

/// How a decision came here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Passed {
    /// As a sharing code in the feed of this organisation.
    Feed(
        /// Its name.
        String,
    ),
    /// By this person, for this organisation: at a desk, or on the consent screen.
    Person(
        /// The person's name.
        String,
        /// The organisation's.
        String,
    ),
    /// By two governance officers on a GP's written word.
    Officers(
        /// Their names.
        [String; 2],
    ),
}

/// What waits for a second governance officer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposed {
    /// What is proposed.
    pub action: ChoiceAction,
    /// On whose word.
    pub who: WhoDecided,
    /// By whom.
    pub by: String,
    /// The date of the GP's letter.
    pub letter: String,
    /// When.
    pub at: Timestamp,
    /// Whether the requester proposed it, and so cannot confirm it.
    pub own: bool,
}

/// A choice to be recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// Which step.
    pub action: ChoiceAction,
    /// On whose word.
    pub who: WhoDecided,
    /// For governance officers: the date of the GP's letter.
    pub letter: String,
    /// For governance officers: who wrote it.
    pub letter_by: String,
}

impl Gatekeeper {
    /// Shows a patient's choice about sharing, to somebody who has a desk for it.
    pub async fn desk(
        &self,
        requester: &Requester,
        address: Address,
        origin: &Origin,
    ) -> Result<Outcome<Desk>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let (gathered, facts, _) = self
            .at_the_desk(requester, address, &mut circumstances)
            .await?;
        if let Err(why) = desk(requester, &facts) {
            let action = AccessAction::ReadChoice;
            return self
                .turned_down(requester, action, &gathered, why, &circumstances)
                .await;
        }
        let written = self
            .store()
            .admit_desk(requester, &gathered.view, &circumstances)
            .await
            .map_err(unwritten)?;
        let patient = self.own_patient(&written, address).await?;
        let code = &requester.organisation.code;
        let beside = self.store().beside_choices(address, code).await;
        let (aside, proposal) = beside.map_err(failed)?;
        let names = self.names(&gathered, &aside, proposal.as_ref()).await?;
        let shown = shown(
            requester,
            &gathered,
            &facts,
            patient,
            (aside, proposal),
            &names,
        );
        Ok(Outcome::Disclosed(Disclosure::new(shown, written.access())))
    }

    /// Records a choice. It is durable and takes effect before this returns: no view of the record
    /// that a refusal forbids is answered afterwards.
    pub async fn record_choice(
        &self,
        requester: &Requester,
        address: Address,
        recording: &Recording,
        origin: &Origin,
    ) -> Result<Outcome<()>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let (gathered, facts, in_force) = self
            .at_the_desk(requester, address, &mut circumstances)
            .await?;
        let ask = DeskAsk {
            requester: requester.clone(),
            patient: gathered.view.patient(),
            address,
            action: recording.action,
            who: recording.who,
        };
        let permitted = match record(ask, &facts) {
            Ok(permitted) => permitted,
            Err(why) => {
                let action = AccessAction::RecordChoice;
                return self
                    .turned_down(requester, action, &gathered, why, &circumstances)
                    .await;
            }
        };
        let words = match (recording.letter.as_str(), recording.letter_by.as_str()) {
            ("", _) => String::new(),
            (dated, by) => format!("on the letter of {by} of {dated}"),
        };
        let (store, now) = (self.store(), circumstances.now);
        let permit = store
            .admit_choice(permitted, &gathered.view, words, &circumstances)
            .await
            .map_err(unwritten)?;
        let rule = DoorRule::of(in_force.settings.rulebook.clone());
        store
            .record_choice(&permit, &recording.letter, &rule, now)
            .await
            .map_err(failed)?;
        if recording.action.choice().refuses() {
            self.in_hand().ended(&gathered.view.identities()).await;
        }
        Ok(Outcome::Disclosed(Disclosure::new((), permit.access())))
    }

    /// What is known of the patient and the requester, as the desk's rules ask it.
    async fn at_the_desk(
        &self,
        requester: &Requester,
        address: Address,
        circumstances: &mut Circumstances,
    ) -> Result<(Gathered, DeskFacts, Arc<InForce>), GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let (gathered, in_force) = self.gathered(requester, address, circumstances).await?;
        let mut facts = desk_facts(requester, &gathered, now);
        if desk(requester, &facts).is_ok() {
            let read = |body: &[u8]| self.reading().bearing(body);
            let found = store.age_and_life(&gathered.view, now, read).await;
            facts.age = found.map_err(failed)?.0;
            let code = &requester.organisation.code;
            let beside = store.beside_choices(address, code).await;
            facts.proposed = beside.map_err(failed)?.1.map(|one| one.proposed);
        }
        Ok((gathered, facts, in_force))
    }

    async fn turned_down<T>(
        &self,
        requester: &Requester,
        action: AccessAction,
        gathered: &Gathered,
        why: NotRecorded,
        circumstances: &Circumstances,
    ) -> Result<Outcome<T>, GateError> {
        let words = why.words();
        let written = self
            .store()
            .admit_desk_refusal(requester, action, &gathered.view, words, circumstances)
            .await;
        Ok(Outcome::Refused(Refusal {
            words: words.to_owned(),
            meaning: vec!["Nothing was changed.".to_owned()],
            unknown_person: why == NotRecorded::NoRelationship,
            may_say_yes_now: false,
            access: written.map_err(unwritten)?.access(),
        }))
    }

    /// The names of the people and organisations of a history.
    async fn names(
        &self,
        gathered: &Gathered,
        aside: &[SetAside],
        proposal: Option<&Proposal>,
    ) -> Result<Names, GateError> {
        let store = self.store();
        let decisions = gathered.choosing.decisions.iter();
        let decisions = decisions.chain(aside.iter().map(|(decision, _)| decision));
        let accounts = decisions.flat_map(|decision| decision.by.accounts().collect::<Vec<_>>());
        let accounts = accounts.chain(proposal.map(|one| one.proposed.by));
        let mut people = HashMap::new();
        for account in accounts {
            if let std::collections::hash_map::Entry::Vacant(new) = people.entry(account) {
                let known = store.account(account).await.map_err(failed)?;
                new.insert(known.map_or_else(String::new, |known| known.name));
            }
        }
        let organisations = store.organisations().await.map_err(failed)?;
        let organisations = organisations.into_iter().map(|one| (one.code, one.name));
        Ok(Names {
            people,
            organisations: organisations.collect(),
        })
    }
}

struct Names {
    people: HashMap<AccountId, String>,
    organisations: HashMap<OdsCode, String>,
}

impl Names {
    fn person(&self, account: AccountId) -> String {
        let name = self.people.get(&account).filter(|name| !name.is_empty());
        name.cloned()
            .unwrap_or_else(|| "somebody whose account is gone".to_owned())
    }

    fn organisation(&self, code: &OdsCode) -> String {
        let name = self.organisations.get(code);
        name.cloned().unwrap_or_else(|| code.to_string())
    }

    fn passed(&self, by: &Decider) -> Passed {
        match by {
            Decider::Feed(code) => Passed::Feed(self.organisation(code)),
            Decider::Person(account, code) => {
                Passed::Person(self.person(*account), self.organisation(code))
            }
            Decider::Officers(both, _) => Passed::Officers(both.map(|one| self.person(one))),
        }
    }
}

fn desk_facts(requester: &Requester, gathered: &Gathered, now: Timestamp) -> DeskFacts {
    let (known, choosing) = (&gathered.facts, &gathered.choosing);
    let us = &requester.organisation.code;
    let takes_part = |code: &OdsCode| {
        let mut organisations = choosing.organisations.iter();
        organisations.any(|(organisation, in_force)| organisation.code == *code && *in_force)
    };
    let open_case = choosing.involvements.iter().any(|one| {
        one.organisation == *us && one.kind == RelationshipKind::Caseload && one.lasts_at(now)
    });
    let standing = standing(&choosing.decisions, &choosing.involvements, now);
    DeskFacts {
        account: known.account,
        agreement: known.agreement,
        relationship: known.relationship,
        record: known.record,
        practice: practice(&choosing.involvements, us, now, takes_part),
        open_case: if open_case {
            OpenCase::Open
        } else {
            OpenCase::None
        },
        standing: standing.decided(),
        said_by: standing.decision.map(|one| one.who).unwrap_or_default(),
        age: AgeBand::Unknown,
        proposed: None,
    }
}

fn shown(
    requester: &Requester,
    gathered: &Gathered,
    facts: &DeskFacts,
    patient: FoundPatient,
    (aside, proposal): (Vec<SetAside>, Option<Proposal>),
    names: &Names,
) -> Desk {
    let now = gathered.at;
    let choosing = &gathered.choosing;
    let weighed = weigh(&choosing.decisions, &choosing.involvements, now);
    let counted = weighed.iter().map(|one| {
        let stands = one.effect == Effect::Stands;
        let line = line(
            one.decision,
            effect_words(one.effect, one.decision),
            stands,
            names,
        );
        (one.at, line)
    });
    let set_aside = aside.iter().map(|(decision, at)| {
        let words = format!("Set aside on {}: it was a mistake", at.date_words());
        (decision.received, line(decision, words, false, names))
    });
    let mut history: Vec<_> = counted.chain(set_aside).collect();
    history.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let history: Vec<DeskChoice> = history.into_iter().map(|(_, line)| line).collect();
    let steps = offered(requester, facts);
    let no_steps = steps.is_empty().then(|| why_none(requester, facts));
    Desk {
        patient,
        standing: facts.standing,
        decided: history.iter().find(|line| line.stands).cloned(),
        history,
        steps,
        no_steps,
        notes: notes(requester, facts, gathered, names),
        may_decide: WhoDecided::SAID
            .into_iter()
            .filter(|who| facts.may_decide(*who))
            .collect(),
        by_letter: requester.role == Role::Governance,
        proposed: proposal.map(|one| Proposed {
            action: one.proposed.action,
            who: one.proposed.who,
            by: names.person(one.proposed.by),
            letter: one.letter,
            at: one.at,
            own: one.proposed.by == requester.account,
        }),
    }
}

fn line(decision: &PreferenceDecision, effect: String, stands: bool, names: &Names) -> DeskChoice {
    DeskChoice {
        choice: decision.choice,
        dated: decision.decided,
        received: decision.received,
        passed: names.passed(&decision.by),
        who: decision.who,
        stands,
        effect,
    }
}

fn effect_words(effect: Effect, decision: &PreferenceDecision) -> String {
    let words = match effect {
        Effect::Stands if decision.stayed_from.is_some() => {
            "This counts: it was recorded on another record of this person, and a refusal stays \
             until somebody has looked"
        }
        Effect::Stands => "This counts",
        Effect::Replaced => "Replaced by a later decision",
        Effect::Undated => "No effect: it has no date",
        Effect::Future => "No effect: its date was in the future",
        Effect::StricterStands => "No effect: a stricter refusal stood",
        Effect::NotThePractice => "No effect: only the patient's own GP practice lifts a refusal",
        Effect::Contested => "No effect: two practices claimed the patient",
    };
    words.to_owned()
}

fn why_none(requester: &Requester, facts: &DeskFacts) -> &'static str {
    let why = match (requester.role, facts.practice) {
        (Role::PracticeStaff, _) => NotRecorded::AnotherPractice,
        (Role::SocialWorker, _) if facts.open_case == OpenCase::None => NotRecorded::NoOpenCase,
        (Role::Governance, _) => NotRecorded::PracticeTakesPart,
        _ => NotRecorded::NotNext,
    };
    why.words()
}

fn notes(
    requester: &Requester,
    facts: &DeskFacts,
    gathered: &Gathered,
    names: &Names,
) -> Vec<String> {
    let mut notes = Vec::new();
    if facts.practice == Practice::Contested {
        notes.push(NotRecorded::Contested.words().to_owned());
    }
    let at = gathered.at;
    if let (CurrentPractice::One(practice), Practice::Another) = (
        current_practice(&gathered.choosing.involvements, at),
        facts.practice,
    ) && practice != requester.organisation.code
    {
        let name = names.organisation(&practice);
        notes.push(format!("The patient's GP practice is {name}."));
    }
    let by_parent = facts.said_by == WhoDecided::Parent;
    match (by_parent, facts.age, facts.standing) {
        (true, AgeBand::ThirteenOrOver, Some(SharingChoice::Consent)) => notes.push(
            "A parent gave this consent. It has lapsed, because the patient is 13 or older: ask \
             the patient what they want."
                .to_owned(),
        ),
        (true, AgeBand::ThirteenOrOver, Some(choice)) if choice.refuses() => notes.push(
            "A parent decided this, and the patient is 13 or older now. It stands until you have \
             asked the patient what they want."
                .to_owned(),
        ),
        _ => {}
    }
    notes
}
