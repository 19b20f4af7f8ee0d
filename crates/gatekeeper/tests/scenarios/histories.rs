//! Thousands of random histories of one person's choices, through the real store and the real desk,
//! against a plain model that shares nothing with them.
//!
//! One person is known to two practices, a trust and a council, each by a record of its own. Feeds
//! bring codes, desks record choices, records are linked and taken apart, the person moves practice
//! and back, and a person settles what stayed. After each act every record must say what the model
//! says, and what must be true of all histories is asked beside the model.
#![expect(
    clippy::indexing_slicing,
    reason = "records are numbered, and a wrong number fails the test"
)]

use std::{fmt::Write as _, path::PathBuf};

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config as Cases, TestRunner},
};
use tributary_gatekeeper::{Config, Gatekeeper, Outcome, Recording};
use tributary_model::{
    Address, ChoiceAction, Decider, IdentityId, Organisation, OrganisationKind, PatientId,
    PreferenceDecision, Relationship, RelationshipKind, Requester, Role, SharingChoice, Timestamp,
    WhoDecided,
};
use tributary_policy::Rulebook;
use tributary_store::{
    BY_A_PERSON, BY_NUMBER, DoorRule, LinkKey, Mode, NewIdentity, NumberStatus, Place,
};

use crate::{
    fixture::{Deployment, council, folder, organisation, practice, trust},
    origin,
};
use SharingChoice::{Ask, Block, Consent, OptOut};

const HISTORIES: u32 = 2_000;
const ACTS: usize = 14;
const HOUR: i64 = Timestamp::HOUR;

/// The records: at the practice, the other practice, the trust and the council.
const RECORDS: usize = 4;
const PRACTICES: [usize; 2] = [0, 1];

#[derive(Clone, Copy, Debug)]
enum Act {
    /// A feed brings a code, dated so many hours from now, or not at all.
    Code {
        record: usize,
        refuses: bool,
        dated: Option<i64>,
    },
    /// A desk would record a step.
    Desk { record: usize, action: ChoiceAction },
    /// Two records are linked, by a verified number or by a person.
    Link {
        record: usize,
        to: usize,
        number: bool,
    },
    /// A record is taken out of its patient: a number changed, or somebody looked.
    Unlink { record: usize },
    /// A practice registers the patient from now on.
    Registers { practice: usize },
    /// A practice ends its registration.
    Ends { practice: usize },
    /// A person settles what stayed on a record.
    Settles { record: usize, theirs: bool },
}

fn any_act() -> impl Strategy<Value = Act> {
    let record = || 0..RECORDS;
    prop_oneof![
        3 => (record(), any::<bool>(), prop::option::weighted(0.8, -30..3_i64))
            .prop_map(|(record, refuses, dated)| Act::Code { record, refuses, dated }),
        5 => (0..3_usize, prop::sample::select(ChoiceAction::ALL.to_vec())).prop_map(
            |(which, action)| Act::Desk { record: [0, 1, 3][which], action }
        ),
        4 => (record(), record(), any::<bool>())
            .prop_map(|(record, to, number)| Act::Link { record, to, number }),
        2 => record().prop_map(|record| Act::Unlink { record }),
        2 => (0..2_usize).prop_map(|practice| Act::Registers { practice }),
        1 => (0..2_usize).prop_map(|practice| Act::Ends { practice }),
        1 => (record(), any::<bool>()).prop_map(|(record, theirs)| Act::Settles { record, theirs }),
    ]
}

// ---- The model ---------------------------------------------------------------------------------

/// Something that was said about sharing.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Word {
    on: usize,
    choice: SharingChoice,
    /// What it counts from; nothing if it never counts.
    at: Option<Timestamp>,
    received: Timestamp,
    /// The record whose organisation passed it on.
    through: usize,
    dated: Option<Timestamp>,
    by_desk: bool,
    /// The record it stayed from.
    from: Option<usize>,
    aside: bool,
}

#[derive(Clone, Default, Debug)]
struct Model {
    words: Vec<Word>,
    /// To whom each record belongs: the record that founded the patient.
    founder: [usize; RECORDS],
    /// Registrations: practice, from, until.
    registered: Vec<(usize, Timestamp, Option<Timestamp>)>,
}

