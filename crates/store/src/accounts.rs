//! Who can sign in: accounts, their entry on a professional register, and the roles they may act in.

use argon2::{Algorithm, Argon2, Params};
use tokio::sync::Semaphore;
use tributary_model::{
    AccountId, ClinicalDate, NhsNumber, OdsCode, Organisation, Register, RegisterEntry, Requester,
    Role, Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    FindKey, Store, StoreResult,
    db::{Durability, Query, Row, params},
    keys::random,
    limits,
    organisations::{read_organisation, unreadable},
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "account",
        columns: "account BIGINT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL, \
                  password BYTEA NOT NULL, closed BIGINT, register TEXT, register_number TEXT, \
                  register_until TEXT, PRIMARY KEY (account), UNIQUE (login)",
        spread: Spread::Everywhere,
    },
    Table {
        which: Which::Record,
        name: "assignment",
        columns: "account BIGINT NOT NULL, n BIGINT NOT NULL, role TEXT NOT NULL, \
                  organisation TEXT NOT NULL, own BYTEA, PRIMARY KEY (account, n)",
        spread: Spread::Everywhere,
    },
    Table {
        // In the audit store, because a wrong password must not wait for a filing batch.
        which: Which::Audit,
        name: "sign_in_failure",
        columns: "place BYTEA NOT NULL, began BIGINT NOT NULL, count BIGINT NOT NULL, \
                  PRIMARY KEY (place)",
        spread: Spread::By("place"),
    },
];

/// An account to be made, or what is to be known of it from now on.
#[derive(Clone)]
pub struct NewAccount {
    /// The name to sign in with; letter case does not matter.
    pub login: String,
    /// The person's name as colleagues write it.
    pub name: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// Their entry on a professional register.
    pub register: Option<RegisterEntry>,
    /// Their NHS number, if it is known: nobody opens their own record. Only its keyed hash is kept.
    pub nhs_number: Option<NhsNumber>,
    /// The roles they may act in.
    pub assignments: Vec<(Role, OdsCode)>,
}

/// What is true of an account now.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// The person's name.
    pub name: String,
    /// Whether it may be used.
    pub active: bool,
    /// Their entry on a professional register.
    pub register: Option<RegisterEntry>,
    /// Their roles: number, role and organisation.
    pub assignments: Vec<(i64, Role, Organisation)>,
}

/// How a password was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checked {
    /// Right.
    Right(AccountId),
    /// Wrong, or there is no such active account.
    Wrong,
    /// Not looked at: there were too many attempts. Seconds to wait.
    TooMany(u64),
}

/// Passwords hashed at one time; more would take memory and cores from everybody else.
static HASHING: Semaphore = Semaphore::const_new(limits::PASSWORDS_AT_ONCE);

impl Store {
    /// Makes an account, or replaces what is known of the one with this login.
    pub async fn create_account(&self, new: NewAccount) -> StoreResult<AccountId> {
        let login = fold(&new.login);
        let password = hash(new.password.clone(), random()).await;
        let register = new.register.as_ref();
        let mut tx = self.record.begin(Durability::Synced).await?;
        let fresh = tx.next_ids("account", 1).await?;
        let rows = tx
            .query(
                "INSERT INTO account (account, login, name, password, register, register_number, \
                 register_until) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (login) DO UPDATE SET name = excluded.name, closed = NULL, \
                 password = excluded.password, register = excluded.register, \
                 register_number = excluded.register_number, \
                 register_until = excluded.register_until RETURNING account",
                params![
                    fresh,
                    &login,
                    &new.name,
                    password,
                    register.map(|entry| entry.register.name()),
                    register.map(|entry| &entry.number),
                    register
                        .and_then(|entry| entry.valid_until.as_ref())
                        .map(|date| &date.text),
                ],
            )
            .await?;
        let account = rows.first().ok_or_else(|| unreadable("account"))?.int(0)?;
        tx.execute(
            "DELETE FROM assignment WHERE account = $1",
            params![account],
        )
        .await?;
        let assignments = new
            .assignments
            .iter()
            .enumerate()
            .map(|(n, (role, organisation))| {
                let n = i64::try_from(n).unwrap_or(i64::MAX);
                let own = new
                    .nhs_number
                    .map(|nhs| self.find_key(organisation, &FindKey::Nhs(nhs)));
                params![account, n, role.name(), organisation, own]
            });
        tx.append(
            "INSERT INTO assignment (account, n, role, organisation, own) \
             VALUES ($1, $2, $3, $4, $5)",
            assignments.collect(),
        )
        .await?;
        tx.commit().await?;
        Ok(AccountId(account))
    }

