//! One audit line: what its leaf says in clear, what the leaf only commits to, and how both are kept.
//!
//! A leaf is `form (1) · number (8) · JSON`. Whatever tells who a person is stands in it as a
//! commitment only (a keyed hash under a salt that nobody else has); its text lies sealed beside the
//! leaf under an audit key, which outlives the erasure of clinical data. So a line can be proved to
//! someone who may not read it, and a leaf that leaves the house names nobody.

use serde::{Deserialize, Serialize};
use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, AccountId, Address, IdentityId, OdsCode,
    Organisation, Origin, Part, PreferenceDecision, Purpose, RegisterEntry, Requester, Role,
    SectionSet, Timestamp, Version,
};
use tributary_policy::{AskedThen, Recorded};

use crate::{StoreError, StoreResult, keys, seal};

/// The form of a leaf.
const FORM: u8 = 1;
const HEAD: usize = 9;

/// One audit line, opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditLine {
    /// Its number.
    pub number: AccessNumber,
    /// What stands in the leaf in clear.
    pub clear: Clear,
    /// What was sealed beside it.
    pub personal: Personal,
}

/// What stands in the leaf in clear.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clear {
    /// When.
    pub at: Timestamp,
    /// What was attempted.
    pub action: AccessAction,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// By which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// In which role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// For which organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OdsCode>,
    /// For what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The part stated in the patient's care.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// The number of the rule that decided; 0 if none did.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rule: u8,
    /// The rulebook and its version: `cheshire 1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rulebook: String,
    /// On which basis, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// Why it is flagged for review, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<String>,
    /// Which sections were let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sections: Option<SectionSet>,
    /// The sensitive code sets in force.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sensitivity: String,
    /// The person's state number when it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<i64>,
    /// The line this one is about: the one withdrawn, the one replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<AccessNumber>,
}

/// What was sealed beside the leaf: it tells who people are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Personal {
    /// Who acted, as they were then.
    pub who: Option<Who>,
    /// From where.
    pub origin: Origin,
    /// Whose record.
    pub whose: Option<Whose>,
    /// The reason given, or what was searched for, in the requester's words.
    pub words: String,
}

/// Who acted, as they were then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Who {
    /// Their name.
    pub name: String,
    /// Their entry on a register.
    pub register: Option<RegisterEntry>,
    /// The organisation they acted for, as it was then; none before a role is chosen.
    pub organisation: Option<Organisation>,
}

/// Whose record, and as at which version of each identity.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Whose {
    /// How the requester named the patient.
    pub address: Option<Address>,
    /// The linked identities with the version that was shown.
    pub identities: Vec<Shown>,
    /// What a restore has to do again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<PreferenceDecision>,
    /// What a decision rested on, as [`Recorded::to_text`] writes it; empty where none was made.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facts: String,
    /// Whose patient the address names, where it is not the requester's own organisation's: its
    /// privacy officer learns of the attempt, the requester does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<OdsCode>,
}

/// One identity as at one version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The identity.
    pub identity: IdentityId,
    /// The version that was shown.
    pub version: Version,
    /// Its organisation.
    pub organisation: OdsCode,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(rule: &u8) -> bool {
    *rule == 0
}

impl Who {
    /// The requester, as they are now.
    #[must_use]
    pub fn of(requester: &Requester) -> Self {
        Self {
            name: requester.name.clone(),
            register: requester.register.clone(),
            organisation: Some(requester.organisation.clone()),
        }
    }
}

impl Clear {
    /// A line of this requester, or of nobody who is signed in.
    pub(crate) fn of(
        requester: Option<&Requester>,
        action: AccessAction,
        outcome: AccessOutcome,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            action,
            outcome,
            account: requester.map(|requester| requester.account),
            role: requester.map(|requester| requester.role),
            organisation: requester.map(|requester| requester.organisation.code.clone()),
            purpose: None,
            part: None,
            rule: 0,
            rulebook: String::new(),
            basis: String::new(),
            flagged: None,
            sections: None,
            sensitivity: String::new(),
            state: None,
            about: None,
        }
    }
}

/// What the JSON of a leaf holds: the clear part and the commitments.
#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(flatten)]
    clear: Clear,
    commitments: [String; 4],
}

/// The parts that are committed to one by one, so that one can be shown without the others.
const PARTS: [&[u8]; 4] = [b"who", b"origin", b"whose", b"words"];

/// A line made ready by whoever asks for it; only its number is still wanting.
pub(crate) struct Draft {
    pub(crate) clear: Clear,
    pub(crate) body: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) lookups: Vec<[u8; 32]>,
}

impl Draft {
    pub(crate) fn new(key: &[u8; 32], clear: Clear, personal: &Personal) -> StoreResult<Self> {
        let salt: [u8; 32] = keys::random();
        let parts = personal.parts()?;
        let commitments = commit(&salt, &parts);
        let lookups = lookups(key, &clear, personal);
        let body = serde_json::to_vec(&Body {
            clear: clear.clone(),
            commitments,
        })
        .map_err(|_| broken("an audit line cannot be written"))?;
        let mut plain = salt.to_vec();
        for part in &parts {
            let length =
                u32::try_from(part.len()).map_err(|_| broken("an audit line is too long"))?;
            plain.extend(length.to_be_bytes());
            plain.extend(part);
        }
        let sealed = seal::wrap(key, &body, &plain);
        Ok(Self {
            clear,
            body,
            sealed,
            lookups,
        })
    }