const fn strict(choice: Option<SharingChoice>) -> u8 {
    match choice {
        Some(OptOut) => 2,
        Some(Block) => 1,
        _ => 0,
    }
}

impl Model {
    fn new() -> Self {
        Self {
            founder: [0, 1, 2, 3],
            ..Self::default()
        }
    }

    /// The records of a patient, the founder first.
    fn group(&self, record: usize) -> Vec<usize> {
        let founder = self.founder[record];
        let others = (0..RECORDS).filter(|one| *one != founder && self.founder[*one] == founder);
        std::iter::once(founder).chain(others).collect()
    }

    /// The practices among these records that claim the patient at an instant, by when each claim
    /// began.
    fn claims(&self, group: &[usize], at: Timestamp) -> Vec<usize> {
        let lasting = self.registered.iter().filter(|(practice, from, until)| {
            group.contains(practice) && *from <= at && until.is_none_or(|until| at < until)
        });
        let mut found: Vec<usize> = lasting.map(|(practice, ..)| *practice).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What stands for these records: the strictest refusal that the patient's practice has not
    /// lifted since; else the latest that permits.
    fn stands(&self, group: &[usize]) -> Option<SharingChoice> {
        self.latest(group).map(|word| word.choice)
    }

    fn latest(&self, group: &[usize]) -> Option<Word> {
        let words: Vec<Word> = self
            .words
            .iter()
            .filter(|word| group.contains(&word.on) && !word.aside && word.at.is_some())
            .copied()
            .collect();
        let lifts = |word: &Word| {
            !word.choice.refuses() && self.claims(group, word.received) == [word.through]
        };
        let in_force = |refusal: &Word, at: Timestamp| {
            let lifted = |by: &Word| lifts(by) && by.at > refusal.at && by.at <= Some(at);
            refusal.at <= Some(at) && !words.iter().any(lifted)
        };
        let refusals = || words.iter().filter(|word| word.choice.refuses());
        let end = Timestamp(i64::MAX);
        let standing = refusals().filter(|word| in_force(word, end));
        // Of two equally strict the later one took effect last.
        if let Some(word) = standing.max_by_key(|word| (strict(Some(word.choice)), word.at)) {
            return Some(*word);
        }
        let counts = |word: &&Word| {
            if word.choice.refuses() {
                return false;
            }
            let at = word.at.unwrap();
            let claims = self.claims(group, word.received);
            let contested = claims.len() > 1 && claims.contains(&word.through);
            lifts(word) || (!contested && !refusals().any(|refusal| in_force(refusal, at)))
        };
        let permits = words.iter().filter(counts);
        permits.max_by_key(|word| (word.at, word.choice)).copied()
    }

    /// Whether a desk may take a step, and what is then said.
    fn may(&self, record: usize, action: ChoiceAction, now: Timestamp) -> bool {
        let group = self.group(record);
        let standing = self.stands(&group);
        let is_next = match action {
            ChoiceAction::ConsentForAll => standing != Some(Consent),
            ChoiceAction::AskEachTime => standing == Some(Consent),
            ChoiceAction::Block => strict(standing) == 0,
            ChoiceAction::Unblock => standing == Some(Block),
            ChoiceAction::OptOut => standing != Some(OptOut),
            ChoiceAction::OptBackIn => standing == Some(OptOut),
        };
        if !PRACTICES.contains(&record) {
            // The social worker, whose case is open all the time.
            return is_next && action == ChoiceAction::OptOut;
        }
        let claims = self.claims(&group, now);
        let ours = claims.contains(&record);
        is_next && ours && (claims.len() == 1 || action.choice().refuses())
    }

    fn says(&mut self, word: Word) {
        let known = |old: &Word| {
            !old.aside
                && old.on == word.on
                && (old.choice, old.dated, old.through, old.by_desk, old.from)
                    == (
                        word.choice,
                        word.dated,
                        word.through,
                        word.by_desk,
                        word.from,
                    )
                && (word.from.is_none() || old.received == word.received)
        };
        if !self.words.iter().any(known) {
            self.words.push(word);
        }
    }

    /// A refusal stays on another record, and counts there from now.
    fn stays(&mut self, word: Word, on: usize, now: Timestamp) {
        self.says(Word {
            on,
            at: Some(now),
            received: now,
            dated: None,
            from: Some(word.from.unwrap_or(word.on)),
            ..word
        });
    }

    fn link(&mut self, record: usize, to: usize, now: Timestamp) {
        let (own, theirs) = (self.group(record), self.group(to));
        if own.len() > 1 || own == theirs {
            return;
        }
        let before = [self.latest(&own), self.latest(&theirs)];
        let strictness = before.map(|word| strict(word.map(|word| word.choice)));
        self.founder[record] = self.founder[to];
        let together = self.group(to);
        let (strictest, other) = if strictness[0] >= strictness[1] {
            (0, theirs[0])
        } else {
            (1, own[0])
        };
        if strict(self.stands(&together)) < strictness[strictest] {
            self.stays(before[strictest].unwrap(), other, now);
        }
    }

    fn unlink(&mut self, record: usize, now: Timestamp) {
        let together = self.group(record);
        if together.len() == 1 {
            return;
        }
        let before = self.latest(&together);
        let rest: Vec<usize> = together
            .iter()
            .copied()
            .filter(|one| *one != record)
            .collect();
        // Where the founder leaves, the first of the others founds the patient anew.
        let founder = rest[0];
        for one in &rest {
            self.founder[*one] = founder;
        }
        self.founder[record] = record;
        if let Some(word) = before.filter(|word| word.choice.refuses()) {
            for side in [record, founder] {
                let group = self.group(side);
                if strict(self.stands(&group)) < strict(Some(word.choice)) {
                    self.stays(word, group[0], now);
                }
            }
        }
    }
}

// ---- The real thing ----------------------------------------------------------------------------

struct Real {
    deployment: Deployment,
    gate: Gatekeeper,
    rule: DoorRule,
    organisations: [Organisation; RECORDS],
    requesters: Vec<Requester>,
    identities: [IdentityId; RECORDS],
}

impl Real {
    async fn new() -> Self {
        // Nothing of this has to outlast the power, so it lies in memory where there is a place.
        let memory = PathBuf::from("/dev/shm");
        let scratch = folder("histories");
        let scratch = match scratch.file_name().filter(|_| memory.is_dir()) {
            Some(name) => memory.join(name),
            None => scratch,
        };
        let deployment = Deployment::open(Place::Folder(scratch.clone()), scratch).await;
        let other = organisation("N81002", "Ferry Road Surgery", OrganisationKind::GpPractice);
        deployment.store.put_organisation(&other).await.unwrap();
        let mut agreement = deployment.store.agreements().await.unwrap()[0].clone();
        agreement.organisation = other.code.clone();
        let now = deployment.clock.now();
        deployment
            .store
            .put_agreement(&agreement, now)
            .await
            .unwrap();
        let organisations = [practice(), other, trust(), council()];
        let roles = [
            Role::PracticeStaff,
            Role::PracticeStaff,
            Role::Doctor,
            Role::SocialWorker,
        ];
        let mut requesters = Vec::new();
        for (role, at) in roles.into_iter().zip(&organisations) {
            let login = format!("at.{}", at.code);
            requesters.push(deployment.staff(&login, role, at).await);
        }
        let gate = Gatekeeper::new(
            deployment.store.clone(),
            deployment.clock.clone(),
            Config::default(),
        );
        Self {
            deployment,
            gate,
            rule: DoorRule::of(Rulebook::cheshire()),
            organisations,
            requesters,
            identities: [IdentityId(0); RECORDS],
        }
    }

