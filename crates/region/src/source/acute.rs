//! What an acute trust holds: visits with their diagnoses, results, pictures, medicines and letters;
//! and its own ideas of allergies and doses, which do not always agree with the practice's.

mod stay;

use crate::{
    calendar::Day,
    dice::happens,
    fhir::{Alert, Booking, Diagnosis, Operation, Reaction, Setting},
    life::VisitKind,
    person::Person,
    plan::{emergency, near},
    sheet::Sheet,
    tables::{
        conditions::Nature,
        events::CLINICS,
        measures::{BLOOD_COUNT, INFLAMMATION, KIDNEY, LIVER, WEIGHT},
        sct,
    },
};

/// Of 100,000 patients of the trust so many have a new contact in a night.
const IN_A_NIGHT: u64 = 1_300;

/// Writes what the trust holds.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    let near = near(sheet.person, sheet.site);
    let first = sheet
        .person
        .visits
        .iter()
        .filter(|visit| visit.away != near)
        .map(|visit| visit.day)
        .min();
    let since = first
        .unwrap_or_else(|| first_night(sheet))
        .max(sheet.person.born);
    sheet.episode("-care", "hospital care", since, None);
    referral(sheet, near);
    sheet.part(1);
    allergies(sheet);
    sheet.part(2);
    infection(sheet);
    for (place, visit) in (100..).zip(&sheet.person.visits) {
        if visit.away != near {
            sheet.part(place);
            stay::write(sheet, visit);
        }
    }
    if near {
        sheet.part(3);
        dialysis(sheet);
        if let Some(night) = emergency(sheet.person, sheet.night) {
            sheet.part(4);
            let day = sheet.start.plus(night.cast_signed() - 2);
            stay::tonight(sheet, day);
        }
    }
    sheet.part(5);
    appointments(sheet);
    sheet.part(6);
    pending(sheet);
    sheet.part(7);
    odd(sheet);
    sheet.part(8);
    known_problems(sheet);
    sheet.nights(IN_A_NIGHT, |sheet, day| {
        let clinic = sheet.dice.pick(&CLINICS);
        stay::clinic(sheet, clinic, day);
    });
}

/// The practice asked for the last clinic visit, more often than not.
fn referral(sheet: &mut Sheet<'_>, near: bool) {
    let person = sheet.person;
    let mut clinics = person.visits.iter().filter(|visit| visit.away != near);
    let last = clinics.rfind(|visit| matches!(visit.kind, VisitKind::Clinic(_)));
    if let Some(visit) = last.filter(|_| sheet.aside(3).chance(4_000)) {
        let over = visit.day.plus(180);
        let end = (over < sheet.start).then_some(over);
        sheet.referral(visit.day.plus(-40).max(person.born), end);
    }
}

fn first_night(sheet: &Sheet<'_>) -> Day {
    let night = emergency(sheet.person, sheet.night).unwrap_or(1);
    sheet.start.plus(night.cast_signed() - 2)
}

/// The trust knows half of the allergies. Some it has tested and refutes, some it has with another
/// severity, and a few the practice does not know.
fn allergies(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    for allergen in &person.allergies {
        let known = sheet.dice.chance(5_000);
        let refuted = sheet.dice.chance(900);
        let recorded = sheet.any_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(20, 2_000))
                .max(person.born),
        );
        let by = sheet.someone();
        let severity = sheet.dice.pick(&["mild", "moderate", "severe"]);
        let manifestation = sheet.dice.place(3);
        let (verification, note) = if refuted {
            (
                "refuted",
                "Tested in the allergy clinic: challenge negative",
            )
        } else {
            ("confirmed", "")
        };
        if known {
            sheet.allergy(&Reaction {
                allergen,
                verification,
                severity,
                manifestation,
                recorded,
                by,
                note,
            });
        }
    }
    if person.allergies.is_empty() && sheet.dice.chance(2_000) {
        let recorded = sheet.any_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(1, 1_500))
                .max(person.born),
        );
        let by = sheet.someone();
        sheet.no_known_allergies(recorded, by);
    }
}

/// Conditions that the trust follows are on its own list too, dated near the practice's date.
fn known_problems(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    for has in &person.conditions {
        let followed = has
            .condition
            .clinic
            .is_some_and(|clinic| !clinic.is_empty());
        let listed = sheet.dice.chance(if followed { 5_500 } else { 1_500 });
        let days = sheet.dice.between(-3, 25);
        if listed && has.condition.nature != Nature::Dialysis {
            let day = has.since.plus(days).clamp(person.born, sheet.start);
            let since = sheet.clinic_hour(day);
            let by = sheet.someone();
            sheet.diagnosis(&Diagnosis::problem(&has.condition.term, since, by));
        }
    }
}

