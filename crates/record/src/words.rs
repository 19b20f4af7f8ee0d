//! Words as people mean them: two sources' spellings of one thing compare equal.

use std::str::Chars;

use tributary_model::{Coding, Concept};

use crate::mix::Mix;

/// What SNOMED CT's fully specified names end with; it says what kind of concept, not which.
const TAGS: [&str; 15] = [
    "clinical drug",
    "disorder",
    "event",
    "finding",
    "medicinal product",
    "morphologic abnormality",
    "observable entity",
    "organism",
    "person",
    "procedure",
    "product",
    "qualifier value",
    "regime/therapy",
    "situation",
    "substance",
];

/// Codes that only say that a transfer lost the code: what was meant stands in the text alone.
const DEGRADED: [&str; 6] = [
    "196411000000103",
    "196421000000109",
    "196431000000106",
    "196451000000104",
    "196461000000101",
    "196471000000108",
];

/// The letters and digits of a text in lower case, anything between them as one space, without
/// SNOMED CT's tag. Signs that change what is meant stay: the point in `2.5`, the plus and the
/// minus of a blood group, `<` and `>`.
pub(crate) fn normal(text: &str) -> Normal<'_> {
    Normal {
        letters: without_tag(text).chars(),
        before: None,
        held: None,
    }
}

/// See [`normal`].
#[derive(Clone)]
pub(crate) struct Normal<'a> {
    letters: Chars<'a>,
    before: Option<char>,
    held: Option<char>,
}

impl Normal<'_> {
    /// Whether a sign that is no letter and no digit counts where it stands.
    fn counts(&self, sign: char) -> bool {
        let next = self.letters.clone().next();
        match sign {
            '.' | ',' | '/' => {
                self.before.is_some_and(|before| before.is_ascii_digit())
                    && next.is_some_and(|next| next.is_ascii_digit())
            }
            '-' => self.before.is_some() && !next.is_some_and(char::is_alphanumeric),
            '+' | '<' | '>' | '%' => true,
            _ => false,
        }
    }
}

impl Iterator for Normal<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        let mut gap = false;
        loop {
            let letter = self.letters.next()?;
            let lower = if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else if letter.is_alphanumeric() {
                letter.to_lowercase().next().unwrap_or(letter)
            } else if self.counts(letter) {
                letter
            } else {
                gap = true;
                continue;
            };
            let begun = self.before.replace(lower).is_some();
            if gap && begun {
                self.held = Some(lower);
                return Some(' ');
            }
            return Some(lower);
        }
    }
}

/// A fully specified name without its tag: `Asthma (disorder)` is `Asthma`.
pub(crate) fn without_tag(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix(')')
        .and_then(|open| open.rsplit_once(" ("))
        .and_then(|(name, tag)| TAGS.contains(&tag).then_some(name))
        .unwrap_or(text)
}

/// Whether two texts are the same words.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b || normal(a).eq(normal(b))
}

/// The hash of a text's words; `None` if it has none.
pub(crate) fn words_hash(text: &str) -> Option<u64> {
    let mut letters = normal(text).peekable();
    letters.peek()?;
    Some(Mix::new(1).letters(letters).end())
}

/// Whether a code says what is meant (and not only that a transfer lost it).
pub(crate) fn tells(coding: &Coding) -> bool {
    !coding.system.is_empty()
        && !coding.code.is_empty()
        && !DEGRADED.contains(&coding.code.as_str())
}

/// Whether two concepts are the same thing: they share a code, or, where no system is common to
/// both, their words are the same. Two codes of one system that differ are two things, whatever
/// the words say.
pub(crate) fn same_concept(a: &Concept, b: &Concept) -> bool {
    let mut common_system = false;
    for x in a.codings.iter().filter(|coding| tells(coding)) {
        for y in b.codings.iter().filter(|coding| tells(coding)) {
            if x.system == y.system {
                if x.code == y.code {
                    return true;
                }
                common_system = true;
            }
        }
    }
    !common_system && !a.words().is_empty() && same(a.words(), b.words())
}

/// The first letters of a text, cut at a character with an ellipsis.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(system: &str, code: &str, text: &str) -> Concept {
        Concept {
            codings: vec![Coding {
                system: system.into(),
                code: code.into(),
                display: text.into(),
            }],
            text: text.into(),
        }
    }

    #[test]
    fn spelling_does_not_part_words() {
        assert!(same("Asthma (disorder)", "  ASTHMA"));
        assert!(same(
            "Leukocytes [#/\u{200b}volume]",
            "leukocytes (# / volume)"
        ));
        assert!(!same("Type 1 diabetes", "Type 2 diabetes"));
        assert_eq!(words_hash("(—)"), None);
    }

    #[test]
    fn signs_that_change_what_is_meant_part_words() {
        assert!(!same("Bisoprolol 2.5 mg", "Bisoprolol 25 mg"));
        assert!(!same("Bisoprolol 2.5 mg", "Bisoprolol 2 5 mg"));
        assert!(!same("Blood group A+", "Blood group A-"));
        assert!(same("COVID-19", "Covid 19"));
    }

    #[test]
    fn a_code_of_one_system_decides_over_words() {
        let a = coded("http://snomed.info/sct", "1", "Asthma");
        let b = coded("http://snomed.info/sct", "2", "Asthma");
        let c = coded("http://read.info", "H33", "asthma");
        assert!(!same_concept(&a, &b));
        assert!(same_concept(&a, &c));
    }

    #[test]
    fn a_code_that_lost_its_meaning_joins_nothing() {
        let a = coded("http://snomed.info/sct", "196461000000101", "Septrin");
        let b = coded("http://snomed.info/sct", "196461000000101", "Amoxicillin");
        assert!(!same_concept(&a, &b));
        assert!(same_concept(&a, &a));
    }

    #[test]
    fn cuts_at_characters() {
        assert_eq!(cut("né à Crewe", 2), "né…");
        assert_eq!(cut("short", 10), "short");
    }
}
