//! Checking entries: does every body open, and is the chain over the versions whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use tributary_model::{IdentityId, Version};

use super::{
    Slot,
    reading::{open_entry, open_person},
    section,
};
use crate::{
    Store, StoreError, StoreResult,
    db::{Query, Row, params},
    keyring::Owner,
};

/// What a row adds to the chain: its place, its source id and its seal.
type Link<'r> = (Slot, i64, Option<&'r [u8]>);

impl Store {
    /// Checks one identity: every body opens and the chain over its versions is whole.
    /// Returns what is wrong, in words that name the row.
    pub(crate) async fn check_identity(&self, identity: IdentityId) -> StoreResult<Vec<String>> {
        let answers = self
            .record
            .read(vec![
                Query::new(
                    "SELECT version, digest FROM identity WHERE identity = $1",
                    params![identity],
                ),
                Query::new(
                    "SELECT identity, version, body FROM person WHERE identity = $1 ORDER BY version",
                    params![identity],
                ),
                Query::new(
                    "SELECT section, n, version, rid, filed, body FROM entry WHERE identity = $1 \
                     ORDER BY version, section, n",
                    params![identity],
                ),
            ])
            .await?;
        let [head, persons, entries] = answers.as_slice() else {
            return Ok(Vec::new());
        };
        let Some(head) = head.first() else {
            return Ok(Vec::new());
        };
        let mut wrong = self.check_bodies(identity, persons, entries).await?;
        let mut versions: BTreeMap<i64, Vec<Link<'_>>> = BTreeMap::new();
        for row in persons {
            versions
                .entry(row.int(1)?)
                .or_default()
                .push((Slot::Person, 0, row.opt_bytes(2)?));
        }
        for row in entries {
            let slot = Slot::Entry(section(row.int(0)?)?, row.int(1)?);
            let link = (slot, row.int(3)?, row.opt_bytes(5)?);
            versions.entry(row.int(2)?).or_default().push(link);
        }
        let mut digest = Vec::new();
        for (version, links) in versions {
            digest = self.chain(&digest, identity, Version(version), links.into_iter());
        }
        let last = persons
            .iter()
            .map(|row| row.int(1))
            .chain(entries.iter().map(|row| row.int(2)));
        let last = last.collect::<Result<Vec<i64>, _>>()?.into_iter().max();
        if last.is_some_and(|last| head.int(0).is_ok_and(|version| version != last)) {
            wrong.push(format!(
                "identity {identity}: its version was altered by hand"
            ));
        }
        if digest != head.bytes(1)? {
            wrong.push(format!(
                "identity {identity}: the chain over its {} versions is broken: a row was \
                 altered, added or deleted by hand{}",
                head.int(0)?,
                missing(entries)?
            ));
        }
        Ok(wrong)
    }

    /// Identities that are gone while rows of theirs are left, in words; the first few.
    pub(crate) async fn check_ownerless(&self) -> StoreResult<Vec<String>> {
        let rows = self
            .record
            .query(
                "SELECT DISTINCT p.identity FROM person p WHERE NOT EXISTS \
                 (SELECT 1 FROM identity i WHERE i.identity = p.identity) \
                 ORDER BY p.identity LIMIT 100",
                vec![],
            )
            .await?;
        let words = |row: &Row| {
            let identity = row.int(0)?;
            Ok(format!(
                "identity {identity}: it was deleted by hand and rows of it are left"
            ))
        };
        rows.iter().map(words).collect()
    }

    async fn check_bodies(
        &self,
        identity: IdentityId,
        persons: &[Row],
        entries: &[Row],
    ) -> StoreResult<Vec<String>> {
        let owner = Owner::Identity(identity);
        let keys = self.find_keys(&[owner]).await?;
        let Some(key) = keys.get(&owner) else {
            let held = persons.len() + entries.len();
            let lost = format!("identity {identity}: its key is gone and {held} rows are left");
            return Ok(if held == 0 { Vec::new() } else { vec![lost] });
        };
        let (cipher, mut opening) = (key.cipher(), self.sealer.opening());
        let persons = persons
            .iter()
            .map(|row| open_person(&mut opening, &cipher, row).err());
        let mut wrong: Vec<StoreError> = persons.flatten().collect();
        wrong.extend(
            entries
                .iter()
                .filter_map(|row| open_entry(&mut opening, &cipher, identity, row).err()),
        );
        Ok(wrong.into_iter().map(|error| error.to_string()).collect())
    }
}

/// Which statements are missing from their numbering, in words; nothing if none is.
fn missing(entries: &[Row]) -> StoreResult<String> {
    let mut numbers: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for row in entries {
        numbers.entry(row.int(0)?).or_default().insert(row.int(1)?);
    }
    let mut words = String::new();
    for (number, there) in &numbers {
        let last = there.last().copied().unwrap_or(0);
        // A few are enough to look by.
        for gone in (1..last).filter(|n| !there.contains(n)).take(5) {
            let name = section(*number)?.name();
            let _ = write!(words, "; statement {gone} of {name} is missing");
        }
    }
    Ok(words)
}
