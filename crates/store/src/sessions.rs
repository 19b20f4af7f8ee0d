//! Who is signed in, and which records lie open before them.
//!
//! Both stand in the audit store: a click must not wait until a filing batch lets the record store's
//! writer go.

use tributary_model::{AccessNumber, AccountId, Address, IdentityId, OdsCode, Part, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Value, params},
    keys::random,
    limits,
    organisations::unreadable,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Audit,
        name: "session",
        columns: "id BYTEA NOT NULL, account BIGINT NOT NULL, assignment BIGINT, \
                  began BIGINT NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (id)",
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

/// How long a session lasts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionLimits {
    /// Without a request, in microseconds.
    pub idle: i64,
    /// In all, in microseconds.
    pub absolute: i64,
}

impl Default for SessionLimits {
    /// 30 minutes idle, 12 hours in all.
    fn default() -> Self {
        Self {
            idle: Timestamp::HOUR / 2,
            absolute: 12 * Timestamp::HOUR,
        }
    }
}

/// A session that has not ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// The chosen assignment's number.
    pub assignment: Option<i64>,
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
        account: AccountId,
        assignment: Option<i64>,
        now: Timestamp,
    ) -> StoreResult<[u8; 32]> {
        let token = random();
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
            "INSERT INTO session (id, account, assignment, began, seen) \
             VALUES ($1, $2, $3, $4, $4)",
            params![self.session_id(&token), account, assignment, now],
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
                "SELECT account, assignment, began, seen FROM session WHERE id = $1",
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
        }))
    }

    /// Chooses the assignment to act in, and closes every record the account has open.
    pub async fn choose_assignment(
        &self,
        token: &[u8],
        session: Session,
        assignment: i64,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE session SET assignment = $2 WHERE id = $1",
            params![self.session_id(token), assignment],
        )
        .await?;
        tx.execute(CLOSE_ALL, params![session.account, now]).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &[u8]) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(
            "DELETE FROM session WHERE id = $1",
            params![self.session_id(token)],
        )
        .await?;
        Ok(tx.commit().await?)
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
