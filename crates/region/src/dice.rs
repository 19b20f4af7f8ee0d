//! Chance that repeats: every draw is a function of the region's seed and of what it is drawn for.
#![expect(
    clippy::cast_possible_truncation,
    reason = "bits are cut from random words on purpose"
)]

use std::cell::Cell;

/// Mixes two numbers into one that shows nothing of either (the finaliser of `SplitMix64`).
pub(crate) const fn mix(a: u64, b: u64) -> u64 {
    let mut z = a ^ b
        .wrapping_add(0x9E37_79B9_7F4A_7C15)
        .wrapping_mul(0xD6E8_FEB8_6659_FD93);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number for a name.
pub(crate) fn tag(name: &str) -> u64 {
    name.bytes().fold(0, |tag, byte| mix(tag, u64::from(byte)))
}

/// Whether something with this many chances in 100,000 happens, for a random word.
pub(crate) const fn happens(word: u64, per_100_000: u64) -> bool {
    (word >> 32) * 100_000 < per_100_000 << 32
}

/// A stream of draws. Drawing needs no exclusive hold, so that a draw can stand inside a call.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    /// The stream for one purpose of one thing.
    pub(crate) const fn of(key: u64, purpose: u64) -> Self {
        Self(Cell::new(mix(key, purpose)))
    }

    /// The next random word.
    pub(crate) fn word(&self) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        mix(self.0.get(), 0)
    }

    /// A number from 0 to `end - 1`; 0 if `end` is 0.
    pub(crate) fn below(&self, end: u32) -> u32 {
        (((self.word() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&self, low: i32, high: i32) -> i32 {
        let span = if high > low {
            (high - low).cast_unsigned()
        } else {
            0
        };
        low + self.below(span + 1).cast_signed()
    }

    /// True so many times in 10,000.
    pub(crate) fn chance(&self, per_10_000: u32) -> bool {
        self.below(10_000) < per_10_000
    }

    /// A place in a list of so many.
    pub(crate) fn place(&self, length: usize) -> usize {
        self.below(length as u32) as usize
    }

    /// One of a list that is never empty.
    pub(crate) fn pick<T: Copy>(&self, list: &[T]) -> T {
        let place = self.place(list.len());
        *list.get(place).expect("a list to pick from is not empty")
    }

    /// A number around `mean`, nearly always within three times `spread`.
    pub(crate) fn around(&self, mean: f64, spread: f64) -> f64 {
        let mut sum = 0.0;
        for _ in 0..4 {
            sum += f64::from(self.below(1 << 20)) / f64::from(1 << 20) - 0.5;
        }
        mean + spread * sum * 1.7
    }

    /// How many times something happens that happens `mean` times on average.
    pub(crate) fn times(&self, mean: f64) -> u32 {
        let (mut count, mut left) = (0, mean);
        while left > 0.0 && count < 4_000 {
            left += f64::from(self.below(1 << 20) + 1).ln() - f64::from(1 << 20).ln();
            if left > 0.0 {
                count += 1;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_stay_in_bounds() {
        let (a, b) = (Dice::of(7, 1), Dice::of(7, 1));
        for _ in 0..1_000 {
            let value = a.between(-3, 9);
            assert_eq!(value, b.between(-3, 9));
            assert!((-3..=9).contains(&value));
        }
        assert_ne!(Dice::of(7, 1).word(), Dice::of(7, 2).word());
        assert_eq!(a.between(5, 5), 5);
    }

    #[test]
    fn times_has_the_mean_asked_for() {
        let dice = Dice::of(1, 1);
        let sum: u32 = (0..20_000).map(|_| dice.times(2.5)).sum();
        assert!((48_000..52_000).contains(&sum), "{sum}");
        let hits = (0..100_000_u64)
            .filter(|n| happens(mix(3, *n), 600))
            .count();
        assert!((520..680).contains(&hits), "{hits}");
    }
}
