//! The hot path: one walk over a resource for the few texts that filing needs.

use std::borrow::Cow;

use tributary_model::{Issue, IssueKind, Timestamp};

use super::{issue, unreadable};
use crate::{
    fhir::dates,
    json::{Kind, Malformed, Node, Scanner, Text, Tree},
};

/// The few members of a resource that filing needs, as they were written.
#[derive(Default)]
pub(super) struct Head<'a> {
    pub(super) kind: Text<'a>,
    id: Option<Text<'a>>,
    /// An id for a resource that has none of its own.
    given_id: Option<String>,
    subject: Option<Subject<'a>>,
    when: Option<(u8, Text<'a>)>,
    /// Whether a category says that it is the result of an investigation.
    pub(super) result: bool,
}

/// The reference that `subject`, `patient` or `for` holds, if it holds one.
#[derive(Clone, Copy)]
struct Subject<'a>(Option<Text<'a>>);

type Scanned<T> = Result<T, Malformed>;

impl<'a> Head<'a> {
    /// Walks over one resource.
    pub(super) fn read(text: &'a str) -> Scanned<Self> {
        let mut scanner = Scanner::new(text);
        if scanner.peek()? != Kind::Object {
            return Err(Malformed {
                at: 0,
                wanted: "an object",
            });
        }
        let mut head = Self::default();
        let mut kind = None;
        scanner.open()?;
        while let Some(name) = scanner.member()? {
            match name {
                "resourceType" => {
                    let name = scanner.text_or_skip()?;
                    set(&mut kind, name, &scanner)?;
                }
                "id" => {
                    let id = scanner.text_or_skip()?;
                    set(&mut head.id, id, &scanner)?;
                }
                "subject" | "patient" | "for" => {
                    let subject = Subject::read(&mut scanner)?;
                    set(&mut head.subject, subject, &scanner)?;
                }
                "category" => head.result |= says_result(&mut scanner)?,
                _ => match dates::nearness(name) {
                    Some(nearness) => head.date(nearness, &mut scanner)?,
                    None => scanner.skip()?,
                },
            }
        }
        scanner.end()?;
        head.kind = kind.ok_or(Malformed {
            at: 0,
            wanted: "a resourceType",
        })?;
        Ok(head)
    }

    fn date(&mut self, nearness: u8, scanner: &mut Scanner<'a>) -> Scanned<()> {
        let text = match scanner.peek()? {
            Kind::Object => member(scanner, "start")?,
            _ => scanner.text_or_skip()?,
        };
        if let Some(text) = text
            && self.when.is_none_or(|(nearest, _)| nearness < nearest)
        {
            self.when = Some((nearness, text));
        }
        Ok(())
    }

    /// Gives an id to a resource that has none of its own.
    pub(super) fn id_or(&mut self, id: impl FnOnce() -> String) {
        if self.id.is_none() {
            self.given_id = Some(id());
        }
    }

    /// The resource's id.
    pub(super) fn id(&self) -> Result<Cow<'a, str>, Issue> {
        let own = self.id.map(Text::words);
        own.or_else(|| self.given_id.clone().map(Cow::Owned))
            .filter(|id| !id.is_empty())
            .ok_or_else(|| {
                issue(
                    IssueKind::NoIdentity,
                    "id",
                    "the resource has no id".to_owned(),
                )
            })
    }

    /// The id of the patient it is about.
    pub(super) fn subject(
        &self,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Cow<'a, str>, Issue> {
        let no_identity = |words: &str| issue(IssueKind::NoIdentity, "subject", words.to_owned());
        let subject = self
            .subject
            .ok_or_else(|| no_identity("the resource has no subject"))?;
        let reference = subject
            .0
            .ok_or_else(|| no_identity("the subject is no reference to a Patient"))?;
        patient_of(reference.words(), resolve).map_err(no_identity)
    }

    /// When it clinically was, or else was written down.
    pub(super) fn when(&self) -> Option<Timestamp> {
        self.when
            .and_then(|(_, text)| dates::instant(&text.words()))
    }
}

/// A member that decides whose a resource is must not be there twice: nobody can tell which counts.
fn set<T>(slot: &mut Option<T>, value: Option<T>, scanner: &Scanner<'_>) -> Scanned<()> {
    if slot.is_some() {
        return Err(Malformed {
            at: scanner.at(),
            wanted: "each member once",
        });
    }
    *slot = value;
    Ok(())
}

