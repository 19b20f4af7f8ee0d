//! Identities: one source's idea of a person each, with the look-ups that find them.
//!
//! An identity belongs to a patient, which is named by the identity that founded it; further
//! members stand in `member`. The number `state` moves with everything a decision about the person
//! rests on, so that a view can tell whether something changed under it.

use std::collections::HashMap;

use tributary_model::{
    AccountId, FeedId, IdentityId, NhsNumber, OdsCode, PatientId, Timestamp, Version,
};

use crate::{
    Store, StoreResult,
    db::{DbResult, Durability, Query, Row, Tx, params},
    limits,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "identity",
        columns: "identity BIGINT NOT NULL, patient BIGINT NOT NULL, feed BIGINT NOT NULL, \
                  organisation TEXT NOT NULL, number_status BIGINT NOT NULL, \
                  version BIGINT NOT NULL, digest BYTEA NOT NULL, state BIGINT NOT NULL, \
                  created BIGINT NOT NULL, erased BIGINT, names BYTEA NOT NULL, \
                  PRIMARY KEY (identity)",
        spread: Spread::By("identity"),
    },
    Table {
        which: Which::Record,
        name: "member",
        columns: "patient BIGINT NOT NULL, identity BIGINT NOT NULL, \
                  PRIMARY KEY (patient, identity)",
        spread: Spread::By("patient"),
    },
    Table {
        which: Which::Record,
        name: "find_key",
        columns: "find BYTEA NOT NULL, identity BIGINT NOT NULL, scheme BIGINT NOT NULL, \
                  PRIMARY KEY (find, identity)",
        spread: Spread::By("find"),
    },
    Table {
        which: Which::Record,
        name: "link_key",
        columns: "link BYTEA NOT NULL, identity BIGINT NOT NULL, scheme BIGINT NOT NULL, \
                  PRIMARY KEY (link, identity)",
        spread: Spread::By("link"),
    },
];

/// The scheme of names and keys that look-up rows are made under.
const SCHEME: i64 = 1;

/// Bytes of a look-up.
const LOOKUP: usize = 16;

/// How a source states the NHS number of an identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum NumberStatus {
    /// Not at all.
    Absent = 0,
    /// Traced: it links by itself.
    Traced = 1,
    /// Untraced: it never links by itself.
    Untraced = 2,
    /// Not an NHS number.
    Invalid = 3,
}

impl NumberStatus {
    /// The words a list of unlinked identities gives.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Absent => "no NHS number",
            Self::Traced => "traced NHS number",
            Self::Untraced => "NHS number not traced",
            Self::Invalid => "not a valid NHS number",
        }
    }

    pub(crate) fn of(number: i64) -> Self {
        match number {
            1 => Self::Traced,
            2 => Self::Untraced,
            3 => Self::Invalid,
            _ => Self::Absent,
        }
    }
}

/// What staff of one organisation find its patients by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum FindKey {
    /// The organisation's own number.
    Local(String),
    /// The NHS number.
    Nhs(NhsNumber),
    /// A normalised family-name token with a date of birth, as `matching` makes it.
    NameAndBirth(String),
}

impl FindKey {
    const fn is_a_name(&self) -> bool {
        match self {
            Self::NameAndBirth(_) => true,
            Self::Local(_) | Self::Nhs(_) => false,
        }
    }
}

/// What intake looks for the same person in other organisations by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum LinkKey {
    /// The NHS number, traced or not.
    Nhs(NhsNumber),
    /// A doubtful key, as `matching` makes it.
    Doubtful(String),
}

/// An identity as the store knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityRow {
    /// Its number.
    pub identity: IdentityId,
    /// Whom it belongs to.
    pub patient: PatientId,
    /// The feed it came with.
    pub feed: FeedId,
    /// Its organisation.
    pub organisation: OdsCode,
    /// How its NHS number is stated.
    pub number_status: NumberStatus,
    /// Its version.
    pub version: Version,
    /// The number that moves with everything a decision rests on.
    pub state: i64,
    /// When what was held of it was erased.
    pub erased: Option<Timestamp>,
}

