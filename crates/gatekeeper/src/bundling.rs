//! A disclosed record as a FHIR bundle: the sources' own bytes, as far as they may be seen.

use std::collections::HashMap;

use tributary_formats::fhir::bundle::{Frame, Item, full_url, write_bundle};
use tributary_model::{Address, EntryKey, IdentityId};
use tributary_record::{Scope, SourceIdentity, Sources, combine, withhold};
use tributary_store::Opened;

/// The bundle of a record that was opened for a permit.
pub(crate) fn bundle(
    base: &str,
    address: Address,
    opened: &Opened,
    sources: &Sources,
    scope: &Scope,
) -> Vec<u8> {
    let visible = withhold(sources.clone(), scope);
    let of: HashMap<IdentityId, &SourceIdentity> = sources
        .identities
        .iter()
        .map(|source| (source.identity, source))
        .collect();
    let bodies: HashMap<EntryKey, &[u8]> = opened
        .entries
        .iter()
        .map(|entry| (entry.key, entry.body.as_slice()))
        .collect();
    let items = visible.intact(&sources.entries).filter_map(|entry| {
        let source = of.get(&entry.key.identity)?;
        let code = &source.organisation.code;
        Some(Item {
            full_url: full_url(base, code, &entry.entry.source_id),
            resource: bodies.get(&entry.key)?,
            source: code,
            source_name: &source.organisation.name,
            refreshed: source.refreshed,
        })
    });
    let record = combine(sources.clone(), scope);
    let patient = address.0.to_string();
    let answers = format!("{base}/Patient/{patient}/$everything");
    let frame = Frame {
        base,
        patient: &patient,
        answers: Some(&answers),
    };
    let mut out = Vec::new();
    write_bundle(&mut out, frame, &record, items);
    out
}
