//! A disclosed record as a FHIR bundle: the sources' own bytes, as far as they may be seen.

use std::collections::HashMap;

use tributary_formats::fhir::{
    bundle::{Frame, Item, full_url, write_bundle},
    protected::without_places,
};
use tributary_model::{Address, EntryKey, IdentityId};
use tributary_record::{Scope, SourceIdentity, Sources, Visible, combine, withhold};
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
    let record = combine(sources.clone(), scope);
    let patient = address.0.to_string();
    let answers = format!("{base}/Patient/{patient}/$everything");
    let frame = Frame {
        base,
        patient: &patient,
        answers: Some(&answers),
    };
    let mut out = Vec::new();
    if record.banner.protected {
        let made = copies(base, &patient, opened, &visible);
        let items = made.iter().map(|(item, resource)| Item {
            resource,
            ..item.clone()
        });
        write_bundle(&mut out, frame, &record, items);
    } else {
        write_bundle(
            &mut out,
            frame,
            &record,
            intact(base, opened, sources, &visible),
        );
    }
    out
}

/// The sources' own bytes, of the entries from which nothing was taken.
fn intact<'a>(
    base: &'a str,
    opened: &'a Opened,
    sources: &'a Sources,
    visible: &'a Visible,
) -> impl Iterator<Item = Item<'a>> {
    let (of, bodies) = (by_identity(sources), bodies(opened));
    visible.intact(&sources.entries).filter_map(move |entry| {
        let source = of.get(&entry.key.identity)?;
        let code = &source.organisation.code;
        Some(Item {
            full_url: full_url(base, code, &entry.entry.source_id),
            resource: bodies.get(&entry.key)?,
            source: code,
            source_name: &source.organisation.name,
            refreshed: source.refreshed,
        })
    })
}

/// Of a person whose address is protected: copies of what says nothing of a place, under ids of our
/// own and from sources that are not named where their name would tell it.
fn copies<'a>(
    base: &str,
    patient: &str,
    opened: &Opened,
    visible: &'a Visible,
) -> Vec<(Item<'a>, Vec<u8>)> {
    let (of, bodies) = (by_identity(visible.sources()), bodies(opened));
    let copied = visible.sources().entries.iter().filter_map(|entry| {
        let source = of.get(&entry.key.identity)?;
        let slug = entry.key.slug();
        let resource = without_places(bodies.get(&entry.key)?, &slug, patient)?;
        let code = &source.organisation.code;
        let (kind, _) = entry.entry.source_id.split_once('/')?;
        let item = Item {
            full_url: full_url(base, code, &format!("{kind}/{slug}")),
            resource: &[],
            source: code,
            source_name: &source.organisation.name,
            refreshed: source.refreshed,
        };
        Some((item, resource))
    });
    copied.collect()
}

fn by_identity(sources: &Sources) -> HashMap<IdentityId, &SourceIdentity> {
    let of = sources.identities.iter();
    of.map(|source| (source.identity, source)).collect()
}

fn bodies(opened: &Opened) -> HashMap<EntryKey, &[u8]> {
    let bodies = opened.entries.iter();
    bodies
        .map(|entry| (entry.key, entry.body.as_slice()))
        .collect()
}
