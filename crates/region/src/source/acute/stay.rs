//! One visit to hospital, from arrival to letter.

use crate::{
    calendar::{Day, Moment},
    fhir::{Contact, Course, Diagnosis, Letter, Operation, Prescription, Report, Setting},
    life::{Visit, VisitKind, fitting},
    sheet::{Id, Sheet},
    source::practice::{other_strength, strength_of, takes},
    tables::{
        Term,
        events::{ADMISSIONS, EMERGENCIES, OPERATIONS},
        measures::{
            BLOOD_COUNT, BREATHS, INFLAMMATION, KIDNEY, LIVER, NEWS2, PULSE, SATURATION,
            TEMPERATURE,
        },
        medicines::{ENOXAPARIN, MORPHINE, Medicine, OMEPRAZOLE, PARACETAMOL},
        places::WARDS,
        sct,
        texts::{ADVICE, FINDINGS},
        words,
    },
};

const ARRIVAL: Term = sct("50849002", "Emergency room admission");
const ADMITTED: Term = sct("183452005", "Emergency hospital admission");
const ELECTIVE: Term = sct("8715000", "Hospital admission, elective");
const OUTPATIENT: Term = words("Outpatient appointment");
const SUMMARY: Term = sct("373942005", "Discharge summary");
const CLINIC_LETTER: Term = words("Outpatient clinic letter");
const CHEST: Term = sct("399208008", "Plain chest X-ray");
const HEAD_CT: Term = sct("303653007", "Computed tomography of head");

/// Writes a visit of the history.
pub(super) fn write(sheet: &mut Sheet<'_>, visit: &Visit) {
    match visit.kind {
        VisitKind::Emergency(what) => {
            if let Some((reason, _)) = EMERGENCIES.get(what) {
                emergency(sheet, reason, visit.day);
            }
        }
        VisitKind::Admission(what) => {
            if let Some((reason, _)) = ADMISSIONS.get(what) {
                admission(sheet, reason, visit);
            }
        }
        VisitKind::Operation(what) => {
            if let Some(operation) = OPERATIONS.get(what) {
                elective(sheet, operation, visit);
            }
        }
        VisitKind::Clinic(clinic) => clinic_visit(sheet, clinic, visit.day, 4_000),
    }
}

/// Someone comes to the emergency department on one of the nights told.
pub(super) fn tonight(sheet: &mut Sheet<'_>, day: Day) {
    let age = sheet.person.age;
    let what = fitting(&sheet.dice, &EMERGENCIES, age, |event| event.1);
    if let Some((reason, _)) = EMERGENCIES.get(what) {
        emergency(sheet, reason, day);
    }
}

/// A clinic visit on one of the nights told: always with its letter.
pub(super) fn clinic(sheet: &mut Sheet<'_>, clinic: &str, day: Day) {
    clinic_visit(sheet, clinic, day, 10_000);
}

fn emergency(sheet: &mut Sheet<'_>, reason: &Term, day: Day) {
    let start = sheet.any_hour(day);
    let end = start.plus_minutes(sheet.dice.between(70, 330));
    let by = sheet.someone();
    let encounter = sheet.contact(&Contact {
        class: "EMER",
        what: &ARRIVAL,
        start,
        end: Some(end),
        reason: Some(reason),
        by,
        place: "Emergency department",
        outcome: "Discharged home",
    });
    let setting = Setting {
        at: start.plus_minutes(25),
        encounter: Some(encounter),
        by,
    };
    observations(sheet, setting);
    if sheet.dice.chance(4_000) {
        sheet.panel(&BLOOD_COUNT, setting);
    }
    if sheet.dice.chance(3_000) {
        picture(sheet, setting);
    }
    if sheet.dice.chance(6_000) {
        sheet.diagnosis(&Diagnosis {
            category: "encounter-diagnosis",
            clinical: "resolved",
            encounter: Some(encounter),
            ..Diagnosis::problem(reason, start, by)
        });
    }
    if sheet.dice.chance(5_000) {
        let title = format!("Emergency department attendance: {}", reason.display);
        letter(sheet, &SUMMARY, &title, encounter, end, by);
    }
}

