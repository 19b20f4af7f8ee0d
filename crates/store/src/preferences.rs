//! What patients decided about sharing. Decisions are only ever added; what stands is worked out
//! by `policy` from all decisions of all linked identities. A decision that a person found to be a
//! source's mistake, or somebody else's, is set aside: it stays in the history and counts no longer.

use tributary_model::{
    AccountId, Decider, IdentityId, OdsCode, PreferenceDecision, SharingChoice, Timestamp,
    WhoDecided,
};

use crate::{
    Store, StoreResult,
    db::{Db, Query, Row, Tx, params},
    identities::person,
    keys::Keys,
    organisations::{read_code, unreadable},
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "preference",
        columns: "identity BIGINT NOT NULL, n BIGINT NOT NULL, choice TEXT NOT NULL, \
                  decided BIGINT, received BIGINT NOT NULL, account BIGINT, \
                  organisation TEXT NOT NULL, second BIGINT, who TEXT NOT NULL, \
                  stayed_from BIGINT, void BIGINT, seal BYTEA NOT NULL, \
                  PRIMARY KEY (identity, n)",
        spread: Spread::By("identity"),
    },
    Table {
        // How many decisions there are on an identity, so that the last cannot be deleted unseen.
        which: Which::Record,
        name: "preference_head",
        columns: "identity BIGINT NOT NULL, decisions BIGINT NOT NULL, seal BYTEA NOT NULL, \
                  PRIMARY KEY (identity)",
        spread: Spread::By("identity"),
    },
];

/// The columns of a decision, as [`read`] expects them.
macro_rules! columns {
    () => {
        "identity, choice, decided, received, account, organisation, second, who, stayed_from"
    };
}

/// Adds a decision unless it is one we have: the same choice, of the same time, through the same
/// hands. A code that a source sends every night is one decision, which counts from the first time
/// it came. Returns whether it was added.
///
/// The caller raises the person's state number in the same transaction, before this, so that the
/// identity is locked.
pub(crate) async fn record(
    tx: &mut Tx,
    keys: &Keys,
    new: &PreferenceDecision,
) -> StoreResult<bool> {
    let known = tx.ask(everything(new.identity)).await?;
    for row in &known {
        if row.opt_int(VOID)?.is_none() && is_known(&read(row)?, new) {
            return Ok(false);
        }
    }
    let head = tx
        .query(
            "SELECT decisions FROM preference_head WHERE identity = $1",
            params![new.identity],
        )
        .await?;
    // A number is never given twice, not even after a row was deleted by hand.
    let counted = head.first().map_or(Ok(0), |row| row.int(0))?;
    let n = known
        .last()
        .map_or(Ok(0), |row| row.int(N).map(|last| last + 1))?
        .max(counted);
    tx.execute(
        "INSERT INTO preference (identity, n, choice, decided, received, account, organisation, \
         second, who, stayed_from, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            new.identity,
            n,
            new.choice.name(),
            new.decided,
            new.received,
            account_of(new),
            new.by.organisation(),
            second_of(new),
            new.who.name(),
            new.stayed_from.map(|identity| identity.0),
            seal_of(keys, n, new, None)
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO preference_head (identity, decisions, seal) VALUES ($1, $2, $3) \
         ON CONFLICT (identity) DO UPDATE SET decisions = excluded.decisions, seal = excluded.seal",
        params![new.identity, n + 1, head_seal_of(keys, new.identity, n + 1)],
    )
    .await?;
    Ok(true)
}

/// Whether a decision is one we have. A refusal that stays on another identity counts from when it
/// came there, so each is its own.
fn is_known(old: &PreferenceDecision, new: &PreferenceDecision) -> bool {
    let stayed = new.stayed_from.is_none() || old.received == new.received;
    stayed
        && (old.choice, old.decided, &old.by, old.stayed_from)
            == (new.choice, new.decided, &new.by, new.stayed_from)
}

