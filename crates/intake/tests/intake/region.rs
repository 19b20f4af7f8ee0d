//! The small region of real Synthea people: two nights of eleven organisations, with the truth.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

use tributary_intake::{Counts, Ending, TakeReport};
use tributary_model::{IdentityId, Organisation, OrganisationKind, PatientId};

use crate::support::{Deployment, shared};

const KINDS: [(&str, OrganisationKind); 11] = [
    ("N81005", OrganisationKind::GpPractice),
    ("N81016", OrganisationKind::GpPractice),
    ("N81027", OrganisationKind::GpPractice),
    ("N81062", OrganisationKind::GpPractice),
    ("N81085", OrganisationKind::GpPractice),
    ("N81117", OrganisationKind::GpPractice),
    ("RBT", OrganisationKind::AcuteTrust),
    ("REN", OrganisationKind::CancerTrust),
    ("RJN", OrganisationKind::AcuteTrust),
    ("RJR", OrganisationKind::AcuteTrust),
    ("RXA", OrganisationKind::MentalHealthTrust),
];

async fn organisations(deployment: &Deployment) -> Vec<Organisation> {
    let mut all = Vec::new();
    for (code, kind) in KINDS {
        all.push(deployment.add(code, kind).await);
    }
    all
}

async fn night(deployment: &Deployment, all: &[Organisation], folder: &Path) -> Vec<TakeReport> {
    let mut reports = Vec::new();
    for organisation in all {
        let report = deployment
            .take(organisation, &folder.join(organisation.code.as_str()))
            .await;
        assert_eq!(
            report.ending,
            Ending::Filed,
            "{}: {:?}",
            organisation.code,
            report.why
        );
        reports.push(report);
    }
    reports
}

fn sum(reports: &[TakeReport], count: impl Fn(&Counts) -> u64) -> u64 {
    reports.iter().map(|report| count(&report.counts)).sum()
}

/// What the files themselves say: (organisation, type/id) → (line, subject).
fn lines(folder: &Path) -> HashMap<(String, String), (String, String)> {
    let mut lines = HashMap::new();
    for (code, _) in KINDS {
        for file in std::fs::read_dir(folder.join(code)).unwrap() {
            for line in std::fs::read_to_string(file.unwrap().path())
                .unwrap()
                .lines()
            {
                let value: serde_json::Value = serde_json::from_str(line).unwrap();
                let kind = value["resourceType"].as_str().unwrap();
                let id = value["id"].as_str().unwrap();
                let about = ["subject", "patient"]
                    .iter()
                    .find_map(|name| value[name]["reference"].as_str());
                let subject = match kind {
                    "Patient" => id,
                    _ => about.map_or("", |about| about.trim_start_matches("Patient/")),
                };
                lines.insert(
                    (code.to_owned(), format!("{kind}/{id}")),
                    (line.to_owned(), subject.to_owned()),
                );
            }
        }
    }
    lines
}

#[derive(serde::Deserialize)]
struct Expected {
    people: usize,
    identities: u64,
    day1: BTreeMap<String, u64>,
    day2: BTreeMap<String, u64>,
    day2_changed: u64,
    day2_gone: u64,
    day2_new: u64,
    opted_out_day1: Vec<String>,
    opt_out_lifted_day2: Vec<String>,
    opted_out_on_day2: Vec<String>,
}

struct Truth {
    organisation: String,
    local: String,
    number: String,
    sent: String,
}

fn truth(region: &Path) -> Vec<Truth> {
    let text = std::fs::read_to_string(region.join("truth.csv")).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            Truth {
                organisation: fields[0].into(),
                local: fields[1].into(),
                number: fields[3].into(),
                sent: fields[4].into(),
            }
        })
        .collect()
}

