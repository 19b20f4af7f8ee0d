//! What the governance desk is told.

use tributary_model::{AccessNumber, OdsCode, Organisation, SectionSet, Timestamp};

use super::FieldSet;
use crate::AccessLine;

/// The desk: who takes part, what is in force, and what waits for a decision.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The organisations with their agreements, by name.
    pub partners: Vec<Partner>,
    /// The settings in force.
    pub in_force: VersionLine,
    /// Proposals that wait for approval, the newest first.
    pub open: Vec<VersionLine>,
    /// As at.
    pub now: Timestamp,
}

/// An organisation and its agreements.
#[derive(Clone, Debug)]
pub struct Partner {
    /// The organisation.
    pub organisation: Organisation,
    /// Its agreements, the newest first.
    pub agreements: Vec<AgreementLine>,
    /// The sections that are withheld from everybody there, whatever their role.
    pub withheld: SectionSet,
}

/// One agreement.
#[derive(Clone, Debug)]
pub struct AgreementLine {
    /// From when.
    pub begins: Timestamp,
    /// The first instant at which it is no longer in force.
    pub ends: Option<Timestamp>,
    /// Whether it covers feeding.
    pub feeds: bool,
    /// Whether it covers viewing.
    pub views: bool,
    /// Which sections the partner supplies.
    pub supplies: SectionSet,
    /// Who signed it.
    pub signed_by: String,
    /// Whether it is in force, was, or will be.
    pub state: AgreementState,
}

/// How an agreement stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AgreementState {
    /// In force.
    InForce,
    /// Its first day is to come.
    ToCome,
    /// Its last day is over.
    Ended,
    /// In force, but a later one of the same partner counts.
    Followed,
}

/// An agreement as it is typed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct NewAgreement {
    /// Whose: the code.
    pub code: String,
    /// The name of a new partner.
    pub name: String,
    /// The kind of a new partner.
    pub kind: String,
    /// Whether it covers feeding.
    pub feeds: bool,
    /// Whether it covers viewing.
    pub views: bool,
    /// The names of the sections it supplies.
    pub supplies: Vec<String>,
    /// Its first day, `yyyy-mm-dd`; today if empty.
    pub from: String,
    /// Its last day, `yyyy-mm-dd`; none if empty.
    pub until: String,
    /// Who signed it.
    pub signed_by: String,
}

/// How a change at the desk ended.
#[derive(Debug)]
pub enum Changed<T> {
    /// It is done.
    Done(T),
    /// It cannot be: the form's field and what is wrong with it.
    Problems(Vec<(String, String)>),
}

/// One version of the settings, in one line.
#[derive(Clone, Debug)]
pub struct VersionLine {
    /// Its number.
    pub number: i64,
    /// The rulebook's name and version, as audit lines give it.
    pub label: String,
    /// How it stands.
    pub state: VersionState,
    /// When it was proposed.
    pub proposed: Timestamp,
    /// By whom.
    pub by: String,
    /// Why, in their words.
    pub why: String,
    /// Who approved it, and when.
    pub approvals: Vec<(String, Timestamp)>,
}

/// How a version stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionState {
    /// In force since.
    InForce(Timestamp),
    /// Was in force from then on, until the next one.
    Past(Timestamp),
    /// Waits for approval.
    Open,
    /// Waits in vain: another version came into force since it was proposed.
    Overtaken,
    /// Withdrawn.
    Withdrawn(Timestamp),
}

/// The settings in force and all versions.
#[derive(Clone, Debug)]
pub struct RulesInForce {
    /// What is in force, each setting in words.
    pub settings: Vec<(String, String)>,
    /// Every version, the newest first.
    pub versions: Vec<VersionLine>,
}

/// The form on which settings are proposed.
#[derive(Clone, Debug)]
pub struct SettingsForm {
    /// The version it would follow.
    pub base: VersionLine,
    /// Its fields.
    pub sets: Vec<FieldSet>,
    /// Why, as typed.
    pub why: String,
    /// What is wrong with what was typed, by field.
    pub problems: Vec<(String, String)>,
}

/// A proposal was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proposed(
    /// Its number.
    pub i64,
);

/// One version in full.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// Its line.
    pub line: VersionLine,
    /// The version it was proposed against; none for the first.
    pub base: Option<String>,
    /// What it changes of that version.
    pub differences: Vec<Difference>,
    /// What it says, each setting in words.
    pub settings: Vec<(String, String)>,
    /// Whether the reader has approved it already.
    pub approved_by_reader: bool,
    /// What it would have changed of last month's decisions, while it waits for approval.
    pub preview: Option<Preview>,
}

/// One setting that differs between two versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The setting.
    pub setting: String,
    /// Before; empty if it was not there.
    pub before: String,
    /// After; empty if it is gone.
    pub after: String,
}

/// Last month's decisions under proposed settings.
#[derive(Clone, Debug)]
pub struct Preview {
    /// From when on decisions were replayed.
    pub since: Timestamp,
    /// How many were replayed.
    pub replayed: usize,
    /// How many of them would change.
    pub changed: usize,
    /// How many cannot be replayed, because what they rested on was not kept then.
    pub unknown: usize,
    /// Whether older ones of the month were left out, because there are too many.
    pub cut: bool,
    /// What changes, gathered, the most frequent first.
    pub rows: Vec<PreviewRow>,
    /// The decisions themselves, newest first: those of the reader's own organisation, for its
    /// Caldicott Guardian.
    pub own: Option<Vec<PreviewLine>>,
    /// Whether more of the reader's own organisation's would change than are listed.
    pub more_own: bool,
}

/// Decisions that change alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreviewRow {
    /// What was decided.
    pub was: String,
    /// What would be.
    pub would: String,
    /// The role of those who asked.
    pub role: String,
    /// Their organisation.
    pub organisation: String,
    /// How many.
    pub count: usize,
}

/// One decision that changes.
#[derive(Clone, Debug)]
pub struct PreviewLine {
    /// The audit line.
    pub line: AccessLine,
    /// What was decided.
    pub was: String,
    /// What would be.
    pub would: String,
}

/// The rules in force as they are printed for a Caldicott Guardian.
#[derive(Clone, Debug)]
pub struct PrintedRules {
    /// The rulebook's name and version.
    pub label: String,
    /// Since when it is in force.
    pub since: Timestamp,
    /// What the region chose, a sentence for each.
    pub settings: Vec<String>,
    /// Who may ask at all: headings and rows.
    pub who_may_ask: (Vec<String>, Vec<Vec<String>>),
    /// The other rules: headings and rows.
    pub rules: (Vec<String>, Vec<Vec<String>>),
    /// What the words stand for.
    pub glossary: Vec<(String, String)>,
    /// Who had it printed, and under which line.
    pub access: AccessNumber,
}

impl Partner {
    /// Its code.
    #[must_use]
    pub const fn code(&self) -> &OdsCode {
        &self.organisation.code
    }

    /// The agreement that counts now.
    #[must_use]
    pub fn in_force(&self) -> Option<&AgreementLine> {
        let mut agreements = self.agreements.iter();
        agreements.find(|one| one.state == AgreementState::InForce)
    }
}

impl AgreementLine {
    /// Its last day's last second, if it ends.
    #[must_use]
    pub fn last_instant(&self) -> Option<Timestamp> {
        self.ends.map(|ends| ends.plus(-1))
    }
}

impl AgreementState {
    /// The words of the page.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::InForce => "In force",
            Self::ToCome => "Begins later",
            Self::Ended => "Ended",
            Self::Followed => "Followed by a later one",
        }
    }
}
