//! People as feeds really send them, and what is to be said of each pair.

use proptest::prelude::*;
use tributary_matching::{
    Reason, Verdict, compare, doubtful_keys, find_keys, find_name_keys, find_number_key,
};
use tributary_model::{
    ClinicalDate, Demographics, Gender, Name, NhsNumber, StatedNhsNumber, Telecom,
};

use Reason::{
    BirthDatesDiffer, DemographicsAgree, FamilyNamesDiffer, GivenNamesDiffer, MuchDiffers,
    NumberContradicted, NumberNotVerified, PerhapsRenamed, PerhapsTwins,
};
use Verdict::{Different, ForAPerson, Same};

/// A person with a verified number: `Given Family`, date of birth.
fn person(name: &str, born: &str) -> Demographics {
    let (given, family) = name.split_once(' ').expect("a given and a family name");
    Demographics {
        local_number: "1".to_owned(),
        nhs_number: StatedNhsNumber::Traced(number(7)),
        name: named(given, family),
        other_names: Vec::new(),
        born: ClinicalDate::read(born),
        died: None,
        deceased: false,
        gender: Gender::Female,
        address: vec!["1 High Street".to_owned(), "Northwich".to_owned()],
        postcode: Some("CW9 5WY".to_owned()),
        telecoms: Vec::new(),
        practice: None,
        interpreter: None,
        protected: false,
    }
}

fn named(given: &str, family: &str) -> Name {
    let given = given
        .split('+')
        .filter(|given| !given.is_empty())
        .map(str::to_owned)
        .collect();
    Name {
        family: family.to_owned(),
        given,
        prefix: None,
    }
}

fn number(index: u64) -> NhsNumber {
    NhsNumber::synthetic(index).expect("a number of the test range")
}

trait But: Sized {
    fn moved(self) -> Self;
    fn male(self) -> Self;
    fn stating(self, number: StatedNhsNumber) -> Self;
    fn formerly(self, family: &str) -> Self;
}

impl But for Demographics {
    fn moved(self) -> Self {
        let (address, postcode) = (
            vec!["2 Station Road".to_owned()],
            Some("CW1 2AB".to_owned()),
        );
        Self {
            address,
            postcode,
            ..self
        }
    }

    fn male(self) -> Self {
        Self {
            gender: Gender::Male,
            ..self
        }
    }

    fn stating(self, nhs_number: StatedNhsNumber) -> Self {
        Self { nhs_number, ..self }
    }

    fn formerly(self, family: &str) -> Self {
        let maiden = Name {
            family: family.to_owned(),
            ..self.name.clone()
        };
        Self {
            other_names: vec![maiden],
            ..self
        }
    }
}

fn check(a: &Demographics, b: &Demographics, expected: Verdict, case: &str) {
    assert_eq!(compare(a, b), expected, "{case}");
    assert_eq!(compare(b, a), expected, "{case}, the other way round");
}

#[test]
fn under_one_verified_number() {
    let ada = || person("Adelaide Tremblay", "1992-03-30");
    for (other, expected, case) in [
        (ada(), Same, "the same in every respect"),
        (ada().moved(), Same, "moved"),
        (person("A Tremblay", "1992-03-30"), Same, "an initial"),
        (
            person("A Tremblay", "1992-03-30").moved(),
            Same,
            "an initial, and moved",
        ),
        (
            person("A Tremlbay", "1992-03-30"),
            Same,
            "an initial, and a typing error",
        ),
        (
            person("A Tremlbay", "1992-03-30").moved(),
            ForAPerson(MuchDiffers),
            "three slips",
        ),
        (
            person("Adelaide Trembay", "1992-03-30").moved(),
            Same,
            "a letter missing, and moved",
        ),
        (person("Adelaide TREMBLAY", "1992-03-30"), Same, "capitals"),
        (
            person("Adelaide Tremblay-Smith", "1992-03-30"),
            Same,
            "a name joined to the old",
        ),
        (
            person("Adelaide Ordóñez", "1992-03-30"),
            Same,
            "married, still living there",
        ),
        (
            person("Adelaide Ordóñez", "1992-03-30").moved(),
            ForAPerson(FamilyNamesDiffer),
            "renamed, moved",
        ),
        (
            person("Adelaide Ordóñez", "1992-03-30")
                .moved()
                .formerly("Tremblay"),
            Same,
            "maiden name sent",
        ),
        (
            person("Rose+Adelaide Tremblay", "1992-03-30"),
            Same,
            "goes by the second name",
        ),
        (person("Baby Tremblay", "1992-03-30"), Same, "not named yet"),
        (person("Adelaide Tremblay", "1992"), Same, "only the year"),
        (
            person("Adelaide Tremblay", "1901-01-01"),
            Same,
            "a filled-in birth date",
        ),
        (
            person("Adelaide Tremblay", "1992-03-31"),
            Same,
            "a digit of the day",
        ),
        (
            person("Edith Tremblay", "1992-03-30"),
            ForAPerson(GivenNamesDiffer),
            "a twin",
        ),
        (
            person("Adelaida Tremblay", "1992-03-30"),
            ForAPerson(GivenNamesDiffer),
            "a twin named alike",
        ),
        (
            person("A Tremblay", "1992-03-30").male(),
            ForAPerson(MuchDiffers),
            "perhaps a brother",
        ),
        (ada().male(), Same, "a wrong sex code"),
        (
            person("Adelaide Tremblay", "1962-03-30"),
            ForAPerson(BirthDatesDiffer),
            "a mother of the same name",
        ),
        (
            person("Adelaide Tremblay", "1967-11-02"),
            ForAPerson(BirthDatesDiffer),
            "the same name by chance",
        ),
        (
            person("George Smith", "1941-01-02").male().moved(),
            ForAPerson(BirthDatesDiffer),
            "somebody else",
        ),
    ] {
        check(&ada(), &other, expected, case);
    }
}

