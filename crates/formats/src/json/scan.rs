//! The grammar: a cursor that walks members in order and skips values without keeping them.

use super::{Malformed, Text};
use crate::limits::MOST_DEPTH;

/// A cursor over JSON text. After an error it must not be used further.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether the container just opened has had no item yet.
    fresh: bool,
}

/// What kind of value comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    Text,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
}

type Scanned<T> = Result<T, Malformed>;

impl<'a> Scanner<'a> {
    /// At the start of a text that holds one value.
    pub(crate) const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            fresh: false,
        }
    }

    /// Where the cursor stands, before any space.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The text between two places the cursor stood at.
    pub(crate) fn between(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// What comes next, without taking it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Scanned<Kind> {
        self.space();
        match self.byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::Text),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f' | b'n') => Ok(Kind::Word),
            _ => Err(self.wanted("a value")),
        }
    }

    /// Steps into an object or array.
    #[inline]
    pub(crate) fn open(&mut self) -> Scanned<()> {
        if self.depth == MOST_DEPTH {
            return Err(self.wanted("less nesting"));
        }
        self.depth += 1;
        self.at += 1;
        self.fresh = true;
        Ok(())
    }

    /// The name of the next member of the object stepped into; `None` when it has been left.
    #[inline]
    pub(crate) fn member(&mut self) -> Scanned<Option<&'a str>> {
        if !self.next(b'}')? {
            return Ok(None);
        }
        let name = self.text()?;
        if name.escaped {
            return Err(self.wanted("a member name without escapes"));
        }
        self.space();
        if self.byte() != Some(b':') {
            return Err(self.wanted("a colon"));
        }
        self.at += 1;
        Ok(Some(name.raw))
    }

    /// Whether the array stepped into has another item; if not, it has been left.
    #[inline]
    pub(crate) fn item(&mut self) -> Scanned<bool> {
        self.next(b']')
    }

    #[inline]
    fn next(&mut self, close: u8) -> Scanned<bool> {
        self.space();
        let fresh = std::mem::take(&mut self.fresh);
        match self.byte() {
            Some(b) if b == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            Some(b',') if !fresh => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            Some(_) if fresh => Ok(true),
            _ => Err(self.wanted("a comma or the end of an object or array")),
        }
    }

    /// Takes a text.
    #[inline]
    pub(crate) fn text(&mut self) -> Scanned<Text<'a>> {
        if self.byte() != Some(b'"') {
            return Err(self.wanted("a text"));
        }
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.plain();
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.wanted("a text without control characters")),
            }
        }
        let raw = self.between(start, self.at);
        self.at += 1;
        Ok(Text { raw, escaped })
    }

    /// Moves over what needs no care within a text.
    #[inline]
    fn plain(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(chunk) = bytes.get(self.at..self.at + 8) {
            let chunk = u64::from_le_bytes(chunk.try_into().expect("eight bytes were asked for"));
            let special = specials(chunk);
            if special != 0 {
                self.at += (special.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
        while let Some(b) = bytes.get(self.at)
            && !matches!(b, b'"' | b'\\' | 0..=0x1F)
        {
            self.at += 1;
        }
    }

    #[cold]
    fn escape(&mut self) -> Scanned<()> {
        let after = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        match after {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|hex| hex.is_ascii_hexdigit()) => {
                self.at += 6;
            }
            _ => return Err(self.wanted("an escape that JSON knows")),
        }
        Ok(())
    }

    /// Takes a number in its own digits.
    #[inline]
    pub(crate) fn number(&mut self) -> Scanned<Text<'a>> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(Text {
            raw: self.between(start, self.at),
            escaped: false,
        })
    }

    #[inline]
    fn digits(&mut self) -> Scanned<()> {
        let start = self.at;
        while self.byte().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.wanted("a digit"))
        } else {
            Ok(())
        }
    }

    /// Takes `true`, `false` or `null`.
    #[inline]
    pub(crate) fn word(&mut self) -> Scanned<&'a str> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for word in ["true", "false", "null"] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(word);
            }
        }
        Err(self.wanted("true, false or null"))
    }

    /// Takes a text, and passes over anything else.
    #[inline]
    pub(crate) fn text_or_skip(&mut self) -> Scanned<Option<Text<'a>>> {
        match self.peek()? {
            Kind::Text => self.text().map(Some),
            _ => self.skip().map(|()| None),
        }
    }

    /// Passes over one value, checking that it is one.
    pub(crate) fn skip(&mut self) -> Scanned<()> {
        match self.peek()? {
            Kind::Text => self.text().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Word => self.word().map(drop),
            Kind::Object => {
                self.open()?;
                while self.member()?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            Kind::Array => {
                self.open()?;
                while self.item()? {
                    self.skip()?;
                }
                Ok(())
            }
        }
    }

    /// Makes sure that nothing but space follows.
    pub(crate) fn end(&mut self) -> Scanned<()> {
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.wanted("the end"))
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[cold]
    const fn wanted(&self, wanted: &'static str) -> Malformed {
        Malformed {
            at: self.at,
            wanted,
        }
    }
}

/// Marks in each byte's top bit whether it is a quote, a backslash or a control character. Bits
/// above the first marked byte may be wrong, which is why only the lowest is used.
const fn specials(chunk: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let quote = chunk ^ (ONES * b'"' as u64);
    let backslash = chunk ^ (ONES * b'\\' as u64);
    let quotes = quote.wrapping_sub(ONES) & !quote;
    let backslashes = backslash.wrapping_sub(ONES) & !backslash;
    let controls = chunk.wrapping_sub(ONES * 0x20) & !chunk;
    (quotes | backslashes | controls) & TOPS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepts(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.skip().and_then(|()| scanner.end()).is_ok()
    }

    fn nested(depth: usize) -> String {
        format!("{}{}", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn depth_is_bounded() {
        assert!(accepts(&nested(MOST_DEPTH)));
        assert!(!accepts(&nested(MOST_DEPTH + 1)));
        assert!(!accepts(&nested(1_000_000)));
    }

    #[test]
    fn an_escaped_member_name_is_refused() {
        assert!(accepts(r#"{"code":"\u0031"}"#));
        assert!(!accepts(r#"{"c\u006fde":"1"}"#));
    }

    /// Fragments that make valid and nearly valid JSON likely.
    fn fragments() -> impl Strategy<Value = String> {
        let fragment = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "\\", "\\n", "\\u00e9",
            "\\ud83d", "0", "-", "12", ".5", "e+3", "true", "false", "null", " ", "\n", "é",
            "\u{1}", "{\"a\":",
        ]);
        prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        /// `serde_json` is the judge: both take and refuse the same texts.
        #[test]
        fn agrees_with_serde_json(text in fragments()) {
            // It refuses lone surrogates and reads escaped names; this reader's choices differ.
            prop_assume!(!text.contains('\\'));
            let judged = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(accepts(&text), judged);
        }

        #[test]
        fn texts_say_what_serde_json_says(words in any::<String>()) {
            let written = serde_json::to_string(&words).unwrap();
            let mut scanner = Scanner::new(&written);
            prop_assert_eq!(scanner.text().unwrap().words().into_owned(), words);
            prop_assert!(scanner.end().is_ok());
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            accepts(&text);
        }
    }
}
