//! The shapes of the combined record: what goes in, and what a page or a bundle is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tributary_model::{
    ClinicalDate, ClinicalEntry, Coding, Demographics, EntryKey, Gender, IdentityId, OdsCode,
    Organisation, Section, SectionSet, Timestamp,
};

/// Everything a combined record is made of, as the store opened it for one permit.
#[derive(Clone, PartialEq, Debug)]
pub struct Sources {
    /// The linked identities, the requester's own organisation's first.
    pub identities: Vec<SourceIdentity>,
    /// Their current entries, in no order.
    pub entries: Vec<SourceEntry>,
    /// Names of organisations where a doubtful identity waits to be linked.
    pub waiting_to_be_linked: Vec<String>,
    /// Names of organisations whose agreement has ended: what they fed is hidden.
    pub hidden_by_agreement: Vec<String>,
    /// The time of the view.
    pub now: Timestamp,
}

/// One linked identity with the state of the source it came from.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceIdentity {
    /// The identity.
    pub identity: IdentityId,
    /// Its organisation.
    pub organisation: Organisation,
    /// Who the source says the person is.
    pub demographics: Demographics,
    /// When the source was last taken in whole.
    pub refreshed: Option<Timestamp>,
    /// Since when the source is late against its timetable, if it is.
    pub late_since: Option<Timestamp>,
    /// Which sections the source supplies under its agreement.
    pub supplies: SectionSet,
}

/// One current entry of one identity.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceEntry {
    /// Its address.
    pub key: EntryKey,
    /// When this form of it was filed.
    pub filed: Timestamp,
    /// What it says.
    pub entry: ClinicalEntry,
}

/// What the permit lets through. Everything else leaves no trace but one mark for the record.
#[derive(Clone, PartialEq, Debug)]
pub struct Scope {
    /// The sections the role and organisation kind may see. Allergies are always in.
    pub sections: SectionSet,
    /// Sensitive code sets to be withheld: set name → codes.
    pub sensitive: Sensitivity,
}

/// Configured sensitive code sets that this requester and purpose may not see.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Name and version of the code sets in force, named in the audit line.
    pub version: String,
    /// Set name → (system, code) pairs. A withheld code also withholds what points to it.
    pub withheld: BTreeMap<String, Vec<(String, String)>>,
}

/// One person's record across all sources, ready to be disclosed.
#[derive(Clone, PartialEq, Debug)]
pub struct CombinedRecord {
    /// Who it is.
    pub banner: Banner,
    /// What a clinician looks for in the first minute.
    pub first_minute: FirstMinute,
    /// The sections that the requester may see, in the order of the record.
    pub sections: Vec<SectionView>,
    /// Contacts and stays over the years.
    pub timeline: Timeline,
    /// Every source of the record and how fresh it is.
    pub sources: Vec<SourceState>,
    /// Whether anything at all was withheld: one mark for the whole record.
    pub withheld: bool,
    /// Organisations where a doubtful identity waits to be linked; nothing of its content.
    pub may_be_more: Vec<String>,
    /// Organisations whose agreement has ended, so that what they fed is hidden.
    pub hidden_by_agreement: Vec<String>,
    /// The time of the view.
    pub as_at: Timestamp,
}

/// The patient banner (NHS common user interface).
#[derive(Clone, PartialEq, Debug)]
pub struct Banner {
    /// `FAMILY, Given (Title)`.
    pub name: String,
    /// Date of birth.
    pub born: Option<ClinicalDate>,
    /// Age in words: `72y`, `3y 2m`, `5w`; empty if it cannot be told.
    pub age: String,
    /// Gender.
    pub gender: Gender,
    /// `999 238 6045`, if a source has a traced one.
    pub nhs_number: Option<String>,
    /// Address in one line; `None` when it is protected.
    pub address: Option<String>,
    /// Telephone numbers; empty when protected.
    pub telephones: Vec<String>,
    /// GP practice; `None` when protected or not known.
    pub practice: Option<String>,
    /// Whether address, telephone and practice are withheld because the address is protected.
    pub protected: bool,
    /// `Some` when a source says the person is dead: date if known and by whom.
    pub deceased: Option<(Option<ClinicalDate>, Vec<String>)>,
    /// Sources that disagree on who this is: (`"Born"`, `"09-Jul-1954 (A) · 07-Sep-1954 (B)"`).
    pub disagreements: Vec<(String, String)>,
}

/// Allergies as the banner and the top of the page say them.
#[derive(Clone, PartialEq, Debug)]
pub enum AllergySummary {
    /// At least one recorded allergy, worst first.
    Recorded(Vec<AllergyLine>),
    /// A source says there are none known, and no source says otherwise: which sources, and when.
    NoneKnown(Vec<Provenance>),
    /// Sources that supply allergies were asked and none has recorded anything.
    NoneRecorded,
    /// No source of this record supplies allergies.
    NotSupplied,
}

