//! The governance desk: a change of the rules from the form to the next audit line, agreements and
//! their last day, and who may do none of it.

use tributary_model::{AccessAction, AccessOutcome, Role, Timestamp};
use tributary_testkit::{
    Answer, Browser, COUNCIL, PRACTICE, Region, Request, Shape, TRUST, beginning, form, patient,
    problem, result,
};
use tributary_web::{ROUTES, Who};

use crate::{
    ASTHMA, Cast, POTASSIUM, at_the_practice, at_the_trust, is_refused, is_the_question,
    is_the_record, lines,
};

const HOUR: i64 = Timestamp::HOUR;

const EMERGENCY: &[(&str, &str)] = &[
    ("answer", "emergency"),
    ("emergency-reason", "Found unconscious"),
];

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> String {
    let begins = format!(" {name}=\"");
    let value = tag.split(&begins).nth(1).unwrap_or_default();
    value.split('"').next().unwrap_or_default().to_owned()
}

/// What a browser would send of the form at an address, untouched.
fn fields(page: &Answer, action: &str) -> Vec<(String, String)> {
    let text = page.text();
    let begins = format!("action=\"{action}\"");
    let form = text.split(&begins).nth(1).expect("the form is there");
    let form = form.split("</form>").next().unwrap();
    let mut pairs = Vec::new();
    for tag in form.split('<').skip(1) {
        let (inside, after) = tag.split_once('>').unwrap();
        let (name, value) = (attribute(inside, "name"), attribute(inside, "value"));
        let ticked = inside.contains(" checked");
        match inside.split(' ').next().unwrap() {
            "input" if matches!(&*attribute(inside, "type"), "radio" | "checkbox") && !ticked => {}
            "input" => pairs.push((name, value)),
            "textarea" => pairs.push((name, after.to_owned())),
            "select" => pairs.push((name, String::new())),
            "option" if inside.contains(" selected") => pairs.last_mut().unwrap().1 = value,
            _ => {}
        }
    }
    pairs
}

