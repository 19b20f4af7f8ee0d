//! Names as they are compared: without accents, apostrophes, hyphens, spaces and case.
//!
//! What this makes of a name is hashed into look-up rows, so a change here is a new
//! [`SCHEME`](crate::SCHEME).

/// Words within family names that many people share and that find nobody by themselves.
const PARTICLES: [&str; 21] = [
    "al", "ap", "bin", "binti", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el",
    "ibn", "la", "le", "st", "ter", "van", "von",
];

/// What stands in a given name's place when nobody had named the person yet.
const PLACEHOLDERS: [&str; 10] = [
    "baby", "boy", "child", "female", "girl", "infant", "male", "newborn", "unknown", "notknown",
];

/// The words of a name, folded.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        match c {
            // An apostrophe joins: O'Hara is ohara.
            '\'' | '`' | '´' | '‘' | '’' | 'ʼ' | 'ʻ' | '.' => {}
            c if c.is_alphanumeric() || is_combining(c) => {
                if let Some(word) = words.last_mut() {
                    fold(c, word);
                }
            }
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words of a name as one: `Mc Donald`, `McDonald` and `MCDONALD` are the same.
pub(crate) fn joined(name: &str) -> String {
    words(name).concat()
}

/// Under what a family name can be found: whole, and by each of its parts that tells people apart.
#[must_use]
pub fn tokens(family: &str) -> Vec<String> {
    let words = words(family);
    let whole = words.concat();
    let mut tokens: Vec<String> = Vec::with_capacity(words.len() + 1);
    if !whole.is_empty() {
        tokens.push(whole);
    }
    if words.len() > 1 {
        let telling = |word: &String| word.chars().count() > 2 && !PARTICLES.contains(&&**word);
        tokens.extend(words.into_iter().filter(telling));
    }
    tokens
}

/// Whether a given name only keeps a place: `Baby`, `Unknown`.
pub(crate) fn is_placeholder(word: &str) -> bool {
    PLACEHOLDERS.contains(&word)
}

/// Typing errors between two words: letters wrong, missing, too many, or neighbours exchanged;
/// 3 stands for three and more.
pub(crate) fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    // Optimal string alignment over three rows: the one before last, the last, the current.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, right) in b.iter().enumerate() {
            let count = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut fewest = count(&last, j) + usize::from(left != right);
            fewest = fewest.min(count(&last, j + 1) + 1).min(count(&row, j) + 1);
            let exchanged =
                i > 0 && j > 0 && a.get(i - 1) == Some(right) && b.get(j - 1) == Some(left);
            if exchanged {
                fewest = fewest.min(count(&before, j - 1) + 1);
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0).min(3)
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Adds a letter in lower case and without its marks.
fn fold(c: char, word: &mut String) {
    for c in c.to_lowercase().filter(|c| !is_combining(*c)) {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => word.push('a'),
            'æ' => word.push_str("ae"),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => word.push('c'),
            'ð' | 'ď' | 'đ' => word.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => word.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => word.push('g'),
            'ĥ' | 'ħ' => word.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => word.push('i'),
            'ĵ' => word.push('j'),
            'ķ' => word.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => word.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => word.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => word.push('o'),
            'œ' => word.push_str("oe"),
            'ŕ' | 'ŗ' | 'ř' => word.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => word.push('s'),
            'ß' => word.push_str("ss"),
            'ţ' | 'ť' | 'ŧ' | 'ț' => word.push('t'),
            'þ' => word.push_str("th"),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => word.push('u'),
            'ŵ' => word.push('w'),
            'ý' | 'ÿ' | 'ŷ' => word.push('y'),
            'ź' | 'ż' | 'ž' => word.push('z'),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for (spellings, folded) in [
            (&["O'Hara", "O’HARA", "O Hara", "Ohara"][..], "ohara"),
            (&["Ordóñez", "Ordo\u{301}n\u{303}ez", "ORDONEZ"], "ordonez"),
            (&["Mc Donald", "McDonald", "MCDONALD"], "mcdonald"),
            (
                &["Smith-Jones", "Smith Jones", "SMITH  JONES"],
                "smithjones",
            ),
            (&["Weiß", "WEISS"], "weiss"),
            (&["St. John", "St John"], "stjohn"),
        ] {
            for spelling in spellings {
                assert_eq!(joined(spelling), folded, "{spelling}");
            }
        }
    }

    #[test]
    fn a_family_name_has_a_token_for_each_telling_part() {
        assert_eq!(tokens("Smith-Jones"), ["smithjones", "smith", "jones"]);
        assert_eq!(tokens("van der Berg"), ["vanderberg", "berg"]);
        assert_eq!(tokens("O Hara"), ["ohara", "hara"]);
        assert_eq!(tokens("Smith"), ["smith"]);
        assert_eq!(tokens(" - "), Vec::<String>::new());
    }

    #[test]
    fn counts_slips() {
        for (a, b, expected) in [
            ("smith", "smith", 0),
            ("smith", "smih", 1),
            ("tremblay", "tremlbay", 1),
            ("poowlowski", "powlowski", 1),
            ("jane", "john", 3),
            ("ab", "ba", 1),
            ("", "a", 1),
            ("green", "gerne", 2),
        ] {
            assert_eq!(slips(a, b), expected, "{a} {b}");
            assert_eq!(slips(b, a), expected, "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_stable(name in any::<String>()) {
            let once = words(&name);
            prop_assert_eq!(words(&once.join(" ")), once);
        }

        #[test]
        fn slips_are_symmetric(a in "[a-e]{0,7}", b in "[a-e]{0,7}") {
            prop_assert_eq!(slips(&a, &b), slips(&b, &a));
            prop_assert_eq!(slips(&a, &b) == 0, a == b);
        }
    }
}
