//! Every outcome of the decision table of `cheshire`, reached over HTTP.

use tributary_model::{AccessOutcome, Role, SharingChoice, Timestamp};
use tributary_testkit::{
    Browser, COMPANY, COUNCIL, OTHER_PRACTICE, PRACTICE, Region, TRUST, beginning, patient,
};

use crate::{
    Cast, asks_for_the_part, at_the_practice, at_the_trust, is_refused, is_the_question,
    is_the_record, is_unknown, says_nothing,
};

const HOUR: i64 = Timestamp::HOUR;

/// Whatever can be stated on the screen.
pub(crate) const STATEMENTS: [&[(&str, &str)]; 5] = [
    &[],
    &[("answer", "standing")],
    &[("answer", "today")],
    &[
        ("answer", "emergency"),
        ("emergency-reason", "Found unconscious"),
    ],
    &[
        ("answer", "legal"),
        ("legal-reason", "protection"),
        ("legal-words", "An incident"),
    ],
];

const EMERGENCY: &[(&str, &str)] = &[
    ("answer", "emergency"),
    ("emergency-reason", "Found unconscious"),
];

/// The rule and the outcome of the last line about the patients of the trust.
async fn last_line(region: &Region) -> (u8, AccessOutcome) {
    let lines = region.lines_of(TRUST).await;
    (lines[0].clear.rule, lines[0].clear.outcome)
}

#[tokio::test]
async fn rule_1_who_is_not_authorised_is_refused_in_words_that_say_why() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        region.agrees(OTHER_PRACTICE, Some(beginning())).await;
        region
            .staff("no-agreement", Role::Doctor, OTHER_PRACTICE)
            .await;
        region.staff("company", Role::Doctor, COMPANY).await;
        region
            .staff_with_number("koepp", Role::Doctor, TRUST, "9992386045")
            .await;
        region
            .account("lapsed", &[(Role::Doctor, TRUST)], Some("2026-11-20"))
            .await;
        region
            .account("unregistered", &[(Role::Doctor, TRUST)], None)
            .await;
        let two = [(Role::PracticeStaff, TRUST), (Role::Doctor, TRUST)];
        region.account("desk", &two, Some("2027-03-31")).await;
        for (login, words) in [
            (
                "no-agreement",
                "your organisation has no agreement in force that covers viewing.",
            ),
            (
                "company",
                "records are shared with NHS bodies and councils only.",
            ),
            (
                "koepp",
                "nobody opens their own record here. Ask your GP practice for a copy.",
            ),
            ("lapsed", "your registration has lapsed."),
            (
                "unregistered",
                "shared records are for registered professionals.",
            ),
            ("desk", "your role may not view shared records."),
        ] {
            let browser = region.browser(login).await;
            if login == "desk" {
                browser.posts("/role", &[("assignment", "0")]).await;
            }
            for statement in STATEMENTS {
                let answer = browser.answers(cast.koepp, statement).await;
                is_refused(&answer, &format!("You are not authorised: {words}"));
            }
            is_refused(&browser.opens(cast.koepp).await, words);
            if !matches!(login, "no-agreement" | "company") {
                assert_eq!(
                    last_line(region).await,
                    (1, AccessOutcome::Refused),
                    "{login}"
                );
            }
        }
        assert!(region.disclosures_of(TRUST).await.is_empty());
    }
}

#[tokio::test]
async fn rule_1_whose_account_is_closed_is_signed_out() {
    let cast = Cast::new().await;
    let account = cast.region.staff("leaver", Role::Doctor, TRUST).await;
    let browser = cast.region.browser("leaver").await;
    browser.reads(cast.koepp).await;
    cast.region
        .store
        .close_account(account, cast.region.clock.now())
        .await
        .unwrap();
    let answer = browser.opens(cast.koepp).await;
    assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
    says_nothing(&answer, "after the account was closed");
    let again = browser
        .posts("/sign-in", &[("name", "leaver"), ("password", "x")])
        .await;
    assert_eq!(again.status, 403);
}

#[tokio::test]
async fn rule_2_nobody_finds_a_patient_that_their_organisation_has_nothing_to_do_with() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let social_worker = cast
            .region
            .signs_in("social", Role::SocialWorker, COUNCIL)
            .await;
        for statement in STATEMENTS {
            is_unknown(&social_worker.answers(cast.koepp, statement).await);
        }
        is_unknown(&social_worker.opens(cast.koepp).await);
        let line = &cast.region.lines_of(COUNCIL).await[0].clear;
        assert_eq!((line.rule, line.outcome), (2, AccessOutcome::Refused));
        is_unknown(&cast.doctor.opens(cast.at_practice).await);
    }
}

