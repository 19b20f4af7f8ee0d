//! Legitimate relationships, as feeds state them.

use tributary_model::{IdentityId, OdsCode, Relationship, RelationshipKind, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Query, Row, Tx, params},
    identities::person,
    organisations::{read_code, unreadable},
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "relationship",
    columns: "identity BIGINT NOT NULL, rid BIGINT NOT NULL, organisation TEXT NOT NULL, \
              kind TEXT NOT NULL, begins BIGINT NOT NULL, ends BIGINT, referred_by TEXT, \
              received BIGINT NOT NULL, PRIMARY KEY (identity, rid)",
    spread: Spread::By("identity"),
}];

/// A relationship of one identity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldRelationship {
    /// The identity it hangs on.
    pub identity: IdentityId,
    /// The organisation that has to do with the person.
    pub organisation: tributary_model::OdsCode,
    /// Why.
    pub kind: RelationshipKind,
    /// From when: as stated, else when it was received.
    pub begins: Timestamp,
    /// Until when.
    pub ends: Option<Timestamp>,
    /// Who referred the person.
    pub referred_by: Option<tributary_model::OdsCode>,
}

impl Store {
    /// Records relationships, new or changed. `rid` is the keyed hash of the source's id.
    pub async fn put_relationships(
        &self,
        all: &[(IdentityId, i64, Relationship)],
        now: Timestamp,
    ) -> StoreResult<()> {
        let rows = all
            .iter()
            .map(|(identity, rid, one)| {
                params![
                    *identity,
                    *rid,
                    &one.organisation,
                    one.kind.name(),
                    one.from.unwrap_or(now),
                    one.until,
                    one.referred_by
                        .as_ref()
                        .map(tributary_model::OdsCode::as_str),
                    now
                ]
            })
            .collect();
        let mut tx = self.record.begin(Durability::Replayable).await?;
        tx.append(
            "INSERT INTO relationship (identity, rid, organisation, kind, begins, ends, \
             referred_by, received) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (identity, rid) DO UPDATE SET organisation = excluded.organisation, \
             kind = excluded.kind, begins = excluded.begins, ends = excluded.ends, \
             referred_by = excluded.referred_by",
            rows,
        )
        .await?;
        let moved = all
            .iter()
            .map(|(identity, _, _)| params![*identity])
            .collect();
        tx.append(
            "UPDATE identity SET state = state + 1 WHERE identity = $1",
            moved,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Ends relationships that a snapshot no longer states.
    pub async fn end_relationships(
        &self,
        gone: &[(IdentityId, i64)],
        now: Timestamp,
    ) -> StoreResult<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Replayable).await?;
        let rows = gone
            .iter()
            .map(|(identity, rid)| params![*identity, *rid, now])
            .collect();
        tx.append(
            "UPDATE relationship SET ends = $3 \
             WHERE identity = $1 AND rid = $2 AND (ends IS NULL OR ends > $3)",
            rows,
        )
        .await?;
        let moved = gone
            .iter()
            .map(|(identity, _)| params![*identity])
            .collect();
        tx.append(
            "UPDATE identity SET state = state + 1 WHERE identity = $1",
            moved,
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// The number under which an identity's relationship by launch stands: it has one, which a later
/// link prolongs. Numbers of feeds are hashes, and this is none of theirs.
const BY_LAUNCH: i64 = i64::MIN;

/// Begins the relationship of an identity that a link says there is, or prolongs it.
pub(crate) async fn begin_by_launch(
    tx: &mut Tx,
    identity: IdentityId,
    organisation: &OdsCode,
    (now, until): (Timestamp, Timestamp),
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO relationship (identity, rid, organisation, kind, begins, ends, received) \
         VALUES ($1, $2, $3, $4, $5, $6, $5) \
         ON CONFLICT (identity, rid) DO UPDATE SET ends = excluded.ends",
        params![
            identity,
            BY_LAUNCH,
            organisation,
            RelationshipKind::Launch.name(),
            now,
            until
        ],
    )
    .await?;
    Ok(())
}

/// The statement that finds what a feed says of an organisation having to do with an identity since
/// an instant.
pub(crate) fn said_by_feed(
    identity: IdentityId,
    organisation: &OdsCode,
    since: Timestamp,
) -> Query {
    Query::new(
        "SELECT rid FROM relationship WHERE identity = $1 AND organisation = $2 AND rid <> $3 \
         AND (ends IS NULL OR ends > $4)",
        params![identity, organisation, BY_LAUNCH, since],
    )
}

/// The statement that reads the relationships of one identity, for [`read`].
pub(crate) fn of(identity: IdentityId) -> Query {
    Query::new(
        "SELECT identity, organisation, kind, begins, ends, referred_by FROM relationship \
         WHERE identity = $1",
        params![identity],
    )
}

/// The statement that reads the relationships of a person, for [`read`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT identity, organisation, kind, begins, ends, referred_by FROM relationship \
             WHERE identity IN ",
            person!()
        ),
        params![address, organisation],
    )
}

/// Reads a row of the columns of [`of`].
pub(crate) fn read(row: &Row) -> StoreResult<HeldRelationship> {
    let referred_by = match row.opt_text(5)? {
        Some(_) => Some(read_code(row, 5)?),
        None => None,
    };
    Ok(HeldRelationship {
        identity: IdentityId(row.int(0)?),
        organisation: read_code(row, 1)?,
        kind: RelationshipKind::named(row.text(2)?)
            .ok_or_else(|| unreadable("relationship kind"))?,
        begins: Timestamp(row.int(3)?),
        ends: row.opt_int(4)?.map(Timestamp),
        referred_by,
    })
}
