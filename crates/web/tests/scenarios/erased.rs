//! Opting out erases, what is doubtful waits for a person, and opting back in asks every source.

use tributary_model::{Address, Role, SharingChoice, Timestamp};
use tributary_store::{BY_A_PERSON, Mode, Place};
use tributary_testkit::{
    Browser, COUNCIL, PRACTICE, Person, Region, Request, Shape, TRUST, allergy, ndjson, nhs_number,
    patient, problem,
};

use crate::{
    ASTHMA, Cast, at_the_practice, at_the_trust,
    desk::{BLOCKED, OPTED_OUT, desk, looks, records},
    is_refused, is_the_question,
};

/// Words that only this person's data holds.
const WORDS: [&str; 5] = [
    "Quillfeather",
    "Marzipankugel",
    "9990000018",
    "Kaleidoscope",
    "Rhododendron",
];

fn quillfeather(local: &str) -> Person {
    patient(local)
        .named("Marzipankugel", "Quillfeather")
        .nhs("9990000018")
        .has(allergy("Kaleidoscope"))
        .has(problem(ASTHMA, "Rhododendron asthma"))
}

async fn is_nowhere(region: &Region) {
    for words in WORDS {
        let places = region.holds(words).await;
        assert!(places.is_empty(), "{words} lies in {places:?}");
    }
}

#[tokio::test]
async fn an_opt_out_at_the_desk_erases_every_byte_of_every_source_at_once() {
    for region in Region::on_each_engine(Shape::default()).await {
        let here = || {
            [
                at_the_practice(),
                quillfeather("P2").involved("GP registration"),
            ]
        };
        let cast = Cast::of(region, at_the_practice(), at_the_trust()).await;
        let region = &cast.region;
        region.feeds(PRACTICE, here()).await;
        // The council sends over the network, so that the spool holds it too.
        let feed = region.organisation(COUNCIL).code;
        let feed = region.store.feed_of(&feed, Mode::Snapshot).await.unwrap();
        let credential = region.store.new_credential(feed.feed).await.unwrap();
        let there = [quillfeather("C2").involved("Social care")];
        sends(region, &credential, &ndjson(&there)).await;
        let (koepp, address) = (cast.koepp, region.address(COUNCIL, "C2").await);
        let social = region.signs_in("social", Role::SocialWorker, COUNCIL).await;
        assert!(social.reads(address).await.says("Kaleidoscope"));
        assert!(spool(region) > 0, "the spool holds what the council sent");
        let keys = region.store.count_keys().await.unwrap();
        let desk = desk(&cast).await;
        let found = desk.posts("/find", &[("nhs-number", "9990000018")]).await;
        let at_practice = region.address(PRACTICE, "P2").await;
        assert!(found.location().ends_with("/choice"), "{}", found.text());
        records(&cast, &desk, at_practice, "opt-out").await;
        is_refused(&social.opens(address).await, OPTED_OUT);
        assert!(
            region.store.count_keys().await.unwrap() <= keys - 2,
            "both keys are forgotten"
        );
        assert_eq!(spool(region), 0, "and the spool is empty");
        is_nowhere(region).await;
        // Of the others everything is still there.
        assert!(cast.doctor.reads(koepp).await.says("Zebrafish"));
        if matches!(region.place(), Place::Folder(_)) {
            assert!(
                !region.holds("Mill Lane Surgery").await.is_empty(),
                "this search finds things"
            );
        }
        // What comes later is dropped at the door.
        region.feeds(PRACTICE, here()).await;
        sends(region, &credential, &ndjson(&there)).await;
        region.later(2 * Timestamp::DAY);
        region.store.clear_spool(region.clock.now()).await.unwrap();
        is_nowhere(region).await;
        // The patient is found by number, and by name no more.
        let by_name = [
            ("family-name", "Quillfeather"),
            ("day", "9"),
            ("month", "7"),
            ("year", "1954"),
        ];
        assert!(desk.posts("/find", &by_name).await.says("No patient of"));
        let by_number = desk.posts("/find", &[("nhs-number", "9990000018")]).await;
        assert!(by_number.location().ends_with("/choice"));
        assert!(looks(&desk, at_practice).await.says("Name not kept"));
        assert!(region.verifies().await);
    }
}

