//! What an operator settles for a provider.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use tributary_model::{OdsCode, Role};

/// A provider that staff sign in with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProviderSettings {
    /// Its name in addresses and audit lines: small letters, digits and hyphens.
    pub name: String,
    /// Its name as staff know it: “NHS Care Identity”.
    pub words: String,
    /// Its issuer address, from which everything else is discovered.
    pub issuer: String,
    /// The client id it has given us.
    pub client_id: String,
    /// The file of the client secret; without it this is a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// A PEM file of authorities that are believed for this provider besides the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities_file: Option<PathBuf>,
    /// What is asked for besides `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The ways of signing in that will do (`acr`), the preferred first. Empty: any.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// The least level of a claim: `{ authentication_assurance_level = 2 }`.
    #[serde(default)]
    pub levels: BTreeMap<String, u8>,
    /// How its claims are read.
    pub style: Style,
    /// The claim of the person's name.
    #[serde(default = "name_claim")]
    pub name_claim: String,
    /// The claim of the role codes, for the `mapped` style.
    #[serde(default = "role_claim")]
    pub role_claim: String,
    /// The claim of the organisation's code, for the `mapped` style.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_claim: Option<String>,
    /// The one organisation that signs in with it, for the `mapped` style.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OdsCode>,
    /// The claim of the register entry (`SWE:SW123456`), where the provider vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_claim: Option<String>,
    /// Which of its role codes means which role. The first that fits counts.
    pub roles: Vec<RoleCode>,
}

/// How a provider's claims are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// NHS Care Identity Service 2: `selected_roleid` names one of `nhsid_nrbac_roles`.
    Cis2,
    /// Role and organisation stand in claims that are named here.
    Mapped,
}

/// What a role code means here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoleCode {
    /// The code, whole (`S8000:G8000:R8000`) or its last part (`R8000`).
    pub code: String,
    /// The role.
    pub role: Role,
}

/// What is wrong with the settings of a provider or a launching system.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {what}")]
pub struct SettingsFault {
    /// Of which.
    pub name: String,
    /// What.
    pub what: String,
}

impl ProviderSettings {
    /// What is wrong with them, if something is.
    pub(crate) fn fault(&self) -> Option<String> {
        if !is_name(&self.name) {
            return Some("its name has small letters, digits and hyphens only".to_owned());
        }
        if self.roles.is_empty() {
            return Some("it maps no role code, so nobody could sign in with it".to_owned());
        }
        let somewhere = self.organisation.is_some() != self.organisation_claim.is_some();
        if self.style == Style::Mapped && !somewhere {
            return Some("the mapped style takes organisation or organisation-claim".to_owned());
        }
        None
    }

    /// The role that a code means.
    pub(crate) fn role(&self, code: &str) -> Option<Role> {
        let last = code.rsplit(':').next().unwrap_or(code);
        let fits = |known: &&RoleCode| known.code == code || known.code == last;
        self.roles.iter().find(fits).map(|known| known.role)
    }
}

/// Whether a text can stand in an address and an audit line as a name.
pub(crate) fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(fits)
}

fn name_claim() -> String {
    "name".to_owned()
}

fn role_claim() -> String {
    "roles".to_owned()
}
