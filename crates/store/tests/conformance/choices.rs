//! What patients decided, where identities meet and part, and what waits for a person.
#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use tributary_model::{
    Decider, IdentityId, Organisation, PatientId, PreferenceDecision, RelationshipKind,
    SharingChoice, Timestamp, WhoDecided,
};
use tributary_policy::Rulebook;
use tributary_store::{BY_A_PERSON, BY_NUMBER, DoorRule, Which};

use crate::{
    engines::{by_hand, engines},
    fixture::{Deployment, Person, council, practice, trust},
};
use SharingChoice::{Consent, OptOut};

/// A person who is known to a practice, a trust and a council, each by a record that stands alone.
struct Apart {
    deployment: Deployment,
    practice: IdentityId,
    trust: IdentityId,
    council: IdentityId,
}

impl Apart {
    async fn on_each_engine(name: &str) -> Vec<Self> {
        let mut all = Vec::new();
        for deployment in engines(name).await {
            let (at_practice, at_trust, at_council) = (practice(), trust(), council());
            let practice = deployment.person(Person::koepp(&at_practice, "P1")).await;
            let trust = deployment.person(Person::koepp(&at_trust, "T1")).await;
            let council = deployment.person(Person::koepp(&at_council, "C1")).await;
            let registration = RelationshipKind::Registration;
            deployment
                .relate(practice, &at_practice, registration)
                .await;
            all.push(Self {
                deployment,
                practice,
                trust,
                council,
            });
        }
        all
    }

    fn later(&self) -> Timestamp {
        self.deployment.clock.advance(Timestamp::HOUR);
        self.deployment.clock.now()
    }

    async fn says(&self, on: IdentityId, through: &Organisation, choice: SharingChoice) {
        let now = self.later();
        let decision = PreferenceDecision {
            identity: on,
            choice,
            decided: Some(now),
            received: now,
            by: Decider::Feed(through.code.clone()),
            who: WhoDecided::NotSaid,
            stayed_from: None,
        };
        let store = &self.deployment.store;
        store.record_feed_decisions(&[decision]).await.unwrap();
    }

    async fn link(&self, one: IdentityId, to: IdentityId, basis: &'static str) -> bool {
        let (now, to) = (self.later(), self.patient(to).await);
        let linked = self.deployment.store.link(one, to, basis, now);
        linked.await.unwrap()
    }

    async fn unlink(&self, one: IdentityId) -> bool {
        let now = self.later();
        self.deployment.store.unlink(one, now).await.unwrap()
    }

    async fn patient(&self, one: IdentityId) -> PatientId {
        let rows = self.deployment.store.identity_rows(&[one]).await.unwrap();
        rows[&one].patient
    }

    /// Whether what is sent of a record is kept.
    async fn is_taken_in(&self, one: IdentityId) -> bool {
        let rule = DoorRule::of(Rulebook::cheshire());
        let (store, now) = (&self.deployment.store, self.deployment.clock.now());
        let patient = self.patient(one).await;
        let door = store.at_the_door(&[patient], &rule, now).await.unwrap();
        door[0].taken_in
    }

    /// Does at the door what stands.
    async fn door(&self) {
        let rule = DoorRule::of(Rulebook::cheshire());
        let store = &self.deployment.store;
        store.sweep_choices(&rule, self.later()).await.unwrap();
    }

