//! Who is asking: the session cookie, the person signed in, and the role they act in.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, connect_info::Connected},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    serve::IncomingStream,
};
use tributary_gatekeeper::{AttemptToken, Opening, SessionToken, SignedIn};
use tributary_model::{Address, Origin, Part, Requester, Statement, Timestamp};

use crate::{
    error::WebError,
    limits,
    listening::{PlainListener, TlsListener},
    site::Site,
};

/// The other end of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, PlainListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, PlainListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Anyone, with where they ask from, the session they say they have, and what they say they began.
pub(crate) struct Visitor {
    pub(crate) origin: Origin,
    pub(crate) token: Option<SessionToken>,
    /// The step of signing in that this browser began.
    pub(crate) attempt: Option<AttemptToken>,
    /// The link from another system that this browser follows.
    pub(crate) link: Option<AttemptToken>,
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
    pub(crate) token: SessionToken,
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
            proved: self.signed_in.proved,
            origin: self.origin.clone(),
        }
    }

    /// The same person, who has just proved again who they are.
    pub(crate) fn proved(&mut self, now: Timestamp) {
        self.signed_in.proved = now;
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, WebError> {
        let headers = &parts.headers;
        let peer = parts.extensions.get::<ConnectInfo<Peer>>();
        let peer = peer.map(|peer| peer.0.0.ip());
        let address = if site.settings.proxied {
            forwarded(headers).or(peer)
        } else {
            peer
        };
        let agent = headers
            .get(header::USER_AGENT)
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()))
            .map(|agent| agent.chars().take(limits::AGENT_CHARACTERS).collect())
            .unwrap_or_default();
        let kept = |cookie: Cookie| cookie.of(headers, site.settings.tls).map(str::to_owned);
        Ok(Self {
            origin: Origin {
                address: address.map(|one| one.to_string()).unwrap_or_default(),
                agent,
            },
            token: kept(SESSION).map(SessionToken),
            attempt: kept(ATTEMPT).map(AttemptToken),
            link: kept(LINK).map(AttemptToken),
        })
    }
}

/// The client as the proxy in front saw it: the last address, since what stands before it came from
/// the client.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for");
    let last = lines.iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
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
            signed_in,
            token,
            origin,
        } = Known::from_request_parts(parts, site).await?;
        let requester = signed_in.requester.clone().ok_or(WebError::RoleFirst)?;
        Ok(Self {
            signed_in,
            requester,
            origin,
            token,
        })
    }
}

/// A cookie of ours: for this host alone, out of reach of scripts.
#[derive(Clone, Copy)]
pub(crate) struct Cookie {
    plain: &'static str,
    secure: &'static str,
    same_site: &'static str,
}

/// The session. No other site can have it sent.
pub(crate) const SESSION: Cookie = Cookie {
    plain: "tributary",
    secure: "__Host-tributary",
    same_site: "Strict",
};

/// A step of signing in. It comes back with whoever comes back from a provider.
pub(crate) const ATTEMPT: Cookie = Cookie {
    plain: "tributary-attempt",
    secure: "__Host-tributary-attempt",
    same_site: "Lax",
};

/// A link that is being followed.
pub(crate) const LINK: Cookie = Cookie {
    plain: "tributary-link",
    secure: "__Host-tributary-link",
    same_site: "Strict",
};

impl Cookie {
    /// Keeps a secret in the browser until it is closed.
    pub(crate) fn keep(self, secret: &str, tls: bool) -> Option<HeaderValue> {
        self.line(secret, "", tls)
    }

    /// Forgets it.
    pub(crate) fn forget(self, tls: bool) -> Option<HeaderValue> {
        self.line("", "; Max-Age=0", tls)
    }

    fn line(self, secret: &str, age: &str, tls: bool) -> Option<HeaderValue> {
        let (name, site) = (self.name(tls), self.same_site);
        let secure = if tls { "; Secure" } else { "" };
        let line = format!("{name}={secret}; Path=/; HttpOnly; SameSite={site}{age}{secure}");
        HeaderValue::from_str(&line).ok()
    }

    fn of(self, headers: &HeaderMap, tls: bool) -> Option<&str> {
        cookie(headers, self.name(tls))
    }

    const fn name(self, tls: bool) -> &'static str {
        if tls { self.secure } else { self.plain }
    }
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
        let kept = SESSION.keep("abc", true).unwrap();
        assert_eq!(
            kept.to_str().unwrap(),
            "__Host-tributary=abc; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        let plain = SESSION.keep("abc", false).unwrap();
        assert!(!plain.to_str().unwrap().contains("Secure"));
    }

    #[test]
    fn a_token_cannot_smuggle_a_header() {
        assert!(SESSION.keep("a\r\nSet-Cookie: b=c", false).is_none());
    }

    #[test]
    fn of_the_forwarded_addresses_the_proxys_own_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        let line = "198.51.100.9, 192.0.2.1";
        headers.append("x-forwarded-for", HeaderValue::from_static(line));
        assert_eq!(forwarded(&headers), Some([192, 0, 2, 1].into()));
        headers.append("x-forwarded-for", HeaderValue::from_static("nonsense"));
        assert_eq!(forwarded(&headers), None);
    }
}
