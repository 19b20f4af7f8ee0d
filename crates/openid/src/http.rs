//! One request to a provider at a time: HTTPS, or plain HTTP to this machine alone. Redirects are
//! not followed, and neither size nor time is unbounded.

use std::{future::Future, pin::Pin, sync::Arc};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Uri, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

use crate::limits;

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpFault {
    #[error("the address cannot be asked: {0}")]
    Address(String),
    #[error("it could not be reached")]
    Unreachable(#[source] std::io::Error),
    #[error("what it said is not HTTP")]
    NotHttp(#[source] hyper::Error),
    #[error("its answer broke off or is too large")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("it did not answer in time")]
    TooSlow,
}

/// What asks.
#[derive(Clone)]
pub(crate) struct Http(Arc<ClientConfig>);

impl Http {
    /// Believes the system's authorities and these.
    pub(crate) fn new(authorities: &[u8]) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for certificate in CertificateDer::pem_slice_iter(authorities) {
            let certificate = certificate.map_err(|error| format!("its authorities: {error}"))?;
            roots
                .add(certificate)
                .map_err(|error| format!("its authorities: {error}"))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Sends a request, and waits for the whole answer.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let sending = self.send_whole(request);
        let sent = tokio::time::timeout(limits::ANSWER_WITHIN, sending).await;
        sent.unwrap_or(Err(HttpFault::TooSlow))
    }

    async fn send_whole(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let uri = request.uri().clone();
        let (host, port, secure) = target(&uri)?;
        let stream = TcpStream::connect((host.as_str(), port))
            .await
            .map_err(HttpFault::Unreachable)?;
        if !secure {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(host)
            .map_err(|_| HttpFault::Address("its host is no name".to_owned()))?;
        let connector = TlsConnector::from(self.0.clone());
        let stream = connector.connect(name, stream).await;
        exchange(stream.map_err(HttpFault::Unreachable)?, request).await
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Host, port and whether to speak TLS. In clear only this machine is spoken to.
fn target(uri: &Uri) -> Result<(String, u16, bool), HttpFault> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") if is_this_machine(host) => false,
        _ => {
            let words = "it begins with https:// (http:// only on this machine)";
            return Err(HttpFault::Address(words.to_owned()));
        }
    };
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    Ok((host.to_owned(), port, secure))
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: HttpRequest,
) -> Result<HttpResponse, HttpFault> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(HttpFault::NotHttp)?;
    // Dropped with this function, which ends it.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().map(ToString::to_string);
    let host = authority.and_then(|host| host.parse().ok());
    parts
        .headers
        .insert(hyper::header::HOST, host.ok_or_else(no_host)?);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().map_err(|_| no_host())?;
    let request = hyper::Request::from_parts(parts, Full::new(Bytes::from(body)));
    let answer = sender.send_request(request).await;
    let (parts, body) = answer.map_err(HttpFault::NotHttp)?.into_parts();
    let body = Limited::new(body, limits::ANSWER_BYTES).collect().await;
    let body = body.map_err(HttpFault::Body)?.to_bytes().to_vec();
    Ok(hyper::Response::from_parts(parts, body))
}

fn no_host() -> HttpFault {
    HttpFault::Address("it names no host".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_clear() {
        let of = |text: &str| target(&text.parse().unwrap()).map_err(|error| error.to_string());
        let provider = of("https://login.example/x").unwrap();
        assert_eq!(provider, ("login.example".to_owned(), 443, true));
        let here = of("http://127.0.0.1:4000/").unwrap();
        assert_eq!(here, ("127.0.0.1".to_owned(), 4000, false));
        assert!(of("http://[::1]:4000/").is_ok());
        for refused in [
            "http://login.example/",
            "http://127.0.0.1.example/",
            "ftp://x/",
            "/x",
        ] {
            assert!(of(refused).is_err(), "{refused}");
        }
    }
}
