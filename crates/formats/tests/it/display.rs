//! Entries as people read them.

use tributary_formats::fhir::entry::read;
use tributary_model::{
    Allergy, ClinicalDate, ClinicalEntry, Contact, Detail, Document, Medication, Observation, Plan,
    Problem, ResourceKind, Section, Value,
};

fn entry(kind: &str, members: &str) -> ClinicalEntry {
    let line = format!(
        r#"{{"resourceType":"{kind}","id":"x1","subject":{{"reference":"Patient/P1"}}{members}}}"#
    );
    let (entry, issues) = read(line.as_bytes(), Section::Problems);
    assert!(issues.is_empty(), "{issues:?}");
    assert_eq!(entry.source_id, format!("{kind}/x1"));
    entry
}

macro_rules! detail {
    ($name:ident, $variant:ident, $kind:ty) => {
        fn $name(entry: &ClinicalEntry) -> &$kind {
            let Detail::$variant(detail) = &entry.detail else {
                panic!("another detail")
            };
            detail
        }
    };
}
detail!(allergy, Allergy, Allergy);
detail!(medication, Medication, Medication);
detail!(problem, Problem, Problem);
detail!(observation, Observation, Observation);
detail!(document, Document, Document);
detail!(contact, Contact, Contact);
detail!(plan, Plan, Plan);

fn facts(entry: &ClinicalEntry) -> Vec<(&str, &str)> {
    let Detail::Plain { facts } = &entry.detail else {
        panic!("another detail")
    };
    facts
        .iter()
        .map(|(label, words)| (label.as_str(), words.as_str()))
        .collect()
}

fn words_of(dates: [&Option<ClinicalDate>; 3]) -> [String; 3] {
    dates.map(|date| {
        date.as_ref()
            .map(ClinicalDate::words_with_time)
            .unwrap_or_default()
    })
}

#[test]
fn a_result_keeps_the_sources_digits() {
    let (glucose, _) = read(super::intake::GLUCOSE.as_bytes(), Section::Results);
    assert_eq!(glucose.what.words(), "Glucose");
    assert!(glucose.what.has_code("2339-0"));
    assert_eq!(
        words_of([&glucose.when, &glucose.until, &glucose.recorded]),
        ["15-Jul-2026 00:37", "", "15-Jul-2026 02:00"]
    );
    assert_eq!(glucose.refers_to, ["Encounter/e1"]);
    let found = observation(&glucose);
    let Some(Value::Quantity {
        number,
        text,
        comparator,
        unit,
        ucum,
    }) = &found.value
    else {
        panic!("no quantity")
    };
    assert!((number - 6.4).abs() < 1e-9);
    assert_eq!(
        [text.as_str(), comparator, unit, ucum],
        ["6.40", "", "mmol/L", "mmol/L"]
    );
    assert!(found.laboratory);
}

#[test]
fn an_observation_has_range_interpretation_and_parts() {
    let entry = entry(
        "Observation",
        r#","code":{"text":"Blood pressure"},"performer":[{"display":"Nurse A. Example"}],
        "interpretation":[{"coding":[{"code":"H"}]},{"text":"odd"}],
        "referenceRange":[{"type":{"coding":[{"code":"treatment"}]},"low":{"value":1}},{"type":{"coding":[{"code":"normal"}]},"low":{"value":90,"unit":"mmHg"},"high":{"value":140,"unit":"mmHg"}}],
        "component":[{"code":{"text":"Systolic"},"valueQuantity":{"value":142,"unit":"mmHg"}},{"code":{"text":"Diastolic"},"dataAbsentReason":{"text":"not taken"}}],
        "hasMember":[{"reference":"Observation/m"}],"note":[{"text":"sitting"}]"#,
    );
    let found = observation(&entry);
    assert_eq!(found.interpretation, ["H", "odd"]);
    assert_eq!(found.range, (Some(90.0), Some(140.0)));
    assert_eq!(found.range_words, "90 – 140 mmHg");
    assert_eq!(found.components.len(), 2);
    assert_eq!(found.components[0].what.words(), "Systolic");
    assert!(found.value.is_none() && !found.laboratory);
    assert_eq!(
        (entry.author.as_str(), &entry.notes[..]),
        ("Nurse A. Example", &["sitting".to_owned()][..])
    );
    assert_eq!(entry.refers_to, ["Observation/m"]);
}