/// One allergy in one line.
#[derive(Clone, PartialEq, Debug)]
pub struct AllergyLine {
    /// The substance.
    pub substance: String,
    /// Reactions with severity in words: `anaphylaxis (severe)`.
    pub reactions: String,
    /// `high` criticality or a severe reaction.
    pub severe: bool,
    /// `Some` when sources disagree (one records it, one refutes it): said in words.
    pub conflict: Option<String>,
    /// Unconfirmed, resolved, refuted …: said when it is not plain.
    pub status: String,
    /// Anchor of its row.
    pub key: EntryKey,
}

/// One alert.
#[derive(Clone, PartialEq, Debug)]
pub struct Alert {
    /// `safeguarding`, `resuscitation`, `infection`, `falls`, `adjustment`, `interpreter`, …
    pub kind: String,
    /// The source's words.
    pub words: String,
    /// From when.
    pub since: Option<ClinicalDate>,
    /// Who says so.
    pub provenance: Vec<Provenance>,
    /// Anchor of its row; none for what stands in demographics (interpreter).
    pub key: Option<EntryKey>,
}

/// A person or team to ring.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContactLine {
    /// `Next of kin`, `Care coordinator`, `GP practice`, team name …
    pub role: String,
    /// Name.
    pub name: String,
    /// Telephone; empty if none.
    pub telephone: String,
}

/// What a clinician looks for in the first minute. Rows are the same rows as in the sections.
#[derive(Clone, PartialEq, Debug)]
pub struct FirstMinute {
    /// Allergies.
    pub allergies: AllergySummary,
    /// Alerts, most pressing first.
    pub alerts: Vec<Alert>,
    /// Resuscitation and treatment-escalation decisions, advance decisions, attorney.
    pub decisions: Vec<Alert>,
    /// Pregnancy now, in words.
    pub pregnancy: Option<Row>,
    /// The last weight, for a child.
    pub child_weight: Option<Row>,
    /// Active problems, newest first.
    pub active_problems: Vec<Row>,
    /// Current medicines given again and again.
    pub repeat_medicines: Vec<Row>,
    /// Current medicines given for once.
    pub acute_medicines: Vec<Row>,
    /// Current medicines that only a hospital gives (clozapine, chemotherapy, depot).
    pub hospital_medicines: Vec<Row>,
    /// Medicines stopped within a year, with why.
    pub stopped_medicines: Vec<Row>,
    /// In hospital now.
    pub in_hospital: Option<Row>,
    /// The last discharge.
    pub last_discharge: Option<Row>,
    /// The next appointments, soonest first, at most five.
    pub next_appointments: Vec<Row>,
    /// Results that are abnormal, newest first, within a year, at most ten.
    pub abnormal_results: Vec<Row>,
    /// Results asked for and not yet back.
    pub pending_results: Vec<Row>,
    /// Mental health act status and crisis plan.
    pub mental_health: Vec<Row>,
    /// Care coordinator, next of kin, teams with telephone numbers.
    pub contacts: Vec<ContactLine>,
}

/// One section of the record.
#[derive(Clone, PartialEq, Debug)]
pub struct SectionView {
    /// Which.
    pub section: Section,
    /// What is true of it. Never empty: at least one state is said.
    pub states: Vec<SectionState>,
    /// Its rows, newest first.
    pub rows: Vec<Row>,
}

/// The fixed states of a section; pages have one form of words for each.
#[derive(Clone, PartialEq, Debug)]
pub enum SectionState {
    /// There are so many entries (of so many rows, since duplicates are shown once).
    Entries {
        /// Number of entries.
        entries: usize,
        /// Number of rows.
        rows: usize,
    },
    /// Sources that supply this section have recorded nothing.
    NoneRecorded,
    /// The section is withheld from this requester's role.
    Withheld,
    /// A source that supplies this section is late.
    Late {
        /// The source's name.
        source: String,
        /// Not received since.
        since: Timestamp,
    },
    /// A live source did not answer in time.
    DidNotAnswer {
        /// The source's name.
        source: String,
    },
    /// No source of this record supplies this section.
    NotSupplied,
}

/// One row: one fact, said by one source or by several.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The entry it is shown by; its address makes the link to the whole entry.
    pub key: EntryKey,
    /// When it clinically was.
    pub when: Option<ClinicalDate>,
    /// When it ended.
    pub until: Option<ClinicalDate>,
    /// What: drug, problem, test, contact …
    pub what: String,
    /// The value or the dose: `7.2 mmol/L`, `5 mg once a day`; empty if it has none.
    pub value: String,
    /// Further facts in reading order: (label, words).
    pub detail: Vec<(String, String)>,
    /// The status in plain words (`active`, `stopped`, `final`, `entered in error`).
    pub status: String,
    /// Marks beside it.
    pub marks: Vec<Mark>,
    /// Who says so, the entry it is shown by first. More than one: shown once with all of them.
    pub provenance: Vec<Provenance>,
    /// Rows with the same number disagree; they stand side by side under “Sources disagree”.
    pub conflict: Option<u32>,
    /// The test it is a point of, if it has a trend: the address of the trend within the record.
    pub trend: Option<String>,
}

