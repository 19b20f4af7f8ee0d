//! The NHS number: ten digits with a check digit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A well-formed NHS number (`https://fhir.nhs.uk/Id/nhs-number`).
///
/// `Display` groups it 3-3-4 as people read it; `Debug` masks it, so that it cannot reach a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NhsNumber(u64);

/// Why a text is not a usable NHS number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NhsNumberError {
    /// Not ten digits once spaces and hyphens are taken away.
    #[error("an NHS number has ten digits")]
    Length,
    /// The tenth digit does not fit the first nine.
    #[error("the check digit does not fit the other nine: look for a typing error")]
    Check,
    /// All ten digits are the same: such numbers pass the check and are never issued.
    #[error("all ten digits are the same: this number is never issued")]
    Repeated,
}

impl NhsNumber {
    /// The ten digits without grouping.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:010}", self.0)
    }

    /// The number as an integer, for a keyed hash.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The `index`-th valid number of the test range 999 000 0000 – 999 999 9999, if there is one
    /// (909,091 are valid). For synthetic people only.
    #[must_use]
    pub fn synthetic(index: u64) -> Option<Self> {
        // Nine leading digits in turn; one in eleven has no check digit and is skipped by the
        // caller's own walk, so that the mapping stays a pure function of the leading digits.
        let lead = 999_000_000_u64.checked_add(index)?;
        if lead > 999_999_999 {
            return None;
        }
        let check = check_digit(lead)?;
        Self::from_value(lead * 10 + check).ok()
    }

    fn from_value(value: u64) -> Result<Self, NhsNumberError> {
        let last = value % 10;
        if check_digit(value / 10) != Some(last) {
            return Err(NhsNumberError::Check);
        }
        if value == last * 1_111_111_111 {
            return Err(NhsNumberError::Repeated);
        }
        Ok(Self(value))
    }
}

/// Weights 10…2 over nine digits; 11 − (sum mod 11), 11 → 0, 10 → none.
fn check_digit(lead: u64) -> Option<u64> {
    let mut rest = lead;
    let sum: u64 = (2..=10)
        .map(|weight| {
            let digit = rest % 10;
            rest /= 10;
            digit * weight
        })
        .sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        check => Some(check),
    }
}

impl FromStr for NhsNumber {
    type Err = NhsNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut value = 0_u64;
        let mut count = 0;
        for c in text.trim().chars() {
            match c {
                ' ' | '-' | '\u{a0}' => {}
                '0'..='9' if count < 10 => {
                    value = value * 10 + u64::from(c as u32 - '0' as u32);
                    count += 1;
                }
                _ => return Err(NhsNumberError::Length),
            }
        }
        if count == 10 {
            Self::from_value(value)
        } else {
            Err(NhsNumberError::Length)
        }
    }
}

impl TryFrom<String> for NhsNumber {
    type Error = NhsNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NhsNumber> for String {
    fn from(number: NhsNumber) -> Self {
        number.digits()
    }
}

impl fmt::Display for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = (self.0 / 10_000, self.0 % 10_000);
        write!(f, "{:03} {:03} {tail:04}", head / 1_000, head % 1_000)
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber(•••)")
    }
}

/// An NHS number as a source states it: whether it was traced is the source's claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StatedNhsNumber {
    /// None was sent.
    Absent,
    /// Sent, well formed, and verified with the national service (status 01). Only this links.
    Traced(NhsNumber),
    /// Sent and well formed, with any other verification status or none.
    Untraced(NhsNumber),
    /// Sent, but not an NHS number.
    Invalid(
        /// Why not.
        #[serde(skip)]
        Option<NhsNumberError>,
    ),
}

impl StatedNhsNumber {
    /// The number, traced or not.
    #[must_use]
    pub const fn number(&self) -> Option<NhsNumber> {
        match self {
            Self::Traced(number) | Self::Untraced(number) => Some(*number),
            Self::Absent | Self::Invalid(_) => None,
        }
    }

    /// The number, if it may link by itself.
    #[must_use]
    pub const fn traced(&self) -> Option<NhsNumber> {
        match self {
            Self::Traced(number) => Some(*number),
            Self::Absent | Self::Untraced(_) | Self::Invalid(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_people_write_them() {
        for text in ["9992386045", "999 238 6045", "999-238-6045", " 9992386045 "] {
            assert_eq!(text.parse::<NhsNumber>().unwrap().digits(), "9992386045");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        assert_eq!(
            "999238604".parse::<NhsNumber>(),
            Err(NhsNumberError::Length)
        );
        assert_eq!(
            "99923860455".parse::<NhsNumber>(),
            Err(NhsNumberError::Length)
        );
        assert_eq!(
            "999238604x".parse::<NhsNumber>(),
            Err(NhsNumberError::Length)
        );
        assert_eq!(
            "9992386046".parse::<NhsNumber>(),
            Err(NhsNumberError::Check)
        );
    }

    #[test]
    fn refuses_ten_equal_digits_though_they_pass_the_check() {
        for digit in 0..10 {
            let text = digit.to_string().repeat(10);
            assert_eq!(
                text.parse::<NhsNumber>(),
                Err(NhsNumberError::Repeated),
                "{text}"
            );
        }
    }

    #[test]
    fn the_test_range_has_909_091_numbers() {
        let count = (0..1_000_000).filter_map(NhsNumber::synthetic).count();
        // 999 999 9999 itself is a repeated number.
        assert_eq!(count, 909_091 - 1);
    }

    #[test]
    fn display_groups_and_debug_masks() {
        let number: NhsNumber = "9992386045".parse().unwrap();
        assert_eq!(number.to_string(), "999 238 6045");
        assert!(!format!("{number:?}").contains("999"));
    }
}
