//! Bytes to model and back: FHIR in, FHIR out. Reading never fails, it returns issues.

pub mod fhir;
mod json;
pub mod limits;
