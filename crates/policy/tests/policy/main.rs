//! The rules against tables and models that share nothing with them.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what it is for"
)]

mod choices;
mod decision_table;
mod enumeration;
mod findings;
mod preference;
mod recorded;
mod rulebook;
mod words;

use tributary_model::{
    AccessAction, AccountId, Address, IdentityId, Organisation, OrganisationKind, Part, PatientId,
    Purpose, Requester, Role, Statement, Timestamp,
};
use tributary_policy::{Account, Agreement, Ask, Facts, Registration, RelationshipStanding, Whose};

const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

/// A doctor of an acute trust who asks for a patient's record and states nothing.
fn ask() -> Ask {
    let code = "RXX01".parse().unwrap();
    let kind = OrganisationKind::AcuteTrust;
    Ask {
        requester: Requester {
            account: AccountId(1),
            name: String::new(),
            register: None,
            role: Role::Doctor,
            organisation: Organisation {
                code,
                name: String::new(),
                kind,
            },
        },
        patient: Some(PatientId(7)),
        address: Address(IdentityId(70)),
        purpose: Purpose::DirectCare,
        part: Some(Part::Treating),
        statement: Statement::Nothing,
        action: AccessAction::OpenRecord,
    }
}

/// What rules 1 and 2 ask for, and nothing else.
fn facts() -> Facts {
    Facts {
        account: Account::Active,
        registration: Registration::Valid,
        record: Whose::Another,
        agreement: Agreement::Viewing,
        relationship: RelationshipStanding::Current,
        ..Facts::default()
    }
}
