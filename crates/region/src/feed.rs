//! The lines of a chunk of people, file by file, and what changed in them since the night before.

use crate::json::Json;

/// A file of a feed: one resource type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    AllergyIntolerance,
    Appointment,
    CarePlan,
    CareTeam,
    Communication,
    Composition,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    EpisodeOfCare,
    Flag,
    Goal,
    ImagingStudy,
    Immunization,
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Observation,
    Organization,
    Patient,
    Procedure,
    QuestionnaireResponse,
    RelatedPerson,
    Task,
    /// A type that no reader of ours knows.
    VisionPrescription,
}

impl Kind {
    pub(crate) const ALL: [Self; 27] = [
        Self::AllergyIntolerance,
        Self::Appointment,
        Self::CarePlan,
        Self::CareTeam,
        Self::Communication,
        Self::Composition,
        Self::Condition,
        Self::DiagnosticReport,
        Self::DocumentReference,
        Self::Encounter,
        Self::EpisodeOfCare,
        Self::Flag,
        Self::Goal,
        Self::ImagingStudy,
        Self::Immunization,
        Self::MedicationAdministration,
        Self::MedicationDispense,
        Self::MedicationRequest,
        Self::MedicationStatement,
        Self::Observation,
        Self::Organization,
        Self::Patient,
        Self::Procedure,
        Self::QuestionnaireResponse,
        Self::RelatedPerson,
        Self::Task,
        Self::VisionPrescription,
    ];

    /// FHIR's name of the type.
    pub(crate) const fn name(self) -> &'static str {
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
            Self::EpisodeOfCare => "EpisodeOfCare",
            Self::Flag => "Flag",
            Self::Goal => "Goal",
            Self::ImagingStudy => "ImagingStudy",
            Self::Immunization => "Immunization",
            Self::MedicationAdministration => "MedicationAdministration",
            Self::MedicationDispense => "MedicationDispense",
            Self::MedicationRequest => "MedicationRequest",
            Self::MedicationStatement => "MedicationStatement",
            Self::Observation => "Observation",
            Self::Organization => "Organization",
            Self::Patient => "Patient",
            Self::Procedure => "Procedure",
            Self::QuestionnaireResponse => "QuestionnaireResponse",
            Self::RelatedPerson => "RelatedPerson",
            Self::Task => "Task",
            Self::VisionPrescription => "VisionPrescription",
        }
    }
}

/// Something for each kind.
#[derive(Clone, Default, Debug)]
pub(crate) struct PerKind<T>([T; 27]);

impl<T> PerKind<T> {
    pub(crate) fn get(&self, kind: Kind) -> &T {
        self.0
            .get(kind as usize)
            .expect("there is one for each kind")
    }

    pub(crate) fn get_mut(&mut self, kind: Kind) -> &mut T {
        self.0
            .get_mut(kind as usize)
            .expect("there is one for each kind")
    }
}

/// How many lines differ from the night before.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Difference {
    pub(crate) changed: u64,
    pub(crate) gone: u64,
    pub(crate) new: u64,
}

/// Why a line is not among those that can be filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Odd {
    /// It says not whom it is about.
    MissingSubject,
    /// It is of a resource type that no reader of ours knows.
    UnknownType,
    /// It has a code that the law keeps out of shared records.
    Restricted,
}

/// How many lines are odd on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct OddCounts {
    pub(crate) missing_subject: u64,
    pub(crate) unknown_type: u64,
    pub(crate) restricted: u64,
}

/// Lines in the making and made.
#[derive(Default)]
pub(crate) struct Lines {
    /// The line being written.
    pub(crate) json: Json,
    pub(crate) files: PerKind<Vec<u8>>,
    pub(crate) counts: PerKind<u64>,
    /// Lines that are odd on purpose; counted here and not in `counts`.
    pub(crate) odd: OddCounts,
    /// Identity and content of each line of the person being written.
    marks: Vec<(u128, u64)>,
}

impl Lines {
    /// Takes in the finished line.
    pub(crate) fn keep(&mut self, kind: Kind, id: u128) {
        self.write(kind);
        self.marks.push((id, digest(&self.json.0)));
        *self.counts.get_mut(kind) += 1;
    }

    /// Takes in the finished line, which is odd on purpose.
    pub(crate) fn keep_odd(&mut self, kind: Kind, why: Odd) {
        self.write(kind);
        match why {
            Odd::MissingSubject => self.odd.missing_subject += 1,
            Odd::UnknownType => self.odd.unknown_type += 1,
            Odd::Restricted => self.odd.restricted += 1,
        }
    }

    fn write(&mut self, kind: Kind) {
        self.json.0.push(b'\n');
        self.files.get_mut(kind).extend_from_slice(&self.json.0);
    }

    /// The lines of a file, without their ends.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &[u8]> {
        self.files
            .get(kind)
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
    }

    /// How many lines there are.
    pub(crate) fn total(&self) -> usize {
        let count: u64 = Kind::ALL
            .into_iter()
            .map(|kind| *self.counts.get(kind))
            .sum();
        usize::try_from(count).unwrap_or(usize::MAX)
    }

    /// The marks of the person written last, sorted; the next person begins with none.
    pub(crate) fn take_marks(&mut self) -> Vec<(u128, u64)> {
        let mut marks = std::mem::take(&mut self.marks);
        marks.sort_unstable();
        marks
    }

    /// Forgets lines but keeps their room.
    pub(crate) fn clear(&mut self) {
        for kind in Kind::ALL {
            self.files.get_mut(kind).clear();
            *self.counts.get_mut(kind) = 0;
        }
    }
}

/// Compares sorted marks of one person on two nights.
pub(crate) fn differ(before: &[(u128, u64)], now: &[(u128, u64)]) -> Difference {
    let mut found = Difference::default();
    let (mut before, mut now) = (before.iter().peekable(), now.iter().peekable());
    loop {
        match (before.peek(), now.peek()) {
            (Some(old), Some(new)) if old.0 == new.0 => {
                found.changed += u64::from(old.1 != new.1);
                before.next();
                now.next();
            }
            (Some(old), Some(new)) if old.0 < new.0 => {
                found.gone += 1;
                before.next();
            }
            (_, Some(_)) => {
                found.new += 1;
                now.next();
            }
            (Some(_), None) => {
                found.gone += 1;
                before.next();
            }
            (None, None) => return found,
        }
    }
}

/// A quick digest of a line, to tell a changed one from an unchanged one.
fn digest(line: &[u8]) -> u64 {
    let mut state = 0_u64;
    let (words, rest) = line.as_chunks::<8>();
    for word in words {
        state = (state ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^= state >> 32;
    }
    for byte in rest {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^= state >> 32;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_apart() {
        let found = differ(&[(1, 1), (2, 2), (4, 4)], &[(1, 1), (2, 9), (3, 3), (5, 5)]);
        assert_eq!(
            found,
            Difference {
                changed: 1,
                gone: 1,
                new: 2
            }
        );
    }

    #[test]
    fn kinds_are_in_the_order_of_their_files() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
        }
    }
}