#[test]
fn under_one_verified_number_exchanged_parts_link_and_twins_do_not() {
    let two_names = person("Adelaide+Ruth Tremblay", "1992-03-30");
    let cousin = person("Adelaide+Joan Tremblay", "1992-03-30").moved();
    check(
        &two_names,
        &cousin,
        ForAPerson(MuchDiffers),
        "cousins named after a grandmother",
    );
    let swapped = person("Elvina Lemke", "1953-02-06");
    check(
        &person("Elvina Lemke", "1953-06-02"),
        &swapped,
        Same,
        "day and month exchanged",
    );
    check(
        &person("Lemke Elvina", "1953-06-02"),
        &person("Elvina Lemke", "1953-06-02"),
        Same,
        "names exchanged",
    );
    check(
        &person("Mia Lemke", "2020-06-02"),
        &person("Tia Lemke", "2020-06-02"),
        ForAPerson(GivenNamesDiffer),
        "twins",
    );
    check(
        &person("Anna Lemke", "2020-06-02"),
        &person("Anne Lemke", "2020-06-02"),
        ForAPerson(GivenNamesDiffer),
        "twins",
    );
    check(
        &person("Paul Lemke", "2020-06-02"),
        &person("Paula Lemke", "2020-06-02"),
        ForAPerson(GivenNamesDiffer),
        "twins",
    );
}

#[test]
fn two_verified_numbers_are_two_people() {
    let a = person("Adelaide Tremblay", "1992-03-30");
    let b = a.clone().stating(StatedNhsNumber::Traced(number(8)));
    check(&a, &b, Different, "all else equal");
}

#[test]
fn without_a_verified_number_nothing_links_by_itself() {
    let ada = || person("Adelaide Tremblay", "1992-03-30");
    let unnumbered = |person: Demographics| person.stating(StatedNhsNumber::Absent);
    for (other, expected, case) in [
        (
            ada(),
            ForAPerson(DemographicsAgree),
            "the same in every respect",
        ),
        (ada().moved(), ForAPerson(DemographicsAgree), "moved"),
        (
            person("A Tremblay", "1992-03-30").moved(),
            ForAPerson(DemographicsAgree),
            "an initial",
        ),
        (
            person("Adelaide Trembay", "1992-03-30"),
            ForAPerson(DemographicsAgree),
            "a typing error",
        ),
        (
            person("Edith Tremblay", "1992-03-30"),
            ForAPerson(PerhapsTwins),
            "a twin",
        ),
        (
            person("Edward Tremblay", "1992-03-30").male(),
            Different,
            "a twin brother",
        ),
        (
            person("Adelaide Smith", "1992-03-30"),
            ForAPerson(PerhapsRenamed),
            "renamed",
        ),
        (
            person("Adelaide Smith", "1992-03-30").moved(),
            Different,
            "renamed and moved",
        ),
        (
            person("Adelaide Tremblay", "1962-03-30"),
            Different,
            "a mother of the same name",
        ),
        (
            person("Edith Tremblay", "1992-03-30").moved(),
            Different,
            "the same birthday",
        ),
        (
            person("Adelaide Tremblay", "1901-01-01").moved(),
            Different,
            "nothing but a name",
        ),
    ] {
        check(&ada(), &unnumbered(other.clone()), expected, case);
        check(&unnumbered(ada()), &unnumbered(other), expected, case);
    }
}