/// The form of the settings with some values changed: `None` takes a value away.
async fn proposes(
    who: &Browser,
    changes: &[(&str, Option<&str>)],
    taken_away: &[(&str, &str)],
) -> Answer {
    let action = "/governance/settings/change";
    let mut pairs = fields(&who.gets(action).await, action);
    for (name, value) in changes {
        pairs.retain(|(key, _)| key != name);
        pairs.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    pairs.retain(|(key, value)| !taken_away.contains(&(key, value)));
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    who.sends(Request::form(action, &form(&pairs))).await
}

async fn proposed(
    who: &Browser,
    changes: &[(&str, Option<&str>)],
    away: &[(&str, &str)],
) -> String {
    let answer = proposes(who, changes, away).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().to_owned()
}

async fn approves(who: &Browser, version: &str) -> Answer {
    who.posts(format!("{version}/approve"), &[]).await
}

/// Proposes and approves by two people.
async fn decides(
    [one, other]: [&Browser; 2],
    changes: &[(&str, Option<&str>)],
    away: &[(&str, &str)],
) -> String {
    let version = proposed(one, changes, away).await;
    assert_eq!(approves(one, &version).await.status, 303);
    assert_eq!(approves(other, &version).await.status, 303);
    version
}

/// The cells of the rows of the first table after a heading.
fn table(page: &Answer, heading: &str) -> Vec<Vec<String>> {
    let text = page.text();
    let after = text.split(heading).nth(1).expect("the heading is there");
    let body = after.split("<tbody>").nth(1).unwrap_or_default();
    let body = body.split("</tbody>").next().unwrap_or_default();
    let plain = |cell: &str| {
        let inside = cell.split_once('>').map_or("", |(_, inside)| inside);
        inside.split('<').next().unwrap_or_default().to_owned()
    };
    let rows = body.split("<tr").skip(1);
    rows.map(|row| row.split("<td").skip(1).map(plain).collect())
        .collect()
}

/// Two members of the group: one for the council, and the trust's Caldicott Guardian.
async fn group(region: &Region) -> [Browser; 2] {
    [
        region.signs_in("member", Role::Governance, COUNCIL).await,
        region
            .signs_in("guardian", Role::CaldicottGuardian, TRUST)
            .await,
    ]
}

const SHORTER: &[(&str, Option<&str>)] = &[
    ("emergency-hours", Some("4")),
    ("why", Some("Eight hours are longer than a shift's half")),
];
const NO_NURSE: &[(&str, &str)] = &[("glass-breakers", "nurse")];

#[tokio::test]
async fn a_change_of_the_rules_from_the_form_to_the_next_line() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        let nurse = region.signs_in("nurse", Role::Nurse, TRUST).await;
        let [member, guardian] = group(region).await;
        // Of a day's decisions: the doctor's emergency with two pages, the last six hours on, and
        // the nurse's with one.
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        assert_eq!(nurse.answers(cast.koepp, EMERGENCY).await.status, 303);
        is_the_record(&nurse.opens(cast.koepp).await);
        region.later(6 * HOUR);
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        region.later(3 * HOUR);
        is_the_question(&cast.doctor.opens(cast.koepp).await);

        let version = proposed(&member, SHORTER, NO_NURSE).await;
        let page = member.gets(&version).await;
        assert_eq!(page.status, 200);
        let mut rows = table(&page, "What it would have changed");
        rows.sort();
        let permitted = "Permitted for 8 hours (rule 12): an emergency";
        let held = "Permitted until it runs out (rule 8): an emergency";
        let expected = [
            [
                "1",
                permitted,
                "Permitted for 4 hours (rule 12): an emergency",
                "Doctor, Dee Hospital",
            ],
            [
                "1",
                permitted,
                "Refused (rule 14): Your role may not open a record in an emergency.",
                "Nurse, Dee Hospital",
            ],
            ["1", held, "Asked first (rule 9)", "Doctor, Dee Hospital"],
            ["1", held, "Asked first (rule 9)", "Nurse, Dee Hospital"],
            [
                "1",
                held,
                "Permitted until it runs out (rule 8): an emergency, which is 4 hours sooner",
                "Doctor, Dee Hospital",
            ],
        ];
        assert_eq!(rows, expected);
        assert!(page.says("5 decisions of 6 made since"), "{}", page.text());
        let differences = page.text();
        for words in ["8 hours", "4 hours", "May break the glass in an emergency"] {
            assert!(differences.contains(words), "{words}");
        }
        for name in ["Staff doctor", "Staff nurse", "KOEPP"] {
            assert!(!page.carries(name), "only the guardian sees {name}");
        }
        let page = guardian.gets(&version).await;
        let own = table(&page, "The decisions of Dee Hospital themselves");
        assert_eq!(own.len(), 5);
        for name in ["Staff doctor", "Staff nurse", "KOEPP"] {
            assert!(page.carries(name), "{name}: {}", page.text());
        }

        // One person is not enough, however often.
        for _ in 0..2 {
            assert_eq!(approves(&member, &version).await.status, 303);
        }
        assert_eq!(nurse.answers(cast.koepp, EMERGENCY).await.status, 303);
        assert_eq!(region.lines_of(TRUST).await[0].clear.rulebook, "cheshire 1");
        let (elsewhere, _server) = region.another_process().await;
        let other_nurse = Browser::with_cookie(elsewhere, nurse.cookie());
        is_the_record(&other_nurse.opens(cast.koepp).await);

        assert_eq!(approves(&guardian, &version).await.status, 303);
        // At the next request, here and in the other process, whatever is held.
        is_the_record(&nurse.opens(cast.koepp).await);
        assert_eq!(region.lines_of(TRUST).await[0].clear.rulebook, "cheshire 2");
        is_the_record(&other_nurse.opens(cast.koepp).await);
        assert_eq!(region.lines_of(TRUST).await[0].clear.rulebook, "cheshire 2");
        region.later(9 * HOUR);
        let refused = other_nurse.answers(cast.koepp, EMERGENCY).await;
        is_the_question(&refused);
        assert!(refused.says("Your role may not open a record in an emergency."));
        let line = region.lines_of(TRUST).await.remove(0);
        assert_eq!((line.clear.rule, &*line.clear.rulebook), (14, "cheshire 2"));
        assert_eq!(cast.doctor.answers(cast.koepp, EMERGENCY).await.status, 303);
        region.later(4 * HOUR - Timestamp::SECOND);
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        region.later(Timestamp::SECOND);
        is_the_question(&cast.doctor.opens(cast.koepp).await);
        let late = approves(&guardian, &version).await;
        assert_eq!(late.status, 409, "it is in force");
        assert!(region.verifies().await);
    }
}

