//! Sealed bodies: compressed with a dictionary of synthetic text, then AES-256-GCM.
//!
//! A body is `format (1) · dictionary (1) · nonce (12) · ciphertext · tag (16)`; the plain text is a
//! zstd frame without its first four bytes, which are the same in each. The first two bytes
//! and the row's clear columns are the additional data, so that a hand edit does not open. Nonces
//! are random, never derived from the row's key: a row lost in a power cut is filed again under
//! the same key.

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{AeadInOut as _, Nonce},
};
use zeroize::{Zeroize, ZeroizeOnDrop};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::CParameter,
};

use crate::{keys, limits};

/// How the plain text of a body is to be read.
const FORMAT_ZSTD: u8 = 1;

/// The dictionary new bodies are compressed with. Old ones stay: they are never changed.
const DICTIONARY: u8 = 1;
static DICTIONARY_1: &[u8] = include_bytes!("../dictionaries/1.zdict");

/// The dictionary that new bodies are compressed with. It holds nothing but synthetic text.
#[must_use]
pub const fn dictionary() -> &'static [u8] {
    DICTIONARY_1
}

/// What every zstd frame begins with (RFC 8878, section 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Random bytes drawn at a time: drawing them one nonce at a time costs five times as much.
const NONCES: usize = 64 * NONCE;

const HEAD: usize = 2;
const NONCE: usize = 12;
const TAG: usize = 16;

/// A body that does not open: altered, or sealed under another key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unopened;

/// A 256-bit key of one identity or object.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct BodyKey(pub(crate) [u8; 32]);

impl BodyKey {
    /// A new random key.
    pub(crate) fn random() -> Self {
        Self(keys::random())
    }

    /// The cipher of this key. Making it costs about as much as sealing a small body: keep it.
    pub(crate) fn cipher(&self) -> Cipher {
        Cipher(Aes256Gcm::new(&self.0.into()))
    }
}

/// A cipher made ready with a key.
pub(crate) struct Cipher(Aes256Gcm);

/// The dictionaries, made ready once.
pub(crate) struct Sealer {
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl Sealer {
    pub(crate) fn new() -> Self {
        Self {
            encoder: EncoderDictionary::copy(DICTIONARY_1, limits::COMPRESSION_LEVEL),
            decoder: DecoderDictionary::copy(DICTIONARY_1),
        }
    }

    /// Something that seals many bodies, one after the other. Each thread has its own.
    pub(crate) fn sealing(&self) -> Sealing<'_> {
        let mut compressor = Compressor::with_prepared_dictionary(&self.encoder)
            .expect("a compressor can be made from a dictionary that was loaded");
        compressor
            .set_parameter(CParameter::DictIdFlag(false))
            .expect("zstd knows this parameter; our own head names the dictionary");
        let mut seeded = blake3::Hasher::new_keyed(&keys::random());
        seeded.update(b"nonces");
        Sealing {
            compressor,
            random: seeded.finalize_xof(),
            nonces: [0; NONCES],
            drawn: NONCES,
            plain: Vec::new(),
        }
    }

    /// Something that opens many bodies, one after the other. Each thread has its own.
    pub(crate) fn opening(&self) -> Opening<'_> {
        let decompressor = Decompressor::with_prepared_dictionary(&self.decoder)
            .expect("a decompressor can be made from a dictionary that was loaded");
        Opening {
            decompressor,
            packed: Vec::new(),
        }
    }
}

/// Seals bodies.
pub(crate) struct Sealing<'a> {
    compressor: Compressor<'a>,
    random: blake3::OutputReader,
    nonces: [u8; NONCES],
    /// How many bytes of `nonces` have been used.
    drawn: usize,
    plain: Vec<u8>,
}

impl Sealing<'_> {
    /// Seals a body under a cipher, bound to its additional data.
    pub(crate) fn seal(&mut self, cipher: &Cipher, bound: &[u8], body: &[u8]) -> Vec<u8> {
        self.plain.clear();
        self.plain
            .reserve(zstd::zstd_safe::compress_bound(body.len()));
        self.compressor
            .compress_to_buffer(body, &mut self.plain)
            .expect("the buffer has room for the worst case");
        let nonce = self.nonce();
        let frame = self
            .plain
            .strip_prefix(&MAGIC)
            .expect("every frame begins with the magic number");
        let mut sealed = Vec::with_capacity(HEAD + NONCE + frame.len() + TAG);
        sealed.extend_from_slice(&[FORMAT_ZSTD, DICTIONARY]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(frame);
        seal_in_place(
            cipher,
            nonce,
            &additional([FORMAT_ZSTD, DICTIONARY], bound),
            &mut sealed,
        );
        sealed
    }

    /// The next random nonce; each is drawn once.
    fn nonce(&mut self) -> [u8; NONCE] {
        if self.drawn == NONCES {
            self.random.fill(&mut self.nonces);
            self.drawn = 0;
        }
        let rest = self.nonces.get(self.drawn..).unwrap_or_default();
        self.drawn += NONCE;
        *rest
            .first_chunk()
            .expect("the buffer holds a whole number of nonces")
    }
}

