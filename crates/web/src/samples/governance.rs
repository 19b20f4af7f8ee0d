//! Samples of the governance desk.

use tributary_gatekeeper::governance::{
    AgreementLine, AgreementState, Choice, Desk, Difference, Field, FieldKind, FieldSet,
    NewAgreement, Partner, Preview, PreviewLine, PreviewRow, PrintedRules, RulesInForce,
    SettingsForm, VersionLine, VersionState, VersionView,
};
use tributary_model::{AccessNumber, OrganisationKind, Role, Section, SectionSet};

use super::{
    accesses,
    asking::{at, now, organisation},
};

fn agreement(begins: &str, ends: Option<&str>, state: AgreementState) -> AgreementLine {
    AgreementLine {
        begins: at(begins),
        ends: ends.map(at),
        feeds: true,
        views: true,
        supplies: [Section::Person, Section::Medications, Section::Results]
            .into_iter()
            .collect(),
        signed_by: "Dr A. Caldicott for the trust, B. Chair for the partnership".to_owned(),
        state,
    }
}

fn partner(code: &str, name: &str, kind: OrganisationKind) -> Partner {
    Partner {
        organisation: organisation(code, name, kind),
        agreements: vec![agreement(
            "2025-04-01T00:00:00",
            None,
            AgreementState::InForce,
        )],
        withheld: SectionSet::EMPTY,
    }
}

pub(super) fn partners() -> Vec<Partner> {
    let mut council = partner("C9901", "Northmere Council", OrganisationKind::Council);
    council.agreements = vec![
        AgreementLine {
            feeds: false,
            ..agreement("2027-01-01T00:00:00", None, AgreementState::ToCome)
        },
        agreement(
            "2025-04-01T00:00:00",
            Some("2026-12-01T00:00:00"),
            AgreementState::InForce,
        ),
    ];
    council.withheld = [Section::Results].into_iter().collect();
    let mut hospice = partner(
        "H9901",
        "The Hospice of Saint Wilhelmina Featherstonehaugh beside the Northmere",
        OrganisationKind::Hospice,
    );
    hospice.agreements = vec![agreement(
        "2025-09-01T00:00:00",
        Some("2026-09-01T00:00:00"),
        AgreementState::Ended,
    )];
    let mut private = partner("P9901", "Care Ltd", OrganisationKind::Private);
    private.agreements.clear();
    vec![
        private,
        partner("P1", "Mill Lane Surgery", OrganisationKind::GpPractice),
        council,
        partner(
            "RXX99",
            "Northmere General Hospital",
            OrganisationKind::AcuteTrust,
        ),
        hospice,
    ]
}

fn version(number: i64, state: VersionState) -> VersionLine {
    VersionLine {
        number,
        label: format!("cheshire {number}"),
        state,
        proposed: at("2026-11-20T10:12:00"),
        by: "Dr Anselm Caldecote".to_owned(),
        why: "Eight hours are longer than anybody needed last year".to_owned(),
        approvals: vec![("Dr Anselm Caldecote".to_owned(), at("2026-11-20T10:15:00"))],
    }
}

fn first() -> VersionLine {
    VersionLine {
        by: "The configuration".to_owned(),
        why: String::new(),
        approvals: Vec::new(),
        ..version(1, VersionState::InForce(at("2026-01-05T09:00:00")))
    }
}

pub(super) fn desks() -> Vec<(&'static str, Desk)> {
    let desk = |partners, open| Desk {
        partners,
        in_force: first(),
        open,
        now: now(),
    };
    vec![
        (
            "governance",
            desk(partners(), vec![version(2, VersionState::Open)]),
        ),
        ("governance-empty", desk(Vec::new(), Vec::new())),
    ]
}

