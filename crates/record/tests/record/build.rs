//! Two hospitals and a practice that say what a test wants.

use tributary_model::{
    Allergy, ClinicalDate, ClinicalEntry, Coding, Concept, Demographics, Detail, DoseLine,
    EntryKey, Gender, IdentityId, Medication, Name, Observation, Organisation, OrganisationKind,
    Plan, Problem, ResourceKind, Section, SectionSet, StatedNhsNumber, Timestamp, Value, Version,
};
use tributary_record::{
    CombinedRecord, Row, SectionView, SourceEntry, SourceIdentity, Sources, combine,
    samples::everything,
};

use crate::arbitrary::SNOMED;

pub(crate) const HOSPITAL: usize = 0;
pub(crate) const PRACTICE: usize = 1;
pub(crate) const OTHER: usize = 2;

/// A record of what the three say: for each entry its source.
pub(crate) fn record(entries: Vec<(usize, ClinicalEntry)>) -> CombinedRecord {
    combine(sources(entries), &everything())
}

pub(crate) fn sources(entries: Vec<(usize, ClinicalEntry)>) -> Sources {
    let known = [
        ("RJR", "Hospital", OrganisationKind::AcuteTrust),
        ("N81005", "Practice", OrganisationKind::GpPractice),
        ("RXA", "Other", OrganisationKind::MentalHealthTrust),
    ];
    let identities = known
        .into_iter()
        .zip(1..)
        .map(|((code, name, kind), n)| SourceIdentity {
            identity: IdentityId(n),
            organisation: Organisation {
                code: code.parse().unwrap(),
                name: name.to_owned(),
                kind,
            },
            demographics: demographics(),
            refreshed: Some(Timestamp(1)),
            late_since: None,
            supplies: SectionSet::all(),
        });
    let entries = entries
        .into_iter()
        .zip(1..)
        .map(|((source, entry), n)| SourceEntry {
            key: EntryKey {
                identity: IdentityId(i64::try_from(source).unwrap() + 1),
                section: entry.section,
                n,
                version: Version(1),
            },
            filed: Timestamp(0),
            entry: ClinicalEntry {
                source_id: format!("Any/{n}"),
                ..entry
            },
        });
    Sources {
        identities: identities.collect(),
        entries: entries.collect(),
        waiting_to_be_linked: Vec::new(),
        hidden_by_agreement: Vec::new(),
        now: at("2026-11-22T09:30:00Z").sort,
    }
}

fn demographics() -> Demographics {
    Demographics {
        local_number: String::new(),
        nhs_number: StatedNhsNumber::Absent,
        name: Name {
            family: "Koepp".to_owned(),
            given: vec!["Abdul".to_owned()],
            prefix: None,
        },
        other_names: Vec::new(),
        born: Some(at("1954-07-09")),
        died: None,
        deceased: false,
        gender: Gender::Male,
        address: Vec::new(),
        postcode: None,
        telecoms: Vec::new(),
        practice: None,
        interpreter: None,
        protected: false,
    }
}

pub(crate) fn at(text: &str) -> ClinicalDate {
    ClinicalDate::read(text).unwrap()
}

/// A concept with a SNOMED CT code, or with words alone.
pub(crate) fn concept(code: &str, words: &str) -> Concept {
    let coding = Coding {
        system: SNOMED.into(),
        code: code.into(),
        display: String::new(),
    };
    let codings = if code.is_empty() {
        Vec::new()
    } else {
        vec![coding]
    };
    Concept {
        codings,
        text: words.to_owned(),
    }
}

fn entry(kind: ResourceKind, section: Section, what: Concept, detail: Detail) -> ClinicalEntry {
    ClinicalEntry {
        kind,
        section,
        source_id: String::new(),
        what,
        categories: Vec::new(),
        status: "active".to_owned(),
        verification: String::new(),
        when: None,
        until: None,
        recorded: None,
        author: String::new(),
        notes: Vec::new(),
        reasons: Vec::new(),
        refers_to: Vec::new(),
        further_codes: Vec::new(),
        detail,
    }
}

pub(crate) fn allergy(code: &str, words: &str) -> ClinicalEntry {
    let none_known = matches!(code, "716186003" | "409137002");
    let detail = Detail::Allergy(Allergy {
        none_known,
        ..Allergy::default()
    });
    entry(
        ResourceKind::AllergyIntolerance,
        Section::Allergies,
        concept(code, words),
        detail,
    )
}

pub(crate) fn problem(code: &str, words: &str, status: &str, onset: &str) -> ClinicalEntry {
    let detail = Detail::Problem(Problem::default());
    let entry = entry(
        ResourceKind::Condition,
        Section::Problems,
        concept(code, words),
        detail,
    );
    ClinicalEntry {
        status: status.to_owned(),
        when: ClinicalDate::read(onset),
        ..entry
    }
}

pub(crate) fn medicine(words: &str, dose: &str, since: &str) -> ClinicalEntry {
    let line = DoseLine {
        text: dose.to_owned(),
        ..DoseLine::default()
    };
    let detail = Detail::Medication(Medication {
        doses: vec![line],
        ..Medication::default()
    });
    let kind = ResourceKind::MedicationRequest;
    let entry = entry(kind, Section::Medications, concept("", words), detail);
    ClinicalEntry {
        when: ClinicalDate::read(since),
        ..entry
    }
}

/// A laboratory result; its number as the source writes it, with a comparator or without.
pub(crate) fn result(code: &str, number: &str, unit: &str, when: &str) -> ClinicalEntry {
    let digits = number.trim_start_matches(['<', '>', '=']);
    let value = Value::Quantity {
        number: digits.parse().unwrap(),
        text: digits.to_owned(),
        comparator: number[..number.len() - digits.len()].to_owned(),
        unit: unit.to_owned(),
        ucum: unit.to_owned(),
    };
    let detail = Detail::Observation(Observation {
        value: Some(value),
        laboratory: true,
        ..Observation::default()
    });
    let what = concept(code, "A test");
    let entry = entry(ResourceKind::Observation, Section::Results, what, detail);
    ClinicalEntry {
        status: "final".to_owned(),
        when: ClinicalDate::read(when),
        ..entry
    }
}

pub(crate) fn flag(code: &str, words: &str) -> ClinicalEntry {
    let detail = Detail::Plan(Plan::default());
    entry(
        ResourceKind::Flag,
        Section::PlansAndAlerts,
        concept(code, words),
        detail,
    )
}

pub(crate) fn of(
    detail: Detail,
    kind: ResourceKind,
    section: Section,
    words: &str,
) -> ClinicalEntry {
    entry(kind, section, concept("", words), detail)
}

/// The section of a record.
pub(crate) fn section(record: &CombinedRecord, section: Section) -> &SectionView {
    record
        .sections
        .iter()
        .find(|view| view.section == section)
        .unwrap()
}

pub(crate) fn rows(record: &CombinedRecord, wanted: Section) -> &[Row] {
    &section(record, wanted).rows
}
