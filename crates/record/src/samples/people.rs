//! The people of the samples, but for the two whose records are long.

use tributary_model::{
    ClinicalEntry, Detail, Gender, ResourceKind, Section, SectionSet, StatedNhsNumber, Timestamp,
};

use super::build::{
    COUNCIL, HOSPITAL, LOINC, MENTAL_HEALTH, PRACTICE, SNOMED, Sample, allergy, appointment,
    concept, contact, date, entry, flag, letter, measure, medicine, now, plain, plan, pressure,
    problem, result,
};
use crate::combined::{Scope, Sensitivity};

/// A few things from two sources, some of them from both.
#[rustfmt::skip]
pub(super) fn ordinary() -> Sample {
    Sample::of("Koepp", "Abdul", Gender::Male, "1954-07-09", 1_000)
        .known_to(PRACTICE)
        .says(2, allergy("91936005", "Allergy to penicillin", "high", &[("Anaphylaxis", "severe")], "1998-03-02"))
        .says(1, allergy("300916003", "Latex allergy", "low", &[("Rash", "mild")], "2011-05-17"))
        .says(2, problem("38341003", "Hypertension", "active", "2009-02-11"))
        .says(1, problem("38341003", "Hypertensive disorder", "active", "2009-02-26"))
        .says(2, problem("44054006", "Type 2 diabetes", "active", "2014-09-30"))
        .says(2, ended(problem("195647007", "Acute respiratory infection", "resolved", "2022-01-10"), "2022-01-24"))
        .says(2, medicine("Metformin 500mg tablets", "One tablet twice a day", "repeat", "2014-10-07"))
        .says(2, medicine("Ramipril 5mg capsules", "One capsule once a day", "repeat", "2017-04-20"))
        .says(1, medicine("Ramipril 5mg capsules", "One capsule once a day", "repeat", "2017-04-20"))
        .says(2, result("4548-4", "Haemoglobin A1c", "58", "mmol/mol", (None, Some(48.0)), "2026-03-03T08:40:00Z"))
        .says(2, result("4548-4", "Haemoglobin A1c", "53", "mmol/mol", (None, Some(48.0)), "2026-09-08T08:55:00Z"))
        .says(1, result("4548-4", "Haemoglobin A1c", "53", "mmol/mol", (None, Some(48.0)), "2026-09-08T08:55:00Z"))
        .says(2, result("2160-0", "Creatinine", "84", "umol/L", (Some(59.0), Some(104.0)), "2026-09-08T08:55:00Z"))
        .says(2, pressure("138", "84", "2026-09-08T09:02:00Z"))
        .says(2, pressure("144", "88", "2026-03-03T08:50:00Z"))
        .says(2, plain(ResourceKind::Immunization, Section::Immunisations, "Influenza vaccine", &[("Dose", "1")], "2026-10-12"))
        .says(1, contact("Emergency department attendance", "EMER", "Northbeck General", "2025-06-14T21:10:00Z", "2025-06-15T01:40:00Z"))
        .says(1, contact("General medicine admission", "IMP", "Ward 12", "2021-12-28T18:00:00Z", "2022-01-04T11:20:00Z"))
        .says(1, appointment("Diabetic eye screening", "Eye clinic", "booked", "2026-12-09T10:20:00Z"))
        .says(1, letter("Discharge summary", "Admitted with chest infection. Treated, well on discharge.", "2022-01-04"))
}

fn ended(mut entry: ClinicalEntry, until: &str) -> ClinicalEntry {
    entry.until = Some(date(until));
    entry
}

/// Two sources that have recorded nothing, and one that supplies only part.
pub(super) fn empty() -> Sample {
    Sample::of("Moor", "Ines", Gender::Female, "1991-01-30", 2_000)
        .known_to(COUNCIL)
        .whose(|council| council.demographics.practice = None)
}

/// A hospital whose feed has not come for two days, and one waiting to be linked.
pub(super) fn late() -> Sample {
    ordinary().with(|sources| {
        for identity in &mut sources.identities {
            if identity.organisation.code.as_str() == HOSPITAL.0 {
                identity.refreshed = Some(date("2026-11-20T02:10:00Z").sort);
                identity.late_since = Some(date("2026-11-21T06:00:00Z").sort);
            }
        }
        sources
            .waiting_to_be_linked
            .push(MENTAL_HEALTH.1.to_owned());
        sources
            .hidden_by_agreement
            .push("Eastmere Council".to_owned());
    })
}

/// The code that the withheld sample's scope withholds.
const SENSITIVE: &str = "86406008";