pub(super) fn mistyped() -> (NewAgreement, Vec<(String, String)>) {
    let typed = NewAgreement {
        code: "n9!".to_owned(),
        views: true,
        from: "tomorrow".to_owned(),
        ..NewAgreement::default()
    };
    let problem = |field: &str, words: &str| (field.to_owned(), words.to_owned());
    let problems = vec![
        problem(
            "code",
            "Enter the partner's ODS code: 1 to 12 letters and digits",
        ),
        problem("kind", "Choose what kind of organisation the partner is"),
        problem("supplies", "Choose the sections that the partner supplies"),
        problem("from", "Enter a day, such as 2026-11-30"),
    ];
    (typed, problems)
}

fn settings() -> Vec<(String, String)> {
    [
        (
            "Where the patient has decided nothing",
            "the patient is asked",
        ),
        ("An emergency opening lasts", "8 hours"),
        (
            "May break the glass in an emergency",
            "Doctor, Nurse, Pharmacist",
        ),
        (
            "Withheld from Social worker at any organisation",
            "Results and investigations",
        ),
        (
            "Sensitive set sexual-health",
            "seen by Doctor (codes 8098009, 86406008, 76272004)",
        ),
    ]
    .map(|(setting, value)| (setting.to_owned(), value.to_owned()))
    .into()
}

pub(super) fn rules() -> RulesInForce {
    RulesInForce {
        settings: settings(),
        versions: vec![
            version(4, VersionState::Open),
            version(3, VersionState::Withdrawn(at("2026-11-19T17:00:00"))),
            version(2, VersionState::Overtaken),
            first(),
        ],
    }
}

fn field(name: &str, label: &str, hint: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        kind,
    }
}

fn set(title: &str, fields: Vec<Field>) -> FieldSet {
    FieldSet {
        title: title.to_owned(),
        hint: String::new(),
        fields,
    }
}

const fn choice(value: &'static str, words: &'static str, chosen: bool) -> Choice {
    Choice {
        value,
        words,
        chosen,
    }
}

fn field_sets() -> Vec<FieldSet> {
    let roles = [Role::Doctor, Role::Nurse, Role::SocialWorker];
    let roles = roles.map(|role| choice(role.name(), role.words(), role == Role::Doctor));
    let asked = vec![
        choice("ask", "the patient is asked", true),
        choice("permit", "viewing is permitted, nobody is asked", false),
    ];
    let every = vec![
        choice("", "Choose", false),
        choice("every", "every role", false),
        choice("social-worker", "Social worker", true),
    ];
    let hours = FieldKind::Number("25".to_owned());
    let codes = FieldKind::Lines("8098009\n86406008".to_owned());
    let name = FieldKind::Line("sexual-health".to_owned());
    let undecided = "Where the patient has decided nothing";
    let emergency = "An emergency opening lasts";
    let glass = "May break the glass in an emergency";
    let none = "None chosen means nobody.";
    let lines = "A SNOMED CT code on each line.";
    vec![
        set(
            "Asking the patient",
            vec![field("undecided", undecided, "", FieldKind::One(asked))],
        ),
        set(
            "How long things last",
            vec![field(
                "emergency-hours",
                emergency,
                "Hours, 1 to 24.",
                hours,
            )],
        ),
        set(
            "Who may do what",
            vec![field(
                "glass-breakers",
                glass,
                none,
                FieldKind::Several(roles.into()),
            )],
        ),
        set(
            "Sections withheld, rule 1",
            vec![field(
                "withheld-0-role",
                "From the role",
                "",
                FieldKind::Select(every),
            )],
        ),
        set(
            "Sensitive set sexual-health",
            vec![
                field("set-0-name", "Its name", "", name),
                field("set-0-codes", "Its codes", lines, codes),
            ],
        ),
    ]
}

pub(super) fn forms() -> Vec<(&'static str, SettingsForm)> {
    let form = |problems| SettingsForm {
        base: first(),
        sets: field_sets(),
        why: String::new(),
        problems,
    };
    let problem = |field: &str, words: &str| (field.to_owned(), words.to_owned());
    vec![
        ("governance-change", form(Vec::new())),
        (
            "governance-change-mistyped",
            form(vec![
                problem("emergency-hours", "Enter a number from 1 to 24"),
                problem("glass-breakers", "Nurse may break the glass but not view"),
                problem(
                    "why",
                    "Say why, for those who approve it and for later readers",
                ),
            ]),
        ),
    ]
}

