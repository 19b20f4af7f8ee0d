//! How staff come in: the second factor, proving again who one is, and limits.

use tributary_gatekeeper::SecondFactor;
use tributary_model::{ClinicalDate, Register, Role, Timestamp};
use tributary_store::FactorSecret;
use tributary_testkit::{Answer, Browser, PASSWORD, Region, Shape, TRUST};

use crate::{Cast, is_refused, is_the_record, says_nothing};

const MINUTE: i64 = 60 * Timestamp::SECOND;
const CREDENTIALS: [(&str, &str); 2] = [("name", "doctor"), ("password", PASSWORD)];
const EMERGENCY: [(&str, &str); 2] = [
    ("answer", "emergency"),
    ("emergency-reason", "Found unconscious"),
];

/// The secret that the page gives to be typed into an app.
fn secret_on(page: &Answer) -> FactorSecret {
    let text = page.text();
    let typed = text.split("app-secret\">").nth(1).unwrap();
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in typed.split('<').next().unwrap().chars() {
        let Some(value) = letters.find(letter) else {
            continue;
        };
        bits = (bits << 5) | u32::try_from(value).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xFF).unwrap());
        }
    }
    FactorSecret::from_bytes(&bytes).unwrap()
}

/// A region where a second factor is required, and a doctor who has none yet.
async fn required() -> Region {
    let region = Region::like(Shape {
        second_factor: SecondFactor::Required,
        ..Shape::default()
    })
    .await;
    region.staff("doctor", Role::Doctor, TRUST).await;
    region
}

