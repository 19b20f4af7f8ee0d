//! Rulebooks as configuration.

use tributary_model::{OrganisationKind, Role, Section, SharingChoice};
use tributary_policy::{OpenFor, Rulebook, RulebookError, Undecided, Withholding};

#[test]
fn every_rulebook_that_comes_with_the_product_is_valid_and_has_its_name() {
    for rulebook in Rulebook::all() {
        assert_eq!(rulebook.validate(), Ok(()));
        assert_eq!(Rulebook::named(&rulebook.name), Some(rulebook));
    }
    assert_eq!(Rulebook::named("anything-goes"), None);
}

#[test]
fn a_rulebook_survives_its_configuration_file() {
    for rulebook in Rulebook::all() {
        let text = toml::to_string(&rulebook).unwrap();
        assert_eq!(toml::from_str::<Rulebook>(&text), Ok(rulebook), "{text}");
    }
    let text = toml::to_string(&Rulebook::cheshire()).unwrap();
    assert!(toml::from_str::<Rulebook>(&format!("rule-4 = false\n{text}")).is_err());
}

#[test]
fn what_would_make_a_rule_meaningless_is_refused() {
    let spoilt = |spoil: fn(&mut Rulebook)| {
        let mut rulebook = Rulebook::cheshire();
        spoil(&mut rulebook);
        rulebook.validate().unwrap_err()
    };
    assert_eq!(
        spoilt(|it| it.name = " ".to_owned()),
        RulebookError::Nameless
    );
    for spoil in [
        (|it| it.emergency_hours = 0) as fn(&mut Rulebook),
        |it| it.emergency_hours = 25,
        |it| it.legal_hours = 0,
        |it| it.consent_today_hours = 25,
        |it| it.no_hours = 23,
        |it| it.grace_days = 1_000,
    ] {
        assert!(matches!(spoilt(spoil), RulebookError::Duration { .. }));
    }
    let operator = RulebookError::Viewer(Role::Operator);
    assert_eq!(spoilt(|it| it.viewers.extend([Role::Operator])), operator);
    let nurse = RulebookError::GlassBreaker(Role::Nurse);
    assert_eq!(
        spoilt(|it| it.viewers.retain(|role| *role != Role::Nurse)),
        nurse
    );
    let allergies = |it: &mut Rulebook| {
        it.withheld.push(Withholding {
            role: None,
            organisation: None,
            purpose: None,
            sections: [Section::Allergies].into(),
        });
    };
    assert_eq!(spoilt(allergies), RulebookError::AllergiesWithheld);
}

#[test]
fn sections_are_withheld_by_role_and_organisation_kind_and_allergies_never() {
    use OrganisationKind::{Ambulance, Council, Hospice};

    let mut rulebook = Rulebook::cheshire();
    let withheld = |role, organisation, sections: &[Section]| Withholding {
        role,
        organisation,
        purpose: None,
        sections: sections.iter().copied().collect(),
    };
    rulebook.withheld = vec![
        withheld(Some(Role::SocialWorker), None, &[Section::Results]),
        withheld(
            None,
            Some(OrganisationKind::Ambulance),
            &[Section::SocialCare],
        ),
        withheld(
            Some(Role::Nurse),
            Some(OrganisationKind::Hospice),
            &Section::ALL,
        ),
    ];
    let missing = |role, kind| {
        let sections = rulebook.sections(role, kind, OpenFor::Care);
        Section::ALL
            .into_iter()
            .filter(|it| !sections.contains(*it))
            .collect::<Vec<_>>()
    };
    assert_eq!(missing(Role::SocialWorker, Council), [Section::Results]);
    assert_eq!(
        missing(Role::SocialWorker, Ambulance),
        [Section::Results, Section::SocialCare]
    );
    assert_eq!(missing(Role::Doctor, Ambulance), [Section::SocialCare]);
    assert_eq!(missing(Role::Doctor, Hospice), []);
    assert!(!missing(Role::Nurse, Hospice).contains(&Section::Allergies));
    assert_eq!(missing(Role::Nurse, Hospice).len(), Section::ALL.len() - 1);
}

#[test]
fn intake_drops_the_opted_out_and_under_opt_in_the_undecided() {
    for rulebook in Rulebook::all() {
        assert!(!rulebook.takes_in(Some(SharingChoice::OptOut)));
        assert!(rulebook.takes_in(Some(SharingChoice::Block)));
        assert!(rulebook.takes_in(Some(SharingChoice::Consent)));
        assert_eq!(
            rulebook.takes_in(None),
            rulebook.undecided != Undecided::NoRecord
        );
    }
}
