//! One immutable statement of a source about a patient, in the parts that people read.
//!
//! The source's own bytes are kept verbatim in the store; this is what is read out of them for the
//! combined record. Every text here is the source's.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClinicalDate, Section};

/// FHIR R4 resource types that become clinical entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ResourceKind {
    /// `AllergyIntolerance`
    AllergyIntolerance,
    /// `Appointment`
    Appointment,
    /// `CarePlan`
    CarePlan,
    /// `CareTeam`
    CareTeam,
    /// `Communication`
    Communication,
    /// `Composition`
    Composition,
    /// `Condition`
    Condition,
    /// `DiagnosticReport`
    DiagnosticReport,
    /// `DocumentReference`
    DocumentReference,
    /// `Encounter`
    Encounter,
    /// `Flag`
    Flag,
    /// `Goal`
    Goal,
    /// `ImagingStudy`
    ImagingStudy,
    /// `Immunization`
    Immunization,
    /// `MedicationAdministration`
    MedicationAdministration,
    /// `MedicationDispense`
    MedicationDispense,
    /// `MedicationRequest`
    MedicationRequest,
    /// `MedicationStatement`
    MedicationStatement,
    /// `Observation`
    Observation,
    /// `Procedure`
    Procedure,
    /// `QuestionnaireResponse`
    QuestionnaireResponse,
    /// `RelatedPerson`
    RelatedPerson,
    /// `Task`
    Task,
}

impl ResourceKind {
    /// FHIR's name of the type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllergyIntolerance => "AllergyIntolerance",
            Self::Appointment => "Appointment",
            Self::CarePlan => "CarePlan",
            Self::CareTeam => "CareTeam",
            Self::Communication => "Communication",
            Self::Composition => "Composition",
            Self::Condition => "Condition",
            Self::DiagnosticReport => "DiagnosticReport",
            Self::DocumentReference => "DocumentReference",
            Self::Encounter => "Encounter",
            Self::Flag => "Flag",
            Self::Goal => "Goal",
            Self::ImagingStudy => "ImagingStudy",
            Self::Immunization => "Immunization",
            Self::MedicationAdministration => "MedicationAdministration",
            Self::MedicationDispense => "MedicationDispense",
            Self::MedicationRequest => "MedicationRequest",
            Self::MedicationStatement => "MedicationStatement",
            Self::Observation => "Observation",
            Self::Procedure => "Procedure",
            Self::QuestionnaireResponse => "QuestionnaireResponse",
            Self::RelatedPerson => "RelatedPerson",
            Self::Task => "Task",
        }
    }
}

/// A code of a code system.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Coding {
    /// The code system's address, such as `http://snomed.info/sct`.
    pub system: String,
    /// The code.
    pub code: String,
    /// The source's display text.
    pub display: String,
}

/// FHIR's `CodeableConcept`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Concept {
    /// The codes, all of them.
    pub codings: Vec<Coding>,
    /// The source's own words.
    pub text: String,
}

impl Concept {
    /// What to call it: the source's text, else a display, else a code; empty if there is nothing.
    #[must_use]
    pub fn words(&self) -> &str {
        if !self.text.is_empty() {
            return &self.text;
        }
        self.codings
            .iter()
            .find_map(|coding| (!coding.display.is_empty()).then_some(coding.display.as_str()))
            .or_else(|| self.codings.first().map(|coding| coding.code.as_str()))
            .unwrap_or_default()
    }

    /// Whether one of the codings has this code, in whatever system.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.codings.iter().any(|coding| coding.code == code)
    }

    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codings.is_empty() && self.text.is_empty()
    }
}

/// One immutable statement of a source about a patient. `Debug` shows only its kind.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ClinicalEntry {
    /// The resource type it came as.
    pub kind: ResourceKind,
    /// The section it is grouped in.
    pub section: Section,
    /// The source's id of it, as references within the source name it: `Observation/abc`.
    pub source_id: String,
    /// What it is about: the substance, drug, problem, test, vaccine, document type, …
    pub what: Concept,
    /// FHIR's `category` codes and texts.
    pub categories: Vec<Concept>,
    /// The resource's status code (`active`, `final`, `entered-in-error`, …); for Condition and
    /// `AllergyIntolerance` the clinical status.
    pub status: String,
    /// The verification status of a Condition or `AllergyIntolerance`, else empty.
    pub verification: String,
    /// When it clinically was or began.
    pub when: Option<ClinicalDate>,
    /// When it ended.
    pub until: Option<ClinicalDate>,
    /// When the source wrote it down.
    pub recorded: Option<ClinicalDate>,
    /// Who wrote it, in the source's words.
    pub author: String,
    /// The source's notes.
    pub notes: Vec<String>,
    /// Reasons given.
    pub reasons: Vec<Concept>,
    /// References to other entries of the source: `Condition/abc`.
    pub refers_to: Vec<String>,
    /// Codes that the source says elsewhere in the statement: conclusions, complications, evidence,
    /// security labels. They are not shown as such; what is withheld goes by them too.
    pub further_codes: Vec<Coding>,
    /// What only this kind of statement has.
    pub detail: Detail,
}

