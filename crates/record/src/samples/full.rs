//! Someone of whom every section and every line of the first minute has something to say.

use tributary_model::{ClinicalEntry, Concept, Detail, Gender, ResourceKind, Section, Version};

use super::build::{
    CANCER, COUNCIL, MENTAL_HEALTH, PRACTICE, SNOMED, Sample, allergy, appointment, concept,
    contact, date, flag, letter, measure, medicine, plain, plan, pressure, problem, result,
};
use super::people::{earlier, earlier_filed, said, untraced};
use crate::combined::SourceEntry;

/// The entries shown by themselves: by name, and by their number in the record.
pub(super) const ENTRIES: [(&str, i64); 3] = [("medicine", 15), ("result", 31), ("letter", 48)];

/// An earlier version of an entry.
pub(super) fn before(entry: &SourceEntry) -> Vec<SourceEntry> {
    let key = tributary_model::EntryKey {
        version: Version(1),
        ..entry.key
    };
    vec![SourceEntry {
        key,
        filed: earlier_filed(),
        entry: earlier(entry.entry.clone()),
    }]
}

/// The fullest of records.
pub(super) fn full() -> Sample {
    let sample = Sample::of("Thornbury", "Margaret", Gender::Female, "1949-05-27", 7_000)
        .whose(|hospital| {
            hospital.demographics.name.prefix = Some("Mrs".to_owned());
            hospital.demographics.nhs_number = untraced(&hospital.demographics.nhs_number.clone());
        })
        .known_to(PRACTICE)
        .whose(|practice| {
            if let Some(number) = practice.demographics.nhs_number.number() {
                practice.demographics.nhs_number = tributary_model::StatedNhsNumber::Traced(number);
            }
            practice.demographics.interpreter = Some("Welsh".to_owned());
        })
        .known_to(CANCER)
        .known_to(MENTAL_HEALTH)
        .known_to(COUNCIL);
    contacts(plans(results(medicines(problems(sample)))))
}

#[rustfmt::skip]
fn problems(sample: Sample) -> Sample {
    sample
        .says(2, allergy("91936005", "Allergy to penicillin", "high", &[("Anaphylaxis", "severe")], "1998-03-02"))
        .says(1, allergy("91936005", "Allergy to penicillin", "high", &[("Anaphylaxis", "severe")], "2001-01-20"))
        .says(1, allergy("300916003", "Latex allergy", "low", &[("Rash", "mild")], "2011-05-17"))
        .says(2, problem("38341003", "Hypertension", "active", "2009-02-11"))
        .says(2, problem("44054006", "Type 2 diabetes", "active", "2014-09-30"))
        .says(2, problem("396275006", "Osteoarthritis", "active", "2016"))
        .says(1, past(problem("74400008", "Appendicitis", "resolved", "1971-08"), "1971-08"))
        .says(3, staged(ResourceKind::Condition))
        .says(4, elsewhere(problem("35489007", "Depressive disorder", "active", "2019-03-12"), Section::MentalHealth))
        .says(5, elsewhere(problem("", "Needs help with washing and dressing", "active", "2025-11-03"), Section::SocialCare))
        .says(1, plain(ResourceKind::Procedure, Section::Procedures, "Total replacement of right hip", &[("Outcome", "Good")], "2019-10-14"))
        .says(3, elsewhere(plain(ResourceKind::Procedure, Section::Procedures, "Chemotherapy cycle 3", &[("Regimen", "FEC-T")], "2026-11-10"), Section::Cancer))
        .says(2, plain(ResourceKind::Immunization, Section::Immunisations, "Influenza vaccine", &[("Dose", "1"), ("Site", "Left arm")], "2026-10-12"))
        .says(2, plain(ResourceKind::Immunization, Section::Immunisations, "Pneumococcal vaccine", &[], "2015-10-05"))
}

fn past(mut entry: ClinicalEntry, until: &str) -> ClinicalEntry {
    entry.until = Some(date(until));
    entry
}

fn elsewhere(mut entry: ClinicalEntry, section: Section) -> ClinicalEntry {
    entry.section = section;
    entry
}

fn staged(_: ResourceKind) -> ClinicalEntry {
    let mut entry = elsewhere(
        problem("254837009", "Carcinoma of breast", "active", "2026-07-29"),
        Section::Cancer,
    );
    if let Detail::Problem(problem) = &mut entry.detail {
        "Stage II (T2 N0 M0)".clone_into(&mut problem.stage);
        "Left breast".clone_into(&mut problem.site);
    }
    "Dr A. Example".clone_into(&mut entry.author);
    entry
}

