//! The root key and what is derived from it: one subkey for each purpose.

use std::{fmt, path::Path};

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{StoreError, StoreResult};

/// The deployment's root key: 32 random bytes, kept apart from the stores.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey([u8; 32]);

impl RootKey {
    /// Reads the key file, or makes one (readable by its owner only) if there is none.
    pub fn read_or_make(file: &Path) -> StoreResult<Self> {
        let failed = |source| StoreError::File {
            path: file.to_owned(),
            source,
        };
        match std::fs::read_to_string(file) {
            Ok(text) => Self::from_hex(text.trim()).ok_or_else(|| {
                failed(std::io::Error::other("a root key is 64 hexadecimal digits"))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self(random());
                write_private(file, &key.hex()).map_err(failed)?;
                Ok(key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// A key from bytes. For tests and key services.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn hex(&self) -> String {
        self.0
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(•••)")
    }
}

/// The subkeys in use. Each purpose has its own, so that no hash or seal of one can stand in for
/// another's.
pub(crate) struct Keys {
    /// Wraps the keys of identities and objects in the keyring.
    pub wrap: [u8; 32],
    /// Look-ups of staff, which include the organisation.
    pub find: [u8; 32],
    /// Look-ups of intake across organisations (NHS number, doubtful keys). Intake's alone.
    pub link: [u8; 32],
    /// Lines of feeds: manifests and source ids.
    pub line: [u8; 32],
    /// Digests chained over an identity's versions.
    pub chain: [u8; 32],
    /// Seals decisions about sharing, so that none is altered or deleted by hand unseen.
    pub decide: [u8; 32],
    /// Seals the personal text of audit lines and keys its look-ups.
    pub audit: [u8; 32],
    /// The seed of the key that signs checkpoints.
    pub sign: [u8; 32],
}

impl Keys {
    pub(crate) fn from_root(root: &RootKey) -> Self {
        let derive = |purpose| blake3::derive_key(purpose, &root.0);
        Self {
            wrap: derive("tributary 2026 wrap"),
            find: derive("tributary 2026 find"),
            link: derive("tributary 2026 link"),
            line: derive("tributary 2026 line"),
            chain: derive("tributary 2026 chain"),
            decide: derive("tributary 2026 decide"),
            audit: derive("tributary 2026 audit"),
            sign: derive("tributary 2026 sign"),
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        for key in [
            &mut self.wrap,
            &mut self.find,
            &mut self.link,
            &mut self.line,
            &mut self.chain,
            &mut self.decide,
            &mut self.audit,
            &mut self.sign,
        ] {
            key.zeroize();
        }
    }
}

/// Random bytes from the system: the one place they come from.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    writeln!(out, "{text}")?;
    out.sync_all()
}
