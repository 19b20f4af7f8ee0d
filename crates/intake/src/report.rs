//! What was made of a submission, for the feed engineer: counts and reasons, never a patient.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tributary_model::{Issue, SubmissionId};

/// How a submission ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Filed whole.
    Filed,
    /// The very same submission was filed before: nothing was done.
    Repeat,
    /// Held for a person: it would remove too much.
    Held,
    /// Not readable at all.
    Failed,
}

/// What was made of a submission.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakeReport {
    /// Its number.
    pub submission: SubmissionId,
    /// How it ended.
    pub ending: Ending,
    /// Why it is held or failed, and what to do.
    pub why: Vec<String>,
    /// What was counted.
    pub counts: Counts,
    /// The first issues of each kind, for a look.
    pub issues: Vec<Issue>,
}

/// What was counted. A line is counted once among `new` … `parked`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Lines or entries received, by FHIR resource type.
    pub received: BTreeMap<String, u64>,
    /// Statements that were not there before.
    pub new: u64,
    /// Statements whose words changed.
    pub changed: u64,
    /// Statements that are as they were.
    pub unchanged: u64,
    /// Statements that the source no longer makes.
    pub removed: u64,
    /// Statements filed again because the patient opted back in.
    pub restored: u64,
    /// Statements dropped at the door because the patient opted out.
    pub dropped: u64,
    /// Lines counted and set aside: no clinical statement, or not taken in.
    pub aside: u64,
    /// Items parked for a person.
    pub parked: u64,
    /// Issues by kind.
    pub issues: BTreeMap<String, u64>,
    /// Identities that are new.
    pub identities: u64,
    /// New identities that were linked to others.
    pub linked: u64,
    /// Pairs listed for a person to look at.
    pub doubtful: u64,
    /// Identities whose data was erased because their patient opted out.
    pub erased: u64,
}

/// Example issues kept in a report, of each kind.
const EXAMPLES: usize = 5;

impl TakeReport {
    /// A report with nothing in it yet.
    #[must_use]
    pub fn new(submission: SubmissionId) -> Self {
        Self {
            submission,
            ending: Ending::Filed,
            why: Vec::new(),
            counts: Counts::default(),
            issues: Vec::new(),
        }
    }

    /// Counts an issue, and keeps it if there are few of its kind.
    pub(crate) fn note(&mut self, issue: &Issue) {
        let count = self
            .counts
            .issues
            .entry(issue.kind.name().to_owned())
            .or_default();
        *count += 1;
        if *count <= EXAMPLES as u64 {
            self.issues.push(issue.clone());
        }
    }

    /// The report as it is kept with the submission.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Counts {
    /// Everything received.
    #[must_use]
    pub fn received_in_all(&self) -> u64 {
        self.received.values().sum()
    }

    pub(crate) fn receive(&mut self, kind: &str, count: u64) {
        *self.received.entry(kind.to_owned()).or_default() += count;
    }
}