    /// The leaf under a number.
    pub(crate) fn leaf(&self, number: i64) -> Vec<u8> {
        let mut leaf = Vec::with_capacity(HEAD + self.body.len());
        leaf.push(FORM);
        leaf.extend(number.to_be_bytes());
        leaf.extend(&self.body);
        leaf
    }
}

impl AuditLine {
    /// Opens a stored line; fails if its sealed text is not what the leaf commits to.
    pub(crate) fn open(key: &[u8; 32], leaf: &[u8], sealed: &[u8]) -> StoreResult<Self> {
        let (number, json) =
            split(leaf).ok_or_else(|| broken("an audit leaf has no known form"))?;
        let body: Body =
            serde_json::from_slice(json).map_err(|_| broken("an audit leaf cannot be read"))?;
        let closed = || StoreError::Sealed(format!("the sealed text of audit line {number}"));
        let plain = seal::unwrap(key, json, sealed).map_err(|_| closed())?;
        let (salt, parts) = split_parts(&plain).ok_or_else(closed)?;
        if commit(&salt, &parts) != body.commitments {
            return Err(closed());
        }
        let personal = Personal::of_parts(&parts).ok_or_else(closed)?;
        Ok(Self {
            number: AccessNumber(number),
            clear: body.clear,
            personal,
        })
    }

    /// What the decision of this line rested on, and what was asked; `None` where nothing was
    /// decided.
    #[must_use]
    pub fn decided(&self) -> Option<(Recorded, AskedThen)> {
        let recorded = Recorded::from_text(&self.personal.whose.as_ref()?.facts)?;
        let who = self.personal.who.as_ref()?;
        let requester = Requester {
            account: self.clear.account?,
            name: who.name.clone(),
            register: who.register.clone(),
            role: self.clear.role?,
            organisation: who.organisation.clone()?,
        };
        let asked = AskedThen {
            requester,
            purpose: self.clear.purpose?,
            part: self.clear.part,
            action: self.clear.action,
            at: self.clear.at,
        };
        Some((recorded, asked))
    }

    /// The look-ups under which the line must be found.
    pub(crate) fn lookups(&self, key: &[u8; 32]) -> Vec<[u8; 32]> {
        lookups(key, &self.clear, &self.personal)
    }
}

impl Personal {
    fn parts(&self) -> StoreResult<[Vec<u8>; 4]> {
        let json = |result: serde_json::Result<Vec<u8>>| {
            result.map_err(|_| broken("an audit line cannot be written"))
        };
        Ok([
            json(serde_json::to_vec(&self.who))?,
            json(serde_json::to_vec(&self.origin))?,
            json(serde_json::to_vec(&self.whose))?,
            self.words.clone().into_bytes(),
        ])
    }

    fn of_parts([who, origin, whose, words]: &[Vec<u8>; 4]) -> Option<Self> {
        Some(Self {
            who: serde_json::from_slice(who).ok()?,
            origin: serde_json::from_slice(origin).ok()?,
            whose: serde_json::from_slice(whose).ok()?,
            words: String::from_utf8(words.clone()).ok()?,
        })
    }
}

fn split(leaf: &[u8]) -> Option<(i64, &[u8])> {
    let (form, rest) = leaf.split_first()?;
    let (number, json) = rest.split_first_chunk()?;
    (*form == FORM).then(|| (i64::from_be_bytes(*number), json))
}

fn split_parts(plain: &[u8]) -> Option<([u8; 32], [Vec<u8>; 4])> {
    let (salt, mut rest) = plain.split_first_chunk::<32>()?;
    let mut next = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (part, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after;
        Some(part.to_vec())
    };
    Some((*salt, [next()?, next()?, next()?, next()?]))
}

fn commit(salt: &[u8; 32], parts: &[Vec<u8>; 4]) -> [String; 4] {
    let mut parts = PARTS.iter().zip(parts).map(|(name, text)| {
        let own = blake3::keyed_hash(salt, name);
        blake3::keyed_hash(own.as_bytes(), text)
            .to_hex()
            .to_string()
    });
    std::array::from_fn(|_| parts.next().expect("four parts"))
}

