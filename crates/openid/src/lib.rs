//! Signing in with an organisation's own provider, and links from its systems: spoken, and every
//! token checked.
//!
//! What stands here says in our words who signed in and which patient a link is about. It knows no
//! account and opens nothing: that a person exists here, and may do something, is decided elsewhere.

mod claims;
mod http;
mod jws;
mod launch;
mod limits;
mod provider;
mod settings;

pub use claims::{Person, Unfit};
pub use launch::{LaunchSystem, LaunchSystemSettings, Link, LinkFault, PatientNumber};
pub use provider::{Attempt, Came, Ended, Provider, ProviderFault};
pub use settings::{ProviderSettings, RoleCode, SettingsFault, Style};
