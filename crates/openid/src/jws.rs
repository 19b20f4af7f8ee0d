//! Signed tokens that are not id tokens: logout tokens and links.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tributary_model::Timestamp;

use crate::limits;

/// Claims by name.
pub(crate) type Claims = Map<String, Value>;

/// The head of a token.
#[derive(Deserialize)]
struct Head {
    alg: CoreJwsSigningAlgorithm,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// The claims of a token that one of these keys signed; nothing if none did. A secret that both
/// sides know signs nothing here, and neither does “none”.
pub(crate) fn verified(token: &str, keys: &[CoreJsonWebKey]) -> Option<Claims> {
    if token.len() > limits::TOKEN_BYTES {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, claims) = signed.split_once('.')?;
    let head: Head = part(head)?;
    if head.crit.is_some() || !is_public(&head.alg) {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let may_sign = |key: &&CoreJsonWebKey| {
        let named = match (&head.kid, key.key_id()) {
            (Some(kid), Some(id)) => *kid == **id,
            (None, _) | (_, None) => true,
        };
        named && key.key_use() != Some(&openidconnect::core::CoreJsonWebKeyUse::Encryption)
    };
    let right = |key: &CoreJsonWebKey| {
        key.verify_signature(&head.alg, signed.as_bytes(), &signature)
            .is_ok()
    };
    if keys.iter().filter(may_sign).any(right) {
        part(claims)
    } else {
        None
    }
}

/// The claims of a token that was verified already.
pub(crate) fn claims_of(token: &str) -> Option<Claims> {
    part(token.split('.').nth(1)?)
}

/// A claim that is a text, if it is not longer than a text should be.
pub(crate) fn text<'c>(claims: &'c Claims, name: &str) -> Option<&'c str> {
    let text = claims.get(name)?.as_str()?.trim();
    (!text.is_empty() && text.chars().count() <= limits::TEXT_CHARACTERS).then_some(text)
}

/// A claim that is a time in seconds.
pub(crate) fn time(claims: &Claims, name: &str) -> Option<Timestamp> {
    let seconds = claims.get(name)?.as_i64()?;
    Some(Timestamp(seconds.checked_mul(Timestamp::SECOND)?))
}

/// Whether the token is for this audience alone.
pub(crate) fn is_for(claims: &Claims, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(several)) => {
            matches!(several.as_slice(), [Value::String(one)] if one == audience)
        }
        _ => false,
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}

const fn is_public(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    !matches!(
        algorithm,
        CoreJwsSigningAlgorithm::HmacSha256
            | CoreJwsSigningAlgorithm::HmacSha384
            | CoreJwsSigningAlgorithm::HmacSha512
            | CoreJwsSigningAlgorithm::None
    )
}
