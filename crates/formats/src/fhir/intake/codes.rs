//! Codes that intake acts on: sharing decisions and what the law keeps out. Both are versioned data.

use aho_corasick::{AhoCorasick, packed};
use serde::{Deserialize, Serialize};
use tributary_model::{Issue, IssueKind, SharingChoice};

use super::issue;
use crate::json::Node;

/// A code system under the addresses senders use for it.
const SNOMED: &[&str] = &["http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"];
const READ_V2: &[&str] = &[
    "http://read.info/readv2",
    "http://read.info/v2",
    "urn:oid:2.16.840.1.113883.2.1.6.2",
];
const CTV3: &[&str] = &[
    "http://read.info/ctv3",
    "urn:oid:2.16.840.1.113883.2.1.3.2.4.14",
];
const ICD_10: &[&str] = &[
    "http://hl7.org/fhir/sid/icd-10",
    "http://hl7.org/fhir/sid/icd-10-uk",
];

/// A code under the addresses of its system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CodeMeaning<M> {
    /// The addresses of its code system. A coding that names no system at all is taken as meant.
    pub systems: Vec<String>,
    /// The code.
    pub code: String,
    /// What it means here.
    pub means: M,
}

/// What a sharing code does here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharingEffect {
    /// Standing consent to the local shared record.
    Given,
    /// Refusal of the local shared record: opting out.
    Refused,
}

/// Which codes are decisions about this shared record, as versioned data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SharingMap {
    /// Name and version, for the audit line of a decision.
    pub version: String,
    /// The codes. What is not here has no effect: codes about the national record are not.
    pub codes: Vec<CodeMeaning<SharingEffect>>,
}

/// Which codes the law keeps out of a shared record, as versioned data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RestrictedCodes {
    /// Name and version.
    pub version: String,
    /// The codes, each with the subject that the law protects.
    pub codes: Vec<CodeMeaning<String>>,
}

impl Default for SharingMap {
    fn default() -> Self {
        use SharingEffect::{Given, Refused};
        let codes = [
            (SNOMED, "417528008", Given),
            (READ_V2, "93C0.", Given),
            (READ_V2, "93C0.00", Given),
            (SNOMED, "416409005", Refused),
            (READ_V2, "93C1.", Refused),
            (READ_V2, "93C1.00", Refused),
            (CTV3, "XaKRw", Refused),
        ];
        Self {
            version: "sharing-codes-1".to_owned(),
            codes: codes.map(meaning).to_vec(),
        }
    }
}

impl Default for RestrictedCodes {
    /// A small stand-in: the governance group sets the lists in force.
    fn default() -> Self {
        let fertility = || "fertility treatment".to_owned();
        let gender = || "gender recognition".to_owned();
        let codes = [
            (SNOMED, "63487001", fertility()),
            (SNOMED, "52637005", fertility()),
            (ICD_10, "Z31.2", fertility()),
            (ICD_10, "Z31.3", fertility()),
            (SNOMED, "407378000", gender()),
            (SNOMED, "407379008", gender()),
            (ICD_10, "F64.0", gender()),
        ];
        Self {
            version: "restricted-stand-in-1".to_owned(),
            codes: codes.map(meaning).to_vec(),
        }
    }
}

fn meaning<M>((systems, code, means): (&[&str], &str, M)) -> CodeMeaning<M> {
    let systems = systems.iter().map(|&system| system.to_owned()).collect();
    CodeMeaning {
        systems,
        code: code.to_owned(),
        means,
    }
}

/// The codes in force, with the finders that spare most lines a closer look.
#[derive(Debug)]
pub(super) struct Marks {
    sharing: SharingMap,
    restricted: RestrictedCodes,
    find_sharing: Finder,
    find_any: Finder,
}

