//! `Patient`: one source's idea of who a person is.

use tributary_model::{
    ClinicalDate, Demographics, Gender, Issue, IssueKind, Name, StatedNhsNumber, Telecom,
};

use super::issue;
use crate::{
    fhir::{NHS_NUMBER, ods_code},
    json::Node,
};

/// One source's idea of who a person is. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The `Patient`'s id: what the source's other resources call the person by.
    pub id: String,
    /// Who the source says the person is; `local_number` is the number people use.
    pub demographics: Demographics,
    /// Whether the source still uses this record of the person.
    pub active: bool,
    /// Ids of `Patient`s that took this one's place, as the source says.
    pub replaced_by: Vec<String>,
    /// What was odd, and did not prevent filing.
    pub issues: Vec<Issue>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(•••)")
    }
}

pub(super) fn read(patient: Node<'_, '_>, id: String) -> Identity {
    let mut issues = Vec::new();
    let nhs_number = nhs_number(patient, &mut issues);
    let (name, other_names) = names(patient);
    let (address, postcode) = address(patient);
    let died = ClinicalDate::read(&patient.get("deceasedDateTime").words());
    let said_dead = patient.get("deceasedBoolean").truth() == Some(true);
    let deceased = said_dead || patient.get("deceasedDateTime").text().is_some();
    let demographics = Demographics {
        local_number: local_number(patient).unwrap_or_else(|| id.clone()),
        nhs_number,
        name,
        other_names,
        born: born(patient, &mut issues),
        died,
        deceased,
        gender: gender(patient),
        address,
        postcode,
        telecoms: telecoms(patient),
        practice: patient.get("generalPractitioner").each().find_map(ods_code),
        interpreter: interpreter(patient),
        protected: is_protected(patient),
    };
    Identity {
        id,
        demographics,
        active: patient.get("active").truth() != Some(false),
        replaced_by: replaced_by(patient),
        issues,
    }
}

fn noted(kind: IssueKind, place: &str, words: &str) -> Issue {
    issue(kind, place, words.to_owned())
}

/// The one current NHS number. Two different ones are a contradiction and neither may link.
fn nhs_number(patient: Node<'_, '_>, issues: &mut Vec<Issue>) -> StatedNhsNumber {
    let mut stated = StatedNhsNumber::Absent;
    for identifier in patient.get("identifier").each() {
        let is_nhs = identifier.get("system").says(NHS_NUMBER);
        let Some(value) = identifier.get("value").text().filter(|_| is_nhs) else {
            continue;
        };
        if identifier.get("use").says("old") {
            continue;
        }
        let this = match value.parse() {
            Ok(number) if is_traced(identifier) => StatedNhsNumber::Traced(number),
            Ok(number) => StatedNhsNumber::Untraced(number),
            Err(error) => {
                let words = format!("not an NHS number: {error}");
                issues.push(noted(IssueKind::NhsNumber, "Patient.identifier", &words));
                StatedNhsNumber::Invalid(Some(error))
            }
        };
        stated = match (stated.number(), this.number()) {
            (Some(first), Some(second)) if first != second => {
                let words = "two different NHS numbers: neither is used to link";
                issues.push(noted(IssueKind::Contradiction, "Patient.identifier", words));
                return StatedNhsNumber::Untraced(first);
            }
            (Some(_), _) if stated.traced().is_some() || this.traced().is_none() => stated,
            _ => this,
        };
    }
    stated
}

/// Whether the number was verified with the national service: status 01 of the UK Core extension
/// or its ancestors, in whatever code system's address.
fn is_traced(identifier: Node<'_, '_>) -> bool {
    let status = identifier.get("extension").each().find(|extension| {
        extension
            .get("url")
            .words()
            .contains("NHSNumberVerificationStatus")
    });
    let codes = status
        .into_iter()
        .flat_map(Node::objects)
        .map(|coding| coding.get("code"));
    codes
        .into_iter()
        .any(|code| code.says("01") || code.says("number-present-and-verified"))
}

/// The number people at the source use: typed as a medical record number, else the usual one, else
/// one that the source itself assigned.
fn local_number(patient: Node<'_, '_>) -> Option<String> {
    let identifiers = || {
        patient.get("identifier").each().filter(|identifier| {
            !identifier.get("system").says(NHS_NUMBER) && !identifier.get("use").says("old")
        })
    };
    let typed = |identifier: &Node<'_, '_>| {
        identifier
            .get("type")
            .objects()
            .any(|coding| coding.get("code").says("MR"))
    };
    let usual = |identifier: &Node<'_, '_>| identifier.get("use").says("usual");
    let assigned = |identifier: &Node<'_, '_>| identifier.get("assigner").is_something();
    let found = identifiers()
        .find(typed)
        .or_else(|| identifiers().find(usual))
        .or_else(|| identifiers().find(assigned))?;
    found.get("value").text().map(Into::into)
}

