//! Links from an organisation's own system: short-lived, signed, about one patient and one person.

use std::path::PathBuf;

use openidconnect::core::CoreJsonWebKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tributary_model::{NhsNumber, OdsCode, Timestamp};

use crate::{
    SettingsFault,
    jws::{self, Claims, text},
    limits,
    settings::is_name,
};

/// A system that may send its people here with a patient.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LaunchSystemSettings {
    /// Its name, which its links give as their issuer: small letters, digits and hyphens.
    pub name: String,
    /// Whose system it is.
    pub organisation: OdsCode,
    /// The file of the public key its links are signed with, as a JSON Web Key.
    pub key_file: PathBuf,
}

/// A system with its key.
#[derive(Clone, Debug)]
pub struct LaunchSystem {
    name: String,
    organisation: OdsCode,
    key: CoreJsonWebKey,
}

/// What a link says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The system that made it.
    pub system: String,
    /// Whose system that is; the link counts for this organisation alone.
    pub organisation: OdsCode,
    /// Which patient.
    pub patient: PatientNumber,
    /// For whom it was made: a register entry (`GMC:7990001`) or the name of an account.
    pub professional: String,
    /// Its own id, which is used once.
    pub id: String,
}

/// How a link names the patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PatientNumber {
    /// By NHS number.
    Nhs(
        /// The number.
        NhsNumber,
    ),
    /// By the organisation's own number.
    Local(
        /// The number.
        String,
    ),
}

/// Why a link is not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkFault {
    /// It was not made by a system that is known here, for here.
    #[error("the link was not made by a system that may send people here")]
    NotKnown,
    /// It ran out, is not good yet, or lasts longer than a link may.
    #[error("the link has run out")]
    RanOut,
    /// It lacks something, or names no patient.
    #[error("the link lacks something")]
    Incomplete,
}

impl LaunchSystem {
    /// A system from its settings and the bytes of its key file.
    pub fn new(settings: &LaunchSystemSettings, key: &[u8]) -> Result<Self, SettingsFault> {
        let fault = |what: String| SettingsFault {
            name: settings.name.clone(),
            what,
        };
        if !is_name(&settings.name) {
            let what = "its name has small letters, digits and hyphens only";
            return Err(fault(what.to_owned()));
        }
        let key = serde_json::from_slice(key)
            .map_err(|error| fault(format!("its key is no JSON Web Key: {error}")))?;
        Ok(Self {
            name: settings.name.clone(),
            organisation: settings.organisation.clone(),
            key,
        })
    }

    /// Reads a link that one of these systems made for this audience.
    pub fn read(
        systems: &[Self],
        link: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<Link, LinkFault> {
        let issued = jws::claims_of(link).ok_or(LinkFault::NotKnown)?;
        let name = text(&issued, "iss").ok_or(LinkFault::NotKnown)?;
        let system = systems.iter().find(|system| system.name == name);
        let system = system.ok_or(LinkFault::NotKnown)?;
        let claims = jws::verified(link, std::slice::from_ref(&system.key));
        let claims = claims.ok_or(LinkFault::NotKnown)?;
        if !jws::is_for(&claims, audience) {
            return Err(LinkFault::NotKnown);
        }
        in_time(&claims, now)?;
        let (id, professional) = (text(&claims, "jti"), text(&claims, "sub"));
        let (Some(id), Some(professional)) = (id, professional) else {
            return Err(LinkFault::Incomplete);
        };
        Ok(Link {
            system: system.name.clone(),
            organisation: system.organisation.clone(),
            patient: patient(&claims).ok_or(LinkFault::Incomplete)?,
            professional: professional.to_owned(),
            id: id.to_owned(),
        })
    }
}

fn in_time(claims: &Claims, now: Timestamp) -> Result<(), LinkFault> {
    let (made, ends) = (jws::time(claims, "iat"), jws::time(claims, "exp"));
    let (Some(made), Some(ends)) = (made, ends) else {
        return Err(LinkFault::Incomplete);
    };
    let short = ends.since(made) <= limits::LINK_LASTS;
    let good = made.since(now) <= limits::CLOCKS_DIFFER && now < ends;
    if short && good {
        Ok(())
    } else {
        Err(LinkFault::RanOut)
    }
}

/// Exactly one of the two numbers: a link that names two patients names none.
fn patient(claims: &Claims) -> Option<PatientNumber> {
    let patient = claims.get("patient").and_then(Value::as_object)?;
    match (patient.get("nhs_number"), patient.get("local_number")) {
        (Some(number), None) => Some(PatientNumber::Nhs(number.as_str()?.parse().ok()?)),
        (None, Some(_)) => {
            text(patient, "local_number").map(|number| PatientNumber::Local(number.to_owned()))
        }
        (Some(_), Some(_)) | (None, None) => None,
    }
}
