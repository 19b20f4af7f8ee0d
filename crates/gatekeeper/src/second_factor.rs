//! The second factor of built-in accounts: a code at each sign-in, and how it is begun.

use tributary_model::{AccountId, Origin};
use tributary_store::{Checked, FactorSecret};

use crate::{
    AttemptToken, Code, Enrolled, Enrolment, GateError, Gatekeeper, SessionToken,
    gate::failed,
    ways_in::{Pending, secret},
};

impl Gatekeeper {
    /// Whether a code is what this browser's sign-in waits for.
    pub async fn waits_for_code(&self, attempt: &AttemptToken) -> Result<bool, GateError> {
        let pending = self.recall(attempt, self.clock().now()).await?;
        Ok(matches!(pending, Some(Pending::Code(_))))
    }

    /// Takes a code of the app, or a recovery code, after a right password.
    pub async fn sign_in_code(
        &self,
        attempt: &AttemptToken,
        code: &str,
        origin: &Origin,
    ) -> Result<Code, GateError> {
        let (store, now) = (self.store(), self.clock().now());
        let Some(Pending::Code(account)) = self.recall(attempt, now).await? else {
            return Ok(Code::TooLate);
        };
        let checked = store.check_code(account, code, &origin.address, now).await;
        let (outcome, words) = match checked.map_err(failed)? {
            Checked::Right(account) => {
                // Of two who come with the same attempt one gets in.
                if self.use_up(attempt, now).await?.is_none() {
                    return Ok(Code::TooLate);
                }
                let token = self.let_in(account, None, None, origin).await?;
                return Ok(token.map_or(Code::TooLate, Code::In));
            }
            Checked::TooMany(seconds) => (Code::TooMany(seconds), "too many codes"),
            Checked::Wrong => (Code::Wrong, "the code does not fit"),
        };
        let words = format!("{words}: {}", self.login_of(account).await?);
        self.note_refusal(words, origin).await?;
        Ok(outcome)
    }

    /// Begins a second factor for somebody who is signed in with a built-in account and has none.
    pub async fn offer_enrolment(
        &self,
        token: &SessionToken,
    ) -> Result<Option<AttemptToken>, GateError> {
        let Some((session, _)) = self.session_and_account(token).await? else {
            return Ok(None);
        };
        let kept = self.store().factor_since(session.account).await;
        if session.provider.is_some() || kept.map_err(failed)?.is_some() {
            return Ok(None);
        }
        let attempt = self.begin_enrolment(session.account, Some(token)).await?;
        Ok(Some(attempt))
    }

    pub(crate) async fn begin_enrolment(
        &self,
        account: AccountId,
        session: Option<&SessionToken>,
    ) -> Result<AttemptToken, GateError> {
        let pending = Pending::Enrol {
            account,
            secret: FactorSecret::new_random().bytes().to_vec(),
            session: session.map(|token| token.0.clone()),
        };
        self.remember(&pending, self.clock().now()).await
    }

    /// What the app has to be told; `None` if no second factor is being begun.
    pub async fn enrolment(&self, attempt: &AttemptToken) -> Result<Option<Enrolment>, GateError> {
        let pending = self.recall(attempt, self.clock().now()).await?;
        let Some(Pending::Enrol {
            account, secret, ..
        }) = pending
        else {
            return Ok(None);
        };
        let login = self.login_of(account).await?;
        let secret = FactorSecret::from_bytes(&secret);
        Ok(secret.map(|secret| Enrolment {
            secret: secret.words(),
            address: secret.address(&login),
            login,
        }))
    }

    /// Keeps the second factor, once a code shows that the app has it.
    pub async fn enrol(
        &self,
        attempt: &AttemptToken,
        code: &str,
        origin: &Origin,
    ) -> Result<Enrolled, GateError> {
        let (store, now) = (self.store(), self.clock().now());
        let pending = self.recall(attempt, now).await?;
        let Some(Pending::Enrol {
            account,
            secret: bytes,
            session,
        }) = pending
        else {
            return Ok(Enrolled::TooLate);
        };
        let factor = FactorSecret::from_bytes(&bytes);
        let Some(factor) = factor.filter(|factor| factor.fits(code, now)) else {
            return Ok(Enrolled::Wrong);
        };
        if self.use_up(attempt, now).await?.is_none() {
            return Ok(Enrolled::TooLate);
        }
        let kept = store.keep_factor(account, &factor, code, now).await;
        let Some(codes) = kept.map_err(failed)? else {
            return Ok(Enrolled::Wrong);
        };
        if let Some(session) = session.as_deref().and_then(secret) {
            store.end_session(&session).await.map_err(failed)?;
        }
        let token = self.let_in(account, None, None, origin).await?;
        let codes = codes.iter().map(|code| code.to_string()).collect();
        Ok(token.map_or(Enrolled::TooLate, |token| Enrolled::In(token, codes)))
    }

    pub(crate) async fn login_of(&self, account: AccountId) -> Result<String, GateError> {
        let known = self.store().account(account).await.map_err(failed)?;
        Ok(known.map(|known| known.login).unwrap_or_default())
    }
}