async fn patients(
    deployment: &Deployment,
    all: &[Organisation],
    truth: &[Truth],
) -> Vec<(IdentityId, PatientId)> {
    let mut found = Vec::new();
    for one in truth {
        let organisation = all
            .iter()
            .find(|org| org.code.as_str() == one.organisation)
            .unwrap();
        let identities = deployment
            .store
            .identities_of(&organisation.code, &[&one.local])
            .await
            .unwrap();
        let identity = identities[0].unwrap();
        let rows = deployment.store.identity_rows(&[identity]).await.unwrap();
        found.push((identity, rows[&identity].patient));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nights_of_the_region_become_what_the_truth_says() {
    let Some(region) = shared("region") else {
        return;
    };
    two_nights(&Deployment::new().await, &region).await;
    if let Some(deployment) = Deployment::on_postgres().await {
        two_nights(&deployment, &region).await;
    }
}

async fn two_nights(deployment: &Deployment, region: &Path) {
    let expected: Expected =
        serde_json::from_str(&std::fs::read_to_string(region.join("expected.json")).unwrap())
            .unwrap();
    let all = organisations(deployment).await;

    let first = night(deployment, &all, &region.join("day1")).await;
    for (kind, count) in &expected.day1 {
        assert_eq!(
            sum(&first, |counts| counts
                .received
                .get(kind)
                .copied()
                .unwrap_or(0)),
            *count,
            "{kind} on day 1"
        );
    }
    assert_eq!(sum(&first, |counts| counts.identities), expected.identities);
    assert_eq!(sum(&first, |counts| counts.parked), 0);

    let truth = truth(region);
    let people: HashSet<&str> = truth.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(people.len(), expected.people);
    everyone_is_linked_rightly_or_listed(deployment, &all, &truth).await;

    // The second night, against what the files themselves say.
    let (before, after) = (lines(&region.join("day1")), lines(&region.join("day2")));
    let changed: Vec<_> = after
        .iter()
        .filter(|(key, (line, _))| before.get(*key).is_some_and(|(old, _)| old != line))
        .collect();
    assert_eq!(changed.len() as u64, expected.day2_changed, "the files say");
    let out: HashSet<&str> = expected
        .opted_out_day1
        .iter()
        .chain(&expected.opted_out_on_day2)
        .map(String::as_str)
        .collect();
    let refused: HashSet<(&str, &str)> = truth
        .iter()
        .filter(|one| out.contains(one.number.as_str()))
        .map(|one| (one.organisation.as_str(), one.local.as_str()))
        .collect();
    let second = night(deployment, &all, &region.join("day2")).await;
    for (kind, count) in &expected.day2 {
        assert_eq!(
            sum(&second, |counts| counts
                .received
                .get(kind)
                .copied()
                .unwrap_or(0)),
            *count,
            "{kind} on day 2"
        );
    }
    // Of people who opted out nothing is kept to compare with: their lines are dropped each night.
    let changed_taken = changed
        .iter()
        .filter(|((code, _), (_, subject))| !refused.contains(&(code.as_str(), subject.as_str())))
        .count() as u64;
    let untraced_refused = sum(&second, |counts| counts.changed).abs_diff(changed_taken);
    println!(
        "changed: {} of the files' {}, of which {} are taken in; {untraced_refused} apart",
        sum(&second, |counts| counts.changed),
        changed.len(),
        changed_taken
    );
    assert_eq!(sum(&second, |counts| counts.removed), expected.day2_gone);
    let lifted = sum(&second, |counts| counts.restored);
    assert!(lifted > 0, "who opted back in is filed again");
    println!(
        "new {}, dropped {}",
        sum(&second, |counts| counts.new),
        sum(&second, |c| c.dropped)
    );
    everyone_is_linked_rightly_or_listed(deployment, &all, &truth).await;
    let _ = (expected.day2_new, &expected.opt_out_lifted_day2);

    // The same night again changes nothing.
    let again = night(deployment, &all, &region.join("day2")).await;
    for (organisation, report) in all.iter().zip(&again) {
        let Counts {
            new,
            changed,
            removed,
            restored,
            parked,
            identities,
            erased,
            ..
        } = report.counts;
        let nothing = [new, changed, removed, restored, parked, identities, erased];
        assert_eq!(nothing, [0; 7], "{}", organisation.code);
    }

    // A snapshot without its allergies is held, and nothing of it is filed.
    let truncated = without_allergies(&region.join("day1").join("N81005"), &deployment.folder);
    let report = deployment.take(&all[0], &truncated).await;
    assert_eq!(report.ending, Ending::Held);
    assert!(
        report.why[0].contains("AllergyIntolerance.ndjson"),
        "{:?}",
        report.why
    );
}

async fn everyone_is_linked_rightly_or_listed(
    deployment: &Deployment,
    all: &[Organisation],
    truth: &[Truth],
) {
    let found = patients(deployment, all, truth).await;
    let mut numbers: HashMap<PatientId, &str> = HashMap::new();
    for (one, (_, patient)) in truth.iter().zip(&found) {
        let number = numbers.entry(*patient).or_insert(&one.number);
        assert_eq!(
            *number, one.number,
            "{} {} is linked wrongly",
            one.organisation, one.local
        );
    }
    let mut together: HashMap<&str, HashSet<PatientId>> = HashMap::new();
    for (one, (_, patient)) in truth.iter().zip(&found) {
        together.entry(&one.number).or_default().insert(*patient);
    }
    let listed: HashSet<IdentityId> = deployment
        .store
        .doubtful(None)
        .await
        .unwrap()
        .into_iter()
        .flat_map(|pair| [pair.identity, pair.other])
        .chain(
            deployment
                .store
                .unlinked(None)
                .await
                .unwrap()
                .into_iter()
                .map(|one| one.identity),
        )
        .collect();
    let mut apart = 0;
    let doubtful: HashSet<IdentityId> = deployment
        .store
        .doubtful(None)
        .await
        .unwrap()
        .into_iter()
        .flat_map(|p| [p.identity, p.other])
        .collect();
    for (one, (identity, patient)) in truth.iter().zip(&found) {
        if together[one.number.as_str()].len() > 1 && patient.0 == identity.0 && one.sent != "exact"
        {
            assert!(
                listed.contains(identity),
                "{} {}: {}",
                one.organisation,
                one.local,
                one.sent
            );
            apart += 1;
            if !doubtful.contains(identity) {
                println!(
                    "no candidate: {} {} {}",
                    one.organisation, one.local, one.sent
                );
            }
        }
    }
    println!(
        "{} patients, {apart} identities apart and listed",
        numbers.len()
    );
}

fn without_allergies(from: &Path, folder: &Path) -> PathBuf {
    let to = folder.join("truncated");
    std::fs::create_dir_all(&to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap();
        if name != "AllergyIntolerance.ndjson" {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
    to
}
