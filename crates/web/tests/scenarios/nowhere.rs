//! The data of people who opted out is nowhere: in no file of the deployment and in no log.

use tributary_model::{Address, Role, Version};
use tributary_store::{Filing, Place, Slot};
use tributary_testkit::{PRACTICE, Person, Region, Shape, TRUST, allergy, log, patient, problem};

use crate::{ASTHMA, is_refused};

/// Words that only these people's data holds, each of the length a search can rely on.
const WORDS: [&str; 9] = [
    "Vanderquist",
    "Vandershore",
    "Kaleidoscope",
    "Rhododendron",
    "Marzipankugel",
    "9990000018",
    "9990000026",
    "LOCAL7788",
    "LOCAL7799",
];

fn vanderquist(local: &str) -> Person {
    patient(local)
        .named("Marzipankugel", "Vanderquist")
        .nhs("9990000018")
        .has(allergy("Kaleidoscope"))
        .has(problem(ASTHMA, "Rhododendron asthma"))
}

fn vandershore(local: &str) -> Person {
    patient(local)
        .named("Vera", "Vandershore")
        .nhs("9990000026")
        .has(allergy("Kaleidoscope"))
}

fn found(region: &Region, words: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| {
        let forms = [words.to_owned(), words.to_lowercase(), words.to_uppercase()];
        forms
            .iter()
            .any(|form| bytes.windows(form.len()).any(|w| w == form.as_bytes()))
    };
    let files = region.files().into_iter().filter(|(_, bytes)| holds(bytes));
    files.map(|(path, _)| path.display().to_string()).collect()
}

/// Nothing of these people lies in clear, and no body of theirs can be opened.
async fn are_nowhere(region: &Region, addresses: &[Address]) {
    for words in WORDS {
        let places = found(region, words);
        assert!(places.is_empty(), "{words} lies in {places:?}");
        assert!(!log().contains(words), "{words} was logged");
    }
    for address in addresses {
        assert!(
            !has_a_key(region, *address).await,
            "{address:?} still has a key"
        );
    }
}

/// Whether a body of this identity could be sealed, and so opened too.
async fn has_a_key(region: &Region, address: Address) -> bool {
    let ciphers = region.store.ciphers(&[address.0], false).await.unwrap();
    let row = Filing {
        identity: address.0,
        version: Version(99),
        slot: Slot::Person,
        rid: 0,
        body: Some(b"{}"),
    };
    !region.store.seal(&ciphers, &[row]).is_empty()
}

#[tokio::test]
async fn an_opt_out_of_the_first_night_and_one_that_comes_later() {
    for region in Region::on_each_engine(Shape::default()).await {
        let at_practice = || {
            vec![
                vanderquist("LOCAL7788")
                    .involved("GP registration")
                    .opts_out(),
                vandershore("LOCAL7799").involved("GP registration"),
                crate::at_the_practice(),
            ]
        };
        let report = region.feeds(PRACTICE, at_practice()).await;
        assert!(report.counts.dropped >= 2, "{report:?}");
        let at_trust = || {
            [
                vanderquist("TQ").involved("Admission"),
                vandershore("TS").involved("Admission"),
            ]
        };
        region.feeds(TRUST, at_trust()).await;
        if matches!(region.place(), Place::Folder(_)) {
            assert!(
                !found(&region, "Mill Lane Surgery").is_empty(),
                "this search finds things"
            );
        }
        let keys = region.store.count_keys().await.unwrap();
        let doctor = region.signs_in("doctor", Role::Doctor, TRUST).await;
        let (quist, shore) = (
            region.address(TRUST, "TQ").await,
            region.address(TRUST, "TS").await,
        );
        let words = "The patient has declined to have an electronic shared record.";
        is_refused(&doctor.opens(quist).await, words);
        assert!(has_a_key(&region, shore).await && !has_a_key(&region, quist).await);
        assert!(doctor.reads(shore).await.says("Kaleidoscope"));
        are_nowhere(&region, &[quist]).await;

        let mut later = at_practice();
        later[1] = vandershore("LOCAL7799")
            .involved("GP registration")
            .opts_out();
        let report = region.feeds(PRACTICE, later).await;
        assert!(report.counts.erased >= 2, "{report:?}");
        let left = region.store.count_keys().await.unwrap();
        assert_eq!(left, keys - 2, "the keys of both identities are forgotten");
        is_refused(&doctor.opens(shore).await, words);
        region.feeds(TRUST, at_trust()).await;
        assert_eq!(
            region.store.count_keys().await.unwrap(),
            left,
            "and none comes back"
        );
        let in_practice = [region.address(PRACTICE, "LOCAL7788").await];
        are_nowhere(&region, &[&[quist, shore], &in_practice[..]].concat()).await;
        let found = doctor.posts("/find", &[("nhs-number", "9990000026")]).await;
        assert!(matches!(found.status, 200 | 303));
        assert!(!found.says("VANDERSHORE"), "{}", found.text());
    }
}
