//! Why a past decision was made, said to each reader as far as they may know.

mod facts;

use tributary_model::{AccessAction, AccessNumber, AccessOutcome, Origin, Requester, Role};
use tributary_policy::{Reader, ReferralCheck, RefusalReason, Unauthorised, Unmet};
use tributary_store::AuditLine;

use crate::{
    AccessLine, Disclosure, GateError, Gatekeeper,
    gate::{failed, unwritten},
    lines::{access_line, sentence},
};

/// Who reads an explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// The person whose request it was.
    Requester,
    /// The privacy officer of their organisation, or of the patient's.
    PrivacyOfficer,
    /// The patient.
    Patient,
}

/// Why a past decision was made.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// For whom it is.
    pub depth: Depth,
    /// The line, as far as this reader may know it.
    pub line: AccessLine,
    /// What was decided and why, in sentences.
    pub sentences: Vec<String>,
    /// The facts of that moment, each with its name; for a privacy officer.
    pub facts: Vec<(String, String)>,
    /// What the patient is told of it; for a privacy officer.
    pub told: Option<String>,
}

impl Gatekeeper {
    /// Explains a decision to the person whose request it was or to a privacy officer whom it
    /// concerns; to anybody else there is no such decision.
    pub async fn explain(
        &self,
        requester: &Requester,
        access: AccessNumber,
        origin: &Origin,
    ) -> Result<Disclosure<Explanation>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let admitted = self
            .store()
            .admit_explaining(Some(requester), access, &circumstances)
            .await;
        let (written, line) = admitted.map_err(unwritten)?;
        let line = line.ok_or(GateError::NoSuchPage)?;
        let code = &requester.organisation.code;
        let own = line.clear.account == Some(requester.account)
            && line.clear.organisation.as_ref() == Some(code);
        let depth = if requester.role == Role::PrivacyOfficer && line.concerns(code) {
            self.is_privacy_officer(requester, AccessAction::Explain, &mut circumstances)
                .await?;
            Depth::PrivacyOfficer
        } else if own {
            Depth::Requester
        } else {
            return Err(GateError::NoSuchPage);
        };
        let explanation = self.explanation(&line, depth).await?;
        Ok(Disclosure::new(explanation, written))
    }

    /// Explains a decision at any depth; for the operator's command line. `None` if there is no such
    /// line.
    pub async fn explain_to(
        &self,
        access: AccessNumber,
        depth: Depth,
    ) -> Result<Option<Disclosure<Explanation>>, GateError> {
        let origin = Origin {
            address: "command line".to_owned(),
            agent: String::new(),
        };
        let circumstances = self.circumstances(&origin);
        let admitted = self.store().admit_explaining(None, access, &circumstances);
        let (written, line) = admitted.await.map_err(unwritten)?;
        let Some(line) = line else {
            return Ok(None);
        };
        let explanation = self.explanation(&line, depth).await?;
        Ok(Some(Disclosure::new(explanation, written)))
    }

    async fn explanation(&self, line: &AuditLine, depth: Depth) -> Result<Explanation, GateError> {
        let mut shown = access_line(line, None);
        let sentences = match depth {
            Depth::Requester => {
                // Of somebody else's patient they learn what is said of unknown people.
                if line.clear.rule == 2 {
                    shown.rule.clear();
                }
                shown.basis.clear();
                shown.flagged = None;
                vec![requester_words(line)]
            }
            Depth::PrivacyOfficer => {
                let mut sentences = officer_words(line);
                sentences.extend(self.decided_again(line).await?);
                sentences
            }
            Depth::Patient => {
                shown.basis.clear();
                shown.rule.clear();
                shown.origin.clear();
                vec![sentence(line)]
            }
        };
        let recorded = line.decided().filter(|_| depth == Depth::PrivacyOfficer);
        let facts = recorded.map(|(recorded, _)| facts::in_words(&recorded));
        Ok(Explanation {
            depth,
            told: (depth == Depth::PrivacyOfficer && line.personal.whose.is_some())
                .then(|| sentence(line)),
            line: shown,
            sentences,
            facts: facts.unwrap_or_default(),
        })
    }

    /// What the rules of then make of the facts of then, in a sentence; none where nothing was
    /// decided, or the rules of then are no longer kept.
    async fn decided_again(&self, line: &AuditLine) -> Result<Option<String>, GateError> {
        let Some((recorded, asked)) = line.decided() else {
            return Ok(None);
        };
        let label = &line.clear.rulebook;
        let settings = self.store().settings_named(label).await.map_err(failed)?;
        Ok(settings.map(|settings| {
            let again = recorded.decide_again(&settings.rulebook, &asked);
            let same = (again.rule, again.outcome) == (line.clear.rule, line.clear.outcome);
            if same {
                format!("Decided again by {label} and the facts of that moment, it ends the same.")
            } else {
                format!(
                    "Decided again by {label} and the facts of that moment, it ends otherwise: {} \
                     by rule {}. Report this: the line or the rules were altered.",
                    again.outcome.name(),
                    again.rule
                )
            }
        }))
    }
}

