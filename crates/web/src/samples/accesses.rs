//! Samples of a privacy officer's list and of a patient's report.

use tributary_gatekeeper::{
    AccessLine, AccessList, AccessQuery, CodedAccess, PatientReport, Which,
};
use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, AccountId, Address, IdentityId, Organisation,
    OrganisationKind, Origin, Purpose, Register, RegisterEntry, Role,
};

use super::asking::{abdul, at, now, organisation};

fn line(number: i64, when: &str) -> AccessLine {
    AccessLine {
        number: AccessNumber(number),
        at: at(when),
        who: "Dr Amara Okafor, doctor, GMC 7654321".to_owned(),
        organisation: "Northmere General Hospital".to_owned(),
        origin:
            "10.3.7.21, Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Safari/537.36"
                .to_owned(),
        patient: "KOEPP, Abdul (Mr)".to_owned(),
        address: Some(Address(IdentityId(4_711))),
        what: "Opened the record".to_owned(),
        basis: "Permission of the patient for today".to_owned(),
        reason: String::new(),
        outcome: "permitted".to_owned(),
        rule: "rule 11, cheshire 1".to_owned(),
        flagged: None,
        coded: coded(),
    }
}

fn coded() -> CodedAccess {
    CodedAccess {
        account: Some(AccountId(17)),
        name: "Dr Amara Okafor".to_owned(),
        role: Some(Role::Doctor),
        register: Some(RegisterEntry {
            register: Register::Gmc,
            number: "7654321".to_owned(),
            valid_until: None,
        }),
        organisation: Some(trust()),
        origin: Origin {
            address: "10.3.7.21".to_owned(),
            agent: "Mozilla/5.0".to_owned(),
        },
        action: AccessAction::OpenRecord,
        outcome: AccessOutcome::Permitted,
        purpose: Some(Purpose::DirectCare),
        emergency: false,
    }
}

pub(super) fn trust() -> Organisation {
    organisation(
        "RXX99",
        "Northmere General Hospital",
        OrganisationKind::AcuteTrust,
    )
}

pub(super) fn lines() -> Vec<AccessLine> {
    vec![
        AccessLine {
            basis: "Emergency".to_owned(),
            reason: "Found unconscious, no relative present, medicines unknown".to_owned(),
            rule: "rule 12, cheshire 1".to_owned(),
            flagged: Some("emergency access; no contact since".to_owned()),
            ..line(20_431, "2026-11-21T14:02:00")
        },
        line(20_430, "2026-11-21T13:58:00"),
        AccessLine {
            what: "Asked for permission".to_owned(),
            basis: String::new(),
            outcome: "asked".to_owned(),
            rule: "rule 9, cheshire 1".to_owned(),
            ..line(20_429, "2026-11-21T13:57:00")
        },
        AccessLine {
            who: "Sister Wilhelmina Featherstonehaugh-Cholmondeley, nurse, NMC 12A3456E".to_owned(),
            outcome: "refused".to_owned(),
            basis: "The patient has declined to have an electronic shared record.".to_owned(),
            rule: "rule 3, cheshire 1".to_owned(),
            patient: "ASHWORTH, Wilhelmina Geraldine (Mrs)".to_owned(),
            ..line(20_417, "2026-11-21T09:30:00")
        },
        AccessLine {
            patient: String::new(),
            address: None,
            what: "Searched by family name and date of birth: 2 matches".to_owned(),
            basis: String::new(),
            rule: String::new(),
            ..line(20_416, "2026-11-21T09:29:00")
        },
        AccessLine {
            outcome: "withdrawn".to_owned(),
            what: "Opened the record, withdrawn before anything was shown".to_owned(),
            ..line(20_400, "2026-11-20T23:59:00")
        },
    ]
}

pub(super) fn lists() -> Vec<(&'static str, AccessList)> {
    let list = |lines, before: Option<i64>, query| AccessList {
        organisation: trust(),
        query,
        lines,
        before: before.map(AccessNumber),
    };
    let hundred = (0..100)
        .map(|n| line(20_300 - n, "2026-11-19T10:00:00"))
        .collect();
    let all = AccessQuery::default();
    let member = AccessQuery {
        which: Which::Member(AccountId(17)),
        from: Some(at("2026-11-01T00:00:00")),
        until: Some(at("2026-12-01T00:00:00")),
        before: None,
    };
    let further = AccessQuery {
        before: Some(AccessNumber(20_301)),
        ..all.clone()
    };
    vec![
        ("accesses", list(lines(), Some(20_400), all.clone())),
        ("accesses-member", list(lines(), None, member)),
        ("accesses-empty", list(Vec::new(), None, all)),
        ("accesses-hundred", list(hundred, Some(20_201), further)),
    ]
}

pub(super) fn reports() -> Vec<(&'static str, PatientReport)> {
    let report = |sentences| PatientReport {
        patient: abdul(),
        sentences,
        before: None,
        made: (
            now(),
            "Dr Amara Okafor, Northmere General Hospital".to_owned(),
        ),
    };
    let sentences = [
        "Dr Amara Okafor, doctor at Northmere General Hospital, on 21-Nov-2026 at 14:02, in an \
         emergency: “Found unconscious, no relative present, medicines unknown”. They looked at \
         your shared record.",
        "Dr Amara Okafor, doctor at Northmere General Hospital, on 21-Nov-2026 at 13:58, looked at \
         your shared record, with your consent for that day.",
        "Dr Amara Okafor, doctor at Northmere General Hospital, on 21-Nov-2026 at 13:57, was told to \
         ask you before seeing your shared record. Nothing was shown.",
        "Sister Wilhelmina Featherstonehaugh-Cholmondeley, nurse at Northmere General Hospital, on \
         21-Nov-2026 at 09:30, asked to see your shared record and was refused. You opted out, so \
         nobody can see a shared record. Nothing was shown.",
    ];
    let told = lines()
        .into_iter()
        .zip(sentences.map(str::to_owned))
        .collect();
    vec![
        ("report", report(told)),
        ("report-empty", report(Vec::new())),
    ]
}