/// Hands in a snapshot over the network, and has it taken in.
async fn sends(region: &Region, credential: &str, snapshot: &str) {
    let path = format!("/feeds/{COUNCIL}/submissions");
    let request = Request::post(path, "application/fhir+ndjson", snapshot)
        .with("authorization", &format!("Bearer {credential}"));
    let answer = region.client.sends(&request).await;
    assert!(matches!(answer.status, 200 | 202), "{}", answer.text());
    let reports = region.intake.resume(std::sync::Arc::new(|_| {})).await;
    reports.unwrap();
}

fn spool(region: &Region) -> usize {
    let files = region.files().into_iter();
    files
        .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "spool"))
        .count()
}

#[tokio::test]
async fn what_a_person_linked_is_hidden_at_once_and_erased_when_a_person_confirms() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        // The council has him under another name and without a number: a person links the two.
        let other = patient("C1")
            .named("Abdool", "Koep")
            .nhs("9990000042")
            .involved("Social care")
            .has(allergy("Nightingale"));
        region.feeds(COUNCIL, [other]).await;
        let council = region.address(COUNCIL, "C1").await;
        let rows = region.store.identity_rows(&[cast.koepp.0]).await.unwrap();
        let (patient, now) = (rows[&cast.koepp.0].patient, region.clock.now());
        let linked = region.store.link(council.0, patient, BY_A_PERSON, now);
        assert!(linked.await.unwrap());
        let social = region.signs_in("social", Role::SocialWorker, COUNCIL).await;
        assert!(social.reads(council).await.says("Nightingale"));
        let keys = region.store.count_keys().await.unwrap();
        let desk = desk(&cast).await;
        records(&cast, &desk, cast.at_practice, "opt-out").await;
        for (who, address) in [(&cast.doctor, cast.koepp), (&social, council)] {
            is_refused(&who.opens(address).await, OPTED_OUT);
        }
        let held = region.store.erasures_held().await.unwrap();
        let held: Vec<_> = held.into_iter().map(|one| one.identity).collect();
        assert_eq!(held, [council.0], "one waits, the others are gone");
        assert_eq!(region.store.count_keys().await.unwrap(), keys - 2);
        let now = region.clock.now();
        assert_eq!(region.store.release_erasures(&held, now).await.unwrap(), 1);
        assert_eq!(region.store.count_keys().await.unwrap(), keys - 3);
        is_refused(&social.opens(council).await, OPTED_OUT);
    }
}

/// Forty people of the practice, some of whom opt out.
fn forty(opt_out: std::ops::Range<u32>) -> Vec<Person> {
    let one = |n: u32| {
        let person = patient(&format!("Q{n}"))
            .named("Quentin", &format!("Person{n}"))
            .nhs(&nhs_number(1_000 + n))
            .involved("GP registration")
            .has(allergy("Zebrafish"));
        if opt_out.contains(&n) {
            person.opts_out()
        } else {
            person
        }
    };
    (0..40).map(one).collect()
}

async fn first_of_them(region: &Region) -> (Address, Browser) {
    let doctor = region.signs_in("gp", Role::Doctor, PRACTICE).await;
    (region.address(PRACTICE, "Q0").await, doctor)
}

