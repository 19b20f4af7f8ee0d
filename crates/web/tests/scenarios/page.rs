//! The record page: what is said once, what disagrees, what is missing, late or withheld.

use serde_json::json;
use tributary_model::{Role, Timestamp};
use tributary_testkit::{
    Answer, COUNCIL, PRACTICE, Region, TRUST, allergy, entry, medicine, patient, problem, result,
};

use crate::{ASTHMA, Cast, POTASSIUM, at_the_practice, at_the_trust};

const AMLODIPINE: &str = "319283006";

/// The part of a page that stands in one section.
fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let begins = format!("<section class=\"app-section\" id=\"{name}\"");
    let bare = format!("<section class=\"app-section app-section--bare\" id=\"{name}\"");
    let at = text
        .find(&begins)
        .or_else(|| text.find(&bare))
        .expect("the section is on the page");
    let rest = &text[at..];
    &rest[..rest.find("</section>").unwrap_or(rest.len())]
}

async fn page_of(practice: tributary_testkit::Person, trust: tributary_testkit::Person) -> Answer {
    let cast = Cast::of(Region::new().await, practice, trust).await;
    cast.doctor.reads(cast.koepp).await
}

#[tokio::test]
async fn the_same_fact_from_two_sources_is_said_once_with_both() {
    let same = || problem(ASTHMA, "Quagmire asthma");
    let practice = patient("P1").involved("GP registration").has(same());
    let page = page_of(practice, at_the_trust().has(same())).await;
    let text = page.text();
    let problems = section(&text, "problems");
    assert_eq!(problems.matches("Quagmire asthma").count(), 1, "{problems}");
    assert!(problems.contains("2 sources"), "{problems}");
    assert!(problems.contains("Mill Lane Surgery") && problems.contains("Dee Hospital"));
}

#[tokio::test]
async fn doses_that_disagree_stand_side_by_side() {
    let takes = |dose: &str| medicine(AMLODIPINE, "Amlodipine 5 mg tablets", dose);
    let practice = patient("P1")
        .involved("GP registration")
        .has(takes("One tablet daily"));
    let page = page_of(practice, at_the_trust().has(takes("Two tablets daily"))).await;
    let text = page.text();
    let medicines = section(&text, "medications");
    assert!(medicines.contains("Sources disagree"), "{medicines}");
    for words in [
        "One tablet daily",
        "Two tablets daily",
        "Mill Lane Surgery",
        "Dee Hospital",
    ] {
        assert!(medicines.contains(words), "{words}: {medicines}");
    }
}

#[tokio::test]
async fn allergies_stand_in_the_banner_of_every_page_of_the_record() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    for rest in ["", "/sections/results", "/timeline", "/sources"] {
        let page = cast
            .doctor
            .gets(format!("/patients/{}/record{rest}", cast.koepp.0.0))
            .await;
        let text = page.text();
        let banner = &text[text.find("app-banner__box").expect("the banner")..];
        let banner = &banner[..banner.find("app-banner__permission").expect("its end")];
        assert!(banner.contains("Zebrafish"), "{rest}: {banner}");
    }
}

