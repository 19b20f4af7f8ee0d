//! What an operator chooses for the way out.

use tributary_model::Timestamp;
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
    /// Whether built-in accounts need a second factor.
    pub second_factor: SecondFactor,
    /// How long proving who one is counts for opening a record in an emergency, in microseconds.
    pub proof_lasts: i64,
    /// How many searches for patients one account may make within a quarter of an hour.
    pub searches: u32,
    /// The address of the FHIR API as its clients know it, without a slash at the end.
    pub fhir_base: String,
}

/// Whether built-in accounts need a second factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecondFactor {
    /// Each does: who has none yet is given one at the next sign-in.
    Required,
    /// Whoever has one has to use it; nobody has to have one. For demonstrations.
    WhereKept,
}

impl Default for Config {
    /// The `cheshire` rulebook, the stand-in code sets, 30 minutes and 12 hours, a second factor, ten
    /// minutes for an emergency, 120 searches.
    fn default() -> Self {
        Self {
            settings: Settings::with(Rulebook::cheshire()),
            sessions: SessionLimits::default(),
            second_factor: SecondFactor::Required,
            proof_lasts: 10 * 60 * Timestamp::SECOND,
            searches: 120,
            fhir_base: "https://tributary.example/fhir".to_owned(),
        }
    }
}