/// Something sensitive, what points to it, and a section that the role may not see.
#[rustfmt::skip]
pub(super) fn withheld() -> Sample {
    let pointing = |mut entry: ClinicalEntry| {
        entry.refers_to.push("Condition/sensitive".to_owned());
        entry
    };
    let mut sensitive = problem(
        SENSITIVE,
        "Human immunodeficiency virus infection",
        "active",
        "2015-01-20",
    );
    "Condition/sensitive".clone_into(&mut sensitive.source_id);
    ordinary()
        .says(2, sensitive)
        .says(2, pointing(medicine("Dolutegravir 50mg tablets", "One tablet daily", "repeat", "2015-02-01")))
        .says(2, pointing(letter("Clinic letter", "Reviewed in clinic.", "2026-05-05")))
        .says(1, letter("Letter to practice", "Seen for routine review of blood pressure.", "2026-05-06"))
}

/// No mental health section, and one code set.
pub(super) fn withheld_scope() -> Scope {
    let set = vec![(SNOMED.to_owned(), SENSITIVE.to_owned())];
    Scope {
        sections: SectionSet::all().without(Section::MentalHealth),
        sensitive: Sensitivity {
            version: "sample-1".to_owned(),
            withheld: [("hiv".to_owned(), set)].into(),
        },
    }
}

/// Sources that disagree on allergies, doses, problems and who it is.
#[rustfmt::skip]
pub(super) fn conflicting() -> Sample {
    let refuted = |mut entry: ClinicalEntry| {
        "refuted".clone_into(&mut entry.verification);
        entry
    };
    let mistaken = |mut entry: ClinicalEntry| {
        "entered-in-error".clone_into(&mut entry.verification);
        entry
    };
    Sample::of("O'Hara", "Bridget", Gender::Female, "1947-03-12", 3_000)
        .known_to(PRACTICE)
        .whose(|practice| {
            practice.demographics.born = Some(date("1947-12-03"));
            practice.demographics.address =
                vec!["17 Mill Street".to_owned(), "Northbeck".to_owned()];
        })
        .known_to(MENTAL_HEALTH)
        .says(2, allergy("91936005", "Allergy to penicillin", "high", &[("Anaphylaxis", "severe")], "1998-03-02"))
        .says(1, refuted(allergy("91936005", "Allergy to penicillin", "", &[], "2019-06-11")))
        .says(2, allergy("294505008", "Allergy to amoxicillin", "", &[("Rash", "")], "2004-08-19"))
        .says(1, mistaken(allergy("294505008", "Allergy to amoxicillin", "", &[], "2018-01-05")))
        .says(3, in_section(allergy("716186003", "No known allergies", "", &[], "2023-02-14")))
        .says(2, medicine("Bisoprolol 2.5mg tablets", "One tablet once a day", "repeat", "2020-05-02"))
        .says(1, medicine("Bisoprolol 5mg tablets", "One tablet once a day", "repeat", "2026-10-28"))
        .says(3, medicine("Sertraline 50mg tablets", "One tablet once a day", "repeat", "2022-03-01"))
        .says(2, medicine("Sertraline 50mg tablets", "Two tablets once a day", "repeat", "2024-07-15"))
        .says(2, problem("49436004", "Atrial fibrillation", "active", "2020-04-30"))
        .says(1, ended(problem("49436004", "Atrial fibrillation", "resolved", "2020-05-11"), "2021-02-02"))
        .says(2, problem("73211009", "Diabetes mellitus", "active", "2012-01-01"))
        .says(1, mistaken(problem("22298006", "Myocardial infarction", "active", "2020-05-11")))
}

fn in_section(entry: ClinicalEntry) -> ClinicalEntry {
    ClinicalEntry {
        section: Section::Allergies,
        ..entry
    }
}

/// A child of three under a protection plan.
#[rustfmt::skip]
pub(super) fn child() -> Sample {
    Sample::of("Vance", "Teo", Gender::Male, "2023-08-30", 4_000)
        .known_to(PRACTICE)
        .whose(|practice| practice.demographics.interpreter = Some("Polish".to_owned()))
        .known_to(COUNCIL)
        .says(3, flag("375041000000100", "Subject to a child protection plan", "2026-02-18"))
        .says(3, plan(ResourceKind::CareTeam, Section::SocialCare, "Children's social care team", &[], &[("Social worker", "M. Example", "01632 960401")], "2026-02-18"))
        .says(2, allergy("91935009", "Allergy to peanut", "high", &[("Wheeze", "moderate")], "2025-04-02"))
        .says(2, measure("29463-7", "Body weight", "14.2", "kg", "2026-10-06"))
        .says(2, measure("29463-7", "Body weight", "12.9", "kg", "2026-02-11"))
        .says(1, measure("29463-7", "Body weight", "14100", "g", "2026-10-20"))
        .says(2, plain(ResourceKind::Immunization, Section::Immunisations, "DTaP/IPV/Hib/HepB", &[("Dose", "3")], "2023-12-20"))
        .says(2, medicine("Salbutamol 100micrograms/dose inhaler", "Two puffs as needed", "acute", "2026-11-02"))
        .says(2, plan(ResourceKind::RelatedPerson, Section::Person, "Mother", &[], &[("Next of kin", "Ola Vance", "01632 960118")], "2023-08-30"))
        .says(1, contact("Emergency department attendance", "EMER", "Children's emergency department", "2026-11-22T07:50:00Z", ""))
        .says(1, pending(result("718-7", "Haemoglobin", "0", "g/L", (None, None), "2026-11-22T08:05:00Z")))
}

