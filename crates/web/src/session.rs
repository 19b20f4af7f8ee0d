//! Who is asking: the session cookie, the person signed in, and the role they act in.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use tributary_gatekeeper::{Opening, SessionToken, SignedIn};
use tributary_model::{Address, Origin, Part, Requester, Statement};

use crate::{error::WebError, limits, site::Site};

/// Anyone, with where they ask from and the session they say they have.
pub(crate) struct Visitor {
    pub(crate) origin: Origin,
    pub(crate) token: Option<SessionToken>,
}

/// A person who is signed in, perhaps before choosing a role.
pub(crate) struct Known {
    pub(crate) signed_in: SignedIn,
    pub(crate) token: SessionToken,
    pub(crate) origin: Origin,
}

/// A person who acts in a role for an organisation.
pub(crate) struct Acting {
    pub(crate) signed_in: SignedIn,
    pub(crate) requester: Requester,
    pub(crate) origin: Origin,
}

impl Acting {
    /// To open a record or go on with an open one, stating nothing new.
    pub(crate) fn looks_at(&self, address: Address) -> Opening {
        self.states(address, None, Statement::Nothing)
    }

    /// To open a record with what the requester states now.
    pub(crate) fn states(
        &self,
        address: Address,
        part: Option<Part>,
        statement: Statement,
    ) -> Opening {
        Opening {
            address,
            part,
            statement,
            origin: self.origin.clone(),
        }
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let address = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|client| client.0.ip().to_string())
            .unwrap_or_default();
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()))
            .map(|agent| agent.chars().take(limits::AGENT_CHARACTERS).collect())
            .unwrap_or_default();
        let token = cookie(&parts.headers, cookie_name(site.settings.tls))
            .map(|value| SessionToken(value.to_owned()));
        Ok(Self {
            origin: Origin { address, agent },
            token,
        })
    }
}

impl FromRequestParts<Site> for Known {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        let token = visitor.token.ok_or(WebError::SignInFirst)?;
        let signed_in = site
            .gate
            .session(&token)
            .await?
            .ok_or(WebError::SignInFirst)?;
        Ok(Self {
            signed_in,
            token,
            origin: visitor.origin,
        })
    }
}

impl FromRequestParts<Site> for Acting {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let Known {
            signed_in, origin, ..
        } = Known::from_request_parts(parts, site).await?;
        let requester = signed_in.requester.clone().ok_or(WebError::RoleFirst)?;
        Ok(Self {
            signed_in,
            requester,
            origin,
        })
    }
}

/// The cookie that keeps a session: for this host alone, out of reach of scripts and other sites.
pub(crate) fn keep(token: &SessionToken, tls: bool) -> Option<HeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    let name = cookie_name(tls);
    HeaderValue::from_str(&format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict{secure}",
        token.0
    ))
    .ok()
}

/// The cookie that ends a session in the browser.
pub(crate) fn forget(tls: bool) -> Option<HeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    let name = cookie_name(tls);
    HeaderValue::from_str(&format!(
        "{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"
    ))
    .ok()
}

const fn cookie_name(tls: bool) -> &'static str {
    if tls { "__Host-tributary" } else { "tributary" }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_own_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; tributary=abc_-; b=2"),
        );
        assert_eq!(cookie(&headers, "tributary"), Some("abc_-"));
        assert_eq!(cookie(&headers, "__Host-tributary"), None);
        assert_eq!(cookie(&headers, "c"), None);
    }

    #[test]
    fn a_cookie_over_tls_is_bound_to_the_host() {
        let token = SessionToken("abc".to_owned());
        let kept = keep(&token, true).unwrap();
        assert_eq!(
            kept.to_str().unwrap(),
            "__Host-tributary=abc; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(
            !keep(&token, false)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("Secure")
        );
    }

    #[test]
    fn a_token_cannot_smuggle_a_header() {
        assert!(keep(&SessionToken("a\r\nSet-Cookie: b=c".to_owned()), false).is_none());
    }
}
