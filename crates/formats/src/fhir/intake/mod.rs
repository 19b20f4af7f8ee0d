//! The way in: what filing needs of one resource, borrowed from its bytes.
//!
//! A night's snapshot is millions of lines, so a clinical line is walked once and nothing of it is
//! kept but a handful of texts; patients, relationships and sharing codes, a hundredth of the
//! lines, are read with more care.

mod bundle;
mod codes;
mod consent;
mod episode;
mod head;
mod patient;
mod section;

use std::borrow::Cow;

use tributary_model::{
    Issue, IssueKind, Organisation, Relationship, ResourceKind, Section, SharingCode,
};

pub(super) use self::patient::name_of;
pub use self::{
    bundle::{Bundle, BundleEntry, BundleKind, read_bundle},
    codes::{CodeMeaning, RestrictedCodes, SharingEffect, SharingMap},
    patient::Identity,
    section::section,
};
use self::{codes::Marks, head::Head};
use crate::{
    json::{Malformed, Tree},
    limits::MOST_BYTES,
};

/// Reads one source's resources. Built once for each feed: it holds what its codes mean here.
#[derive(Debug)]
pub struct Reader {
    organisation: Organisation,
    marks: Marks,
}

/// What one resource is to intake.
#[derive(Debug)]
pub enum Statement<'a> {
    /// Supports other resources (an organisation, a practitioner, a location, …): counted only.
    Organisation,
    /// Who a person is.
    Identity(Box<Identity>),
    /// Why an organisation has to do with a person; its `local_number` is the `Patient`'s id.
    Relationship(Relationship),
    /// What the patient decided about sharing; its `local_number` is the `Patient`'s id.
    Sharing(SharingCode),
    /// A clinical entry.
    Entry(EntryLine<'a>),
}

/// What filing needs of a clinical entry. Its bytes are kept verbatim beside it.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryLine<'a> {
    /// Its resource type.
    pub kind: ResourceKind,
    /// Its id as references within the source name it: `Observation/abc`.
    pub id: Cow<'a, str>,
    /// The id of the `Patient` it is about (or `urn:uuid:…` outside its bundle).
    pub subject: Cow<'a, str>,
    /// The section it is grouped in.
    pub section: Section,
    /// When it clinically was, in microseconds since 1970; 0 if it does not say.
    pub when: i64,
}

impl std::fmt::Debug for EntryLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EntryLine({:?}, {:?}, •••)", self.kind, self.section)
    }
}

/// What a resource type is to intake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Patient,
    Relationship,
    Consent,
    Supporting,
    Clinical(ResourceKind),
    NotTaken,
}

impl Reader {
    /// A reader of what one organisation sends.
    #[must_use]
    pub fn new(
        organisation: Organisation,
        sharing: &SharingMap,
        restricted: &RestrictedCodes,
    ) -> Self {
        Self {
            organisation,
            marks: Marks::new(sharing, restricted),
        }
    }

    /// What one resource says. The bytes may begin with a byte order mark and end with line ends.
    pub fn read<'a>(&self, bytes: &'a [u8]) -> Result<Statement<'a>, Issue> {
        let text = text_of(bytes)?;
        let head = Head::read(text).map_err(unreadable)?;
        self.state(text, &head, &|_| None)
    }

    /// Where in a block of raw bytes a code or escape stands that may be a sharing decision, so
    /// that the first reading of a snapshot needs to parse only the lines around these offsets.
    pub fn mentions_sharing<'b>(
        &self,
        block: &'b [u8],
    ) -> impl Iterator<Item = usize> + use<'_, 'b> {
        self.marks.sharing_in(block)
    }

    /// `resolve` gives the `Patient` id for a `urn:uuid:…` subject within a bundle.
    fn state<'a>(
        &self,
        text: &'a str,
        head: &Head<'a>,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Statement<'a>, Issue> {
        let tree = || Tree::read(text).map_err(unreadable);
        match type_of(&head.kind.words()) {
            Type::Clinical(kind) => self.entry(kind, text, head, resolve),
            Type::Supporting => Ok(Statement::Organisation),
            Type::Patient => {
                let identity = patient::read(tree()?.root(), head.id()?.into_owned());
                Ok(Statement::Identity(Box::new(identity)))
            }
            Type::Relationship => {
                let (id, person) = (head.id()?, head.subject(resolve)?);
                episode::read(tree()?.root(), &id, person.into_owned(), &self.organisation)
                    .map(Statement::Relationship)
            }
            Type::Consent => {
                let person = head.subject(resolve)?;
                consent::read(tree()?.root(), person.into_owned(), &self.marks)
                    .map(Statement::Sharing)
            }
            Type::NotTaken => Err(not_taken(&head.kind.words())),
        }
    }

    fn entry<'a>(
        &self,
        kind: ResourceKind,
        text: &'a str,
        head: &Head<'a>,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Statement<'a>, Issue> {
        let id = format!("{}/{}", kind.name(), head.id()?);
        if self.marks.any_in(text) {
            let tree = Tree::read(text).map_err(unreadable)?;
            self.marks.refuse_restricted(tree.root(), kind.name())?;
            if let Some(choice) = consent::coded(tree.root(), &self.marks)? {
                let local_number = head.subject(resolve)?.into_owned();
                return Ok(Statement::Sharing(SharingCode {
                    local_number,
                    choice,
                    decided: head.when(),
                }));
            }
        }
        let subject = match kind {
            ResourceKind::Appointment => head::attendee(text, resolve)?,
            _ => head.subject(resolve)?,
        };
        let section = section(kind, self.organisation.kind, head.result);
        let when = head.when().map_or(0, |when| when.0);
        Ok(Statement::Entry(EntryLine {
            kind,
            id: Cow::Owned(id),
            subject,
            section,
            when,
        }))
    }
}