#[tokio::test]
async fn too_many_new_opt_outs_are_hidden_and_erase_nothing_until_a_person_releases_them() {
    for region in Region::on_each_engine(Shape::default()).await {
        region.feeds(PRACTICE, forty(0..0)).await;
        let (first, doctor) = first_of_them(&region).await;
        region.later(Timestamp::DAY);
        let report = region.feeds(PRACTICE, forty(0..12)).await;
        assert_eq!(report.counts.erased, 0, "{report:?}");
        is_refused(&doctor.opens(first).await, OPTED_OUT);
        let held = region.store.erasures_held().await.unwrap();
        assert_eq!(held.len(), 12);
        let due: Vec<_> = held.iter().map(|one| one.identity).collect();
        let now = region.clock.now();
        assert_eq!(region.store.release_erasures(&due, now).await.unwrap(), 12);
        is_refused(&doctor.opens(first).await, OPTED_OUT);
        assert!(region.store.erasures_held().await.unwrap().is_empty());
        assert!(region.store.current_ids(first.0).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_mistaken_mass_opt_out_is_undone_and_nothing_is_lost() {
    for region in Region::on_each_engine(Shape::default()).await {
        region.feeds(PRACTICE, forty(0..0)).await;
        let (first, doctor) = first_of_them(&region).await;
        let before = region.store.current_ids(first.0).await.unwrap();
        region.later(Timestamp::DAY);
        region.feeds(PRACTICE, forty(0..12)).await;
        // While it waits the source goes on sending, one of them more than before.
        region.later(Timestamp::DAY);
        let mut more = forty(0..12);
        more[0] = more[0].clone().has(allergy("Nightingale"));
        region.feeds(PRACTICE, more).await;
        is_refused(&doctor.opens(first).await, OPTED_OUT);
        let feed = region.store.feeds().await.unwrap()[0].feed;
        let now = region.clock.now();
        assert_eq!(region.store.undo_opt_outs(feed, now).await.unwrap(), 12);
        is_the_question(&doctor.is_asked(first).await);
        let record = doctor.reads(first).await;
        assert!(
            record.says("Zebrafish") && record.says("Nightingale"),
            "{}",
            record.text()
        );
        // The source mends it for one of them; nothing comes twice.
        region.later(Timestamp::DAY);
        region.feeds(PRACTICE, forty(1..12)).await;
        assert_eq!(region.store.current_ids(first.0).await.unwrap(), before);
        let roles = [(Role::PracticeStaff, PRACTICE)];
        region.account("desk", &roles, None).await;
        let desk = region.browser("desk").await;
        let shown = looks(&desk, first).await;
        assert!(shown.says("it was a mistake"), "{}", shown.text());
        // One who then means it opts out as anybody else.
        region.feeds(PRACTICE, forty(0..12)).await;
        is_refused(&doctor.opens(first).await, OPTED_OUT);
        assert!(region.store.erasures_held().await.unwrap().is_empty());
        assert!(region.verifies().await);
    }
}

#[tokio::test]
async fn opting_back_in_asks_every_source_for_a_full_resend_and_the_record_comes_back() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        let code = region.organisation(TRUST).code;
        let feed = region.store.feed_of(&code, Mode::Snapshot).await.unwrap();
        let credential = region.store.new_credential(feed.feed).await.unwrap();
        let asked = async || {
            let request = Request::get(format!("/feeds/{TRUST}/requests"));
            let request = request.with("authorization", &format!("Bearer {credential}"));
            region.client.sends(&request).await
        };
        assert!(
            asked().await.says("{\"full_resend\":null}"),
            "{}",
            asked().await.text()
        );
        let (desk, koepp) = (desk(&cast).await, cast.at_practice);
        records(&cast, &desk, koepp, "opt-out").await;
        region.feeds(PRACTICE, [at_the_practice()]).await;
        assert!(region.store.current_ids(koepp.0).await.unwrap().is_empty());
        assert!(asked().await.says("null"));
        region.later(Timestamp::DAY);
        records(&cast, &desk, koepp, "opt-back-in").await;
        let answer = asked().await;
        assert!(answer.says("\"people\":1"), "{}", answer.text());
        assert!(!answer.carries("9992386045"), "nobody is named");
        let empty = cast.doctor.reads(cast.koepp).await;
        assert!(!empty.says("Zebrafish"), "nothing is left of before");
        region.feeds(PRACTICE, [at_the_practice()]).await;
        region.feeds(TRUST, [at_the_trust()]).await;
        assert!(asked().await.says("null"), "the trust has answered");
        let record = cast.doctor.opens(cast.koepp).await;
        for word in ["Zebrafish", "Quagmire", "Xylophone", "KOEPP"] {
            assert!(record.says(word), "{word}: {}", record.text());
        }
        let by_name = [
            ("family-name", "Koepp"),
            ("day", "9"),
            ("month", "7"),
            ("year", "1954"),
        ];
        let found = desk.posts("/find", &by_name).await;
        assert!(found.location().ends_with("/choice"), "found by name again");
        let nobody = Request::get(format!("/feeds/{TRUST}/requests"));
        let again = region.client.sends(&nobody);
        assert_eq!(again.await.status, 401, "only the feed itself is told");
    }
}

#[tokio::test]
async fn a_block_against_a_decision_of_another_source_the_strictest_governs_when_linked() {
    for cast in Cast::on_each_engine(at_the_practice().consents(), at_the_trust()).await {
        let region = &cast.region;
        let other = patient("C1")
            .named("Abdool", "Koep")
            .nhs("9990000042")
            .involved("Social care")
            .opts_out();
        region.feeds(COUNCIL, [other]).await;
        let council = region.address(COUNCIL, "C1").await;
        let rows = region.store.identity_rows(&[cast.koepp.0]).await.unwrap();
        let (patient, now) = (rows[&cast.koepp.0].patient, region.clock.now());
        let linked = region.store.link(council.0, patient, BY_A_PERSON, now);
        assert!(linked.await.unwrap());
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
        // Taken apart again the refusal stays on both, until a person has looked.
        region.later(1);
        assert!(
            region
                .store
                .unlink(council.0, region.clock.now())
                .await
                .unwrap()
        );
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
        let stayed = region.store.stayed().await.unwrap();
        assert_eq!(stayed.len(), 1, "{stayed:?}");
        let on = stayed[0].identity;
        region.later(1);
        let settled = region.store.settle_stayed(on, false, region.clock.now());
        assert_eq!(settled.await.unwrap(), 1);
        is_not_refused(&cast).await;
        let social = region.signs_in("social", Role::SocialWorker, COUNCIL).await;
        is_refused(&social.opens(council).await, OPTED_OUT);
    }
}

/// The consent of the practice's code holds again.
async fn is_not_refused(cast: &Cast) {
    let answer = cast.doctor.is_asked(cast.koepp).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.says("Open the shared record"), "{}", answer.text());
}

#[tokio::test]
async fn a_refusal_follows_the_person_through_a_change_of_nhs_number() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        let desk = desk(&cast).await;
        records(&cast, &desk, cast.at_practice, "block").await;
        region.later(Timestamp::DAY);
        // The trust has another number for him from today on: its record stands alone now.
        region
            .feeds(TRUST, [at_the_trust().nhs("9990000026")])
            .await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        region.later(Timestamp::DAY);
        // So has the practice: they are one again.
        let changed = at_the_practice().nhs("9990000026");
        region.feeds(PRACTICE, [changed]).await;
        is_refused(&cast.doctor.opens(cast.koepp).await, BLOCKED);
        let rows = region
            .store
            .identity_rows(&[cast.koepp.0, cast.at_practice.0])
            .await
            .unwrap();
        assert_eq!(
            rows[&cast.koepp.0].patient,
            rows[&cast.at_practice.0].patient
        );
        records(&cast, &desk, cast.at_practice, "unblock").await;
        is_the_question(&cast.doctor.is_asked(cast.koepp).await);
        region
            .decides(PRACTICE, cast.at_practice, SharingChoice::OptOut)
            .await;
        is_refused(&cast.doctor.opens(cast.koepp).await, OPTED_OUT);
    }
}
