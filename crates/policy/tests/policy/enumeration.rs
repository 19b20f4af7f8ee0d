//! Every combination of facts through every rulebook, held against a table written by hand from
//! the product's rules, and against the absolute rules.
//!
//! The whole space is the product of what rule 1 looks at and what the others look at, too large to
//! walk in a test. It is walked in two parts that together are whole, because the first rule that
//! applies wins:
//!
//! * where rule 1 lets pass, every combination of everything else;
//! * every combination of what rule 1 looks at, with one representative for each row of the table
//!   below it: where rule 1 refuses, no row below it may matter. Roles and organisation kinds only
//!   count by whether the rulebook names them, so one of each sort stands for them there, and a
//!   third walk goes through them all.

use std::array;

use tributary_model::{
    LegalReason, OrganisationKind, Purpose, Role, Section, SharingChoice, Statement, Timestamp,
};
use tributary_policy::{
    Account, AgeBand, Agreement, Ask, Basis, Decision, Facts, Grant, Holding, Life, ReferralCheck,
    RefusalReason, Registration, RelationshipStanding, Rulebook, SaidNo, ToRecord, Whose, decide,
};

use crate::{NOW, ask, facts};

/// Section 4 of the product's rules as rows: the first whose words all apply decides.
/// Columns: rulebooks; authorised; relationship; standing choice; who was told no; what is held in
/// force; what is stated now; rule; outcome.
const TABLE: &str = "
*                       | no  | *   | *         | *             | *       | *               | 1  | refused
*                       | yes | no  | *         | *             | *       | *               | 2  | refused
*                       | yes | yes | opted-out | *             | *       | *               | 3  | refused
opt-in                  | yes | yes | undecided | *             | *       | *               | 3  | refused
*                       | yes | yes | blocked   | *             | *       | *               | 4  | refused
*                       | yes | yes | *         | *             | *       | no              | 5  | refused no
*                       | yes | yes | *         | me            | *       | nothing         | 6  | refused
*                       | yes | yes | *         | me            | *       | emergency       | 6  | refused
*                       | yes | yes | *         | me            | *       | emergency-shown | 6  | refused
*                       | yes | yes | *         | me            | *       | legal           | 6  | refused
*                       | yes | yes | *         | me            | *       | insufficient    | 6  | refused
cheshire,opt-in,implied | yes | yes | consent   | me            | *       | standing        | 7  | permitted standing recorded
cheshire,opt-in,implied | yes | yes | consent   | me            | *       | today           | 7  | permitted standing today
cheshire,opt-in,implied | yes | yes | consent   | *             | *       | *               | 7  | permitted standing
cheshire,opt-in,implied | yes | yes | *         | *             | today   | *               | 8  | permitted held
*                       | yes | yes | *         | *             | grant   | *               | 8  | permitted held
implied                 | yes | yes | *         | *             | *       | nothing         | 9  | permitted implied
*                       | yes | yes | *         | *             | *       | nothing         | 9  | asked
cheshire,opt-in,implied | yes | yes | *         | *             | *       | standing        | 10 | permitted standing recorded
cheshire,opt-in,implied | yes | yes | *         | *             | *       | today           | 11 | permitted today 24 recorded
ask-every-time          | yes | yes | *         | *             | *       | today           | 11 | permitted today 0
*                       | yes | yes | *         | nobody        | *       | emergency       | 12 | permitted emergency 8 recorded review
*                       | yes | yes | *         | nobody        | *       | emergency-shown | 12 | permitted emergency 8 recorded review
*                       | yes | yes | *         | colleague     | *       | emergency-shown | 12 | permitted emergency 8 recorded review
*                       | yes | yes | *         | nobody        | *       | legal           | 13 | permitted legal 24 recorded review
*                       | yes | yes | *         | *             | *       | *               | 14 | refused
";

/// A row for one rulebook, its words made into bits.
struct Row {
    cells: [u16; 6],
    rule: u8,
    outcome: &'static str,
}

const COLUMNS: [&[&str]; 6] = [
    &["yes", "no"],
    &["yes", "no"],
    &["undecided", "consent", "blocked", "opted-out"],
    &["nobody", "colleague", "me"],
    &["none", "today", "grant"],
    &[
        "nothing",
        "no",
        "standing",
        "today",
        "emergency",
        "emergency-shown",
        "legal",
        "insufficient",
    ],
];