    /// Another person, with a record at each organisation: each stands alone, and none has moved.
    async fn begins(&mut self) {
        let store = &self.deployment.store;
        let now = self.deployment.clock.now();
        let first = store.identity_numbers(RECORDS).await.unwrap();
        for (record, at) in self.organisations.iter().enumerate() {
            let identity = IdentityId(first.0 + i64::try_from(record).unwrap());
            self.identities[record] = identity;
            let feed = store.feed_of(&at.code, Mode::Snapshot).await.unwrap();
            let new = NewIdentity {
                identity,
                joins: None,
                number_status: NumberStatus::Absent,
                find: Vec::new(),
                link: vec![LinkKey::Doubtful(identity.to_string())],
            };
            store
                .add_identities(feed.feed, &at.code, &[new], now)
                .await
                .unwrap();
        }
        for (record, kind) in [
            (2, RelationshipKind::Admission),
            (3, RelationshipKind::Caseload),
        ] {
            self.relates(record, kind, now.plus(-HOUR), None).await;
        }
        // Staff of a practice see a patient they have registered before, too.
        for record in PRACTICES {
            self.relates_as(record, 9, RelationshipKind::Referral, now.plus(-HOUR), None)
                .await;
        }
    }

    async fn relates(
        &self,
        record: usize,
        kind: RelationshipKind,
        from: Timestamp,
        until: Option<Timestamp>,
    ) {
        self.relates_as(record, from.0, kind, from, until).await;
    }

