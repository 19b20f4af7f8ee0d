//! Bytes to model and back: FHIR in, FHIR out. Reading never fails, it returns issues.