#[test]
fn every_kind_of_value_has_words() {
    for (value, expected) in [
        (r#""valueString":"Positive""#, "Positive"),
        (r#""valueBoolean":false"#, "No"),
        (r#""valueInteger":3"#, "3"),
        (
            r#""valueRange":{"low":{"value":1,"unit":"g"},"high":{"value":2,"unit":"g"}}"#,
            "1 – 2 g",
        ),
        (
            r#""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#,
            "1 : 128",
        ),
        (r#""valueDateTime":"2026-07-09""#, "09-Jul-2026"),
        (
            r#""valuePeriod":{"start":"2026","end":"2027"}"#,
            "2026 – 2027",
        ),
        (
            r#""valueQuantity":{"value":"many","unit":"drops"}"#,
            "many drops",
        ),
        (
            r#""dataAbsentReason":{"text":"Sample lost"}"#,
            "No value: Sample lost",
        ),
    ] {
        let entry = entry("Observation", &format!(r#","code":{{"text":"x"}},{value}"#));
        let Some(Value::Words(words)) = &observation(&entry).value else {
            panic!("{value}")
        };
        assert_eq!(words, expected);
    }
    let below = entry(
        "Observation",
        r#","valueQuantity":{"value":5,"comparator":"<","code":"mg"}"#,
    );
    let Some(Value::Quantity {
        comparator, unit, ..
    }) = &observation(&below).value
    else {
        panic!("no quantity")
    };
    assert_eq!((comparator.as_str(), unit.as_str()), ("<", "mg"));
}

#[test]
fn a_dose_is_the_sources_words_or_made_of_its_parts() {
    let dose = |dosage: &str| {
        let members = format!(
            r#","medicationCodeableConcept":{{"text":"Amoxicillin"}},"dosageInstruction":[{dosage}]"#
        );
        let entry = entry("MedicationRequest", &members);
        medication(&entry)
            .doses
            .first()
            .cloned()
            .unwrap_or_default()
    };
    for (dosage, expected) in [
        (
            r#"{"text":"One to be taken daily","doseAndRate":[{"doseQuantity":{"value":5}}]}"#,
            "One to be taken daily",
        ),
        (
            r#"{"doseAndRate":[{"doseQuantity":{"value":5.0,"unit":"mg"}}],"route":{"text":"oral"},"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}}}"#,
            "5.0 mg oral once a day",
        ),
        (
            r#"{"doseQuantity":{"value":5,"unit":"mg"},"timing":{"repeat":{"frequency":3,"period":1,"periodUnit":"d"}}}"#,
            "5 mg 3 times a day",
        ),
        (
            r#"{"doseAndRate":[{"doseRange":{"low":{"value":1,"unit":"tablet"},"high":{"value":2,"unit":"tablet"}}}],"timing":{"repeat":{"period":6,"periodUnit":"h"}},"asNeededCodeableConcept":{"text":"pain"}}"#,
            "1 – 2 tablet every 6 hours as needed for pain",
        ),
        (
            r#"{"timing":{"code":{"text":"BD"}},"asNeededBoolean":true,"additionalInstruction":[{"text":"with food"}]}"#,
            "BD as needed, with food",
        ),
        (
            r#"{"timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"wk","dayOfWeek":["mon","thu"],"when":["HS"]}}}"#,
            "2 times a week before sleep mon, thu",
        ),
        ("{}", ""),
        ("7", ""),
    ] {
        assert_eq!(dose(dosage).text, expected, "{dosage}");
    }
    let structured = dose(r#"{"doseAndRate":[{"doseQuantity":{"value":5.0,"unit":"mg"}}]}"#);
    assert_eq!(structured.amount, Some(("5.0".to_owned(), "mg".to_owned())));
}

#[test]
fn a_medicine_is_named_and_its_course_is_known() {
    for (drug, expected) in [
        (
            r#""medicationCodeableConcept":{"coding":[{"code":"1","display":"Clozapine"}]}"#,
            "Clozapine",
        ),
        (
            r##""medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication","id":"m","code":{"text":"Clozapine"}}]"##,
            "Clozapine",
        ),
        (
            r#""medicationReference":{"reference":"Medication/7","display":"Clozapine"}"#,
            "Clozapine",
        ),
        (
            r#""medicationReference":{"reference":"Medication/7"}"#,
            "Medication/7",
        ),
    ] {
        assert_eq!(
            entry("MedicationStatement", &format!(",{drug}"))
                .what
                .words(),
            expected
        );
    }
    for (course, expected) in [
        (
            r#""courseOfTherapyType":{"coding":[{"code":"continuous","display":"Continuous long term therapy"}]}"#,
            "repeat",
        ),
        (r#""courseOfTherapyType":{"text":"Repeat"}"#, "repeat"),
        (
            r#""courseOfTherapyType":{"coding":[{"code":"acute"}]}"#,
            "acute",
        ),
        (
            r#""courseOfTherapyType":{"text":"Hospital only"}"#,
            "hospital-only",
        ),
        (r#""courseOfTherapyType":{"text":"Seasonal"}"#, "Seasonal"),
        (
            r#""category":[{"coding":[{"code":"inpatient"}]}]"#,
            "hospital-only",
        ),
        (
            r#""extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":{"coding":[{"code":"acute"}]}}]"#,
            "acute",
        ),
        (r#""status":"active""#, ""),
    ] {
        assert_eq!(
            medication(&entry("MedicationRequest", &format!(",{course}"))).course,
            expected,
            "{course}"
        );
    }
    let stopped = entry(
        "MedicationStatement",
        r#","status":"stopped","statusReason":[{"text":"Rash"}],"effectivePeriod":{"start":"2025","end":"2026-01-31"},"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationStatementLastIssueDate","valueDateTime":"2026-01-02"}]"#,
    );
    assert_eq!(medication(&stopped).stopped_because, "Rash");
    assert_eq!(
        medication(&stopped).last_issued.as_ref().unwrap().words(),
        "02-Jan-2026"
    );
    assert_eq!(
        words_of([&stopped.when, &stopped.until, &None]),
        ["2025", "31-Jan-2026", ""]
    );
    let dispensed = entry(
        "MedicationDispense",
        r#","whenHandedOver":"2026-02-03","authorizingPrescription":[{"reference":"urn:uuid:9"}]"#,
    );
    assert_eq!(
        medication(&dispensed).last_issued.as_ref().unwrap().words(),
        "03-Feb-2026"
    );
    assert_eq!(dispensed.refers_to, ["urn:uuid:9"]);
}

#[test]
fn an_allergy_has_reactions_and_none_known_is_no_allergy() {
    let penicillin = entry(
        "AllergyIntolerance",
        r#","patient":{"reference":"Patient/P1"},"clinicalStatus":{"coding":[{"code":"active"}]},"verificationStatus":{"coding":[{"code":"confirmed"}]},"category":["medication"],"criticality":"high","code":{"text":"Penicillin"},"recordedDate":"2019-12-10","recorder":{"display":"Dr A. Example"},"reaction":[{"manifestation":[{"text":"Anaphylaxis"},{"text":"Rash"}],"severity":"severe"},{"description":"Felt ill"}]"#,
    );
    let found = allergy(&penicillin);
    assert_eq!(found.criticality, "high");
    assert_eq!(
        found.reactions,
        [
            ("Anaphylaxis, Rash".to_owned(), "severe".to_owned()),
            ("Felt ill".to_owned(), String::new())
        ]
    );
    assert!(!found.none_known);
    assert_eq!(
        [
            penicillin.status.as_str(),
            &penicillin.verification,
            &penicillin.author
        ],
        ["active", "confirmed", "Dr A. Example"]
    );
    assert_eq!(penicillin.categories[0].words(), "medication");
    for code in [
        "716186003",
        "409137002",
        "428607008",
        "429625007",
        "no-known-allergies",
    ] {
        let none = entry(
            "AllergyIntolerance",
            &format!(r#","code":{{"coding":[{{"code":"{code}"}}]}}"#),
        );
        assert!(allergy(&none).none_known, "{code}");
    }
    let by_reaction = entry(
        "AllergyIntolerance",
        r#","reaction":[{"substance":{"text":"Latex"}}]"#,
    );
    assert_eq!(by_reaction.what.words(), "Latex");
}

#[test]
fn a_problem_has_severity_stage_site_and_an_end() {
    let cancer = entry(
        "Condition",
        r#","clinicalStatus":{"coding":[{"code":"resolved"}]},"code":{"text":"Neoplasm of prostate"},"severity":{"text":"Severe"},"bodySite":[{"text":"Prostate"}],"stage":[{"type":{"text":"TNM"},"summary":{"text":"T2 N0 M0"}}],"onsetDateTime":"2020-05","abatementDateTime":"2024","recordedDate":"2020-06-01","encounter":{"reference":"Encounter/e"},"evidence":[{"detail":[{"reference":"DiagnosticReport/r"}]}]"#,
    );
    let found = problem(&cancer);
    assert_eq!(
        [found.severity.as_str(), &found.stage, &found.site],
        ["Severe", "TNM: T2 N0 M0", "Prostate"]
    );
    assert_eq!(
        words_of([&cancer.when, &cancer.until, &cancer.recorded]),
        ["May-2020", "2024", "01-Jun-2020"]
    );
    assert_eq!(cancer.refers_to, ["Encounter/e", "DiagnosticReport/r"]);
}

#[test]
fn a_letter_has_its_file_and_a_report_its_conclusion() {
    let letter = entry(
        "DocumentReference",
        r#","status":"current","type":{"text":"Discharge letter"},"date":"2026-07-09T10:00:00Z","description":"Discharge from ward 5","author":[{"reference":"Practitioner/x"},{"display":"Dr A. Example"}],"content":[{"attachment":{"contentType":"application/pdf","url":"x"}},{"attachment":{"contentType":"text/plain","data":"V2VsbCBhZ2Fpbi4=","title":"t"}}],"context":{"encounter":[{"reference":"Encounter/e"}]}"#,
    );
    let found = document(&letter);
    assert_eq!(
        [
            found.title.as_str(),
            &found.media_type,
            &found.data,
            &found.text
        ],
        [
            "Discharge from ward 5",
            "text/plain",
            "V2VsbCBhZ2Fpbi4=",
            "Well again."
        ]
    );
    assert_eq!(letter.author, "Dr A. Example");
    assert_eq!(letter.refers_to, ["Encounter/e"]);
    let report = entry(
        "DiagnosticReport",
        r#","code":{"text":"Lipid panel"},"conclusion":"Raised.","conclusionCode":[{"text":"Hyperlipidaemia"}],"result":[{"reference":"Observation/a"},{"reference":"urn:uuid:b"}],"presentedForm":[{"contentType":"application/pdf","data":"JVBERg=="}]"#,
    );
    let found = document(&report);
    assert_eq!(
        [found.text.as_str(), &found.title, &found.data],
        ["Raised.\nHyperlipidaemia", "Lipid panel", "JVBERg=="]
    );
    assert_eq!(found.results, ["Observation/a", "Observation/b"]);
    let message = entry(
        "Communication",
        r#","sent":"2026-01-01","payload":[{"contentString":"Please ring."}],"sender":{"display":"Ward 5"}"#,
    );
    assert_eq!(
        (document(&message).text.as_str(), message.author.as_str()),
        ("Please ring.", "Ward 5")
    );
    let summary = entry(
        "Composition",
        r#","title":"Summary","section":[{"title":"History","text":{"div":"<div xmlns=\"x\"><p>Chest  pain &amp; cough.<br/>Two hours.</p></div>"},"section":[{"title":"Plan"}]}]"#,
    );
    assert_eq!(
        document(&summary).text,
        "History\nChest pain & cough.\nTwo hours.\nPlan"
    );
}

#[test]
fn contacts_say_where_with_whom_and_how_they_ended() {
    let stay = entry(
        "Encounter",
        r#","status":"finished","class":{"code":"IMP"},"type":[{"text":"Admission"}],"period":{"start":"2026-01-01","end":"2026-01-09"},"location":[{"location":{"display":"A&E"}},{"location":{"display":"Ward 5"}}],"serviceProvider":{"display":"Invented Hospital"},"participant":[{"individual":{"display":"Dr A. Example"}},{"individual":{"reference":"Practitioner/x"}}],"hospitalization":{"dischargeDisposition":{"text":"Home"}},"reasonCode":[{"text":"Fall"}],"reasonReference":[{"reference":"Condition/c","display":"Hip fracture"}]"#,
    );
    let found = contact(&stay);
    assert_eq!(
        [found.class.as_str(), &found.place, &found.outcome],
        ["IMP", "Ward 5, Invented Hospital", "Home"]
    );
    assert_eq!(found.with, ["Dr A. Example"]);
    let reasons: Vec<_> = stay
        .reasons
        .iter()
        .map(tributary_model::Concept::words)
        .collect();
    assert_eq!(reasons, ["Fall", "Hip fracture"]);
    assert_eq!(stay.refers_to, ["Condition/c"]);
    let booked = entry(
        "Appointment",
        r#","status":"booked","serviceType":[{"text":"Cardiology"}],"start":"2027-01-04T09:30:00Z","end":"2027-01-04T10:00:00Z","comment":"Bring your list","participant":[{"actor":{"reference":"Patient/P1","display":"A Patient"}},{"actor":{"reference":"Practitioner/d","display":"Dr A. Example"}},{"actor":{"reference":"Location/l","display":"Clinic 3"}}],"cancelationReason":{"text":"Patient asked"}"#,
    );
    let found = contact(&booked);
    assert_eq!(
        [found.place.as_str(), &found.outcome],
        ["Clinic 3", "Patient asked"]
    );
    assert_eq!(found.with, ["Dr A. Example"]);
    assert_eq!(booked.notes, ["Bring your list"]);
    assert_eq!(
        words_of([&booked.when, &booked.until, &None]),
        ["04-Jan-2027 09:30", "04-Jan-2027 10:00", ""]
    );
}

#[test]
fn plans_have_lines_and_people() {
    let care_plan = entry(
        "CarePlan",
        r##","title":"Care at home","category":[{"coding":[{"code":"1"}]}],"description":"Twice daily visits","activity":[{"detail":{"code":{"text":"Washing"},"status":"in-progress"}},{"reference":{"display":"Meals"}},{"detail":{}}],"goal":[{"display":"Live at home"},{"reference":"11"}],"careTeam":[{"reference":"#t"}],"contained":[{"resourceType":"CareTeam","id":"t","name":"Home team","telecom":[{"system":"phone","value":"01606 000000"}]}],"addresses":[{"reference":"urn:uuid:7"}]"##,
    );
    let found = plan(&care_plan);
    assert_eq!(
        (found.title.as_str(), care_plan.what.words()),
        ("Care at home", "Care at home")
    );
    assert!(
        care_plan.what.has_code("1"),
        "the kind of plan keeps its code"
    );
    assert_eq!(
        found.lines,
        [
            "Twice daily visits",
            "Washing (in-progress)",
            "Meals",
            "Goal: Live at home"
        ]
    );
    assert_eq!(
        found.people,
        [(
            "Care team".to_owned(),
            "Home team".to_owned(),
            "01606 000000".to_owned()
        )]
    );
    assert_eq!(care_plan.refers_to, ["Goal/11", "Condition/7"]);

    let team = entry(
        "CareTeam",
        r#","name":"Community team","telecom":[{"system":"email","value":"x"},{"system":"phone","value":"01606 111111"}],"participant":[{"role":[{"text":"Care coordinator"}],"member":{"display":"A. Example"}},{"member":{"reference":"Practitioner/x"}}]"#,
    );
    let people: Vec<_> = plan(&team)
        .people
        .iter()
        .map(|(role, name, telephone)| [role.as_str(), name, telephone])
        .collect();
    assert_eq!(
        people,
        [
            ["Team", "Community team", "01606 111111"],
            ["Care coordinator", "A. Example", ""]
        ]
    );

    let goal = entry(
        "Goal",
        r#","lifecycleStatus":"active","description":{"text":"Lose weight"},"target":[{"measure":{"text":"Weight"},"detailQuantity":{"value":70,"unit":"kg"},"dueDate":"2027-01-31"}],"achievementStatus":{"text":"Improving"}"#,
    );
    assert_eq!(
        plan(&goal).lines,
        ["Weight: 70 kg by 31-Jan-2027", "Improving"]
    );
    assert_eq!(
        (goal.status.as_str(), goal.what.words()),
        ("active", "Lose weight")
    );

    let task = entry(
        "Task",
        r#","status":"requested","description":"Assess needs","owner":{"display":"Team 2"},"requester":{"display":"Dr A. Example"},"for":{"reference":"Patient/P1"}"#,
    );
    assert_eq!(
        (plan(&task).title.as_str(), plan(&task).people.len()),
        ("Assess needs", 2)
    );

    let flag = entry(
        "Flag",
        r#","status":"active","code":{"text":"Falls risk"},"author":{"display":"Ward 5"},"period":{"start":"2026-01-01"}"#,
    );
    assert_eq!(
        (plan(&flag).title.as_str(), flag.author.as_str()),
        ("Falls risk", "Ward 5")
    );

    let assessed = entry(
        "QuestionnaireResponse",
        r#","questionnaire":"https://example.nhs.uk/Questionnaire/needs","authored":"2026-01-01","item":[{"text":"Mobility","item":[{"linkId":"1","text":"Walks alone","answer":[{"valueBoolean":false}]}]},{"text":"Aids","answer":[{"valueString":"Frame"},{"valueCoding":{"display":"Stick"}}]}]"#,
    );
    assert_eq!(
        plan(&assessed).lines,
        ["Mobility", "Walks alone: No", "Aids: Frame, Stick"]
    );
    assert_eq!(assessed.what.words(), "needs");

    let sister = entry(
        "RelatedPerson",
        r#","active":true,"relationship":[{"text":"Sister"},{"text":"Next of kin"}],"name":[{"family":"Koepp","given":["Ada"],"prefix":["Ms"]}],"telecom":[{"system":"phone","value":"07700 900000"}]"#,
    );
    assert_eq!(
        plan(&sister).people,
        [(
            "Sister, Next of kin".to_owned(),
            "Ms Ada Koepp".to_owned(),
            "07700 900000".to_owned()
        )]
    );
    assert_eq!(
        (sister.what.words(), sister.status.as_str()),
        ("Sister", "active")
    );
}

#[test]
fn procedures_immunisations_and_imaging_have_labelled_facts() {
    let procedure = entry(
        "Procedure",
        r#","code":{"text":"Colonoscopy"},"performedPeriod":{"start":"2026-01-01","end":"2026-01-02"},"bodySite":[{"text":"Colon"}],"outcome":{"text":"Successful"},"performer":[{"actor":{"display":"Dr A. Example"}}]"#,
    );
    assert_eq!(
        facts(&procedure),
        [("Site", "Colon"), ("Outcome", "Successful")]
    );
    assert_eq!(procedure.author, "Dr A. Example");
    assert_eq!(
        words_of([&procedure.when, &procedure.until, &None]),
        ["01-Jan-2026", "02-Jan-2026", ""]
    );
    let jab = entry(
        "Immunization",
        r#","vaccineCode":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-NullFlavor","code":"UNK"}]},"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure","valueCodeableConcept":{"coding":[{"code":"1","display":"First MMR"}]}}],"lotNumber":"R04X","protocolApplied":[{"doseNumberPositiveInt":1,"seriesDosesPositiveInt":2,"targetDisease":[{"text":"Measles"}]}]"#,
    );
    assert_eq!(jab.what.words(), "First MMR");
    assert_eq!(
        facts(&jab),
        [
            ("Dose", "1 of 2"),
            ("Against", "Measles"),
            ("Batch", "R04X")
        ]
    );
    let scan = entry(
        "ImagingStudy",
        r#","started":"2026-01-01","numberOfSeries":1,"series":[{"modality":{"code":"CT"},"bodySite":{"display":"Chest"}}]"#,
    );
    assert_eq!(scan.what.words(), "CT");
    assert_eq!(
        facts(&scan),
        [("Modality", "CT"), ("Body site", "Chest"), ("Series", "1")]
    );
}

#[test]
fn what_cannot_be_read_is_an_empty_entry_with_an_issue() {
    for bytes in [&b""[..], b"{", b"\xff", br#"{"resourceType":"Claim"}"#] {
        let (entry, issues) = read(bytes, Section::Results);
        assert_eq!((entry.section, issues.len()), (Section::Results, 1));
        assert!(entry.what.is_empty());
    }
    let (entry, _) = read(
        br#"{"resourceType":"Flag","code":7,"period":[],"id":{}}"#,
        Section::Results,
    );
    assert_eq!(
        (entry.kind, entry.source_id.as_str()),
        (ResourceKind::Flag, "")
    );
}