#[rustfmt::skip]
fn medicines(sample: Sample) -> Sample {
    let mut stopped = medicine(
        "Naproxen 500mg tablets",
        "One tablet twice a day",
        "repeat",
        "2024-02-02",
    );
    "stopped".clone_into(&mut stopped.status);
    stopped.until = Some(date("2026-07-30"));
    if let Detail::Medication(medication) = &mut stopped.detail {
        "Raised creatinine".clone_into(&mut medication.stopped_because);
    }
    let mut given = medicine(
        "Docetaxel 160mg/16ml infusion",
        "135 mg",
        "",
        "2026-11-10T11:00:00Z",
    );
    given.kind = ResourceKind::MedicationAdministration;
    given.section = Section::Cancer;
    "completed".clone_into(&mut given.status);
    let mut issued = medicine(
        "Metformin 500mg tablets",
        "One tablet twice a day",
        "repeat",
        "2014-10-07",
    );
    if let Detail::Medication(medication) = &mut issued.detail {
        medication.last_issued = Some(date("2026-11-04"));
    }
    sample
        .says(2, issued)
        .says(2, medicine("Ramipril 5mg capsules", "One capsule once a day", "repeat", "2017-04-20"))
        .says(1, medicine("Ramipril 5mg capsules", "One capsule once a day", "repeat", "2017-04-20"))
        .says(2, medicine("Simvastatin 40mg tablets", "One tablet at night", "repeat", "2010-03-15"))
        .says(1, past(medicine("Co-amoxiclav 500mg/125mg tablets", "One tablet three times a day", "acute", "2026-11-19"), "2026-11-26"))
        .says(4, medicine("Flupentixol decanoate 40mg/2ml injection", "40 mg every two weeks", "hospital-only", "2025-08-01"))
        .says(3, given)
        .says(2, stopped)
}

#[rustfmt::skip]
fn results(sample: Sample) -> Sample {
    let a1c = |value: &str, when: &str| {
        result(
            "4548-4",
            "Haemoglobin A1c",
            value,
            "mmol/mol",
            (None, Some(48.0)),
            when,
        )
    };
    let mut potassium = result(
        "2823-3",
        "Potassium",
        "6.4",
        "mmol/L",
        (Some(3.5), Some(5.3)),
        "2026-11-20T06:10:00Z",
    );
    if let Detail::Observation(observation) = &mut potassium.detail {
        observation.interpretation = vec!["HH".to_owned()];
    }
    let mut culture = plain(
        ResourceKind::DiagnosticReport,
        Section::Results,
        "Blood culture",
        &[],
        "2026-11-21T23:00:00Z",
    );
    "registered".clone_into(&mut culture.status);
    sample
        .says(2, a1c("64", "2023-10-02T08:30:00Z"))
        .says(2, a1c("61", "2024-09-16T09:00:00Z"))
        .says(2, a1c("57", "2025-09-22T08:45:00Z"))
        .says(1, result("4548-4", "Haemoglobin A1c", "7.1", "%", (None, Some(6.5)), "2026-01-15T12:00:00Z"))
        .says(2, said("Haemoglobin A1c", "Sample haemolysed", "2026-04-01"))
        .says(2, a1c("53", "2026-09-08T08:55:00Z"))
        .says(1, result("2160-0", "Creatinine", "118", "umol/L", (Some(45.0), Some(84.0)), "2026-07-29T07:00:00Z"))
        .says(2, result("2160-0", "Creatinine", "0.092", "mmol/L", (Some(0.045), Some(0.084)), "2026-09-08T08:55:00Z"))
        .says(1, potassium)
        .says(1, culture)
        .says(2, pressure("152", "92", "2025-09-22T08:50:00Z"))
        .says(2, pressure("141", "86", "2026-03-03T08:50:00Z"))
        .says(1, pressure("128", "74", "2026-11-20T06:00:00Z"))
        .says(2, measure("29463-7", "Body weight", "71.5", "kg", "2026-09-08"))
        .says(2, smoking())
}

fn smoking() -> ClinicalEntry {
    let mut entry = measure("72166-2", "Tobacco smoking status", "0", "", "2026-09-08");
    if let Detail::Observation(observation) = &mut entry.detail {
        let never: Concept = concept(SNOMED, "266919005", "Never smoked tobacco");
        observation.value = Some(tributary_model::Value::Coded(never));
    }
    entry
}

