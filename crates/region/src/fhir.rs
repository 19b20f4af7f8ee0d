//! One line of FHIR R4 for each resource type, in the shapes that sources send.

mod contact;
mod document;
mod medication;
mod observation;
mod patient;
mod plan;
mod problem;

pub(crate) use contact::{Booking, Contact};
pub(crate) use document::{Letter, Report};
pub(crate) use medication::{Course, Prescription};
pub(crate) use observation::Setting;
pub(crate) use patient::Sent;
pub(crate) use plan::{Alert, CarePlan, Relative};
pub(crate) use problem::{Diagnosis, Jab, Operation, Reaction};

/// The address of ODS codes.
pub(crate) const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
