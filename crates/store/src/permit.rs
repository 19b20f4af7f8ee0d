//! Proofs that an access is written down. Each is made from a durable audit line, cannot be copied,
//! and lets through exactly what its line says.

use tributary_model::{
    AccessNumber, AccountId, Address, IdentityId, OdsCode, PatientId, PreferenceDecision,
    SectionSet, Version,
};
use tributary_policy::choices::PermittedChoice;

use crate::{
    audit_log::{Durable, Shown},
    db::{DbResult, Row},
    facts::View,
};

/// Proof that opening one patient's record is permitted and audited. Every read of entries takes
/// it and takes no patient beside it: the permit says whose record, which sections, and as at which
/// version of each identity.
#[must_use = "an access that is written down and not used leaves a line about nothing"]
#[derive(Debug)]
pub struct Permit {
    line: Durable,
    address: Option<Address>,
    shown: Vec<Shown>,
    sections: SectionSet,
    /// What the person's state was when it was decided; none for a replay, which shows what was.
    state: Option<State>,
}

/// The numbers that move with everything a decision about a person rests on: one for each linked
/// identity, in their order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct State {
    pub(crate) patient: PatientId,
    pub(crate) numbers: Vec<(IdentityId, i64)>,
}

impl State {
    /// Whether this is what the rows of `identities::states` say.
    pub(crate) fn is(&self, rows: &[Row]) -> DbResult<bool> {
        let now = rows
            .iter()
            .map(|row| Ok((IdentityId(row.int(0)?), row.int(1)?)));
        Ok(now.collect::<DbResult<Vec<_>>>()? == self.numbers)
    }

    /// One number for the audit line.
    pub(crate) fn sum(&self) -> i64 {
        self.numbers.iter().map(|(_, number)| number).sum()
    }
}

impl Permit {
    pub(crate) fn of(line: Durable, view: &View, sections: SectionSet) -> Self {
        let address = Some(view.address());
        let state = Some(view.state().clone());
        Self {
            state,
            ..Self::replay(line, address, view.shown(), sections)
        }
    }

    pub(crate) const fn replay(
        line: Durable,
        address: Option<Address>,
        shown: Vec<Shown>,
        sections: SectionSet,
    ) -> Self {
        Self {
            line,
            address,
            shown,
            sections,
            state: None,
        }
    }

    /// Whose record: the linked identities, each as at the version to be shown; the requester's own
    /// organisation's first.
    #[must_use]
    pub fn identities(&self) -> impl ExactSizeIterator<Item = (IdentityId, Version)> {
        self.shown
            .iter()
            .map(|shown| (shown.identity, shown.version))
    }

    /// The identities with their organisations.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// How the requester named the patient.
    #[must_use]
    pub const fn address(&self) -> Option<Address> {
        self.address
    }

    /// What the person's state was when it was decided; none for a replay.
    pub(crate) const fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// Notes that the state of an identity has moved because of this very access.
    pub(crate) fn moved(&mut self, identity: IdentityId, by_one_to: i64) -> bool {
        let numbers = self.state.iter_mut().flat_map(|state| &mut state.numbers);
        let mut own = numbers.filter(|(one, number)| *one == identity && *number + 1 == by_one_to);
        own.next().is_some_and(|(_, number)| {
            *number = by_one_to;
            true
        })
    }

    /// Which sections.
    #[must_use]
    pub const fn sections(&self) -> SectionSet {
        self.sections
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}

/// Proof that a search is audited. Opens the demographics that one organisation itself holds, and
/// nothing else.
#[must_use = "a search that is written down and not made leaves a line about nothing"]
#[derive(Debug)]
pub struct SearchPermit {
    line: Durable,
    organisation: OdsCode,
}

impl SearchPermit {
    pub(crate) const fn of(line: Durable, organisation: OdsCode) -> Self {
        Self { line, organisation }
    }

    /// The organisation among whose patients is searched.
    #[must_use]
    pub const fn organisation(&self) -> &OdsCode {
        &self.organisation
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}

/// Proof that reading audit lines is audited. Opens the lines that it names and no others.
#[must_use = "a review that is written down and not made leaves a line about nothing"]
#[derive(Debug)]
pub struct ReviewPermit {
    line: Durable,
    organisation: OdsCode,
    of: Reviewed,
}

/// Which lines of the reader's own organisation are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// What its staff did, and what was done about its patients.
    All,
    /// What was done about its patients, by whomever.
    OurPatients,
    /// What its staff did.
    OurStaff,
    /// What one member of its staff did for it.
    Member(AccountId),
    /// What is flagged for review.
    Flagged,
    /// The lines about one of its lines: how the review went on.
    About(AccessNumber),
}

/// Whose audit lines are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Reviewed {
    /// Those of an organisation.
    Organisation(Lines),
    /// Those about the identities of one patient.
    Patient(Vec<IdentityId>),
}

impl ReviewPermit {
    pub(crate) const fn of(line: Durable, organisation: OdsCode, of: Reviewed) -> Self {
        Self {
            line,
            organisation,
            of,
        }
    }

    /// The organisation whose lines are read.
    #[must_use]
    pub const fn organisation(&self) -> &OdsCode {
        &self.organisation
    }

    pub(crate) const fn reviewed(&self) -> &Reviewed {
        &self.of
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}

/// Proof that a replay of past decisions is audited. Lets through what decisions rested on, which
/// names nobody, and whole lines of one organisation at most.
#[must_use = "a replay that is written down and not made leaves a line about nothing"]
#[derive(Debug)]
pub struct PreviewPermit {
    line: Durable,
    whole_lines_of: Option<OdsCode>,
}

impl PreviewPermit {
    pub(crate) const fn of(line: Durable, whole_lines_of: Option<OdsCode>) -> Self {
        Self {
            line,
            whole_lines_of,
        }
    }

    pub(crate) const fn whole_lines_of(&self) -> Option<&OdsCode> {
        self.whole_lines_of.as_ref()
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}

/// Proof that it is written down that this process ranks lines for the privacy officers. Opens
/// lines to compare them; nothing of them is shown under it.
#[must_use = "a line says that lines are ranked from now on"]
#[derive(Debug)]
pub struct SiftPermit {
    _line: Durable,
}

impl SiftPermit {
    pub(crate) const fn of(line: Durable) -> Self {
        Self { _line: line }
    }
}

/// Proof that maintenance is audited. Counts and checks integrity; opens no body.
#[must_use = "maintenance that is written down and not done leaves a line about nothing"]
#[derive(Debug)]
pub struct MaintenancePermit {
    line: Durable,
}

impl MaintenancePermit {
    pub(crate) const fn of(line: Durable) -> Self {
        Self { line }
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}

/// Proof that a choice about sharing is permitted and audited. Records that choice and no other.
#[must_use = "a choice that is written down and not recorded leaves a line about nothing"]
#[derive(Debug)]
pub struct ChoicePermit {
    line: Durable,
    permitted: PermittedChoice,
    decision: Option<PreferenceDecision>,
}

impl ChoicePermit {
    pub(crate) const fn of(
        line: Durable,
        permitted: PermittedChoice,
        decision: Option<PreferenceDecision>,
    ) -> Self {
        Self {
            line,
            permitted,
            decision,
        }
    }

    /// What was permitted.
    pub(crate) const fn permitted(&self) -> &PermittedChoice {
        &self.permitted
    }

    /// The decision to be recorded; none for a proposal.
    pub(crate) const fn decision(&self) -> Option<&PreferenceDecision> {
        self.decision.as_ref()
    }

    /// The audit line.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.line.number()
    }
}
