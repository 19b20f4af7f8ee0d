//! The fourteen rules, in reading order. The first that applies wins.

use tributary_model::{
    LegalReason, OrganisationKind, PatientId, Purpose, Requester, SharingChoice, Statement,
    Timestamp,
};

use crate::{
    Account, AgeBand, Agreement, Answer, Ask, AskConsent, Basis, Decision, Facts, Grant, Life,
    Notice, Offer, OpenFor, Permitted, PermittedParts, ReferralCheck, RefusalReason, Refused,
    Registration, RelationshipStanding, Rulebook, SaidNo, ToRecord, Unauthorised, Undecided, Unmet,
    Whose,
};

/// Decides whether what is asked is permitted.
pub fn decide(rulebook: &Rulebook, ask: Ask, facts: &Facts, now: Timestamp) -> Decision {
    let case = Case {
        rulebook,
        ask: &ask,
        facts,
        now,
    };
    let first = (1..)
        .zip(RULES)
        .find_map(|(number, rule)| Some((number, rule(&case)?)));
    let (rule, outcome) = first.unwrap_or_else(|| (14, rule_14(&case)));
    let label = rulebook.label();
    match (outcome, ask.patient) {
        (Outcome::Permit(permission), Some(patient)) => {
            Decision::Permitted(permission.for_patient(patient, rule, rulebook, label, ask))
        }
        (Outcome::Ask, Some(_)) => {
            let (offers, notices) = (case.offers(), case.notices());
            Decision::AskConsent(AskConsent {
                ask,
                offers,
                notices,
                rulebook: label,
            })
        }
        (Outcome::Refuse(reason), _) => {
            let offers = case.offers_after(reason);
            Decision::Refused(Refused {
                ask,
                rule,
                reason,
                offers,
                rulebook: label,
            })
        }
        // Rule 2 refuses where there is no patient, so this is never reached; it refuses too.
        (Outcome::Permit(_) | Outcome::Ask, None) => {
            let reason = RefusalReason::NoRelationship;
            Decision::Refused(Refused {
                ask,
                rule: 2,
                reason,
                offers: vec![],
                rulebook: label,
            })
        }
    }
}

type Rule = fn(&Case<'_>) -> Option<Outcome>;

const RULES: [Rule; 13] = [
    rule_1, rule_2, rule_3, rule_4, rule_5, rule_6, rule_7, rule_8, rule_9, rule_10, rule_11,
    rule_12, rule_13,
];

struct Case<'a> {
    rulebook: &'a Rulebook,
    ask: &'a Ask,
    facts: &'a Facts,
    now: Timestamp,
}

enum Outcome {
    Permit(Permission),
    Ask,
    Refuse(RefusalReason),
}

struct Permission {
    basis: Basis,
    until: Option<Timestamp>,
    record: Option<ToRecord>,
    review: bool,
}

/// Refused: the requester is not authorised, whoever the patient is.
fn rule_1(case: &Case<'_>) -> Option<Outcome> {
    let Case {
        rulebook,
        ask,
        facts,
        ..
    } = case;
    let why = if facts.account != Account::Active {
        Unauthorised::AccountNotActive
    } else if facts.registration == Registration::None {
        Unauthorised::NotRegistered
    } else if facts.registration == Registration::Lapsed {
        Unauthorised::RegistrationLapsed
    } else if !rulebook.viewers.contains(&ask.requester.role) {
        Unauthorised::Role
    } else if ask.purpose != Purpose::DirectCare {
        Unauthorised::Purpose
    } else if facts.record == Whose::Own {
        Unauthorised::OwnRecord
    } else if ask.requester.organisation.kind == OrganisationKind::Private {
        Unauthorised::OrganisationKind
    } else if facts.agreement != Agreement::Viewing {
        Unauthorised::Agreement
    } else {
        return None;
    };
    refuse(RefusalReason::NotAuthorised(why))
}