fn preview(rows: Vec<PreviewRow>, own: Option<Vec<PreviewLine>>) -> Preview {
    Preview {
        since: at("2026-10-21T09:00:00"),
        replayed: 18_204,
        changed: rows.iter().map(|row| row.count).sum(),
        unknown: 12,
        cut: false,
        rows,
        own,
        more_own: true,
    }
}

fn rows() -> Vec<PreviewRow> {
    let row = |count, was: &str, would: &str, role: &str| PreviewRow {
        was: was.to_owned(),
        would: would.to_owned(),
        role: role.to_owned(),
        organisation: "Northmere General Hospital".to_owned(),
        count,
    };
    vec![
        row(
            41,
            "Permitted for 8 hours (rule 12): an emergency",
            "Permitted for 4 hours (rule 12): an emergency",
            "Doctor",
        ),
        row(
            7,
            "Permitted for 8 hours (rule 12): an emergency",
            "Refused (rule 14): Your role may not open a record in an emergency.",
            "Nurse",
        ),
    ]
}

fn own() -> Vec<PreviewLine> {
    let lines = accesses::lines().into_iter().take(2);
    let line = |line| PreviewLine {
        line,
        was: "Permitted for 8 hours (rule 12): an emergency".to_owned(),
        would: "Permitted for 4 hours (rule 12): an emergency".to_owned(),
    };
    lines.map(line).collect()
}

pub(super) fn versions() -> Vec<(&'static str, VersionView, Option<String>)> {
    let difference = |setting: &str, before: &str, after: &str| Difference {
        setting: setting.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    let view = |line, preview| VersionView {
        line,
        base: Some("cheshire 1".to_owned()),
        differences: vec![
            difference("An emergency opening lasts", "8 hours", "4 hours"),
            difference("Withheld from every role at Council", "", "Cancer"),
        ],
        settings: settings(),
        approved_by_reader: false,
        preview,
    };
    let open = || version(2, VersionState::Open);
    vec![
        (
            "governance-version",
            view(open(), Some(preview(rows(), None))),
            None,
        ),
        (
            "governance-version-guardian",
            VersionView {
                approved_by_reader: true,
                ..view(open(), Some(preview(rows(), Some(own()))))
            },
            None,
        ),
        (
            "governance-version-nothing",
            view(open(), Some(preview(Vec::new(), Some(Vec::new())))),
            None,
        ),
        (
            "governance-version-late",
            view(version(2, VersionState::Overtaken), None),
            Some("This version is not open for a decision any more".to_owned()),
        ),
        (
            "governance-version-first",
            VersionView {
                base: None,
                differences: Vec::new(),
                ..view(first(), None)
            },
            None,
        ),
    ]
}

pub(super) fn printed() -> PrintedRules {
    let words = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    PrintedRules {
        label: "cheshire 2".to_owned(),
        since: at("2026-11-21T09:00:00"),
        settings: words(&[
            "A patient who has decided nothing is asked.",
            "May break the glass: nobody.",
        ]),
        who_may_ask: (
            words(&["rule", "account", "agreement", "outcome"]),
            vec![words(&[
                "1",
                "not active",
                "any",
                "refused: not authorised",
            ])],
        ),
        rules: (
            words(&[
                "rule",
                "relationship",
                "standing choice",
                "stated now",
                "outcome",
            ]),
            vec![
                words(&[
                    "2",
                    "no relationship",
                    "any",
                    "any",
                    "refused as if the person did not exist",
                ]),
                words(&[
                    "12",
                    "relationship",
                    "undecided",
                    "emergency",
                    "permitted for 4 hours, recorded for this professional and organisation, flagged for review",
                ]),
            ],
        ),
        glossary: vec![(
            "relationship".to_owned(),
            "current, or ended within its grace period".to_owned(),
        )],
        access: AccessNumber(20_432),
    }
}
