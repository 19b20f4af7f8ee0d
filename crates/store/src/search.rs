//! Searching among the patients of one's own organisation. There is no search over the region: the
//! look-up keys hold the organisation, and a search permit names it.

use tributary_model::{Address, IdentityId, Timestamp, Version};
use tributary_policy::{RelationshipStanding, Rulebook, involvement};

use crate::{
    FindKey, HeldRelationship, OpenedPerson, Store, StoreResult, facts::involvement_of,
    permit::SearchPermit, relationships,
};

impl Store {
    /// The identities of the permit's organisation under a key, as far as the organisation still
    /// has to do with them.
    pub async fn found(
        &self,
        permit: &SearchPermit,
        key: &FindKey,
        rulebook: &Rulebook,
        now: Timestamp,
    ) -> StoreResult<Vec<IdentityId>> {
        let found = self.found_under(permit.organisation(), key).await?;
        self.related(permit, found, rulebook, now).await
    }

    /// Of these identities those that belong to the permit's organisation and that it still has to
    /// do with.
    pub async fn related(
        &self,
        permit: &SearchPermit,
        identities: Vec<IdentityId>,
        rulebook: &Rulebook,
        now: Timestamp,
    ) -> StoreResult<Vec<IdentityId>> {
        let identities = self.own(permit, &identities).await?;
        let queries = identities
            .iter()
            .map(|identity| relationships::of(*identity))
            .collect();
        let answers = self.record.read(queries).await?;
        let mut related = Vec::with_capacity(identities.len());
        for (identity, rows) in identities.into_iter().zip(answers) {
            let involved = rows
                .iter()
                .map(involvement_of)
                .collect::<StoreResult<Vec<_>>>()?;
            let code = permit.organisation();
            let standing = involvement::relationship_standing(rulebook, &involved, code, now);
            if matches!(
                standing,
                RelationshipStanding::Current | RelationshipStanding::InGrace
            ) {
                related.push(identity);
            }
        }
        Ok(related)
    }

    /// The demographics that the permit's organisation itself holds of these identities; those of
    /// other organisations are passed over, and erased ones have none.
    pub async fn own_persons(
        &self,
        permit: &SearchPermit,
        identities: &[IdentityId],
    ) -> StoreResult<Vec<OpenedPerson>> {
        let own = self.own(permit, identities).await?;
        let views: Vec<_> = own
            .into_iter()
            .map(|identity| (identity, Version(i64::MAX)))
            .collect();
        self.open_persons(&views).await
    }

    /// What the permit's organisation had to do with one of its own patients.
    pub async fn dealings(
        &self,
        permit: &SearchPermit,
        patient: Address,
    ) -> StoreResult<Vec<HeldRelationship>> {
        let mut held = Vec::new();
        for identity in self.own(permit, &[patient.0]).await? {
            let answers = self.record.read(vec![relationships::of(identity)]).await?;
            for row in answers.iter().flatten() {
                held.push(relationships::read(row)?);
            }
        }
        held.retain(|one| one.organisation == *permit.organisation());
        held.sort_by_key(|one| std::cmp::Reverse(one.begins));
        Ok(held)
    }

    async fn own(
        &self,
        permit: &SearchPermit,
        identities: &[IdentityId],
    ) -> StoreResult<Vec<IdentityId>> {
        let rows = self.identity_rows(identities).await?;
        let own = |identity: &&IdentityId| {
            rows.get(identity)
                .is_some_and(|row| row.organisation == *permit.organisation())
        };
        Ok(identities.iter().filter(own).copied().collect())
    }
}
