//! What an operator chooses for the way out.

use tributary_policy::{Rulebook, Settings};
use tributary_store::SessionLimits;

/// What an operator chooses for the way out.
#[derive(Clone, Debug)]
pub struct Config {
    /// The rules and sensitive sets to begin with. Once the governance group has decided, what it
    /// decided is in force and these are not looked at any more.
    pub settings: Settings,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// The address of the FHIR API as its clients know it, without a slash at the end.
    pub fhir_base: String,
}

impl Default for Config {
    /// The `cheshire` rulebook, the stand-in code sets, 30 minutes and 12 hours.
    fn default() -> Self {
        Self {
            settings: Settings::with(Rulebook::cheshire()),
            sessions: SessionLimits::default(),
            fhir_base: "https://tributary.example/fhir".to_owned(),
        }
    }
}
