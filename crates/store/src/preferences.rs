//! What patients decided about sharing. Decisions are only ever added; what stands is worked out
//! by `policy` from all decisions of all linked identities.

use tributary_model::{
    AccountId, Decider, IdentityId, OdsCode, PreferenceDecision, SharingChoice, Timestamp,
};

use crate::{
    StoreResult,
    db::{Db, Query, Row, Tx, params},
    identities::person,
    organisations::{read_code, unreadable},
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "preference",
    columns: "identity BIGINT NOT NULL, n BIGINT NOT NULL, choice TEXT NOT NULL, decided BIGINT, \
              received BIGINT NOT NULL, account BIGINT, organisation TEXT NOT NULL, \
              PRIMARY KEY (identity, n)",
    spread: Spread::By("identity"),
}];

/// Adds a decision unless it is one we have: the same choice, of the same time, through the same
/// hands. A code that a source sends every night is one decision, which counts from the first time
/// it came. Returns whether it was added.
///
/// The caller raises the person's state number in the same transaction, before this, so that the
/// identity is locked.
pub(crate) async fn record(tx: &mut Tx, new: &PreferenceDecision) -> StoreResult<bool> {
    let known = tx
        .query(
            "SELECT identity, choice, decided, received, account, organisation \
             FROM preference WHERE identity = $1",
            params![new.identity],
        )
        .await?;
    for row in &known {
        let old = read(row)?;
        if (old.choice, old.decided, &old.by) == (new.choice, new.decided, &new.by) {
            return Ok(false);
        }
    }
    let n = i64::try_from(known.len()).unwrap_or(i64::MAX);
    let account = match &new.by {
        Decider::Feed(_) => None,
        Decider::Person(account, _) => Some(*account),
    };
    tx.execute(
        "INSERT INTO preference (identity, n, choice, decided, received, account, organisation) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            new.identity,
            n,
            new.choice.name(),
            new.decided,
            new.received,
            account,
            new.by.organisation()
        ],
    )
    .await?;
    Ok(true)
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
        choice: SharingChoice::named(row.text(1)?)
            .ok_or_else(|| unreadable("sharing choice"))?,
        decided: row.opt_int(2)?.map(Timestamp),
        received: Timestamp(row.int(3)?),
        by: match row.opt_int(4)? {
            Some(account) => Decider::Person(AccountId(account), organisation),
            None => Decider::Feed(organisation),
        },
    })
}
