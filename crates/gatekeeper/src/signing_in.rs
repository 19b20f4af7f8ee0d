//! Signing in and out, and the role to act in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tributary_model::{AccessAction, AccessOutcome, Origin, Requester};
use tributary_store::{Account, Checked};

use crate::{
    Assignment, GateError, Gatekeeper, SessionToken, SignIn, SignedIn,
    gate::{failed, unwritten},
};

impl Gatekeeper {
    /// Signs a person in. Where they have one role only, they act in it at once.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<SignIn, GateError> {
        let circumstances = self.circumstances(origin);
        let (store, now) = (self.store(), circumstances.now);
        let checked = store.check_password(name, password, &origin.address, now);
        let (outcome, words) = match checked.await.map_err(failed)? {
            Checked::Right(account) => return self.let_in(account, origin).await,
            Checked::TooMany(seconds) => (SignIn::TooMany(seconds), "too many attempts"),
            Checked::Wrong => (SignIn::Refused, "name or password do not fit"),
        };
        let words = format!("{words}: {}", name.chars().take(100).collect::<String>());
        let (action, refused) = (AccessAction::SignIn, AccessOutcome::Refused);
        store
            .note_event(None, action, refused, words, &circumstances)
            .await
            .map_err(unwritten)?;
        Ok(outcome)
    }

    async fn let_in(
        &self,
        account: tributary_model::AccountId,
        origin: &Origin,
    ) -> Result<SignIn, GateError> {
        let circumstances = self.circumstances(origin);
        let (store, now) = (self.store(), circumstances.now);
        let Some(known) = store.account(account).await.map_err(failed)? else {
            return Ok(SignIn::Refused);
        };
        let only = match known.assignments.as_slice() {
            [(n, ..)] => Some(*n),
            _ => None,
        };
        let requester = only.and_then(|n| requester_of(&known, n));
        let words = format!("signed in as {}", known.name);
        let (action, permitted) = (AccessAction::SignIn, AccessOutcome::Permitted);
        store
            .note_event(requester.as_ref(), action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        let token = store
            .begin_session(account, only, now)
            .await
            .map_err(failed)?;
        Ok(SignIn::In(SessionToken(URL_SAFE_NO_PAD.encode(token))))
    }

    /// Who is signed in under a token; `None` when the session has ended or the account is closed.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<SignedIn>, GateError> {
        let Some(secret) = secret_of(token) else {
            return Ok(None);
        };
        let (store, limits) = (self.store(), self.config().sessions);
        let session = store
            .session(&secret, limits, self.clock().now())
            .await
            .map_err(failed)?;
        let Some(session) = session else {
            return Ok(None);
        };
        let known = store.account(session.account).await.map_err(failed)?;
        Ok(known.filter(|known| known.active).map(|known| SignedIn {
            account: known.account,
            name: known.name.clone(),
            assignments: known.assignments.iter().map(assignment).collect(),
            requester: session.assignment.and_then(|n| requester_of(&known, n)),
        }))
    }

    /// Chooses the role to act in; closes every open record. `false` if there is no such role.
    pub async fn choose_role(
        &self,
        token: &SessionToken,
        chosen: i64,
        origin: &Origin,
    ) -> Result<bool, GateError> {
        let Some(secret) = secret_of(token) else {
            return Ok(false);
        };
        let circumstances = self.circumstances(origin);
        let (store, now) = (self.store(), circumstances.now);
        let session = store
            .session(&secret, self.config().sessions, now)
            .await
            .map_err(failed)?;
        let Some(session) = session else {
            return Ok(false);
        };
        let known = store.account(session.account).await.map_err(failed)?;
        let known = known.filter(|known| known.active);
        let Some(requester) = known.and_then(|known| requester_of(&known, chosen)) else {
            return Ok(false);
        };
        let words = "role chosen".to_owned();
        let (action, permitted) = (AccessAction::SignIn, AccessOutcome::Permitted);
        store
            .note_event(Some(&requester), action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        store
            .choose_assignment(&secret, session, chosen, now)
            .await
            .map_err(failed)?;
        Ok(true)
    }

    /// Ends the session and closes every open record.
    pub async fn sign_out(&self, token: &SessionToken, origin: &Origin) -> Result<(), GateError> {
        let Some(secret) = secret_of(token) else {
            return Ok(());
        };
        let Some(signed_in) = self.session(token).await? else {
            return Ok(());
        };
        let circumstances = self.circumstances(origin);
        let (store, requester) = (self.store(), signed_in.requester.as_ref());
        let words = format!("signed out: {}", signed_in.name);
        let (action, permitted) = (AccessAction::SignOut, AccessOutcome::Permitted);
        store
            .note_event(requester, action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        store.end_session(&secret).await.map_err(failed)?;
        store
            .close_records(signed_in.account, circumstances.now)
            .await
            .map_err(failed)
    }
}

fn secret_of(token: &SessionToken) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD
        .decode(&token.0)
        .ok()
        .filter(|secret| secret.len() == 32)
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
