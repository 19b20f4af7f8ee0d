//! Links between identities: recorded, never merges. Undoing one restores exactly what was.

use std::collections::HashMap;

use tributary_model::{IdentityId, OdsCode, PatientId, Timestamp};

use crate::{
    Store, StoreResult,
    db::{Durability, Query, Tx, params},
    limits,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "link",
        columns: "identity BIGINT NOT NULL, linked BIGINT NOT NULL, patient BIGINT NOT NULL, \
                  basis TEXT NOT NULL, undone BIGINT, PRIMARY KEY (identity, linked)",
        spread: Spread::By("identity"),
    },
    Table {
        which: Which::Record,
        name: "doubtful",
        columns: "identity BIGINT NOT NULL, other BIGINT NOT NULL, reason TEXT NOT NULL, \
                  since BIGINT NOT NULL, decided BIGINT, PRIMARY KEY (identity, other)",
        spread: Spread::By("identity"),
    },
];

/// Two identities that a person has to look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubtful {
    /// One of them: the one that came later.
    pub identity: IdentityId,
    /// Its organisation.
    pub organisation: OdsCode,
    /// The other.
    pub other: IdentityId,
    /// Its organisation.
    pub other_organisation: OdsCode,
    /// Why a person has to look.
    pub reason: String,
    /// Since when it waits.
    pub since: Timestamp,
}

/// An identity that no traced NHS number links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unlinked {
    /// The identity.
    pub identity: IdentityId,
    /// Its organisation.
    pub organisation: OdsCode,
    /// How its NHS number is stated, in words.
    pub reason: String,
    /// With how many others it may be one.
    pub doubtful: i64,
}