#[tokio::test]
async fn rule_3_nothing_overrides_an_opt_out() {
    for cast in Cast::on_each_engine(at_the_practice().opts_out(), at_the_trust()).await {
        let words = "The patient has declined to have an electronic shared record.";
        for statement in STATEMENTS {
            let answer = cast.doctor.answers(cast.koepp, statement).await;
            is_refused(&answer, words);
            assert!(answer.says("not even in an emergency"));
            assert!(answer.says("Telephone, letter and email between services stay open to you."));
        }
        assert_eq!(last_line(&cast.region).await, (3, AccessOutcome::Refused));
    }
}

#[tokio::test]
async fn rule_4_nothing_overrides_a_block() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        cast.region
            .decides(PRACTICE, cast.at_practice, SharingChoice::Block)
            .await;
        for statement in STATEMENTS {
            let answer = cast.doctor.answers(cast.koepp, statement).await;
            is_refused(
                &answer,
                "The patient has not given consent to view the record.",
            );
        }
        assert_eq!(last_line(&cast.region).await, (4, AccessOutcome::Refused));
    }
}

#[tokio::test]
async fn rules_5_and_6_a_no_is_recorded_and_holds_for_a_day_unless_the_patient_now_says_yes() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let (region, doctor) = (&cast.region, &cast.doctor);
        let no = doctor.answers(cast.koepp, &[("answer", "no")]).await;
        is_refused(
            &no,
            "The patient says no. Your answer is recorded and the record stays closed.",
        );
        assert_eq!(last_line(region).await, (5, AccessOutcome::Refused));
        let lately = "The patient told you no a short time ago. \
                      The record opens only if the patient now says yes.";
        for statement in [STATEMENTS[0], STATEMENTS[3], STATEMENTS[4]] {
            let answer = doctor.answers(cast.koepp, statement).await;
            is_refused(&answer, lately);
            assert!(answer.says("The patient now says yes"));
        }
        assert_eq!(last_line(region).await, (6, AccessOutcome::Refused));
        region.later(1);
        is_the_record(&doctor.reads(cast.koepp).await);
        doctor.is_told_no(cast.koepp).await;
        region.later(24 * HOUR - 1);
        is_refused(&doctor.opens(cast.koepp).await, lately);
        region.later(1);
        is_the_question(&doctor.opens(cast.koepp).await);
    }
}

#[tokio::test]
async fn rule_7_standing_consent_asks_only_for_the_part() {
    for cast in Cast::on_each_engine(at_the_practice().consents(), at_the_trust()).await {
        asks_for_the_part(&cast.doctor.opens(cast.koepp).await);
        let opened = cast.doctor.answers(cast.koepp, &[]).await;
        assert_eq!(opened.status, 303, "{}", opened.text());
        let record = cast.doctor.opens(cast.koepp).await;
        is_the_record(&record);
        assert!(record.says("Permission given for everyone involved in their care"));
        assert!(!record.says("<b>until"));
        assert_eq!(last_line(&cast.region).await, (7, AccessOutcome::Permitted));
    }
}

#[tokio::test]
async fn rule_7_after_a_no_a_yes_is_needed_and_recorded() {
    let cast = Cast::of(
        Region::new().await,
        at_the_practice().consents(),
        at_the_trust(),
    )
    .await;
    cast.doctor.answers(cast.koepp, &[]).await;
    cast.doctor.is_told_no(cast.koepp).await;
    is_refused(
        &cast.doctor.answers(cast.koepp, &[]).await,
        "told you no a short time ago",
    );
    cast.region.later(1);
    let yes = cast
        .doctor
        .answers(cast.koepp, &[("answer", "standing")])
        .await;
    assert_eq!(yes.status, 303, "{}", yes.text());
    is_the_record(&cast.doctor.opens(cast.koepp).await);
    assert_eq!(last_line(&cast.region).await, (7, AccessOutcome::Permitted));
}

