//! Signing in with an organisation's own provider: there, back, and out.

use tributary_model::{AccountId, OdsCode, Origin, Role};
use tributary_openid::{Attempt, Came, Provider, ProviderFault};
use tributary_store::{Account, EndedSession, FromProvider, Via};

use crate::{
    AttemptToken, CameBack, GateError, Gatekeeper, NotIn, Onward, SessionToken, Way,
    gate::failed,
    limits,
    signing_in::token_of,
    ways_in::{Again, Pending, secret},
};

impl Gatekeeper {
    /// The providers that can be signed in with: name and words.
    #[must_use]
    pub fn providers(&self) -> Vec<(String, String)> {
        let all = self.ways_in().providers.iter();
        all.map(|one| (one.name().to_owned(), one.words().to_owned()))
            .collect()
    }

    /// The way to a provider. `None` if there is no such provider; an error of the provider's is
    /// why one cannot go there now.
    pub async fn sign_in_with(
        &self,
        name: &str,
        origin: &Origin,
    ) -> Result<Option<Result<Onward, NotIn>>, GateError> {
        match self.provider(name) {
            Some(provider) => Ok(Some(self.go_to(provider, None, origin).await?)),
            None => Ok(None),
        }
    }

    /// The way to the provider for somebody who has to prove again who they are; `typed` is what
    /// they were about to send, and comes back with them.
    pub async fn prove_with_provider(
        &self,
        token: &SessionToken,
        typed: String,
        origin: &Origin,
    ) -> Result<Option<Result<Onward, NotIn>>, GateError> {
        let signed_in = self.session(token).await?;
        let Some(Way::With(name)) = signed_in.map(|signed_in| signed_in.way) else {
            return Ok(None);
        };
        let Some(provider) = self.provider(&name) else {
            return Ok(None);
        };
        if typed.len() > limits::TYPED_BYTES {
            return Ok(None);
        }
        let again = Again {
            session: token.0.clone(),
            typed,
        };
        Ok(Some(self.go_to(provider, Some(again), origin).await?))
    }

    /// Lets in whoever comes back with what their browser began, and proves every part of it.
    pub async fn come_back(
        &self,
        name: &str,
        attempt: Option<&AttemptToken>,
        state: &str,
        code: Option<&str>,
        origin: &Origin,
    ) -> Result<CameBack, GateError> {
        let now = self.clock().now();
        let pending = match attempt {
            Some(attempt) => self.use_up(attempt, now).await?,
            None => None,
        };
        let (begun, again) = match pending {
            Some(Pending::Away {
                provider,
                attempt,
                again,
            }) if provider == name => (attempt, again),
            // Nobody has begun to sign in, so nobody has tried.
            _ => return Ok(CameBack::Not(NotIn::NotBegunHere)),
        };
        let Some(provider) = self.provider(name) else {
            return Ok(CameBack::Not(NotIn::NotBegunHere));
        };
        let came = match code {
            Some(code) => provider.finish(&begun, state, code, now).await,
            None => Err(ProviderFault::Refused("no code came back".to_owned())),
        };
        match (came, again) {
            (Err(fault), _) => self.not_in(name, &fault, origin).await,
            (Ok(came), None) => self.take_in(name, &came, origin).await,
            (Ok(came), Some(again)) => self.take_proof(name, &came, again, origin).await,
        }
    }