fn bit(column: usize, word: &str) -> u16 {
    1 << COLUMNS[column]
        .iter()
        .position(|known| *known == word)
        .unwrap()
}

fn rows(rulebook: &str) -> Vec<Row> {
    let lines = TABLE
        .trim()
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let of_this =
        lines.filter(|cells| cells[0] == "*" || cells[0].split(',').any(|it| it == rulebook));
    let row = |cells: Vec<&'static str>| Row {
        cells: array::from_fn(|at| match cells[at + 1] {
            "*" => u16::MAX,
            word => bit(at, word),
        }),
        rule: cells[7].parse().unwrap(),
        outcome: cells[8],
    };
    of_this.map(row).collect()
}

/// The words of the table's columns for a case, found without the rules' own code.
fn situation(rulebook: &Rulebook, ask: &Ask, facts: &Facts) -> [u16; 6] {
    let authorised = facts.account == Account::Active
        && facts.registration == Registration::Valid
        && TREATING.contains(&ask.requester.role)
        && ask.purpose == Purpose::DirectCare
        && facts.record == Whose::Another
        && ask.requester.organisation.kind != OrganisationKind::Private
        && facts.agreement == Agreement::Viewing;
    let related = ask.patient.is_some()
        && [RelationshipStanding::Current, RelationshipStanding::InGrace]
            .contains(&facts.relationship);
    let choice = match facts.preference {
        None | Some(SharingChoice::Ask) => "undecided",
        Some(SharingChoice::Consent) => "consent",
        Some(SharingChoice::Block) => "blocked",
        Some(SharingChoice::OptOut) => "opted-out",
    };
    let told = match facts.said_no {
        SaidNo::ToNobody => "nobody",
        SaidNo::ToColleague => "colleague",
        SaidNo::ToRequester | SaidNo::ToBoth => "me",
    };
    let yes_no = |is: bool| if is { "yes" } else { "no" };
    let held = longest(rulebook, facts).map_or("none", |it| match it.grant {
        Grant::ConsentToday => "today",
        _ => "grant",
    });
    let words = [
        yes_no(authorised),
        yes_no(related),
        choice,
        told,
        held,
        stated(ask, facts),
    ];
    array::from_fn(|at| bit(at, words[at]))
}

const TREATING: [Role; 5] = [
    Role::Doctor,
    Role::Nurse,
    Role::Pharmacist,
    Role::AlliedProfessional,
    Role::SocialWorker,
];

fn longest(rulebook: &Rulebook, facts: &Facts) -> Option<Holding> {
    let mut held = facts.holdings.clone();
    held.retain(|it| it.until > NOW && facts.life == Life::Living);
    if [SaidNo::ToRequester, SaidNo::ToBoth].contains(&facts.said_no) {
        held.clear();
    }
    if facts.age != AgeBand::UnderThirteen {
        held.retain(|it| it.grant != Grant::Legal(LegalReason::UnderThirteen));
    }
    if rulebook.name == "ask-every-time" {
        held.retain(|it| it.grant != Grant::ConsentToday);
    }
    held.sort_by_key(|it| it.until);
    held.last().copied()
}

fn stated(ask: &Ask, facts: &Facts) -> &'static str {
    match &ask.statement {
        Statement::Nothing => "nothing",
        Statement::SaysNo => "no",
        Statement::ConsentStanding => "standing",
        Statement::ConsentToday => "today",
        Statement::Emergency {
            reason,
            colleague_no_shown,
            ..
        } => {
            if ask.requester.role == Role::SocialWorker || reason.is_empty() {
                "insufficient"
            } else if *colleague_no_shown {
                "emergency-shown"
            } else {
                "emergency"
            }
        }
        Statement::Legal {
            reason,
            attorney_asked,
            ..
        } => {
            let met = match reason {
                LegalReason::LacksCapacity => *attorney_asked,
                LegalReason::UnderThirteen => facts.age == AgeBand::UnderThirteen,
                LegalReason::ReferredHere => facts.referral == ReferralCheck::Both,
                LegalReason::Protection => true,
            };
            if met { "legal" } else { "insufficient" }
        }
    }
}

