//! Signed tree heads: the C2SP checkpoint text inside a C2SP signed note with Ed25519.

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use tributary_model::Timestamp;

use crate::Hash;

/// The size and root of a log at one time. Signed, it pins every line up to its size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The log's name, which is also the name of the key that signs.
    pub origin: String,
    /// How many lines the log has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When it was made.
    pub at: Timestamp,
}

/// Why a note is not a checkpoint of the log and key it was held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteError {
    /// The log's name cannot stand in a note.
    #[error("a log's name is not empty and has no white space, control character or plus sign")]
    Origin,
    /// The text has not the form of a signed checkpoint.
    #[error("this is not the text of a signed checkpoint")]
    Form,
    /// It is of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
    /// No signature of this key is on it.
    #[error("the checkpoint does not bear this key's signature")]
    Unsigned,
    /// The signature of this key on it is wrong.
    #[error("the checkpoint's signature is wrong: its text was altered")]
    WrongSignature,
}

/// What the signature type Ed25519 is called in a key id (C2SP signed-note).
const ED25519: u8 = 0x01;
const SIGNATURE_MARK: &str = "— ";

impl Checkpoint {
    /// The text that is signed: origin, size, root and, as an extension line, the time in
    /// microseconds.
    #[must_use]
    pub fn body(&self) -> String {
        let Self {
            origin,
            size,
            root,
            at,
        } = self;
        format!("{origin}\n{size}\n{}\nat {}\n", STANDARD.encode(root), at.0)
    }

    /// The signed note.
    pub fn sign(&self, key: &SigningKey) -> Result<String, NoteError> {
        if !is_key_name(&self.origin) {
            return Err(NoteError::Origin);
        }
        let body = self.body();
        let mut blob = key_id(&self.origin, &key.verifying_key()).to_vec();
        blob.extend(key.sign(body.as_bytes()).to_bytes());
        Ok(format!(
            "{body}\n{SIGNATURE_MARK}{} {}\n",
            self.origin,
            STANDARD.encode(blob)
        ))
    }

    /// Reads a signed note, and gives its checkpoint if it is `origin`'s and `key` signed it.
    /// Further signatures (of witnesses) are passed over.
    pub fn open(note: &str, origin: &str, key: &VerifyingKey) -> Result<Self, NoteError> {
        // Signatures follow the last empty line; the text keeps its own line end.
        let split = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (body, signatures) = note.split_at(split + 1);
        let checkpoint = Self::read(body)?;
        if checkpoint.origin != origin {
            return Err(NoteError::OtherLog);
        }
        let id = key_id(origin, key);
        let signature = signatures
            .lines()
            .filter_map(|line| line.strip_prefix(SIGNATURE_MARK)?.strip_prefix(origin))
            .filter_map(|rest| STANDARD.decode(rest.strip_prefix(' ')?).ok())
            .find_map(|blob| {
                blob.strip_prefix(&id)?
                    .try_into()
                    .ok()
                    .map(Signature::from_bytes)
            })
            .ok_or(NoteError::Unsigned)?;
        key.verify_strict(body.as_bytes(), &signature)
            .map_err(|_| NoteError::WrongSignature)?;
        Ok(checkpoint)
    }

    fn read(body: &str) -> Result<Self, NoteError> {
        let fields = || {
            let mut lines = body.lines();
            let origin = lines
                .next()
                .filter(|origin| is_key_name(origin))?
                .to_owned();
            let size = lines.next()?.parse().ok()?;
            let root = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
            let at = Timestamp(lines.next()?.strip_prefix("at ")?.parse().ok()?);
            Some(Self {
                origin,
                size,
                root,
                at,
            })
        };
        // Only the one way of writing it is accepted, so that what is read is what was signed.
        fields()
            .filter(|checkpoint| checkpoint.body() == body)
            .ok_or(NoteError::Form)
    }
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash: Hash = Sha256::new_with_prefix(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

fn is_key_name(name: &str) -> bool {
    let stands = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.chars().all(stands)
}
