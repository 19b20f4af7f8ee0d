//! What patients decided about sharing. Decisions are only ever added; what stands is worked out
//! by `policy` from all decisions of all linked identities.

use tributary_model::{
    AccountId, Decider, IdentityId, OdsCode, PreferenceDecision, SharingChoice, Timestamp,
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
                  organisation TEXT NOT NULL, seal BYTEA NOT NULL, PRIMARY KEY (identity, n)",
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
    let known = tx
        .query(
            "SELECT identity, choice, decided, received, account, organisation, n \
             FROM preference WHERE identity = $1 ORDER BY n",
            params![new.identity],
        )
        .await?;
    for row in &known {
        let old = read(row)?;
        if (old.choice, old.decided, &old.by) == (new.choice, new.decided, &new.by) {
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
        .map_or(Ok(0), |row| row.int(6).map(|last| last + 1))?
        .max(counted);
    tx.execute(
        "INSERT INTO preference (identity, n, choice, decided, received, account, organisation, \
         seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.identity,
            n,
            new.choice.name(),
            new.decided,
            new.received,
            account_of(new),
            new.by.organisation(),
            seal_of(keys, n, new)
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

const fn account_of(decision: &PreferenceDecision) -> Option<AccountId> {
    match &decision.by {
        Decider::Feed(_) => None,
        Decider::Person(account, _) => Some(*account),
    }
}

/// The keyed digest of a row: of all its columns.
fn seal_of(keys: &Keys, n: i64, decision: &PreferenceDecision) -> [u8; 32] {
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
                Query::new(
                    "SELECT identity, choice, decided, received, account, organisation, n, seal \
                     FROM preference WHERE identity = $1 ORDER BY n",
                    params![identity],
                ),
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
            let n = row.int(6)?;
            wrong.extend(deleted(identity, next..n));
            let sealed = read(row).is_ok_and(|decision| {
                row.bytes(7)
                    .is_ok_and(|seal| seal == seal_of(&self.keys, n, &decision))
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

/// The statement that reads the decisions of a person, for [`read`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT identity, choice, decided, received, account, organisation FROM preference \
             WHERE identity IN ",
            person!()
        ),
        params![address, organisation],
    )
}

/// The statement that reads the decisions on one identity, for [`read`].
pub(crate) fn of(identity: IdentityId) -> Query {
    Query::new(
        "SELECT identity, choice, decided, received, account, organisation FROM preference \
         WHERE identity = $1",
        params![identity],
    )
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

/// A decision in six columns: identity, choice, decided, received, account, organisation.
pub(crate) fn read(row: &Row) -> StoreResult<PreferenceDecision> {
    let organisation = read_code(row, 5)?;
    Ok(PreferenceDecision {
        identity: IdentityId(row.int(0)?),
        choice: SharingChoice::named(row.text(1)?).ok_or_else(|| unreadable("sharing choice"))?,
        decided: row.opt_int(2)?.map(Timestamp),
        received: Timestamp(row.int(3)?),
        by: match row.opt_int(4)? {
            Some(account) => Decider::Person(AccountId(account), organisation),
            None => Decider::Feed(organisation),
        },
    })
}