impl<'a> Subject<'a> {
    fn read(scanner: &mut Scanner<'a>) -> Scanned<Option<Self>> {
        if scanner.peek()? == Kind::Object {
            return Ok(Some(Self(member(scanner, "reference")?)));
        }
        scanner.skip()?;
        Ok(None)
    }
}

/// One member of the object that comes next, passing over its others.
fn member<'a>(scanner: &mut Scanner<'a>, wanted: &str) -> Scanned<Option<Text<'a>>> {
    let mut found = None;
    scanner.open()?;
    while let Some(name) = scanner.member()? {
        if name == wanted && found.is_none() {
            found = scanner.text_or_skip()?;
        } else {
            scanner.skip()?;
        }
    }
    Ok(found)
}

/// Whether a `category`, whatever its shape, has a code for results of investigations.
fn says_result(scanner: &mut Scanner<'_>) -> Scanned<bool> {
    let mut result = false;
    match scanner.peek()? {
        Kind::Array => {
            scanner.open()?;
            while scanner.item()? {
                result |= says_result(scanner)?;
            }
        }
        Kind::Object => {
            scanner.open()?;
            while let Some(name) = scanner.member()? {
                match name {
                    "coding" => result |= says_result(scanner)?,
                    "code" => {
                        let code = scanner.text_or_skip()?;
                        result |= code.is_some_and(|code| is_result(&code.words()));
                    }
                    _ => scanner.skip()?,
                }
            }
        }
        _ => scanner.skip()?,
    }
    Ok(result)
}

/// Whether an observation category's code means the result of an investigation.
fn is_result(code: &str) -> bool {
    matches!(code, "laboratory" | "imaging" | "LAB" | "RAD")
}

/// The patient's id in a reference: `Patient/abc`, `https://…/Patient/abc/_history/2`, or
/// `urn:uuid:…` as far as it can be resolved.
fn patient_of<'a>(
    reference: Cow<'a, str>,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Result<Cow<'a, str>, &'static str> {
    if reference.starts_with("urn:") {
        return Ok(resolve(&reference).map_or(reference, Cow::Owned));
    }
    if reference.starts_with('#') {
        return Err("the subject is contained in the resource: send it as a Patient with an id");
    }
    if reference.contains('?') {
        return Err("the subject is a conditional reference: send the Patient's id");
    }
    match reference {
        Cow::Borrowed(reference) => id_in(reference).map(Cow::Borrowed),
        Cow::Owned(reference) => id_in(&reference).map(|id| Cow::Owned(id.to_owned())),
    }
    .ok_or("the subject is no Patient")
}

fn id_in(reference: &str) -> Option<&str> {
    let id = match reference.strip_prefix("Patient/") {
        Some(id) => id,
        None => reference.rsplit_once("/Patient/")?.1,
    };
    let id = id.split_once('/').map_or(id, |(id, _)| id);
    (!id.is_empty()).then_some(id)
}

/// The patient among an appointment's participants; R4 gives it no subject.
pub(super) fn attendee<'a>(
    text: &'a str,
    resolve: &dyn Fn(&str) -> Option<String>,
) -> Result<Cow<'a, str>, Issue> {
    let tree = Tree::read(text).map_err(unreadable)?;
    let actors = |of: fn(&Node<'_, '_>) -> bool| {
        tree.root()
            .get("participant")
            .each()
            .map(|participant| participant.get("actor"))
            .filter(of)
            .map(|actor| actor.get("reference").words())
            .find_map(|reference| patient_of(reference, resolve).ok())
    };
    // Within a bundle anyone may be a `urn:uuid:…`; the patient is whom the bundle knows as one.
    let named = |actor: &Node<'_, '_>| !actor.get("reference").words().starts_with("urn:");
    let known = || {
        tree.root()
            .get("participant")
            .each()
            .find_map(|participant| resolve(&participant.get("actor").get("reference").words()))
    };
    let typed = |actor: &Node<'_, '_>| actor.get("type").says("Patient");
    actors(named)
        .or_else(|| known().map(Cow::Owned))
        .or_else(|| actors(typed))
        .ok_or_else(|| {
            issue(
                IssueKind::NoIdentity,
                "participant",
                "no participant is a Patient".to_owned(),
            )
        })
}