/// Refused as if the patient did not exist: the organisation has no relationship with them.
fn rule_2(case: &Case<'_>) -> Option<Outcome> {
    match case.facts.relationship {
        RelationshipStanding::None
        | RelationshipStanding::Ended
        | RelationshipStanding::NotYetBegun => refuse(RefusalReason::NoRelationship),
        RelationshipStanding::InGrace | RelationshipStanding::Current => match case.ask.patient {
            Some(_) => None,
            None => refuse(RefusalReason::NoRelationship),
        },
    }
}

/// Refused: the patient opted out, or never opted in where that is needed.
fn rule_3(case: &Case<'_>) -> Option<Outcome> {
    match case.facts.preference {
        Some(SharingChoice::OptOut) => refuse(RefusalReason::OptedOut),
        None | Some(SharingChoice::Ask) if case.rulebook.undecided == Undecided::NoRecord => {
            refuse(RefusalReason::NoRecordCreated)
        }
        None | Some(SharingChoice::Ask | SharingChoice::Consent | SharingChoice::Block) => None,
    }
}

/// Refused: the record is blocked.
fn rule_4(case: &Case<'_>) -> Option<Outcome> {
    match case.facts.preference {
        Some(SharingChoice::Block) => refuse(RefusalReason::Blocked),
        None | Some(SharingChoice::Ask | SharingChoice::Consent | SharingChoice::OptOut) => None,
    }
}

/// Refused: the patient says no now.
fn rule_5(case: &Case<'_>) -> Option<Outcome> {
    match case.ask.statement {
        Statement::SaysNo => refuse(RefusalReason::SaysNo),
        Statement::Nothing
        | Statement::ConsentStanding
        | Statement::ConsentToday
        | Statement::Emergency { .. }
        | Statement::Legal { .. } => None,
    }
}

/// Refused: the patient told this requester no lately, and is not stated to say yes now.
fn rule_6(case: &Case<'_>) -> Option<Outcome> {
    let says_yes = match case.ask.statement {
        Statement::ConsentStanding | Statement::ConsentToday => true,
        Statement::Nothing
        | Statement::SaysNo
        | Statement::Emergency { .. }
        | Statement::Legal { .. } => false,
    };
    if case.facts.said_no.to_requester() && !says_yes {
        return refuse(RefusalReason::SaidNoLately);
    }
    None
}

/// Permitted: standing consent.
fn rule_7(case: &Case<'_>) -> Option<Outcome> {
    let Case {
        rulebook, facts, ..
    } = case;
    if facts.preference != Some(SharingChoice::Consent) || !rulebook.standing_consent {
        return None;
    }
    // After a no to this requester rule 6 lets pass only who states a yes. It is recorded, or the
    // no would be back at the next page.
    let record = facts
        .said_no
        .to_requester()
        .then(|| case.stated_yes())
        .flatten();
    Permission {
        record,
        ..Permission::of(Basis::StandingConsent)
    }
    .permit()
}

/// Permitted: a consent of today or a grant that this requester holds, until it runs out.
fn rule_8(case: &Case<'_>) -> Option<Outcome> {
    let Case {
        rulebook,
        facts,
        now,
        ..
    } = case;
    let in_force = |grant: Grant| match grant {
        Grant::ConsentToday => rulebook.consent_today_hours > 0,
        // It ends when the patient turns 13.
        Grant::Legal(LegalReason::UnderThirteen) => facts.age == AgeBand::UnderThirteen,
        Grant::Emergency
        | Grant::Legal(
            LegalReason::LacksCapacity | LegalReason::ReferredHere | LegalReason::Protection,
        ) => true,
    };
    // Death ends what is held, and so does a no: whoever was told no and not yes since holds
    // nothing, however long it was given for.
    let ended = facts.life == Life::Dead || facts.said_no.to_requester();
    let held = facts
        .holdings
        .iter()
        .filter(|holding| !ended && *now < holding.until && in_force(holding.grant))
        .max_by_key(|holding| holding.until)?;
    Permission {
        until: Some(held.until),
        ..Permission::of(Basis::Grant(held.grant))
    }
    .permit()
}

/// Nothing recorded and nothing stated: the patient is asked, or consent is implied.
fn rule_9(case: &Case<'_>) -> Option<Outcome> {
    if case.ask.statement != Statement::Nothing {
        return None;
    }
    match case.rulebook.undecided {
        Undecided::Permit => Permission::of(Basis::Implied).permit(),
        Undecided::Ask | Undecided::NoRecord => Some(Outcome::Ask),
    }
}