    async fn relates_as(
        &self,
        record: usize,
        rid: i64,
        kind: RelationshipKind,
        from: Timestamp,
        until: Option<Timestamp>,
    ) {
        let relationship = Relationship {
            source_id: String::new(),
            local_number: String::new(),
            organisation: self.organisations[record].code.clone(),
            kind,
            from: Some(from),
            until,
            referred_by: None,
        };
        let now = self.deployment.clock.now();
        self.deployment
            .store
            .put_relationships(&[(self.identities[record], rid, relationship)], now)
            .await
            .unwrap();
    }

    async fn code(&self, record: usize, choice: SharingChoice, dated: Option<Timestamp>) {
        let decision = PreferenceDecision {
            identity: self.identities[record],
            choice,
            decided: dated,
            received: self.deployment.clock.now(),
            by: Decider::Feed(self.organisations[record].code.clone()),
            who: WhoDecided::NotSaid,
            stayed_from: None,
        };
        let store = &self.deployment.store;
        store.record_feed_decisions(&[decision]).await.unwrap();
    }

    async fn desk(&self, record: usize, action: ChoiceAction) -> bool {
        let recording = Recording {
            action,
            who: WhoDecided::Patient,
            letter: String::new(),
            letter_by: String::new(),
        };
        let (requester, address) = (&self.requesters[record], Address(self.identities[record]));
        let outcome = self
            .gate
            .record_choice(requester, address, &recording, &origin())
            .await;
        matches!(outcome.unwrap(), Outcome::Disclosed(_))
    }

    async fn patient(&self, record: usize) -> PatientId {
        let identity = self.identities[record];
        let rows = self.deployment.store.identity_rows(&[identity]).await;
        rows.unwrap()[&identity].patient
    }

    /// What a decision about a view would rest on.
    async fn preference(&self, record: usize) -> Option<SharingChoice> {
        let address = Address(self.identities[record]);
        let (store, now) = (&self.deployment.store, self.deployment.clock.now());
        let rulebook = Rulebook::cheshire();
        let gathered = store.gather(&self.requesters[record], address, &rulebook, now);
        gathered.await.unwrap().facts.preference
    }

