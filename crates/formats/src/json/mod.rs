//! A strict, borrowing JSON reader (RFC 8259) that keeps every text and number as it was written,
//! and a small writer.
//!
//! Two ways to read, one grammar: [`Scanner`] walks members and skips what nobody asked for, which
//! is what filing needs; [`Tree`] keeps all of it for the parts that people read.
//! Member names with escapes are refused: FHIR has none, and they only serve to hide a member.

mod scan;
mod tree;
pub(crate) mod write;

use std::borrow::Cow;

pub(crate) use scan::{Kind, Scanner};
pub(crate) use tree::{Node, Tree};

/// Why bytes are not JSON that this reader takes. It says where, never what stood there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed {
    /// The byte offset.
    pub(crate) at: usize,
    /// What was expected.
    pub(crate) wanted: &'static str,
}

/// A JSON text or number between its delimiters, as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// What it says, with escapes resolved.
    pub(crate) fn words(self) -> Cow<'a, str> {
        if self.escaped {
            Cow::Owned(unescape(self.raw))
        } else {
            Cow::Borrowed(self.raw)
        }
    }
}

/// Resolves the escapes of a text that the scanner has accepted. A lone surrogate becomes U+FFFD.
fn unescape(raw: &str) -> String {
    let mut words = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, after)) = rest.split_once('\\') {
        words.push_str(plain);
        let mut chars = after.chars();
        match chars.next() {
            Some('b') => words.push('\u{8}'),
            Some('f') => words.push('\u{c}'),
            Some('n') => words.push('\n'),
            Some('r') => words.push('\r'),
            Some('t') => words.push('\t'),
            Some('u') => {
                let (c, after) = unescape_unit(chars.as_str());
                words.push(c);
                rest = after;
                continue;
            }
            Some(c) => words.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    words.push_str(rest);
    words
}

/// Reads the four digits after `\u`, and the second half of a surrogate pair when it follows.
fn unescape_unit(text: &str) -> (char, &str) {
    let unit = |text: &str| {
        text.get(..4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let first = unit(text).unwrap_or(0xFFFD);
    let after = text.get(4..).unwrap_or_default();
    if (0xD800..0xDC00).contains(&first)
        && let Some(low) = after.strip_prefix("\\u")
        && let Some(second @ 0xDC00..=0xDFFF) = unit(low)
    {
        let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        let rest = low.get(4..).unwrap_or_default();
        return (
            char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER),
            rest,
        );
    }
    (
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
        after,
    )
}
