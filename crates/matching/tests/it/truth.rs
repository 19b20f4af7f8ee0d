//! Real input with truth beside it: what may be wrong is only what is left for a person.
//! Runs where `TRIBUTARY_SHARED_DATA` names the folder it is unpacked in.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::PathBuf,
};

use tributary_formats::fhir::intake::{Reader, RestrictedCodes, SharingMap, Statement};
use tributary_matching::{Verdict, compare, doubtful_keys};
use tributary_model::{
    ClinicalDate, Demographics, Gender, Name, NhsNumber, Organisation, OrganisationKind,
    StatedNhsNumber, Telecom,
};

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its input in the environment"
)]
fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("TRIBUTARY_SHARED_DATA")
        .ok()
        .map(|data| PathBuf::from(data).join(name));
    let found = folder.filter(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: TRIBUTARY_SHARED_DATA names no folder with {name} in it");
    }
    found
}

struct Known {
    person: String,
    sent: String,
    demographics: Demographics,
}

fn region() -> Option<Vec<Known>> {
    let region = shared("region")?;
    let truth = fs::read_to_string(region.join("truth.csv")).expect("truth.csv");
    let truth: HashMap<&str, (&str, &str)> = truth
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|cells| (cells[1], (cells[2], cells[4])))
        .collect();
    let mut known = Vec::new();
    for folder in fs::read_dir(region.join("day1")).expect("day1") {
        let folder = folder.expect("a folder");
        let sender = Organisation {
            code: folder
                .file_name()
                .to_string_lossy()
                .parse()
                .expect("an ODS code"),
            name: String::new(),
            kind: OrganisationKind::GpPractice,
        };
        let reader = Reader::new(sender, &SharingMap::default(), &RestrictedCodes::default());
        let patients = fs::read(folder.path().join("Patient.ndjson")).expect("patients");
        for line in patients
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
        {
            let Ok(Statement::Identity(identity)) = reader.read(line) else {
                panic!("every line is a Patient")
            };
            let (person, sent) = truth[identity.id.as_str()];
            known.push(Known {
                person: person.to_owned(),
                sent: sent.to_owned(),
                demographics: identity.demographics,
            });
        }
    }
    Some(known)
}

#[test]
fn the_region_is_linked_as_the_truth_says_or_listed() {
    let Some(known) = region() else { return };
    let mut outcomes: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (i, a) in known.iter().enumerate() {
        let keys: Vec<String> = doubtful_keys(&a.demographics).collect();
        for b in &known[i + 1..] {
            let verdict = compare(&a.demographics, &b.demographics);
            if a.person != b.person {
                assert_ne!(verdict, Verdict::Same, "{} {}", a.sent, b.sent);
                continue;
            }
            assert_ne!(verdict, Verdict::Different, "{} {}", a.sent, b.sent);
            let traced = |known: &Known| known.demographics.nhs_number.traced().is_some();
            if traced(a) && traced(b) {
                assert_eq!(verdict, Verdict::Same, "{} {}", a.sent, b.sent);
            } else {
                assert!(
                    doubtful_keys(&b.demographics).any(|key| keys.contains(&key)),
                    "no key in common"
                );
            }
            let sent = [&*a.sent, &*b.sent];
            let pair = format!(
                "{} · {}",
                sent.iter().min().expect("two"),
                sent.iter().max().expect("two")
            );
            *outcomes.entry((pair, format!("{verdict:?}"))).or_default() += 1;
        }
    }
    for ((pair, verdict), count) in outcomes {
        println!("{count:>5}  {pair}: {verdict}");
    }
}

/// Reads one side of a labelled pair: `name=value,name=value,…`.
fn deck_person(line: &str) -> Demographics {
    let fields: HashMap<&str, &str> = line
        .split(',')
        .filter_map(|field| field.split_once('='))
        .collect();
    let field = |name: &str| fields.get(name).copied().unwrap_or_default().to_owned();
    let born = field("birthDate");
    let born = match (born.get(..4), born.get(4..6), born.get(6..8)) {
        (Some(year), Some(month), Some(day)) => {
            ClinicalDate::read(&format!("{year}-{month}-{day}"))
        }
        _ => None,
    };
    let given = [field("nameFirst"), field("nameMiddle")];
    Demographics {
        local_number: field("mrns"),
        nhs_number: StatedNhsNumber::Traced(NhsNumber::synthetic(1).expect("a number")),
        name: Name {
            family: field("nameLast"),
            given: given.into_iter().filter(|name| !name.is_empty()).collect(),
            prefix: None,
        },
        other_names: Vec::new(),
        born,
        died: None,
        deceased: false,
        gender: match &*field("gender") {
            "M" => Gender::Male,
            "F" => Gender::Female,
            _ => Gender::Unknown,
        },
        address: vec![field("addressStreet1"), field("addressCity")],
        postcode: Some(field("addressZip")).filter(|zip| !zip.is_empty()),
        telecoms: vec![Telecom {
            system: "phone".to_owned(),
            value: field("phone"),
        }],
        practice: None,
        interpreter: None,
        protected: false,
    }
}

/// 28 scenarios of a labelled deck, each pair once without numbers and once as if both sides had
/// the same verified number, the worst case of two people under one. (A few of the deck's pairs of
/// two people have one name, birth date and sex: those no rule can tell under one number.)
#[test]
fn a_labelled_deck_is_listed_and_hardly_ever_linked_wrongly() {
    let Some(folder) = shared("matching") else {
        return;
    };
    let deck = fs::read_to_string(folder.join("MIIS-B.txt")).expect("the deck");
    let mut outcomes: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    let mut label = "";
    let mut lines = deck.lines();
    while let Some(line) = lines.next() {
        if let Some(expected) = line.strip_prefix("EXPECT: ") {
            label = expected;
        } else if let Some(a) = line.strip_prefix("PATIENT A: ") {
            let b = lines
                .next()
                .and_then(|line| line.strip_prefix("PATIENT B: "))
                .expect("a pair");
            let (a, b) = (deck_person(a), deck_person(b));
            let numbered = format!("{:?}", compare(&a, &b));
            let unnumbered = |person| Demographics {
                nhs_number: StatedNhsNumber::Absent,
                ..person
            };
            let unnumbered = format!("{:?}", compare(&unnumbered(a), &unnumbered(b)));
            *outcomes.entry((label, "one number", numbered)).or_default() += 1;
            *outcomes
                .entry((label, "no number", unnumbered))
                .or_default() += 1;
        }
    }
    for ((label, numbers, verdict), count) in &outcomes {
        println!("{count:>5}  {label}, {numbers}: {verdict}");
    }
    let count = |label: &str, numbers: &str, verdict: &str| -> usize {
        let of = |key: &(&str, &str, String)| {
            key.0 == label && key.1 == numbers && key.2.starts_with(verdict)
        };
        outcomes
            .iter()
            .filter(|(key, _)| of(key))
            .map(|(_, count)| count)
            .sum()
    };
    let labels = ["Match", "Possible Match", "Not a Match"];
    assert_eq!(
        labels.map(|label| count(label, "no number", "Same")),
        [0, 0, 0]
    );
    let matches = count("Match", "no number", "");
    assert!(matches > 0 && count("Match", "no number", "ForAPerson") * 10 >= matches * 9);
    let others = count("Not a Match", "one number", "");
    assert!(count("Not a Match", "one number", "Same") * 20 <= others);
}