fn pending(mut entry: ClinicalEntry) -> ClinicalEntry {
    "registered".clone_into(&mut entry.status);
    if let Detail::Observation(observation) = &mut entry.detail {
        observation.value = None;
    }
    entry
}

/// Dead according to the hospital alone.
#[rustfmt::skip]
pub(super) fn deceased() -> Sample {
    Sample::of("Quill", "Edith", Gender::Female, "1938-02-02", 5_000)
        .whose(|hospital| {
            hospital.demographics.deceased = true;
            hospital.demographics.died = Some(date("2026-10-30"));
        })
        .known_to(PRACTICE)
        .whose(|practice| {
            practice.demographics.deceased = false;
            practice.demographics.died = None;
        })
        .says(2, problem("42343007", "Congestive heart failure", "active", "2018-06-21"))
        .says(2, flag("450476008", "Not for attempted cardiopulmonary resuscitation", "2026-09-14"))
        .says(2, allergy("716186003", "No known allergies", "", &[], "2015-07-07"))
        .says(1, contact("Elderly care admission", "IMP", "Ward 4", "2026-10-21T15:00:00Z", "2026-10-30T04:10:00Z"))
}

/// Someone whose address is protected, by the word of one source.
#[rustfmt::skip]
pub(super) fn protected() -> Sample {
    Sample::of("Arden", "Nell", Gender::Female, "1989-11-08", 6_000)
        .known_to(PRACTICE)
        .known_to(COUNCIL)
        .whose(|council| council.demographics.protected = true)
        .says(2, problem("195967001", "Asthma", "active", "1996-04-04"))
        .says(2, allergy("91936005", "Allergy to penicillin", "", &[("Rash", "mild")], "2003-02-02"))
        .says(1, contact("Fracture clinic", "AMB", "Northbeck General, clinic 3", "2026-08-19T14:00:00Z", "2026-08-19T14:25:00Z"))
        .says(1, appointment("Fracture clinic", "Northbeck General, clinic 3", "booked", "2026-12-01T09:40:00Z"))
        .says(3, plan(ResourceKind::RelatedPerson, Section::Person, "Sister", &["9 Weir Lane, Northbeck"], &[("Next of kin", "Jo Arden", "01632 960777")], "2024-01-01"))
        .says(3, flag("417430008", "Vulnerable adult", "2025-03-03"))
}

/// The version before an entry: what it said a month earlier.
pub(super) fn earlier(mut entry: ClinicalEntry) -> ClinicalEntry {
    if let Detail::Medication(medication) = &mut entry.detail {
        for dose in &mut medication.doses {
            "One tablet once a day".clone_into(&mut dose.text);
        }
    }
    match &entry.detail {
        Detail::Observation(_) => "preliminary".clone_into(&mut entry.status),
        Detail::Document(_) => "superseded".clone_into(&mut entry.status),
        _ => {}
    }
    entry
}

/// When that version was filed.
pub(super) fn earlier_filed() -> Timestamp {
    now().plus(-30 * Timestamp::DAY)
}

/// Untraced: a number that no one has verified.
pub(super) fn untraced(stated: &StatedNhsNumber) -> StatedNhsNumber {
    stated
        .number()
        .map_or(StatedNhsNumber::Absent, StatedNhsNumber::Untraced)
}

/// A result in words, which has no place on an axis.
pub(super) fn said(words: &str, value: &str, when: &str) -> ClinicalEntry {
    let detail = Detail::Observation(tributary_model::Observation {
        value: Some(tributary_model::Value::Words(value.to_owned())),
        laboratory: true,
        ..Default::default()
    });
    let what = concept(LOINC, "4548-4", words);
    entry(
        ResourceKind::Observation,
        Section::Results,
        what,
        "final",
        when,
        detail,
    )
}
