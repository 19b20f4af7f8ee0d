//! Hand-made entries in few words. Synthetic people only.

use tributary_model::{
    Allergy, ClinicalDate, ClinicalEntry, Coding, Concept, Contact, Demographics, Detail, Document,
    DoseLine, EntryKey, Gender, IdentityId, Measurement, Medication, Name, NhsNumber, Observation,
    OdsCode, Organisation, OrganisationKind, Plan, Problem, ResourceKind, Section, SectionSet,
    StatedNhsNumber, Telecom, Timestamp, Value, Version,
};

use crate::combined::{SourceEntry, SourceIdentity, Sources};

/// The instant at which every sample is looked at: 22-Nov-2026 09:30 in London.
pub(super) fn now() -> Timestamp {
    date("2026-11-22T09:30:00Z").sort
}

/// A clinical date, written in this module and therefore well formed.
pub(super) fn date(text: &str) -> ClinicalDate {
    ClinicalDate::read(text).expect("the samples' dates are well formed")
}

/// A code of LOINC.
pub(super) const LOINC: &str = "http://loinc.org";
/// A code of SNOMED CT.
pub(super) const SNOMED: &str = "http://snomed.info/sct";

/// A concept with one code, or with words alone when the code is empty.
pub(super) fn concept(system: &str, code: &str, words: &str) -> Concept {
    let coding = Coding {
        system: system.to_owned(),
        code: code.to_owned(),
        display: words.to_owned(),
    };
    Concept {
        codings: if code.is_empty() {
            Vec::new()
        } else {
            vec![coding]
        },
        text: words.to_owned(),
    }
}

/// The sources of one sample record.
pub(super) struct Sample {
    sources: Sources,
}

/// The organisations of the samples.
pub(super) const PRACTICE: (&str, &str, OrganisationKind) =
    ("N81005", "Larkhill Surgery", OrganisationKind::GpPractice);
pub(super) const HOSPITAL: (&str, &str, OrganisationKind) =
    ("RJR", "Weaverdale Hospitals", OrganisationKind::AcuteTrust);
pub(super) const CANCER: (&str, &str, OrganisationKind) = (
    "REN",
    "Merebrook Cancer Centre",
    OrganisationKind::CancerTrust,
);
pub(super) const MENTAL_HEALTH: (&str, &str, OrganisationKind) = (
    "RXA",
    "Two Rivers Partnership",
    OrganisationKind::MentalHealthTrust,
);
pub(super) const COUNCIL: (&str, &str, OrganisationKind) =
    ("E06", "Weaverdale Council", OrganisationKind::Council);

impl Sample {
    /// A person born on a day, known to the hospital, from which the record is looked at.
    pub(super) fn of(family: &str, given: &str, gender: Gender, born: &str, number: u64) -> Self {
        let number = (number..)
            .find_map(NhsNumber::synthetic)
            .expect("the test range is large");
        let demographics = Demographics {
            local_number: String::new(),
            nhs_number: StatedNhsNumber::Traced(number),
            name: Name {
                family: family.to_owned(),
                given: vec![given.to_owned()],
                prefix: None,
            },
            other_names: Vec::new(),
            born: Some(date(born)),
            died: None,
            deceased: false,
            gender,
            address: vec!["4 Tanner's Row".to_owned(), "Northbeck".to_owned()],
            postcode: Some("ZZ9 4TR".to_owned()),
            telecoms: vec![Telecom {
                system: "phone".to_owned(),
                value: "01632 960114".to_owned(),
            }],
            practice: PRACTICE.0.parse().ok(),
            interpreter: None,
            protected: false,
        };
        let mut sample = Self {
            sources: Sources {
                identities: Vec::new(),
                entries: Vec::new(),
                waiting_to_be_linked: Vec::new(),
                hidden_by_agreement: Vec::new(),
                now: now(),
            },
        };
        sample.add(HOSPITAL, demographics);
        sample
    }

    fn add(
        &mut self,
        (code, name, kind): (&str, &str, OrganisationKind),
        demographics: Demographics,
    ) {
        let code: OdsCode = code.parse().expect("the samples' codes are well formed");
        let place = numbered(self.sources.identities.len());
        self.sources.identities.push(SourceIdentity {
            identity: IdentityId(place + 1),
            organisation: Organisation {
                code,
                name: name.to_owned(),
                kind,
            },
            demographics,
            refreshed: Some(
                date("2026-11-22T02:14:00Z")
                    .sort
                    .plus(place * 61 * Timestamp::SECOND),
            ),
            late_since: None,
            supplies: supplied_by(kind),
        });
    }

    /// A further source that knows the same person.
    pub(super) fn known_to(mut self, organisation: (&str, &str, OrganisationKind)) -> Self {
        let first = self
            .sources
            .identities
            .first()
            .map(|first| first.demographics.clone());
        self.add(organisation, first.expect("the hospital is the first"));
        self
    }

