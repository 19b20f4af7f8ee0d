//! Who is signed in, and which records lie open before them.
//!
//! Both stand in the audit store: a click must not wait until a filing batch lets the record store's
//! writer go.

use tributary_model::{AccessNumber, AccountId, Address, IdentityId, OdsCode, Part, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Tx, Value, params},
    keys::random,
    limits,
    organisations::unreadable,
    schema::{Spread, Table, Which},
    seal,
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Audit,
        name: "session",
        columns: "id BYTEA NOT NULL, account BIGINT NOT NULL, assignment BIGINT, fixed BIGINT, \
                  began BIGINT NOT NULL, seen BIGINT NOT NULL, proved BIGINT NOT NULL, \
                  provider TEXT, ends_with BYTEA, id_token BYTEA, PRIMARY KEY (id), \
                  UNIQUE (account, id), UNIQUE (ends_with, id)",
        spread: Spread::By("id"),
    },
    Table {
        which: Which::Audit,
        name: "opened",
        columns: "account BIGINT NOT NULL, organisation TEXT NOT NULL, identity BIGINT NOT NULL, \
                  part TEXT NOT NULL, opened BIGINT NOT NULL, closed BIGINT, \
                  access BIGINT NOT NULL, PRIMARY KEY (account, organisation, identity)",
        spread: Spread::By("account"),
    },
];

/// How long a session lasts, and how many there may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// Without a request, in microseconds.
    pub idle: i64,
    /// In all, in microseconds.
    pub absolute: i64,
    /// At one time for one account; a further one ends the one that was seen longest ago.
    pub per_account: i64,
}

impl Default for SessionLimits {
    /// 30 minutes idle, 12 hours in all, four at a time.
    fn default() -> Self {
        Self {
            idle: Timestamp::HOUR / 2,
            absolute: 12 * Timestamp::HOUR,
            per_account: 4,
        }
    }
}

/// A session to begin.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'s> {
    /// Whose.
    pub account: AccountId,
    /// The chosen assignment's number.
    pub assignment: Option<i64>,
    /// Through which provider they signed in, if not here.
    pub via: Option<Via<'s>>,
}

/// How somebody signed in with a provider.
#[derive(Clone, Copy, Debug)]
pub struct Via<'s> {
    /// The provider.
    pub provider: &'s str,
    /// Its name of its own session, which ends ours.
    pub session: Option<&'s str>,
    /// The id token, for signing out there too.
    pub id_token: &'s str,
    /// Whether the role was chosen there, so that no other may be chosen here.
    pub fixed: bool,
}

/// A session that has not ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// The chosen assignment's number.
    pub assignment: Option<i64>,
    /// Whether the role was chosen at the provider, so that no other may be chosen here.
    pub fixed: bool,
    /// When they last proved who they are.
    pub proved: Timestamp,
    /// Through which provider they signed in, if not here.
    pub provider: Option<String>,
}

/// What is left of a session that was ended: how to end the provider's too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndedSession {
    /// The provider.
    pub provider: String,
    /// The id token it gave.
    pub id_token: String,
}

/// A record opened by an account for an organisation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordOpened {
    /// The organisation's own identity of the patient.
    pub address: Address,
    /// The part in the patient's care stated then.
    pub part: Part,
    /// When.
    pub at: Timestamp,
    /// The audit line of the opening.
    pub access: AccessNumber,
}

