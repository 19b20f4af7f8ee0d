//! JSON out: members and items in the order they are given, commas and escapes looked after.

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

    /// A value that `write` puts there as JSON.
    pub(crate) fn value(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(self.item());
    }
}

/// Writes a text.
pub(crate) fn text(out: &mut Vec<u8>, words: &str) {
    out.push(b'"');
    let mut rest = words;
    // What needs an escape is rare, so what lies between is copied in one go.
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, from) = rest.split_at(at);
        let mut chars = from.chars();
        out.extend_from_slice(plain.as_bytes());
        escape(out, chars.next().unwrap_or_default());
        rest = chars.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        c => out.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes()),
    }
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