/// Permitted: the patient gives standing consent now.
fn rule_10(case: &Case<'_>) -> Option<Outcome> {
    if case.ask.statement != Statement::ConsentStanding || !case.rulebook.standing_consent {
        return None;
    }
    let record = case.stated_yes();
    Permission {
        record,
        ..Permission::of(Basis::StandingConsent)
    }
    .permit()
}

/// Permitted: the patient gives consent now, for today or for this view.
fn rule_11(case: &Case<'_>) -> Option<Outcome> {
    if case.ask.statement != Statement::ConsentToday {
        return None;
    }
    let until = Some(case.in_hours(case.rulebook.consent_today_hours));
    let record = case.stated_yes();
    let permission = Permission::of(Basis::Grant(Grant::ConsentToday));
    Permission {
        until,
        record,
        ..permission
    }
    .permit()
}

/// Permitted: an emergency in which the patient cannot be asked.
fn rule_12(case: &Case<'_>) -> Option<Outcome> {
    let Statement::Emergency { .. } = case.ask.statement else {
        return None;
    };
    let until = case.in_hours(case.rulebook.emergency_hours);
    if case.unmet().is_some() {
        return None;
    }
    Permission::reviewed(Grant::Emergency, until).permit()
}

/// Permitted: another lawful basis.
fn rule_13(case: &Case<'_>) -> Option<Outcome> {
    let Statement::Legal { reason, .. } = case.ask.statement else {
        return None;
    };
    let until = case.in_hours(case.rulebook.legal_hours);
    if case.unmet().is_some() {
        return None;
    }
    Permission::reviewed(Grant::Legal(reason), until).permit()
}

/// Refused: anything else.
fn rule_14(case: &Case<'_>) -> Outcome {
    Outcome::Refuse(RefusalReason::NotMet(
        case.unmet().unwrap_or(Unmet::NoStandingConsent),
    ))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is the last word of a rule that applies"
)]
const fn refuse(reason: RefusalReason) -> Option<Outcome> {
    Some(Outcome::Refuse(reason))
}

impl Permission {
    const fn of(basis: Basis) -> Self {
        Self {
            basis,
            until: None,
            record: None,
            review: false,
        }
    }

    const fn reviewed(grant: Grant, until: Timestamp) -> Self {
        let record = Some(ToRecord::Grant { grant, until });
        Self {
            basis: Basis::Grant(grant),
            until: Some(until),
            record,
            review: true,
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "it is the last word of a rule that applies"
    )]
    const fn permit(self) -> Option<Outcome> {
        Some(Outcome::Permit(self))
    }

    fn for_patient(
        self,
        patient: PatientId,
        rule: u8,
        rulebook: &Rulebook,
        label: String,
        ask: Ask,
    ) -> Permitted {
        let Requester {
            role, organisation, ..
        } = &ask.requester;
        let sections = rulebook.sections(*role, organisation.kind, OpenFor::of(self.basis));
        Permitted::new(PermittedParts {
            patient,
            sections,
            basis: self.basis,
            rule,
            until: self.until,
            record: self.record,
            review: self.review,
            live_sources_only: rulebook.live_sources_only,
            rulebook: label,
            ask,
        })
    }
}