#[test]
fn an_unverified_number_is_a_hint_and_no_link() {
    let ada = || person("Adelaide Tremblay", "1992-03-30");
    let untraced = |person: Demographics| person.stating(StatedNhsNumber::Untraced(number(7)));
    check(
        &ada(),
        &untraced(ada()),
        ForAPerson(NumberNotVerified),
        "all else equal",
    );
    check(
        &untraced(ada()),
        &untraced(ada()),
        ForAPerson(NumberNotVerified),
        "neither verified",
    );
    let other = untraced(person("George Smith", "1941-01-02"));
    check(
        &ada(),
        &other,
        ForAPerson(NumberContradicted),
        "somebody else",
    );
}

#[test]
fn a_shared_telephone_reaches_alike() {
    let telephone = |value: &str| {
        vec![Telecom {
            system: "phone".to_owned(),
            value: value.to_owned(),
        }]
    };
    let ada = person("Adelaide Tremblay", "1992-03-30");
    let a = Demographics {
        telecoms: telephone("07700 900123"),
        ..ada.clone()
    };
    let renamed = person("Adelaide Smith", "1992-03-30").moved();
    let b = Demographics {
        telecoms: telephone("07700900123"),
        ..renamed
    };
    check(&a, &b, Same, "renamed, moved, and kept the telephone");
}

#[test]
fn every_doubtful_pair_meets_under_a_key() {
    let ada = person("Adelaide Tremblay", "1992-03-08");
    for other in [
        ada.clone().moved(),
        person("A Tremblay", "1992-03-08"),
        person("Adelaide Tremlbay", "1992-03-08"),
        person("Adelaide Tremblay", "1992-08-03"),
        person("Adelaide Tremblay-Smith", "1992-03-08").moved(),
        person("Edith Tremblay", "1992-03-08"),
        person("Adelaide Smith", "1992-03-08"),
        person("Adelaide Tremblay", "1993-03-08"),
    ] {
        let other = other.stating(StatedNhsNumber::Absent);
        assert!(matches!(compare(&ada, &other), ForAPerson(_)));
        let keys: Vec<_> = doubtful_keys(&ada).collect();
        assert!(
            doubtful_keys(&other).any(|key| keys.contains(&key)),
            "{}",
            other.name.family
        );
    }
}

#[test]
fn staff_find_people_by_number_and_by_either_part_of_a_name() {
    let ada = person("Adelaide O'Hara-Smith", "1992-03-08").formerly("Ordóñez");
    let keys: Vec<_> = find_keys(&ada).collect();
    assert!(keys.contains(&find_number_key(number(7))));
    let born = ada.born.clone().unwrap();
    for family in ["O'Hara-Smith", "ohara smith", "Smith", "O'HARA", "Ordonez"] {
        assert!(
            find_name_keys(family, &born).any(|key| keys.contains(&key)),
            "{family}"
        );
    }
    let other_day = ClinicalDate::read("1992-08-03").unwrap();
    assert!(!find_name_keys("Smith", &other_day).any(|key| keys.contains(&key)));
    assert_eq!(
        find_name_keys("Smith", &ClinicalDate::read("1992").unwrap()).count(),
        0
    );
}

proptest! {
    #[test]
    fn nothing_panics_and_order_does_not_matter(
        given in any::<String>(), family in any::<String>(), born in "[0-9]{4}(-[0-9]{2}){0,2}",
        other_family in any::<String>(), other_born in "[0-9]{4}(-[0-9]{2}){0,2}",
    ) {
        let name = |given: &str, family: &str| Name { given: vec![given.to_owned()], ..named("", family) };
        let blank = person("A B", "2000");
        let a = Demographics { name: name(&given, &family), born: ClinicalDate::read(&born), ..blank.clone() };
        let b = Demographics { name: name(&given, &other_family), born: ClinicalDate::read(&other_born), ..blank };
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        prop_assert!(doubtful_keys(&a).chain(find_keys(&b)).all(|key| key.starts_with("1|")));
    }
}