/// An identity that is new to the store.
#[derive(Clone)]
pub struct NewIdentity {
    /// Its number, from [`Store::identity_numbers`].
    pub identity: IdentityId,
    /// The patient it joins; its own if none.
    pub joins: Option<PatientId>,
    /// How its NHS number is stated.
    pub number_status: NumberStatus,
    /// What staff find it by.
    pub find: Vec<FindKey>,
    /// What intake finds it by.
    pub link: Vec<LinkKey>,
}

impl Store {
    /// Numbers for so many new identities; the first of them.
    pub async fn identity_numbers(&self, count: usize) -> StoreResult<IdentityId> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Ok(IdentityId(self.record.next_ids("identity", count).await?))
    }

    /// The identities of an organisation's own numbers, in the order asked.
    pub async fn identities_of(
        &self,
        organisation: &OdsCode,
        locals: &[&str],
    ) -> StoreResult<Vec<Option<IdentityId>>> {
        let mut found = Vec::with_capacity(locals.len());
        for some in locals.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|local| {
                let key = self.find_key(organisation, &FindKey::Local((*local).to_owned()));
                Query::new(
                    "SELECT identity FROM find_key WHERE find = $1",
                    params![key],
                )
            });
            for rows in self.record.read(queries.collect()).await? {
                found.push(
                    rows.first()
                        .map(|row| row.int(0))
                        .transpose()?
                        .map(IdentityId),
                );
            }
        }
        Ok(found)
    }

    /// What the store knows of these identities, by their number.
    pub async fn identity_rows(
        &self,
        identities: &[IdentityId],
    ) -> StoreResult<HashMap<IdentityId, IdentityRow>> {
        let mut found = HashMap::with_capacity(identities.len());
        for some in identities.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|identity| one(*identity));
            for rows in self.record.read(queries.collect()).await? {
                for row in &rows {
                    let row = read_row(row)?;
                    found.insert(row.identity, row);
                }
            }
        }
        Ok(found)
    }

    /// For each key the identities of whatever organisation that stand under it. Intake's alone:
    /// what it finds is compared, never shown.
    pub async fn candidates(&self, keys: &[&LinkKey]) -> StoreResult<Vec<Vec<IdentityId>>> {
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|key| {
                Query::new(
                    "SELECT identity FROM link_key WHERE link = $1 LIMIT 50",
                    params![self.link_key(key)],
                )
            });
            for rows in self.record.read(queries.collect()).await? {
                let identities = rows.iter().map(|row| Ok(IdentityId(row.int(0)?)));
                found.push(identities.collect::<DbResult<_>>()?);
            }
        }
        Ok(found)
    }

    /// How many identities there are in all, erased ones too.
    pub async fn count_all_identities(&self) -> StoreResult<u64> {
        let rows = self
            .record
            .query("SELECT COUNT(*) FROM identity", vec![])
            .await?;
        let count = rows
            .first()
            .ok_or(crate::DbError::Missing("count"))?
            .int(0)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Checks that an identity and the patient it belongs to know of each other; what is wrong, in
    /// words that name the row.
    pub(crate) async fn check_belonging(&self, identity: IdentityId) -> StoreResult<Vec<String>> {
        let answers = self
            .record
            .read(vec![
                Query::new(
                    "SELECT i.patient, m.identity FROM identity i LEFT JOIN member m \
                     ON m.patient = i.patient AND m.identity = i.identity WHERE i.identity = $1",
                    params![identity],
                ),
                Query::new(
                    "SELECT m.identity FROM member m LEFT JOIN identity i \
                     ON i.identity = m.identity AND i.patient = m.patient \
                     WHERE m.patient = $1 AND i.identity IS NULL",
                    params![identity],
                ),
            ])
            .await?;
        let [own, strays] = answers.as_slice() else {
            return Ok(Vec::new());
        };
        let mut wrong = Vec::new();
        for row in own {
            let (patient, member) = (row.int(0)?, row.opt_int(1)?);
            if (patient == identity.0) == member.is_some() {
                wrong.push(format!(
                    "identity {identity}: its link to patient {patient} was altered by hand"
                ));
            }
        }
        for row in strays {
            let stray = row.int(0)?;
            wrong.push(format!(
                "patient {identity}: identity {stray} is among its members and does not belong to it"
            ));
        }
        Ok(wrong)
    }

    /// The next identities after one, in their order.
    pub(crate) async fn identities_after(
        &self,
        after: IdentityId,
        at_most: i64,
    ) -> StoreResult<Vec<IdentityId>> {
        let rows = self
            .record
            .query(
                "SELECT identity FROM identity WHERE identity > $1 ORDER BY identity LIMIT $2",
                params![after, at_most],
            )
            .await?;
        rows.iter().map(|row| Ok(IdentityId(row.int(0)?))).collect()
    }

    /// How many identities came with a feed.
    pub async fn count_identities(&self, feed: FeedId) -> StoreResult<i64> {
        let rows = self
            .record
            .query(
                "SELECT COUNT(*) FROM identity WHERE feed = $1",
                params![feed],
            )
            .await?;
        Ok(rows
            .first()
            .ok_or(crate::DbError::Missing("count"))?
            .int(0)?)
    }

    /// Adds identities of one feed, each with its look-ups, in one transaction.
    pub async fn add_identities(
        &self,
        feed: FeedId,
        organisation: &OdsCode,
        new: &[NewIdentity],
        now: Timestamp,
    ) -> StoreResult<()> {
        let identities = new
            .iter()
            .map(|one| {
                params![
                    one.identity,
                    one.joins.unwrap_or(PatientId(one.identity.0)),
                    feed,
                    organisation,
                    one.number_status as u8,
                    0_i64,
                    Vec::new(),
                    1_i64,
                    now,
                    None::<i64>,
                    self.names_of(organisation, one).concat()
                ]
            })
            .collect();
        let members = new
            .iter()
            .filter_map(|one| one.joins.map(|patient| params![patient, one.identity]))
            .collect();
        let mut tx = self.record.begin(Durability::Replayable).await?;
        tx.append(
            "INSERT INTO identity (identity, patient, feed, organisation, number_status, version, \
             digest, state, created, erased, names) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            identities,
        )
        .await?;
        tx.append(
            "INSERT INTO member (patient, identity) VALUES ($1, $2)",
            members,
        )
        .await?;
        self.add_keys(&mut tx, organisation, new).await?;
        Ok(tx.commit().await?)
    }

    /// Replaces the look-ups of identities whose demographics changed. Of those that are erased no
    /// look-up by name is made.
    pub async fn change_identities(
        &self,
        organisation: &OdsCode,
        changed: &[NewIdentity],
    ) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Replayable).await?;
        let mut kept = changed.to_vec();
        let mut rows = Vec::with_capacity(changed.len());
        for one in &mut kept {
            let (mut names, erased) = names_kept(&mut tx, one.identity).await?;
            if erased {
                one.find.retain(|key| !key.is_a_name());
            }
            for name in self.names_of(organisation, one) {
                if !names.chunks_exact(LOOKUP).any(|known| known == name) {
                    names.extend(name);
                }
            }
            rows.push(params![one.identity, one.number_status as u8, names]);
        }
        // Old look-ups are left: a person is still found by the name they had. A new row of a key
        // that is there already changes nothing.
        self.add_keys(&mut tx, organisation, &kept).await?;
        tx.append(
            "UPDATE identity SET number_status = $2, names = $3, state = state + 1 \
             WHERE identity = $1",
            rows,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// The look-ups by name that an identity is found under: kept beside it, so that they can be
    /// forgotten with it.
    fn names_of(&self, organisation: &OdsCode, one: &NewIdentity) -> Vec<[u8; LOOKUP]> {
        let names = one.find.iter().filter(|key| key.is_a_name());
        names.map(|key| self.find_key(organisation, key)).collect()
    }

    async fn add_keys(
        &self,
        tx: &mut Tx,
        organisation: &OdsCode,
        all: &[NewIdentity],
    ) -> DbResult<()> {
        let mut find: Vec<([u8; 16], i64)> = all
            .iter()
            .flat_map(|one| {
                one.find
                    .iter()
                    .map(|key| (self.find_key(organisation, key), one.identity.0))
            })
            .collect();
        let mut link: Vec<([u8; 16], i64)> = all
            .iter()
            .flat_map(|one| {
                one.link
                    .iter()
                    .map(|key| (self.link_key(key), one.identity.0))
            })
            .collect();
        // In key order, so that each page of the tree is touched once.
        find.sort_unstable();
        link.sort_unstable();
        let rows = |keys: Vec<([u8; 16], i64)>| {
            keys.into_iter()
                .map(|(key, identity)| params![key, identity, SCHEME])
                .collect()
        };
        tx.append(
            "INSERT INTO find_key (find, identity, scheme) VALUES ($1, $2, $3) \
             ON CONFLICT (find, identity) DO NOTHING",
            rows(find),
        )
        .await?;
        tx.append(
            "INSERT INTO link_key (link, identity, scheme) VALUES ($1, $2, $3) \
             ON CONFLICT (link, identity) DO NOTHING",
            rows(link),
        )
        .await?;
        Ok(())
    }

    /// Whether two identities stand under a common link key of this kind.
    pub async fn share_link_key(
        &self,
        identity: IdentityId,
        keys: &[LinkKey],
    ) -> StoreResult<bool> {
        let queries = keys.iter().map(|key| {
            Query::new(
                "SELECT identity FROM link_key WHERE link = $1 AND identity = $2",
                params![self.link_key(key), identity],
            )
        });
        Ok(self
            .record
            .read(queries.collect())
            .await?
            .iter()
            .any(|rows| !rows.is_empty()))
    }

    /// The identities of an organisation under a key, for a search among its own patients.
    pub(crate) async fn found_under(
        &self,
        organisation: &OdsCode,
        key: &FindKey,
    ) -> StoreResult<Vec<IdentityId>> {
        let rows = self
            .record
            .query(
                "SELECT identity FROM find_key WHERE find = $1 ORDER BY identity",
                params![self.find_key(organisation, key)],
            )
            .await?;
        rows.iter().map(|row| Ok(IdentityId(row.int(0)?))).collect()
    }

    /// The keyed hash a staff search is made by. It includes the organisation, so that a search
    /// over the region cannot be written.
    pub(crate) fn find_key(&self, organisation: &OdsCode, key: &FindKey) -> [u8; 16] {
        let (kind, value) = match key {
            FindKey::Local(local) => ("local", local.clone()),
            FindKey::Nhs(number) => ("nhs", number.digits()),
            FindKey::NameAndBirth(text) => ("name", text.clone()),
        };
        keyed(&self.keys.find, &[organisation.as_str(), kind, &value])
    }

    fn link_key(&self, key: &LinkKey) -> [u8; 16] {
        match key {
            LinkKey::Nhs(number) => keyed(&self.keys.link, &["nhs", &number.digits()]),
            LinkKey::Doubtful(text) => keyed(&self.keys.link, &["doubtful", text]),
        }
    }
}

