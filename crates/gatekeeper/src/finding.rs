//! Finding patients of the requester's own organisation. There is no search across the region.

use std::sync::Arc;

use tributary_matching::find_name_keys;
use tributary_model::{
    AccessAction, AccessOutcome, Address, ClinicalDate, NhsNumber, OrganisationKind, Origin,
    Purpose, Requester, Role, Statement,
};
use tributary_policy::{Account, Agreement, Ask, Decision, Facts, Refused, Rulebook, decide};
use tributary_store::{Circumstances, FindKey, Gathered};

use crate::{
    Disclosure, Found, GateError, Gatekeeper, Search,
    gate::{failed, unwritten},
    in_force::InForce,
    limits,
};

impl Gatekeeper {
    /// Finds patients of the requester's own organisation.
    pub async fn find(
        &self,
        requester: &Requester,
        search: Search,
        origin: &Origin,
    ) -> Result<Disclosure<Found>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let in_force = self
            .may_find(requester, AccessAction::Search, &mut circumstances)
            .await?;
        self.not_too_often(requester, &circumstances).await?;
        let rulebook = &in_force.settings.rulebook;
        let (store, now) = (self.store(), circumstances.now);
        let (searched, keys) = keys_of(&search);
        let permit = store
            .admit_search(requester, searched, &circumstances)
            .await;
        let permit = permit.map_err(unwritten)?;
        let mut identities = Vec::new();
        for key in &keys {
            identities.extend(
                store
                    .found(&permit, key, rulebook, now)
                    .await
                    .map_err(failed)?,
            );
        }
        identities.sort_unstable();
        identities.dedup();
        let more = identities.len() > limits::FOUND;
        identities.truncate(limits::FOUND);
        let mut patients = self.own_patients(&permit, &identities).await?;
        patients.sort_by(|a, b| (&a.name, a.address).cmp(&(&b.name, b.address)));
        Ok(Disclosure::new(Found { patients, more }, permit.access()))
    }

    /// The patients whose record this requester opened in the last seven days, the last first.
    pub async fn recent(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<Found>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let in_force = self
            .may_find(requester, AccessAction::Search, &mut circumstances)
            .await?;
        let rulebook = &in_force.settings.rulebook;
        let (store, now) = (self.store(), circumstances.now);
        let words = "patients opened in the last seven days".to_owned();
        let permit = store.admit_search(requester, words, &circumstances).await;
        let permit = permit.map_err(unwritten)?;
        let since = now.plus(-limits::RECENT);
        let code = &requester.organisation.code;
        let opened = store
            .opened_since(requester.account, code, since)
            .await
            .map_err(failed)?;
        let identities = opened.iter().map(|one| one.address.0).collect();
        let related = store
            .related(&permit, identities, rulebook, now)
            .await
            .map_err(failed)?;
        let mut patients = self.own_patients(&permit, &related).await?;
        for patient in &mut patients {
            let opening = opened.iter().find(|one| one.address == patient.address);
            patient.opened = opening.map(|one| one.at);
        }
        Ok(Disclosure::new(
            Found {
                patients,
                more: false,
            },
            permit.access(),
        ))
    }

    /// Bounds how many searches one account makes: nobody treats a hundred people in minutes.
    async fn not_too_often(
        &self,
        requester: &Requester,
        circumstances: &Circumstances,
    ) -> Result<(), GateError> {
        let (allowed, now) = (self.config().searches, circumstances.now);
        let Some(until) = self.searches().once_more(requester.account, allowed, now) else {
            return Ok(());
        };
        let (action, refused) = (AccessAction::Search, AccessOutcome::Refused);
        let words = "too many searches".to_owned();
        self.store()
            .note_event(Some(requester), action, refused, words, circumstances)
            .await
            .map_err(unwritten)?;
        Err(GateError::TooManySearches { until, now })
    }

    /// Whether the requester may find patients at all: who may view, and privacy officers.
    pub(crate) async fn may_find(
        &self,
        requester: &Requester,
        action: AccessAction,
        circumstances: &mut Circumstances,
    ) -> Result<Arc<InForce>, GateError> {
        let nobody = Address(tributary_model::IdentityId(0));
        let (gathered, in_force) = self.gathered(requester, nobody, circumstances).await?;
        let rulebook = &in_force.settings.rulebook;
        if records_choices(requester, &gathered.facts)
            || self
                .authorised(rulebook, requester, &gathered, nobody, action)
                .is_ok()
        {
            return Ok(in_force);
        }
        self.turn_away(requester, action, circumstances).await?;
        Err(GateError::NotForRole)
    }

    /// Whether rule 1 lets the requester pass, or they are a privacy officer of an organisation that
    /// takes part; else the refusal.
    pub(crate) fn authorised(
        &self,
        rulebook: &Rulebook,
        requester: &Requester,
        gathered: &Gathered,
        address: Address,
        action: AccessAction,
    ) -> Result<(), Box<Refused>> {
        let facts = &gathered.facts;
        let takes_part = facts.account == Account::Active && facts.agreement == Agreement::Viewing;
        if requester.role == Role::PrivacyOfficer && takes_part {
            return Ok(());
        }
        match self.without_a_patient(rulebook, requester, facts, address, action) {
            Some(refused) if refused.rule() == 1 => Err(Box::new(refused)),
            _ => Ok(()),
        }
    }

    /// The refusal of a person who is not there: by rule 1, else by rule 2.
    pub(crate) fn without_a_patient(
        &self,
        rulebook: &Rulebook,
        requester: &Requester,
        facts: &Facts,
        address: Address,
        action: AccessAction,
    ) -> Option<Refused> {
        let ask = Ask {
            requester: requester.clone(),
            patient: None,
            address,
            purpose: Purpose::DirectCare,
            part: None,
            statement: Statement::Nothing,
            action,
        };
        let now = self.clock().now();
        match decide(rulebook, ask, facts, now) {
            Decision::Refused(refused) => Some(refused),
            Decision::Permitted(_) | Decision::AskConsent(_) => None,
        }
    }
}

/// Whether the requester has a desk at which patients' choices are recorded, and so finds patients
/// without viewing records.
fn records_choices(requester: &Requester, facts: &Facts) -> bool {
    let takes_part = matches!(facts.agreement, Agreement::Viewing | Agreement::FeedingOnly);
    let desk = match requester.role {
        Role::PracticeStaff => requester.organisation.kind == OrganisationKind::GpPractice,
        Role::Governance => true,
        _ => false,
    };
    desk && takes_part && facts.account == Account::Active
}

/// What is searched for, as the audit line keeps it, and the keys it is found under.
fn keys_of(search: &Search) -> (String, Vec<FindKey>) {
    match search {
        Search::NhsNumber(typed) => {
            let number: Option<NhsNumber> = typed.parse().ok();
            let keys = number.map(FindKey::Nhs).into_iter();
            (format!("NHS number {}", bounded(typed)), keys.collect())
        }
        Search::NameAndBirth { family, born } => {
            let date = ClinicalDate::read(born);
            let keys = date.iter().flat_map(|date| find_name_keys(family, date));
            let keys = keys.map(FindKey::NameAndBirth).collect();
            (format!("{}, born {}", bounded(family), bounded(born)), keys)
        }
    }
}

fn bounded(typed: &str) -> String {
    typed.trim().chars().take(100).collect()
}
