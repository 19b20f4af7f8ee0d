//! The desk where a patient's choice about sharing is recorded: the choice, a step's warning, and
//! the confirmation that the patient takes home.

use askama::Template;
use axum::http::StatusCode;
use serde::Deserialize;
use tributary_gatekeeper::{Desk, DeskChoice, FoundPatient, Passed, Proposed, Recording};
use tributary_model::{ChoiceAction, ClinicalDate, Requester, Role, SharingChoice, WhoDecided};

use super::Frame;

/// What stays as it is, whatever the patient decides. Said on every refusal.
const CARE_GOES_ON: &str =
    "Care goes on as before. Telephone, letter and email between services stay.";
/// The warning of every refusal.
const NOT_EVEN: &str = "No one will be able to see the record, not even in an emergency.";

/// The present choice, its history, and a link for each next step.
#[derive(Template)]
#[template(path = "desk.html")]
pub(crate) struct DeskPage<'a> {
    frame: Frame,
    desk: &'a Desk,
    patient: &'a FoundPatient,
}

/// What a step means, and who decided.
#[derive(Template)]
#[template(path = "choice_step.html")]
pub(crate) struct StepPage<'a> {
    frame: Frame,
    desk: &'a Desk,
    patient: &'a FoundPatient,
    action: ChoiceAction,
    typed: Typed,
}

/// The present choice on one sheet of paper.
#[derive(Template)]
#[template(path = "choice_confirmation.html")]
pub(crate) struct ConfirmationPage<'a> {
    frame: Frame,
    desk: &'a Desk,
    patient: &'a FoundPatient,
}

/// What a step's form sends.
#[derive(Clone, Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Typed {
    who: String,
    letter_by: String,
    day: String,
    month: String,
    year: String,
    #[serde(skip)]
    sent: bool,
}

impl Typed {
    /// The same, sent and lacking something.
    pub(crate) fn sent(self) -> Self {
        Self { sent: true, ..self }
    }

    /// What is to be recorded; nothing if the form lacks something.
    pub(crate) fn recording(
        &self,
        action: ChoiceAction,
        requester: &Requester,
    ) -> Option<Recording> {
        let who = self.who()?;
        let (letter, letter_by) = if requester.role == Role::Governance {
            (self.letter()?, self.letter_by()?)
        } else {
            (String::new(), String::new())
        };
        Some(Recording {
            action,
            who,
            letter,
            letter_by,
        })
    }

    fn who(&self) -> Option<WhoDecided> {
        WhoDecided::named(&self.who).filter(|who| WhoDecided::SAID.contains(who))
    }

    fn letter_by(&self) -> Option<String> {
        let by: String = self.letter_by.trim().chars().take(100).collect();
        (!by.is_empty()).then_some(by)
    }

    /// The letter's date as people read it.
    fn letter(&self) -> Option<String> {
        let part = |text: &str| text.trim().parse::<u16>().ok();
        let (day, month, year) = (part(&self.day)?, part(&self.month)?, part(&self.year)?);
        let date = ClinicalDate::read(&format!("{year:04}-{month:02}-{day:02}"))?;
        Some(date.words())
    }

    fn of(&self, field: &str) -> &str {
        match field {
            "day" => &self.day,
            "month" => &self.month,
            _ => &self.year,
        }
    }

    fn problems(&self, by_letter: bool) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        if !self.sent {
            return problems;
        }
        if self.who().is_none() {
            problems.push(("who", "Choose who decided"));
        }
        if by_letter && self.letter_by().is_none() {
            problems.push(("letter-by", "Enter the name of the GP who wrote the letter"));
        }
        if by_letter && self.letter().is_none() {
            problems.push(("day", "Enter the date of the letter, such as 9 11 2026"));
        }
        problems
    }
}

impl<'a> DeskPage<'a> {
    pub(crate) const fn new(frame: Frame, desk: &'a Desk) -> Self {
        Self {
            frame,
            desk,
            patient: &desk.patient,
        }
    }

    const fn sentence(&self) -> &'static str {
        sentence(self.desk.standing)
    }

    /// The newest word of a feed and the newest of a desk, where there are both.
    fn both(&self) -> Option<[&'a DeskChoice; 2]> {
        let newest = |by_feed: bool| {
            let lines = self.desk.history.iter();
            let mut lines = lines.filter(|line| matches!(line.passed, Passed::Feed(_)) == by_feed);
            lines.next()
        };
        Some([newest(true)?, newest(false)?])
    }
}

