//! The consent screen: one question, the answers that may be given, and the part in the care.

use askama::Template;
use serde::{Deserialize, Serialize};
use tributary_gatekeeper::{Answer, FoundPatient, LegalCheck, Question};
use tributary_model::{Address, IdentityId, LegalReason, Part, Statement, Timestamp};

use super::Frame;
use crate::{limits, words};

/// What the form sends, given back when it is shown again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct Typed {
    sent: String,
    answer: String,
    part: String,
    emergency_reason: String,
    wishes: String,
    colleague_no_shown: String,
    legal_reason: String,
    legal_words: String,
    attorney_asked: String,
    #[serde(skip_serializing)]
    password: String,
    #[serde(skip_serializing)]
    code: String,
}

/// An answer that waits while its sender proves again who they are.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    address: String,
    #[serde(flatten)]
    typed: Typed,
}

impl Waiting {
    /// As it is kept meanwhile.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was kept: whose record, and the answer.
    pub(crate) fn read(text: &str) -> Option<(Address, Typed)> {
        let Self { address, typed } = serde_json::from_str(text).ok()?;
        Some((Address(IdentityId(address.parse().ok()?)), typed))
    }
}

impl Typed {
    /// What proves again who sends it, if anything was typed: password and code.
    pub(crate) fn proof(&self) -> Option<(&str, &str)> {
        let typed = !self.password.is_empty() || !self.code.is_empty();
        typed.then_some((&self.password, &self.code))
    }

    /// The fields of an emergency, to be sent once more.
    pub(crate) fn emergency(&self) -> [(&'static str, &str); 6] {
        [
            ("sent", "1"),
            ("answer", &self.answer),
            ("part", &self.part),
            ("emergency-reason", &self.emergency_reason),
            ("wishes", &self.wishes),
            ("colleague-no-shown", &self.colleague_no_shown),
        ]
    }

    /// As the form would send it, with a reason for an emergency.
    pub(crate) fn sent(answer: &str, part: &str, emergency_reason: &str) -> Self {
        Self {
            sent: "1".to_owned(),
            answer: answer.to_owned(),
            part: part.to_owned(),
            emergency_reason: emergency_reason.to_owned(),
            ..Self::default()
        }
    }

    /// The part that was chosen.
    pub(crate) fn part(&self) -> Option<Part> {
        Part::named(&self.part)
    }

    /// What the requester states. An answer that lacks something needed states nothing, so the
    /// screen comes back and says what is missing.
    pub(crate) fn statement(&self) -> Statement {
        if self
            .missing(true)
            .iter()
            .any(|(field, _)| *field != "answer")
        {
            return Statement::Nothing;
        }
        match (self.answer.as_str(), LegalReason::named(&self.legal_reason)) {
            ("standing", _) => Statement::ConsentStanding,
            ("today", _) => Statement::ConsentToday,
            ("no", _) => Statement::SaysNo,
            ("emergency", _) => Statement::Emergency {
                reason: bounded(&self.emergency_reason),
                wishes: bounded(&self.wishes),
                colleague_no_shown: !self.colleague_no_shown.is_empty(),
            },
            ("legal", Some(reason)) => Statement::Legal {
                reason,
                words: bounded(&self.legal_words),
                attorney_asked: !self.attorney_asked.is_empty(),
            },
            _ => Statement::Nothing,
        }
    }

    /// The first thing that a sent form lacks.
    pub(crate) fn first_missing(&self) -> Option<&'static str> {
        self.missing(true).first().map(|(_, words)| *words)
    }

    /// What a sent form lacks, in the order of the screen. A patient's no needs nothing else.
    fn missing(&self, asks: bool) -> Vec<(&'static str, &'static str)> {
        let mut missing = Vec::new();
        if self.sent.is_empty() {
            return missing;
        }
        match self.answer.as_str() {
            "emergency" if self.emergency_reason.trim().is_empty() => {
                missing.push(("emergency-reason", "Say why you need the record at once"));
            }
            "legal" => {
                if LegalReason::named(&self.legal_reason).is_none() {
                    missing.push(("legal-reason", "Choose the legal reason"));
                }
                if self.legal_words.trim().is_empty() {
                    missing.push(("legal-words", "Say in your words why this reason applies"));
                }
            }
            "standing" | "today" | "no" | "emergency" => {}
            _ if asks => missing.push(("answer", "Choose what the patient answered")),
            _ => {}
        }
        if self.part().is_none() && self.answer != "no" {
            missing.push(("part", "Choose your part in their care today"));
        }
        missing
    }
}