fn infection(sheet: &mut Sheet<'_>) {
    let admitted = sheet
        .person
        .visits
        .iter()
        .any(|visit| matches!(visit.kind, VisitKind::Admission(_)));
    if admitted && sheet.dice.chance(450) {
        let since = sheet.any_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(30, 900))
                .max(sheet.person.born),
        );
        let by = sheet.someone();
        let what = sct(
            "432415000",
            "Methicillin resistant Staphylococcus aureus carrier",
        );
        sheet.alert(&Alert {
            what: &what,
            words: "",
            category: "safety",
            since,
            by,
        });
    }
}

/// Three times a week for years: the longest records of the region.
fn dialysis(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let Some(has) = person
        .conditions
        .iter()
        .find(|has| has.condition.nature == Nature::Dialysis)
    else {
        return;
    };
    let until = sheet.last_day();
    let years = sheet.dice.between(1, 7);
    let mut day = has.since.max(until.plus(-365 * years));
    let since = sheet.any_hour(day);
    let by = sheet.responsible();
    sheet.diagnosis(&Diagnosis::problem(&has.condition.term, since, by));
    let what = sct("302497006", "Haemodialysis");
    let mut session = 0;
    while day < until {
        let start = day.at(7 + sheet.dice.between(0, 1), sheet.dice.between(0, 59), 0);
        let by = sheet.someone();
        sheet.procedure(&Operation {
            what: &what,
            start,
            minutes: 240,
            encounter: None,
            by,
            reason: Some(&has.condition.term),
            outcome: "Session completed",
        });
        let setting = Setting {
            at: start,
            encounter: None,
            by,
        };
        if session % 3 == 0 {
            sheet.measured(&WEIGHT, setting);
        }
        if session % 20 == 0 {
            for panel in [&KIDNEY, &BLOOD_COUNT] {
                sheet.panel(panel, setting);
            }
        }
        day = day.plus(if session % 3 == 2 { 3 } else { 2 });
        session += 1;
    }
}

fn appointments(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    if person.died.is_some_and(|died| died < sheet.start) {
        return;
    }
    for has in &person.conditions {
        let clinic = has.condition.clinic.filter(|clinic| !clinic.is_empty());
        let draws = (sheet.dice.chance(3_500), sheet.dice.between(1, 150));
        if let (Some(clinic), (true, days)) = (clinic, draws) {
            let at = sheet.clinic_hour(sheet.start.plus(days));
            let by = sheet.someone();
            sheet.appointment(&Booking {
                what: clinic,
                at,
                minutes: 20,
                by,
                place: "Outpatients",
                missed: None,
            });
        }
    }
    for _ in 0..sheet.dice.times(0.25) {
        let what = sheet.dice.pick(&CLINICS);
        let at = sheet.clinic_hour(
            sheet
                .start
                .plus(sheet.dice.between(-200, 120))
                .max(person.born),
        );
        let by = sheet.someone();
        let missed = sheet.dice.chance(900).then_some("cancelled");
        sheet.appointment(&Booking {
            what,
            at,
            minutes: 20,
            by,
            place: "Outpatients",
            missed,
        });
    }
}

fn pending(sheet: &mut Sheet<'_>) {
    let person: &Person = sheet.person;
    let active = 150 + 250 * u32::from(person.frailty);
    if person.died.is_none() && sheet.dice.chance(active) {
        let at = sheet.any_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(0, 9))
                .max(person.born),
        );
        let by = sheet.someone();
        let panel = sheet.dice.pick(&[&LIVER, &INFLAMMATION, &BLOOD_COUNT]);
        let status = sheet.dice.pick(&["registered", "preliminary"]);
        sheet.pending(
            panel,
            status,
            Setting {
                at,
                encounter: None,
                by,
            },
        );
    }
}

/// Now and then the extract holds what readers do not know.
fn odd(sheet: &mut Sheet<'_>) {
    if happens(sheet.aside(1).word(), 350) {
        let at = sheet.clinic_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(1, 700))
                .max(sheet.person.born),
        );
        let by = sheet.someone();
        sheet.vision_prescription(at, by);
    }
    let person = sheet.person;
    if person.female && (28..43).contains(&person.age) && happens(sheet.aside(2).word(), 1_500) {
        let at = sheet.clinic_hour(sheet.last_day().plus(-sheet.dice.between(1, 900)));
        let by = sheet.someone();
        sheet.restricted_procedure(at, by);
    }
}
