//! The gatekeeper itself: what edges may ask of it.

use std::sync::Arc;

use tributary_model::{AccessNumber, Address, EntryKey, Origin, Requester};
use tributary_record::{EntryView, Trend};

use crate::{
    AccessList, Disclosure, FhirRecord, Found, GateError, OpenRecord, Opening, Outcome,
    PatientReport, Replay, Search, SessionToken, SignIn, SignedIn,
};

/// The way out. Cheap to clone; every clone is the same gate.
#[derive(Clone)]
pub struct Gatekeeper(
    #[expect(dead_code, reason = "the bodies follow in the next change")] Arc<()>,
);

#[expect(
    clippy::unused_async,
    clippy::missing_const_for_fn,
    reason = "the bodies follow in the next change"
)]
impl Gatekeeper {
    /// Signs a person in.
    pub async fn sign_in(
        &self,
        _name: &str,
        _password: &str,
        _origin: &Origin,
    ) -> Result<SignIn, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Who is signed in under a token; `None` when the session has ended.
    pub async fn session(&self, _token: &SessionToken) -> Result<Option<SignedIn>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Chooses the role to act in; closes every open record. `false` if there is no such role.
    pub async fn choose_role(
        &self,
        _token: &SessionToken,
        _assignment: i64,
        _origin: &Origin,
    ) -> Result<bool, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Ends the session.
    pub async fn sign_out(&self, _token: &SessionToken, _origin: &Origin) -> Result<(), GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Finds patients of the requester's own organisation.
    pub async fn find(
        &self,
        _requester: &Requester,
        _search: Search,
        _origin: &Origin,
    ) -> Result<Disclosure<Found>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// The patients whose record this requester opened in the last seven days.
    pub async fn recent(
        &self,
        _requester: &Requester,
        _origin: &Origin,
    ) -> Result<Disclosure<Found>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Opens the combined record, or goes on with an open one.
    pub async fn open_record(
        &self,
        _requester: &Requester,
        _opening: Opening,
    ) -> Result<Outcome<OpenRecord>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Opens one entry in full, with the record it stands in.
    pub async fn open_entry(
        &self,
        _requester: &Requester,
        _opening: Opening,
        _key: EntryKey,
    ) -> Result<Outcome<(OpenRecord, EntryView)>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Opens the results of one test over time, with the record they stand in.
    pub async fn open_trend(
        &self,
        _requester: &Requester,
        _opening: Opening,
        _slug: &str,
    ) -> Result<Outcome<(OpenRecord, Trend)>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Fetches the record as FHIR.
    pub async fn fetch_fhir(
        &self,
        _requester: &Requester,
        _opening: Opening,
    ) -> Result<Outcome<FhirRecord>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// Closes an open record: the next page of it asks for the requester's part again.
    pub async fn close_record(
        &self,
        _requester: &Requester,
        _address: Address,
    ) -> Result<(), GateError> {
        Err(GateError::NoSuchPage)
    }

    /// A privacy officer's list: who looked at our patients, and what ours looked at.
    pub async fn accesses(
        &self,
        _requester: &Requester,
        _before: Option<AccessNumber>,
        _origin: &Origin,
    ) -> Result<Disclosure<AccessList>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// A patient's access report, for any professional with a relationship or the privacy officer.
    pub async fn patient_report(
        &self,
        _requester: &Requester,
        _address: Address,
        _origin: &Origin,
    ) -> Result<Outcome<PatientReport>, GateError> {
        Err(GateError::NoSuchPage)
    }

    /// What an access showed, made again from what it fixed; for the operator's command line.
    pub async fn replay(&self, _access: AccessNumber) -> Result<Disclosure<Replay>, GateError> {
        Err(GateError::NoSuchPage)
    }
}
