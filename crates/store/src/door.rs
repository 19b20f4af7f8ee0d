//! Who is turned away at the door: people of whom nothing may be taken in.

use std::collections::HashSet;

use tributary_model::{IdentityId, OdsCode, PatientId, PreferenceDecision, Timestamp};
use tributary_policy::{Rulebook, preference};

use crate::{
    Store, StoreResult,
    db::{Durability, Row},
    facts::involvement_of,
    identities, limits, links, preferences, relationships,
};

/// Which rule stands at the door. Intake holds it without knowing the rules.
#[derive(Clone, Debug)]
pub struct DoorRule(Rulebook);

impl DoorRule {
    /// The door of a rulebook.
    #[must_use]
    pub const fn of(rulebook: Rulebook) -> Self {
        Self(rulebook)
    }

    /// Whether people who decided nothing are taken in.
    #[must_use]
    pub fn takes_in_undecided(&self) -> bool {
        self.0.takes_in(None)
    }
}

/// A patient at the door, with every linked identity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtTheDoor {
    /// Who.
    pub patient: PatientId,
    /// The linked identities.
    pub identities: Vec<IdentityId>,
    /// Whether what sources send about the patient is kept.
    pub taken_in: bool,
    /// The identity on which the choice that stands was recorded; none while undecided.
    pub decided_on: Option<IdentityId>,
}

impl Store {
    /// The rule that stands at the door now: that of the settings in force, else the configured one.
    pub async fn door_rule(&self, configured: &DoorRule) -> StoreResult<DoorRule> {
        let in_force = self.settings_in_force().await?;
        let in_force = in_force.map(|version| DoorRule(version.settings.rulebook));
        Ok(in_force.unwrap_or_else(|| configured.clone()))
    }

    /// Records decisions that a feed brought, durably; those that are known already change
    /// nothing. The identities on which a decision was new are returned.
    pub async fn record_feed_decisions(
        &self,
        decisions: &[PreferenceDecision],
    ) -> StoreResult<Vec<IdentityId>> {
        let mut new: Vec<PreferenceDecision> = Vec::new();
        if decisions.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.record.begin(Durability::Synced).await?;
        for decision in decisions {
            if preferences::record(&mut tx, &self.keys, decision).await? {
                identities::raise_state(&mut tx, decision.identity).await?;
                new.push(decision.clone());
            }
        }
        // The line first: a crash between leaves a line about decisions that the feed sends again.
        if let Some(first) = new.first() {
            self.note_decisions(&new, "sharing codes of a feed", first.received)
                .await?;
        }
        tx.commit().await?;
        Ok(new.into_iter().map(|decision| decision.identity).collect())
    }

    /// How many people the feeds of an organisation brought new opt-outs of since an instant.
    pub async fn new_opt_outs(&self, organisation: &OdsCode, since: Timestamp) -> StoreResult<i64> {
        preferences::new_opt_outs(&self.record, organisation, since).await
    }

    /// Does again what a crash may have left undone: erases what is held of people who opted out.
    /// How many identities were erased.
    pub async fn sweep_choices(&self, rule: &DoorRule, now: Timestamp) -> StoreResult<usize> {
        let patients = self.patients_with_opt_outs().await?;
        let at_the_door = self.at_the_door(&patients, rule, now).await?;
        self.carry_out_choices(&at_the_door, now).await
    }

    /// The patients on any of whose identities an opt-out was ever recorded.
    pub async fn patients_with_opt_outs(&self) -> StoreResult<Vec<PatientId>> {
        let refused = preferences::identities_with_opt_outs(&self.record).await?;
        let rows = self.identity_rows(&refused).await?;
        let patients: HashSet<PatientId> = rows.into_values().map(|row| row.patient).collect();
        let mut patients: Vec<PatientId> = patients.into_iter().collect();
        patients.sort_unstable();
        Ok(patients)
    }

    /// Does what the standing choices of these patients ask for: what is held of those who opted out
    /// is erased, or waits for a person to confirm; those who opted back in are let in again and
    /// their sources asked for a full resend. How many identities were erased.
    pub async fn carry_out_choices(
        &self,
        at_the_door: &[AtTheDoor],
        now: Timestamp,
    ) -> StoreResult<usize> {
        let back = at_the_door.iter().filter(|one| one.taken_in);
        let back: Vec<IdentityId> = back.flat_map(|one| one.identities.clone()).collect();
        self.let_back_in(&back, now).await?;
        self.erase_opted_out(at_the_door, now).await
    }

    /// Whether these patients' data is kept, from all decisions and registrations of all their
    /// linked identities.
    pub async fn at_the_door(
        &self,
        patients: &[PatientId],
        rule: &DoorRule,
        now: Timestamp,
    ) -> StoreResult<Vec<AtTheDoor>> {
        let mut all = Vec::with_capacity(patients.len());
        for some in patients.chunks(limits::LOOKUPS_AT_ONCE) {
            let members = some.iter().map(|one| links::members_of(*one)).collect();
            let members = self.record.read(members).await?;
            let mut groups = Vec::with_capacity(some.len());
            for (patient, rows) in some.iter().zip(members) {
                let mut identities = vec![IdentityId(patient.0)];
                for row in &rows {
                    identities.push(IdentityId(row.int(0)?));
                }
                groups.push((*patient, identities));
            }
            // All that is known of all of them in one more hop.
            let queries = groups
                .iter()
                .flat_map(|(_, identities)| identities)
                .flat_map(|one| [preferences::of(*one), relationships::of(*one)]);
            let mut answers = self.record.read(queries.collect()).await?.into_iter();
            for (patient, identities) in groups {
                let answers = answers.by_ref().take(identities.len() * 2);
                let (taken_in, decided_on) = taken_in(answers, rule, now)?;
                all.push(AtTheDoor {
                    patient,
                    identities,
                    taken_in,
                    decided_on,
                });
            }
        }
        Ok(all)
    }
}

/// Whether a person is taken in, from the decisions and relationships of each identity in turn.
fn taken_in(
    mut answers: impl Iterator<Item = Vec<Row>>,
    rule: &DoorRule,
    now: Timestamp,
) -> StoreResult<(bool, Option<IdentityId>)> {
    let (mut decisions, mut involvements) = (Vec::new(), Vec::new());
    while let (Some(preferences), Some(relationships)) = (answers.next(), answers.next()) {
        for row in &preferences {
            decisions.push(preferences::read(row)?);
        }
        for row in &relationships {
            involvements.push(involvement_of(row)?);
        }
    }
    let standing = preference::standing(&decisions, &involvements, now);
    let decided_on = standing.decision.map(|decision| decision.identity);
    Ok((rule.0.takes_in(standing.choice()), decided_on))
}