#[tokio::test]
async fn every_act_and_every_look_at_the_desk_is_a_line_that_names_the_version() {
    let cast = Cast::new().await;
    let [member, guardian] = group(&cast.region).await;
    let version = proposed(&member, SHORTER, &[]).await;
    for path in [
        "/governance",
        "/governance/rules",
        "/governance/settings",
        &version,
    ] {
        let before = cast.region.lines().await;
        assert_eq!(member.gets(path).await.status, 200, "{path}");
        assert_eq!(cast.region.lines().await, before + 1, "{path}");
    }
    approves(&member, &version).await;
    approves(&guardian, &version).await;
    cast.doctor.gets("/find").await;
    let lines = cast.region.lines_of(COUNCIL).await;
    let words: Vec<_> = lines
        .iter()
        .map(|line| line.personal.words.as_str())
        .collect();
    for expected in [
        "settings version 2 approved",
        "last month's decisions were replayed under settings version 2",
        "the access rules in force were printed",
        "the settings in force were read",
        "the governance desk was read",
        "settings cheshire 2 proposed (Eight hours",
    ] {
        let told = words.iter().any(|words| words.starts_with(expected));
        assert!(told, "{expected}: {words:?}");
    }
    let search = &cast.region.lines_of(TRUST).await[0];
    assert_eq!(search.clear.action, AccessAction::Search);
    assert_eq!(search.clear.rulebook, "cheshire 2");
}

#[tokio::test]
async fn nobody_else_comes_to_the_desk_whatever_they_ask() {
    let cast = Cast::new().await;
    let region = &cast.region;
    let [member, _] = group(region).await;
    let version = proposed(&member, SHORTER, &[]).await;
    let roles = Role::ALL.into_iter().filter(|role| !role.governs());
    for role in roles {
        let login = format!("stranger-{}", role.name());
        let stranger = region.signs_in(&login, role, TRUST).await;
        for route in ROUTES.iter().filter(|route| route.who == Who::Governance) {
            let path = lines::path(route, cast.koepp, &cast).replace("/1", "/2");
            let before = region.lines().await;
            let request = match route.method {
                "get" => Request::get(path),
                _ => Request::form(path, "begins=0&why=x&feeds=yes&code=X1&name=x"),
            };
            let answer = stranger.sends(request).await;
            assert_eq!(answer.status, 403, "{role:?} {}", route.path);
            assert_eq!(region.lines().await, before + 1, "{role:?} {}", route.path);
        }
    }
    let page = member.gets(&version).await;
    assert!(page.says("Approved by nobody yet"), "{}", page.text());
    let in_force = region.store.settings_in_force().await.unwrap().unwrap();
    assert_eq!(in_force.number, 1);
}

#[tokio::test]
async fn a_member_who_has_left_the_group_decides_nothing() {
    let cast = Cast::new().await;
    let [member, _] = group(&cast.region).await;
    let leaver = cast.region.staff("leaver", Role::Governance, TRUST).await;
    let browser = cast.region.browser("leaver").await;
    let version = proposed(&member, SHORTER, &[]).await;
    let now = beginning();
    cast.region.store.close_account(leaver, now).await.unwrap();
    assert_eq!(approves(&browser, &version).await.location(), "/sign-in");
    let page = member.gets(&version).await;
    assert!(page.says("Approved by nobody yet"), "{}", page.text());
}

#[tokio::test]
async fn an_empty_list_of_roles_is_nobody_and_never_everybody() {
    let cast = Cast::new().await;
    let [member, guardian] = group(&cast.region).await;
    let none = [("glass-breakers", None), ("why", Some("nobody for now"))];
    let version = decides([&member, &guardian], &none, &[]).await;
    assert!(member.gets(&version).await.says("nobody"));
    let asked = cast.doctor.is_asked(cast.koepp).await;
    is_the_question(&asked);
    assert!(!asked.says("value=\"emergency\""), "it is not offered");
    is_the_question(&cast.doctor.answers(cast.koepp, EMERGENCY).await);
    assert!(
        member
            .gets("/governance/rules")
            .await
            .says("May break the glass: nobody.")
    );
    let none = [
        ("glass-breakers", None),
        ("viewers", None),
        ("why", Some("nobody at all")),
    ];
    decides([&guardian, &member], &none, &[]).await;
    let words = "You are not authorised: your role may not view shared records.";
    for statement in crate::outcomes::STATEMENTS {
        is_refused(&cast.doctor.answers(cast.koepp, statement).await, words);
    }
}