/// Decides a case and holds it against the rows; gives the ask back for the next case.
fn check(rulebook: &Rulebook, rows: &[Row], ask: Ask, facts: &Facts) -> Ask {
    let situation = situation(rulebook, &ask, facts);
    let applies = |row: &&Row| {
        row.cells
            .iter()
            .zip(situation)
            .all(|(cell, word)| cell & word != 0)
    };
    let row = rows.iter().find(applies).unwrap();
    let held = longest(rulebook, facts).map(|it| (it.grant, it.until));
    let may_be_opened = situation[0] == 1 && situation[1] == 1 && situation[2] <= 2;
    let statement = ask.statement.clone();
    let decision = decide(rulebook, ask, facts, NOW);
    let mut words = row.outcome.split(' ');
    let kind = words.next().unwrap();
    let rest: Vec<_> = words.collect();
    match decision {
        Decision::Refused(refused) => {
            assert_eq!(
                (refused.rule(), "refused"),
                (row.rule, kind),
                "{facts:?} {refused:?}"
            );
            assert_eq!(refused.reason().rule(), row.rule);
            assert_eq!(refused.record_no(), rest == ["no"]);
            refused.ask().clone()
        }
        Decision::AskConsent(asked) => {
            assert_eq!(
                (asked.rule(), "asked"),
                (row.rule, kind),
                "{facts:?} {asked:?}"
            );
            assert!(may_be_opened);
            asked.ask().clone()
        }
        Decision::Permitted(permitted) => {
            assert_eq!(
                (permitted.rule(), "permitted"),
                (row.rule, kind),
                "{facts:?} {permitted:?}"
            );
            assert!(
                may_be_opened,
                "an absolute rule was passed over: {permitted:?}"
            );
            assert!(permitted.sections().contains(Section::Allergies));
            let seen = (
                permitted.basis(),
                permitted.until(),
                permitted.record(),
                permitted.review(),
            );
            assert_eq!(seen, expected(&rest, &statement, held), "{permitted:?}");
            permitted.into_parts().ask
        }
    }
}

type Seen = (Basis, Option<Timestamp>, Option<ToRecord>, bool);

fn expected(words: &[&str], statement: &Statement, held: Option<(Grant, Timestamp)>) -> Seen {
    let legal = || match statement {
        Statement::Legal { reason, .. } => Grant::Legal(*reason),
        other => panic!("no legal basis stated: {other:?}"),
    };
    let grant = match words[0] {
        "standing" => {
            let (grant, until) = (Grant::ConsentToday, NOW.plus(24 * 3_600_000_000));
            let record = words.get(1).map(|recorded| match *recorded {
                "today" => ToRecord::Grant { grant, until },
                _ => ToRecord::StandingConsent,
            });
            return (Basis::StandingConsent, None, record, false);
        }
        "implied" => return (Basis::Implied, None, None, false),
        "held" => {
            let (grant, until) = held.unwrap();
            return (Basis::Grant(grant), Some(until), None, false);
        }
        "today" => Grant::ConsentToday,
        "emergency" => Grant::Emergency,
        "legal" => legal(),
        other => panic!("no such outcome: {other}"),
    };
    let hours: i64 = words[1].parse().unwrap();
    let until = NOW.plus(hours * 3_600_000_000);
    let record = words
        .contains(&"recorded")
        .then_some(ToRecord::Grant { grant, until });
    (
        Basis::Grant(grant),
        Some(until),
        record,
        words.contains(&"review"),
    )
}

