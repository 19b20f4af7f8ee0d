//! Look-up keys: texts under which identities that may be one person meet, and under which an
//! organisation's staff find its own patients. The store hashes them under a key before they touch
//! a disk.

use tributary_model::{ClinicalDate, Demographics, NhsNumber, Precision};

use crate::{
    evidence::parts,
    names::{is_placeholder, joined, tokens, words},
};

/// The number of the scheme these keys are made by. Rows of another scheme are rebuilt.
pub const SCHEME: u32 = 1;

/// Keys under which an identity meets others that [`compare`](crate::compare) may call doubtful,
/// whatever their NHS numbers.
///
/// - Family name and birth date: finds initials, nicknames, twins, and people who moved.
/// - First letter of the given name and birth date: finds misspelt and changed family names.
/// - Family name, given name and postcode: finds wrong or missing birth dates.
///
/// Day and month stand in a birth date's key in ascending order, so that exchanged they meet.
pub fn doubtful_keys(person: &Demographics) -> impl Iterator<Item = String> {
    let mut keys = Vec::new();
    let born = person
        .born
        .as_ref()
        .filter(|born| born.precision >= Precision::Day)
        .map(either_way);
    let postcode = person
        .postcode
        .as_deref()
        .map(joined)
        .filter(|postcode| !postcode.is_empty());
    for name in std::iter::once(&person.name).chain(&person.other_names) {
        let family = tokens(&name.family);
        let given = name
            .given
            .iter()
            .flat_map(|given| words(given))
            .find(|word| !is_placeholder(word))
            .unwrap_or_default();
        let initial: String = given.chars().take(1).collect();
        if let Some(born) = &born {
            keys.extend(
                family
                    .iter()
                    .map(|token| format!("{SCHEME}|family-born|{token}|{born}")),
            );
            if !initial.is_empty() {
                keys.push(format!("{SCHEME}|initial-born|{initial}|{born}"));
            }
        }
        if let (Some(postcode), false) = (&postcode, initial.is_empty()) {
            let place = |token| format!("{SCHEME}|name-place|{token}|{initial}|{postcode}");
            keys.extend(family.iter().map(place));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
}

/// A birth date with day and month in ascending order when either could be the other.
fn either_way(born: &ClinicalDate) -> String {
    let (year, month, day) = parts(born);
    let (low, high) = if day <= 12 {
        (month.min(day), month.max(day))
    } else {
        (month, day)
    };
    format!("{year:04}-{low:02}-{high:02}")
}

/// Keys under which an organisation's staff find the person: by NHS number as its source states
/// it, and by family name with date of birth.
pub fn find_keys(person: &Demographics) -> impl Iterator<Item = String> {
    let mut keys: Vec<String> = person
        .nhs_number
        .number()
        .into_iter()
        .map(find_number_key)
        .collect();
    if let Some(born) = &person.born {
        for name in std::iter::once(&person.name).chain(&person.other_names) {
            keys.extend(find_name_keys(&name.family, born));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
}

/// The key to look for somebody's NHS number under.
#[must_use]
pub fn find_number_key(number: NhsNumber) -> String {
    format!("{SCHEME}|nhs-number|{}", number.digits())
}

/// The keys to look for somebody's family name and date of birth under: any of them may find the
/// person, since of a double-barrelled name people give either part. None unless the day is known.
pub fn find_name_keys(family: &str, born: &ClinicalDate) -> impl Iterator<Item = String> {
    let day = (born.precision >= Precision::Day).then(|| parts(born));
    let tokens = if day.is_some() {
        tokens(family)
    } else {
        Vec::new()
    };
    let (year, month, day) = day.unwrap_or_default();
    tokens
        .into_iter()
        .map(move |token| format!("{SCHEME}|name|{token}|{year:04}-{month:02}-{day:02}"))
}