fn admission(sheet: &mut Sheet<'_>, reason: &Term, visit: &Visit) {
    let start = sheet.any_hour(visit.day);
    let end = sheet.clinic_hour(visit.day.plus(visit.nights));
    // A stay goes on until the day it is to end has come.
    let over = end.day < sheet.today;
    let by = sheet.someone();
    let ward = sheet.dice.pick(&WARDS);
    let outcome = sheet.dice.pick(&[
        "Usual place of residence",
        "Usual place of residence",
        "Community hospital",
        "Care home",
    ]);
    let encounter = sheet.contact(&Contact {
        class: "IMP",
        what: &ADMITTED,
        start,
        end: over.then_some(end),
        reason: Some(reason),
        by,
        place: ward,
        outcome: if over { outcome } else { "" },
    });
    let problem = sheet.diagnosis(&Diagnosis {
        category: "encounter-diagnosis",
        clinical: if over { "resolved" } else { "active" },
        encounter: Some(encounter),
        ..Diagnosis::problem(reason, start, by)
    });
    on_admission(sheet, start, by);
    sheet.ill = true;
    for day in 0..=visit.nights.min(3) {
        let at = sheet.any_hour(visit.day.plus(day));
        if at.day <= sheet.start {
            let setting = Setting {
                at: at.max(start),
                encounter: Some(encounter),
                by,
            };
            observations(sheet, setting);
            if day < 2 {
                sheet.panel(if day == 0 { &KIDNEY } else { &BLOOD_COUNT }, setting);
            }
        }
    }
    let setting = Setting {
        at: start.plus_minutes(90),
        encounter: Some(encounter),
        by,
    };
    sheet.panel(&INFLAMMATION, setting);
    sheet.ill = false;
    if sheet.dice.chance(6_000) {
        picture(sheet, setting);
    }
    take_home(sheet, over.then_some(end), (problem, reason), encounter, by);
    if over {
        summary(sheet, reason, encounter, end, by);
    }
}

fn elective(sheet: &mut Sheet<'_>, operation: &crate::tables::events::Operation, visit: &Visit) {
    let start = visit.day.at(7, 30, 0);
    let end = sheet
        .clinic_hour(visit.day.plus(visit.nights))
        .max(start.plus_minutes(300));
    let by = sheet.someone();
    let encounter = sheet.contact(&Contact {
        class: "IMP",
        what: &ELECTIVE,
        start,
        end: Some(end),
        reason: Some(&operation.why),
        by,
        place: operation.specialty,
        outcome: "Usual place of residence",
    });
    sheet.diagnosis(&Diagnosis {
        category: "encounter-diagnosis",
        clinical: "resolved",
        until: Some(end.day),
        encounter: Some(encounter),
        ..Diagnosis::problem(&operation.why, start, by)
    });
    sheet.procedure(&Operation {
        what: &operation.what,
        start: start.plus_minutes(120),
        minutes: sheet.dice.between(30, 150),
        encounter: Some(encounter),
        by,
        reason: Some(&operation.why),
        outcome: "Completed without complication",
    });
    observations(
        sheet,
        Setting {
            at: end.plus_minutes(-60),
            encounter: Some(encounter),
            by,
        },
    );
    let title = format!("Operation: {}", operation.what.display);
    letter(sheet, &SUMMARY, &title, encounter, end, by);
}

fn clinic_visit(sheet: &mut Sheet<'_>, clinic: &str, day: Day, with_letter: u32) {
    let start = sheet.clinic_hour(day);
    let by = sheet.someone();
    let encounter = sheet.contact(&Contact {
        class: "AMB",
        what: &OUTPATIENT,
        start,
        end: Some(start.plus_minutes(20)),
        reason: None,
        by,
        place: clinic,
        outcome: "",
    });
    let setting = Setting {
        at: start,
        encounter: Some(encounter),
        by,
    };
    if sheet.dice.chance(1_800) {
        sheet.blood_pressure(setting);
    }
    if sheet.dice.chance(1_000) {
        sheet.panel(&LIVER, setting);
    }
    if sheet.dice.chance(with_letter) {
        letter(sheet, &CLINIC_LETTER, clinic, encounter, start, by);
    }
}

/// The early warning observations.
fn observations(sheet: &mut Sheet<'_>, setting: Setting<'_>) {
    sheet.blood_pressure(setting);
    for test in [&PULSE, &TEMPERATURE, &BREATHS, &SATURATION] {
        if sheet.dice.chance(6_000) {
            sheet.measured(test, setting);
        }
    }
    sheet.measured(&NEWS2, setting);
}

