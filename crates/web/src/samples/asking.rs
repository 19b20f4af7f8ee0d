//! Samples of signing in, finding, asking for permission, and being refused.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tributary_gatekeeper::{
    Answer, Assignment, Found, FoundPatient, LegalCheck, Question, Refusal, SignedIn, Way,
};
use tributary_model::{
    AccessNumber, AccountId, Address, ClinicalDate, ClinicalEntry, Concept, Detail, Document,
    Gender, IdentityId, LegalReason, Organisation, OrganisationKind, Register, RegisterEntry,
    Requester, ResourceKind, Role, Section, Timestamp,
};
use tributary_record::{CombinedRecord, EntryView};

use crate::pages::{find, permission};

/// The time of the samples: a Saturday afternoon.
pub(super) fn now() -> Timestamp {
    at("2026-11-21T14:05:00")
}

/// An instant of the samples.
pub(super) fn at(text: &str) -> Timestamp {
    ClinicalDate::read(text).map_or_else(Timestamp::default, |date| date.sort)
}

/// An organisation of the samples.
pub(super) fn organisation(code: &str, name: &str, kind: OrganisationKind) -> Organisation {
    Organisation {
        code: code.parse().expect("sample codes are ODS codes"),
        name: name.to_owned(),
        kind,
    }
}

fn signed_in(
    name: &str,
    register: Option<(Register, &str)>,
    roles: &[(Role, Organisation)],
) -> SignedIn {
    let requester = |(role, organisation): &(Role, Organisation)| Requester {
        account: AccountId(7),
        name: name.to_owned(),
        register: register.map(|(register, number)| RegisterEntry {
            register,
            number: number.to_owned(),
            valid_until: None,
        }),
        role: *role,
        organisation: organisation.clone(),
    };
    let assignments = (1..)
        .zip(roles)
        .map(|(id, (role, organisation))| Assignment {
            id,
            role: *role,
            organisation: organisation.clone(),
        });
    SignedIn {
        account: AccountId(7),
        name: name.to_owned(),
        assignments: assignments.collect(),
        requester: match roles {
            [only] => Some(requester(only)),
            _ => None,
        },
        way: Way::Here,
        proved: now(),
    }
}

fn practice() -> Organisation {
    organisation("N81999", "Elmhurst Surgery", OrganisationKind::GpPractice)
}

fn hospital() -> Organisation {
    organisation(
        "RXX99",
        "Northmere General Hospital",
        OrganisationKind::AcuteTrust,
    )
}

pub(super) fn clinician() -> SignedIn {
    let register = Some((Register::Gmc, "7654321"));
    signed_in("Dr Amara Okafor", register, &[(Role::Doctor, hospital())])
}

pub(super) fn privacy_officer() -> SignedIn {
    signed_in("Morgan Hale", None, &[(Role::PrivacyOfficer, hospital())])
}

pub(super) fn guardian() -> SignedIn {
    signed_in(
        "Dr Anselm Caldecote",
        None,
        &[(Role::CaldicottGuardian, hospital())],
    )
}

pub(super) fn choosing() -> SignedIn {
    let roles = [
        (Role::Doctor, hospital()),
        (Role::Doctor, practice()),
        (Role::PrivacyOfficer, practice()),
    ];
    signed_in("Dr Amara Okafor", Some((Register::Gmc, "7654321")), &roles)
}

/// A patient as the hospital knows them.
pub(super) fn patient(
    name: &str,
    born: &str,
    age: &str,
    number: &str,
    local: &str,
    home: &str,
) -> FoundPatient {
    FoundPatient {
        address: Address(IdentityId(4_711)),
        name: name.to_owned(),
        born: ClinicalDate::read(born),
        age: age.to_owned(),
        gender: Gender::Male,
        nhs_number: (!number.is_empty()).then(|| number.to_owned()),
        local_number: local.to_owned(),
        home: home.to_owned(),
        opened: None,
    }
}

/// The patient of most samples.
pub(super) fn abdul() -> FoundPatient {
    let home = "14 Weir Lane, Northmere, NM4 2QT";
    patient(
        "KOEPP, Abdul (Mr)",
        "1954-07-09",
        "72y",
        "999 238 6045",
        "H204417",
        home,
    )
}

pub(super) fn nobody() -> Found {
    Found {
        patients: Vec::new(),
        more: false,
    }
}

pub(super) fn recent() -> Found {
    let opened = |mut patient: FoundPatient, text| {
        patient.opened = Some(at(text));
        patient
    };
    let patients = vec![
        opened(abdul(), "2026-11-21T09:12:00"),
        opened(
            FoundPatient {
                gender: Gender::Female,
                ..patient(
                    "ASHWORTH, Wilhelmina Geraldine (Mrs)",
                    "1931-02-28",
                    "95y",
                    "999 044 1178",
                    "H118003",
                    "",
                )
            },
            "2026-11-20T17:40:00",
        ),
        opened(
            patient("BRYCE, Leo", "2023-09-02", "3y 2m", "", "H310992", ""),
            "2026-11-17T11:03:00",
        ),
    ];
    Found {
        patients,
        more: false,
    }
}

pub(super) fn mistyped() -> (find::Typed, Vec<find::Problem>) {
    let born = ["31", "2", "1954"].map(str::to_owned);
    let typed = find::Typed::new(None, String::new(), born);
    let problems = typed.search().err().unwrap_or_default();
    (typed, problems)
}