    /// Changes the last source that was added.
    pub(super) fn whose(mut self, change: impl FnOnce(&mut SourceIdentity)) -> Self {
        change(
            self.sources
                .identities
                .last_mut()
                .expect("the hospital is the first"),
        );
        self
    }

    /// Changes the sources as a whole.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Sources)) -> Self {
        change(&mut self.sources);
        self
    }

    /// An entry of one of the sources, which are numbered from 1 in the order they were added.
    pub(super) fn says(mut self, identity: i64, entry: ClinicalEntry) -> Self {
        let n = numbered(self.sources.entries.len()) + 1;
        let section = entry.section;
        self.sources.entries.push(SourceEntry {
            key: EntryKey {
                identity: IdentityId(identity),
                section,
                n,
                version: Version(1),
            },
            filed: now().plus(-7 * Timestamp::HOUR),
            entry: ClinicalEntry {
                source_id: if entry.source_id.is_empty() {
                    format!("{}/{n}", entry.kind.name())
                } else {
                    entry.source_id
                },
                ..entry
            },
        });
        self
    }

    pub(super) fn sources(self) -> Sources {
        self.sources
    }
}

fn numbered(count: usize) -> i64 {
    i64::try_from(count).expect("a sample has fewer entries than there are numbers")
}

fn supplied_by(kind: OrganisationKind) -> SectionSet {
    let all = SectionSet::all();
    match kind {
        OrganisationKind::GpPractice => [
            Section::Contacts,
            Section::Cancer,
            Section::SocialCare,
            Section::MentalHealth,
            Section::Appointments,
        ]
        .into_iter()
        .fold(all, SectionSet::without),
        OrganisationKind::AcuteTrust => {
            [Section::Cancer, Section::SocialCare, Section::MentalHealth]
                .into_iter()
                .fold(all, SectionSet::without)
        }
        OrganisationKind::CancerTrust => [
            Section::Person,
            Section::Cancer,
            Section::Contacts,
            Section::Appointments,
            Section::Correspondence,
        ]
        .into_iter()
        .collect(),
        OrganisationKind::MentalHealthTrust => [
            Section::Person,
            Section::Medications,
            Section::MentalHealth,
            Section::Contacts,
            Section::Appointments,
            Section::PlansAndAlerts,
        ]
        .into_iter()
        .collect(),
        _ => [
            Section::Person,
            Section::SocialCare,
            Section::PlansAndAlerts,
        ]
        .into_iter()
        .collect(),
    }
}

/// An entry of a kind, to be filled in.
pub(super) fn entry(
    kind: ResourceKind,
    section: Section,
    what: Concept,
    status: &str,
    when: &str,
    detail: Detail,
) -> ClinicalEntry {
    ClinicalEntry {
        kind,
        section,
        source_id: String::new(),
        what,
        categories: Vec::new(),
        status: status.to_owned(),
        verification: String::new(),
        when: ClinicalDate::read(when),
        until: None,
        recorded: ClinicalDate::read(when),
        author: String::new(),
        notes: Vec::new(),
        reasons: Vec::new(),
        refers_to: Vec::new(),
        further_codes: Vec::new(),
        detail,
    }
}

/// An allergy: SNOMED CT code, words, criticality, and reactions with their severity.
pub(super) fn allergy(
    code: &str,
    words: &str,
    criticality: &str,
    reactions: &[(&str, &str)],
    recorded: &str,
) -> ClinicalEntry {
    let detail = Detail::Allergy(Allergy {
        criticality: criticality.to_owned(),
        reactions: reactions
            .iter()
            .map(|(reaction, severity)| ((*reaction).to_owned(), (*severity).to_owned()))
            .collect(),
        none_known: matches!(code, "716186003" | "409137002"),
    });
    let what = concept(SNOMED, code, words);
    let kind = ResourceKind::AllergyIntolerance;
    let entry = entry(kind, Section::Allergies, what, "active", "", detail);
    ClinicalEntry {
        verification: "confirmed".to_owned(),
        recorded: Some(date(recorded)),
        ..entry
    }
}

/// A problem.
pub(super) fn problem(code: &str, words: &str, status: &str, onset: &str) -> ClinicalEntry {
    let what = concept(SNOMED, code, words);
    let detail = Detail::Problem(Problem::default());
    let entry = entry(
        ResourceKind::Condition,
        Section::Problems,
        what,
        status,
        onset,
        detail,
    );
    ClinicalEntry {
        verification: "confirmed".to_owned(),
        ..entry
    }
}

/// A medicine that is ordered.
pub(super) fn medicine(words: &str, dose: &str, course: &str, since: &str) -> ClinicalEntry {
    let detail = Detail::Medication(Medication {
        doses: vec![DoseLine {
            text: dose.to_owned(),
            amount: None,
            route: String::new(),
        }],
        course: course.to_owned(),
        last_issued: None,
        stopped_because: String::new(),
    });
    let kind = ResourceKind::MedicationRequest;
    entry(
        kind,
        Section::Medications,
        concept("", "", words),
        "active",
        since,
        detail,
    )
}

