//! Who can sign in: accounts, their entry on a professional register, and the roles they may act in.

use tributary_model::{
    AccountId, NhsNumber, OdsCode, Organisation, RegisterEntry, Requester, Role, Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    FindKey, Store, StoreResult,
    db::{Durability, Query, Row, Tx, params},
    keys::random,
    organisations::{read_organisation, unreadable},
    passwords::hash,
    registers::{self, of_registers, register_columns, register_number},
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

/// Someone who signed in with a provider, as it names them.
#[derive(Clone, Debug)]
pub struct FromProvider<'p> {
    /// The provider.
    pub provider: &'p str,
    /// How it names them, for good.
    pub subject: &'p str,
    /// The person's name.
    pub name: &'p str,
    /// The roles it gives them.
    pub roles: &'p [(Role, OdsCode)],
    /// Their register entry, where the provider vouches for it.
    pub register: Option<&'p RegisterEntry>,
}

/// What is true of an account now.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// The name it signs in with; `provider:subject` for one that signs in elsewhere.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Whether it may be used.
    pub active: bool,
    /// Their entry on a professional register.
    pub register: Option<RegisterEntry>,
    /// Their roles: number, role and organisation.
    pub assignments: Vec<(i64, Role, Organisation)>,
}

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
                    register.map(|entry| register_number(&entry.number)),
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
        // The numbers of its roles may mean others now.
        self.end_sessions_of(AccountId(account)).await?;
        Ok(AccountId(account))
    }

    /// The account of someone who signed in with a provider, made or brought up to date; the numbers
    /// of the roles it gives stand for the same roles always. A closed account stays closed.
    pub async fn account_from(&self, who: FromProvider<'_>) -> StoreResult<Option<Account>> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        let fresh = tx.next_ids("account", 1).await?;
        let number = who.register.map(|entry| register_number(&entry.number));
        let rows = tx
            .query(
                "INSERT INTO account (account, login, name, password, register, register_number) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login) DO UPDATE SET \
                 name = excluded.name, register = COALESCE(excluded.register, account.register), \
                 register_number = COALESCE(excluded.register_number, account.register_number) \
                 RETURNING account",
                params![
                    fresh,
                    login_from(who.provider, who.subject),
                    who.name,
                    // No password fits it.
                    Vec::new(),
                    who.register.map(|entry| entry.register.name()),
                    number
                ],
            )
            .await?;
        let account = rows.first().ok_or_else(|| unreadable("account"))?.int(0)?;
        give_roles(&mut tx, account, who.roles).await?;
        tx.commit().await?;
        self.account(AccountId(account)).await
    }

    /// The account of whom a provider names so, if they have come before.
    pub async fn account_named(
        &self,
        provider: &str,
        subject: &str,
    ) -> StoreResult<Option<AccountId>> {
        let rows = self
            .record
            .query(
                "SELECT account FROM account WHERE login = $1",
                params![login_from(provider, subject)],
            )
            .await?;
        Ok(rows
            .first()
            .map(|row| row.int(0))
            .transpose()?
            .map(AccountId))
    }

    /// Joins an account to its entry on a register, and to the NHS number of its holder, of which a
    /// keyed hash is kept for each organisation they act for now.
    pub async fn join_account(
        &self,
        account: AccountId,
        register: Option<&RegisterEntry>,
        nhs_number: Option<NhsNumber>,
    ) -> StoreResult<()> {
        let known = self.account(account).await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        if let Some(entry) = register {
            let until = entry.valid_until.as_ref().map(|date| &date.text);
            tx.execute(
                "UPDATE account SET register = $2, register_number = $3, register_until = $4 \
                 WHERE account = $1",
                params![
                    account,
                    entry.register.name(),
                    register_number(&entry.number),
                    until
                ],
            )
            .await?;
        }
        let roles = known.map(|known| known.assignments).unwrap_or_default();
        let own = nhs_number.into_iter().flat_map(|number| {
            roles.iter().map(move |(n, _, organisation)| {
                let key = self.find_key(&organisation.code, &FindKey::Nhs(number));
                params![account, *n, key]
            })
        });
        tx.append(
            "UPDATE assignment SET own = $3 WHERE account = $1 AND n = $2",
            own.collect(),
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The password that is kept for a name to sign in with, if its account is open.
    pub(crate) async fn kept_password(
        &self,
        login: &str,
    ) -> StoreResult<Option<(AccountId, Vec<u8>)>> {
        let rows = self
            .record
            .query(
                "SELECT account, password FROM account WHERE login = $1 AND closed IS NULL",
                params![login],
            )
            .await?;
        let kept = |row: &Row| Ok((AccountId(row.int(0)?), row.bytes(1)?.to_vec()));
        rows.first().map(kept).transpose()
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
                    concat!(
                        "SELECT c.name, c.closed, c.login, ",
                        register_columns!(),
                        " FROM account c",
                        of_registers!(),
                        "WHERE c.account = $1"
                    ),
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
            login: row.text(2)?.to_owned(),
            name: row.text(0)?.to_owned(),
            active: row.opt_int(1)?.is_none(),
            register: registers::read_entry(row, 3)?,
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
        concat!(
            "SELECT ",
            register_columns!(),
            " FROM account c JOIN assignment a ON a.account = c.account",
            of_registers!(),
            "WHERE c.account = $1 AND a.role = $2 AND a.organisation = $3 AND c.closed IS NULL"
        ),
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
    let register = rows.first().map(|row| registers::read_entry(row, 0));
    let register = register.transpose()?;
    Ok((register.is_some(), register.flatten()))
}

/// A name to sign in with as it is kept: letter case does not matter.
pub(crate) fn fold(login: &str) -> String {
    login.trim().to_lowercase()
}

/// The name of an account that signs in elsewhere. Nothing is folded: two who differ in letter case
/// alone are two.
fn login_from(provider: &str, subject: &str) -> String {
    format!("{provider}:{subject}")
}

/// Gives an account these roles and no others. One that it has already keeps its number; a number
/// never comes to stand for another role, because sessions remember it.
async fn give_roles(tx: &mut Tx, account: i64, roles: &[(Role, OdsCode)]) -> StoreResult<()> {
    let rows = tx
        .query(
            "SELECT n, role, organisation FROM assignment WHERE account = $1",
            params![account],
        )
        .await?;
    let mut held: Vec<(i64, &str, &str)> = Vec::with_capacity(rows.len());
    for row in &rows {
        held.push((row.int(0)?, row.text(1)?, row.text(2)?));
    }
    let is = |role: &(Role, OdsCode), held: &(i64, &str, &str)| {
        role.0.name() == held.1 && role.1.as_str() == held.2
    };
    let gone = held
        .iter()
        .filter(|held| !roles.iter().any(|role| is(role, held)));
    let gone = gone.map(|held| params![account, held.0]).collect();
    tx.append("DELETE FROM assignment WHERE account = $1 AND n = $2", gone)
        .await?;
    for role in roles {
        if held.iter().any(|held| is(role, held)) {
            continue;
        }
        let n = tx.next_ids("assignment", 1).await?;
        tx.execute(
            "INSERT INTO assignment (account, n, role, organisation) VALUES ($1, $2, $3, $4)",
            params![account, n, role.0.name(), &role.1],
        )
        .await?;
    }
    Ok(())
}

fn read_assignment(row: &Row) -> StoreResult<(i64, Role, Organisation)> {
    let role = Role::named(row.text(1)?).ok_or_else(|| unreadable("role"))?;
    Ok((row.int(0)?, role, read_organisation(row, 2)?))
}
