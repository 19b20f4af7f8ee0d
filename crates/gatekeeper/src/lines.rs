//! Audit lines in words.

use tributary_model::{AccessAction, AccessOutcome, Address, LegalReason, OdsCode};
use tributary_policy::{Basis, Grant, Reader};
use tributary_store::AuditLine;

use crate::{AccessLine, CodedAccess, FoundPatient, explaining::refusal_reason};

/// A line for a reader, with the patient as far as the reader may know them.
pub(crate) fn access_line(line: &AuditLine, patient: Option<&FoundPatient>) -> AccessLine {
    let clear = &line.clear;
    let rule = match clear.rule {
        0 => String::new(),
        rule => format!("rule {rule}, {}", clear.rulebook),
    };
    let part = clear.part.map(tributary_model::Part::words);
    let basis = [clear.basis.as_str()]
        .into_iter()
        .chain(part)
        .filter(|words| !words.is_empty());
    AccessLine {
        number: line.number,
        at: clear.at,
        who: who(line),
        organisation: organisation(line),
        origin: origin(line),
        patient: patient
            .map(|patient| patient.name.clone())
            .unwrap_or_default(),
        address: patient.map(|patient| patient.address),
        what: what(clear.action).to_owned(),
        basis: basis.collect::<Vec<_>>().join(" · "),
        reason: line.personal.words.clone(),
        outcome: clear.outcome.name().to_owned(),
        rule,
        flagged: clear.flagged.clone(),
        coded: coded(line),
    }
}

fn coded(line: &AuditLine) -> CodedAccess {
    let (clear, who) = (&line.clear, line.personal.who.as_ref());
    CodedAccess {
        account: clear.account,
        name: who.map(|who| who.name.clone()).unwrap_or_default(),
        role: clear.role,
        register: who.and_then(|who| who.register.clone()),
        organisation: who.and_then(|who| who.organisation.clone()),
        origin: line.personal.origin.clone(),
        action: clear.action,
        outcome: clear.outcome,
        purpose: clear.purpose,
        emergency: clear.basis == Basis::Grant(Grant::Emergency).words(),
    }
}

/// The lawful basis other than consent that a line rests on, if it rests on one.
pub(crate) fn legal_basis(line: &AuditLine) -> Option<LegalReason> {
    let permitted = line.clear.outcome == AccessOutcome::Permitted;
    let named = |reason: &LegalReason| permitted && line.clear.basis == reason.words();
    LegalReason::ALL.into_iter().find(named)
}

/// The identity by which an organisation itself knows the patient of a line.
pub(crate) fn own_address(line: &AuditLine, organisation: &OdsCode) -> Option<Address> {
    let whose = line.personal.whose.as_ref()?;
    let own = |shown: &&tributary_store::Shown| shown.organisation == *organisation;
    let mut owned = whose
        .identities
        .iter()
        .filter(own)
        .map(|shown| Address(shown.identity));
    // Somebody else tried: the address is our own identity.
    let tried = whose.tried.as_ref() == Some(organisation);
    let named = whose
        .address
        .filter(|address| tried || owned.clone().any(|own| own == *address));
    named.or_else(|| owned.next())
}

/// An access as a sentence for a patient: “Dr A. Example, doctor at …, on 21-Nov-2026 at 14:05, in
/// an emergency: …”.
pub(crate) fn sentence(line: &AuditLine) -> String {
    let (clear, at) = (&line.clear, line.clear.at);
    let (who, date, time) = (who_at(line), at.date_words(), at.time_words());
    let how = match clear.outcome {
        AccessOutcome::Refused => refused(line),
        AccessOutcome::Asked => {
            "was told to ask you before seeing your shared record. Nothing was shown.".to_owned()
        }
        AccessOutcome::Withdrawn => "was about to see your shared record, and was not shown it \
                                     because something changed."
            .to_owned(),
        AccessOutcome::Permitted => permitted(line),
    };
    format!("{who}, on {date} at {time}, {how}")
}

fn refused(line: &AuditLine) -> String {
    match line.clear.action {
        AccessAction::ReadChoice => {
            "asked what you decided about sharing and was not told.".to_owned()
        }
        AccessAction::RecordChoice => {
            "tried to change what you decided about sharing and was refused.".to_owned()
        }
        _ => format!(
            "asked to see your shared record and was refused. {}",
            refusal_told(line)
        ),
    }
}