/// The look-ups by name that are kept beside an identity, and whether it is erased.
async fn names_kept(tx: &mut Tx, identity: IdentityId) -> DbResult<(Vec<u8>, bool)> {
    let rows = tx
        .query(
            "SELECT names, erased FROM identity WHERE identity = $1",
            params![identity],
        )
        .await?;
    match rows.first() {
        Some(row) => Ok((row.bytes(0)?.to_vec(), row.opt_int(1)?.is_some())),
        None => Ok((Vec::new(), true)),
    }
}

/// Forgets the look-ups by name of identities that are erased. Those by number stay: by them the
/// right message is shown and later feeds are recognised.
pub(crate) async fn forget_names(tx: &mut Tx, identities: &[IdentityId]) -> DbResult<()> {
    for identity in identities {
        let (names, _) = names_kept(tx, *identity).await?;
        tx.append(
            "DELETE FROM find_key WHERE find = $1 AND identity = $2",
            names
                .chunks_exact(LOOKUP)
                .map(|name| params![name, *identity])
                .collect(),
        )
        .await?;
        tx.execute(
            "UPDATE identity SET names = $2 WHERE identity = $1",
            params![*identity, Vec::new()],
        )
        .await?;
    }
    Ok(())
}

/// Moves the number that says something changed a decision about this person may rest on, and gives
/// the new number; nothing if there is no such identity.
pub(crate) async fn raise_state(tx: &mut Tx, identity: IdentityId) -> DbResult<Option<i64>> {
    let rows = tx
        .query(
            "UPDATE identity SET state = state + 1 WHERE identity = $1 RETURNING state",
            params![identity],
        )
        .await?;
    rows.first().map(|row| row.int(0)).transpose()
}

