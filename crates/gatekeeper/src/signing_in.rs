//! Signing in and out, and the role to act in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tributary_model::{AccessAction, AccessOutcome, AccountId, Origin, Requester};
use tributary_store::{Account, Checked, NewSession, Session, Via};

use crate::{
    Assignment, GateError, Gatekeeper, SecondFactor, SessionToken, SignIn, SignedIn, Way,
    gate::{failed, unwritten},
    ways_in::{Pending, secret},
};

impl Gatekeeper {
    /// Signs a person in, or asks for their second factor.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<SignIn, GateError> {
        let (store, now) = (self.store(), self.clock().now());
        let checked = store.check_password(name, password, &origin.address, now);
        let (outcome, words) = match checked.await.map_err(failed)? {
            Checked::Right(account) => return self.next_step(account, origin).await,
            Checked::TooMany(seconds) => (SignIn::TooMany(seconds), "too many attempts"),
            Checked::Wrong => (SignIn::Refused, "name or password do not fit"),
        };
        let words = format!("{words}: {}", name.chars().take(100).collect::<String>());
        self.note_refusal(words, origin).await?;
        Ok(outcome)
    }

    /// What follows a right password.
    async fn next_step(&self, account: AccountId, origin: &Origin) -> Result<SignIn, GateError> {
        let now = self.clock().now();
        let kept = self.store().factor_since(account).await.map_err(failed)?;
        if kept.is_some() {
            let pending = Pending::Code(account);
            return Ok(SignIn::Code(self.remember(&pending, now).await?));
        }
        if self.config().second_factor == SecondFactor::Required {
            let attempt = self.begin_enrolment(account, None).await?;
            return Ok(SignIn::Enrol(attempt));
        }
        let token = self.let_in(account, None, None, origin).await?;
        Ok(token.map_or(SignIn::Refused, SignIn::In))
    }

    /// Begins a session for somebody who has shown who they are. Where they have one role only, or
    /// chose one at their provider, they act in it at once.
    pub(crate) async fn let_in(
        &self,
        account: AccountId,
        chosen: Option<i64>,
        via: Option<Via<'_>>,
        origin: &Origin,
    ) -> Result<Option<SessionToken>, GateError> {
        let circumstances = self.circumstances(origin);
        let (store, now) = (self.store(), circumstances.now);
        let known = store.account(account).await.map_err(failed)?;
        let Some(known) = known.filter(|known| known.active) else {
            return Ok(None);
        };
        let only = match known.assignments.as_slice() {
            [(n, ..)] => Some(*n),
            _ => None,
        };
        let assignment = chosen.or(only);
        let requester = assignment.and_then(|n| requester_of(&known, n));
        let with = via.map_or_else(String::new, |via| format!(" with {}", via.provider));
        let words = format!("signed in as {}{with}", known.name);
        let (action, permitted) = (AccessAction::SignIn, AccessOutcome::Permitted);
        store
            .note_event(requester.as_ref(), action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        let new = NewSession {
            account,
            assignment,
            via,
        };
        let token = store.begin_session(new, self.config().sessions, now).await;
        Ok(Some(token_of(token.map_err(failed)?)))
    }

    /// Who is signed in under a token; `None` when the session has ended or the account is closed.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<SignedIn>, GateError> {
        let found = self.session_and_account(token).await?;
        Ok(found.map(|(session, known)| {
            let offered = known
                .assignments
                .iter()
                .filter(|(n, ..)| !session.fixed || session.assignment == Some(*n));
            SignedIn {
                account: known.account,
                name: known.name.clone(),
                assignments: offered.map(assignment).collect(),
                requester: session.assignment.and_then(|n| requester_of(&known, n)),
                way: session.provider.map_or(Way::Here, Way::With),
                proved: session.proved,
            }
        }))
    }

    /// A session that goes on, with its account.
    pub(crate) async fn session_and_account(
        &self,
        token: &SessionToken,
    ) -> Result<Option<(Session, Account)>, GateError> {
        let Some(secret) = secret(&token.0) else {
            return Ok(None);
        };
        let (store, limits) = (self.store(), self.config().sessions);
        let session = store.session(&secret, limits, self.clock().now()).await;
        let Some(session) = session.map_err(failed)? else {
            return Ok(None);
        };
        let known = store.account(session.account).await.map_err(failed)?;
        let known = known.filter(|known| known.active);
        Ok(known.map(|known| (session, known)))
    }

    /// Chooses the role to act in; closes every open record. The session goes on under the token
    /// that is returned. `None` if there is no such role, or it was chosen at the provider.
    pub async fn choose_role(
        &self,
        token: &SessionToken,
        chosen: i64,
        origin: &Origin,
    ) -> Result<Option<SessionToken>, GateError> {
        let Some((session, known)) = self.session_and_account(token).await? else {
            return Ok(None);
        };
        let allowed = !session.fixed || session.assignment == Some(chosen);
        let requester = requester_of(&known, chosen).filter(|_| allowed);
        let (Some(requester), Some(secret)) = (requester, secret(&token.0)) else {
            return Ok(None);
        };
        let circumstances = self.circumstances(origin);
        let (store, now) = (self.store(), circumstances.now);
        let words = "role chosen".to_owned();
        let (action, permitted) = (AccessAction::SignIn, AccessOutcome::Permitted);
        store
            .note_event(Some(&requester), action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        let moved = store
            .choose_assignment(&secret, &session, chosen, now)
            .await;
        Ok(moved.map_err(failed)?.map(token_of))
    }

    /// Ends the session and closes every open record. Where they signed in with a provider that can
    /// be signed out of, the way there.
    pub async fn sign_out(
        &self,
        token: &SessionToken,
        origin: &Origin,
    ) -> Result<Option<String>, GateError> {
        let Some(secret) = secret(&token.0) else {
            return Ok(None);
        };
        let Some(signed_in) = self.session(token).await? else {
            return Ok(None);
        };
        let circumstances = self.circumstances(origin);
        let (store, requester) = (self.store(), signed_in.requester.as_ref());
        let words = format!("signed out: {}", signed_in.name);
        let (action, permitted) = (AccessAction::SignOut, AccessOutcome::Permitted);
        store
            .note_event(requester, action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        let ended = store.end_session(&secret).await.map_err(failed)?;
        store
            .close_records(signed_in.account, circumstances.now)
            .await
            .map_err(failed)?;
        match ended {
            Some(ended) => Ok(self.way_out(&ended).await),
            None => Ok(None),
        }
    }

    /// Writes down that somebody was not let in.
    pub(crate) async fn note_refusal(
        &self,
        words: String,
        origin: &Origin,
    ) -> Result<(), GateError> {
        let circumstances = self.circumstances(origin);
        let (action, refused) = (AccessAction::SignIn, AccessOutcome::Refused);
        self.store()
            .note_event(None, action, refused, words, &circumstances)
            .await
            .map_err(unwritten)?;
        Ok(())
    }
}

pub(crate) fn token_of(secret: [u8; 32]) -> SessionToken {
    SessionToken(URL_SAFE_NO_PAD.encode(secret))
}

fn requester_of(known: &Account, chosen: i64) -> Option<Requester> {
    let (_, role, organisation) = known.assignments.iter().find(|(n, ..)| *n == chosen)?;
    Some(Requester {
        account: known.account,
        name: known.name.clone(),
        register: known.register.clone(),
        role: *role,
        organisation: organisation.clone(),
    })
}

fn assignment(
    (id, role, organisation): &(i64, tributary_model::Role, tributary_model::Organisation),
) -> Assignment {
    Assignment {
        id: *id,
        role: *role,
        organisation: organisation.clone(),
    }
}
