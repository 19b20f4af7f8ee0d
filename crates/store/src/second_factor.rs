//! The second factor of built-in accounts: codes of an authenticator app, and recovery codes.

use totp_rs::{Builder, Secret, Totp};
use tributary_model::{AccountId, Timestamp};
use zeroize::Zeroizing;

use crate::{
    Checked, Store, StoreError, StoreResult,
    db::{Durability, Tx, params},
    keys::random,
    limits,
    passwords::syllables,
    schema::{Spread, Table, Which},
    seal,
};

/// The tables of this module. They stand in the audit store, because who signs in must not wait for
/// a filing batch.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Audit,
        name: "second_factor",
        columns: "account BIGINT NOT NULL, secret BYTEA NOT NULL, since BIGINT NOT NULL, \
                  used BIGINT NOT NULL, PRIMARY KEY (account)",
        spread: Spread::By("account"),
    },
    Table {
        which: Which::Audit,
        name: "recovery_code",
        columns: "account BIGINT NOT NULL, code BYTEA NOT NULL, PRIMARY KEY (account, code)",
        spread: Spread::By("account"),
    },
];

/// A secret that an authenticator app and the store share.
#[derive(Clone)]
pub struct FactorSecret(Zeroizing<[u8; 20]>);

impl FactorSecret {
    /// A new one.
    #[must_use]
    pub fn new_random() -> Self {
        Self(Zeroizing::new(random()))
    }

    /// One of which the bytes are known.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// As an authenticator app takes it by hand.
    #[must_use]
    pub fn words(&self) -> String {
        self.totp("").secret().to_base32()
    }

    /// As an authenticator app takes it from a picture or a link.
    #[must_use]
    pub fn address(&self, login: &str) -> String {
        // A colon would end the name, as the form of these addresses has it.
        self.totp(&login.replace(':', " "))
            .to_url()
            .expect("the name holds no colon")
    }

    /// The code of an instant.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        self.totp("").generate(seconds(at)).to_string()
    }

    /// Whether a code is one of about now.
    #[must_use]
    pub fn fits(&self, code: &str, now: Timestamp) -> bool {
        self.step(code, now).is_some()
    }

    /// The step of time that a code belongs to, if it is one of about now.
    fn step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let step = self.totp("").check(&digits, seconds(now))?;
        i64::try_from(step).ok()
    }

    fn totp(&self, login: &str) -> Totp {
        Builder::new()
            .with_secret(Secret::new(self.0.as_slice().into()))
            .with_account_name(login)
            .with_issuer(Some("Tributary"))
            .build_noncompliant()
    }
}

impl Store {
    /// Keeps a second factor for an account, once a code shows that the app has it. The recovery
    /// codes that are returned are kept nowhere in clear; nothing if the code does not fit.
    pub async fn keep_factor(
        &self,
        account: AccountId,
        secret: &FactorSecret,
        code: &str,
        now: Timestamp,
    ) -> StoreResult<Option<Vec<Zeroizing<String>>>> {
        let Some(step) = secret.step(code, now) else {
            return Ok(None);
        };
        let sealed = seal::wrap(&self.factor_key(), &account.0.to_le_bytes(), secret.bytes());
        let codes: Vec<_> = (0..limits::RECOVERY_CODES)
            .map(|_| syllables(random::<8>()))
            .collect();
        let mut tx = self.audit.begin(Durability::Synced).await?;
        forget(&mut tx, account).await?;
        tx.execute(
            "INSERT INTO second_factor (account, secret, since, used) VALUES ($1, $2, $3, $4)",
            params![account, sealed, now, step],
        )
        .await?;
        let rows = codes
            .iter()
            .map(|code| params![account, self.recovery_hash(account, code)]);
        tx.append(
            "INSERT INTO recovery_code (account, code) VALUES ($1, $2)",
            rows.collect(),
        )
        .await?;
        tx.commit().await?;
        Ok(Some(codes))
    }

    /// Since when an account has a second factor.
    pub async fn factor_since(&self, account: AccountId) -> StoreResult<Option<Timestamp>> {
        let rows = self
            .audit
            .query(
                "SELECT since FROM second_factor WHERE account = $1",
                params![account],
            )
            .await?;
        Ok(rows
            .first()
            .map(|row| row.int(0))
            .transpose()?
            .map(Timestamp))
    }

    /// Checks a code of the app, or a recovery code. Each counts once; wrong ones are counted by
    /// account and by the address they come from.
    pub async fn check_code(
        &self,
        account: AccountId,
        code: &str,
        address: &str,
        now: Timestamp,
    ) -> StoreResult<Checked> {
        let places = self.places(b"code", &account.0.to_string(), address);
        if let Some(wait) = self.wait_for(&places, now).await? {
            return Ok(Checked::TooMany(wait));
        }
        if !self.use_code(account, code, now).await? {
            self.count_failure(&places, now).await?;
            return Ok(Checked::Wrong);
        }
        self.forget_failures(&places).await?;
        Ok(Checked::Right(account))
    }

    /// Takes an account's second factor away: the next sign-in begins a new one.
    pub async fn forget_factor(&self, account: AccountId) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        forget(&mut tx, account).await?;
        Ok(tx.commit().await?)
    }

    async fn use_code(&self, account: AccountId, code: &str, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = tx
            .query(
                "SELECT secret FROM second_factor WHERE account = $1",
                params![account],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        let sealed = || StoreError::Sealed("a second factor".to_owned());
        let opened = seal::unwrap(&self.factor_key(), &account.0.to_le_bytes(), row.bytes(0)?);
        let secret = FactorSecret::from_bytes(&opened.map_err(|_| sealed())?).ok_or_else(sealed)?;
        let used = match secret.step(code, now) {
            // An earlier step than the last one is an old code, or the same again.
            Some(step) => {
                tx.execute(
                    "UPDATE second_factor SET used = $2 WHERE account = $1 AND used < $2",
                    params![account, step],
                )
                .await?
            }
            None => {
                tx.execute(
                    "DELETE FROM recovery_code WHERE account = $1 AND code = $2",
                    params![account, self.recovery_hash(account, code)],
                )
                .await?
            }
        };
        tx.commit().await?;
        Ok(used == 1)
    }

    fn recovery_hash(&self, account: AccountId, code: &str) -> [u8; 32] {
        let letters = code.chars().filter(char::is_ascii_alphabetic);
        let folded: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        let mut hasher = blake3::Hasher::new_keyed(&self.factor_key());
        hasher.update(&account.0.to_le_bytes());
        hasher.update(folded.as_bytes());
        hasher.finalize().into()
    }

    fn factor_key(&self) -> [u8; 32] {
        blake3::derive_key("tributary 2026 second factor", &self.keys.audit)
    }
}

async fn forget(tx: &mut Tx, account: AccountId) -> StoreResult<()> {
    for sql in [
        "DELETE FROM second_factor WHERE account = $1",
        "DELETE FROM recovery_code WHERE account = $1",
    ] {
        tx.execute(sql, params![account]).await?;
    }
    Ok(())
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.0 / Timestamp::SECOND).unwrap_or_default()
}
