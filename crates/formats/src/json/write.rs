//! JSON out: members and items in the order they are given, commas and escapes looked after.

use std::fmt::Write;

/// An object being written.
#[derive(Debug)]
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    fresh: bool,
}

/// An array being written.
#[derive(Debug)]
pub(crate) struct Array<'o> {
    out: &'o mut Vec<u8>,
    fresh: bool,
}

/// Writes an object whose members `write` gives.
pub(crate) fn object(out: &mut Vec<u8>, write: impl FnOnce(&mut Object<'_>)) {
    out.push(b'{');
    write(&mut Object { out, fresh: true });
    out.push(b'}');
}

fn array(out: &mut Vec<u8>, write: impl FnOnce(&mut Array<'_>)) {
    out.push(b'[');
    write(&mut Array { out, fresh: true });
    out.push(b']');
}

impl Object<'_> {
    fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.fresh) {
            self.out.push(b',');
        }
        text(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// A text; none at all where there are no words, since FHIR has no empty texts.
    pub(crate) fn text(&mut self, name: &str, words: &str) {
        if !words.is_empty() {
            text(self.name(name), words);
        }
    }

    pub(crate) fn truth(&mut self, name: &str, truth: bool) {
        let word: &[u8] = if truth { b"true" } else { b"false" };
        self.name(name).extend_from_slice(word);
    }

    pub(crate) fn count(&mut self, name: &str, count: usize) {
        self.name(name)
            .extend_from_slice(count.to_string().as_bytes());
    }

    pub(crate) fn object(&mut self, name: &str, write: impl FnOnce(&mut Object<'_>)) {
        object(self.name(name), write);
    }

    pub(crate) fn array(&mut self, name: &str, write: impl FnOnce(&mut Array<'_>)) {
        array(self.name(name), write);
    }

    /// A value that `write` puts there as JSON.
    pub(crate) fn value(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        write(self.name(name));
    }
}

impl Array<'_> {
    fn item(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.fresh) {
            self.out.push(b',');
        }
        self.out
    }

    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Object<'_>)) {
        object(self.item(), write);
    }
}

fn text(out: &mut Vec<u8>, words: &str) {
    out.push(b'"');
    for c in words.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if c < ' ' => {
                let mut escape = String::new();
                // Writing to a String cannot fail.
                let _ = write!(escape, "\\u{:04x}", u32::from(c));
                out.extend_from_slice(escape.as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// `serde_json` is the judge: it reads back what was meant.
        #[test]
        fn what_is_written_is_read(name in any::<String>(), words in any::<String>(), count: usize) {
            let mut out = Vec::new();
            object(&mut out, |object| {
                object.array("items", |items| {
                    items.object(|item| item.text("words", &words));
                    items.object(|item| item.truth(&name, true));
                });
                object.text("empty", "");
                object.count("count", count);
            });
            let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
            let first = if words.is_empty() { serde_json::json!({}) } else { serde_json::json!({"words": words}) };
            let meant = serde_json::json!({"items": [first, {name: true}], "count": count});
            prop_assert_eq!(read, meant);
        }
    }
}
