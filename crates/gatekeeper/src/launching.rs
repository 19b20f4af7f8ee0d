//! Links from an organisation's own system: they open one patient, never a different one, and sign
//! nobody in.

use std::time::Duration;

use tributary_model::{AccessAction, AccessOutcome, Origin, Requester};
use tributary_openid::{LaunchSystem, Link, LinkFault, PatientNumber};
use tributary_store::FindKey;

use crate::{
    AttemptToken, GateError, Gatekeeper, Launch,
    gate::{failed, unwritten},
    limits,
    ways_in::Pending,
};

impl Gatekeeper {
    /// Takes a link for what it is worth, once. `None` if it is not to be followed: forged, run out,
    /// or used before.
    pub async fn take_link(
        &self,
        link: &str,
        origin: &Origin,
    ) -> Result<Option<AttemptToken>, GateError> {
        let (ways, now) = (self.ways_in(), self.clock().now());
        let read = match LaunchSystem::read(&ways.systems, link, &ways.base, now) {
            Ok(read) => read,
            Err(fault @ LinkFault::NotKnown) => {
                // Made by nobody who is known, so nobody has tried.
                tracing::warn!(%fault, "a link was not followed");
                return Ok(None);
            }
            Err(fault) => return self.link_refused(fault.to_string(), origin).await,
        };
        let Link {
            system,
            organisation,
            id,
            ..
        } = &read;
        let fresh = self.store().use_link(system, id, organisation, now).await;
        if !fresh.map_err(failed)? {
            let words = format!("a link of {system} was used a second time");
            return self.link_refused(words, origin).await;
        }
        Ok(Some(self.remember(&Pending::Link(read), now).await?))
    }

    /// Follows a link as somebody who is signed in. An earlier patient's record closes first.
    pub async fn launch(
        &self,
        requester: &Requester,
        attempt: &AttemptToken,
        origin: &Origin,
    ) -> Result<Launch, GateError> {
        let now = self.clock().now();
        let Some(Pending::Link(link)) = self.recall(attempt, now).await? else {
            return Ok(Launch::Gone);
        };
        if link.organisation != requester.organisation.code {
            let name = self.name_of(&link.organisation).await?;
            return Ok(Launch::OtherOrganisation(name));
        }
        if !matches!(self.use_up(attempt, now).await?, Some(Pending::Link(_))) {
            return Ok(Launch::Gone);
        }
        self.store()
            .close_records(requester.account, now)
            .await
            .map_err(failed)?;
        if !self.is_for(&link, requester).await? {
            self.note_strange_link(&link, requester, origin).await?;
            return Ok(Launch::OtherPerson);
        }
        self.follow(requester, &link, origin).await
    }

    /// Flags each relationship that a link began and that no feed confirmed within 48 hours, for the
    /// privacy officer; how many.
    pub async fn flag_launches(&self) -> Result<usize, GateError> {
        let (store, now) = (self.store(), self.clock().now());
        let until = now.plus(-limits::LAUNCH_LASTS);
        let mut flagged = 0;
        for launched in store.launches_until(until).await.map_err(failed)? {
            let confirmed = store.is_confirmed(&launched).await.map_err(failed)?;
            // Flagged before it is settled: a crash between the two flags twice rather than never.
            if !confirmed {
                store.flag_launch(&launched, now).await.map_err(unwritten)?;
                flagged += 1;
            }
            store.settle_launch(&launched, now).await.map_err(failed)?;
        }
        Ok(flagged)
    }

    /// Flags them again and again, until it is dropped.
    pub async fn keep_flagging_launches(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            match self.flag_launches().await {
                Ok(0) => {}
                Ok(flagged) => tracing::info!(flagged, "links that no feed confirmed"),
                Err(error) => tracing::error!(%error, "links could not be looked after"),
            }
        }
    }

    async fn follow(
        &self,
        requester: &Requester,
        link: &Link,
        origin: &Origin,
    ) -> Result<Launch, GateError> {
        let mut circumstances = self.circumstances(origin);
        self.may_find(requester, AccessAction::Search, &mut circumstances)
            .await?;
        let (store, now) = (self.store(), circumstances.now);
        let (named, key) = match &link.patient {
            PatientNumber::Nhs(number) => (format!("NHS number {number}"), FindKey::Nhs(*number)),
            PatientNumber::Local(number) => {
                (format!("number {number}"), FindKey::Local(number.clone()))
            }
        };
        let words = format!("by a link from {}: {named}", link.system);
        let permit = store.admit_search(requester, words, &circumstances).await;
        let permit = permit.map_err(unwritten)?;
        let found = store.launchable(&permit, &key).await.map_err(failed)?;
        let [only] = found.as_slice() else {
            return Ok(Launch::NoSuchPatient);
        };
        let address = tributary_model::Address(*only);
        let times = (permit.access(), now, now.plus(limits::LAUNCH_LASTS));
        let by = (link.system.as_str(), link.id.as_str());
        store
            .begin_by_launch(requester, by, address, times)
            .await
            .map_err(failed)?;
        Ok(Launch::Open(address))
    }

    /// Whether a link was made for this person: by their register entry or their account's name.
    async fn is_for(&self, link: &Link, requester: &Requester) -> Result<bool, GateError> {
        let named = link.professional.as_str();
        let registered = requester.register.as_ref().is_some_and(|entry| {
            let own = format!("{}:{}", entry.register.name(), entry.number);
            own.eq_ignore_ascii_case(named)
        });
        Ok(registered || self.login_of(requester.account).await? == named)
    }

    async fn name_of(&self, code: &tributary_model::OdsCode) -> Result<String, GateError> {
        let known = self.store().organisations().await.map_err(failed)?;
        let found = known.into_iter().find(|one| one.code == *code);
        Ok(found.map_or_else(|| code.to_string(), |one| one.name))
    }

    async fn link_refused<T>(
        &self,
        words: String,
        origin: &Origin,
    ) -> Result<Option<T>, GateError> {
        let words = format!("a link was not followed: {words}");
        self.note_refusal(words, origin).await?;
        Ok(None)
    }

    async fn note_strange_link(
        &self,
        link: &Link,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<(), GateError> {
        let circumstances = self.circumstances(origin);
        let words = format!("a link from {} was made for somebody else", link.system);
        let (action, refused) = (AccessAction::Search, AccessOutcome::Refused);
        self.store()
            .note_event(Some(requester), action, refused, words, &circumstances)
            .await
            .map_err(unwritten)?;
        Ok(())
    }
}