pub(crate) const ACCOUNTS: [Account; 2] = [Account::Active, Account::Suspended];
pub(crate) const REGISTRATIONS: [Registration; 3] = [
    Registration::Valid,
    Registration::Lapsed,
    Registration::None,
];
const PURPOSES: [Purpose; 4] = [
    Purpose::DirectCare,
    Purpose::SubjectAccess,
    Purpose::AuditReview,
    Purpose::Other,
];
pub(crate) const RECORDS: [Whose; 2] = [Whose::Another, Whose::Own];
pub(crate) const AGREEMENTS: [Agreement; 4] = [
    Agreement::Viewing,
    Agreement::FeedingOnly,
    Agreement::NotInForce,
    Agreement::None,
];
pub(crate) const STANDINGS: [RelationshipStanding; 5] = [
    RelationshipStanding::Current,
    RelationshipStanding::InGrace,
    RelationshipStanding::NotYetBegun,
    RelationshipStanding::Ended,
    RelationshipStanding::None,
];
pub(crate) const CHOICES: [Option<SharingChoice>; 4] = [
    None,
    Some(SharingChoice::Consent),
    Some(SharingChoice::Block),
    Some(SharingChoice::OptOut),
];
pub(crate) const SAID_NO: [SaidNo; 4] = [
    SaidNo::ToNobody,
    SaidNo::ToRequester,
    SaidNo::ToColleague,
    SaidNo::ToBoth,
];
pub(crate) const LIVES: [Life; 2] = [Life::Living, Life::Dead];
pub(crate) const AGES: [AgeBand; 3] = [
    AgeBand::UnderThirteen,
    AgeBand::ThirteenOrOver,
    AgeBand::Unknown,
];
pub(crate) const REFERRALS: [ReferralCheck; 4] = [
    ReferralCheck::Neither,
    ReferralCheck::ReceivesService,
    ReferralCheck::Referred,
    ReferralCheck::Both,
];

pub(crate) fn statements() -> Vec<Statement> {
    let mut statements = vec![
        Statement::Nothing,
        Statement::SaysNo,
        Statement::ConsentStanding,
        Statement::ConsentToday,
    ];
    for said in [false, true] {
        for reason in ["", "unconscious"] {
            let (reason, wishes) = (reason.to_owned(), String::new());
            statements.push(Statement::Emergency {
                reason,
                wishes,
                colleague_no_shown: said,
            });
        }
        for reason in LegalReason::ALL {
            let words = String::new();
            statements.push(Statement::Legal {
                reason,
                words,
                attorney_asked: said,
            });
        }
    }
    statements
}

/// Nothing, each thing in force and run out this instant, and two at once.
pub(crate) fn holdings() -> Vec<Vec<Holding>> {
    let holding = |grant, hours: i64| Holding {
        grant,
        given: NOW.plus(-Timestamp::HOUR),
        until: NOW.plus(hours * Timestamp::HOUR),
    };
    let mut all = vec![vec![]];
    for grant in Grant::ALL {
        all.push(vec![holding(grant, 1)]);
        all.push(vec![holding(grant, 0)]);
        all.push(vec![holding(grant, 2), holding(Grant::ConsentToday, 1)]);
    }
    all
}

fn walk_what_comes_after_rule_1(rulebook: &Rulebook) {
    let (rows, statements) = (rows(&rulebook.name), statements());
    let mut asked = ask();
    let mut facts = facts();
    for holdings in holdings() {
        facts.holdings = holdings;
        for (relationship, preference) in pairs(STANDINGS, CHOICES) {
            (facts.relationship, facts.preference) = (relationship, preference);
            for (said_no, life) in pairs(SAID_NO, LIVES) {
                (facts.said_no, facts.life) = (said_no, life);
                for (age, referral) in pairs(AGES, REFERRALS) {
                    (facts.age, facts.referral) = (age, referral);
                    for (statement, role) in pairs(&statements, [Role::Doctor, Role::SocialWorker])
                    {
                        asked.statement = statement.clone();
                        asked.requester.role = role;
                        asked = check(rulebook, &rows, asked, &facts);
                    }
                }
            }
        }
    }
}

