//! Audit lines in words.

use tributary_model::{AccessAction, AccessOutcome, Address, OdsCode};
use tributary_store::AuditLine;

use crate::{AccessLine, FoundPatient};

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
    }
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
    let named = whose
        .address
        .filter(|address| owned.clone().any(|own| own == *address));
    named.or_else(|| owned.next())
}

/// An access as a sentence for a patient.
pub(crate) fn sentence(line: &AuditLine) -> String {
    let (clear, at) = (&line.clear, line.clear.at);
    let did = match (clear.action, clear.outcome) {
        (AccessAction::ReadReport, _) => "asked for the list of who has looked at your record",
        (AccessAction::ReadChoice, AccessOutcome::Permitted) => {
            "looked at what you decided about sharing"
        }
        (AccessAction::ReadChoice, _) => "asked what you decided about sharing and was not told",
        (AccessAction::RecordChoice, AccessOutcome::Refused) => {
            "tried to change what you decided about sharing and was refused"
        }
        (AccessAction::RecordChoice, _) => "recorded what you decided about sharing",
        (AccessAction::Administer, _) => "administered your shared record",
        (AccessAction::Withdraw, _) => {
            "was about to see your shared record, and was not shown it because something changed"
        }
        (_, AccessOutcome::Refused) => "asked to see your shared record and was refused",
        (_, AccessOutcome::Asked) => "was told to ask you before seeing your shared record",
        (AccessAction::OpenEntry, _) => "looked at one entry of your shared record",
        (AccessAction::OpenTrend, _) => "looked at test results over time in your shared record",
        (AccessAction::FetchFhir, _) => "fetched your shared record into another system",
        _ => "looked at your shared record",
    };
    let mut text = format!(
        "{} {did} on {} at {}",
        who_at(line),
        at.date_words(),
        at.time_words()
    );
    if !clear.basis.is_empty() && clear.outcome == AccessOutcome::Permitted {
        text.push_str(". Why: ");
        text.push_str(&lower_first(&clear.basis));
    }
    if clear.flagged.is_some() && !line.personal.words.is_empty() {
        text.push_str(": “");
        text.push_str(&line.personal.words);
        text.push('”');
    }
    text.push('.');
    text
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
        AccessAction::Administer => "Administered",
        AccessAction::Withdraw => "Withdrew a disclosure",
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