    /// Does at the door what intake does after each submission.
    async fn door(&self) {
        let (store, now) = (&self.deployment.store, self.deployment.clock.now());
        let mut patients = Vec::new();
        for record in 0..RECORDS {
            patients.push(self.patient(record).await);
        }
        patients.sort_unstable();
        patients.dedup();
        let at_the_door = store.at_the_door(&patients, &self.rule, now).await.unwrap();
        store.carry_out_choices(&at_the_door, now).await.unwrap();
    }
}

// ---- One history -------------------------------------------------------------------------------

#[expect(
    clippy::too_many_lines,
    reason = "each act is done twice, to the store and to the model, side by side"
)]
async fn act(real: &Real, model: &mut Model, act: Act) {
    let now = real.deployment.clock.now();
    let store = &real.deployment.store;
    match act {
        Act::Code {
            record,
            refuses,
            dated,
        } => {
            let choice = if refuses { OptOut } else { Consent };
            let dated = dated.map(|hours| now.plus(hours * HOUR));
            let usable = dated.filter(|dated| *dated <= now);
            real.code(record, choice, dated).await;
            model.says(Word {
                on: record,
                choice,
                at: usable.or_else(|| refuses.then_some(now)),
                received: now,
                through: record,
                dated,
                by_desk: false,
                from: None,
                aside: false,
            });
        }
        Act::Desk { record, action } => {
            let may = model.may(record, action, now);
            assert_eq!(real.desk(record, action).await, may, "{act:?}");
            if may {
                model.says(Word {
                    on: record,
                    choice: action.choice(),
                    at: Some(now),
                    received: now,
                    through: record,
                    dated: Some(now),
                    by_desk: true,
                    from: None,
                    aside: false,
                });
            }
        }
        Act::Link { record, to, number } => {
            let before = strict(model.stands(&model.group(record)))
                .max(strict(model.stands(&model.group(to))));
            let basis = if number { BY_NUMBER } else { BY_A_PERSON };
            let patient = real.patient(to).await;
            store
                .link(real.identities[record], patient, basis, now)
                .await
                .unwrap();
            model.link(record, to, now);
            if model.founder[record] == model.founder[to] {
                let after = strict(real.preference(record).await);
                assert!(after >= before, "a link lifts nothing: {act:?}");
            }
        }
        Act::Unlink { record } => {
            let group = model.group(record);
            let before = strict(model.stands(&group));
            store.unlink(real.identities[record], now).await.unwrap();
            model.unlink(record, now);
            for one in group {
                let after = strict(real.preference(one).await);
                assert!(after >= before, "a refusal stays on both: {act:?}");
            }
        }
        Act::Registers { practice } => {
            let ours = |(one, _, until): &(usize, _, Option<Timestamp>)| {
                *one == practice && until.is_none()
            };
            if !model.registered.iter().any(ours) {
                real.relates(practice, RelationshipKind::Registration, now, None)
                    .await;
                model.registered.push((practice, now, None));
            }
        }
        Act::Ends { practice } => {
            let lasting = model
                .registered
                .iter_mut()
                .find(|(one, _, until)| *one == practice && until.is_none());
            if let Some((_, from, until)) = lasting {
                *until = Some(now);
                let kind = RelationshipKind::Registration;
                real.relates(practice, kind, *from, Some(now)).await;
            }
        }
        Act::Settles { record, theirs } => {
            store
                .settle_stayed(real.identities[record], theirs, now)
                .await
                .unwrap();
            let stayed = model
                .words
                .iter_mut()
                .filter(|word| word.on == record && word.from.is_some() && !word.aside);
            for word in stayed {
                if theirs {
                    word.from = None;
                } else {
                    word.aside = true;
                }
            }
        }
    }
}

/// Every record says what the model says, and what is held follows.
async fn agrees(real: &Real, model: &Model, told: &str) {
    let store = &real.deployment.store;
    let rows = store.identity_rows(&real.identities).await.unwrap();
    let waiting = store.identities_with_held_erasures().await.unwrap();
    for record in 0..RECORDS {
        let group = model.group(record);
        let expected = model.stands(&group).filter(|choice| *choice != Ask);
        let found = real.preference(record).await;
        assert_eq!(found, expected, "record {record} after\n{told}\n{model:#?}");
        // A consent stands only where one was recorded.
        let consented = |word: &Word| group.contains(&word.on) && word.choice == Consent;
        if found == Some(Consent) {
            assert!(
                model.words.iter().any(consented),
                "record {record} after\n{told}"
            );
        }
        let identity = real.identities[record];
        let gone = rows[&identity].erased.is_some();
        let waits = waiting.contains(&identity);
        assert_eq!(
            gone || waits,
            found == Some(OptOut),
            "record {record}: erased {gone}, waits {waits}, after\n{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_follow_the_person_through_thousands_of_histories() {
    let mut real = Real::new().await;
    let mut runner = TestRunner::new_with_rng(
        Cases::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let histories = prop::collection::vec(any_act(), 1..=ACTS);
    let (mut refusals, mut consents) = (0, 0);
    for number in 0..HISTORIES {
        let history = histories.new_tree(&mut runner).unwrap().current();
        real.deployment.clock.advance(100 * HOUR);
        real.begins().await;
        let mut model = Model::new();
        let mut told = format!("history {number}");
        for one in history {
            real.deployment.clock.advance(HOUR);
            let _ = write!(told, "\n  {one:?}");
            act(&real, &mut model, one).await;
            real.door().await;
            agrees(&real, &model, &told).await;
            match model.stands(&model.group(0)) {
                Some(OptOut | Block) => refusals += 1,
                Some(Consent) => consents += 1,
                _ => {}
            }
        }
    }
    assert!(
        refusals > 1_000 && consents > 500,
        "the histories reach something: {refusals} {consents}"
    );
}
