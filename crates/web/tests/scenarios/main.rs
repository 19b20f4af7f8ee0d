//! What people do and see, over HTTP, with feeds that were really taken in.

#![allow(
    clippy::disallowed_methods,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::semicolon_if_nothing_returned,
    clippy::trivially_copy_pass_by_ref,
    clippy::unwrap_used,
    reason = "what panics in a test has failed, which is what it is for"
)]

mod alike;
mod desk;
mod desk_who;
mod door;
mod edge;
mod erased;
mod fuzz;
mod governance;
mod lines;
mod links;
mod nowhere;
mod outcomes;
mod page;
mod race;
mod reports;
mod reviews;
mod rulebooks;
mod session;
mod staff_in;
mod tls;
mod withheld;

use tributary_model::{Address, Role};
use tributary_testkit::{
    Answer, Browser, PRACTICE, Person, Region, Shape, TRUST, allergy, letter, patient, problem,
    result,
};

/// Words that stand in the test patient's entries and nowhere else.
pub(crate) const MARKERS: [&str; 4] = ["Zebrafish", "Quagmire", "Xylophone", "Wombat"];

/// SNOMED CT: serum potassium level.
pub(crate) const POTASSIUM: &str = "1000651000000109";
/// SNOMED CT: asthma.
pub(crate) const ASTHMA: &str = "195967001";

/// Abdul Koepp, in hospital at the trust and registered with the practice; a doctor of the trust.
pub(crate) struct Cast {
    pub(crate) region: Region,
    /// How the trust names him.
    pub(crate) koepp: Address,
    /// How the practice names him.
    pub(crate) at_practice: Address,
    pub(crate) doctor: Browser,
}

/// Koepp as the practice has him.
pub(crate) fn at_the_practice() -> Person {
    patient("P1")
        .involved("GP registration")
        .has(allergy("Zebrafish"))
        .has(problem(ASTHMA, "Quagmire asthma"))
        .has(letter("Wombat letter", "V29tYmF0IHdvcmRz"))
}

/// Koepp as the trust has him.
pub(crate) fn at_the_trust() -> Person {
    patient("T1")
        .involved("Hospital care")
        .has(result(
            POTASSIUM,
            "Xylophone potassium",
            4.1,
            "2026-11-20T08:00:00Z",
        ))
        .has(result(
            POTASSIUM,
            "Xylophone potassium",
            4.4,
            "2026-10-20T08:00:00Z",
        ))
}

impl Cast {
    pub(crate) async fn new() -> Self {
        Self::of(Region::new().await, at_the_practice(), at_the_trust()).await
    }

    pub(crate) async fn under(shape: Shape) -> Self {
        Self::of(Region::like(shape).await, at_the_practice(), at_the_trust()).await
    }

    /// On every engine there is.
    pub(crate) async fn on_each_engine(practice: Person, trust: Person) -> Vec<Self> {
        let mut all = Vec::new();
        for region in Region::on_each_engine(Shape::default()).await {
            all.push(Self::of(region, practice.clone(), trust.clone()).await);
        }
        all
    }

    pub(crate) async fn of(region: Region, practice: Person, trust: Person) -> Self {
        region.feeds(PRACTICE, [practice]).await;
        region.feeds(TRUST, [trust]).await;
        let koepp = region.address(TRUST, "T1").await;
        let at_practice = region.address(PRACTICE, "P1").await;
        let doctor = region.signs_in("doctor", Role::Doctor, TRUST).await;
        Self {
            region,
            koepp,
            at_practice,
            doctor,
        }
    }
}

/// The record is shown: all of it.
pub(crate) fn is_the_record(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    for word in ["Zebrafish", "Quagmire", "Xylophone"] {
        assert!(answer.says(word), "{word}: {}", answer.text());
    }
}

/// Not a clinical word in it.
pub(crate) fn says_nothing(answer: &Answer, what: &str) {
    for word in MARKERS {
        assert!(!answer.carries(word), "{what}: {word}");
    }
}

/// Refused in these words, and nothing shown.
pub(crate) fn is_refused(answer: &Answer, words: &str) {
    says_nothing(answer, words);
    assert_eq!(answer.status, 403, "{words}: {}", answer.text());
    assert!(answer.says(words), "{words}: {}", answer.text());
}

/// The answer of a person who does not exist, and nothing shown.
pub(crate) fn is_unknown(answer: &Answer) {
    says_nothing(answer, "an unknown person");
    assert_eq!(answer.status, 404, "{}", answer.text());
    assert!(answer.says("No patient of"), "{}", answer.text());
}

/// The consent screen with its question.
pub(crate) fn is_the_question(answer: &Answer) {
    says_nothing(answer, "the consent screen");
    assert!(matches!(answer.status, 200 | 422), "{}", answer.text());
    assert!(
        answer.says("Ask permission to view the shared record"),
        "{}",
        answer.text()
    );
}

/// The screen that asks for the part in the patient's care only.
pub(crate) fn asks_for_the_part(answer: &Answer) {
    says_nothing(answer, "the question for the part");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.says("Open the shared record"), "{}", answer.text());
    assert!(!answer.says("name=\"answer\""), "{}", answer.text());
}