/// The text of a resource without byte order mark and surrounding space.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, Issue> {
    let unreadable = |words: &str| issue(IssueKind::Unreadable, "", words.to_owned());
    if bytes.len() > MOST_BYTES {
        return Err(unreadable("longer than any resource may be"));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| unreadable("not UTF-8: have the sender write UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
    if text.is_empty() {
        Err(unreadable("an empty line"))
    } else {
        Ok(text)
    }
}

pub(super) fn unreadable(malformed: Malformed) -> Issue {
    let words = format!(
        "not JSON: expected {} at byte {}",
        malformed.wanted, malformed.at
    );
    issue(IssueKind::Unreadable, "", words)
}

fn issue(kind: IssueKind, place: &str, words: String) -> Issue {
    Issue {
        kind,
        place: place.to_owned(),
        words,
    }
}

/// A resource of a type that is no clinical statement that this version knows.
pub(super) fn not_taken(name: &str) -> Issue {
    // An outside text may hold anything; a type's name is letters.
    let is_name = (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
    let name = if is_name { name } else { "this resource type" };
    let words =
        format!("{name} is not taken in: it is no clinical statement that this version knows");
    issue(IssueKind::NotTaken, "resourceType", words)
}

fn type_of(name: &str) -> Type {
    match name {
        "Patient" => Type::Patient,
        "EpisodeOfCare" => Type::Relationship,
        "Consent" => Type::Consent,
        "Organization"
        | "OrganizationAffiliation"
        | "Practitioner"
        | "PractitionerRole"
        | "Location"
        | "HealthcareService"
        | "Endpoint"
        | "Device"
        | "Medication"
        | "Substance"
        | "Schedule"
        | "Slot" => Type::Supporting,
        name => clinical_kind(name).map_or(Type::NotTaken, Type::Clinical),
    }
}

/// The kind of clinical statement a resource type makes.
pub(super) fn clinical_kind(name: &str) -> Option<ResourceKind> {
    use ResourceKind as Kind;
    Some(match name {
        "AllergyIntolerance" => Kind::AllergyIntolerance,
        "Appointment" => Kind::Appointment,
        "CarePlan" => Kind::CarePlan,
        "CareTeam" => Kind::CareTeam,
        "Communication" => Kind::Communication,
        "Composition" => Kind::Composition,
        "Condition" => Kind::Condition,
        "DiagnosticReport" => Kind::DiagnosticReport,
        "DocumentReference" => Kind::DocumentReference,
        "Encounter" => Kind::Encounter,
        "Flag" => Kind::Flag,
        "Goal" => Kind::Goal,
        "ImagingStudy" => Kind::ImagingStudy,
        "Immunization" => Kind::Immunization,
        "MedicationAdministration" => Kind::MedicationAdministration,
        "MedicationDispense" => Kind::MedicationDispense,
        "MedicationRequest" => Kind::MedicationRequest,
        "MedicationStatement" => Kind::MedicationStatement,
        "Observation" => Kind::Observation,
        "Procedure" => Kind::Procedure,
        "QuestionnaireResponse" => Kind::QuestionnaireResponse,
        "RelatedPerson" => Kind::RelatedPerson,
        "Task" => Kind::Task,
        _ => return None,
    })
}