pub(super) fn searches() -> Vec<(&'static str, find::Typed, Found)> {
    let named = || {
        find::Typed::new(
            None,
            "Koepp".to_owned(),
            ["9", "7", "1954"].map(str::to_owned),
        )
    };
    let two = vec![
        abdul(),
        patient(
            "KOEPP, Adam (Mr)",
            "1954-07-09",
            "72y",
            "999 611 2070",
            "H204418",
            "",
        ),
    ];
    let many: Vec<FoundPatient> = std::iter::repeat_n(abdul(), 50).collect();
    vec![
        ("find-nobody", named(), nobody()),
        (
            "find-two",
            named(),
            Found {
                patients: two,
                more: false,
            },
        ),
        (
            "find-many",
            named(),
            Found {
                patients: many,
                more: true,
            },
        ),
    ]
}

/// A question with these answers.
fn asked(answers: Vec<Answer>) -> Question {
    Question {
        patient: abdul(),
        answers,
        colleague_told_no: None,
        told_no: None,
        today_until: now().plus(Timestamp::DAY),
        problems: Vec::new(),
        prove: None,
    }
}

/// Permission stands, and only the part in the care is asked for.
pub(super) fn only_the_part() -> Question {
    asked(Vec::new())
}

/// The consent screen as it is for a doctor, a colleague's no, after a no, for a child, for a role
/// that may not break the glass, with only the part to state, and with an incomplete answer.
pub(super) fn questions() -> Vec<(&'static str, Question, permission::Typed)> {
    let plain = || permission::Typed::default();
    let yes_and_no = || vec![Answer::Standing, Answer::Today, Answer::No];
    let all = || {
        let mut answers = yes_and_no();
        answers.extend([Answer::Emergency, Answer::Legal(checks())]);
        answers
    };
    let colleague = Question {
        colleague_told_no: Some(at("2026-11-21T08:30:00")),
        ..asked(all())
    };
    let after_no = Question {
        told_no: Some(at("2026-11-21T09:14:00")),
        ..asked(yes_and_no())
    };
    vec![
        ("permission", asked(all()), plain()),
        (
            "permission-colleague-told-no",
            colleague,
            permission::Typed::sent("emergency", "", ""),
        ),
        ("permission-after-no", after_no, plain()),
        ("permission-no-emergency", asked(yes_and_no()), plain()),
        ("permission-part-only", asked(Vec::new()), plain()),
        (
            "permission-incomplete",
            asked(all()),
            permission::Typed::sent("", "", ""),
        ),
        (
            "permission-legal-incomplete",
            asked(all()),
            permission::Typed::sent("legal", "treating", ""),
        ),
    ]
}

/// An answer without the part in the care.
pub(super) fn incomplete() -> permission::Typed {
    permission::Typed::sent("today", "", "")
}

fn checks() -> Vec<LegalCheck> {
    let check = |reason, checked: &str, available| LegalCheck {
        reason,
        checked: checked.to_owned(),
        available,
    };
    vec![
        check(LegalReason::LacksCapacity, "", true),
        check(LegalReason::UnderThirteen, "age 72", false),
        check(
            LegalReason::ReferredHere,
            "referred by Elmhurst Surgery on 02-Nov-2026, open case here",
            true,
        ),
        check(LegalReason::Protection, "", true),
    ]
}

pub(super) fn refusals() -> Vec<(&'static str, Refusal)> {
    let refusal = |words: &str, meaning: &[&str]| Refusal {
        words: words.to_owned(),
        meaning: meaning.iter().map(|line| (*line).to_owned()).collect(),
        unknown_person: false,
        may_say_yes_now: false,
        access: AccessNumber(20_417),
    };
    let stays = "Care goes on as before. You can still telephone, write to or email the services \
                 that care for the patient.";
    vec![
        (
            "refused-opted-out",
            refusal(
                "The patient has declined to have an electronic shared record.",
                &[
                    "There is no shared record to see, for anyone, in an emergency either.",
                    stays,
                ],
            ),
        ),
        (
            "refused-blocked",
            refusal(
                "The patient has not given consent to view the record.",
                &[
                    "The record is blocked. Nobody can see it, in an emergency either.",
                    stays,
                ],
            ),
        ),
        (
            "refused-no",
            Refusal {
                may_say_yes_now: true,
                ..refusal(
                    "The patient said no.",
                    &[
                        "We have recorded the answer. It is not a block: others may ask.",
                        stays,
                    ],
                )
            },
        ),
        (
            "unknown-person",
            Refusal {
                unknown_person: true,
                ..refusal("", &[])
            },
        ),
    ]
}

/// A letter with an attachment.
pub(crate) fn letter(media_type: &str, data: &str) -> ClinicalEntry {
    ClinicalEntry {
        kind: ResourceKind::DocumentReference,
        section: Section::Correspondence,
        source_id: "DocumentReference/7".to_owned(),
        what: Concept {
            codings: Vec::new(),
            text: "Clinic letter".to_owned(),
        },
        categories: Vec::new(),
        status: "current".to_owned(),
        verification: String::new(),
        when: ClinicalDate::read("2026-10-02"),
        until: None,
        recorded: None,
        author: "Dr Amara Okafor".to_owned(),
        notes: Vec::new(),
        reasons: Vec::new(),
        refers_to: Vec::new(),
        further_codes: Vec::new(),
        detail: Detail::Document(Document {
            title: "Clinic letter".to_owned(),
            media_type: media_type.to_owned(),
            data: data.to_owned(),
            ..Document::default()
        }),
    }
}

/// The letter as an entry of a record, in the place of its first row.
pub(super) fn letter_view(record: &CombinedRecord) -> Option<EntryView> {
    let row = record
        .sections
        .iter()
        .find_map(|section| section.rows.first())?
        .clone();
    let entry = letter(
        "text/plain",
        &STANDARD.encode("Dear colleague,\n\nThank you."),
    );
    Some(EntryView {
        row,
        entry,
        verbatim: br#"{"resourceType":"DocumentReference","status":"current"}"#.to_vec(),
        earlier: Vec::new(),
        section: Section::Correspondence,
    })
}
