//! What the readers and writers of FHIR do with what is really sent.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers may fail loudly, and say what they skip"
)]

mod bundles;
mod display;
mod intake;
mod mutated;
mod out;
mod patients;
mod real_input;
mod relationships;
mod sharing;

use tributary_formats::fhir::intake::{Reader, RestrictedCodes, SharingMap, Statement};
use tributary_model::{Issue, Organisation, OrganisationKind};

/// A reader of what an organisation of this kind sends.
fn reader(kind: OrganisationKind) -> Reader {
    let code = "N81085".parse().expect("a code");
    let sender = Organisation {
        code,
        name: "Sender".to_owned(),
        kind,
    };
    Reader::new(sender, &SharingMap::default(), &RestrictedCodes::default())
}

/// What a GP practice's line says.
fn read(line: &str) -> Result<Statement<'_>, Issue> {
    reader(OrganisationKind::GpPractice).read(line.as_bytes())
}