/// One case for each row of the table from rule 2 on, as the representatives of all that decide
/// alike.
fn representatives(rulebook: &Rulebook) -> Vec<(Facts, Statement)> {
    let rows = rows(&rulebook.name);
    let mut missing: Vec<usize> = (1..rows.len()).collect();
    let mut found = vec![];
    for holdings in holdings() {
        for (relationship, preference) in pairs(STANDINGS, CHOICES) {
            for (said_no, statement) in pairs(SAID_NO, statements()) {
                let facts = Facts {
                    relationship,
                    preference,
                    said_no,
                    holdings: holdings.clone(),
                    referral: ReferralCheck::Both,
                    ..facts()
                };
                let ask = Ask {
                    statement: statement.clone(),
                    ..ask()
                };
                let case = situation(rulebook, &ask, &facts);
                let applies = |row: &Row| row.cells.iter().zip(case).all(|(a, b)| a & b != 0);
                let first = rows.iter().position(applies).unwrap();
                if missing.contains(&first) {
                    missing.retain(|row| *row != first);
                    found.push((facts, statement));
                }
            }
        }
    }
    let unreachable = match rulebook.name.as_str() {
        // Whoever is not refused before has opted in.
        "opt-in" => rows.iter().filter(|row| row.rule > 7).count(),
        // Nobody is asked.
        "implied" => 1,
        _ => 0,
    };
    assert_eq!(
        missing.len(),
        unreachable,
        "the table's rows {missing:?} stand for nothing"
    );
    found
}

fn walk_what_rule_1_looks_at(rulebook: &Rulebook) {
    let rows = rows(&rulebook.name);
    for (mut facts, statement) in representatives(rulebook) {
        let mut asked = Ask { statement, ..ask() };
        for (account, registration) in pairs(ACCOUNTS, REGISTRATIONS) {
            (facts.account, facts.registration) = (account, registration);
            for (record, agreement) in pairs(RECORDS, AGREEMENTS) {
                (facts.record, facts.agreement) = (record, agreement);
                for purpose in PURPOSES {
                    asked.purpose = purpose;
                    for (role, kind) in pairs(Role::ALL, OrganisationKind::ALL) {
                        asked.requester.role = role;
                        asked.requester.organisation.kind = kind;
                        asked = check(rulebook, &rows, asked, &facts);
                    }
                }
            }
        }
    }
}

fn pairs<A: Clone, B: Clone>(
    first: impl IntoIterator<Item = A>,
    second: impl IntoIterator<Item = B>,
) -> impl Iterator<Item = (A, B)> {
    let second: Vec<B> = second.into_iter().collect();
    first.into_iter().flat_map(move |a| {
        let second = second.clone();
        second.into_iter().map(move |b| (a.clone(), b))
    })
}

#[test]
fn cheshire_in_every_case() {
    walk_what_comes_after_rule_1(&Rulebook::cheshire());
    walk_what_rule_1_looks_at(&Rulebook::cheshire());
}

#[test]
fn opt_in_in_every_case() {
    walk_what_comes_after_rule_1(&Rulebook::opt_in());
    walk_what_rule_1_looks_at(&Rulebook::opt_in());
}

#[test]
fn ask_every_time_in_every_case() {
    walk_what_comes_after_rule_1(&Rulebook::ask_every_time());
    walk_what_rule_1_looks_at(&Rulebook::ask_every_time());
}

#[test]
fn implied_in_every_case() {
    walk_what_comes_after_rule_1(&Rulebook::implied());
    walk_what_rule_1_looks_at(&Rulebook::implied());
}

#[test]
fn an_address_that_names_nobody_is_refused_like_a_patient_without_a_relationship() {
    for rulebook in Rulebook::all() {
        for statement in statements() {
            let nobody = Ask {
                patient: None,
                statement: statement.clone(),
                ..ask()
            };
            let stranger = Ask { statement, ..ask() };
            let unrelated = Facts {
                relationship: RelationshipStanding::None,
                ..facts()
            };
            let Decision::Refused(nobody) = decide(&rulebook, nobody, &facts(), NOW) else {
                panic!("someone who does not exist was found");
            };
            let Decision::Refused(stranger) = decide(&rulebook, stranger, &unrelated, NOW) else {
                panic!("a stranger was shown");
            };
            let seen = [nobody, stranger].map(|it| (it.rule(), it.reason(), it.offers().to_vec()));
            assert_eq!(seen[0], seen[1]);
            assert_eq!(seen[0], (2, RefusalReason::NoRelationship, vec![]));
        }
    }
}

#[test]
fn default_facts_permit_nothing() {
    for rulebook in Rulebook::all() {
        for statement in statements() {
            let asked = Ask { statement, ..ask() };
            let decision = decide(&rulebook, asked, &Facts::default(), NOW);
            assert!(matches!(decision, Decision::Refused(refused) if refused.rule() == 1));
        }
    }
}