/// What the person says they take: the practice's medicines, not always at the practice's dose.
fn on_admission(sheet: &mut Sheet<'_>, at: Moment, by: &str) {
    for medicine in own_medicines(sheet) {
        if sheet.dice.chance(3_500) {
            let strength = strength_of(sheet.person, medicine);
            sheet.statement(medicine, strength, at, by);
        }
    }
    if sheet.dice.chance(4_000) {
        sheet.procedure(&Operation {
            what: &words("Venous thromboembolism risk assessment"),
            start: at,
            minutes: 10,
            encounter: None,
            by,
            reason: None,
            outcome: ENOXAPARIN.ingredient.display,
        });
    }
}

/// The medicines that the practice prescribes the person.
fn own_medicines(sheet: &Sheet<'_>) -> Vec<&'static Medicine> {
    let mut found: Vec<&Medicine> = Vec::new();
    for has in &sheet.person.conditions {
        for (medicine, share) in has.condition.medicines {
            let name = medicine.ingredient.display;
            if takes(sheet.person, name, *share)
                && found.iter().all(|known| known.ingredient.display != name)
            {
                found.push(medicine);
            }
        }
    }
    found
}

/// Medicines on the ward and to take home. One in eight of the person's own goes home at another
/// dose than the practice has.
fn take_home(
    sheet: &mut Sheet<'_>,
    end: Option<Moment>,
    reason: (Id, &Term),
    encounter: Id,
    by: &str,
) {
    let status = if end.is_some() { "completed" } else { "active" };
    let since = end.unwrap_or(sheet.start.at(6, 0, 0));
    for (medicine, share) in [
        (&PARACETAMOL, 5_000),
        (&OMEPRAZOLE, 1_200),
        (&MORPHINE, 900),
    ] {
        if !sheet.dice.chance(share) {
            continue;
        }
        let request = sheet.prescription(&Prescription {
            medicine,
            strength: 0,
            status,
            course: Course::Discharge,
            since,
            until: Some(since.day.plus(14)),
            last_issued: Some(since.day),
            stopped_because: "",
            reason: Some(reason),
            encounter: Some(encounter),
            by,
        });
        if let Some(end) = end {
            sheet.dispensed(medicine, 0, request, end);
        }
    }
    for medicine in own_medicines(sheet) {
        if end.is_some() && sheet.dice.chance(1_300) {
            sheet.prescription(&Prescription {
                medicine,
                strength: other_strength(sheet.person, medicine),
                status: "active",
                course: Course::Discharge,
                since,
                until: None,
                last_issued: Some(since.day),
                stopped_because: "",
                reason: None,
                encounter: Some(encounter),
                by,
            });
        }
    }
}

fn picture(sheet: &mut Sheet<'_>, setting: Setting<'_>) {
    let (what, modality, site) = if sheet.dice.chance(7_000) {
        (
            &CHEST,
            ("DX", "Digital Radiography"),
            sct("51185008", "Thoracic structure"),
        )
    } else {
        (
            &HEAD_CT,
            ("CT", "Computed Tomography"),
            sct("69536005", "Head structure"),
        )
    };
    sheet.imaging(modality, what, &site, setting);
    let conclusion = sheet.dice.pick(&[
        "No acute abnormality.",
        "Consolidation at the right base; repeat film in six weeks advised.",
        "Age-related change only.",
        "No fracture seen.",
    ]);
    let category = ("RAD", "Radiology");
    sheet.report(
        &Report {
            status: "final",
            what,
            category,
            results: &[],
            conclusion,
        },
        setting,
    );
}

fn summary(sheet: &mut Sheet<'_>, reason: &Term, encounter: Id, end: Moment, by: &str) {
    let (course, advice) = (sheet.dice.pick(&FINDINGS), sheet.dice.pick(&ADVICE));
    if sheet.dice.chance(2_500) {
        let setting = Setting {
            at: end,
            encounter: Some(encounter),
            by,
        };
        let sections = [
            ("Diagnosis", reason.display),
            ("Course", course),
            ("Plan for the GP", advice),
        ];
        sheet.composition(&SUMMARY, setting, &sections);
    } else {
        let title = format!("Discharge summary: {}", reason.display);
        letter(sheet, &SUMMARY, &title, encounter, end, by);
    }
}

fn letter(sheet: &mut Sheet<'_>, what: &Term, title: &str, encounter: Id, at: Moment, by: &str) {
    let text = [
        sheet.dice.pick(&FINDINGS),
        sheet.dice.pick(&FINDINGS),
        sheet.dice.pick(&ADVICE),
    ];
    let html = sheet.dice.chance(3_500);
    sheet.letter(&Letter {
        what,
        title,
        at,
        encounter: Some(encounter),
        by,
        from: &sheet.site.organisation.name,
        text: &text,
        html,
    });
}
