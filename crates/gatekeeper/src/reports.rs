//! Who looked: a privacy officer's list, and a patient's access report.

use std::collections::HashMap;

use tributary_model::{AccessAction, AccessNumber, Address, LegalReason, Origin, Requester, Role};
use tributary_policy::{Refused, RelationshipStanding, Rulebook};
use tributary_store::{AuditLine, Gathered};

use crate::{
    AccessList, Disclosure, FoundPatient, GateError, Gatekeeper, Outcome, PatientReport,
    asking::refusal,
    gate::{failed, unwritten},
    limits,
    lines::{access_line, own_address, sentence},
};

impl Gatekeeper {
    /// A privacy officer's list: who looked at our patients, and what ours looked at.
    pub async fn accesses(
        &self,
        requester: &Requester,
        before: Option<AccessNumber>,
        origin: &Origin,
    ) -> Result<Disclosure<AccessList>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let action = AccessAction::ReadAccesses;
        let nobody = Address(tributary_model::IdentityId(0));
        let (gathered, in_force) = self.gathered(requester, nobody, &mut circumstances).await?;
        let rulebook = &in_force.settings.rulebook;
        let allowed = self
            .authorised(rulebook, requester, &gathered, nobody, action)
            .is_ok();
        if requester.role != Role::PrivacyOfficer || !allowed {
            self.turn_away(requester, action, &circumstances).await?;
            return Err(GateError::NotForRole);
        }
        let admitted = self.store().admit_review(requester, &circumstances).await;
        let (review, search) = admitted.map_err(unwritten)?;
        let lines = self
            .store()
            .audit_lines(&review, before, limits::ACCESSES)
            .await;
        let (lines, more) = lines.map_err(failed)?;
        let code = &requester.organisation.code;
        let own: Vec<_> = lines.iter().map(|line| own_address(line, code)).collect();
        let mut identities: Vec<_> = own.iter().flatten().map(|address| address.0).collect();
        identities.sort_unstable();
        identities.dedup();
        let patients = self.own_patients(&search, &identities).await?;
        let patients: HashMap<Address, FoundPatient> = patients
            .into_iter()
            .map(|patient| (patient.address, patient))
            .collect();
        let line = |(line, own): (&AuditLine, &Option<Address>)| {
            access_line(line, own.as_ref().and_then(|address| patients.get(address)))
        };
        let list = AccessList {
            organisation: requester.organisation.clone(),
            lines: lines.iter().zip(&own).map(line).collect(),
            before: more.then(|| lines.last().map(|line| line.number)).flatten(),
        };
        Ok(Disclosure::new(list, review.access()))
    }

    /// A patient's access report, for any professional with a relationship or the privacy officer.
    /// A patient may ask whatever they decided about sharing, so no choice stands in its way.
    pub async fn patient_report(
        &self,
        requester: &Requester,
        address: Address,
        origin: &Origin,
    ) -> Result<Outcome<PatientReport>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let (gathered, in_force) = self
            .gathered(requester, address, &mut circumstances)
            .await?;
        let rulebook = &in_force.settings.rulebook;
        if let Some(refused) = self.no_report(rulebook, requester, &gathered, address) {
            let written = self
                .store()
                .admit_refusal(&refused, &gathered, &circumstances);
            let access = written.await.map_err(unwritten)?.access();
            return Ok(Outcome::Refused(refusal(&refused, access)));
        }
        let admitted = self
            .store()
            .admit_report(requester, &gathered.view, &circumstances)
            .await;
        let (review, search) = admitted.map_err(unwritten)?;
        let lines = self
            .store()
            .audit_lines(&review, None, limits::REPORTED)
            .await;
        let (lines, _) = lines.map_err(failed)?;
        let patient = self.own_patient(&search, address).await?;
        let told = lines.iter().filter(|line| may_be_told(line, requester));
        let sentences = told.map(|line| (access_line(line, Some(&patient)), sentence(line)));
        let sentences = sentences.collect();
        let made = (circumstances.now, requester.name.clone());
        let report = PatientReport {
            patient,
            sentences,
            made,
        };
        Ok(Outcome::Disclosed(Disclosure::new(report, review.access())))
    }

    /// Why a report is refused: by rule 1, or as if the person did not exist.
    fn no_report(
        &self,
        rulebook: &Rulebook,
        requester: &Requester,
        gathered: &Gathered,
        address: Address,
    ) -> Option<Refused> {
        let action = AccessAction::ReadReport;
        if let Err(refused) = self.authorised(rulebook, requester, gathered, address, action) {
            return Some(*refused);
        }
        let related = match gathered.facts.relationship {
            RelationshipStanding::Current | RelationshipStanding::InGrace => true,
            RelationshipStanding::None
            | RelationshipStanding::Ended
            | RelationshipStanding::NotYetBegun => requester.role == Role::PrivacyOfficer,
        };
        if related && gathered.view.patient().is_some() {
            return None;
        }
        self.without_a_patient(rulebook, requester, &gathered.facts, address, action)
    }
}

/// Lines about safeguarding are held back from the patient until the privacy officer releases them.
fn may_be_told(line: &AuditLine, requester: &Requester) -> bool {
    let safeguarding = line.clear.basis == LegalReason::Protection.words();
    !safeguarding || requester.role == Role::PrivacyOfficer
}
