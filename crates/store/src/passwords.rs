//! Passwords that a person can read out and type, made from the system's randomness.

use zeroize::Zeroizing;

use crate::keys::random;

const FIRST: &[u8; 16] = b"bdfghjklmnprstvz";
const SECOND: &[u8; 4] = b"aeio";

/// Syllables: six bits of randomness each.
const SYLLABLES: usize = 12;

/// A new password of 72 random bits: `bamo-tife-…`, six groups of two syllables.
#[must_use]
pub fn new_password() -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(SYLLABLES * 3));
    for (place, byte) in random::<SYLLABLES>().into_iter().enumerate() {
        if place > 0 && place % 2 == 0 {
            text.push('-');
        }
        let (first, second) = (usize::from(byte >> 4), usize::from(byte & 3));
        let letters = FIRST.get(first).into_iter().chain(SECOND.get(second));
        text.extend(letters.copied().map(char::from));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::new_password;

    #[test]
    fn passwords_are_readable_and_never_the_same() {
        let (one, other) = (new_password(), new_password());
        assert_ne!(*one, *other);
        let groups: Vec<&str> = one.split('-').collect();
        assert_eq!(groups.len(), 6);
        assert!(groups.iter().all(|group| group.len() == 4), "{}", *one);
    }
}
