//! Real input, where `TRIBUTARY_SHARED_DATA` names the folder it is unpacked in.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tributary_formats::fhir::{
    entry,
    intake::{Statement, read_bundle},
};
use tributary_model::{IssueKind, OrganisationKind, SharingChoice};

use super::reader;

#[expect(
    clippy::disallowed_methods,
    reason = "a test finds its input in the environment"
)]
fn shared(name: &str) -> Option<PathBuf> {
    let data = std::env::var("TRIBUTARY_SHARED_DATA").ok();
    let found = data
        .map(|data| PathBuf::from(data).join(name))
        .filter(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: TRIBUTARY_SHARED_DATA names no folder with {name} in it");
    }
    found
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).expect("a folder") {
        let path = item.expect("an item").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn expected(region: &Path) -> serde_json::Value {
    let text = fs::read_to_string(region.join("expected.json")).expect("expected.json");
    serde_json::from_str(&text).expect("JSON")
}

/// Every line of both nights is what `expected.json` counts, and can be shown.
#[test]
fn the_region_is_read_to_the_last_line() {
    let Some(region) = shared("region") else {
        return;
    };
    let expected = expected(&region);
    for day in ["day1", "day2"] {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let (mut consents, mut refusals) = (0, 0);
        for file in files(&region.join(day), "ndjson") {
            let bytes = fs::read(&file).expect("a file");
            let kind = file
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let reader = reader(OrganisationKind::GpPractice);
            for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                match reader.read(line) {
                    Ok(Statement::Organisation) => continue,
                    Ok(Statement::Entry(filed)) => {
                        assert_eq!(filed.kind.name(), kind);
                        let (shown, issues) = entry::read(line, filed.section);
                        assert!(issues.is_empty() && !shown.what.words().is_empty());
                        assert_eq!(shown.source_id, filed.id);
                        assert_eq!(shown.when.map_or(0, |when| when.sort.0), filed.when);
                    }
                    Ok(Statement::Sharing(code)) => match code.choice {
                        SharingChoice::Consent => consents += 1,
                        _ => refusals += 1,
                    },
                    Ok(Statement::Identity(_) | Statement::Relationship(_)) => {}
                    Err(issue) => panic!("{}: {issue:?}", file.display()),
                }
                *counts.entry(kind.clone()).or_default() += 1;
            }
        }
        assert_eq!(serde_json::json!(counts), expected[day], "{day}");
        let listed = |name: &str| expected[name].as_array().map_or(0, Vec::len);
        if day == "day1" {
            assert_eq!(
                (consents, refusals),
                (listed("consented_day1"), listed("opted_out_day1"))
            );
        }
    }
}

/// Every resource of every bundle is filed, counted as supporting, or kept aside by its type.
#[test]
fn synthea_bundles_are_accounted_for() {
    let Some(folder) = shared("synthea-bundles") else {
        return;
    };
    let reader = reader(OrganisationKind::AcuteTrust);
    let bundles = files(&folder, "json");
    assert_eq!(bundles.len(), 60);
    for file in bundles {
        let bytes = fs::read(&file).expect("a file");
        let bundle = read_bundle(&bytes).expect("a bundle");
        let mut patients = Vec::new();
        let mut subjects = Vec::new();
        for item in &bundle.entries {
            match reader.read_in(&bundle, item) {
                Ok(Statement::Identity(identity)) => patients.push(identity.id),
                Ok(Statement::Entry(filed)) => {
                    let (shown, _) =
                        entry::read(item.resource.expect("it was read"), filed.section);
                    assert!(!shown.what.words().is_empty(), "{}", filed.id);
                    subjects.push(filed.subject.into_owned());
                }
                Ok(Statement::Organisation) => {}
                Ok(other) => panic!("{other:?}"),
                Err(issue) => assert_eq!(issue.kind, IssueKind::NotTaken, "{issue:?}"),
            }
        }
        assert_eq!(patients.len(), 1);
        assert!(
            subjects.iter().all(|subject| *subject == patients[0]),
            "all are the patient's"
        );
    }
}

/// UK Core's examples: extensions and all, whatever is filed can be shown.
#[test]
fn uk_core_examples_are_read() {
    let Some(folder) = shared("fhir-uk") else {
        return;
    };
    let reader = reader(OrganisationKind::GpPractice);
    let mut shown = 0;
    for file in files(&folder.join("uk-core-examples"), "json") {
        let bytes = fs::read(&file).expect("a file");
        match reader.read(&bytes) {
            Ok(Statement::Entry(filed)) => {
                let (found, issues) = entry::read(&bytes, filed.section);
                assert!(issues.is_empty());
                assert_eq!(found.source_id, filed.id);
                shown += usize::from(!found.what.words().is_empty());
            }
            Ok(_) => {}
            Err(issue) => assert_ne!(issue.kind, IssueKind::Unreadable, "{}", file.display()),
        }
    }
    assert!(shown > 80, "{shown} had a name");
}

/// GP Connect and PDS are older or stranger than R4: nothing panics, and people are found.
#[test]
fn gp_connect_and_pds_are_survived() {
    let Some(folder) = shared("fhir-uk") else {
        return;
    };
    let reader = reader(OrganisationKind::GpPractice);
    for source in ["gp-connect-stu3", "pds"] {
        let mut people = 0;
        for file in files(&folder.join(source), "json") {
            let bytes = fs::read(&file).expect("a file");
            people += usize::from(matches!(reader.read(&bytes), Ok(Statement::Identity(_))));
            let Ok(bundle) = read_bundle(&bytes) else {
                continue;
            };
            for item in &bundle.entries {
                match reader.read_in(&bundle, item) {
                    Ok(Statement::Identity(_)) => people += 1,
                    Ok(Statement::Entry(filed)) => {
                        let bytes = item.resource.expect("it was read");
                        let (_, issues) = entry::read(bytes, filed.section);
                        assert!(issues.is_empty());
                    }
                    _ => {}
                }
            }
        }
        assert!(people > 0, "{source}");
    }
}