    /// Closes an account from now on; what it did stays.
    pub async fn close_account(&self, account: AccountId, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE account SET closed = $2 WHERE account = $1",
            params![account, now],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// What is true of an account now; `None` if there is no such account.
    pub async fn account(&self, account: AccountId) -> StoreResult<Option<Account>> {
        let answers = self
            .record
            .read(vec![
                Query::new(
                    "SELECT name, closed, register, register_number, register_until \
                     FROM account WHERE account = $1",
                    params![account],
                ),
                Query::new(
                    "SELECT a.n, a.role, o.code, o.name, o.kind FROM assignment a \
                     JOIN organisation o ON o.code = a.organisation \
                     WHERE a.account = $1 ORDER BY a.n",
                    params![account],
                ),
            ])
            .await?;
        let [accounts, assignments] = answers.as_slice() else {
            return Ok(None);
        };
        let Some(row) = accounts.first() else {
            return Ok(None);
        };
        Ok(Some(Account {
            account,
            name: row.text(0)?.to_owned(),
            active: row.opt_int(1)?.is_none(),
            register: read_register(row)?,
            assignments: assignments
                .iter()
                .map(read_assignment)
                .collect::<StoreResult<_>>()?,
        }))
    }

    /// Every account, by the name to sign in with.
    pub async fn logins(&self) -> StoreResult<Vec<(String, AccountId)>> {
        let rows = self
            .record
            .query("SELECT login, account FROM account ORDER BY login", vec![])
            .await?;
        let login = |row: &Row| Ok((row.text(0)?.to_owned(), AccountId(row.int(1)?)));
        rows.iter().map(login).collect()
    }

    /// Checks a password. Wrong ones are counted by name and by the address they come from.
    pub async fn check_password(
        &self,
        login: &str,
        password: &str,
        address: &str,
        now: Timestamp,
    ) -> StoreResult<Checked> {
        let login = fold(login);
        let places = [self.place(b"name", &login), self.place(b"address", address)];
        if let Some(wait) = self.wait_for(&places, now).await? {
            return Ok(Checked::TooMany(wait));
        }
        let rows = self
            .record
            .query(
                "SELECT account, password FROM account WHERE login = $1 AND closed IS NULL",
                params![&login],
            )
            .await?;
        // An unknown name costs the same as a known one.
        let kept = rows
            .first()
            .map(|row| row.bytes(1))
            .transpose()?
            .unwrap_or(&NOBODY);
        let right = verify(password, kept).await;
        let Some(row) = rows.first().filter(|_| right) else {
            self.count_failure(&places, now).await?;
            return Ok(Checked::Wrong);
        };
        self.forget_failures(&places).await?;
        Ok(Checked::Right(AccountId(row.int(0)?)))
    }

    /// A name or address as the failure table holds it: a keyed hash, since people type passwords
    /// into the wrong field.
    fn place(&self, kind: &[u8], text: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 sign-in");
        hasher.update(&self.keys.audit);
        hasher
            .update(b"sign-in ")
            .update(kind)
            .update(&[0])
            .update(text.as_bytes());
        *hasher.finalize().as_bytes()
    }

    async fn wait_for(&self, places: &[[u8; 32]; 2], now: Timestamp) -> StoreResult<Option<u64>> {
        let [name, address] = *places;
        let sql = "SELECT began, count FROM sign_in_failure WHERE place = $1";
        let answers = self
            .audit
            .read(vec![
                Query::new(sql, params![name]),
                Query::new(sql, params![address]),
            ])
            .await?;
        let allowed = [limits::FAILURES_OF_A_NAME, limits::FAILURES_FROM_AN_ADDRESS];
        let mut wait = None;
        for (rows, allowed) in answers.iter().zip(allowed) {
            let Some(row) = rows.first() else { continue };
            let left = limits::FAILURE_WINDOW - now.since(Timestamp(row.int(0)?));
            if row.int(1)? >= allowed && left > 0 {
                wait = wait.max(u64::try_from(left / Timestamp::SECOND + 1).ok());
            }
        }
        Ok(wait)
    }

    async fn count_failure(&self, places: &[[u8; 32]; 2], now: Timestamp) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = places
            .iter()
            .map(|place| params![*place, now, limits::FAILURE_WINDOW]);
        tx.append(
            "INSERT INTO sign_in_failure (place, began, count) VALUES ($1, $2, 1) \
             ON CONFLICT (place) DO UPDATE SET \
             count = CASE WHEN sign_in_failure.began + $3 > excluded.began \
                     THEN sign_in_failure.count + 1 ELSE 1 END, \
             began = CASE WHEN sign_in_failure.began + $3 > excluded.began \
                     THEN sign_in_failure.began ELSE excluded.began END",
            rows.collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    async fn forget_failures(&self, places: &[[u8; 32]; 2]) -> StoreResult<()> {
        // Only of the name: from one address many people sign in.
        let [name, _] = *places;
        let mut tx = self.audit.begin(Durability::Replayable).await?;
        tx.execute(
            "DELETE FROM sign_in_failure WHERE place = $1",
            params![name],
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// The look-ups under which an organisation (`$2`) would find an account's holder (`$3`) among its
/// own patients.
macro_rules! own_keys {
    () => {
        "(SELECT own FROM assignment WHERE account = $3 AND organisation = $2 AND own IS NOT NULL)"
    };
}
pub(crate) use own_keys;

/// The statement that finds whether another account at an organisation belongs to whom this look-up
/// finds among its patients.
pub(crate) fn holding(organisation: &OdsCode, own: [u8; 16], other_than: AccountId) -> Query {
    Query::new(
        "SELECT account FROM assignment WHERE organisation = $1 AND own = $2 AND account <> $3 \
         LIMIT 1",
        params![organisation, own, other_than],
    )
}

/// The statement that reads whether a requester may still act as they do, for [`read_acting`].
pub(crate) fn acting(requester: &Requester) -> Query {
    Query::new(
        "SELECT c.name, c.closed, c.register, c.register_number, c.register_until FROM account c \
         JOIN assignment a ON a.account = c.account \
         WHERE c.account = $1 AND a.role = $2 AND a.organisation = $3 AND c.closed IS NULL",
        params![
            requester.account,
            requester.role.name(),
            &requester.organisation.code
        ],
    )
}

/// Whether a requester may still act, and their register entry as it is now. They may not if the
/// account is closed or no longer has the role at the organisation.
pub(crate) fn read_acting(rows: &[Row]) -> StoreResult<(bool, Option<RegisterEntry>)> {
    let register = rows.first().map(read_register).transpose()?;
    Ok((register.is_some(), register.flatten()))
}

fn fold(login: &str) -> String {
    login.trim().to_lowercase()
}

fn read_register(row: &Row) -> StoreResult<Option<RegisterEntry>> {
    let Some(register) = row.opt_text(2)? else {
        return Ok(None);
    };
    Ok(Some(RegisterEntry {
        register: Register::named(register).ok_or_else(|| unreadable("register"))?,
        number: row.text(3)?.to_owned(),
        valid_until: row.opt_text(4)?.and_then(ClinicalDate::read),
    }))
}

fn read_assignment(row: &Row) -> StoreResult<(i64, Role, Organisation)> {
    let role = Role::named(row.text(1)?).ok_or_else(|| unreadable("role"))?;
    Ok((row.int(0)?, role, read_organisation(row, 2)?))
}

/// The form of a kept password: this byte, 16 bytes of salt, 32 bytes of hash.
const FORM: u8 = 1;

/// A kept password that nothing fits: what an unknown name is checked against.
const NOBODY: [u8; 49] = {
    let mut kept = [0; 49];
    kept[0] = FORM;
    kept
};

async fn hash(password: Zeroizing<String>, salt: [u8; 16]) -> Vec<u8> {
    let _turn = HASHING
        .acquire()
        .await
        .expect("the semaphore is never closed");
    let hashing = tokio::task::spawn_blocking(move || {
        let mut kept = vec![FORM];
        kept.extend(salt);
        kept.extend(argon2id(&password, &salt));
        kept
    });
    hashing.await.expect("hashing a password does not panic")
}

async fn verify(password: &str, kept: &[u8]) -> bool {
    let Some(salt) = kept
        .get(1..17)
        .and_then(|salt| <[u8; 16]>::try_from(salt).ok())
    else {
        return false;
    };
    let made = hash(Zeroizing::new(password.to_owned()), salt).await;
    // Hashes of both are compared, so that the time says nothing of where they differ.
    blake3::hash(&made) == blake3::hash(kept)
}

fn argon2id(password: &str, salt: &[u8; 16]) -> [u8; 32] {
    let params = Params::new(limits::ARGON_KIB, limits::ARGON_PASSES, 1, Some(32));
    let params = params.expect("the parameters lie within Argon2's limits");
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .expect("salt and output have lengths Argon2 takes");
    out
}