/// The identities of the person whom organisation `$2` knows by identity `$1`: none if the identity
/// is another organisation's, so that an address of theirs names nobody.
macro_rules! person {
    () => {
        "(SELECT a.patient FROM identity a WHERE a.identity = $1 AND a.organisation = $2 \
         UNION ALL SELECT m.identity FROM identity a JOIN member m ON m.patient = a.patient \
         WHERE a.identity = $1 AND a.organisation = $2)"
    };
}
pub(crate) use person;

/// The organisations of a set of identities.
macro_rules! organisations_of {
    ($identities:expr) => {
        concat!(
            "(SELECT organisation FROM identity WHERE identity IN ",
            $identities,
            ")"
        )
    };
}
pub(crate) use organisations_of;

/// The feeds of a set of identities.
macro_rules! feeds_of {
    ($identities:expr) => {
        concat!(
            "(SELECT feed FROM identity WHERE identity IN ",
            $identities,
            ")"
        )
    };
}
pub(crate) use feeds_of;

/// The statement that reads the identities of a person, for [`read_row`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT identity, patient, feed, organisation, number_status, version, state, erased \
             FROM identity WHERE identity IN ",
            person!()
        ),
        params![address, organisation],
    )
}

/// The statement that finds the person among the requester's own look-ups: a row means that it is
/// the requester's own record.
pub(crate) fn own_record(address: IdentityId, organisation: &OdsCode, account: AccountId) -> Query {
    Query::new(
        concat!(
            "SELECT identity FROM find_key WHERE find IN ",
            crate::accounts::own_keys!(),
            " AND identity IN ",
            person!()
        ),
        params![address, organisation, account],
    )
}