/// Sets aside those decisions on an identity that a person found not to count; how many they were.
/// The caller has raised the person's state number in the same transaction.
pub(crate) async fn set_aside(
    tx: &mut Tx,
    keys: &Keys,
    identity: IdentityId,
    mistaken: impl Fn(&PreferenceDecision) -> bool,
    now: Timestamp,
) -> StoreResult<usize> {
    let mut count = 0;
    for row in tx.ask(everything(identity)).await? {
        let decision = read(&row)?;
        if row.opt_int(VOID)?.is_none() && mistaken(&decision) {
            let n = row.int(N)?;
            tx.execute(
                "UPDATE preference SET void = $3, seal = $4 WHERE identity = $1 AND n = $2",
                params![identity, n, now, seal_of(keys, n, &decision, Some(now))],
            )
            .await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Makes refusals that stayed on an identity its own: a person has looked, and they are meant. How
/// many they were.
pub(crate) async fn make_own(tx: &mut Tx, keys: &Keys, identity: IdentityId) -> StoreResult<usize> {
    let mut count = 0;
    for row in tx.ask(everything(identity)).await? {
        let decision = read(&row)?;
        if row.opt_int(VOID)?.is_none() && decision.stayed_from.is_some() {
            let (n, own) = (row.int(N)?, own(decision));
            tx.execute(
                "UPDATE preference SET stayed_from = NULL, seal = $3 \
                 WHERE identity = $1 AND n = $2",
                params![identity, n, seal_of(keys, n, &own, None)],
            )
            .await?;
            count += 1;
        }
    }
    Ok(count)
}

fn own(decision: PreferenceDecision) -> PreferenceDecision {
    PreferenceDecision {
        stayed_from: None,
        ..decision
    }
}

const fn account_of(decision: &PreferenceDecision) -> Option<AccountId> {
    match &decision.by {
        Decider::Feed(_) => None,
        Decider::Person(account, _) | Decider::Officers([account, _], _) => Some(*account),
    }
}

const fn second_of(decision: &PreferenceDecision) -> Option<AccountId> {
    match &decision.by {
        Decider::Feed(_) | Decider::Person(..) => None,
        Decider::Officers([_, second], _) => Some(*second),
    }
}

/// The keyed digest of a row: of all its columns.
fn seal_of(
    keys: &Keys,
    n: i64,
    decision: &PreferenceDecision,
    void: Option<Timestamp>,
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(&keys.decide);
    let optional = |value: Option<i64>| {
        let mut bytes = [u8::from(value.is_some()); 9];
        for (to, from) in bytes
            .iter_mut()
            .zip(value.unwrap_or_default().to_le_bytes())
        {
            *to = from;
        }
        bytes
    };
    hasher
        .update(b"decision\0")
        .update(&decision.identity.0.to_le_bytes())
        .update(&n.to_le_bytes())
        .update(&optional(decision.decided.map(|at| at.0)))
        .update(&decision.received.0.to_le_bytes())
        .update(&optional(account_of(decision).map(|account| account.0)))
        .update(&optional(second_of(decision).map(|account| account.0)))
        .update(&optional(decision.stayed_from.map(|identity| identity.0)))
        .update(&optional(void.map(|at| at.0)))
        .update(decision.who.name().as_bytes())
        .update(&[0])
        .update(decision.choice.name().as_bytes())
        .update(&[0])
        .update(decision.by.organisation().as_str().as_bytes());
    *hasher.finalize().as_bytes()
}

/// The keyed digest of how many decisions there are on an identity.
fn head_seal_of(keys: &Keys, identity: IdentityId, decisions: i64) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(&keys.decide);
    hasher
        .update(b"head\0")
        .update(&identity.0.to_le_bytes())
        .update(&decisions.to_le_bytes());
    *hasher.finalize().as_bytes()
}

impl Store {
    /// Checks the decisions on one identity: how many there are, and what is wrong, in words that
    /// name the row.
    pub(crate) async fn check_decisions(
        &self,
        identity: IdentityId,
    ) -> StoreResult<(u64, Vec<String>)> {
        let answers = self
            .record
            .read(vec![
                everything(identity),
                Query::new(
                    "SELECT decisions, seal FROM preference_head WHERE identity = $1",
                    params![identity],
                ),
            ])
            .await?;
        let [rows, head] = answers.as_slice() else {
            return Ok((0, Vec::new()));
        };
        let mut wrong = Vec::new();
        let mut next = 0;
        for row in rows {
            let (n, void) = (row.int(N)?, row.opt_int(VOID)?.map(Timestamp));
            wrong.extend(deleted(identity, next..n));
            let sealed = read(row).is_ok_and(|decision| {
                row.bytes(SEAL)
                    .is_ok_and(|seal| seal == seal_of(&self.keys, n, &decision, void))
            });
            if !sealed {
                wrong.push(format!(
                    "identity {identity}, decision {n} about sharing: it was altered by hand"
                ));
            }
            next = n + 1;
        }
        let counted = head.first().map_or(Ok(0), |row| row.int(0))?;
        wrong.extend(deleted(identity, next..counted));
        let sealed = match head.first() {
            Some(row) => row.bytes(1)? == head_seal_of(&self.keys, identity, counted),
            None => rows.is_empty(),
        };
        if !sealed || counted < next {
            wrong.push(format!(
                "identity {identity}: the count of its decisions about sharing was altered by hand"
            ));
        }
        Ok((u64::try_from(rows.len()).unwrap_or(u64::MAX), wrong))
    }
}

fn deleted(identity: IdentityId, numbers: std::ops::Range<i64>) -> Option<String> {
    let (first, last) = (numbers.start, numbers.end - 1);
    let which = match first.cmp(&last) {
        std::cmp::Ordering::Greater => return None,
        std::cmp::Ordering::Equal => format!("decision {first}"),
        std::cmp::Ordering::Less => format!("decisions {first} to {last}"),
    };
    Some(format!(
        "identity {identity}, {which} about sharing: deleted by hand"
    ))
}

/// Where [`everything`] has what stands behind a decision's own columns.
const N: usize = 9;
const VOID: usize = 10;
const SEAL: usize = 11;

/// The statement that reads every decision ever made on an identity, set aside or not.
fn everything(identity: IdentityId) -> Query {
    Query::new(
        concat!(
            "SELECT ",
            columns!(),
            ", n, void, seal FROM preference WHERE identity = $1 ORDER BY n"
        ),
        params![identity],
    )
}

/// The statement that reads the decisions of a person that count, for [`read`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM preference WHERE void IS NULL AND identity IN ",
            person!()
        ),
        params![address, organisation],
    )
}

