//! Proofs that an access is written down. Each is made from a durable audit line, cannot be copied,
//! and lets through exactly what its line says.

use tributary_model::{
    AccessNumber, Address, IdentityId, OdsCode, PatientId, SectionSet, Version,
};

use crate::{
    audit_log::{Durable, Shown},
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
    pub(crate) state: Option<State>,
}

/// The numbers that move with everything a decision about a person rests on: one for each linked
/// identity, in their order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct State {
    pub(crate) patient: PatientId,
    pub(crate) numbers: Vec<(IdentityId, i64)>,
}

impl Permit {
    pub(crate) fn of(line: Durable, view: &View, sections: SectionSet) -> Self {
        let address = Some(view.address());
        let state = Some(view.state().clone());
        Self { state, ..Self::replay(line, address, view.shown(), sections) }
    }

    pub(crate) const fn replay(
        line: Durable,
        address: Option<Address>,
        shown: Vec<Shown>,
        sections: SectionSet,
    ) -> Self {
        Self { line, address, shown, sections, state: None }
    }

    /// Whose record: the linked identities, each as at the version to be shown; the requester's own
    /// organisation's first.
    pub fn identities(&self) -> impl ExactSizeIterator<Item = (IdentityId, Version)> {
        self.shown.iter().map(|shown| (shown.identity, shown.version))
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

/// Proof that reading audit lines is audited. Opens the lines of one organisation, or of the
/// identities of one patient.
#[must_use = "a review that is written down and not made leaves a line about nothing"]
#[derive(Debug)]
pub struct ReviewPermit {
    line: Durable,
    of: Reviewed,
}

/// Whose audit lines are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Reviewed {
    /// Those an organisation made, and those about its patients.
    Organisation(OdsCode),
    /// Those about the identities of one patient.
    Patient(Vec<IdentityId>),
}

impl ReviewPermit {
    pub(crate) const fn of(line: Durable, of: Reviewed) -> Self {
        Self { line, of }
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