    /// Ends the sessions that a provider says have ended. Whether it was to be believed.
    pub async fn ended_elsewhere(
        &self,
        name: &str,
        token: &str,
        origin: &Origin,
    ) -> Result<bool, GateError> {
        let Some(provider) = self.provider(name) else {
            return Ok(false);
        };
        let (store, now) = (self.store(), self.clock().now());
        let ended = match provider.ended(token, now).await {
            Ok(ended) => ended,
            Err(fault) => {
                tracing::warn!(provider = name, %fault, "a logout token was refused");
                return Ok(false);
            }
        };
        let accounts = match (&ended.session, &ended.subject) {
            (Some(session), _) => store.end_sessions_with(name, session).await,
            (None, Some(subject)) => self.end_all_of(name, subject).await,
            (None, None) => Ok(Vec::new()),
        };
        for account in accounts.map_err(failed)? {
            store.close_records(account, now).await.map_err(failed)?;
            self.note_ending(name, account, origin).await?;
        }
        Ok(true)
    }

    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        let mut all = self.ways_in().providers.iter();
        all.find(|provider| provider.name() == name)
    }

    /// Where to sign out at the provider too.
    pub(crate) async fn way_out(&self, ended: &EndedSession) -> Option<String> {
        let provider = self.provider(&ended.provider)?;
        let to = format!("{}/sign-in", self.ways_in().base);
        let now = self.clock().now();
        provider.way_out(&ended.id_token, &to, now).await
    }

    async fn go_to(
        &self,
        provider: &Provider,
        again: Option<Again>,
        origin: &Origin,
    ) -> Result<Result<Onward, NotIn>, GateError> {
        let now = self.clock().now();
        let (address, attempt): (String, Attempt) = match provider.begin(again.is_some(), now).await
        {
            Ok(way) => way,
            Err(fault) => {
                self.not_in(provider.name(), &fault, origin).await?;
                return Ok(Err(NotIn::of(&fault)));
            }
        };
        let pending = Pending::Away {
            provider: provider.name().to_owned(),
            attempt,
            again,
        };
        Ok(Ok(Onward {
            address,
            words: provider.words().to_owned(),
            attempt: self.remember(&pending, now).await?,
        }))
    }

    /// Begins a session for whoever came.
    async fn take_in(
        &self,
        name: &str,
        came: &Came,
        origin: &Origin,
    ) -> Result<CameBack, GateError> {
        let (account, chosen) = self.account_of(name, came).await?;
        let Some(account) = account.filter(|account| account.active) else {
            let words = format!("with {name}: the account is closed");
            self.note_refusal(words, origin).await?;
            return Ok(CameBack::Not(NotIn::Closed));
        };
        if account.assignments.is_empty() || (came.person.chosen.is_some() && chosen.is_none()) {
            let words = format!("with {name}: the organisation is not of this region");
            self.note_refusal(words, origin).await?;
            return Ok(CameBack::Not(NotIn::NoRole));
        }
        let via = Via {
            provider: name,
            session: came.person.session.as_deref(),
            id_token: &came.id_token,
            fixed: chosen.is_some(),
        };
        let token = self.let_in(account.account, chosen, Some(via), origin);
        Ok(token
            .await?
            .map_or(CameBack::Not(NotIn::Closed), CameBack::In))
    }

    /// The account of whoever came, and the number of the role they chose there.
    async fn account_of(
        &self,
        name: &str,
        came: &Came,
    ) -> Result<(Option<Account>, Option<i64>), GateError> {
        let (store, person) = (self.store(), &came.person);
        let known = store.organisations().await.map_err(failed)?;
        let of_region = |(_, code): &&(Role, OdsCode)| known.iter().any(|one| one.code == *code);
        let roles: Vec<_> = person.roles.iter().filter(of_region).cloned().collect();
        let who = FromProvider {
            provider: name,
            subject: &person.subject,
            name: &person.name,
            roles: &roles,
            register: person.register.as_ref(),
        };
        let account = store.account_from(who).await.map_err(failed)?;
        let chosen = person.chosen.and_then(|place| person.roles.get(place));
        let number = chosen.zip(account.as_ref()).and_then(|(chosen, account)| {
            let mut held = account.assignments.iter();
            held.find(|(_, role, at)| (*role, &at.code) == (chosen.0, &chosen.1))
                .map(|(n, ..)| *n)
        });
        Ok((account, number))
    }

    /// Takes the proof of somebody who was signed in all the time; they have to be the same person.
    async fn take_proof(
        &self,
        name: &str,
        came: &Came,
        again: Again,
        origin: &Origin,
    ) -> Result<CameBack, GateError> {
        let token = SessionToken(again.session);
        let expected = format!("{name}:{}", came.person.subject);
        let found = self.session_and_account(&token).await?;
        let same = found.is_some_and(|(_, known)| known.login == expected);
        let (Some(secret), true) = (secret(&token.0), same) else {
            let words = format!("with {name}: somebody else came back, or the session had ended");
            self.note_refusal(words, origin).await?;
            return Ok(CameBack::Not(NotIn::SomebodyElse));
        };
        let now = self.clock().now();
        let moved = self.store().prove_session(&secret, now).await;
        Ok(match moved.map_err(failed)? {
            Some(moved) => CameBack::Proved(token_of(moved), again.typed),
            None => CameBack::Not(NotIn::NotBegunHere),
        })
    }

    async fn not_in(
        &self,
        name: &str,
        fault: &ProviderFault,
        origin: &Origin,
    ) -> Result<CameBack, GateError> {
        if matches!(fault, ProviderFault::Unreachable(_)) {
            tracing::error!(provider = name, %fault, "nobody can sign in with it");
        }
        let name: String = name.chars().take(40).collect();
        self.note_refusal(format!("with {name}: {fault}"), origin)
            .await?;
        Ok(CameBack::Not(NotIn::of(fault)))
    }

    async fn end_all_of(
        &self,
        name: &str,
        subject: &str,
    ) -> tributary_store::StoreResult<Vec<AccountId>> {
        let store = self.store();
        let Some(account) = store.account_named(name, subject).await? else {
            return Ok(Vec::new());
        };
        store.end_sessions_of(account).await?;
        Ok(vec![account])
    }

    async fn note_ending(
        &self,
        name: &str,
        account: AccountId,
        origin: &Origin,
    ) -> Result<(), GateError> {
        let circumstances = self.circumstances(origin);
        let words = format!("signed out at {name}: {}", self.login_of(account).await?);
        let action = tributary_model::AccessAction::SignOut;
        let permitted = tributary_model::AccessOutcome::Permitted;
        self.store()
            .note_event(None, action, permitted, words, &circumstances)
            .await
            .map_err(crate::gate::unwritten)?;
        Ok(())
    }
}
