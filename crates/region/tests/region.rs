//! The region as its readers find it: on disk.

#[cfg(test)]
mod region {
    use std::{
        collections::{BTreeMap, BTreeSet, HashMap, HashSet},
        fs,
        path::{Path, PathBuf},
    };

    use jiff::civil::date;
    use serde_json::Value;
    use tributary_region::{RegionPlan, RegionSummary, cast, write_night};

    /// Writes a night into a folder of its own and says where.
    fn write(name: &str, people: u32, night: u32) -> (PathBuf, RegionSummary) {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(name)
            .join(format!("night-{night}"));
        let _ = fs::remove_dir_all(&dir);
        let plan = RegionPlan::new(people, 11, date(2026, 11, 22));
        let summary =
            write_night(&plan, night, &dir, &|_, written| assert!(written.lines > 0)).unwrap();
        (dir, summary)
    }

    /// Every NDJSON file of a night: organisation, type, lines.
    fn files(night: &Path) -> Vec<(String, String, Vec<String>)> {
        let mut found = Vec::new();
        for folder in fs::read_dir(night)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if !folder.is_dir() {
                continue;
            }
            for file in fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                let text = fs::read_to_string(&file).unwrap();
                assert!(
                    text.is_empty() || text.ends_with('\n'),
                    "{}",
                    file.display()
                );
                let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
                found.push((
                    name(&folder),
                    name(&file),
                    text.lines().map(str::to_owned).collect(),
                ));
            }
        }
        found.sort();
        found
    }

    fn expected(night: &Path) -> Value {
        serde_json::from_str(&fs::read_to_string(night.join("expected.json")).unwrap()).unwrap()
    }

    fn references(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    match field {
                        Value::String(text) if name == "reference" => into.push(text.clone()),
                        _ => references(field, into),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, into)),
            _ => {}
        }
    }

    /// The patient a line is about.
    fn about(line: &Value) -> Option<String> {
        if line["resourceType"] == "Patient" {
            return Some(format!("Patient/{}", line["id"].as_str().unwrap()));
        }
        let direct = ["subject", "patient", "for"]
            .iter()
            .find_map(|name| line[*name]["reference"].as_str());
        let booked = || line["participant"][0]["actor"]["reference"].as_str();
        direct.or_else(booked).map(str::to_owned)
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_a_larger_region_holds_the_smaller() {
        let (first, _) = write("first", 240, 2);
        let (again, _) = write("again", 240, 2);
        assert_eq!(files(&first), files(&again));
        for name in ["truth.csv", "expected.json"] {
            assert_eq!(
                fs::read(first.join(name)).unwrap(),
                fs::read(again.join(name)).unwrap()
            );
        }
        let (larger, _) = write("larger", 500, 2);
        let larger: HashMap<_, _> = files(&larger)
            .into_iter()
            .map(|(site, kind, lines)| ((site, kind), lines.into_iter().collect::<HashSet<_>>()))
            .collect();
        for (site, kind, lines) in files(&first) {
            let held = &larger[&(site, kind)];
            assert!(lines.iter().all(|line| held.contains(line)));
        }
    }

    #[test]
    fn every_line_is_sound_counted_in_order_and_points_within_its_source() {
        let (night, summary) = write("sound", 2_000, 1);
        let expected = expected(&night);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut restricted = 0;
        let mut held: HashMap<String, HashSet<String>> = HashMap::new();
        let mut pointed: HashMap<String, Vec<String>> = HashMap::new();
        let mut orders: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let all = files(&night);
        for (site, kind, lines) in all.iter().filter(|file| file.1 == "Patient") {
            let place = |(place, line): (usize, &String)| {
                let line: Value = serde_json::from_str(line).unwrap();
                (about(&line).unwrap(), place)
            };
            assert_eq!(kind, "Patient");
            orders.insert(site.clone(), lines.iter().enumerate().map(place).collect());
        }
        for (site, kind, lines) in &all {
            let mut last = 0;
            for line in lines {
                let line: Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["resourceType"], kind.as_str());
                let id = line["id"].as_str().unwrap();
                assert!(!id.is_empty() && id.len() <= 64, "{id}");
                let fresh = held
                    .entry(site.clone())
                    .or_default()
                    .insert(format!("{kind}/{id}"));
                assert!(fresh, "{site} has {kind}/{id} twice");
                references(&line, pointed.entry(site.clone()).or_default());
                let odd = kind == "VisionPrescription" || kind == "Organization";
                match about(&line) {
                    Some(patient) => {
                        let place = orders[site][&patient];
                        assert!(place >= last, "{site} {kind} is out of order at {id}");
                        last = place;
                        if line["code"]["coding"][0]["code"] == "52637005" {
                            restricted += 1;
                        } else if !odd {
                            *counts.entry(kind.clone()).or_default() += 1;
                        }
                    }
                    None => assert!(odd || kind == "Observation", "{kind}/{id} is about nobody"),
                }
            }
        }
        for (site, references) in pointed {
            let mut outside = references
                .iter()
                .filter(|reference| !reference.starts_with('#'));
            let missing = outside.find(|reference| !held[&site].contains(*reference));
            assert_eq!(missing, None, "{site}");
        }
        assert_eq!(serde_json::to_value(&counts).unwrap(), expected["day1"]);
        assert_eq!(expected["identities"], counts["Patient"]);
        assert_eq!(summary.identities, counts["Patient"]);
        assert!(
            summary.missing_subject > 0 && summary.unknown_type > 0,
            "{summary:?}"
        );
        assert_eq!(expected["odd"]["missing_subject"], summary.missing_subject);
        assert_eq!(restricted, summary.restricted);
        assert!(restricted > 0);
        let average = summary.lines() / u64::from(2_000_u32);
        assert!((50..=75).contains(&average), "{average} entries a person");
        let size = summary.bytes / summary.lines();
        assert!((600..=900).contains(&size), "{size} bytes a line");
    }

    #[test]
    fn a_night_differs_from_the_one_before_as_its_summary_says() {
        let (one, _) = write("nights", 1_500, 1);
        let (two, summary) = write("nights", 1_500, 2);
        let by_id = |night: &Path| {
            let mut lines = HashMap::new();
            for (site, kind, text) in files(night) {
                for line in text {
                    let value: Value = serde_json::from_str(&line).unwrap();
                    let odd = kind == "VisionPrescription" || kind == "Organization";
                    let restricted = line.contains("\"52637005\"");
                    if !odd && !restricted && about(&value).is_some() {
                        let id = value["id"].as_str().unwrap().to_owned();
                        lines.insert((site.clone(), kind.clone(), id), line);
                    }
                }
            }
            lines
        };
        let (before, now) = (by_id(&one), by_id(&two));
        let changed = now
            .iter()
            .filter(|(id, line)| before.get(*id).is_some_and(|old| old != *line));
        let changed = u64::try_from(changed.count()).unwrap();
        let gone =
            u64::try_from(before.keys().filter(|id| !now.contains_key(*id)).count()).unwrap();
        let new = u64::try_from(now.keys().filter(|id| !before.contains_key(*id)).count()).unwrap();
        assert_eq!(
            (summary.changed, summary.gone, summary.new),
            (changed, gone, new)
        );
        let total = changed + gone + new;
        let share = total * 10_000 / u64::try_from(before.len()).unwrap();
        assert!(
            (60..=150).contains(&share),
            "{share} lines in 10,000 differ"
        );
        assert_eq!(expected(&two)["day2_changed"], changed);
        let names = |night: &Path| -> BTreeSet<(String, String)> {
            files(night)
                .into_iter()
                .map(|(site, kind, _)| (site, kind))
                .collect()
        };
        assert_eq!(
            names(&one),
            names(&two),
            "the same files every night, empty ones too"
        );
    }

    #[test]
    fn the_truth_names_every_identity_and_says_how_it_differs() {
        let (night, _) = write("truth", 1_000, 1);
        let truth = fs::read_to_string(night.join("truth.csv")).unwrap();
        let mut rows = truth.lines();
        assert_eq!(
            rows.next().unwrap(),
            "organisation,patient_id,person,true_nhs_number,what_the_source_sent"
        );
        let mut known: HashMap<String, (String, String)> = rows
            .map(|row| {
                let row: Vec<_> = row.split(',').collect();
                (row[1].to_owned(), (row[3].to_owned(), row[4].to_owned()))
            })
            .collect();
        let mut faults = BTreeSet::new();
        for (_, kind, lines) in files(&night) {
            for line in lines.iter().filter(|_| kind == "Patient") {
                let line: Value = serde_json::from_str(line).unwrap();
                let (number, sent) = known.remove(line["id"].as_str().unwrap()).unwrap();
                let identifiers = line["identifier"].as_array().unwrap();
                let stated = identifiers
                    .iter()
                    .find(|one| one["system"] == "https://fhir.nhs.uk/Id/nhs-number");
                match sent.split('+').next().unwrap() {
                    "no-nhs-number" => assert_eq!(stated, None),
                    "bad-check-digit" => {
                        let stated = stated.unwrap()["value"].as_str().unwrap();
                        assert!(stated.parse::<tributary_model::NhsNumber>().is_err());
                    }
                    "wrong-nhs-number" => assert_ne!(stated.unwrap()["value"], number),
                    _ => assert_eq!(stated.unwrap()["value"], number),
                }
                faults.extend(sent.split('+').map(str::to_owned));
            }
        }
        assert!(known.is_empty(), "identities without a Patient line");
        for fault in [
            "exact",
            "untraced",
            "no-nhs-number",
            "bad-check-digit",
            "typo",
            "initial",
            "dob-swap",
            "moved",
        ] {
            assert!(faults.contains(fault), "{fault} in {faults:?}");
        }
    }

    /// The person's preference as the codes of a practice give it: the newest wins, and a refusal
    /// without a date counts from when it came.
    fn preference(codes: &[(String, Option<String>)]) -> Option<bool> {
        let effective = codes
            .iter()
            .filter_map(|(code, when)| match (code.as_str(), when) {
                ("416409005", None) => Some(("9999".to_owned(), false)),
                ("416409005", Some(when)) => Some((when.clone(), false)),
                ("417528008", Some(when)) => Some((when.clone(), true)),
                _ => None,
            });
        effective.max().map(|(_, consents)| consents)
    }

    #[test]
    fn sharing_codes_give_the_preferences_that_are_expected() {
        for night in [1, 6] {
            let (folder, _) = write("sharing", 1_500, night);
            let truth = fs::read_to_string(folder.join("truth.csv")).unwrap();
            let numbers: HashMap<&str, &str> = truth
                .lines()
                .skip(1)
                .map(|row| row.split(',').collect::<Vec<_>>())
                .map(|row| (row[1], row[3]))
                .collect();
            let mut codes: HashMap<String, Vec<(String, Option<String>)>> = HashMap::new();
            for (_, _, lines) in files(&folder).iter().filter(|file| file.1 == "Observation") {
                for line in lines.iter().filter(|line| line.contains("-sharing")) {
                    let line: Value = serde_json::from_str(line).unwrap();
                    let patient = about(&line).unwrap()["Patient/".len()..].to_owned();
                    let code = line["code"]["coding"][0]["code"]
                        .as_str()
                        .unwrap()
                        .to_owned();
                    let when = line["effectiveDateTime"].as_str().map(str::to_owned);
                    codes.entry(patient).or_default().push((code, when));
                }
            }
            let list = |name: String| -> BTreeSet<String> {
                let listed = expected(&folder)[name].as_array().unwrap().clone();
                listed
                    .iter()
                    .map(|number| number.as_str().unwrap().to_owned())
                    .collect()
            };
            let found = |wanted: bool| -> BTreeSet<String> {
                let stated = codes
                    .iter()
                    .filter(|(_, codes)| preference(codes) == Some(wanted));
                stated
                    .map(|(patient, _)| numbers[patient.as_str()].to_owned())
                    .collect()
            };
            assert_eq!(found(false), list(format!("opted_out_day{night}")));
            assert_eq!(found(true), list(format!("consented_day{night}")));
        }
    }

    #[test]
    fn the_cast_can_be_looked_up() {
        let plan = RegionPlan::new(4_000, 11, date(2026, 11, 22));
        let members = cast(&plan);
        let roles: BTreeSet<_> = members.iter().map(|member| member.role).collect();
        assert_eq!(roles.len(), members.len());
        assert!(roles.len() >= 15, "{roles:?}");
        let (night, _) = write("cast", 4_000, 1);
        for member in members {
            let file = night
                .join(member.organisation.as_str())
                .join("Patient.ndjson");
            let text = fs::read_to_string(file).unwrap();
            let id = format!("\"id\":\"{}-{}\"", member.organisation, member.local_number);
            let line = text.lines().find(|line| line.contains(&id)).unwrap();
            assert!(line.contains(&member.family) && line.contains(&member.born.to_string()));
            assert!(line.contains(&member.nhs_number.digits()) || member.role == "doubtful");
        }
    }
}