    async fn is_sound(&self) -> Vec<String> {
        let permit = self
            .deployment
            .store
            .admit_maintenance("check", &crate::way_out::circumstances(self.later()))
            .await
            .unwrap();
        let checked = self
            .deployment
            .store
            .check_records(&permit, None)
            .await
            .unwrap();
        checked.map(|checked| checked.findings).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_records_meet_the_strictest_governs_and_a_refusal_stays_on_both() {
    for it in Apart::on_each_engine("meet").await {
        it.says(it.council, &council(), OptOut).await;
        it.says(it.practice, &practice(), Consent).await;
        assert!(it.link(it.council, it.practice, BY_A_PERSON).await);
        assert!(!it.is_taken_in(it.practice).await, "the stricter governs");
        assert!(
            it.deployment.store.stayed().await.unwrap().is_empty(),
            "they are one"
        );
        assert!(it.unlink(it.council).await);
        assert!(!it.is_taken_in(it.practice).await && !it.is_taken_in(it.council).await);
        let stayed = it.deployment.store.stayed().await.unwrap();
        assert_eq!(stayed.len(), 1);
        assert_eq!(
            (stayed[0].identity, stayed[0].stayed_from),
            (it.practice, Some(it.council))
        );
        assert_eq!(it.is_sound().await, Vec::<String>::new());
        // Not theirs: the consent that was recorded there holds again; the other's own stands.
        let now = it.later();
        let store = &it.deployment.store;
        assert_eq!(
            store.settle_stayed(it.practice, false, now).await.unwrap(),
            1
        );
        assert!(it.is_taken_in(it.practice).await && !it.is_taken_in(it.council).await);
        assert!(store.stayed().await.unwrap().is_empty());
        assert_eq!(it.is_sound().await, Vec::<String>::new());
        by_hand(
            &it.deployment,
            Which::Record,
            "UPDATE preference SET void = NULL",
        )
        .await;
        assert!(
            !it.is_sound().await.is_empty(),
            "what is set aside is sealed too"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_is_theirs_too_stays_for_good_until_the_practice_lifts_it() {
    for it in Apart::on_each_engine("theirs").await {
        it.says(it.council, &council(), OptOut).await;
        assert!(it.link(it.practice, it.council, BY_NUMBER).await);
        assert!(it.unlink(it.practice).await);
        let now = it.later();
        let store = &it.deployment.store;
        assert_eq!(
            store.settle_stayed(it.practice, true, now).await.unwrap(),
            1
        );
        assert!(store.stayed().await.unwrap().is_empty());
        assert!(!it.is_taken_in(it.practice).await);
        it.says(it.practice, &practice(), Consent).await;
        assert!(it.is_taken_in(it.practice).await && !it.is_taken_in(it.council).await);
        assert_eq!(it.is_sound().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founder_leaves_and_the_others_stay_together() {
    for it in Apart::on_each_engine("founder").await {
        assert!(it.link(it.trust, it.practice, BY_NUMBER).await);
        assert!(it.link(it.council, it.trust, BY_NUMBER).await);
        assert!(
            !it.link(it.practice, it.council, BY_NUMBER).await,
            "it does not stand alone"
        );
        assert_eq!(it.patient(it.council).await, PatientId(it.practice.0));
        assert!(it.unlink(it.practice).await);
        assert_eq!(it.patient(it.practice).await, PatientId(it.practice.0));
        assert_eq!(it.patient(it.trust).await, it.patient(it.council).await);
        assert_eq!(it.is_sound().await, Vec::<String>::new());
        assert!(
            it.link(it.practice, it.council, BY_NUMBER).await,
            "and joins them again"
        );
        assert!(it.unlink(it.council).await && it.unlink(it.practice).await);
        assert!(!it.unlink(it.trust).await, "it stands alone already");
        assert_eq!(it.is_sound().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_linked_waits_for_a_person_whoever_opted_out() {
    for it in Apart::on_each_engine("linked").await {
        assert!(it.link(it.trust, it.practice, BY_NUMBER).await);
        assert!(it.link(it.council, it.practice, BY_A_PERSON).await);
        // The opt-out is on the record that a person linked: that one is erased, the others wait.
        it.says(it.council, &council(), OptOut).await;
        it.door().await;
        let store = &it.deployment.store;
        let held = async || {
            let held = store.erasures_held().await.unwrap();
            held.into_iter().map(|one| one.identity).collect::<Vec<_>>()
        };
        assert_eq!(held().await, [it.practice, it.trust]);
        it.door().await;
        assert_eq!(held().await, [it.practice, it.trust], "they wait once");
        let rows = [it.practice, it.trust, it.council];
        let rows = store.identity_rows(&rows).await.unwrap();
        assert!(rows[&it.council].erased.is_some() && rows[&it.trust].erased.is_none());
        let now = it.later();
        assert_eq!(store.release_erasures(&[it.trust], now).await.unwrap(), 1);
        assert_eq!(held().await, [it.practice]);
        // Opting back in spares what waited, and asks the sources of what is gone.
        it.says(it.practice, &practice(), Consent).await;
        it.door().await;
        assert!(held().await.is_empty());
        let asked = store.resends_asked().await.unwrap();
        assert_eq!(asked.len(), 2, "{asked:?}");
        let feeds: Vec<_> = asked.keys().copied().collect();
        let now = it.later();
        store.resent(feeds[0], None, now).await.unwrap();
        store
            .resent(feeds[1], Some(&[it.council, it.trust]), now)
            .await
            .unwrap();
        assert!(store.resends_asked().await.unwrap().is_empty());
    }
}