/// The statement that finds the holder of an account among the patients of an organisation they
/// act for, unless it is this very patient.
pub(crate) fn of_holder(patient: IdentityId, organisation: &OdsCode, account: AccountId) -> Query {
    Query::new(
        concat!(
            "SELECT identity FROM find_key WHERE identity <> $1 AND find IN ",
            crate::accounts::own_keys!()
        ),
        params![patient, organisation, account],
    )
}

/// The statement that reads the state numbers of a patient's identities, by identity.
pub(crate) fn states(patient: PatientId) -> Query {
    Query::new(
        "SELECT identity, state FROM identity WHERE patient = $1 AND (identity = $1 OR identity IN \
         (SELECT identity FROM member WHERE patient = $1)) ORDER BY identity",
        params![patient],
    )
}

/// The statement that reads one identity, for [`read_row`].
pub(crate) fn one(identity: IdentityId) -> Query {
    Query::new(
        "SELECT identity, patient, feed, organisation, number_status, version, state, erased \
         FROM identity WHERE identity = $1",
        params![identity],
    )
}

/// Reads a row of the columns of [`one`].
pub(crate) fn read_row(row: &Row) -> StoreResult<IdentityRow> {
    Ok(IdentityRow {
        identity: IdentityId(row.int(0)?),
        patient: PatientId(row.int(1)?),
        feed: FeedId(row.int(2)?),
        organisation: crate::organisations::read_code(row, 3)?,
        number_status: NumberStatus::of(row.int(4)?),
        version: Version(row.int(5)?),
        state: row.int(6)?,
        erased: row.opt_int(7)?.map(Timestamp),
    })
}

fn keyed(key: &[u8; 32], parts: &[&str]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut short = [0; 16];
    hasher.finalize_xof().fill(&mut short);
    short
}
