//! Reading entries: only for a permit, and only what it lets through.

use tributary_model::{EntryKey, IdentityId, Timestamp, Version};

use super::{Slot, bound, section};
use crate::{
    Store, StoreError, StoreResult,
    db::{Query, Row, params},
    identities,
    keyring::Owner,
    limits,
    permit::Permit,
    seal::{Cipher, Opening},
};

/// A body opened for a permit.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedEntry {
    /// Its address.
    pub key: EntryKey,
    /// When it was filed.
    pub filed: Timestamp,
    /// The source's own bytes.
    pub body: Vec<u8>,
}

/// An identity's demographics opened for a permit: the source's own bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedPerson {
    /// Whose.
    pub identity: IdentityId,
    /// The source's own bytes.
    pub body: Vec<u8>,
}

/// Everything a permit opens.
#[derive(Default)]
pub struct Opened {
    /// Demographics of each identity that has any.
    pub persons: Vec<OpenedPerson>,
    /// Current entries as at the permit's versions, in key order.
    pub entries: Vec<OpenedEntry>,
}

impl Store {
    /// Opens everything a permit lets through. There is no patient argument: the permit says whose.
    ///
    /// Nothing is opened, and `None` returned, if something that the permit's decision rests on has
    /// changed since: the person's state is read again on the same snapshot as the entries.
    pub async fn read(&self, permit: &Permit) -> StoreResult<Option<Opened>> {
        let views: Vec<(IdentityId, Version)> = permit.identities().collect();
        let state = permit
            .state()
            .map(|state| identities::states(state.patient));
        let bodies = views.iter().flat_map(|(identity, version)| {
            [
                Query::new(
                    "SELECT identity, version, body FROM person \
                     WHERE identity = $1 AND version <= $2 ORDER BY version DESC LIMIT 1",
                    params![*identity, *version],
                ),
                Query::new(
                    "SELECT section, n, version, rid, filed, body FROM entry \
                     WHERE identity = $1 AND version <= $2 ORDER BY section, n, version",
                    params![*identity, *version],
                ),
            ]
        });
        let queries = state.into_iter().chain(bodies).collect();
        let owners: Vec<Owner> = views
            .iter()
            .map(|(identity, _)| Owner::Identity(*identity))
            .collect();
        let (answers, keys) = tokio::try_join!(self.read_record(queries), self.find_keys(&owners))?;
        let mut answers = answers.into_iter();
        if let Some(state) = permit.state()
            && !state.is(&answers.next().unwrap_or_default())?
        {
            return Ok(None);
        }
        let mut opening = self.sealer.opening();
        let mut opened = Opened::default();
        for (identity, _) in &views {
            let persons = answers.next().unwrap_or_default();
            let entries = answers.next().unwrap_or_default();
            // Without its key an identity's bodies are erased, whatever rows are still there.
            let Some(key) = keys.get(&Owner::Identity(*identity)) else {
                continue;
            };
            let cipher = key.cipher();
            for row in &persons {
                opened
                    .persons
                    .extend(open_person(&mut opening, &cipher, row)?);
            }
            open_entries(
                &mut opening,
                &cipher,
                *identity,
                &entries,
                &mut opened.entries,
            )?;
        }
        Ok(Some(opened))
    }

    /// Every form of one statement that a permit lets through, oldest first; a removal has no body.
    pub async fn read_history(
        &self,
        permit: &Permit,
        key: EntryKey,
    ) -> StoreResult<Vec<OpenedEntry>> {
        let Some((_, version)) = permit
            .identities()
            .find(|(identity, _)| *identity == key.identity)
        else {
            return Ok(Vec::new());
        };
        let rows = self
            .record
            .query(
                "SELECT section, n, version, rid, filed, body FROM entry \
                 WHERE identity = $1 AND section = $2 AND n = $3 AND version <= $4 ORDER BY version",
                params![key.identity, key.section.number(), key.n, version],
            )
            .await?;
        let owner = Owner::Identity(key.identity);
        let keys = self.find_keys(&[owner]).await?;
        let Some(body_key) = keys.get(&owner) else {
            return Ok(Vec::new());
        };
        let (cipher, mut opening) = (body_key.cipher(), self.sealer.opening());
        let mut forms = Vec::with_capacity(rows.len());
        for row in &rows {
            forms.extend(open_entry(&mut opening, &cipher, key.identity, row)?);
        }
        Ok(forms)
    }

