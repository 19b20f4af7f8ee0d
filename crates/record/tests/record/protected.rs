//! A protected address is hidden wherever it could be read.

use proptest::prelude::*;
use tributary_model::{OrganisationKind, SectionSet};
use tributary_record::{Scope, combine, entry_view, samples::everything};

use crate::arbitrary::sources;

proptest! {
    #[test]
    fn nothing_tells_where_a_protected_person_lives(mut sources in sources(), which in 0..3_usize) {
        let which = which % sources.identities.len();
        sources.identities[which].demographics.protected = true;
        for (n, identity) in sources.identities.iter_mut().enumerate() {
            let place = match identity.organisation.kind {
                OrganisationKind::GpPractice | OrganisationKind::Council => "Northbeck",
                _ => "Region",
            };
            identity.organisation.name = format!("{place} {n}");
            identity.demographics.address = vec!["Northbeck Row".to_owned()];
            identity.demographics.postcode = Some("Northbeck".to_owned());
        }
        sources.waiting_to_be_linked = vec!["Northbeck Surgery".to_owned()];
        let record = combine(sources.clone(), &everything());
        let words = format!("{record:?}");
        for clue in ["Northbeck", "Weir Lane", "01632", "1 Row"] {
            prop_assert!(!words.contains(clue), "{clue}");
        }
        prop_assert!(record.banner.protected);
        for entry in &sources.entries {
            let verbatim = b"Northbeck".to_vec();
            let view = entry_view(sources.clone(), &everything(), entry.key, verbatim, Vec::new());
            if let Some(view) = view {
                let words = format!("{:?} {:?} {:?}", view.row, view.entry.detail, view.verbatim);
                prop_assert!(view.verbatim.is_empty() && !words.contains("Northbeck") && !words.contains("Weir"));
            }
        }
    }

    #[test]
    fn an_address_that_is_not_protected_is_shown(mut sources in sources()) {
        for identity in &mut sources.identities {
            identity.demographics.protected = false;
        }
        let scope = Scope { sections: SectionSet::EMPTY, ..everything() };
        let record = combine(sources, &scope);
        prop_assert_eq!(record.banner.address.as_deref(), Some("1 Row"));
    }
}