impl Store {
    /// Begins a session; the secret that the cookie carries is returned and kept nowhere.
    pub async fn begin_session(
        &self,
        new: NewSession<'_>,
        limits: SessionLimits,
        now: Timestamp,
    ) -> StoreResult<[u8; 32]> {
        let (token, account) = (random(), new.account);
        let id = self.session_id(&token);
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let over = now.plus(-limits::SESSIONS_KEPT);
        tx.execute("DELETE FROM session WHERE began < $1", params![over])
            .await?;
        tx.execute(
            "DELETE FROM opened WHERE account = $1 AND opened < $2",
            params![account, over],
        )
        .await?;
        tx.execute(
            "DELETE FROM session WHERE account = $1 AND id NOT IN \
             (SELECT id FROM session WHERE account = $1 ORDER BY seen DESC, id LIMIT $2)",
            params![account, limits.per_account.max(1) - 1],
        )
        .await?;
        let via = new.via.as_ref();
        tx.execute(
            "INSERT INTO session (id, account, assignment, fixed, began, seen, proved, provider, \
             ends_with, id_token) VALUES ($1, $2, $3, $4, $5, $5, $5, $6, $7, $8)",
            params![
                id,
                account,
                new.assignment,
                via.filter(|via| via.fixed).map(|_| now),
                now,
                via.map(|via| via.provider),
                via.and_then(|via| Some(self.ends_with(via.provider, via.session?))),
                via.map(|via| seal::wrap(&self.session_key(), &[], via.id_token.as_bytes()))
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The session of a token, if it has not ended; it is seen now.
    pub async fn session(
        &self,
        token: &[u8],
        limits: SessionLimits,
        now: Timestamp,
    ) -> StoreResult<Option<Session>> {
        let id = self.session_id(token);
        let rows = self
            .audit
            .query(
                "SELECT account, assignment, began, seen, fixed, proved, provider FROM session \
                 WHERE id = $1",
                params![id],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let (began, seen) = (Timestamp(row.int(2)?), Timestamp(row.int(3)?));
        if now.since(began) >= limits.absolute || now.since(seen) >= limits.idle {
            self.end_session(token).await?;
            return Ok(None);
        }
        if now.since(seen) >= limits::SEEN_AGAIN_AFTER {
            // Losing this in a crash only means signing in again a little sooner.
            let mut tx = self.audit.begin(Durability::Replayable).await?;
            tx.execute(
                "UPDATE session SET seen = $2 WHERE id = $1",
                params![id, now],
            )
            .await?;
            tx.commit().await?;
        }
        Ok(Some(Session {
            account: AccountId(row.int(0)?),
            assignment: row.opt_int(1)?,
            fixed: row.opt_int(4)?.is_some(),
            proved: Timestamp(row.int(5)?),
            provider: row.opt_text(6)?.map(str::to_owned),
        }))
    }

    /// Chooses the assignment to act in, and closes every record the account has open. The session
    /// goes on under the secret that is returned; the old one is dead.
    pub async fn choose_assignment(
        &self,
        token: &[u8],
        session: &Session,
        assignment: i64,
        now: Timestamp,
    ) -> StoreResult<Option<[u8; 32]>> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let fresh = self
            .under_another_secret(&mut tx, token, Some(assignment), None)
            .await?;
        tx.execute(CLOSE_ALL, params![session.account, now]).await?;
        tx.commit().await?;
        Ok(fresh)
    }

    /// Notes that whoever has a session has proved again who they are. It goes on under the secret
    /// that is returned; the old one is dead.
    pub async fn prove_session(
        &self,
        token: &[u8],
        now: Timestamp,
    ) -> StoreResult<Option<[u8; 32]>> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let fresh = self
            .under_another_secret(&mut tx, token, None, Some(now))
            .await?;
        tx.commit().await?;
        Ok(fresh)
    }

    /// Goes on with a session under a new secret, with what is given in place of what was.
    async fn under_another_secret(
        &self,
        tx: &mut Tx,
        token: &[u8],
        assignment: Option<i64>,
        proved: Option<Timestamp>,
    ) -> StoreResult<Option<[u8; 32]>> {
        let rows = tx
            .query(
                "DELETE FROM session WHERE id = $1 RETURNING account, assignment, fixed, began, \
                 seen, proved, provider, ends_with, id_token",
                params![self.session_id(token)],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let fresh = random();
        tx.execute(
            "INSERT INTO session (id, account, assignment, fixed, began, seen, proved, provider, \
             ends_with, id_token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                self.session_id(&fresh),
                row.int(0)?,
                assignment.or(row.opt_int(1)?),
                row.opt_int(2)?,
                row.int(3)?,
                row.int(4)?,
                proved.map_or(row.int(5)?, |proved| proved.0),
                row.opt_text(6)?,
                row.opt_bytes(7)?,
                row.opt_bytes(8)?
            ],
        )
        .await?;
        Ok(Some(fresh))
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &[u8]) -> StoreResult<Option<EndedSession>> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = tx
            .query(
                "DELETE FROM session WHERE id = $1 RETURNING provider, id_token",
                params![self.session_id(token)],
            )
            .await?;
        tx.commit().await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let Some(provider) = row.opt_text(0)? else {
            return Ok(None);
        };
        let opened = seal::unwrap(&self.session_key(), &[], row.bytes(1)?).ok();
        let id_token = opened.and_then(|opened| String::from_utf8(opened).ok());
        Ok(id_token.map(|id_token| EndedSession {
            provider: provider.to_owned(),
            id_token,
        }))
    }

    /// Ends every session of an account; how many.
    pub async fn end_sessions_of(&self, account: AccountId) -> StoreResult<u64> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let ended = tx
            .execute("DELETE FROM session WHERE account = $1", params![account])
            .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Ends the sessions that hang on a provider's own session, which has ended; whose they were.
    pub async fn end_sessions_with(
        &self,
        provider: &str,
        session: &str,
    ) -> StoreResult<Vec<AccountId>> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let rows = tx
            .query(
                "DELETE FROM session WHERE ends_with = $1 RETURNING account",
                params![self.ends_with(provider, session)],
            )
            .await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok(AccountId(row.int(0)?))).collect()
    }

    /// Closes every record the account has open.
    pub async fn close_records(&self, account: AccountId, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(CLOSE_ALL, params![account, now]).await?;
        Ok(tx.commit().await?)
    }

    /// Closes one record.
    pub async fn close_record(
        &self,
        account: AccountId,
        organisation: &OdsCode,
        address: Address,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE opened SET closed = $4 \
             WHERE account = $1 AND organisation = $2 AND identity = $3 AND closed IS NULL",
            params![account, organisation, address.0, now],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The record of an address, if the account has it open for the organisation.
    pub async fn opened(
        &self,
        account: AccountId,
        organisation: &OdsCode,
        address: Address,
    ) -> StoreResult<Option<RecordOpened>> {
        let rows = self
            .audit
            .query(
                "SELECT identity, part, opened, access FROM opened \
                 WHERE account = $1 AND organisation = $2 AND identity = $3 AND closed IS NULL",
                params![account, organisation, address.0],
            )
            .await?;
        rows.first().map(read_opened).transpose()
    }

    /// The records the account opened for the organisation since, the last first; closed ones too.
    pub async fn opened_since(
        &self,
        account: AccountId,
        organisation: &OdsCode,
        since: Timestamp,
    ) -> StoreResult<Vec<RecordOpened>> {
        let rows = self
            .audit
            .query(
                "SELECT identity, part, opened, access FROM opened \
                 WHERE account = $1 AND organisation = $2 AND opened > $3 \
                 ORDER BY opened DESC LIMIT 50",
                params![account, organisation, since],
            )
            .await?;
        rows.iter().map(read_opened).collect()
    }

    fn ends_with(&self, provider: &str, session: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.session_key());
        hasher.update(&(provider.len() as u64).to_le_bytes());
        hasher.update(provider.as_bytes());
        hasher.update(session.as_bytes());
        hasher.finalize().into()
    }

    fn session_key(&self) -> [u8; 32] {
        blake3::derive_key("tributary 2026 session", &self.keys.audit)
    }

    fn session_id(&self, token: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 sign-in");
        hasher.update(&self.keys.audit);
        *hasher
            .update(b"session ")
            .update(token)
            .finalize()
            .as_bytes()
    }
}

const CLOSE_ALL: &str = "UPDATE opened SET closed = $2 WHERE account = $1 AND closed IS NULL";

/// Notes an opening; run in the transaction that writes its audit line.
pub(crate) const NOTE_OPENED: &str = "INSERT INTO opened (account, organisation, identity, part, opened, access) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, organisation, identity) \
     DO UPDATE SET part = excluded.part, opened = excluded.opened, closed = NULL, \
     access = excluded.access";

/// The parameters of [`NOTE_OPENED`].
pub(crate) fn note_opened(
    account: AccountId,
    organisation: &OdsCode,
    opened: &RecordOpened,
) -> Vec<Value> {
    let RecordOpened {
        address,
        part,
        at,
        access,
    } = *opened;
    params![account, organisation, address.0, part.name(), at, access]
}

fn read_opened(row: &crate::db::Row) -> StoreResult<RecordOpened> {
    Ok(RecordOpened {
        address: Address(IdentityId(row.int(0)?)),
        part: Part::named(row.text(1)?).ok_or_else(|| unreadable("part in care"))?,
        at: Timestamp(row.int(2)?),
        access: AccessNumber(row.int(3)?),
    })
}