    /// Opens the demographics of identities as at versions. For a permit of the caller's.
    pub(crate) async fn open_persons(
        &self,
        views: &[(IdentityId, Version)],
    ) -> StoreResult<Vec<OpenedPerson>> {
        let mut opened = Vec::with_capacity(views.len());
        for some in views.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|(identity, version)| {
                Query::new(
                    "SELECT identity, version, body FROM person \
                     WHERE identity = $1 AND version <= $2 ORDER BY version DESC LIMIT 1",
                    params![*identity, *version],
                )
            });
            let owners: Vec<Owner> = some
                .iter()
                .map(|(identity, _)| Owner::Identity(*identity))
                .collect();
            let answers = self.record.read(queries.collect()).await?;
            let keys = self.find_keys(&owners).await?;
            let mut opening = self.sealer.opening();
            for (owner, rows) in owners.iter().zip(answers) {
                let (Some(key), Some(row)) = (keys.get(owner), rows.first()) else {
                    continue;
                };
                opened.extend(open_person(&mut opening, &key.cipher(), row)?);
            }
        }
        Ok(opened)
    }

    async fn read_record(&self, queries: Vec<Query>) -> StoreResult<Vec<Vec<Row>>> {
        Ok(self.record.read(queries).await?)
    }
}

/// Opens the current ones of rows in the order section, n, version.
pub(super) fn open_entries(
    opening: &mut Opening<'_>,
    cipher: &Cipher,
    identity: IdentityId,
    rows: &[Row],
    opened: &mut Vec<OpenedEntry>,
) -> StoreResult<()> {
    for (index, row) in rows.iter().enumerate() {
        let statement = (row.int(0)?, row.int(1)?);
        let superseded = rows.get(index + 1).is_some_and(|next| {
            next.int(0).ok() == Some(statement.0) && next.int(1).ok() == Some(statement.1)
        });
        if !superseded {
            opened.extend(open_entry(opening, cipher, identity, row)?);
        }
    }
    Ok(())
}

pub(super) fn open_entry(
    opening: &mut Opening<'_>,
    cipher: &Cipher,
    identity: IdentityId,
    row: &Row,
) -> StoreResult<Option<OpenedEntry>> {
    let Some(sealed) = row.opt_bytes(5)? else {
        return Ok(None);
    };
    let section = section(row.int(0)?)?;
    let key = EntryKey {
        identity,
        section,
        n: row.int(1)?,
        version: Version(row.int(2)?),
    };
    let bound = bound(
        identity,
        Slot::Entry(section, key.n),
        key.version,
        row.int(3)?,
    );
    let body = opening
        .open(cipher, &bound, sealed)
        .map_err(|_| StoreError::Sealed(format!("entry {} of identity {identity}", key.slug())))?;
    Ok(Some(OpenedEntry {
        key,
        filed: Timestamp(row.int(4)?),
        body,
    }))
}

pub(super) fn open_person(
    opening: &mut Opening<'_>,
    cipher: &Cipher,
    row: &Row,
) -> StoreResult<Option<OpenedPerson>> {
    let Some(sealed) = row.opt_bytes(2)? else {
        return Ok(None);
    };
    let (identity, version) = (IdentityId(row.int(0)?), Version(row.int(1)?));
    let body = opening
        .open(cipher, &bound(identity, Slot::Person, version, 0), sealed)
        .map_err(|_| StoreError::Sealed(format!("the demographics of identity {identity}")))?;
    Ok(Some(OpenedPerson { identity, body }))
}