/// A mark beside a row: always a word, never a colour alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// Above its range.
    High,
    /// Below its range.
    Low,
    /// Abnormal in another way.
    Abnormal,
    /// Dangerously abnormal.
    Critical,
    /// Asked for, not back yet.
    Pending,
    /// The source marks it as entered in error.
    EnteredInError,
    /// From a source that is late.
    SourceLate,
}

impl Mark {
    /// The word shown.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Low => "Low",
            Self::Abnormal => "Abnormal",
            Self::Critical => "Critical",
            Self::Pending => "Pending",
            Self::EnteredInError => "Entered in error",
            Self::SourceLate => "Source late",
        }
    }
}

/// Who said something, and when we had it from them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provenance {
    /// The entry.
    pub key: EntryKey,
    /// The source's code.
    pub source: OdsCode,
    /// The source's name.
    pub source_name: String,
    /// The author in the source's words; empty if it names none.
    pub author: String,
    /// When the source wrote it down.
    pub recorded: Option<ClinicalDate>,
    /// When the source was last refreshed.
    pub refreshed: Option<Timestamp>,
}

/// A source of the record and its state.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceState {
    /// The organisation.
    pub organisation: Organisation,
    /// When it was last taken in whole.
    pub refreshed: Option<Timestamp>,
    /// Since when it is late.
    pub late_since: Option<Timestamp>,
    /// What it supplies.
    pub supplies: SectionSet,
    /// How many of its entries are in the record.
    pub entries: usize,
}

/// Swim lanes over the years.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// The items, oldest first.
    pub items: Vec<TimelineItem>,
}

/// The lanes of the timeline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lane {
    /// General practice.
    Gp,
    /// Hospitals, cancer trusts and ambulance.
    Hospital,
    /// Community services.
    Community,
    /// Mental health.
    MentalHealth,
    /// Social care.
    SocialCare,
}

impl Lane {
    /// Every lane from top to bottom.
    pub const ALL: [Self; 5] = [
        Self::Gp,
        Self::Hospital,
        Self::Community,
        Self::MentalHealth,
        Self::SocialCare,
    ];

    /// The label.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Gp => "GP",
            Self::Hospital => "Hospital",
            Self::Community => "Community",
            Self::MentalHealth => "Mental health",
            Self::SocialCare => "Social care",
        }
    }
}

/// A stay (with an end on another day) or a contact.
#[derive(Clone, PartialEq, Debug)]
pub struct TimelineItem {
    /// The lane.
    pub lane: Lane,
    /// Its entry.
    pub key: EntryKey,
    /// From.
    pub from: Timestamp,
    /// Until, for a stay.
    pub until: Option<Timestamp>,
    /// What, in words.
    pub what: String,
    /// The source's name.
    pub source: String,
}

/// The results of one test over time. Unlike units never share an axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Trend {
    /// The trend's address within the record, as in [`Row::trend`].
    pub slug: String,
    /// The test.
    pub what: String,
    /// The one unit of all points.
    pub unit: String,
    /// The code it is grouped by.
    pub code: Option<Coding>,
    /// The points, oldest first.
    pub points: Vec<TrendPoint>,
    /// Results of the same test that cannot share the axis (another unit, no number), as rows.
    pub beside: Vec<Row>,
    /// The further parts of the same results, each on its own axis (diastolic beside systolic).
    /// They have the same address and no companions of their own.
    pub companions: Vec<Trend>,
}

/// One point of a trend.
#[derive(Clone, PartialEq, Debug)]
pub struct TrendPoint {
    /// Its row in the table beneath.
    pub row: Row,
    /// When.
    pub at: Timestamp,
    /// The number, in the trend's unit.
    pub number: f64,
    /// The reference range of the laboratory that made it.
    pub range: (Option<f64>, Option<f64>),
    /// Whether it is abnormal (by the laboratory's own mark, else by its range).
    pub abnormal: bool,
}

/// One entry in full, with the versions before it.
#[derive(Clone, PartialEq, Debug)]
pub struct EntryView {
    /// Its row, as in the record.
    pub row: Row,
    /// What it says.
    pub entry: ClinicalEntry,
    /// The source's own bytes, pretty-printed by the caller if it wishes.
    pub verbatim: Vec<u8>,
    /// Earlier versions of the same statement, newest first: when filed, and what it said.
    pub earlier: Vec<(Timestamp, Row)>,
    /// Where the entry's section stands.
    pub section: Section,
}
