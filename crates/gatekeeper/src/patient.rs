//! A patient as the requester's own organisation knows them, and nothing of any other source.

use std::collections::HashMap;

use tributary_model::{Address, Demographics, IdentityId, Timestamp};
use tributary_record::age;
use tributary_store::SearchPermit;

use crate::{FoundPatient, GateError, Gatekeeper, gate::failed};

impl Gatekeeper {
    /// The patients of these addresses, in their order. Of one of whom nothing is kept there is only
    /// the address.
    pub(crate) async fn own_patients(
        &self,
        permit: &SearchPermit,
        identities: &[IdentityId],
    ) -> Result<Vec<FoundPatient>, GateError> {
        let now = self.clock().now();
        let opened = self
            .store()
            .own_persons(permit, identities)
            .await
            .map_err(failed)?;
        let known: HashMap<_, _> = opened
            .iter()
            .filter_map(|person| {
                Some((person.identity, self.reading().demographics(&person.body)?))
            })
            .collect();
        let patient = |identity: &IdentityId| {
            let address = Address(*identity);
            known
                .get(identity)
                .map_or_else(|| nobody(address), |known| one(address, known, now))
        };
        Ok(identities.iter().map(patient).collect())
    }

    /// The patient of one address.
    pub(crate) async fn own_patient(
        &self,
        permit: &SearchPermit,
        address: Address,
    ) -> Result<FoundPatient, GateError> {
        let mut found = self.own_patients(permit, &[address.0]).await?;
        Ok(found.pop().unwrap_or_else(|| nobody(address)))
    }
}

fn one(address: Address, known: &Demographics, now: Timestamp) -> FoundPatient {
    let home = known
        .address
        .iter()
        .map(String::as_str)
        .chain(known.postcode.as_deref());
    let home: Vec<_> = home
        .filter(|line| !line.is_empty() && !known.protected)
        .collect();
    FoundPatient {
        address,
        name: known.name.banner(),
        age: known
            .born
            .as_ref()
            .map(|born| age(born, now))
            .unwrap_or_default(),
        born: known.born.clone(),
        gender: known.gender,
        nhs_number: known.nhs_number.number().map(|number| number.to_string()),
        local_number: known.local_number.clone(),
        home: home.join(", "),
        opened: None,
    }
}

fn nobody(address: Address) -> FoundPatient {
    FoundPatient {
        address,
        name: String::new(),
        born: None,
        age: String::new(),
        gender: tributary_model::Gender::Unknown,
        nhs_number: None,
        local_number: String::new(),
        home: String::new(),
        opened: None,
    }
}