#[rustfmt::skip]
fn plans(sample: Sample) -> Sample {
    use ResourceKind::{CarePlan, CareTeam, QuestionnaireResponse, RelatedPerson, Task};
    sample
        .says(1, flag("", "MRSA carrier: isolate on admission", "2026-11-19"))
        .says(2, flag("129839007", "At risk for falls", "2024-05-20"))
        .says(2, flag("1108111000000107", "Requires reasonable adjustment: large print", "2023-01-09"))
        .says(5, flag("417430008", "Vulnerable adult: safeguarding plan in place", "2025-11-20"))
        .says(2, flag("450476008", "Not for attempted cardiopulmonary resuscitation", "2026-10-02"))
        .says(2, plan(CarePlan, Section::PlansAndAlerts, "Treatment escalation plan", &["Ward-based care", "Not for intensive care"], &[], "2026-10-02"))
        .says(2, flag("", "Lasting power of attorney for health and welfare: daughter", "2022-06-15"))
        .says(4, elsewhere(flag("", "Mental Health Act: informal", "2025-08-01"), Section::MentalHealth))
        .says(4, plan(CarePlan, Section::MentalHealth, "Crisis plan", &["Ring the crisis line", "Stay with daughter"], &[("Care coordinator", "S. Example", "01632 960220")], "2026-02-01"))
        .says(3, elsewhere(plan(CarePlan, Section::Cancer, "Chemotherapy: FEC-T, six cycles", &["Cycle 4 due 01-Dec-2026"], &[], "2026-09-29"), Section::Cancer))
        .says(1, letter("Oncology clinic letter", "Tolerating treatment well. Cycle 4 as planned.\nBlood tests before each cycle.", "2026-11-11"))
        .says(2, letter("Referral to breast clinic", "Urgent suspected cancer referral.", "2026-07-15"))
        .says(2, plan(RelatedPerson, Section::Person, "Daughter", &["12 Chapel Close, Northbeck"], &[("Next of kin", "Helen Thornbury", "01632 960115")], "2010-01-01"))
        .says(1, plan(CareTeam, Section::PlansAndAlerts, "Breast care nurses", &[], &[("Breast care nurse", "P. Example", "01632 960330")], "2026-08-03"))
        .says(5, plan(CarePlan, Section::SocialCare, "Care at home", &["Two visits a day", "Meals at midday"], &[], "2025-11-20"))
        .says(5, plan(Task, Section::SocialCare, "Review of needs", &["Due by 20-Nov-2026"], &[], "2025-11-20"))
        .says(5, plan(QuestionnaireResponse, Section::SocialCare, "Care needs assessment", &["Mobility: with a frame", "Meals: needs help"], &[], "2025-11-03"))
}

#[rustfmt::skip]
fn contacts(sample: Sample) -> Sample {
    sample
        .says(1, contact("Emergency medicine admission", "IMP", "Acute medical unit, bed 9", "2026-11-19T22:40:00Z", ""))
        .says(1, contact("Hip replacement admission", "IMP", "Ward 7", "2019-10-13T08:00:00Z", "2019-10-19T12:00:00Z"))
        .says(1, contact("Emergency department attendance", "EMER", "Northbeck General", "2025-06-14T21:10:00Z", "2025-06-15T01:40:00Z"))
        .says(3, contact("Oncology clinic", "AMB", "Clinic B", "2026-11-10T10:00:00Z", "2026-11-10T10:30:00Z"))
        .says(4, contact("District nurse visit", "HH", "At home", "2026-11-12T09:30:00Z", "2026-11-12T10:00:00Z"))
        .says(4, contact("Community psychiatric nurse review", "AMB", "Rivers House", "2026-10-20T14:00:00Z", "2026-10-20T14:45:00Z"))
        .says(1, appointment("Cancelled: dermatology", "Skin clinic", "cancelled", "2026-12-03T09:00:00Z"))
        .says(3, appointment("Chemotherapy cycle 4", "Day unit", "booked", "2026-12-01T09:00:00Z"))
        .says(1, appointment("Echocardiogram", "Heart clinic", "booked", "2026-12-15T11:15:00Z"))
        .says(4, appointment("Depot injection", "Rivers House", "booked", "2026-11-27T10:00:00Z"))
        .says(1, appointment("Hip follow-up", "Fracture clinic", "fulfilled", "2020-01-20T09:00:00Z"))
}
