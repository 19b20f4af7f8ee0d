//! What is asked.

use std::fmt;

use serde::{Deserialize, Serialize};
use tributary_model::{AccessAction, Address, Part, PatientId, Purpose, Requester, Statement};

/// A request to see one patient's record. `Debug` shows nothing that anyone wrote.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Who asks, as what and for which organisation.
    pub requester: Requester,
    /// Whose record; `None` when the address names nobody, which is refused by rule 2 like a
    /// patient without a relationship.
    pub patient: Option<PatientId>,
    /// How the page named the patient.
    pub address: Address,
    /// What for.
    pub purpose: Purpose,
    /// The requester's part in the patient's care, stated when the record is opened; `None` on a
    /// later page of the open record.
    pub part: Option<Part>,
    /// What the requester states now.
    pub statement: Statement,
    /// What is attempted. The rules do not differ by it: every rule holds on every path.
    pub action: AccessAction,
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("account", &self.requester.account)
            .field("role", &self.requester.role)
            .field("organisation", &self.requester.organisation.code)
            .field("patient", &self.patient)
            .field("purpose", &self.purpose)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}