impl Marks {
    pub(super) fn new(sharing: &SharingMap, restricted: &RestrictedCodes) -> Self {
        let sharing_codes = || sharing.codes.iter().map(|meaning| meaning.code.as_str());
        let restricted_codes = restricted.codes.iter().map(|meaning| meaning.code.as_str());
        Self {
            find_sharing: Finder::new(sharing_codes()),
            find_any: Finder::new(sharing_codes().chain(restricted_codes)),
            sharing: sharing.clone(),
            restricted: restricted.clone(),
        }
    }

    /// Offsets in raw bytes where a sharing code may stand.
    pub(super) fn sharing_in<'b>(
        &self,
        block: &'b [u8],
    ) -> impl Iterator<Item = usize> + use<'_, 'b> {
        self.find_sharing.offsets(block)
    }

    /// Whether any code in force may stand in a text.
    pub(super) fn any_in(&self, text: &str) -> bool {
        self.find_any.offsets(text.as_bytes()).next().is_some()
    }

    /// Refuses a resource that carries a restricted code anywhere.
    pub(super) fn refuse_restricted(
        &self,
        resource: Node<'_, '_>,
        place: &str,
    ) -> Result<(), Issue> {
        match resource
            .objects()
            .find_map(|coding| meaning_of(&self.restricted.codes, coding))
        {
            Some(subject) => {
                let words = format!("not taken in: the law restricts records of {subject}");
                Err(issue(IssueKind::Restricted, place, words))
            }
            None => Ok(()),
        }
    }

    /// What the codings within a value decide about sharing. Of two, the refusal counts.
    pub(super) fn choice_in(&self, value: Node<'_, '_>) -> Option<SharingChoice> {
        let effects = || {
            value
                .objects()
                .filter_map(|coding| meaning_of(&self.sharing.codes, coding))
        };
        if effects().any(|effect| *effect == SharingEffect::Refused) {
            Some(SharingChoice::OptOut)
        } else {
            effects().next().map(|_| SharingChoice::Consent)
        }
    }
}

fn meaning_of<'m, M>(codes: &'m [CodeMeaning<M>], coding: Node<'_, '_>) -> Option<&'m M> {
    let code = coding.get("code").text()?;
    let system = coding.get("system").text();
    let found = codes.iter().find(|meaning| {
        meaning.code == code
            && system
                .as_deref()
                .is_none_or(|system| meaning.systems.iter().any(|s| s == system))
    })?;
    Some(&found.means)
}

/// Finds codes as JSON writes them, and every character of theirs when it is written as an escape.
#[derive(Debug)]
enum Finder {
    /// Many bytes at a time, where the machine and the codes allow it.
    Packed(packed::Searcher),
    /// A byte at a time.
    Plain(AhoCorasick),
}

impl Finder {
    fn new<'c>(codes: impl Iterator<Item = &'c str>) -> Self {
        let mut patterns: Vec<String> = Vec::new();
        for code in codes {
            // The quote behind: a code's first characters are rare, the quote before is not.
            patterns.push(format!("{code}\""));
            for c in code.chars() {
                let unit = u32::from(c);
                patterns.push(format!("\\u{unit:04x}"));
                patterns.push(format!("\\u{unit:04X}"));
            }
        }
        patterns.sort();
        patterns.dedup();
        if let Some(packed) = packed::Searcher::new(&patterns) {
            return Self::Packed(packed);
        }
        let plain = AhoCorasick::new(&patterns);
        Self::Plain(plain.expect("some hundreds of short codes fit an automaton"))
    }

    fn offsets<'b>(&self, block: &'b [u8]) -> impl Iterator<Item = usize> + use<'_, 'b> {
        let (packed, plain) = match self {
            Self::Packed(packed) => (Some(packed.find_iter(block)), None),
            Self::Plain(plain) => (None, Some(plain.find_iter(block))),
        };
        let packed = packed.into_iter().flatten();
        packed
            .chain(plain.into_iter().flatten())
            .map(|found| found.start())
    }
}