/// What rules 12 and 13 ask for, and what the screen says of it beforehand.
impl Case<'_> {
    fn in_hours(&self, hours: u32) -> Timestamp {
        self.now.plus(i64::from(hours) * Timestamp::HOUR)
    }

    /// What to record of the yes that is stated; `None` if none is, or if it lasts for one view.
    fn stated_yes(&self) -> Option<ToRecord> {
        let hours = self.rulebook.consent_today_hours;
        let (grant, until) = (Grant::ConsentToday, self.in_hours(hours));
        match self.ask.statement {
            Statement::ConsentStanding => Some(ToRecord::StandingConsent),
            Statement::ConsentToday => (hours > 0).then_some(ToRecord::Grant { grant, until }),
            Statement::Nothing
            | Statement::SaysNo
            | Statement::Emergency { .. }
            | Statement::Legal { .. } => None,
        }
    }

    /// What keeps the statement from permitting; `None` if nothing does.
    fn unmet(&self) -> Option<Unmet> {
        match &self.ask.statement {
            Statement::Emergency {
                reason,
                colleague_no_shown,
                ..
            } => self.emergency_unmet(reason, *colleague_no_shown),
            Statement::Legal {
                reason,
                attorney_asked,
                ..
            } => self.legal_unmet(*reason, *attorney_asked),
            Statement::ConsentStanding => self.standing_unmet(),
            Statement::Nothing | Statement::ConsentToday | Statement::SaysNo => None,
        }
    }

    fn standing_unmet(&self) -> Option<Unmet> {
        (!self.rulebook.standing_consent).then_some(Unmet::NoStandingConsent)
    }

    fn emergency_unmet(&self, reason: &str, colleague_no_shown: bool) -> Option<Unmet> {
        if !self
            .rulebook
            .glass_breakers
            .contains(&self.ask.requester.role)
        {
            Some(Unmet::MayNotBreakGlass)
        } else if reason.trim().is_empty() {
            Some(Unmet::ReasonMissing)
        } else if self.facts.said_no.to_colleague() && !colleague_no_shown {
            Some(Unmet::ColleagueNoNotShown)
        } else {
            None
        }
    }

    fn legal_unmet(&self, reason: LegalReason, attorney_asked: bool) -> Option<Unmet> {
        if self.facts.said_no != SaidNo::ToNobody {
            return Some(Unmet::ColleagueToldNo);
        }
        let (met, unmet) = match reason {
            LegalReason::LacksCapacity => (attorney_asked, Unmet::AttorneyNotAskedFor),
            LegalReason::UnderThirteen => (
                self.facts.age == AgeBand::UnderThirteen,
                Unmet::NotUnderThirteen,
            ),
            LegalReason::ReferredHere => {
                let found = self.facts.referral;
                (found == ReferralCheck::Both, Unmet::ReferralCheck(found))
            }
            LegalReason::Protection => return None,
        };
        (!met).then_some(unmet)
    }

    /// Every answer of the consent screen. What the requester states on the screen itself (a
    /// reason, that an attorney was asked for) does not count as unmet yet.
    fn offers(&self) -> Vec<Offer> {
        let Rulebook {
            consent_today_hours,
            emergency_hours,
            legal_hours,
            ..
        } = self.rulebook;
        let offer = |answer, unmet, hours: Option<&u32>| Offer {
            answer,
            unmet,
            until: hours.map(|hours| self.in_hours(*hours)),
        };
        let mut offers = vec![
            offer(Answer::Standing, self.standing_unmet(), None),
            offer(Answer::Today, None, Some(consent_today_hours)),
            offer(Answer::No, None, None),
            offer(
                Answer::Emergency,
                self.emergency_unmet("stated", true),
                Some(emergency_hours),
            ),
        ];
        offers.extend(LegalReason::ALL.map(|reason| {
            offer(
                Answer::Legal(reason),
                self.legal_unmet(reason, true),
                Some(legal_hours),
            )
        }));
        offers
    }

    fn offers_after(&self, reason: RefusalReason) -> Vec<Offer> {
        match reason {
            RefusalReason::NotMet(_) => self.offers(),
            // Only that the patient now says yes.
            RefusalReason::SaidNoLately => {
                let yes = |offer: &Offer| matches!(offer.answer, Answer::Standing | Answer::Today);
                self.offers().into_iter().filter(yes).collect()
            }
            RefusalReason::NotAuthorised(_)
            | RefusalReason::NoRelationship
            | RefusalReason::OptedOut
            | RefusalReason::NoRecordCreated
            | RefusalReason::Blocked
            | RefusalReason::SaysNo => vec![],
        }
    }

    fn notices(&self) -> Vec<Notice> {
        let told = self.facts.said_no.to_colleague();
        told.then_some(Notice::ColleagueToldNo)
            .into_iter()
            .collect()
    }
}