#[tokio::test]
async fn rules_8_and_11_consent_for_today_is_for_one_professional_and_a_day() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let record = cast.doctor.reads(cast.koepp).await;
        is_the_record(&record);
        assert!(record.says("Permission given to you for today"));
        assert!(record.says("until 09:00 tomorrow"));
        assert_eq!(last_line(&cast.region).await, (8, AccessOutcome::Permitted));
        let rules: Vec<u8> = cast
            .region
            .disclosures_of(TRUST)
            .await
            .iter()
            .map(|line| line.clear.rule)
            .collect();
        assert_eq!(
            rules,
            [8, 11],
            "the answer itself was a disclosure under rule 11"
        );
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        is_the_question(&nurse.opens(cast.koepp).await);
    }
}

#[tokio::test]
async fn rule_9_the_screen_offers_every_answer_and_says_what_was_checked() {
    let cast = Cast::new().await;
    let screen = cast.doctor.is_asked(cast.koepp).await;
    is_the_question(&screen);
    for words in [
        "Yes, for everyone involved in their care",
        "Yes, for me, today",
        "Until 09:00 tomorrow.",
        "We record the answer. Care goes on as before.",
        "I cannot ask: this is an emergency",
        "I cannot ask: another legal reason",
        "They lack the capacity to give permission",
        "Mental Capacity Act 2005",
        "Cannot be chosen: The dates of birth on record do not show an age under 13.",
        "Cannot be chosen: No referral to your service by another provider is on record.",
        "An incident requires us to protect them",
        "I am treating them today",
        "KOEPP, Abdul",
        "999 238 6045",
    ] {
        assert!(screen.says(words), "{words}: {}", screen.text());
    }
    assert!(
        !screen.says("Mill Lane Surgery"),
        "nothing of another source before permission"
    );
    assert_eq!(last_line(&cast.region).await, (9, AccessOutcome::Asked));
    let social_worker = cast
        .region
        .signs_in("social", Role::SocialWorker, TRUST)
        .await;
    let screen = social_worker.is_asked(cast.koepp).await;
    is_the_question(&screen);
    assert!(
        !screen.says("this is an emergency"),
        "who may not break the glass"
    );
}

#[tokio::test]
async fn rule_10_standing_consent_given_now_holds_for_the_next_professional() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let yes = cast
            .doctor
            .answers(cast.koepp, &[("answer", "standing")])
            .await;
        assert_eq!(yes.status, 303, "{}", yes.text());
        assert_eq!(
            last_line(&cast.region).await,
            (10, AccessOutcome::Permitted)
        );
        let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
        asks_for_the_part(&nurse.opens(cast.koepp).await);
        assert_eq!(nurse.answers(cast.koepp, &[]).await.status, 303);
        is_the_record(&nurse.opens(cast.koepp).await);
        let gp = cast.region.signs_in("gp", Role::Doctor, PRACTICE).await;
        asks_for_the_part(&gp.opens(cast.at_practice).await);
    }
}

/// Opened under a rule, with the words and the end that the banner gives; flagged for review.
async fn is_open_for_review(cast: &Cast, who: &Browser, rule: u8, banner: &str, until: &str) {
    let lines = cast.region.disclosures_of(TRUST).await;
    assert_eq!(lines[0].clear.rule, rule);
    assert!(lines[0].clear.flagged.is_some(), "{banner}");
    let record = who.opens(cast.koepp).await;
    is_the_record(&record);
    assert!(record.says(banner), "{banner}: {}", record.text());
    assert!(record.says(&format!("until {until}")), "{banner}");
    assert!(record.says("To be reviewed"), "{banner}");
}

#[tokio::test]
async fn rule_12_an_emergency_opens_for_eight_hours_and_is_reviewed() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let (region, doctor) = (&cast.region, &cast.doctor);
        assert_eq!(doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        is_open_for_review(&cast, doctor, 12, "Emergency access", "17:00 today").await;
        region.later(8 * HOUR - 1);
        is_the_record(&doctor.opens(cast.koepp).await);
        region.later(1);
        is_the_question(&doctor.opens(cast.koepp).await);
        let officer = region
            .signs_in("officer", Role::PrivacyOfficer, TRUST)
            .await;
        let list = officer.gets("/accesses").await;
        assert!(
            list.says("Found unconscious") && list.says("To review"),
            "{}",
            list.text()
        );
    }
}

