//! Samples of the privacy officer's desk, of the governance group's counts, and of explanations.

use tributary_gatekeeper::{
    Depth, Explanation, Finding, Incident, Ranking, ReviewCounts, ReviewDetail, ReviewOverview,
    ReviewQueue, ReviewRow, Setting, Signal, Step, Trial, TriedLook, WeekFigures,
};
use tributary_model::{OdsCode, Timestamp};

use super::{
    accesses::{lines, trust},
    asking::now,
};

const DAY: i64 = Timestamp::DAY;

fn signal(words: &str, weight: i64) -> Signal {
    Signal {
        words: words.to_owned(),
        weight,
    }
}

fn row(n: usize) -> ReviewRow {
    let lines = lines();
    let line = lines.into_iter().nth(n).expect("there are as many samples");
    ReviewRow {
        line,
        signals: vec![
            signal("same family name as the patient", 40),
            signal(
                "no contact with the patient in the two weeks before or since",
                25,
            ),
        ],
        score: 65,
        due: now().plus(5 * DAY),
        overdue: false,
        closed: None,
        escalated: None,
        incident: None,
        safeguarding: None,
    }
}

fn open() -> Vec<ReviewRow> {
    let incident = |told, late| {
        Some(Incident {
            until: now().plus(40 * Timestamp::HOUR),
            told,
            late,
        })
    };
    vec![
        ReviewRow {
            signals: vec![signal("opened in an emergency, without asking", 30)],
            score: 30,
            due: now().plus(-2 * DAY),
            overdue: true,
            escalated: Some(now().plus(-DAY)),
            incident: incident(None, false),
            ..row(0)
        },
        ReviewRow {
            signals: vec![signal(
                "opened without asking: An incident requires us to protect them",
                25,
            )],
            safeguarding: Some(None),
            incident: incident(None, true),
            ..row(1)
        },
        row(3),
    ]
}

fn figures() -> Vec<WeekFigures> {
    let week = |n: i64| WeekFigures {
        from: now().plus((n - 12) * 7 * DAY),
        emergency: (n * 7) % 4,
        legal: (n * 5) % 3,
        signals: (n * 11) % 9,
        closed: (n * 3) % 7,
    };
    (0..=12).map(week).collect()
}

pub(super) fn queues() -> Vec<(&'static str, ReviewQueue)> {
    let closed = ReviewRow {
        closed: Some((Finding::Justified, now().plus(-DAY))),
        safeguarding: Some(Some(now())),
        incident: Some(Incident {
            until: now(),
            told: Some(now().plus(-DAY)),
            late: false,
        }),
        ..row(1)
    };
    let queue = |open, closed, figures| ReviewQueue {
        organisation: trust(),
        open,
        more: false,
        closed,
        figures,
        ranking: 2,
        now: now(),
    };
    let none = figures().into_iter().map(|week| WeekFigures {
        emergency: 0,
        legal: 0,
        signals: 0,
        closed: 0,
        ..week
    });
    vec![
        ("reviews", queue(open(), vec![closed], figures())),
        (
            "reviews-empty",
            queue(Vec::new(), Vec::new(), none.collect()),
        ),
    ]
}

pub(super) fn details() -> Vec<(&'static str, ReviewDetail)> {
    let first = open().into_iter().next().expect("there is a first sample");
    vec![
        (
            "review",
            ReviewDetail {
                row: first,
                steps: Vec::new(),
                others: lines(),
                dealings: vec!["Admitted on 19-Nov-2026, still going on".to_owned()],
                next: Step::ALL.to_vec(),
            },
        ),
        (
            "review-closed",
            ReviewDetail {
                row: ReviewRow {
                    closed: Some((Finding::NotJustified, now())),
                    ..row(3)
                },
                steps: lines(),
                others: Vec::new(),
                dealings: Vec::new(),
                next: Vec::new(),
            },
        ),
    ]
}

pub(super) fn trials() -> Vec<(&'static str, Trial)> {
    let tried = Ranking::default().with(Setting::SameFamily, 60);
    let look = |n: usize| TriedLook {
        line: row(n).line,
        place: (n > 0).then_some(n),
        score: 85,
        signals: row(n).signals,
        finding: (n == 1).then_some(Finding::NotJustified),
    };
    let trial = |first: Vec<TriedLook>, looks| Trial {
        version: i64::from(looks > 0),
        now: Ranking::default(),
        tried: tried.clone().unwrap_or_default(),
        looks,
        since: (looks > 0).then(|| now().plus(-30 * DAY)),
        listed: (8, 11),
        found: (1, 2),
        first,
    };
    vec![
        ("ranking", trial(vec![look(0), look(1), look(3)], 412)),
        ("ranking-empty", trial(Vec::new(), 0)),
    ]
}

pub(super) fn overviews() -> Vec<(&'static str, ReviewOverview)> {
    let counts = |code: &str, overdue: i64| ReviewCounts {
        organisation: code.parse::<OdsCode>().expect("the sample has a code"),
        open: overdue + 3,
        overdue,
        oldest_due: (overdue > 0).then(|| now().plus(-9 * DAY)),
        escalated: overdue / 2,
        incidents: i64::from(overdue > 0),
        incidents_late: 0,
    };
    let overview = |organisations| ReviewOverview {
        organisations,
        now: now(),
    };
    vec![
        (
            "governance-reviews",
            overview(vec![
                ("Northmere General Hospital".to_owned(), counts("RXX99", 4)),
                ("Mill Lane Surgery".to_owned(), counts("N99001", 0)),
            ]),
        ),
        ("governance-reviews-empty", overview(Vec::new())),
    ]
}

pub(super) fn explanations() -> Vec<(&'static str, Explanation)> {
    let line = |n: usize| row(n).line;
    vec![
        (
            "explain-officer",
            Explanation {
                depth: Depth::PrivacyOfficer,
                line: line(0),
                sentences: vec![
                    "It was allowed by rule 12 of the rulebook cheshire 1.".to_owned(),
                    "An emergency.".to_owned(),
                ],
                facts: vec![
                    ("Relationship with the organisation".to_owned(), "current".to_owned()),
                    ("The patient's standing choice".to_owned(), "none".to_owned()),
                ],
                told: Some(
                    "Dr Amara Okafor, doctor at Northmere General Hospital, on 21-Nov-2026 at \
                     14:02, in an emergency: “Found unconscious”. They looked at your shared record."
                        .to_owned(),
                ),
            },
        ),
        (
            "explain-requester",
            Explanation {
                depth: Depth::Requester,
                line: line(3),
                sentences: vec!["No patient of your organisation matches.".to_owned()],
                facts: Vec::new(),
                told: None,
            },
        ),
    ]
}
