//! TLS: the certificate in use, which can change while the server runs.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file cannot be read, or is no PEM.
    #[error("{0}: {1}")]
    File(PathBuf, String),
    /// They do not belong together, or cannot be used.
    #[error("the certificate and the key cannot be used together: {0}")]
    Pair(String),
}

/// A certificate and its key, read again when their files change.
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
    stamp: RwLock<Stamp>,
}

/// When the files were last changed, as far as can be known.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Certificates {
    /// Reads a certificate chain and its key, both PEM.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Arc<Self>, TlsFault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let stamp = stamp(&certificate, &key);
        let pair = pair(&certificate, &key, &provider)?;
        Ok(Arc::new(Self {
            certificate,
            key,
            provider,
            current: RwLock::new(Arc::new(pair)),
            stamp: RwLock::new(stamp),
        }))
    }

    /// Reads them again. What cannot be used changes nothing: the old pair stays in use.
    pub fn reload(&self) -> Result<(), TlsFault> {
        *self.stamp.write().unwrap_or_else(PoisonError::into_inner) =
            stamp(&self.certificate, &self.key);
        let pair = pair(&self.certificate, &self.key, &self.provider)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
        Ok(())
    }

    /// Reads them again and says how that went.
    pub fn reload_and_tell(&self) {
        match self.reload() {
            Ok(()) => tracing::info!("the certificate was read again and is in use"),
            Err(error) => tracing::error!(
                %error,
                "THE NEW CERTIFICATE CANNOT BE USED; the old one stays in use until it runs out"
            ),
        }
    }

    /// Looks again and again whether the files have changed, until it is dropped.
    pub async fn keep_fresh(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let known = *self.stamp.read().unwrap_or_else(PoisonError::into_inner);
            if stamp(&self.certificate, &self.key) != known {
                self.reload_and_tell();
            }
        }
    }
}

impl Certificates {
    /// How connections are secured: with whatever certificate is in use when they begin.
    pub(crate) fn server(self: Arc<Self>) -> ServerConfig {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider has the usual versions of TLS")
            .with_no_client_auth()
            .with_cert_resolver(self);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read();
        Some(current.unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificates({})", self.certificate.display())
    }
}

fn pair(
    certificate: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, TlsFault> {
    let fault = |file: &Path, error: String| TlsFault::File(file.to_owned(), error);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| fault(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(fault(certificate, "it holds no certificate".to_owned()));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, error.to_string()))?;
    CertifiedKey::from_der(chain, secret, provider)
        .map_err(|error| TlsFault::Pair(error.to_string()))
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    [certificate, key].map(|file| {
        let known = std::fs::metadata(file).ok()?;
        Some((known.modified().ok()?, known.len()))
    })
}
