//! Samples of the desk where choices are recorded.

use tributary_gatekeeper::{Desk, DeskChoice, FoundPatient, Passed, Proposed, SignedIn};
use tributary_model::{ChoiceAction, OrganisationKind, Requester, Role, SharingChoice, WhoDecided};

use super::asking::{abdul, at, clinician, organisation};
use crate::pages::desk::Typed;

const SURGERY: &str = "Mill Lane Surgery";

/// Somebody at a desk.
pub(super) fn at_a_desk(role: Role) -> SignedIn {
    let base = clinician();
    let organisation = organisation("N99001", SURGERY, OrganisationKind::GpPractice);
    SignedIn {
        name: "Tamsin Hollowell".to_owned(),
        assignments: Vec::new(),
        requester: base.requester.map(|requester| Requester {
            name: "Tamsin Hollowell".to_owned(),
            register: None,
            role,
            organisation,
            ..requester
        }),
        ..base
    }
}

fn choice(choice: SharingChoice, when: &str, passed: Passed, effect: &str) -> DeskChoice {
    let when = at(when);
    DeskChoice {
        choice,
        dated: Some(when),
        received: when,
        who: match passed {
            Passed::Feed(_) => WhoDecided::NotSaid,
            Passed::Person(..) | Passed::Officers(_) => WhoDecided::Patient,
        },
        passed,
        stands: effect.starts_with("This counts"),
        effect: effect.to_owned(),
    }
}

fn by_desk() -> Passed {
    Passed::Person("Tamsin Hollowell".to_owned(), SURGERY.to_owned())
}

fn desk(patient: FoundPatient, history: Vec<DeskChoice>, steps: &[ChoiceAction]) -> Desk {
    let decided = history.iter().find(|line| line.stands).cloned();
    Desk {
        patient,
        standing: decided.as_ref().map(|line| line.choice),
        decided,
        history,
        steps: steps.to_vec(),
        no_steps: None,
        notes: Vec::new(),
        may_decide: vec![WhoDecided::Patient, WhoDecided::Attorney],
        by_letter: false,
        proposed: None,
    }
}

/// Desks with the role they are seen in.
pub(super) fn desks() -> Vec<(&'static str, Role, Desk)> {
    use ChoiceAction::{AskEachTime, Block, ConsentForAll, OptBackIn, OptOut, Unblock};
    let undecided = [ConsentForAll, Block, OptOut];
    let feed = || Passed::Feed(SURGERY.to_owned());
    let both = vec![
        choice(
            SharingChoice::Block,
            "2026-11-20T10:12:00",
            by_desk(),
            "This counts",
        ),
        DeskChoice {
            dated: Some(at("2026-11-02T00:00:00")),
            ..choice(
                SharingChoice::Consent,
                "2026-11-19T02:14:00",
                feed(),
                "Replaced by a later decision",
            )
        },
        DeskChoice {
            dated: None,
            ..choice(
                SharingChoice::Consent,
                "2026-11-01T02:14:00",
                Passed::Feed("Dee Community and Mental Health Partnership".to_owned()),
                "No effect: it has no date",
            )
        },
    ];
    let nobody = FoundPatient {
        name: String::new(),
        born: None,
        age: String::new(),
        nhs_number: None,
        local_number: String::new(),
        home: String::new(),
        ..abdul()
    };
    let opted_out = vec![choice(
        SharingChoice::OptOut,
        "2026-11-20T10:12:00",
        by_desk(),
        "This counts",
    )];
    let consented = vec![choice(
        SharingChoice::Consent,
        "2026-11-20T10:12:00",
        feed(),
        "This counts",
    )];
    let contested = Desk {
        notes: vec![
            "Two practices say that they have registered this patient. Until one of them has ended \
             its registration only a block or an opt-out can be recorded."
                .to_owned(),
        ],
        ..desk(abdul(), Vec::new(), &[Block, OptOut])
    };
    let elsewhere = Desk {
        no_steps: Some(
            "Only the patient's own GP practice records their choice, and it is another one.",
        ),
        notes: vec!["The patient's GP practice is Ferry Road Surgery.".to_owned()],
        ..desk(abdul(), consented.clone(), &[])
    };
    let by_letter = Desk {
        by_letter: true,
        proposed: Some(Proposed {
            action: Unblock,
            who: WhoDecided::Patient,
            by: "Dr Quentin Merryweather".to_owned(),
            letter: "09-Nov-2026".to_owned(),
            at: at("2026-11-20T16:00:00"),
            own: false,
        }),
        ..desk(abdul(), both.clone(), &[Unblock, ConsentForAll, OptOut])
    };
    let practice = Role::PracticeStaff;
    vec![
        ("undecided", practice, desk(abdul(), Vec::new(), &undecided)),
        (
            "consented",
            practice,
            desk(abdul(), consented, &[AskEachTime, Block, OptOut]),
        ),
        (
            "both",
            practice,
            desk(abdul(), both, &[Unblock, ConsentForAll, OptOut]),
        ),
        (
            "opted-out",
            practice,
            desk(nobody, opted_out, &[OptBackIn, ConsentForAll]),
        ),
        ("contested", practice, contested),
        ("elsewhere", practice, elsewhere),
        ("by-letter", Role::Governance, by_letter),
    ]
}

/// A form that was sent with nothing in it.
pub(super) fn sent() -> Typed {
    Typed::default().sent()
}