/// The statement that reads the decisions of a person that were set aside, for [`read`]; the column
/// behind them tells when.
pub(crate) fn set_aside_of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT ",
            columns!(),
            ", void FROM preference WHERE void IS NOT NULL AND identity IN ",
            person!()
        ),
        params![address, organisation],
    )
}

/// The statement that reads the decisions on one identity that count, for [`read`].
pub(crate) fn of(identity: IdentityId) -> Query {
    Query::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM preference WHERE void IS NULL AND identity = $1"
        ),
        params![identity],
    )
}

/// Refusals that stayed on an identity from another one, for [`read`].
pub(crate) fn stayed() -> Query {
    Query::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM preference WHERE void IS NULL AND stayed_from IS NOT NULL ORDER BY received"
        ),
        vec![],
    )
}

/// How many people a feed brought new opt-outs of since an instant.
pub(crate) async fn new_opt_outs(
    db: &Db,
    organisation: &OdsCode,
    since: Timestamp,
) -> StoreResult<i64> {
    let rows = db
        .query(
            "SELECT COUNT(DISTINCT identity) FROM preference WHERE organisation = $1 \
             AND choice = $2 AND received > $3 AND account IS NULL AND stayed_from IS NULL \
             AND void IS NULL",
            params![organisation, SharingChoice::OptOut.name(), since],
        )
        .await?;
    Ok(rows
        .first()
        .ok_or(crate::DbError::Missing("count"))?
        .int(0)?)
}

/// The identities on which an opt-out was ever recorded.
pub(crate) async fn identities_with_opt_outs(db: &Db) -> StoreResult<Vec<IdentityId>> {
    let rows = db
        .query(
            "SELECT DISTINCT identity FROM preference WHERE choice = $1 ORDER BY identity",
            params![SharingChoice::OptOut.name()],
        )
        .await?;
    rows.iter().map(|row| Ok(IdentityId(row.int(0)?))).collect()
}

/// A decision in the nine columns of the statements above.
pub(crate) fn read(row: &Row) -> StoreResult<PreferenceDecision> {
    let organisation = read_code(row, 5)?;
    let account = row.opt_int(4)?.map(AccountId);
    let second = row.opt_int(6)?.map(AccountId);
    Ok(PreferenceDecision {
        identity: IdentityId(row.int(0)?),
        choice: SharingChoice::named(row.text(1)?).ok_or_else(|| unreadable("sharing choice"))?,
        decided: row.opt_int(2)?.map(Timestamp),
        received: Timestamp(row.int(3)?),
        by: match (account, second) {
            (Some(first), Some(second)) => Decider::Officers([first, second], organisation),
            (Some(account), None) => Decider::Person(account, organisation),
            (None, _) => Decider::Feed(organisation),
        },
        who: WhoDecided::named(row.text(7)?).ok_or_else(|| unreadable("whose word"))?,
        stayed_from: row.opt_int(8)?.map(IdentityId),
    })
}
