//! Every limit on outside bytes.

/// The most bytes one resource or bundle may have: a scanned letter as base64 fits many times.
pub const MOST_BYTES: usize = 256 << 20;
/// How deep JSON may nest. FHIR's own examples stay below 20.
pub const MOST_DEPTH: usize = 100;