#[tokio::test]
async fn an_override_that_is_set_counts_for_every_kind_of_consent() {
    let shape = Shape::default();
    for region in Region::on_each_engine(shape).await {
        let cast = Cast::of(region, at_the_practice(), at_the_trust()).await;
        let [member, guardian] = group(&cast.region).await;
        let hours = [
            ("consent-today-hours", Some("2")),
            ("emergency-hours", Some("3")),
            ("legal-hours", Some("5")),
            ("standing-consent", Some("no")),
            ("why", Some("another length for each")),
        ];
        decides([&member, &guardian], &hours, &[]).await;
        let legal: &[_] = &[
            ("answer", "legal"),
            ("legal-reason", "protection"),
            ("legal-words", "An incident"),
        ];
        for (answer, hours) in [(&[("answer", "today")][..], 2), (EMERGENCY, 3), (legal, 5)] {
            assert_eq!(cast.doctor.answers(cast.koepp, answer).await.status, 303);
            cast.region.later(hours * HOUR - Timestamp::SECOND);
            is_the_record(&cast.doctor.opens(cast.koepp).await);
            cast.region.later(Timestamp::SECOND);
            is_the_question(&cast.doctor.opens(cast.koepp).await);
        }
        let standing = cast.doctor.answers(cast.koepp, &[("answer", "standing")]);
        is_the_question(&standing.await);
        is_the_question(&cast.doctor.opens(cast.koepp).await);
    }
}

#[tokio::test]
async fn what_cannot_be_taken_comes_back_with_what_is_wrong() {
    let cast = Cast::new().await;
    let [member, _] = group(&cast.region).await;
    for (change, words) in [
        (
            ("emergency-hours", Some("25")),
            "Enter a number from 1 to 24",
        ),
        (("emergency-hours", Some("soon")), "enter a whole number"),
        (
            ("undecided", None),
            "Choose what happens where nothing is decided",
        ),
        (("viewers", Some("operator")), "does not treat patients"),
        (
            ("withheld-0-role", Some("")),
            "Choose the role, or every role",
        ),
        (("withheld-0-sections", Some("allergies")), "allergies"),
        (("set-0-codes", Some(" ")), "Enter the codes of the set"),
        (("why", Some(" ")), "Say why"),
    ] {
        let mut changes = vec![("why", Some("because"))];
        changes.retain(|(name, _)| *name != change.0);
        changes.push(change);
        let answer = proposes(&member, &changes, &[]).await;
        assert_eq!(answer.status, 422, "{words}");
        assert!(answer.says(words), "{words}: {}", answer.text());
        assert!(answer.says("<title>Error: "), "{words}");
    }
    let same = proposes(&member, &[("why", Some("because"))], &[]).await;
    assert!(same.says("Nothing is changed yet"), "{}", same.text());
    let versions = cast.region.store.settings_versions().await.unwrap();
    assert_eq!(versions.len(), 1);
}

#[tokio::test]
async fn what_was_proposed_against_other_settings_is_not_approved_any_more() {
    let cast = Cast::new().await;
    let [member, guardian] = group(&cast.region).await;
    let stale = proposed(&member, SHORTER, NO_NURSE).await;
    approves(&member, &stale).await;
    let longer = [("emergency-hours", Some("12")), ("why", Some("longer"))];
    decides([&guardian, &member], &longer, &[]).await;
    let answer = approves(&guardian, &stale).await;
    assert_eq!(answer.status, 409);
    assert!(answer.says("Overtaken"), "{}", answer.text());
    let withdrawn = proposed(&member, SHORTER, &[]).await;
    let answer = guardian.posts(format!("{withdrawn}/withdraw"), &[]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(approves(&guardian, &withdrawn).await.status, 409);
    let in_force = cast
        .region
        .store
        .settings_in_force()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(in_force.settings.rulebook.emergency_hours, 12);
}

#[tokio::test]
async fn an_agreement_ends_with_its_last_second_and_hides_what_was_fed() {
    for cast in Cast::on_each_engine(at_the_practice(), at_the_trust()).await {
        let region = &cast.region;
        let [member, _] = group(region).await;
        let gp = region.signs_in("gp", Role::Doctor, PRACTICE).await;
        is_the_record(&cast.doctor.reads(cast.koepp).await);
        let partner = format!("/governance/partners/{PRACTICE}");
        let page = member.gets(&partner).await;
        let end = format!("{partner}/end");
        let begins = fields(&page, &end).remove(0);
        assert_eq!(begins.0, "begins");
        let over = [("begins", &*begins.1), ("last-day", "2026-11-21")];
        let wrong = member.posts(&end, &over).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.says("The last day must not be over"),
            "{}",
            wrong.text()
        );
        let ended = member
            .posts(&end, &[("begins", &begins.1), ("last-day", "")])
            .await;
        assert_eq!(ended.status, 303);
        // It is 09:00; the last second of the day is 15 hours less one second on.
        region.later(15 * HOUR - Timestamp::SECOND);
        is_the_record(&cast.doctor.opens(cast.koepp).await);
        is_the_record(&gp.reads(cast.at_practice).await);
        region.later(Timestamp::SECOND);
        let page = cast.doctor.reads(cast.koepp).await;
        assert!(
            page.says("Xylophone") && !page.says("Quagmire"),
            "{}",
            page.text()
        );
        assert!(
            page.says("Mill Lane Surgery"),
            "its own mark: {}",
            page.text()
        );
        let words = "your organisation has no agreement in force that covers viewing.";
        is_refused(&gp.opens(cast.at_practice).await, words);
        let fed = region.hands_in(PRACTICE, [at_the_practice()]).await;
        assert!(fed.is_err(), "{fed:?}");
        let line = region.lines_of(PRACTICE).await.into_iter().find(|line| {
            line.clear.action == AccessAction::Administer
                && line.personal.words.starts_with("agreement: ")
                && line.personal.who.is_some()
        });
        let line = line.expect("the end is a line of whoever ended it");
        assert_eq!(line.personal.who.unwrap().name, "Staff member");
        assert_eq!(line.clear.outcome, AccessOutcome::Permitted);
    }
}