impl<'a> StepPage<'a> {
    pub(crate) fn new(frame: Frame, desk: &'a Desk, action: ChoiceAction, typed: Typed) -> Self {
        let mut typed = typed;
        let proposed = desk.proposed.as_ref().filter(|one| one.action == action);
        if let (Some(proposed), false) = (proposed, typed.sent) {
            proposed.who.name().clone_into(&mut typed.who);
        }
        Self {
            frame,
            desk,
            patient: &desk.patient,
            action,
            typed,
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        if self.problems().is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    fn problems(&self) -> Vec<(&'static str, &'static str)> {
        self.typed.problems(self.desk.by_letter)
    }

    fn problem(&self, field: &str) -> Option<&'static str> {
        let mut problems = self.problems().into_iter();
        problems
            .find(|(named, _)| *named == field)
            .map(|(_, words)| words)
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hold references"
    )]
    fn checked(&self, who: &WhoDecided) -> &'static str {
        if self.typed.who == who.name() {
            " checked"
        } else {
            ""
        }
    }

    /// What has to be understood before it is done; empty for a step that refuses nothing.
    const fn warning(&self) -> &'static str {
        match self.action {
            ChoiceAction::Block | ChoiceAction::OptOut => NOT_EVEN,
            _ => "",
        }
    }

    const fn meaning(&self) -> &'static [&'static str] {
        match self.action {
            ChoiceAction::Block => &[
                "Information keeps arriving and nobody can read it.",
                "The patient can ask their GP practice to unblock the record at any time.",
                CARE_GOES_ON,
            ],
            ChoiceAction::OptOut => &[
                "What is held in the shared record is erased now. The record will not be there if \
                 they change their mind: only what services still hold could be sent again.",
                "Services keep their own records.",
                CARE_GOES_ON,
            ],
            ChoiceAction::Unblock => &[
                "Professionals who look after the patient can ask to see the record again. They \
                 ask the patient each time.",
            ],
            ChoiceAction::OptBackIn => &[
                "A shared record is made again. Every service is asked to send all it holds; it can \
                 take a few days until all of it is there.",
                "Professionals who look after the patient ask the patient each time before they \
                 look.",
            ],
            ChoiceAction::ConsentForAll => &[
                "Every registered professional who looks after the patient may see the record \
                 without asking again.",
                "The patient can change their mind through their GP practice at any time.",
            ],
            ChoiceAction::AskEachTime => &[
                "The consent for everyone ends. Professionals who look after the patient ask the \
                 patient each time before they look.",
            ],
        }
    }

    fn button(&self) -> &'static str {
        let confirms = self
            .desk
            .proposed
            .as_ref()
            .is_some_and(|one| one.action == self.action && !one.own);
        match (self.desk.by_letter, confirms) {
            (true, true) => "Confirm and record",
            (true, false) => "Propose to a second officer",
            (false, _) => match self.action {
                ChoiceAction::ConsentForAll => "Record the consent",
                ChoiceAction::AskEachTime => "End the consent",
                ChoiceAction::Block => "Block the record",
                ChoiceAction::Unblock => "Unblock the record",
                ChoiceAction::OptOut => "Opt out and erase",
                ChoiceAction::OptBackIn => "Opt back in",
            },
        }
    }
}

impl<'a> ConfirmationPage<'a> {
    pub(crate) const fn new(frame: Frame, desk: &'a Desk) -> Self {
        Self {
            frame,
            desk,
            patient: &desk.patient,
        }
    }

    const fn choice(&self) -> &'static str {
        match self.desk.standing {
            None => "Nothing decided",
            Some(choice) => choice_words(choice),
        }
    }

    /// What the choice means, to the patient.
    const fn meaning(&self) -> &'static [&'static str] {
        match self.desk.standing {
            None | Some(SharingChoice::Ask) => &[
                "Professionals who look after you ask you each time before they look at your \
                 shared record.",
                "You can say no. In an emergency in which you cannot be asked, they may look; they \
                 have to say why, it is reviewed, and you can see that it happened.",
            ],
            Some(SharingChoice::Consent) => &[
                "Every registered professional who looks after you may look at your shared record \
                 without asking you again.",
                "You can still say no to any of them.",
            ],
            Some(SharingChoice::Block) => &[
                "No one can see your shared record, not even in an emergency.",
                "Information about you keeps arriving in it, and nobody can read it.",
                "Your care goes on as before. Services can still telephone, write to and email each \
                 other about you.",
            ],
            Some(SharingChoice::OptOut) => &[
                "You have no shared record. What was held in it has been erased, or is about to be, \
                 and cannot be read again.",
                "So no one can see it, not even in an emergency. If you change your mind, only what \
                 services still hold can be sent again.",
                "Your care goes on as before. Services keep their own records, and can still \
                 telephone, write to and email each other about you.",
            ],
        }
    }
}

/// The choice that stands, in one sentence.
const fn sentence(standing: Option<SharingChoice>) -> &'static str {
    match standing {
        None => "The patient has not decided. Professionals ask before they look.",
        Some(SharingChoice::Ask) => {
            "The record is not blocked, and professionals ask each time before they look."
        }
        Some(SharingChoice::Consent) => {
            "Everyone involved in the patient's care may look, without asking again."
        }
        Some(SharingChoice::Block) => {
            "The record is blocked: nobody can see it, not even in an emergency."
        }
        Some(SharingChoice::OptOut) => {
            "The patient has opted out: there is no shared record, and nobody can see one."
        }
    }
}

/// A decision in the words of the history.
pub(super) const fn decision(line: &DeskChoice) -> &'static str {
    choice_words(line.choice)
}

const fn choice_words(choice: SharingChoice) -> &'static str {
    match choice {
        SharingChoice::Ask => "Professionals ask each time",
        SharingChoice::Consent => "Consent for everyone involved in their care",
        SharingChoice::Block => "Block",
        SharingChoice::OptOut => "Opt out",
    }
}

/// What is proposed, as the link to it would say.
pub(super) const fn proposed_step(proposed: &Proposed) -> &'static str {
    step(&proposed.action)
}

/// A step, as the link to it says.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates hold references"
)]
pub(super) const fn step(action: &ChoiceAction) -> &'static str {
    match action {
        ChoiceAction::ConsentForAll => "Record consent for everyone involved in their care",
        ChoiceAction::AskEachTime => "End the consent: professionals ask each time",
        ChoiceAction::Block => "Block the record",
        ChoiceAction::Unblock => "Unblock the record",
        ChoiceAction::OptOut => "Opt out: erase the record",
        ChoiceAction::OptBackIn => "Opt back in: make a record again",
    }
}

/// How a decision came here.
pub(super) fn passed(line: &DeskChoice) -> String {
    match &line.passed {
        Passed::Feed(organisation) => format!("A code in the system of {organisation}"),
        Passed::Person(name, organisation) => format!("{name}, {organisation}"),
        Passed::Officers([first, second]) => {
            format!("{first} and {second}, governance officers, on a GP's letter")
        }
    }
}
