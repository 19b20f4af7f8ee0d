//! A small, fixed, fast hash for grouping entries in memory. Never stored, never a secret: what
//! it groups is compared word by word before anything is concluded.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// A hash being made.
#[derive(Clone, Copy)]
pub(crate) struct Mix(u64);

impl Mix {
    pub(crate) const fn new(start: u64) -> Self {
        Self(start ^ FACTOR)
    }

    pub(crate) const fn number(self, number: u64) -> Self {
        Self((self.0.rotate_left(5) ^ number).wrapping_mul(FACTOR))
    }

    pub(crate) fn text(self, text: &str) -> Self {
        let (eights, rest) = text.as_bytes().as_chunks::<8>();
        let mut mix = self.number(text.len() as u64);
        for eight in eights {
            mix = mix.number(u64::from_le_bytes(*eight));
        }
        let mut last = 0_u64;
        for byte in rest {
            last = last << 8 | u64::from(*byte);
        }
        mix.number(last)
    }

    pub(crate) fn letters(self, letters: impl Iterator<Item = char>) -> Self {
        letters.fold(self, |mix, letter| mix.number(u64::from(u32::from(letter))))
    }

    /// The hash, its bits well spread.
    pub(crate) const fn end(self) -> u64 {
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(FACTOR);
        mixed ^ mixed >> 29
    }
}

/// A map whose keys are hashes already.
pub(crate) type Grouped<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

/// A set of hashes.
pub(crate) type Hashes = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// Takes a key that is a hash as it is.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