/// What a line has to be found under: the organisation and the account that looked, each
/// organisation whose patient was looked at, each identity that was looked at, tried or decided
/// about, the line it is about, and, where it is flagged, once more under the organisations.
fn lookups(key: &[u8; 32], clear: &Clear, personal: &Personal) -> Vec<[u8; 32]> {
    let mut found = Vec::new();
    if let Some(code) = &clear.organisation {
        found.push(staff_lookup(key, code));
        found.extend(
            clear
                .account
                .map(|account| account_lookup(key, code, account)),
        );
    }
    found.extend(clear.about.map(|about| about_lookup(key, about)));
    let concerned: Vec<&OdsCode> = personal
        .whose
        .iter()
        .flat_map(Whose::organisations)
        .collect();
    found.extend(concerned.iter().map(|code| patients_lookup(key, code)));
    if clear.flagged.is_some() {
        let flagged = clear.organisation.iter().chain(concerned);
        found.extend(flagged.map(|code| flagged_lookup(key, code)));
    }
    if let Some(whose) = &personal.whose {
        let shown = whose.identities.iter().map(|shown| shown.identity);
        let decided = whose.decisions.iter().map(|decision| decision.identity);
        let named = whose.address.map(|address| address.0);
        found.extend(
            shown
                .chain(decided)
                .chain(named)
                .map(|one| identity_lookup(key, one)),
        );
        // One row more or less would tell an unknown person from somebody else's patient.
        if whose.identities.is_empty() && whose.address.is_some() && whose.tried.is_none() {
            found.push(lookup(key, b"nobody's patient", &[]));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

impl Whose {
    /// Each organisation whose patient it is.
    pub(super) fn organisations(&self) -> impl Iterator<Item = &OdsCode> {
        let shown = self.identities.iter().map(|shown| &shown.organisation);
        shown.chain(&self.tried)
    }
}

/// The look-up of what an organisation's staff and feeds did.
pub(crate) fn staff_lookup(key: &[u8; 32], code: &OdsCode) -> [u8; 32] {
    lookup(key, b"staff ", code.as_str().as_bytes())
}

/// The look-up of what was done about an organisation's patients.
pub(crate) fn patients_lookup(key: &[u8; 32], code: &OdsCode) -> [u8; 32] {
    lookup(key, b"patients ", code.as_str().as_bytes())
}

/// The look-up of an organisation's lines that are flagged for review.
pub(crate) fn flagged_lookup(key: &[u8; 32], code: &OdsCode) -> [u8; 32] {
    lookup(key, b"flagged ", code.as_str().as_bytes())
}

/// The look-up of what one person did for an organisation.
pub(crate) fn account_lookup(key: &[u8; 32], code: &OdsCode, account: AccountId) -> [u8; 32] {
    let mut value = account.0.to_be_bytes().to_vec();
    value.extend(code.as_str().as_bytes());
    lookup(key, b"account ", &value)
}

/// The look-up of the lines about a line.
pub(crate) fn about_lookup(key: &[u8; 32], about: AccessNumber) -> [u8; 32] {
    lookup(key, b"about ", &about.0.to_be_bytes())
}

/// The look-up of the lines about an identity.
pub(crate) fn identity_lookup(key: &[u8; 32], identity: IdentityId) -> [u8; 32] {
    lookup(key, b"identity ", &identity.0.to_be_bytes())
}

fn lookup(key: &[u8; 32], kind: &[u8], value: &[u8]) -> [u8; 32] {
    // A subkey of its own, so that no look-up is made with the key that seals.
    let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 audit look-up");
    *hasher
        .update(key)
        .update(kind)
        .update(value)
        .finalize()
        .as_bytes()
}

fn broken(words: &str) -> StoreError {
    StoreError::Inconsistent(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn line() -> (Clear, Personal) {
        let clear = Clear::of(
            None,
            AccessAction::Search,
            AccessOutcome::Permitted,
            Timestamp(1_000),
        );
        let personal = Personal {
            words: "KOEPP 1954-07-09".to_owned(),
            ..Personal::default()
        };
        (clear, personal)
    }

    #[test]
    fn a_line_opens_as_it_was_written_and_its_leaf_names_nobody() {
        let (clear, personal) = line();
        let draft = Draft::new(&KEY, clear.clone(), &personal).unwrap();
        let leaf = draft.leaf(41);
        assert!(!String::from_utf8_lossy(&leaf).contains("KOEPP"));
        let opened = AuditLine::open(&KEY, &leaf, &draft.sealed).unwrap();
        assert_eq!(
            opened,
            AuditLine {
                number: AccessNumber(41),
                clear,
                personal
            }
        );
    }

    #[test]
    fn another_lines_text_or_an_altered_one_does_not_open() {
        let (clear, personal) = line();
        let one = Draft::new(&KEY, clear.clone(), &personal).unwrap();
        let other = Draft::new(&KEY, clear, &personal).unwrap();
        assert!(AuditLine::open(&KEY, &one.leaf(1), &other.sealed).is_err());
        for at in 0..one.sealed.len() {
            let mut sealed = one.sealed.clone();
            sealed[at] ^= 1;
            assert!(AuditLine::open(&KEY, &one.leaf(1), &sealed).is_err());
        }
    }

    #[test]
    fn equal_words_are_committed_to_differently() {
        let (clear, personal) = line();
        let one = Draft::new(&KEY, clear.clone(), &personal).unwrap();
        let other = Draft::new(&KEY, clear, &personal).unwrap();
        assert_ne!(one.body, other.body);
    }
}
