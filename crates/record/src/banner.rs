//! The patient banner: who it is, as the linked sources say, with what they disagree on.

use tributary_model::{
    ClinicalDate, Demographics, Gender, OdsCode, Precision, Timestamp, london_date,
};

use crate::{book::Book, combined::Banner, words::same};

/// The banner. The requester's own organisation's word comes first, then the others' by name.
pub(crate) fn banner(book: &Book<'_>) -> Banner {
    let who = || book.sources.iter().map(|source| &source.demographics);
    let first = who().next();
    let born = who().find_map(|one| one.born.clone());
    let died = who()
        .filter(|one| is_dead(one))
        .find_map(|one| one.died.clone());
    let dead: Vec<String> = book
        .sources
        .iter()
        .filter(|source| is_dead(&source.demographics))
        .map(|source| source.organisation.name.clone())
        .collect();
    let until = match (&died, dead.is_empty()) {
        (Some(died), _) if died.precision >= Precision::Day => Some(died.sort),
        (_, false) => None,
        _ => Some(book.now),
    };
    Banner {
        name: first.map(|one| one.name.banner()).unwrap_or_default(),
        age: born
            .as_ref()
            .zip(until)
            .map(|(born, at)| age(born, at))
            .unwrap_or_default(),
        born,
        gender: who()
            .map(|one| one.gender)
            .find(|gender| *gender != Gender::Unknown)
            .unwrap_or_default(),
        nhs_number: who()
            .find_map(|one| one.nhs_number.traced())
            .map(|number| number.to_string()),
        address: who().map(address).find(|address| !address.is_empty()),
        telephones: first_telephones(book),
        practice: who()
            .find_map(|one| one.practice.as_ref())
            .map(|code| practice(book, code)),
        protected: book.protected,
        deceased: (!dead.is_empty()).then_some((died, dead)),
        disagreements: disagreements(book),
    }
}

fn is_dead(one: &Demographics) -> bool {
    one.deceased || one.died.is_some()
}

fn address(one: &Demographics) -> String {
    let lines = one
        .address
        .iter()
        .map(String::as_str)
        .chain(one.postcode.as_deref());
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The numbers of the first source that has any.
fn first_telephones(book: &Book<'_>) -> Vec<String> {
    let numbers = book.sources.iter().map(|source| {
        let telecoms = source.demographics.telecoms.iter();
        telecoms
            .filter(|one| one.system == "phone")
            .map(|one| one.value.clone())
            .collect()
    });
    numbers
        .into_iter()
        .find(|numbers: &Vec<String>| !numbers.is_empty())
        .unwrap_or_default()
}

/// The practice's name where it is one of the sources, else its code.
pub(crate) fn practice(book: &Book<'_>, code: &OdsCode) -> String {
    let source = book
        .sources
        .iter()
        .find(|source| source.organisation.code == *code);
    source.map_or_else(
        || code.to_string(),
        |source| source.organisation.name.clone(),
    )
}

/// The age as the NHS banner says it: days to four weeks, weeks to a year, months to two, years
/// and months to eighteen, years.
#[must_use]
pub fn age(born: &ClinicalDate, at: Timestamp) -> String {
    if born.precision < Precision::Day {
        return String::new();
    }
    let (birth, today) = (born.date(), london_date(at));
    let days = (today - birth).get_days();
    if days < 0 {
        return String::new();
    }
    let (years_apart, months_apart) = (
        i32::from(today.year() - birth.year()),
        i32::from(today.month() - birth.month()),
    );
    let months = years_apart * 12 + months_apart - i32::from(today.day() < birth.day());
    match (days, months) {
        (0..28, _) => format!("{days}d"),
        (_, ..12) => format!("{}w", days / 7),
        (_, 12..24) => format!("{months}m"),
        (_, 24..216) => format!("{}y {}m", months / 12, months % 12),
        _ => format!("{}y", months / 12),
    }
}

/// What the sources say differently, each saying once with those who say it.
fn disagreements(book: &Book<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut ask = |label: &str, say: &dyn Fn(&Demographics) -> String| {
        if let Some(words) = disagreement(book, say) {
            found.push((label.to_owned(), words));
        }
    };
    ask("Name", &|one| {
        if one.name.family.is_empty() && one.name.given.is_empty() {
            return String::new();
        }
        // A title or a second name that one source leaves out is no disagreement.
        let given = one
            .name
            .given
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        format!("{}, {given}", one.name.family.to_uppercase())
    });
    ask("Born", &|one| {
        one.born
            .as_ref()
            .map(ClinicalDate::words)
            .unwrap_or_default()
    });
    ask("Gender", &|one| match one.gender {
        Gender::Unknown => String::new(),
        gender => gender.words().to_owned(),
    });
    ask("NHS number", &|one| {
        one.nhs_number
            .number()
            .map(|number| number.to_string())
            .unwrap_or_default()
    });
    ask("Died", &|one| {
        one.died
            .as_ref()
            .map(ClinicalDate::words)
            .unwrap_or_default()
    });
    ask("Address", &|one| address(one));
    ask("GP practice", &|one| {
        one.practice
            .as_ref()
            .map(|code| practice(book, code))
            .unwrap_or_default()
    });
    found
}

fn disagreement(book: &Book<'_>, say: &dyn Fn(&Demographics) -> String) -> Option<String> {
    let mut sayings: Vec<(String, Vec<&str>)> = Vec::new();
    for source in &book.sources {
        let said = say(&source.demographics);
        if said.is_empty() {
            continue;
        }
        let name = source.organisation.name.as_str();
        match sayings.iter_mut().find(|(known, _)| same(known, &said)) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => sayings.push((said, vec![name])),
        }
    }
    (sayings.len() > 1).then(|| {
        let words = sayings
            .iter()
            .map(|(said, names)| format!("{said} ({})", names.join(", ")));
        words.collect::<Vec<_>>().join(" · ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_as_the_banner_says_them() {
        let at = ClinicalDate::read("2026-11-22").unwrap().sort;
        for (born, words) in [
            ("2026-11-22", "0d"),
            ("2026-11-10", "12d"),
            ("2026-10-17", "5w"),
            ("2025-11-23", "52w"),
            ("2025-11-22", "12m"),
            ("2024-11-23", "23m"),
            ("2023-09-20", "3y 2m"),
            ("2008-11-23", "17y 11m"),
            ("2008-11-22", "18y"),
            ("1954-07-09", "72y"),
            ("1954", ""),
            ("2027-01-01", ""),
        ] {
            assert_eq!(age(&ClinicalDate::read(born).unwrap(), at), words, "{born}");
        }
    }
}