impl Store {
    /// Notes why new identities joined the patients they joined.
    pub async fn note_links(
        &self,
        links: &[(IdentityId, PatientId)],
        basis: &'static str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let rows = links
            .iter()
            .map(|(identity, patient)| params![*identity, now, *patient, basis, None::<i64>])
            .collect();
        let mut tx = self.record.begin(Durability::Replayable).await?;
        tx.append(
            "INSERT INTO link (identity, linked, patient, basis, undone) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identity, linked) DO NOTHING",
            rows,
        )
        .await?;
        // The founder's number moves, so that a view under way sees that the person has grown.
        let founders = links.iter().map(|(_, patient)| params![*patient]).collect();
        tx.append(
            "UPDATE identity SET state = state + 1 WHERE identity = $1",
            founders,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Links an identity that stood alone to a patient.
    pub async fn link(
        &self,
        identity: IdentityId,
        patient: PatientId,
        basis: &'static str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        let touched = tx
            .execute(
                "UPDATE identity SET patient = $2, state = state + 1 \
                 WHERE identity = $1 AND patient = $1",
                params![identity, patient],
            )
            .await?;
        if touched == 1 {
            tx.execute(
                "INSERT INTO member (patient, identity) VALUES ($1, $2)",
                params![patient, identity],
            )
            .await?;
        }
        tx.commit().await?;
        self.note_links(&[(identity, patient)], basis, now).await
    }

    /// Takes an identity out of the patient it joined; it stands alone again, as it was before.
    pub async fn unlink(&self, identity: IdentityId, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        let joined = tx
            .query(
                "SELECT patient FROM identity WHERE identity = $1 AND patient <> $1",
                params![identity],
            )
            .await?;
        let Some(patient) = joined.first().map(|row| row.int(0)).transpose()? else {
            return Ok(false);
        };
        tx.execute(
            "UPDATE identity SET patient = $1, state = state + 1 WHERE identity = $1",
            params![identity],
        )
        .await?;
        tx.execute(
            "UPDATE identity SET state = state + 1 WHERE identity = $1",
            params![patient],
        )
        .await?;
        tx.execute(
            "DELETE FROM member WHERE patient = $1 AND identity = $2",
            params![patient, identity],
        )
        .await?;
        tx.execute(
            "UPDATE link SET undone = $2 WHERE identity = $1 AND undone IS NULL",
            params![identity, now],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Lists pairs for a person to look at; a pair that is listed already stays as it is.
    pub async fn note_doubtful(
        &self,
        pairs: &[(IdentityId, IdentityId, String)],
        now: Timestamp,
    ) -> StoreResult<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let mut tx = self.record.begin(Durability::Replayable).await?;
        // Both ways round, so that either of the two knows that something waits.
        for (one, other, reason) in pairs {
            for (identity, other) in [(*one, *other), (*other, *one)] {
                note(&mut tx, identity, other, reason, now).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Pairs that wait for a person, oldest first.
    pub async fn doubtful(&self, organisation: Option<&OdsCode>) -> StoreResult<Vec<Doubtful>> {
        let rows = self
            .record
            .query(
                "SELECT d.identity, i.organisation, d.other, o.organisation, d.reason, d.since \
                 FROM doubtful d JOIN identity i ON i.identity = d.identity \
                 JOIN identity o ON o.identity = d.other \
                 WHERE d.decided IS NULL AND d.identity > d.other ORDER BY d.since, d.identity",
                vec![],
            )
            .await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for row in &rows {
            pairs.push(Doubtful {
                identity: IdentityId(row.int(0)?),
                organisation: crate::organisations::read_code(row, 1)?,
                other: IdentityId(row.int(2)?),
                other_organisation: crate::organisations::read_code(row, 3)?,
                reason: row.text(4)?.to_owned(),
                since: Timestamp(row.int(5)?),
            });
        }
        if let Some(code) = organisation {
            pairs.retain(|pair| pair.organisation == *code || pair.other_organisation == *code);
        }
        Ok(pairs)
    }

    /// Identities that no traced NHS number links, with how many they may be one with.
    pub async fn unlinked(&self, organisation: Option<&OdsCode>) -> StoreResult<Vec<Unlinked>> {
        let rows = self
            .record
            .query(
                "SELECT i.identity, i.organisation, i.number_status, \
                 (SELECT COUNT(*) FROM doubtful d \
                  WHERE d.identity = i.identity AND d.decided IS NULL) \
                 FROM identity i WHERE i.number_status <> 1 AND i.patient = i.identity \
                 ORDER BY i.identity",
                vec![],
            )
            .await?;
        let mut unlinked = Vec::with_capacity(rows.len());
        for row in &rows {
            unlinked.push(Unlinked {
                identity: IdentityId(row.int(0)?),
                organisation: crate::organisations::read_code(row, 1)?,
                reason: crate::identities::NumberStatus::of(row.int(2)?)
                    .words()
                    .to_owned(),
                doubtful: row.int(3)?,
            });
        }
        if let Some(code) = organisation {
            unlinked.retain(|one| one.organisation == *code);
        }
        Ok(unlinked)
    }

    /// The identities linked to each of these, themselves among them.
    pub async fn members(
        &self,
        patients: &[PatientId],
    ) -> StoreResult<HashMap<PatientId, Vec<IdentityId>>> {
        let mut found = HashMap::with_capacity(patients.len());
        for some in patients.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|patient| members_of(*patient));
            for (patient, rows) in some.iter().zip(self.record.read(queries.collect()).await?) {
                let mut members = vec![IdentityId(patient.0)];
                for row in &rows {
                    members.push(IdentityId(row.int(0)?));
                }
                found.insert(*patient, members);
            }
        }
        Ok(found)
    }
}

/// The statement that reads the further members of a patient (the founder is not among them).
pub(crate) fn members_of(patient: PatientId) -> Query {
    Query::new(
        "SELECT identity FROM member WHERE patient = $1 ORDER BY identity",
        params![patient],
    )
}

/// Identities that may be the same person as one of a set and wait for somebody to decide.
macro_rules! waiting_for {
    ($identities:expr) => {
        concat!(
            "(SELECT other FROM doubtful WHERE decided IS NULL AND identity IN ",
            $identities,
            ")"
        )
    };
}
pub(crate) use waiting_for;

async fn note(
    tx: &mut Tx,
    identity: IdentityId,
    other: IdentityId,
    reason: &str,
    now: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "INSERT INTO doubtful (identity, other, reason, since, decided) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identity, other) DO NOTHING",
        params![identity, other, reason, now, None::<i64>],
    )
    .await?;
    Ok(())
}
