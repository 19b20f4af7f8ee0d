//! Links between identities: recorded, never merges. Undoing one restores exactly what was.
//!
//! Preferences hang on identities, and where two people's identities meet or part a refusal wins:
//! when they meet the strictest choice governs, and when they are taken apart a refusal stays on
//! both until a person has looked. A consent stays only where it was recorded.

use std::collections::HashMap;

use tributary_model::{IdentityId, OdsCode, PatientId, PreferenceDecision, Timestamp};
use tributary_policy::{
    involvement::Involvement,
    preference::{Standing, standing},
};

use crate::{
    Store, StoreResult,
    db::{Durability, Query, Tx, params},
    facts::involvement_of,
    identities::raise_state,
    limits, preferences, relationships,
    schema::{Spread, Table, Which},
};

/// The basis of a link that a verified NHS number makes by itself.
pub const BY_NUMBER: &str = "traced NHS number";

/// The basis of a link that a person made.
pub const BY_A_PERSON: &str = "a person looked";

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

/// Why a refusal is recorded anew, as audit lines say it.
const MET: &str = "records were linked, and the stricter choice governs";
/// See [`MET`].
const PARTED: &str = "records were taken apart, and a refusal stays on both";

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

    /// Links an identity that stood alone to a patient; false, and nothing done, if it does not
    /// stand alone or the patient is no patient any more.
    pub async fn link(
        &self,
        identity: IdentityId,
        patient: PatientId,
        basis: &'static str,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let founder = IdentityId(patient.0);
        let mut tx = self.record.begin(Durability::Synced).await?;
        // In the order of their numbers, so that two links never wait for each other.
        for one in [identity.min(founder), identity.max(founder)] {
            raise_state(&mut tx, one).await?;
        }
        let alone = members(&mut tx, PatientId(identity.0)).await?.len() == 1
            && patient_of(&mut tx, identity).await? == Some(PatientId(identity.0));
        let sound = patient_of(&mut tx, founder).await? == Some(patient);
        if !alone || !sound || identity == founder {
            return Ok(false);
        }
        let own = Side::of(&mut tx, vec![identity]).await?;
        let theirs = members(&mut tx, patient).await?;
        let theirs = Side::of(&mut tx, theirs).await?;
        tx.execute(
            "UPDATE identity SET patient = $2 WHERE identity = $1",
            params![identity, patient],
        )
        .await?;
        tx.execute(
            "INSERT INTO member (patient, identity) VALUES ($1, $2)",
            params![patient, identity],
        )
        .await?;
        tx.execute(
            "INSERT INTO link (identity, linked, patient, basis, undone) \
             VALUES ($1, $2, $3, $4, NULL) ON CONFLICT (identity, linked) DO UPDATE SET \
             patient = excluded.patient, basis = excluded.basis, undone = NULL",
            params![identity, now, patient, basis],
        )
        .await?;
        self.meet(&mut tx, &own, &theirs, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes an identity out of the patient it belongs to; it stands alone again, as it was before.
    /// Where it founded the patient, the others stay together.
    pub async fn unlink(&self, identity: IdentityId, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        let Some(patient) = patient_of(&mut tx, identity).await? else {
            return Ok(false);
        };
        let together = members(&mut tx, patient).await?;
        let mut in_order = together.clone();
        in_order.sort_unstable();
        for one in in_order {
            raise_state(&mut tx, one).await?;
        }
        let rest: Vec<IdentityId> = together
            .iter()
            .copied()
            .filter(|one| *one != identity)
            .collect();
        let Some(next) = rest.first().copied() else {
            return Ok(false);
        };
        let joint = Side::of(&mut tx, together).await?;
        if patient.0 == identity.0 {
            found_anew(&mut tx, patient, next, &rest, now).await?;
        } else {
            part(&mut tx, patient, identity, now).await?;
        }
        let (own, theirs) = (
            Side::of(&mut tx, vec![identity]).await?,
            Side::of(&mut tx, rest).await?,
        );
        self.stay(&mut tx, &joint, [&own, &theirs], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Where two meet the strictest governs: if one side refuses and the decisions of both together
    /// would not, the refusal is recorded anew on the other side.
    async fn meet(
        &self,
        tx: &mut Tx,
        own: &Side,
        theirs: &Side,
        now: Timestamp,
    ) -> StoreResult<()> {
        let together = own.with(theirs);
        let (strict, other) = if own.standing(now).refusal() >= theirs.standing(now).refusal() {
            (own, theirs)
        } else {
            (theirs, own)
        };
        let strictest = strict.standing(now);
        if let (Some(refusal), true) = (
            strictest.decision,
            strictest.refusal() > together.standing(now).refusal(),
        ) {
            let stays = stays_on(refusal, other.first(), now);
            self.note_decisions(std::slice::from_ref(&stays), MET, now)
                .await?;
            preferences::record(tx, &self.keys, &stays).await?;
        }
        Ok(())
    }

    /// A refusal stays on both sides when they are taken apart.
    async fn stay(
        &self,
        tx: &mut Tx,
        joint: &Side,
        sides: [&Side; 2],
        now: Timestamp,
    ) -> StoreResult<()> {
        let standing = joint.standing(now);
        let Some(refusal) = standing.decision.filter(|one| one.choice.refuses()) else {
            return Ok(());
        };
        for side in sides {
            if side.standing(now).refusal() < standing.refusal() {
                let stays = stays_on(refusal, side.first(), now);
                self.note_decisions(std::slice::from_ref(&stays), PARTED, now)
                    .await?;
                preferences::record(tx, &self.keys, &stays).await?;
            }
        }
        Ok(())
    }

    /// Refusals that stay on an identity since it was taken apart from the one they were recorded
    /// on, and that no person has looked at: oldest first.
    pub async fn stayed(&self) -> StoreResult<Vec<PreferenceDecision>> {
        let rows = self.record.read(vec![preferences::stayed()]).await?;
        let decisions = rows.iter().flatten().map(preferences::read);
        let decisions = decisions.collect::<StoreResult<Vec<_>>>()?;
        let concerned = decisions
            .iter()
            .flat_map(|one| [Some(one.identity), one.stayed_from])
            .flatten()
            .collect::<Vec<_>>();
        let known = self.identity_rows(&concerned).await?;
        let patient = |identity: IdentityId| known.get(&identity).map(|row| row.patient);
        let apart = |one: &PreferenceDecision| {
            one.stayed_from
                .is_some_and(|from| patient(from) != patient(one.identity))
        };
        Ok(decisions.into_iter().filter(apart).collect())
    }

    /// Settles what stayed on an identity, because a person has looked: the refusal is this person's
    /// own, or it was somebody else's and counts no longer. How many there were.
    pub async fn settle_stayed(
        &self,
        identity: IdentityId,
        theirs: bool,
        now: Timestamp,
    ) -> StoreResult<usize> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        raise_state(&mut tx, identity).await?;
        let settled = if theirs {
            preferences::make_own(&mut tx, &self.keys, identity).await?
        } else {
            let stayed = |one: &PreferenceDecision| one.stayed_from.is_some();
            preferences::set_aside(&mut tx, &self.keys, identity, stayed, now).await?
        };
        tx.commit().await?;
        Ok(settled)
    }

    /// The identities of each of these patients that anything but a verified NHS number links.
    pub(crate) async fn linked_otherwise(
        &self,
        identities: &[IdentityId],
    ) -> StoreResult<Vec<IdentityId>> {
        let mut otherwise = Vec::new();
        for some in identities.chunks(limits::LOOKUPS_AT_ONCE) {
            let queries = some.iter().map(|identity| {
                Query::new(
                    "SELECT basis FROM link WHERE identity = $1 AND undone IS NULL",
                    params![*identity],
                )
            });
            let answers = self.record.read(queries.collect()).await?;
            for (identity, rows) in some.iter().zip(answers) {
                for row in rows {
                    if row.text(0)? != BY_NUMBER {
                        otherwise.push(*identity);
                    }
                }
            }
        }
        Ok(otherwise)
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

/// Identities that are one person, or one of two parts of what is to be one.
struct Side {
    identities: Vec<IdentityId>,
    decisions: Vec<PreferenceDecision>,
    involvements: Vec<Involvement>,
}

impl Side {
    async fn of(tx: &mut Tx, identities: Vec<IdentityId>) -> StoreResult<Self> {
        let (mut decisions, mut involvements) = (Vec::new(), Vec::new());
        for identity in &identities {
            for row in tx.ask(preferences::of(*identity)).await? {
                decisions.push(preferences::read(&row)?);
            }
            for row in tx.ask(relationships::of(*identity)).await? {
                involvements.push(involvement_of(&row)?);
            }
        }
        Ok(Self {
            identities,
            decisions,
            involvements,
        })
    }

    fn with(&self, other: &Self) -> Self {
        Self {
            identities: [self.identities.as_slice(), &other.identities].concat(),
            decisions: [self.decisions.as_slice(), &other.decisions].concat(),
            involvements: [self.involvements.as_slice(), &other.involvements].concat(),
        }
    }

    fn standing(&self, now: Timestamp) -> Standing<'_> {
        standing(&self.decisions, &self.involvements, now)
    }

    fn first(&self) -> IdentityId {
        self.identities
            .first()
            .copied()
            .expect("a side has an identity")
    }
}

/// A refusal on another identity, counting from now.
fn stays_on(
    refusal: &PreferenceDecision,
    identity: IdentityId,
    now: Timestamp,
) -> PreferenceDecision {
    PreferenceDecision {
        identity,
        decided: None,
        received: now,
        stayed_from: Some(refusal.stayed_from.unwrap_or(refusal.identity)),
        ..refusal.clone()
    }
}

async fn patient_of(tx: &mut Tx, identity: IdentityId) -> StoreResult<Option<PatientId>> {
    let rows = tx
        .query(
            "SELECT patient FROM identity WHERE identity = $1",
            params![identity],
        )
        .await?;
    let patient = rows.first().map(|row| row.int(0)).transpose()?;
    Ok(patient.map(PatientId))
}

/// The identities of a patient, the founder first.
async fn members(tx: &mut Tx, patient: PatientId) -> StoreResult<Vec<IdentityId>> {
    let mut all = vec![IdentityId(patient.0)];
    for row in tx.ask(members_of(patient)).await? {
        all.push(IdentityId(row.int(0)?));
    }
    Ok(all)
}

/// Takes a member out of its patient.
async fn part(
    tx: &mut Tx,
    patient: PatientId,
    identity: IdentityId,
    now: Timestamp,
) -> StoreResult<()> {
    tx.execute(
        "UPDATE identity SET patient = $1 WHERE identity = $1",
        params![identity],
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
    Ok(())
}

/// Leaves a founder alone: the first of the others founds the patient of the rest.
async fn found_anew(
    tx: &mut Tx,
    before: PatientId,
    founder: IdentityId,
    rest: &[IdentityId],
    now: Timestamp,
) -> StoreResult<()> {
    part(tx, before, founder, now).await?;
    for identity in rest.iter().filter(|one| **one != founder) {
        tx.execute(
            "UPDATE identity SET patient = $2 WHERE identity = $1",
            params![*identity, founder],
        )
        .await?;
        tx.execute(
            "DELETE FROM member WHERE patient = $1 AND identity = $2",
            params![before, *identity],
        )
        .await?;
        tx.execute(
            "INSERT INTO member (patient, identity) VALUES ($1, $2)",
            params![founder, *identity],
        )
        .await?;
        tx.execute(
            "UPDATE link SET patient = $2 WHERE identity = $1 AND undone IS NULL",
            params![*identity, founder],
        )
        .await?;
    }
    Ok(())
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