/// Adds a second factor; what it is, and the recovery codes.
async fn adds_a_factor(region: &Region, browser: &Browser) -> (FactorSecret, Vec<String>) {
    let begun = browser.posts("/sign-in", &CREDENTIALS).await;
    assert_eq!(begun.location(), "/sign-in/enrol");
    let secret = secret_on(&browser.gets("/sign-in/enrol").await);
    let code = secret.code(region.clock.now());
    let added = browser.posts("/sign-in/enrol", &[("code", &code)]).await;
    assert_eq!(added.status, 200, "{}", added.text());
    let text = added.text();
    let codes = text
        .split("<li>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned());
    let codes: Vec<String> = codes.filter(|code| code.len() == 19).collect();
    assert_eq!(codes.len(), 10, "{text}");
    (secret, codes)
}

#[tokio::test]
async fn a_password_alone_opens_nothing_where_a_second_factor_is_required() {
    for engine in 0..2 {
        let shape = Shape {
            second_factor: SecondFactor::Required,
            ..Shape::default()
        };
        let Some(region) = Region::on_each_engine(shape).await.into_iter().nth(engine) else {
            return;
        };
        region.staff("doctor", Role::Doctor, TRUST).await;
        let browser = region.blank_browser();
        let begun = browser.posts("/sign-in", &CREDENTIALS).await;
        assert_eq!((begun.status, begun.location()), (303, "/sign-in/enrol"));
        assert_eq!(browser.gets("/find").await.location(), "/sign-in");
        let page = browser.gets("/sign-in/enrol").await;
        assert!(page.says("<svg class=\"app-qr\"") && page.says("otpauth://totp/"));
        let wrong = browser.posts("/sign-in/enrol", &[("code", "000000")]).await;
        assert_eq!(wrong.status, 403);
        assert!(wrong.says("There is a problem"));
        assert_eq!(browser.gets("/find").await.location(), "/sign-in");
        let code = secret_on(&page).code(region.clock.now());
        let added = browser.posts("/sign-in/enrol", &[("code", &code)]).await;
        assert_eq!(added.status, 200, "{}", added.text());
        assert_eq!(browser.gets("/find").await.status, 200);
        let again = browser.gets("/sign-in/enrol").await;
        assert_eq!(again.location(), "/sign-in", "the secret is shown once");
        assert!(region.verifies().await);
    }
}

#[tokio::test]
async fn a_code_counts_once_and_a_recovery_code_too() {
    let region = required().await;
    let (secret, codes) = adds_a_factor(&region, &region.blank_browser()).await;
    let tries = async |browser: &Browser, code: &str| {
        browser
            .posts("/sign-in/code", &[("code", code)])
            .await
            .status
    };
    let begins = async || {
        let browser = region.blank_browser();
        let begun = browser.posts("/sign-in", &CREDENTIALS).await;
        assert_eq!(begun.location(), "/sign-in/code");
        browser
    };
    let first = begins().await;
    let used = secret.code(region.clock.now());
    assert_eq!(tries(&first, &used).await, 403, "it added the factor");
    region.later(30 * Timestamp::SECOND);
    let fresh = secret.code(region.clock.now());
    let stolen = Browser::with_cookie(region.client, first.cookie());
    assert_eq!(tries(&first, &fresh).await, 303);
    assert_eq!(first.gets("/find").await.status, 200);
    assert_eq!(
        stolen.gets("/sign-in/code").await.location(),
        "/sign-in",
        "the cookie of the step is dead"
    );
    let second = begins().await;
    assert_eq!(tries(&second, &fresh).await, 403, "the same code again");
    assert_eq!(tries(&second, &codes[3]).await, 303);
    let third = begins().await;
    assert_eq!(tries(&third, &codes[3]).await, 403, "once");
    region.later(10 * MINUTE);
    let late = third.posts("/sign-in/code", &[("code", &codes[4])]).await;
    assert_eq!(late.location(), "/sign-in", "ten minutes are over");
}

#[tokio::test]
async fn guessing_codes_is_stopped_however_often_the_password_is_right() {
    let region = required().await;
    let (_, codes) = adds_a_factor(&region, &region.blank_browser()).await;
    for _ in 0..5 {
        let browser = region.blank_browser();
        browser.posts("/sign-in", &CREDENTIALS).await;
        let wrong = browser.posts("/sign-in/code", &[("code", "123123")]).await;
        assert_eq!(wrong.status, 403);
    }
    let browser = region.blank_browser();
    browser.posts("/sign-in", &CREDENTIALS).await;
    let stopped = browser.posts("/sign-in/code", &[("code", &codes[0])]).await;
    assert_eq!(stopped.status, 429);
    assert!(stopped.says("Try again in 16 minutes") || stopped.says("Try again in 15 minutes"));
    assert!(!stopped.header("retry-after").is_empty());
}

/// Koepp's doctor, who signed in eleven minutes ago where a proof lasts ten.
async fn a_while_ago() -> Cast {
    let cast = Cast::under(Shape {
        proof_lasts: 10 * MINUTE,
        ..Shape::default()
    })
    .await;
    cast.region.later(11 * MINUTE);
    cast
}

#[tokio::test]
async fn the_glass_is_broken_by_who_proves_again_who_they_are() {
    let cast = a_while_ago().await;
    let asked = cast.doctor.answers(cast.koepp, &EMERGENCY).await;
    says_nothing(&asked, "before the proof");
    assert_eq!(asked.status, 422);
    assert!(asked.says("Prove who you are") && asked.says("value=\"Found unconscious\""));
    says_nothing(
        &cast.doctor.opens(cast.koepp).await,
        "and no record is open",
    );
    let with = |password: &'static str| [EMERGENCY.as_slice(), &[("password", password)]].concat();
    let wrong = cast.doctor.answers(cast.koepp, &with("guess")).await;
    says_nothing(&wrong, "with a wrong password");
    assert_eq!(wrong.status, 403);
    let before = Browser::with_cookie(cast.region.client, cast.doctor.cookie());
    let opened = cast.doctor.answers(cast.koepp, &with(PASSWORD)).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    is_the_record(&cast.doctor.opens(cast.koepp).await);
    assert_eq!(
        before.opens(cast.koepp).await.location(),
        "/sign-in",
        "a cookie stolen before the proof is dead"
    );
    cast.region.later(20 * MINUTE);
    is_the_record(&cast.doctor.opens(cast.koepp).await);
}

#[tokio::test]
async fn a_fresh_sign_in_is_proof_enough_and_consent_needs_none() {
    let cast = a_while_ago().await;
    cast.doctor.reads(cast.koepp).await;
    cast.region.staff("nurse", Role::Nurse, TRUST).await;
    let nurse = cast.region.browser("nurse").await;
    let opened = nurse.answers(cast.koepp, &EMERGENCY).await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    is_the_record(&nurse.opens(cast.koepp).await);
}

#[tokio::test]
async fn a_password_that_is_not_the_own_proves_nothing() {
    let cast = a_while_ago().await;
    for _ in 0..5 {
        let fields = [EMERGENCY.as_slice(), &[("password", "guess")]].concat();
        assert_eq!(cast.doctor.answers(cast.koepp, &fields).await.status, 403);
    }
    let fields = [EMERGENCY.as_slice(), &[("password", PASSWORD)]].concat();
    let stopped = cast.doctor.answers(cast.koepp, &fields).await;
    says_nothing(&stopped, "after too many guesses");
    assert_eq!(stopped.status, 429);
}

#[tokio::test]
async fn searching_for_too_many_patients_is_stopped_and_says_until_when() {
    let cast = Cast::under(Shape {
        searches: 3,
        ..Shape::default()
    })
    .await;
    let search = [("nhs-number", "9992386045")];
    for _ in 0..3 {
        assert_eq!(cast.doctor.posts("/find", &search).await.status, 303);
    }
    let stopped = cast.doctor.posts("/find", &search).await;
    assert_eq!(stopped.status, 429);
    assert!(
        stopped.says("You can search again at 09:15"),
        "{}",
        stopped.text()
    );
    assert_eq!(stopped.header("retry-after"), "901");
    assert!(!stopped.carries("KOEPP"));
    let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
    assert_eq!(nurse.posts("/find", &search).await.status, 303);
    cast.doctor.reads(cast.koepp).await;
    cast.region.later(15 * MINUTE);
    assert_eq!(cast.doctor.posts("/find", &search).await.status, 303);
}

#[tokio::test]
async fn a_register_that_is_loaded_stops_the_next_request() {
    for cast in Cast::on_each_engine(crate::at_the_practice(), crate::at_the_trust()).await {
        cast.doctor.reads(cast.koepp).await;
        let load = async |number: &str, until: &str| {
            let entries = [(number.to_owned(), ClinicalDate::read(until))];
            let now = cast.region.clock.now();
            let loaded = cast
                .region
                .store
                .load_register(Register::Gmc, &entries, now);
            loaded.await.unwrap();
        };
        load("7654321", "2026-11-22").await;
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        load("7654321", "2026-11-21").await;
        let refused = cast.doctor.opens(cast.koepp).await;
        is_refused(&refused, "your registration has lapsed");
        load("1111111", "2030-01-01").await;
        let refused = cast.doctor.opens(cast.koepp).await;
        is_refused(&refused, "shared records are for registered professionals");
        let found = cast.doctor.posts("/find", &[("nhs-number", "9992386045")]);
        assert_eq!(found.await.status, 403);
    }
}

#[tokio::test]
async fn a_cookie_from_before_the_choice_of_a_role_is_dead() {
    let cast = Cast::new().await;
    let roles = [(Role::Doctor, TRUST), (Role::Nurse, TRUST)];
    cast.region.account("two", &roles, Some("2027-03-31")).await;
    let two = cast.region.browser("two").await;
    let stolen = Browser::with_cookie(cast.region.client, two.cookie());
    two.posts("/role", &[("assignment", "0")]).await;
    two.reads(cast.koepp).await;
    assert_eq!(stolen.opens(cast.koepp).await.location(), "/sign-in");
    assert_eq!(stolen.gets("/role").await.location(), "/sign-in");
    is_the_record(&two.opens(cast.koepp).await);
}
