//! A whole JSON value in one flat list, to be asked for what may or may not be there.

use std::borrow::Cow;

use super::{
    Malformed, Text,
    scan::{Kind, Scanner},
};

/// A JSON value, its items in the order they were written: each object or array is followed by
/// what it holds, and knows where that ends.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    items: Vec<Item<'a>>,
}

#[derive(Debug)]
struct Item<'a> {
    name: &'a str,
    value: Value<'a>,
    end: usize,
}

#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    Object,
    Array,
    Text(Text<'a>),
    Number(&'a str),
    Word(&'a str),
}

/// One value of a tree, or nothing: asking nothing for something gives nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t, 'a> {
    items: &'t [Item<'a>],
    at: usize,
}

impl<'a> Tree<'a> {
    /// Reads a text that holds one value.
    pub(crate) fn read(text: &'a str) -> Result<Self, Malformed> {
        let mut tree = Self {
            items: Vec::with_capacity(text.len() / 12 + 4),
        };
        let mut scanner = Scanner::new(text);
        tree.value("", &mut scanner)?;
        scanner.end()?;
        Ok(tree)
    }

    /// The value itself.
    pub(crate) fn root(&self) -> Node<'_, 'a> {
        Node {
            items: &self.items,
            at: 0,
        }
    }

    fn value(&mut self, name: &'a str, scanner: &mut Scanner<'a>) -> Result<(), Malformed> {
        let at = self.items.len();
        match scanner.peek()? {
            Kind::Text => self.push(name, Value::Text(scanner.text()?)),
            Kind::Number => self.push(name, Value::Number(scanner.number()?.raw)),
            Kind::Word => self.push(name, Value::Word(scanner.word()?)),
            Kind::Object => {
                self.push(name, Value::Object);
                scanner.open()?;
                while let Some(name) = scanner.member()? {
                    self.value(name, scanner)?;
                }
                self.close(at);
            }
            Kind::Array => {
                self.push(name, Value::Array);
                scanner.open()?;
                while scanner.item()? {
                    self.value("", scanner)?;
                }
                self.close(at);
            }
        }
        Ok(())
    }

    fn push(&mut self, name: &'a str, value: Value<'a>) {
        let end = self.items.len() + 1;
        self.items.push(Item { name, value, end });
    }

    fn close(&mut self, at: usize) {
        let end = self.items.len();
        if let Some(item) = self.items.get_mut(at) {
            item.end = end;
        }
    }
}

impl<'t, 'a> Node<'t, 'a> {
    /// The member of this name; nothing if there is none, or this is no object.
    pub(crate) fn get(self, name: &str) -> Self {
        self.members()
            .find(|(found, _)| *found == name)
            .map_or(self.nothing(), |(_, node)| node)
    }

    /// The first of several names that is there.
    pub(crate) fn first_of(self, names: &[&str]) -> Self {
        names
            .iter()
            .map(|name| self.get(name))
            .find(|node| node.is_something())
            .unwrap_or(self.nothing())
    }

    /// The members of an object in their order, with their names.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Self)> + use<'t, 'a> {
        let held = matches!(self.item().map(|item| item.value), Some(Value::Object));
        self.held(held).map(|(item, node)| (item.name, node))
    }

    /// The items of an array; a value that should have been in an array stands for itself.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        let array = matches!(self.item().map(|item| item.value), Some(Value::Array));
        let itself = (!array && self.is_something()).then_some(self);
        self.held(array).map(|(_, node)| node).chain(itself)
    }

    /// The first item of an array, or the value itself.
    pub(crate) fn one(self) -> Self {
        self.each().next().unwrap_or(self.nothing())
    }

    /// The words of a text; nothing for anything else or an empty one.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self.item()?.value {
            Value::Text(text) => Some(text.words()).filter(|words| !words.is_empty()),
            _ => None,
        }
    }

    /// The words of a text, or nothing as no words.
    pub(crate) fn words(self) -> Cow<'a, str> {
        self.text().unwrap_or_default()
    }

    /// Whether it is a text that says just this.
    pub(crate) fn says(self, words: &str) -> bool {
        self.text().is_some_and(|text| text == words)
    }

    /// The digits of a number as they were written.
    pub(crate) fn digits(self) -> Option<&'a str> {
        match self.item()?.value {
            Value::Number(digits) => Some(digits),
            _ => None,
        }
    }

    /// Whether it is `true` or `false`.
    pub(crate) fn truth(self) -> Option<bool> {
        match self.item()?.value {
            Value::Word("true") => Some(true),
            Value::Word("false") => Some(false),
            _ => None,
        }
    }

    /// Whether it is an object.
    pub(crate) fn is_object(self) -> bool {
        matches!(self.item().map(|item| item.value), Some(Value::Object))
    }

    /// Whether it is an array.
    pub(crate) fn is_array(self) -> bool {
        matches!(self.item().map(|item| item.value), Some(Value::Array))
    }

    /// Whether there is anything but `null`.
    pub(crate) fn is_something(self) -> bool {
        self.item()
            .is_some_and(|item| !matches!(item.value, Value::Word("null")))
    }

    /// Every object in this value, itself first.
    pub(crate) fn objects(self) -> impl Iterator<Item = Self> + use<'t, 'a> {
        let end = self.item().map_or(self.at, |item| item.end);
        (self.at..end)
            .map(move |at| Self { at, ..self })
            .filter(|node| matches!(node.item().map(|item| item.value), Some(Value::Object)))
    }

    fn held(self, held: bool) -> impl Iterator<Item = (&'t Item<'a>, Self)> + use<'t, 'a> {
        let mut at = self.at + 1;
        let end = self
            .item()
            .map_or(0, |item| if held { item.end } else { 0 });
        std::iter::from_fn(move || {
            let item = self.items.get(at).filter(|_| at < end)?;
            let node = Self { at, ..self };
            at = item.end;
            Some((item, node))
        })
    }

    const fn nothing(self) -> Self {
        Self {
            items: self.items,
            at: usize::MAX - 1,
        }
    }

    fn item(self) -> Option<&'t Item<'a>> {
        self.items.get(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_for_what_is_there_and_for_what_is_not() {
        let tree =
            Tree::read(r#"{"a":{"b":[1.50,"x\n"],"n":null},"c":true,"d":"y","d":"z"}"#).unwrap();
        let root = tree.root();
        let items: Vec<_> = root.get("a").get("b").each().collect();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].digits(), Some("1.50"));
        assert_eq!(items[1].words(), "x\n");
        assert_eq!(root.get("c").truth(), Some(true));
        assert!(root.get("d").says("y"), "of two members the first counts");
        assert!(!root.get("a").get("n").is_something());
        assert!(!root.get("z").get("y").one().is_something());
        assert_eq!(root.get("d").get("e").text(), None);
        assert_eq!(root.get("d").each().count(), 1);
        assert_eq!(root.objects().count(), 2);
        assert_eq!(root.first_of(&["q", "n", "c"]).truth(), Some(true));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "{]", "[1,]", "{\"a\"}", "1 2", "nul", "\u{feff}{}"] {
            assert!(Tree::read(text).is_err(), "{text}");
        }
    }
}
