//! A protected address: where the person lives, and what would tell it, is taken out.
//!
//! Taken out are the address, the telephone numbers and the practice; the names and codes of the
//! practices and councils among the sources, since each serves one neighbourhood; where contacts
//! and appointments took place; of relatives all but the name and the relationship; and the
//! telephone numbers of people and teams, since an area code is a place.
//! Hospital, cancer and mental health trusts keep their names: they serve a whole region, and a
//! clinician must be able to reach them. What a source wrote in free text cannot be read for
//! places, so letters, attachments and notes are not shown, and the source's own bytes neither
//! (`entry_view`). An allergy keeps its notes: it may say there what it does.

use tributary_model::{Detail, Document, OdsCode, OrganisationKind, ResourceKind};

use crate::combined::{SourceIdentity, Sources};

/// Stands for the name of an organisation whose kind is not known here.
const ANY: &str = "An organisation (name withheld)";

/// Stands for what a letter says.
const LETTER: &str = "Withheld: it may tell where the person lives";

/// Takes out of the sources what would tell where the person lives.
pub(crate) fn hide(sources: &mut Sources) {
    for identity in &mut sources.identities {
        hide_identity(identity);
    }
    for entry in &mut sources.entries {
        let kind = entry.entry.kind;
        if kind != ResourceKind::AllergyIntolerance {
            entry.entry.notes.clear();
        }
        match &mut entry.entry.detail {
            Detail::Contact(contact) => contact.place.clear(),
            Detail::Document(document) => hide_document(document, kind),
            Detail::Plain { facts } => facts.retain(|(label, _)| label != "Place"),
            Detail::Plan(plan) => {
                if kind == ResourceKind::RelatedPerson {
                    plan.lines.clear();
                }
                for (_, _, telephone) in &mut plan.people {
                    telephone.clear();
                }
            }
            _ => {}
        }
    }
    for name in sources
        .waiting_to_be_linked
        .iter_mut()
        .chain(&mut sources.hidden_by_agreement)
    {
        ANY.clone_into(name);
    }
}

/// A letter tells where it was sent and from; of a report the conclusion stays.
fn hide_document(document: &mut Document, kind: ResourceKind) {
    let concludes = kind == ResourceKind::DiagnosticReport && !document.text.is_empty();
    if !concludes {
        LETTER.clone_into(&mut document.text);
    }
    document.data.clear();
    document.media_type.clear();
}

fn hide_identity(identity: &mut SourceIdentity) {
    let demographics = &mut identity.demographics;
    demographics.address.clear();
    demographics.postcode = None;
    demographics.telecoms.clear();
    demographics.practice = None;
    let name = match identity.organisation.kind {
        OrganisationKind::GpPractice => "GP practice (name withheld)",
        OrganisationKind::Council => "Council (name withheld)",
        _ => return,
    };
    name.clone_into(&mut identity.organisation.name);
    identity.organisation.code = nowhere();
}

/// Stands for a code that would tell the place.
fn nowhere() -> OdsCode {
    "WITHHELD".parse().expect("eight letters are an ODS code")
}