#[tokio::test]
async fn a_partner_is_brought_in_and_its_new_terms_follow_the_old() {
    let region = Region::new().await;
    let [member, _] = group(&region).await;
    let empty = member
        .posts("/governance/partner", &[("code", "n9!")])
        .await;
    assert_eq!(empty.status, 422);
    for words in [
        "Enter the partner's ODS code",
        "Enter the partner's name",
        "Choose what kind of organisation",
        "Choose whether it covers feeding",
        "Enter who signed the agreement",
    ] {
        assert!(empty.says(words), "{words}: {}", empty.text());
    }
    let terms = [
        ("code", "h9901"),
        ("name", "Ferry Hospice"),
        ("kind", "hospice"),
        ("views", "yes"),
        ("signed-by", "A. Caldicott and B. Guardian"),
    ];
    let made = member.posts("/governance/partner", &terms).await;
    assert_eq!(made.location(), "/governance/partners/H9901");
    let page = member.gets(made.location()).await;
    assert!(
        page.says("Ferry Hospice") && page.says("In force"),
        "{}",
        page.text()
    );
    let next = [
        ("views", "yes"),
        ("from", "2026-12-01"),
        ("until", "2026-12-31"),
        ("signed-by", "A. Caldicott"),
    ];
    region.later(Timestamp::SECOND);
    assert_eq!(member.posts(made.location(), &next).await.status, 303);
    let page = member.gets(made.location()).await;
    assert!(
        page.says("Begins later") && page.says("01-Dec-2026 to 31-Dec-2026"),
        "{}",
        page.text()
    );
    region.later(10 * Timestamp::DAY);
    let page = member.gets(made.location()).await;
    assert!(page.says("Followed by a later one"), "{}", page.text());
    region.later(40 * Timestamp::DAY);
    let page = member.gets(made.location()).await;
    assert!(
        page.says("No agreement is in force"),
        "the old one does not come back"
    );
}

#[tokio::test]
async fn the_door_goes_by_the_settings_in_force() {
    let region = Region::new().await;
    let [member, guardian] = group(&region).await;
    let undecided = || {
        [patient("P1")
            .involved("GP registration")
            .has(problem(ASTHMA, "Quagmire asthma"))
            .has(result(POTASSIUM, "Xylophone", 4.1, "2026-11-20T08:00:00Z"))]
    };
    let opt_in = [
        ("undecided", Some("no-record")),
        ("why", Some("as it was before")),
    ];
    decides([&member, &guardian], &opt_in, &[]).await;
    let report = region.feeds(PRACTICE, undecided()).await;
    assert!(report.counts.dropped >= 2, "{report:?}");
    let doctor = region.signs_in("doctor", Role::Doctor, PRACTICE).await;
    let answer = doctor.opens(region.address(PRACTICE, "P1").await).await;
    is_refused(
        &answer,
        "No shared record has been created for this patient.",
    );
}