fn bounded(text: &str) -> String {
    text.trim()
        .chars()
        .take(limits::REASON_CHARACTERS)
        .collect()
}

/// The screen.
#[derive(Template)]
#[template(path = "permission.html")]
pub(crate) struct PermissionPage {
    frame: Frame,
    address: Address,
    patient: FoundPatient,
    standing: bool,
    today: Option<String>,
    no: bool,
    emergency: bool,
    legal: Vec<LegalCheck>,
    told_no: Option<Timestamp>,
    colleague_told_no: Option<Timestamp>,
    problems: Vec<(String, String)>,
    typed: Typed,
}

impl PermissionPage {
    pub(crate) fn new(frame: Frame, address: Address, question: &Question, typed: Typed) -> Self {
        let offers = |answer: &Answer| question.answers.contains(answer);
        let legal = question.answers.iter().find_map(|answer| match answer {
            Answer::Legal(checks) => Some(checks.clone()),
            _ => None,
        });
        let asks = !question.answers.is_empty();
        let mut problems: Vec<(String, String)> = typed
            .missing(asks)
            .into_iter()
            .map(|(field, words)| (field.to_owned(), words.to_owned()))
            .collect();
        for (field, words) in &question.problems {
            let known = problems.iter().any(|(other, _)| other == field);
            // What the form itself has not been sent yet is not a problem of the person's.
            if !known && !typed.sent.is_empty() {
                problems.push((field.clone(), words.clone()));
            }
        }
        Self {
            standing: offers(&Answer::Standing),
            today: offers(&Answer::Today).then(|| words::until(question.today_until, frame.now)),
            no: offers(&Answer::No),
            emergency: offers(&Answer::Emergency),
            legal: legal.unwrap_or_default(),
            patient: question.patient.clone(),
            told_no: question.told_no,
            colleague_told_no: question.colleague_told_no,
            frame,
            address,
            problems,
            typed,
        }
    }

    /// Whether permission itself is asked for; else only the part in the care is.
    const fn asks(&self) -> bool {
        self.standing || self.today.is_some() || self.no || self.emergency || !self.legal.is_empty()
    }

    fn title(&self) -> &'static str {
        if self.asks() {
            "Ask permission to view the shared record"
        } else {
            "Open the shared record"
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problems
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, words)| words.as_str())
    }

    fn checked(&self, answer: &str) -> &'static str {
        if self.typed.answer == answer {
            " checked"
        } else {
            ""
        }
    }

    /// The anchor of a problem: the gatekeeper may name a field that stands within another.
    fn anchor(field: &str) -> &str {
        match field {
            "emergency-reason" | "wishes" | "legal-reason" | "legal-words" | "attorney-asked"
            | "colleague-no-shown" | "part" => field,
            _ => "answer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(answer: &str, part: &str) -> Typed {
        Typed::sent(answer, part, "")
    }

    #[test]
    fn a_whole_answer_is_its_statement() {
        assert_eq!(
            sent("standing", "treating").statement(),
            Statement::ConsentStanding
        );
        assert_eq!(
            sent("today", "on-call").statement(),
            Statement::ConsentToday
        );
        let emergency = Typed {
            emergency_reason: " Unconscious ".into(),
            ..sent("emergency", "on-call")
        };
        assert_eq!(
            emergency.statement(),
            Statement::Emergency {
                reason: "Unconscious".into(),
                wishes: String::new(),
                colleague_no_shown: false
            }
        );
    }

    #[test]
    fn a_no_is_recorded_whatever_else_is_missing() {
        assert_eq!(sent("no", "").statement(), Statement::SaysNo);
    }

    #[test]
    fn an_answer_that_lacks_something_states_nothing() {
        for lacking in [
            sent("standing", ""),
            sent("emergency", "on-call"),
            sent("legal", "treating"),
            sent("", "treating"),
            Typed {
                legal_reason: "protection".into(),
                ..sent("legal", "treating")
            },
        ] {
            assert_eq!(lacking.statement(), Statement::Nothing);
            assert!(!lacking.missing(true).is_empty());
        }
    }

    #[test]
    fn a_form_not_sent_has_no_problems() {
        assert!(Typed::default().missing(true).is_empty());
    }
}
