//! Who looked: the reports, each as page, as CSV and as FHIR, and each a line of its own.

use tributary_model::{Role, Timestamp};
use tributary_testkit::{Answer, Browser, COUNCIL, PRACTICE, TRUST};

use crate::{Cast, at_the_practice, at_the_trust};

async fn casts() -> Vec<Cast> {
    Cast::on_each_engine(at_the_practice(), at_the_trust()).await
}

async fn officer(cast: &Cast, at: &str) -> Browser {
    let login = format!("officer-{at}");
    cast.region.signs_in(&login, Role::PrivacyOfficer, at).await
}

fn rows(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let text = answer.text();
    text.lines().skip(1).map(str::to_owned).collect()
}

async fn emergency(cast: &Cast) {
    let fields = [
        ("answer", "emergency"),
        ("emergency-reason", "=Found unconscious"),
        ("emergency-wishes", ""),
    ];
    let answer = cast.doctor.answers(cast.koepp, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

#[tokio::test]
async fn the_organisations_reports_tell_who_looked_at_ours_and_what_ours_looked_at() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        let practice = officer(&cast, PRACTICE).await;
        let trust = officer(&cast, TRUST).await;
        // The trust's doctor looked at a patient whom the practice has too.
        let ours = rows(&practice.gets("/accesses.csv?which=our-patients").await);
        assert!(
            ours.iter().any(|row| row.contains("Staff doctor")),
            "{ours:?}"
        );
        let staff = rows(&practice.gets("/accesses.csv?which=our-staff").await);
        assert!(
            !staff.iter().any(|row| row.contains("Staff doctor")),
            "{staff:?}"
        );
        let staff = rows(&trust.gets("/accesses.csv?which=our-staff").await);
        assert!(
            staff.iter().any(|row| row.contains("Staff doctor")),
            "{staff:?}"
        );
        let page = trust.gets("/accesses?which=our-staff").await;
        assert!(page.says("KOEPP, Abdul"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_member_of_staff_has_a_report_of_their_own() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        nurse.reads(cast.koepp).await;
        let trust = officer(&cast, TRUST).await;
        let list = trust.gets("/accesses?which=our-staff").await;
        let own = list.links("staff=").into_iter().collect::<Vec<_>>();
        assert!(own.len() >= 2, "{own:?}");
        let mut of_nurse = 0;
        for link in own {
            let page = trust.gets(&link).await;
            let csv = link.replace("/accesses?", "/accesses.csv?");
            let rows = rows(&trust.gets(csv).await);
            let staff = ["Staff doctor", "Staff nurse", "Staff officer-R9901"];
            let named = staff
                .iter()
                .filter(|name| rows.iter().any(|row| row.contains(**name)));
            assert_eq!(named.count(), 1, "one person's lines only: {rows:?}");
            of_nurse += usize::from(page.says("What Staff nurse did"));
        }
        assert!(of_nurse > 0);
    }
}

#[tokio::test]
async fn of_another_organisations_staff_nothing_is_reported() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        let trust = officer(&cast, TRUST).await;
        let link = trust
            .gets("/accesses?which=our-staff")
            .await
            .links("staff=");
        let council = officer(&cast, COUNCIL).await;
        for link in link {
            let page = council.gets(link).await;
            assert!(!page.says("Staff doctor"), "{}", page.text());
        }
    }
}

#[tokio::test]
async fn flagged_accesses_are_a_report() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        cast.doctor.is_told_no(cast.koepp).await;
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        let fields = [
            ("answer", "emergency"),
            ("emergency-reason", "=Found unconscious"),
            ("emergency-wishes", ""),
            ("colleague-no-shown", "1"),
        ];
        let answer = nurse.answers(cast.koepp, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let trust = officer(&cast, TRUST).await;
        let flagged = rows(&trust.gets("/accesses.csv?which=flagged").await);
        assert_eq!(flagged.len(), 1, "{flagged:?}");
        assert!(flagged[0].contains("Staff nurse"), "{flagged:?}");
        // What somebody typed cannot become a formula in a spreadsheet.
        assert!(
            flagged[0].contains("\"'=Found unconscious\""),
            "{flagged:?}"
        );
    }
}