#[tokio::test]
async fn none_recorded_is_not_none_known() {
    let bare = patient("P1").involved("GP registration");
    let page = page_of(bare.clone(), at_the_trust()).await;
    assert!(page.says("<b class=\"app-banner__label\">Allergies</b> None recorded by the sources"));
    let denied = json!({
        "clinicalStatus": { "coding": [{ "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "716186003",
            "display": "No known allergy" }] },
        "recordedDate": "2026-01-02",
    });
    let page = page_of(
        bare.has(entry("AllergyIntolerance", denied)),
        at_the_trust(),
    )
    .await;
    assert!(
        page.says("No known allergies (says Mill Lane Surgery"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn an_empty_section_says_so_in_the_fixed_words() {
    let page = page_of(at_the_practice(), at_the_trust()).await;
    let text = page.text();
    for name in ["immunisations", "procedures", "appointments", "social-care"] {
        let section = section(&text, name);
        assert!(
            section.contains("None recorded by the sources that supply this"),
            "{name}: {section}"
        );
    }
}

#[tokio::test]
async fn a_source_that_is_late_is_marked() {
    let cast = Cast::of(
        Region::new().await,
        at_the_practice().consents(),
        at_the_trust(),
    )
    .await;
    cast.doctor.answers(cast.koepp, &[]).await;
    let fresh = cast.doctor.opens(cast.koepp).await;
    assert!(
        !fresh.says("(late)") && !fresh.says("Source late"),
        "{}",
        fresh.text()
    );
    cast.region.later(2 * Timestamp::DAY);
    cast.region.feeds(TRUST, [at_the_trust()]).await;
    let page = cast.doctor.opens(cast.koepp).await;
    let late = "Mill Lane Surgery: Not received since 22-Nov-2026 09:00 (late)";
    let text = page.text();
    assert!(
        section(&text, "allergies").contains(late),
        "{}",
        section(&text, "allergies")
    );
    assert!(
        page.says("Source late"),
        "the banner says it of the allergies"
    );
    assert!(
        !page.says("Dee Hospital: Not received"),
        "the trust was on time"
    );
    let sources = cast
        .doctor
        .gets(format!("/patients/{}/record/sources", cast.koepp.0.0))
        .await;
    assert!(sources.says("Not received since 22-Nov-2026 09:00 (late)"));
}

#[tokio::test]
async fn a_social_worker_sees_no_result_and_a_mark_for_it() {
    let cast = Cast::new().await;
    let council = patient("C1")
        .involved("Social care")
        .has(problem(ASTHMA, "Kettle need"));
    cast.region.feeds(COUNCIL, [council]).await;
    let social_worker = cast
        .region
        .signs_in("social", Role::SocialWorker, COUNCIL)
        .await;
    let address = cast.region.address(COUNCIL, "C1").await;
    let page = social_worker.reads(address).await;
    assert!(page.says("Something in this record is not shown to you."));
    assert!(
        !page.says("Xylophone") && page.says("Zebrafish"),
        "allergies are never withheld"
    );
    let base = format!("/patients/{}/record", address.0.0);
    let results = social_worker.gets(format!("{base}/sections/results")).await;
    assert!(
        results.says("Withheld") && !results.says("Xylophone"),
        "{}",
        results.text()
    );
    let trend = social_worker
        .gets(format!("{base}/trends/sct-{POTASSIUM}"))
        .await;
    assert!(!trend.says("Xylophone"), "{}", trend.text());
    let fhir = social_worker
        .gets(format!("/fhir/Patient/{}/$everything", address.0.0))
        .await;
    assert_eq!(fhir.status, 200);
    assert!(!fhir.says("Xylophone") && fhir.says("Zebrafish"));
    let whole = cast.doctor.reads(cast.koepp).await;
    assert!(
        !whole.says("Something in this record is not shown to you."),
        "the doctor sees all"
    );
}

#[tokio::test]
async fn a_sensitive_code_is_withheld_from_a_nurse_without_saying_where() {
    let practice = at_the_practice().has(problem("240589008", "Umbrella infection"));
    let cast = Cast::of(Region::new().await, practice, at_the_trust()).await;
    let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
    let page = nurse.reads(cast.koepp).await;
    assert!(!page.says("Umbrella"), "{}", page.text());
    assert_eq!(
        page.text()
            .matches("Something in this record is not shown to you.")
            .count(),
        1
    );
    let fhir = nurse
        .gets(format!("/fhir/Patient/{}/$everything", cast.koepp.0.0))
        .await;
    assert!(!fhir.says("Umbrella") && fhir.says("Zebrafish"));
    assert!(cast.doctor.reads(cast.koepp).await.says("Umbrella"));
}

#[tokio::test]
async fn a_correction_takes_the_place_of_what_was_said_and_a_removal_takes_it_away() {
    let cast = Cast::new().await;
    cast.doctor.reads(cast.koepp).await;
    let corrected = patient("P1")
        .involved("GP registration")
        .has(allergy("Yaffingale"))
        .has(problem(ASTHMA, "Quagmire asthma"));
    cast.region.feeds(PRACTICE, [corrected]).await;
    let page = cast.doctor.opens(cast.koepp).await;
    assert!(
        page.says("Yaffingale") && !page.says("Zebrafish"),
        "{}",
        page.text()
    );
    assert!(!page.says("Wombat"), "the letter was removed");
}

#[tokio::test]
async fn a_trend_is_drawn_with_its_table_beside_it() {
    let trust = at_the_trust().has(result(POTASSIUM, "Xylophone potassium", 6.2, "2026-09-01"));
    let cast = Cast::of(Region::new().await, at_the_practice(), trust).await;
    cast.doctor.reads(cast.koepp).await;
    let path = format!("/patients/{}/record/trends/sct-{POTASSIUM}", cast.koepp.0.0);
    let page = cast.doctor.gets(path).await;
    for words in ["<svg", "<title", "<desc", "<table", "4.1", "4.4", "6.2"] {
        assert!(page.says(words), "{words}: {}", page.text());
    }
}

#[tokio::test]
async fn what_waits_to_be_linked_is_named_by_its_source_alone() {
    let other = patient("P1").born("1999-01-31").named("Wilma", "Ostrich");
    let cast = Cast::of(
        Region::new().await,
        other.has(allergy("Zebrafish")),
        at_the_trust(),
    )
    .await;
    let page = cast.doctor.reads(cast.koepp).await;
    assert!(
        !page.says("Zebrafish") && !page.says("OSTRICH"),
        "{}",
        page.text()
    );
    assert!(
        page.says("Records at Mill Lane Surgery wait to be linked."),
        "{}",
        page.text()
    );
}
