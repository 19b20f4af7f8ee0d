//! How near a patient stands to whoever looked, and whether the look was followed by contact.
//!
//! The demographics of both are compared in here; only the answers leave, for the ranking of what a
//! privacy officer reads first.

use tributary_model::{AccountId, Address, IdentityId, NhsNumber, OdsCode, Timestamp, Version};

use crate::{
    FindKey, Store, StoreResult, accounts, entries, identities, permit::SiftPermit, relationships,
};

/// What two people are compared by, as the demographics of one of them say it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Household {
    /// Family names as they are compared.
    pub families: Vec<String>,
    /// Where they live, in a form that can be compared; empty if that is not known or protected.
    pub home: String,
    /// Their NHS number.
    pub nhs_number: Option<NhsNumber>,
}

/// How near a patient stands to whoever looked, as far as the organisation itself knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Likeness {
    /// They share a family name.
    pub family: bool,
    /// They live at the same address.
    pub home: bool,
    /// The patient works for the same organisation.
    pub colleague: bool,
}

/// Whether there was contact with the patient around a look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Contact {
    /// Something new came of the patient, or they were under the organisation's care.
    Some,
    /// None.
    None,
}

impl Store {
    /// Compares a patient with whoever looked. `names` are the family names of the reader's own
    /// account; `read` is told what the organisation holds of either.
    pub async fn likeness(
        &self,
        _permit: &SiftPermit,
        (organisation, reader): (&OdsCode, AccountId),
        patient: Address,
        names: &[String],
        read: impl Fn(&[u8]) -> Option<Household>,
    ) -> StoreResult<Likeness> {
        let holder = identities::of_holder(patient.0, organisation, reader);
        let answers = self
            .record
            .read(vec![identities::one(patient.0), holder])
            .await?;
        let [own, holder] = answers.as_slice() else {
            return Ok(Likeness::default());
        };
        // Of another organisation's patient the reader's own knows nothing.
        let own = own.first().map(identities::read_row).transpose()?;
        if own.is_none_or(|row| row.organisation != *organisation) {
            return Ok(Likeness::default());
        }
        let latest = |identity| (identity, Version(i64::MAX));
        let patient = self.open_persons(&[latest(patient.0)]).await?;
        let Some(patient) = patient.first().and_then(|person| read(&person.body)) else {
            return Ok(Likeness::default());
        };
        let mut reader_is = Household {
            families: names.to_vec(),
            ..Household::default()
        };
        if let Some(row) = holder.first() {
            let known = self
                .open_persons(&[latest(IdentityId(row.int(0)?))])
                .await?;
            if let Some(known) = known.first().and_then(|person| read(&person.body)) {
                reader_is.families.extend(known.families);
                reader_is.home = known.home;
            }
        }
        let families = &reader_is.families;
        Ok(Likeness {
            family: patient.families.iter().any(|name| families.contains(name)),
            home: !patient.home.is_empty() && patient.home == reader_is.home,
            colleague: self
                .works_at(organisation, reader, patient.nhs_number)
                .await?,
        })
    }

    async fn works_at(
        &self,
        organisation: &OdsCode,
        reader: AccountId,
        number: Option<NhsNumber>,
    ) -> StoreResult<bool> {
        let Some(number) = number else {
            return Ok(false);
        };
        let own = self.find_key(organisation, &FindKey::Nhs(number));
        let query = accounts::holding(organisation, own, reader);
        let answers = self.record.read(vec![query]).await?;
        Ok(answers.iter().any(|rows| !rows.is_empty()))
    }

    /// Whether anything new came of a patient to the organisation between two instants, or it had
    /// them under its care then; a registration alone is no contact.
    pub async fn contact(
        &self,
        _permit: &SiftPermit,
        organisation: &OdsCode,
        patient: Address,
        (from, until): (Timestamp, Timestamp),
    ) -> StoreResult<Contact> {
        let answers = self
            .record
            .read(vec![
                relationships::of(patient.0),
                entries::filed_between(patient.0, from, until),
            ])
            .await?;
        let [held, filed] = answers.as_slice() else {
            return Ok(Contact::None);
        };
        let mut cared_for = false;
        for row in held {
            let one = relationships::read(row)?;
            cared_for |= one.organisation == *organisation
                && !one.kind.is_registration()
                && one.begins < until
                && one.ends.is_none_or(|ends| ends > from);
        }
        Ok(if cared_for || !filed.is_empty() {
            Contact::Some
        } else {
            Contact::None
        })
    }
}
