//! Bundles: many resources in one submission, in any order, naming each other by `urn:uuid:…`.

use std::{borrow::Cow, collections::HashMap};

use tributary_model::{Issue, IssueKind};

use super::{Reader, Statement, head::Head, issue, text_of, unreadable};
use crate::json::{Kind, Malformed, Scanner, Text};

/// A bundle with its resources verbatim.
#[derive(Debug)]
pub struct Bundle<'a> {
    /// What the sender meant by it.
    pub kind: BundleKind,
    /// Its entries in their order.
    pub entries: Vec<BundleEntry<'a>>,
    /// `fullUrl` of each `Patient` → the id that its identity goes by.
    patients: HashMap<Cow<'a, str>, String>,
}

/// What the sender meant by a bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BundleKind {
    /// All or nothing.
    Transaction,
    /// Each entry by itself.
    Batch,
    /// A set of resources without more meaning.
    Collection,
    /// The answer to a search.
    Searchset,
    /// A document: a Composition and what it refers to.
    Document,
}

/// One entry of a bundle.
#[derive(Clone)]
pub struct BundleEntry<'a> {
    /// What other entries call it; empty if nothing.
    pub full_url: Cow<'a, str>,
    /// The request's method (`POST`, `PUT`, `DELETE`, …); empty outside transactions and batches.
    pub method: Cow<'a, str>,
    /// The request's address, such as `Observation/abc`; empty outside transactions and batches.
    pub url: Cow<'a, str>,
    /// The resource, verbatim; none for a removal.
    pub resource: Option<&'a [u8]>,
}

impl std::fmt::Debug for BundleEntry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BundleEntry(•••)")
    }
}

impl BundleEntry<'_> {
    /// What it asks to have removed, as the source's references name it: `Observation/abc`.
    #[must_use]
    pub fn removal(&self) -> Option<&str> {
        (self.method == "DELETE" && self.url.contains('/') && !self.url.contains('?'))
            .then_some(&*self.url)
    }

    /// Whether it asks to read or search, which intake does not answer.
    #[must_use]
    pub fn only_asks(&self) -> bool {
        matches!(&*self.method, "GET" | "HEAD")
    }
}

impl Bundle<'_> {
    /// The id of the patient a `fullUrl` stands for within this bundle.
    #[must_use]
    pub fn patient(&self, full_url: &str) -> Option<&str> {
        self.patients.get(full_url).map(String::as_str)
    }
}

impl Reader {
    /// What one entry of a bundle says: as [`Reader::read`], with the bundle's own references
    /// resolved and an id taken from the entry's `fullUrl` where the resource has none.
    pub fn read_in<'a>(
        &self,
        bundle: &Bundle<'a>,
        entry: &BundleEntry<'a>,
    ) -> Result<Statement<'a>, Issue> {
        let bytes = entry.resource.ok_or_else(|| {
            issue(
                IssueKind::NotTaken,
                "Bundle.entry",
                "the entry has no resource".to_owned(),
            )
        })?;
        let text = text_of(bytes)?;
        let mut head = Head::read(text).map_err(unreadable)?;
        head.id_or(|| id_of_url(&entry.full_url));
        self.state(text, &head, &|url| bundle.patient(url).map(str::to_owned))
    }
}

/// Reads a bundle's frame. Its resources are looked at one by one with [`Reader::read_in`].
pub fn read_bundle(bytes: &[u8]) -> Result<Bundle<'_>, Issue> {
    let text = text_of(bytes)?;
    let (kind, entries) = frame(text).map_err(unreadable)?;
    let kind = match kind.as_deref() {
        Some("transaction") => BundleKind::Transaction,
        Some("batch") => BundleKind::Batch,
        Some("collection") => BundleKind::Collection,
        Some("searchset") => BundleKind::Searchset,
        Some("document") => BundleKind::Document,
        _ => {
            let words = "send a transaction, batch, collection, searchset or document";
            return Err(issue(IssueKind::NotTaken, "Bundle.type", words.to_owned()));
        }
    };
    let patients = entries.iter().filter_map(patient_in).collect();
    Ok(Bundle {
        kind,
        entries,
        patients,
    })
}

fn patient_in<'a>(entry: &BundleEntry<'a>) -> Option<(Cow<'a, str>, String)> {
    let text = text_of(entry.resource?).ok()?;
    // Most entries are no Patient, and this one look spares them a parse.
    if entry.full_url.is_empty() || !text.contains("\"Patient\"") {
        return None;
    }
    let mut head = Head::read(text).ok()?;
    head.id_or(|| id_of_url(&entry.full_url));
    (head.kind.words() == "Patient").then_some((entry.full_url.clone(), head.id().ok()?.into()))
}

fn id_of_url(full_url: &str) -> String {
    full_url
        .rsplit([':', '/'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

type Scanned<T> = Result<T, Malformed>;

fn frame(text: &str) -> Scanned<(Option<Cow<'_, str>>, Vec<BundleEntry<'_>>)> {
    let mut scanner = Scanner::new(text);
    let (mut resource_type, mut kind, mut entries) = (None, None, Vec::new());
    object(&mut scanner, |name, scanner| match name {
        "resourceType" => scanner.text_or_skip().map(|text| resource_type = text),
        "type" => scanner.text_or_skip().map(|text| kind = text),
        "entry" if scanner.peek()? == Kind::Array => {
            scanner.open()?;
            while scanner.item()? {
                entries.push(entry(scanner)?);
            }
            Ok(())
        }
        _ => scanner.skip(),
    })?;
    scanner.end()?;
    if resource_type.is_none_or(|name| name.words() != "Bundle") {
        return Err(Malformed {
            at: 0,
            wanted: "a Bundle",
        });
    }
    Ok((kind.map(Text::words), entries))
}

fn entry<'a>(scanner: &mut Scanner<'a>) -> Scanned<BundleEntry<'a>> {
    let (mut full_url, mut method, mut url, mut resource) = (None, None, None, None);
    object(scanner, |name, scanner| match name {
        "fullUrl" => scanner.text_or_skip().map(|text| full_url = text),
        "resource" if scanner.peek()? == Kind::Object => {
            let from = scanner.at();
            scanner.skip()?;
            resource = Some(scanner.between(from, scanner.at()).as_bytes());
            Ok(())
        }
        "request" if scanner.peek()? == Kind::Object => {
            object(scanner, |name, scanner| match name {
                "method" => scanner.text_or_skip().map(|text| method = text),
                "url" => scanner.text_or_skip().map(|text| url = text),
                _ => scanner.skip(),
            })
        }
        _ => scanner.skip(),
    })?;
    let words = |text: Option<Text<'a>>| text.map(Text::words).unwrap_or_default();
    Ok(BundleEntry {
        full_url: words(full_url),
        method: words(method),
        url: words(url),
        resource,
    })
}

/// Hands each member of the object that comes next to `each`, which must take its value.
fn object<'a>(
    scanner: &mut Scanner<'a>,
    mut each: impl FnMut(&'a str, &mut Scanner<'a>) -> Scanned<()>,
) -> Scanned<()> {
    if scanner.peek()? != Kind::Object {
        return Err(Malformed {
            at: scanner.at(),
            wanted: "an object",
        });
    }
    scanner.open()?;
    while let Some(name) = scanner.member()? {
        each(name, scanner)?;
    }
    Ok(())
}
