//! TLS: what a client sees, a certificate that changes while the server runs, and one that is bad.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsConnector;
use tributary_testkit::{PASSWORD, Region, TRUST, form};
use tributary_web::{Certificates, WebSettings};

/// A server over TLS, and the files of its certificate.
struct Secure {
    region: Region,
    address: SocketAddr,
    certificates: Arc<Certificates>,
    files: (PathBuf, PathBuf),
    _server: JoinSet<()>,
}

/// A new certificate in place of the one that is there; what a client has to believe.
fn renew((certificate, key): &(PathBuf, PathBuf)) -> RootCertStore {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(certificate, made.cert.pem()).unwrap();
    std::fs::write(key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    roots
}

impl Secure {
    async fn new() -> (Self, RootCertStore) {
        let region = Region::new().await;
        region
            .staff("doctor", tributary_model::Role::Doctor, TRUST)
            .await;
        let files = (region.folder.join("c.pem"), region.folder.join("k.pem"));
        let roots = renew(&files);
        let certificates = Certificates::read(files.0.clone(), files.1.clone()).unwrap();
        let settings = WebSettings {
            tls: true,
            proxied: false,
            notice: None,
            controller: "The Dee partnership".to_owned(),
            clock: region.clock.clone(),
        };
        let app = tributary_web::app(region.gate.clone(), region.door.clone(), settings);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        let using = certificates.clone();
        server.spawn(async move {
            let never = std::future::pending();
            tributary_web::serve_tls(listener, using, app, never)
                .await
                .unwrap();
        });
        let secure = Self {
            region,
            address,
            certificates,
            files,
            _server: server,
        };
        (secure, roots)
    }

    /// What a client that believes these gets; nothing if it does not believe the server.
    async fn asked(&self, roots: &RootCertStore, request: &str) -> Option<String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await.ok()?;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    async fn lives(&self, roots: &RootCertStore) -> bool {
        let request = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let answer = self.asked(roots, request).await;
        answer.is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }
}

#[tokio::test]
async fn over_tls_cookies_are_bound_to_the_host_and_browsers_are_told_to_stay() {
    let (secure, roots) = Secure::new().await;
    let body = form(&[("name", "doctor"), ("password", PASSWORD)]);
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = secure.asked(&roots, &request).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer.lines().find(|line| line.starts_with("set-cookie: "));
    let cookie = cookie.unwrap();
    assert!(
        cookie.starts_with("set-cookie: __Host-tributary="),
        "{cookie}"
    );
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        answer.contains("strict-transport-security: max-age=31536000"),
        "{answer}"
    );
    let lines = secure.region.lines().await;
    assert!(lines > 0 && secure.region.verifies().await);
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_a_bad_one_is_not() {
    let (secure, first) = Secure::new().await;
    assert!(secure.lives(&first).await);
    let second = renew(&secure.files);
    assert!(secure.lives(&first).await, "until it is read again");
    secure.certificates.reload().unwrap();
    assert!(secure.lives(&second).await);
    assert!(!secure.lives(&first).await, "the old one is gone");
    let (certificate, key) = &secure.files;
    let good = std::fs::read(key).unwrap();
    for bad in [b"".as_slice(), b"no key at all", &good[..good.len() / 2]] {
        std::fs::write(key, bad).unwrap();
        assert!(secure.certificates.reload().is_err());
        assert!(secure.lives(&second).await, "the one before stays");
    }
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(key, other.signing_key.serialize_pem()).unwrap();
    assert!(
        secure.certificates.reload().is_err(),
        "a key of another certificate"
    );
    std::fs::write(key, good).unwrap();
    std::fs::write(certificate, "").unwrap();
    assert!(secure.certificates.reload().is_err(), "no certificate");
    assert!(secure.lives(&second).await);
}

#[tokio::test]
async fn a_client_that_says_nothing_holds_up_nobody() {
    let (secure, roots) = Secure::new().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(secure.address).await.unwrap());
    }
    let mut rubbish = TcpStream::connect(secure.address).await.unwrap();
    rubbish.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(secure.lives(&roots).await);
}