impl fmt::Debug for ClinicalEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClinicalEntry({:?}, •••)", self.kind)
    }
}

/// What only one kind of statement has.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Detail {
    /// Allergies and adverse reactions.
    Allergy(Allergy),
    /// Medication requests, statements, dispenses and administrations.
    Medication(Medication),
    /// Problems and diagnoses.
    Problem(Problem),
    /// Observations.
    Observation(Observation),
    /// Reports, documents, letters, compositions, communications.
    Document(Document),
    /// Encounters and appointments.
    Contact(Contact),
    /// Care plans, care teams, goals, tasks, flags, assessments, related persons.
    Plan(Plan),
    /// Procedures, immunisations and whatever needs no more than the entry itself.
    Plain {
        /// Further labelled facts in reading order: dose number, site, outcome, …
        facts: Vec<(String, String)>,
    },
}

/// What only an allergy has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Allergy {
    /// `low`, `high`, `unable-to-assess` or empty.
    pub criticality: String,
    /// Reactions: manifestation in words, severity code (`mild`, `moderate`, `severe`) or empty.
    pub reactions: Vec<(String, String)>,
    /// Whether the source says that there are no known allergies (for example SNOMED 716186003).
    pub none_known: bool,
}

/// What only a medication has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Medication {
    /// Dose lines in the source's order.
    pub doses: Vec<DoseLine>,
    /// `repeat`, `acute`, `hospital-only`, … from the source's course of therapy, or empty.
    pub course: String,
    /// When it was last issued or dispensed.
    pub last_issued: Option<ClinicalDate>,
    /// Why it was stopped, if it was.
    pub stopped_because: String,
}

/// One line of dosage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DoseLine {
    /// The source's words, or words made of the structured parts.
    pub text: String,
    /// Amount and unit when structured, as sent: `("5", "mg")`.
    pub amount: Option<(String, String)>,
    /// Route in words.
    pub route: String,
}

/// What only a problem has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Problem {
    /// Severity in words.
    pub severity: String,
    /// Stage in words (cancer).
    pub stage: String,
    /// Body site in words.
    pub site: String,
}

/// What only an observation has.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Observation {
    /// The value, if the observation has one itself.
    pub value: Option<Value>,
    /// Parts of it (systolic and diastolic, members of a panel).
    pub components: Vec<Measurement>,
    /// Interpretation codes (`H`, `L`, `A`, `HH`, …).
    pub interpretation: Vec<String>,
    /// Reference range as low, high.
    pub range: (Option<f64>, Option<f64>),
    /// The range in the source's words.
    pub range_words: String,
    /// Whether it is a laboratory result (category `laboratory`).
    pub laboratory: bool,
}

/// One named measurement within an observation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured.
    pub what: Concept,
    /// Its value.
    pub value: Option<Value>,
}

/// The value of an observation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Value {
    /// A number with its unit; the UCUM code when the source gives one.
    Quantity {
        /// The number.
        number: f64,
        /// The number in the source's own digits.
        text: String,
        /// `<`, `<=`, `>=`, `>` or empty.
        comparator: String,
        /// The unit in words.
        unit: String,
        /// The UCUM code, or empty.
        ucum: String,
    },
    /// Coded.
    Coded(
        /// The concept.
        Concept,
    ),
    /// Anything else in words.
    Words(
        /// The words.
        String,
    ),
}

/// What only a document has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Document {
    /// Title.
    pub title: String,
    /// Media type of the attachment, or empty.
    pub media_type: String,
    /// The attachment as base64 as sent, or empty.
    pub data: String,
    /// Text, for a document that is text, a conclusion, or a communication.
    pub text: String,
    /// Members of a report: references to observations.
    pub results: Vec<String>,
}

/// What only a contact has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Contact {
    /// Encounter class code (`AMB`, `EMER`, `IMP`, `HH`, `VR`, …).
    pub class: String,
    /// Where: ward, clinic, service, in the source's words.
    pub place: String,
    /// Who with, in the source's words.
    pub with: Vec<String>,
    /// How it ended (discharge disposition), in words.
    pub outcome: String,
}

/// What only a plan, team, flag, task or related person has.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Title or description.
    pub title: String,
    /// Activities, goals or answers, each a line of words.
    pub lines: Vec<String>,
    /// People and teams: role, name, telephone.
    pub people: Vec<(String, String, String)>,
}