/// The name in use, and the others.
fn names(patient: Node<'_, '_>) -> (Name, Vec<Name>) {
    let mut ranked: Vec<_> = patient
        .get("name")
        .each()
        .map(|name| (rank(&name.get("use").words()), name))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut names = ranked.into_iter().map(|(_, name)| name_of(name));
    (names.next().unwrap_or_default(), names.collect())
}

fn rank(used: &str) -> u8 {
    match used {
        "usual" => 0,
        "official" => 1,
        "" | "temp" => 2,
        "nickname" | "anonymous" => 3,
        _ => 4,
    }
}

pub(in crate::fhir) fn name_of(name: Node<'_, '_>) -> Name {
    let given = || {
        name.get("given")
            .each()
            .filter_map(Node::text)
            .map(Into::into)
            .collect()
    };
    let prefix = name.get("prefix").one().text().map(Into::into);
    if let Some(family) = name.get("family").text() {
        return Name {
            family: family.into(),
            given: given(),
            prefix,
        };
    }
    let text = name.get("text").words();
    let (given_words, family) = match text.split_once(',') {
        Some((family, given)) => (given, family),
        None => text.trim().rsplit_once(' ').unwrap_or(("", text.trim())),
    };
    let mut given: Vec<String> = given();
    if given.is_empty() {
        given = given_words.split_whitespace().map(str::to_owned).collect();
    }
    Name {
        family: family.trim().to_owned(),
        given,
        prefix,
    }
}

fn born(patient: Node<'_, '_>, issues: &mut Vec<Issue>) -> Option<ClinicalDate> {
    let text = patient.get("birthDate").text()?;
    let born = ClinicalDate::read(&text);
    if born.is_none() {
        issues.push(noted(
            IssueKind::Noted,
            "Patient.birthDate",
            "the birth date is no date",
        ));
    }
    born
}

fn gender(patient: Node<'_, '_>) -> Gender {
    match &*patient.get("gender").words() {
        "male" => Gender::Male,
        "female" => Gender::Female,
        "other" => Gender::Other,
        _ => Gender::Unknown,
    }
}

/// The address lived at: home before others, what is old never.
fn address(patient: Node<'_, '_>) -> (Vec<String>, Option<String>) {
    let current = || {
        patient
            .get("address")
            .each()
            .filter(|address| !address.get("use").says("old"))
    };
    let Some(address) = current()
        .find(|address| address.get("use").says("home"))
        .or_else(|| current().next())
    else {
        return (Vec::new(), None);
    };
    let mut lines: Vec<String> = address
        .get("line")
        .each()
        .chain([address.get("district"), address.get("city")])
        .filter_map(Node::text)
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        lines.extend(address.get("text").text().map(Into::into));
    }
    (lines, address.get("postalCode").text().map(Into::into))
}

fn telecoms(person: Node<'_, '_>) -> Vec<Telecom> {
    person
        .get("telecom")
        .each()
        .filter(|telecom| !telecom.get("use").says("old"))
        .filter_map(|telecom| {
            let value = telecom.get("value").text()?.into();
            Some(Telecom {
                system: telecom.get("system").words().into(),
                value,
            })
        })
        .collect()
}

/// The language an interpreter is needed for: FHIR's own extension beside the preferred language,
/// or UK Core's that holds both.
fn interpreter(patient: Node<'_, '_>) -> Option<String> {
    let needed = patient
        .get("extension")
        .objects()
        .filter(|extension| extension.get("url").words().contains("nterpreterRequired"))
        .any(|extension| extension.get("valueBoolean").truth() == Some(true));
    if !needed {
        return None;
    }
    let held = patient
        .get("extension")
        .objects()
        .find(|extension| extension.get("url").says("language"))
        .map(|extension| extension.get("valueCodeableConcept"));
    let spoken = || {
        patient
            .get("communication")
            .each()
            .map(|each| each.get("language"))
    };
    let preferred = patient
        .get("communication")
        .each()
        .find(|each| each.get("preferred").truth() == Some(true))
        .map(|each| each.get("language"));
    let language = held.or(preferred).or_else(|| spoken().next());
    let words = language
        .map(crate::fhir::concept_words)
        .filter(|words| !words.is_empty());
    Some(words.unwrap_or_else(|| "language not stated".to_owned()))
}

/// PDS marks a protected address by the record's confidentiality.
fn is_protected(patient: Node<'_, '_>) -> bool {
    patient.get("meta").get("security").each().any(|label| {
        ["R", "V", "S", "REDACTED"]
            .iter()
            .any(|code| label.get("code").says(code))
    })
}

fn replaced_by(patient: Node<'_, '_>) -> Vec<String> {
    patient
        .get("link")
        .each()
        .filter(|link| link.get("type").says("replaced-by"))
        .filter_map(|link| link.get("other").get("reference").text())
        .filter_map(|reference| reference.rsplit('/').next().map(str::to_owned))
        .filter(|id| !id.is_empty())
        .collect()
}