fn requester_words(line: &AuditLine) -> String {
    match (line.clear.outcome, refusal_reason(line)) {
        (_, Some(reason)) => reason.words_for(Reader::Requester).to_owned(),
        (AccessOutcome::Permitted, None) if line.clear.basis.is_empty() => {
            "It was allowed.".to_owned()
        }
        (AccessOutcome::Permitted, None) => format!("It was allowed. {}.", line.clear.basis),
        (AccessOutcome::Asked, None) => {
            "Nothing was recorded yet, so you were asked to ask the patient.".to_owned()
        }
        (AccessOutcome::Refused, None) => "It was refused: not for your role.".to_owned(),
        (AccessOutcome::Withdrawn, None) => {
            "Something the decision rested on changed before anything was shown.".to_owned()
        }
    }
}

fn officer_words(line: &AuditLine) -> Vec<String> {
    let clear = &line.clear;
    let outcome = match clear.outcome {
        AccessOutcome::Permitted => "It was allowed",
        AccessOutcome::Asked => "The requester was told to ask the patient",
        AccessOutcome::Refused => "It was refused",
        AccessOutcome::Withdrawn => "It was allowed, and withdrawn before anything was shown",
    };
    let mut sentences = vec![match clear.rule {
        0 => format!("{outcome}; no rule had to decide it."),
        rule => format!(
            "{outcome} by rule {rule} of the rulebook {}.",
            clear.rulebook
        ),
    }];
    if !clear.basis.is_empty() {
        sentences.push(format!("{}.", clear.basis.trim_end_matches('.')));
    }
    if let Some(sections) = clear.sections {
        let names: Vec<&str> = sections
            .iter()
            .map(tributary_model::Section::title)
            .collect();
        sentences.push(format!("Sections let through: {}.", names.join(", ")));
    }
    if !clear.sensitivity.is_empty() {
        sentences.push(format!(
            "Sensitive code sets in force: {}.",
            clear.sensitivity
        ));
    }
    if clear.flagged.is_some() {
        sentences.push("It is reviewed by the privacy officer.".to_owned());
    }
    sentences
}

/// Why a line says that something was refused.
pub(crate) fn refusal_reason(line: &AuditLine) -> Option<RefusalReason> {
    let (clear, officer) = (&line.clear, Reader::PrivacyOfficer);
    if clear.outcome != AccessOutcome::Refused {
        return None;
    }
    refusal_reasons()
        .find(|reason| reason.rule() == clear.rule && reason.words_for(officer) == clear.basis)
}

fn refusal_reasons() -> impl Iterator<Item = RefusalReason> {
    let unauthorised = [
        Unauthorised::AccountNotActive,
        Unauthorised::NotRegistered,
        Unauthorised::RegistrationLapsed,
        Unauthorised::Role,
        Unauthorised::Purpose,
        Unauthorised::OwnRecord,
        Unauthorised::OrganisationKind,
        Unauthorised::Agreement,
    ];
    let unmet = [
        Unmet::NoStandingConsent,
        Unmet::MayNotBreakGlass,
        Unmet::ReasonMissing,
        Unmet::ColleagueNoNotShown,
        Unmet::ColleagueToldNo,
        Unmet::AttorneyNotAskedFor,
        Unmet::NotUnderThirteen,
        Unmet::ReferralCheck(ReferralCheck::Neither),
        Unmet::ReferralCheck(ReferralCheck::ReceivesService),
        Unmet::ReferralCheck(ReferralCheck::Referred),
    ];
    let plain = [
        RefusalReason::NoRelationship,
        RefusalReason::OptedOut,
        RefusalReason::NoRecordCreated,
        RefusalReason::Blocked,
        RefusalReason::SaysNo,
        RefusalReason::SaidNoLately,
    ];
    let unauthorised = unauthorised.into_iter().map(RefusalReason::NotAuthorised);
    let unmet = unmet.into_iter().map(RefusalReason::NotMet);
    unauthorised.chain(plain).chain(unmet)
}