#[tokio::test]
async fn days_bound_a_report_and_pages_go_on() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        cast.region.later(2 * Timestamp::DAY);
        cast.doctor.reads(cast.koepp).await;
        let trust = officer(&cast, TRUST).await;
        let day = rows(
            &trust
                .gets("/accesses.csv?from=2026-11-22&to=2026-11-23")
                .await,
        );
        assert!(!day.is_empty());
        assert!(day.iter().all(|row| row.contains("22-Nov-2026")), "{day:?}");
        let later = rows(&trust.gets("/accesses.csv?from=2026-11-24").await);
        assert!(
            later.iter().all(|row| row.contains("24-Nov-2026")),
            "{later:?}"
        );
        let before = rows(&trust.gets("/accesses.csv?to=2026-11-21").await);
        assert!(before.is_empty(), "{before:?}");
    }
}

#[tokio::test]
async fn every_report_is_itself_a_line() {
    for cast in casts().await {
        let trust = officer(&cast, TRUST).await;
        let patient = cast.koepp.0.0;
        for path in [
            "/accesses".to_owned(),
            "/accesses.csv?which=flagged".to_owned(),
            "/accesses.fhir?which=our-staff".to_owned(),
            format!("/patients/{patient}/report"),
            format!("/patients/{patient}/report.csv"),
            format!("/patients/{patient}/report.fhir"),
        ] {
            let before = cast.region.lines().await;
            let answer = trust.gets(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            assert_eq!(cast.region.lines().await, before + 1, "{path}");
        }
        let own = rows(&trust.gets("/accesses.csv?which=our-staff").await);
        let said = |words: &str| own.iter().any(|row| row.contains(words));
        assert!(said("what is flagged for review as CSV"), "{own:?}");
        assert!(said("what our staff looked at as FHIR"), "{own:?}");
        assert!(cast.region.verifies().await);
    }
}

#[tokio::test]
async fn the_patients_report_is_in_plain_words_and_says_whom_to_complain_to() {
    for cast in casts().await {
        cast.doctor.reads(cast.koepp).await;
        cast.region.later(60 * Timestamp::SECOND);
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        let fields = [
            ("answer", "emergency"),
            ("emergency-reason", "Found unconscious"),
            ("emergency-wishes", ""),
        ];
        assert_eq!(nurse.answers(cast.koepp, &fields).await.status, 303);
        nurse.opens(cast.koepp).await;
        let report = format!("/patients/{}/report", cast.koepp.0.0);
        let page = cast.doctor.gets(&report).await;
        for words in [
            "Staff nurse, nurse at Dee Hospital, on 22-Nov-2026 at 09:01, in an emergency: “Found \
             unconscious”.",
            "Staff doctor, doctor at Dee Hospital, on 22-Nov-2026 at 09:00, looked at your shared \
             record, with your consent for that day.",
            "complain to, the organisation named in the line",
            "Information Commissioner",
        ] {
            assert!(page.says(words), "{words}: {}", page.text());
        }
        for words in ["The patient's", "They lack", "127.0.0.1"] {
            assert!(!page.says(words), "{words}: {}", page.text());
        }
        let csv = rows(&cast.doctor.gets(format!("{report}.csv")).await);
        assert!(
            csv.iter().any(|row| row.contains("in an emergency")),
            "{csv:?}"
        );
        assert!(!csv.iter().any(|row| row.contains("127.0.0.1")), "{csv:?}");
    }
}

#[tokio::test]
async fn a_look_to_protect_somebody_is_told_only_once_it_is_released() {
    for cast in casts().await {
        let fields = [
            ("answer", "legal"),
            ("legal-reason", "protection"),
            ("legal-words", "Bruises reported by the school"),
        ];
        let answer = cast.doctor.answers(cast.koepp, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        cast.doctor.opens(cast.koepp).await;
        let report = format!("/patients/{}/report", cast.koepp.0.0);
        let trust = officer(&cast, TRUST).await;
        // Neither to the patient, nor on a copy that the privacy officer prints.
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        for who in [&nurse, &trust] {
            for path in [
                report.clone(),
                format!("{report}.csv"),
                format!("{report}.fhir"),
            ] {
                let answer = who.gets(&path).await;
                assert!(!answer.says("Bruises"), "{path}: {}", answer.text());
                assert!(!answer.says("protect you"), "{path}: {}", answer.text());
            }
        }
        let queue = trust.gets("/reviews").await;
        assert!(queue.says("held back from the patient"), "{}", queue.text());
        let review = queue
            .links("/reviews/")
            .into_iter()
            .find(|link| !link.ends_with("ranking"));
        let review = review.unwrap();
        let step = [
            ("step", "release"),
            ("words", "The police have ended their work"),
        ];
        assert_eq!(trust.posts(&review, &step).await.status, 303);
        let page = nurse.gets(&report).await;
        assert!(
            page.says("made them protect you: “Bruises"),
            "{}",
            page.text()
        );
        let told = page.text().matches("made them protect you").count();
        assert_eq!(
            told,
            2,
            "the opening and the page after it: {}",
            page.text()
        );
    }
}

#[tokio::test]
async fn an_attempt_on_somebody_elses_patient_is_in_that_organisations_list() {
    for cast in casts().await {
        // The practice's own address of Koepp, asked for by the trust's doctor: rule 2.
        crate::is_unknown(&cast.doctor.opens(cast.at_practice).await);
        let practice = officer(&cast, PRACTICE).await;
        let list = practice.gets("/accesses?which=our-patients").await;
        assert!(list.says("Staff doctor"), "{}", list.text());
        assert!(list.says("KOEPP, Abdul"), "{}", list.text());
        assert!(list.says("Refused"), "{}", list.text());
        let report = format!("/patients/{}/report", cast.at_practice.0.0);
        let told = practice.gets(report).await;
        assert!(
            told.says("Someone of an organisation that does not look after you"),
            "{}",
            told.text()
        );
    }
}

#[tokio::test]
async fn as_fhir_each_access_is_an_audit_event() {
    for cast in casts().await {
        emergency(&cast).await;
        cast.doctor.opens(cast.koepp).await;
        let trust = officer(&cast, TRUST).await;
        let answer = trust.gets("/accesses.fhir").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let bundle: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let opened = entries
            .iter()
            .map(|entry| &entry["resource"])
            .find(|event| {
                event["meta"]["profile"][0]
                    .as_str()
                    .is_some_and(|profile| profile.ends_with("IHE.BasicAudit.PatientQuery"))
                    && event["agent"].to_string().contains("BTG")
            });
        let opened = opened.unwrap_or_else(|| panic!("{bundle}"));
        let user = opened["agent"].as_array().unwrap().iter();
        let user = user
            .into_iter()
            .find(|agent| agent["requestor"] == true)
            .unwrap();
        assert_eq!(user["who"]["identifier"]["value"], "7654321");
        assert!(opened["agent"].to_string().contains("\"value\":\"R9901\""));
        let entities = opened["entity"].as_array().unwrap();
        assert_eq!(
            entities[0]["what"]["reference"],
            format!("Patient/{}", cast.koepp.0.0)
        );
        assert!(entities[1]["query"].is_string());
    }
}

#[tokio::test]
async fn who_has_no_business_with_the_lists_gets_none_in_any_form() {
    let cast = Cast::new().await;
    for path in [
        "/accesses",
        "/accesses.csv",
        "/accesses.fhir",
        "/reviews",
        "/reviews/1",
    ] {
        let before = cast.region.lines().await;
        let answer = cast.doctor.gets(path).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
        assert_eq!(cast.region.lines().await, before + 1, "{path}");
    }
}