/// A laboratory result with its range.
pub(super) fn result(
    code: &str,
    words: &str,
    number: &str,
    unit: &str,
    range: (Option<f64>, Option<f64>),
    when: &str,
) -> ClinicalEntry {
    let detail = Detail::Observation(Observation {
        value: Some(quantity(number, unit)),
        range,
        laboratory: true,
        ..Observation::default()
    });
    let what = concept(LOINC, code, words);
    entry(
        ResourceKind::Observation,
        Section::Results,
        what,
        "final",
        when,
        detail,
    )
}

/// A measurement made at the bedside.
pub(super) fn measure(
    code: &str,
    words: &str,
    number: &str,
    unit: &str,
    when: &str,
) -> ClinicalEntry {
    let detail = Detail::Observation(Observation {
        value: Some(quantity(number, unit)),
        ..Observation::default()
    });
    let what = concept(LOINC, code, words);
    entry(
        ResourceKind::Observation,
        Section::Observations,
        what,
        "final",
        when,
        detail,
    )
}

/// A blood pressure.
pub(super) fn pressure(systolic: &str, diastolic: &str, when: &str) -> ClinicalEntry {
    let part = |code: &str, words: &str, number: &str| Measurement {
        what: concept(LOINC, code, words),
        value: Some(quantity(number, "mm[Hg]")),
    };
    let detail = Detail::Observation(Observation {
        components: vec![
            part("8480-6", "Systolic blood pressure", systolic),
            part("8462-4", "Diastolic blood pressure", diastolic),
        ],
        ..Observation::default()
    });
    let what = concept(LOINC, "85354-9", "Blood pressure");
    entry(
        ResourceKind::Observation,
        Section::Observations,
        what,
        "final",
        when,
        detail,
    )
}

fn quantity(number: &str, unit: &str) -> Value {
    Value::Quantity {
        number: number
            .parse()
            .expect("the samples' numbers are well formed"),
        text: number.to_owned(),
        comparator: String::new(),
        unit: unit.to_owned(),
        ucum: unit.to_owned(),
    }
}

/// A contact with its class and place.
pub(super) fn contact(
    words: &str,
    class: &str,
    place: &str,
    from: &str,
    until: &str,
) -> ClinicalEntry {
    let detail = Detail::Contact(Contact {
        class: class.to_owned(),
        place: place.to_owned(),
        ..Contact::default()
    });
    let status = if until.is_empty() {
        "in-progress"
    } else {
        "finished"
    };
    let kind = ResourceKind::Encounter;
    let entry = entry(
        kind,
        Section::Contacts,
        concept("", "", words),
        status,
        from,
        detail,
    );
    ClinicalEntry {
        until: ClinicalDate::read(until),
        ..entry
    }
}

/// An appointment.
pub(super) fn appointment(words: &str, place: &str, status: &str, when: &str) -> ClinicalEntry {
    let detail = Detail::Contact(Contact {
        place: place.to_owned(),
        ..Contact::default()
    });
    let kind = ResourceKind::Appointment;
    entry(
        kind,
        Section::Appointments,
        concept("", "", words),
        status,
        when,
        detail,
    )
}

/// A letter.
pub(super) fn letter(title: &str, text: &str, when: &str) -> ClinicalEntry {
    let detail = Detail::Document(Document {
        title: title.to_owned(),
        text: text.to_owned(),
        ..Document::default()
    });
    let what = concept(SNOMED, "823691000000103", "Clinical letter");
    entry(
        ResourceKind::DocumentReference,
        Section::Correspondence,
        what,
        "current",
        when,
        detail,
    )
}

/// An alert.
pub(super) fn flag(code: &str, words: &str, when: &str) -> ClinicalEntry {
    let what = concept(SNOMED, code, words);
    let detail = Detail::Plan(Plan::default());
    entry(
        ResourceKind::Flag,
        Section::PlansAndAlerts,
        what,
        "active",
        when,
        detail,
    )
}

/// A plan, team or related person: title, lines, and people as role, name, telephone.
pub(super) fn plan(
    kind: ResourceKind,
    section: Section,
    words: &str,
    lines: &[&str],
    people: &[(&str, &str, &str)],
    when: &str,
) -> ClinicalEntry {
    let detail = Detail::Plan(Plan {
        title: String::new(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        people: people
            .iter()
            .map(|(role, name, telephone)| {
                (
                    (*role).to_owned(),
                    (*name).to_owned(),
                    (*telephone).to_owned(),
                )
            })
            .collect(),
    });
    entry(
        kind,
        section,
        concept("", "", words),
        "active",
        when,
        detail,
    )
}

/// A procedure or an immunisation, with labelled facts.
pub(super) fn plain(
    kind: ResourceKind,
    section: Section,
    words: &str,
    facts: &[(&str, &str)],
    when: &str,
) -> ClinicalEntry {
    let facts = facts
        .iter()
        .map(|(label, words)| ((*label).to_owned(), (*words).to_owned()))
        .collect();
    entry(
        kind,
        section,
        concept("", "", words),
        "completed",
        when,
        Detail::Plain { facts },
    )
}
