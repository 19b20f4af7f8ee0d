//! A patient who does not exist and one whom the requester has nothing to do with: the same answer,
//! byte for byte, by the same statements.

use tributary_model::{Address, IdentityId};
use tributary_testkit::{Person, Region, TRUST, patient, statements};
use tributary_web::ROUTES;

use crate::{
    Cast, at_the_practice, at_the_trust,
    lines::{about_a_patient, ask},
    says_nothing,
};

/// People of the trust whom it has nothing to do with today, each in a way of their own.
fn strangers() -> [Person; 5] {
    [
        patient("T2").nhs("9990000018"),
        patient("T3")
            .nhs("9990000026")
            .involved_for("Admission", "2026-01-01", Some("2026-10-01")),
        patient("T4")
            .nhs("9990000034")
            .involved_for("Admission", "2026-12-01", None),
        patient("T5").nhs("9990000042").opts_out(),
        patient("T6").nhs("9990000050").consents().dead(),
    ]
}

#[tokio::test]
async fn the_same_answer_by_the_same_statements() {
    for region in Region::on_each_engine(tributary_testkit::Shape::default()).await {
        let cast = Cast::of(region, at_the_practice(), at_the_trust()).await;
        let people = strangers().into_iter().chain([at_the_trust()]);
        cast.region.feeds(TRUST, people).await;
        let mut others = vec![("another organisation's patient", cast.at_practice)];
        for (what, local) in [
            ("never met", "T2"),
            ("left long ago", "T3"),
            ("not yet admitted", "T4"),
            ("opted out and never met", "T5"),
            ("dead and never met", "T6"),
        ] {
            others.push((what, cast.region.address(TRUST, local).await));
        }
        others.push(("a number below all", Address(IdentityId(-7))));
        let nobody = Address(IdentityId(987_654_321));
        let routes = ROUTES.iter().filter(about_a_patient);
        for route in routes.filter(|route| !route.path.ends_with("/close")) {
            let asked = ask(&cast.doctor, route, nobody, &cast);
            let (unknown, ran) = statements(asked).await;
            assert_eq!(unknown.status, 404, "{}: {}", route.path, unknown.text());
            assert!(ran.len() > 8, "{}: {ran:?}", route.path);
            for (what, address) in &others {
                let what = format!("{} {}: {what}", route.method, route.path);
                let asked = ask(&cast.doctor, route, *address, &cast);
                let (answer, also_ran) = statements(asked).await;
                says_nothing(&answer, &what);
                assert_eq!(answer, unknown, "{what}");
                assert_eq!(also_ran, ran, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_patient_whom_the_doctor_meets_is_told_apart_by_this_test() {
    let cast = Cast::new().await;
    let route = ROUTES
        .iter()
        .find(|route| route.path.ends_with("/record"))
        .unwrap();
    let nobody = Address(IdentityId(987_654_321));
    let (unknown, ran) = statements(ask(&cast.doctor, route, nobody, &cast)).await;
    let (known, also_ran) = statements(ask(&cast.doctor, route, cast.koepp, &cast)).await;
    assert_ne!(unknown, known);
    assert_ne!(ran, also_ran);
}

#[tokio::test]
async fn a_search_tells_a_stranger_from_nobody_by_nothing() {
    let cast = Cast::new().await;
    cast.region
        .feeds(TRUST, strangers().into_iter().chain([at_the_trust()]))
        .await;
    let searches = [
        [("nhs-number", "9990000077"), ("nhs-number", "9990000018")],
        [("nhs-number", "9990000077"), ("nhs-number", "9990000042")],
    ];
    for [nobody, stranger] in searches {
        let unknown = cast.doctor.posts("/find", &[nobody]).await;
        let unrelated = cast.doctor.posts("/find", &[stranger]).await;
        assert_eq!(unknown.status, 200);
        assert!(
            unknown.says("No patient of Dee Hospital matches"),
            "{}",
            unknown.text()
        );
        let without = |answer: &tributary_testkit::Answer, typed: &str| {
            let spaced = format!("{} {} {}", &typed[..3], &typed[3..6], &typed[6..]);
            answer.text().replace(typed, "").replace(&spaced, "")
        };
        assert_eq!(without(&unknown, nobody.1), without(&unrelated, stranger.1));
    }
}
