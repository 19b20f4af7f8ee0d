//! Passwords: hashed, checked, and made so that a person can read them out and type them.

use argon2::{Algorithm, Argon2, Params};
use tokio::sync::Semaphore;
use tributary_model::{AccountId, Timestamp};
use zeroize::Zeroizing;

use crate::{Store, StoreResult, accounts::fold, keys::random, limits};

/// How a password or a code was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Checked {
    /// Right.
    Right(AccountId),
    /// Wrong, or there is no such active account.
    Wrong,
    /// Not looked at: there were too many attempts. Seconds to wait.
    TooMany(u64),
}

/// Passwords hashed at one time; more would take memory and cores from everybody else.
static HASHING: Semaphore = Semaphore::const_new(limits::PASSWORDS_AT_ONCE);

impl Store {
    /// Checks a password. Wrong ones are counted by name and by the address they come from.
    pub async fn check_password(
        &self,
        login: &str,
        password: &str,
        address: &str,
        now: Timestamp,
    ) -> StoreResult<Checked> {
        let login = fold(login);
        let places = self.places(b"name", &login, address);
        if let Some(wait) = self.wait_for(&places, now).await? {
            return Ok(Checked::TooMany(wait));
        }
        let found = self.kept_password(&login).await?;
        // An unknown name costs the same as a known one.
        let kept = found.as_ref().map_or(&NOBODY[..], |(_, kept)| kept);
        let right = verify(password, kept).await;
        let Some((account, _)) = found.filter(|_| right) else {
            self.count_failure(&places, now).await?;
            return Ok(Checked::Wrong);
        };
        self.forget_failures(&places).await?;
        Ok(Checked::Right(account))
    }
}

const FIRST: &[u8; 16] = b"bdfghjklmnprstvz";
const SECOND: &[u8; 4] = b"aeio";

/// A new password of 72 random bits: `bamo-tife-…`, six groups of two syllables.
#[must_use]
pub fn new_password() -> Zeroizing<String> {
    syllables(random::<12>())
}

/// Two syllables for each pair of bytes, six bits of each byte: `bamo-tife`.
pub(crate) fn syllables<const N: usize>(random: [u8; N]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(N * 3));
    for (place, byte) in random.into_iter().enumerate() {
        if place > 0 && place % 2 == 0 {
            text.push('-');
        }
        let (first, second) = (usize::from(byte >> 4), usize::from(byte & 3));
        let letters = FIRST.get(first).into_iter().chain(SECOND.get(second));
        text.extend(letters.copied().map(char::from));
    }
    text
}

/// The form of a kept password: this byte, 16 bytes of salt, 32 bytes of hash.
const FORM: u8 = 1;

/// A kept password that nothing fits: what an unknown name is checked against.
const NOBODY: [u8; 49] = {
    let mut kept = [0; 49];
    kept[0] = FORM;
    kept
};

pub(crate) async fn hash(password: Zeroizing<String>, salt: [u8; 16]) -> Vec<u8> {
    let _turn = HASHING
        .acquire()
        .await
        .expect("the semaphore is never closed");
    let hashing = tokio::task::spawn_blocking(move || {
        let mut kept = vec![FORM];
        kept.extend(salt);
        kept.extend(argon2id(&password, &salt));
        kept
    });
    hashing.await.expect("hashing a password does not panic")
}

async fn verify(password: &str, kept: &[u8]) -> bool {
    let Some(salt) = kept
        .get(1..17)
        .and_then(|salt| <[u8; 16]>::try_from(salt).ok())
    else {
        return false;
    };
    let made = hash(Zeroizing::new(password.to_owned()), salt).await;
    // Hashes of both are compared, so that the time says nothing of where they differ.
    blake3::hash(&made) == blake3::hash(kept)
}

fn argon2id(password: &str, salt: &[u8; 16]) -> [u8; 32] {
    let params = Params::new(limits::ARGON_KIB, limits::ARGON_PASSES, 1, Some(32));
    let params = params.expect("the parameters lie within Argon2's limits");
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .expect("salt and output have lengths Argon2 takes");
    out
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
