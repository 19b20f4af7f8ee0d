//! An organisation's own system, which makes links to patients.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use tributary_model::Timestamp;
use tributary_openid::{LaunchSystem, LaunchSystemSettings};

use crate::BASE;

/// A system with the key it signs with.
pub struct System {
    name: String,
    organisation: String,
    key: CoreEdDsaPrivateSigningKey,
}

impl System {
    /// A system of an organisation, with a key that only its name decides.
    #[must_use]
    pub fn of(name: &str, organisation: &str) -> Self {
        let mut seed = [7; 32];
        for (at, byte) in seed.iter_mut().zip(name.bytes()) {
            *at = byte;
        }
        // An Ed25519 key as PKCS #8 has it.
        let head = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
        let body = STANDARD.encode([head.as_slice(), &seed].concat());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        Self {
            name: name.to_owned(),
            organisation: organisation.to_owned(),
            key: CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, None).unwrap(),
        }
    }

    /// As it is registered here.
    #[must_use]
    pub fn registered(&self) -> LaunchSystem {
        let settings = LaunchSystemSettings {
            name: self.name.clone(),
            organisation: self.organisation.parse().unwrap(),
            key_file: "not read".into(),
        };
        let key = serde_json::to_vec(&self.key.as_verification_key()).unwrap();
        LaunchSystem::new(&settings, &key).unwrap()
    }

    /// What a right link says: for this professional, about this patient, good for two minutes.
    #[must_use]
    pub fn claims(&self, professional: &str, patient: &Value, id: &str, now: Timestamp) -> Value {
        let seconds = now.0 / Timestamp::SECOND;
        json!({
            "iss": self.name, "aud": BASE, "sub": professional, "patient": patient, "jti": id,
            "iat": seconds, "exp": seconds + 120,
        })
    }

    /// Signs claims: the address to send a browser to.
    #[must_use]
    pub fn link(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA" })), part(claims));
        let algorithm = CoreJwsSigningAlgorithm::EdDsa;
        let signature = self.key.sign(&algorithm, signed.as_bytes()).unwrap();
        format!(
            "/launch?link={signed}.{}",
            URL_SAFE_NO_PAD.encode(signature)
        )
    }
}