#[tokio::test]
async fn rule_12_a_no_to_a_colleague_is_shown_first() {
    let cast = Cast::new().await;
    let nurse = cast.region.signs_in("nurse", Role::Nurse, TRUST).await;
    nurse.answers(cast.koepp, &[("answer", "no")]).await;
    let screen = cast.doctor.is_asked(cast.koepp).await;
    assert!(screen.says("The patient said no to a colleague of Dee Hospital today 09:00."));
    let not_shown = cast.doctor.answers(cast.koepp, EMERGENCY).await;
    is_the_question(&not_shown);
    assert!(
        not_shown.says("Read that first, then decide."),
        "{}",
        not_shown.text()
    );
    assert_eq!(last_line(&cast.region).await, (14, AccessOutcome::Refused));
    let legal = cast.doctor.answers(cast.koepp, STATEMENTS[4]).await;
    is_the_question(&legal);
    assert!(legal.says("The patient told a colleague no a short time ago."));
    let shown = [EMERGENCY, &[("colleague-no-shown", "1")]].concat();
    assert_eq!(cast.doctor.answers(cast.koepp, &shown).await.status, 303);
    is_open_for_review(&cast, &cast.doctor, 12, "Emergency access", "17:00 today").await;
}

#[tokio::test]
async fn rule_13_each_other_lawful_basis_is_checked_named_and_reviewed() {
    let child = |person: tributary_testkit::Person| person.born("2016-02-01");
    let referred = at_the_trust().referred_by(PRACTICE);
    let (practice, trust) = (child(at_the_practice()), child(referred));
    for cast in Cast::on_each_engine(practice, trust).await {
        for (n, (reason, more, words)) in [
            (
                "lacks-capacity",
                Some(("attorney-asked", "1")),
                "lack the capacity",
            ),
            ("under-thirteen", None, "under 13"),
            ("referred-here", None, "referred"),
            (
                "protection",
                None,
                "An incident requires us to protect them",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let login = format!("doctor-{n}");
            let doctor = cast.region.signs_in(&login, Role::Doctor, TRUST).await;
            let mut fields = vec![
                ("answer", "legal"),
                ("legal-reason", reason),
                ("legal-words", "Because"),
            ];
            fields.extend(more);
            let opened = doctor.answers(cast.koepp, &fields).await;
            assert_eq!(opened.status, 303, "{reason}: {}", opened.text());
            is_open_for_review(&cast, &doctor, 13, words, "09:00 tomorrow").await;
        }
    }
}

#[tokio::test]
async fn rule_14_the_screen_says_what_is_missing() {
    let cast = Cast::new().await;
    let doctor = &cast.doctor;
    let legal = |reason| {
        vec![
            ("answer", "legal"),
            ("legal-reason", reason),
            ("legal-words", "So"),
        ]
    };
    for (reason, words) in [
        ("lacks-capacity", "Ask for an attorney or deputy first."),
        (
            "under-thirteen",
            "The dates of birth on record do not show an age under 13.",
        ),
        (
            "referred-here",
            "No referral to your service by another provider is on record.",
        ),
    ] {
        let answer = doctor.answers(cast.koepp, &legal(reason)).await;
        is_the_question(&answer);
        assert_eq!(answer.status, 422);
        assert!(answer.says(words), "{words}: {}", answer.text());
        assert_eq!(
            last_line(&cast.region).await,
            (14, AccessOutcome::Refused),
            "{reason}"
        );
    }
    let social_worker = cast
        .region
        .signs_in("social", Role::SocialWorker, TRUST)
        .await;
    let answer = social_worker.answers(cast.koepp, EMERGENCY).await;
    is_the_question(&answer);
    assert!(
        answer.says("Your role may not open a record in an emergency."),
        "{}",
        answer.text()
    );
    assert!(cast.region.disclosures_of(TRUST).await.is_empty());
}

#[tokio::test]
async fn an_unknown_or_conflicting_date_of_birth_is_not_under_13() {
    let (practice, trust) = (
        at_the_practice().born("2013-02-01"),
        at_the_trust().born("2016-02-01"),
    );
    let cast = Cast::of(Region::new().await, practice, trust).await;
    let fields = [
        ("answer", "legal"),
        ("legal-reason", "under-thirteen"),
        ("legal-words", "So"),
    ];
    let answer = cast.doctor.answers(cast.koepp, &fields).await;
    is_the_question(&answer);
    let alone = patient("T9")
        .nhs("9990000018")
        .born("2016-02-01")
        .involved("Arrival");
    cast.region
        .feeds(TRUST, [at_the_trust().born("2016-02-01"), alone])
        .await;
    let child = cast.region.address(TRUST, "T9").await;
    assert_eq!(cast.doctor.answers(child, &fields).await.status, 303);
}
