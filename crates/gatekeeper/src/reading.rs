//! From what a permit opened to what a combined record is made of.

use std::collections::HashMap;

use tributary_formats::fhir::{
    entry,
    intake::{Reader, RestrictedCodes, SharingMap, Statement},
};
use tributary_model::{
    Demographics, IdentityId, OdsCode, Organisation, OrganisationKind, Timestamp,
};
use tributary_record::{SourceEntry, SourceIdentity, Sources};
use tributary_store::{Bearing, Opened, OpenedEntry, Source};

/// Reads sources' own bytes.
pub(crate) struct Reading {
    persons: Reader,
}

/// The time and the marks that a record bears beside its sources.
pub(crate) struct Marks<'a> {
    pub(crate) waiting: &'a [String],
    pub(crate) hidden: &'a [String],
    pub(crate) now: Timestamp,
}

impl Reading {
    pub(crate) fn new() -> Self {
        // Of a person's demographics nothing depends on who sent them.
        let code: OdsCode = "X".parse().expect("one letter is a code");
        let nobody = Organisation {
            code,
            name: String::new(),
            kind: OrganisationKind::Private,
        };
        let (sharing, restricted) = (SharingMap::default(), RestrictedCodes::default());
        Self {
            persons: Reader::new(nobody, &sharing, &restricted),
        }
    }

    /// Who a source says a person is.
    pub(crate) fn demographics(&self, body: &[u8]) -> Option<Demographics> {
        match self.persons.read(body) {
            Ok(Statement::Identity(identity)) => Some(identity.demographics),
            _ => None,
        }
    }

    /// What a source's demographics bear on a decision.
    pub(crate) fn bearing(&self, body: &[u8]) -> Option<Bearing> {
        let Demographics {
            born,
            died,
            deceased,
            ..
        } = self.demographics(body)?;
        Some(Bearing {
            born,
            dead: deceased || died.is_some(),
        })
    }

    /// What a combined record is made of. Identities of which nothing is kept are passed over.
    pub(crate) fn sources(&self, opened: &Opened, of: &[Source], marks: &Marks<'_>) -> Sources {
        let persons: HashMap<IdentityId, &[u8]> = opened
            .persons
            .iter()
            .map(|person| (person.identity, person.body.as_slice()))
            .collect();
        let identities = of.iter().filter_map(|source| {
            Some(SourceIdentity {
                identity: source.identity,
                organisation: source.organisation.clone(),
                demographics: self.demographics(persons.get(&source.identity)?)?,
                refreshed: source.refreshed,
                late_since: source.late_since,
                supplies: source.supplies,
            })
        });
        Sources {
            identities: identities.collect(),
            entries: opened.entries.iter().map(source_entry).collect(),
            waiting_to_be_linked: marks.waiting.to_vec(),
            hidden_by_agreement: marks.hidden.to_vec(),
            now: marks.now,
        }
    }
}

/// An entry as people read it. What cannot be read of it is shown as missing.
pub(crate) fn source_entry(opened: &OpenedEntry) -> SourceEntry {
    let (entry, _issues) = entry::read(&opened.body, opened.key.section);
    SourceEntry {
        key: opened.key,
        filed: opened.filed,
        entry,
    }
}