fn seal_in_place(cipher: &Cipher, nonce: [u8; NONCE], additional: &[u8], sealed: &mut Vec<u8>) {
    let (_, plain) = sealed.split_at_mut(HEAD + NONCE);
    let tag = cipher
        .0
        .encrypt_inout_detached(&nonce.into(), additional, plain.into())
        .expect("a body is far shorter than AES-GCM's limit");
    sealed.extend_from_slice(&tag);
}

/// Opens bodies.
pub(crate) struct Opening<'a> {
    decompressor: Decompressor<'a>,
    packed: Vec<u8>,
}

impl Opening<'_> {
    /// Opens a body, if it is what was sealed under this cipher with this additional data.
    pub(crate) fn open(
        &mut self,
        cipher: &Cipher,
        bound: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, Unopened> {
        let (head, rest) = sealed.split_first_chunk::<HEAD>().ok_or(Unopened)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Unopened)?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(Unopened)?;
        if *head != [FORMAT_ZSTD, DICTIONARY] {
            return Err(Unopened);
        }
        self.packed.clear();
        self.packed.extend_from_slice(&MAGIC);
        self.packed.extend_from_slice(body);
        let (_, sealed) = self.packed.split_at_mut(MAGIC.len());
        let nonce: Nonce<Aes256Gcm> = (*nonce).into();
        cipher
            .0
            .decrypt_inout_detached(
                &nonce,
                &additional(*head, bound),
                sealed.into(),
                &(*tag).into(),
            )
            .map_err(|_| Unopened)?;
        let size = Decompressor::upper_bound(&self.packed).ok_or(Unopened)?;
        if size > limits::BODY_BYTES {
            return Err(Unopened);
        }
        self.decompressor
            .decompress(&self.packed, size)
            .map_err(|_| Unopened)
    }
}

/// The tag of a sealed body: its fingerprint in the chain.
pub(crate) fn tag(sealed: &[u8]) -> [u8; TAG] {
    sealed.last_chunk().copied().unwrap_or_default()
}

/// Seals a few bytes (a key, a text) without compressing them.
pub(crate) fn wrap(key: &[u8; 32], bound: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = keys::random();
    let mut sealed = Vec::with_capacity(NONCE + plain.len() + TAG);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let cipher = Aes256Gcm::new(&(*key).into());
    let (_, body) = sealed.split_at_mut(NONCE);
    let tag = cipher
        .encrypt_inout_detached(&nonce.into(), bound, body.into())
        .expect("a few bytes are far shorter than AES-GCM's limit");
    sealed.extend_from_slice(&tag);
    sealed
}

/// Opens what [`wrap`] sealed.
pub(crate) fn unwrap(key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(Unopened)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(Unopened)?;
    let mut plain = body.to_vec();
    Aes256Gcm::new(&(*key).into())
        .decrypt_inout_detached(
            &(*nonce).into(),
            bound,
            plain.as_mut_slice().into(),
            &(*tag).into(),
        )
        .map_err(|_| Unopened)?;
    Ok(plain)
}

fn additional(head: [u8; HEAD], bound: &[u8]) -> Vec<u8> {
    [head.as_slice(), bound].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"resourceType":"Observation","id":"a","status":"final"}"#;

    #[test]
    fn what_is_sealed_opens_again() {
        let dictionaries = Sealer::new();
        let cipher = BodyKey::random().cipher();
        let long = vec![0xFF; 100_000];
        for body in [BODY, b"", &long] {
            let sealed = dictionaries.sealing().seal(&cipher, b"row", body);
            assert_eq!(
                dictionaries
                    .opening()
                    .open(&cipher, b"row", &sealed)
                    .as_deref(),
                Ok(body)
            );
        }
    }

    #[test]
    fn no_altered_byte_opens() {
        let dictionaries = Sealer::new();
        let cipher = BodyKey::random().cipher();
        let sealed = dictionaries.sealing().seal(&cipher, b"row", BODY);
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(
                dictionaries.opening().open(&cipher, b"row", &altered),
                Err(Unopened),
                "{index}"
            );
        }
        assert_eq!(
            dictionaries
                .opening()
                .open(&cipher, b"another row", &sealed),
            Err(Unopened)
        );
        let other = BodyKey::random().cipher();
        assert_eq!(
            dictionaries.opening().open(&other, b"row", &sealed),
            Err(Unopened)
        );
        for length in 0..sealed.len() {
            assert!(
                dictionaries
                    .opening()
                    .open(&cipher, b"row", &sealed[..length])
                    .is_err()
            );
        }
    }

    #[test]
    fn the_same_body_never_seals_alike() {
        let dictionaries = Sealer::new();
        let cipher = BodyKey::random().cipher();
        let mut sealing = dictionaries.sealing();
        assert_ne!(
            sealing.seal(&cipher, b"", BODY),
            sealing.seal(&cipher, b"", BODY)
        );
    }

    #[test]
    fn wrapped_bytes_open_with_their_key_and_binding_only() {
        let sealed = wrap(&[1; 32], b"bound", b"text");
        assert_eq!(
            unwrap(&[1; 32], b"bound", &sealed).as_deref(),
            Ok(b"text".as_slice())
        );
        assert_eq!(unwrap(&[2; 32], b"bound", &sealed), Err(Unopened));
        assert_eq!(unwrap(&[1; 32], b"other", &sealed), Err(Unopened));
    }
}
