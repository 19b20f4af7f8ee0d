//! A protected address: where the person lives, and what would tell it, is taken out.
//!
//! Taken out are the address, the telephone numbers and the practice; the names and codes of the
//! practices and councils among the sources, since each serves one neighbourhood; where contacts
//! and appointments took place; of relatives all but the name and the relationship; and the
//! telephone numbers of people and teams, since an area code is a place.
//! Hospital, cancer and mental health trusts keep their names: they serve a whole region, and a
//! clinician must be able to reach them. What a source wrote in free text cannot be read for
//! places, so the source's own bytes are not shown either (`entry_view`).

use tributary_model::{Detail, OdsCode, OrganisationKind, ResourceKind};

use crate::combined::{SourceIdentity, Sources};

/// Stands for the name of an organisation whose kind is not known here.
const ANY: &str = "An organisation (name withheld)";

/// Takes out of the sources what would tell where the person lives.
pub(crate) fn hide(sources: &mut Sources) {
    for identity in &mut sources.identities {
        hide_identity(identity);
    }
    for entry in &mut sources.entries {
        let kind = entry.entry.kind;
        match &mut entry.entry.detail {
            Detail::Contact(contact) => contact.place.clear(),
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
