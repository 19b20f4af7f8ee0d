//! Proving again who one is, for what must not be done by whoever finds a session open.

use tributary_model::{AccountId, Origin};
use tributary_store::Checked;

use crate::{
    GateError, Gatekeeper, Proof, Prove, SessionToken, gate::failed, signing_in::token_of,
    ways_in::secret,
};

impl Gatekeeper {
    /// How the holder of an account proves who they are.
    pub(crate) async fn how_to_prove(&self, account: AccountId) -> Result<Prove, GateError> {
        let login = self.login_of(account).await?;
        let provider = login.split_once(':').map(|(provider, _)| provider);
        if let Some(provider) = provider.and_then(|name| self.provider(name)) {
            let words = provider.words().to_owned();
            return Ok(Prove::At { words });
        }
        let kept = self.store().factor_since(account).await.map_err(failed)?;
        Ok(Prove::Password {
            code: kept.is_some(),
        })
    }

    /// Proves by password and code. The session goes on under another token.
    pub async fn prove(
        &self,
        token: &SessionToken,
        password: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<Proof, GateError> {
        let Some((session, known)) = self.session_and_account(token).await? else {
            return Ok(Proof::Wrong);
        };
        let (store, now, account) = (self.store(), self.clock().now(), session.account);
        let checked = store.check_password(&known.login, password, &origin.address, now);
        let mut checked = checked.await.map_err(failed)?;
        let factor = store.factor_since(account).await.map_err(failed)?;
        if checked == Checked::Right(account) && factor.is_some() {
            let code = store.check_code(account, code, &origin.address, now).await;
            checked = code.map_err(failed)?;
        }
        let outcome = match (checked, secret(&token.0)) {
            (Checked::Right(proved), Some(secret)) if proved == account => {
                let moved = store.prove_session(&secret, now).await.map_err(failed)?;
                return Ok(moved.map(token_of).map_or(Proof::Wrong, Proof::Proved));
            }
            (Checked::TooMany(seconds), _) => Proof::TooMany(seconds),
            (Checked::Right(_) | Checked::Wrong, _) => Proof::Wrong,
        };
        let words = format!("did not prove again who they are: {}", known.login);
        self.note_refusal(words, origin).await?;
        Ok(outcome)
    }
}