fn permitted(line: &AuditLine) -> String {
    let did = match line.clear.action {
        AccessAction::OpenRecord => "looked at your shared record",
        AccessAction::OpenEntry => "looked at one entry of your shared record",
        AccessAction::OpenTrend => "looked at test results over time in your shared record",
        AccessAction::FetchFhir => "fetched your shared record into another system",
        AccessAction::ReadReport => {
            return "asked for the list of who has looked at your \
                                            record."
                .to_owned();
        }
        AccessAction::ReadChoice => {
            return "looked at what you decided about sharing.".to_owned();
        }
        AccessAction::RecordChoice => return "recorded what you decided about sharing.".to_owned(),
        _ => return "administered your shared record.".to_owned(),
    };
    let (why, own_words) = why(line);
    if own_words.is_empty() {
        format!("{did}, {why}.")
    } else {
        format!("{why}: “{own_words}”. They {did}.")
    }
}

/// Why a look was allowed, said to the patient, with the professional's own words where a reason
/// had to be given.
fn why(line: &AuditLine) -> (&'static str, &str) {
    let (basis, said) = (line.clear.basis.as_str(), line.personal.words.as_str());
    let own = |words| {
        if line.clear.flagged.is_some() {
            words
        } else {
            ""
        }
    };
    if let Some(reason) = legal_basis(line) {
        let said = said.strip_prefix(reason.words()).unwrap_or(said);
        let why = match reason {
            LegalReason::LacksCapacity => "because you could not give permission yourself then",
            LegalReason::UnderThirteen => {
                "because you were under 13 and not with someone who has parental responsibility"
            }
            LegalReason::ReferredHere => {
                "because another service had referred you to theirs, which already looked after you"
            }
            LegalReason::Protection => "because something happened that made them protect you",
        };
        return (why, own(said.trim_start_matches(": ")));
    }
    let is = |of: Basis| basis == of.words();
    if is(Basis::Grant(Grant::Emergency)) {
        ("in an emergency", own(said))
    } else if is(Basis::Grant(Grant::ConsentToday)) {
        ("with your consent for that day", "")
    } else if is(Basis::StandingConsent) {
        ("with your consent", "")
    } else {
        ("because they were treating you", "")
    }
}

/// What the patient is told of a refusal.
fn refusal_told(line: &AuditLine) -> &'static str {
    let told = refusal_reason(line).map(|reason| reason.words_for(Reader::Patient));
    told.unwrap_or("Nothing was shown.")
}

fn who(line: &AuditLine) -> String {
    let Some(who) = &line.personal.who else {
        return itself(line);
    };
    let role = line.clear.role.map(tributary_model::Role::words);
    let register = who
        .register
        .as_ref()
        .map(tributary_model::RegisterEntry::words);
    let parts = [Some(who.name.as_str()), role, register.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What acted where no person did.
fn itself(line: &AuditLine) -> String {
    match (&line.clear.organisation, line.clear.action) {
        (Some(organisation), AccessAction::RecordChoice) => format!("The feed of {organisation}"),
        _ => "The system".to_owned(),
    }
}

fn who_at(line: &AuditLine) -> String {
    let Some(who) = &line.personal.who else {
        return itself(line);
    };
    let role = line.clear.role.map_or_else(String::new, |role| {
        format!(", {}", role.words().to_lowercase())
    });
    let at = who
        .organisation
        .as_ref()
        .map_or_else(String::new, |organisation| {
            format!(" at {}", organisation.name)
        });
    format!("{}{role}{at}", who.name)
}

fn organisation(line: &AuditLine) -> String {
    let organisation = line
        .personal
        .who
        .as_ref()
        .and_then(|who| who.organisation.as_ref());
    organisation
        .map(|organisation| organisation.name.clone())
        .unwrap_or_default()
}

fn origin(line: &AuditLine) -> String {
    let origin = &line.personal.origin;
    let parts = [origin.address.as_str(), origin.agent.as_str()];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

const fn what(action: AccessAction) -> &'static str {
    match action {
        AccessAction::SignIn => "Signed in",
        AccessAction::SignOut => "Signed out",
        AccessAction::Search => "Searched own patients",
        AccessAction::OpenRecord => "Opened the record",
        AccessAction::OpenEntry => "Opened one entry",
        AccessAction::OpenTrend => "Opened a trend",
        AccessAction::FetchFhir => "Fetched the record as FHIR",
        AccessAction::ReadChoice => "Looked at the choice about sharing",
        AccessAction::RecordChoice => "Recorded a choice",
        AccessAction::ReadAccesses => "Read the list of accesses",
        AccessAction::ReadReport => "Made an access report",
        AccessAction::Review => "Reviewed an access",
        AccessAction::Explain => "Asked why a decision was made",
        AccessAction::Administer => "Administered",
        AccessAction::Withdraw => "Withdrew a disclosure",
    }
}
