//! Consultations at the practice, letters it has received, appointments and messages, and what is
//! new on later nights.

use tributary_model::OrganisationKind;

use crate::{
    calendar::Day,
    dice::happens,
    fhir::{Booking, Contact, Course, Diagnosis, Letter, Prescription, Setting},
    life::{VisitKind, fitting},
    plan::near,
    sheet::{Id, Sheet},
    tables::{
        Term,
        events::MINOR,
        measures::{
            BLOOD_COUNT, INFLAMMATION, KIDNEY, LIVER, PULSE, SATURATION, TEMPERATURE, WEIGHT,
        },
        sct,
        texts::{ADVICE, FINDINGS},
        words,
    },
};

/// How far back consultations reach, in days.
const REACH: i32 = 3 * 365;
/// Of 100,000 people so many are in contact with the practice in a night.
const IN_A_NIGHT: u64 = 2_600;

const CONSULTATION: Term = sct("11429006", "Consultation");
const TELEPHONE: Term = sct("185317003", "Telephone encounter");
const HOME_VISIT: Term = sct("439708006", "Home visit");
const CLINIC_LETTER: Term = words("Outpatient clinic letter");
const DISCHARGE_LETTER: Term = sct("373942005", "Discharge summary");

/// Writes the contacts.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.part(20);
    let person = sheet.person;
    let until = sheet.last_day();
    let span = until.since(person.born).clamp(1, REACH);
    let burden = f64::from(u32::try_from(person.conditions.len()).unwrap_or(9));
    let a_year = match person.age {
        ..5 => 2.2,
        5..18 => 0.8,
        18..50 => 1.0,
        50..75 => 1.3,
        _ => 2.0,
    } + 0.35 * burden
        + 1.6 * f64::from(person.frailty);
    for _ in 0..sheet.dice.times(a_year * f64::from(span) / 365.0) {
        let day = until.plus(-sheet.dice.between(1, span));
        consultation(sheet, day);
    }
    sheet.part(21);
    letters(sheet);
    sheet.part(22);
    appointments(sheet);
    sheet.part(23);
    odd(sheet);
    sheet.nights(IN_A_NIGHT, |sheet, day| {
        let encounter = consultation(sheet, day);
        if sheet.dice.chance(5_000) {
            let at = sheet.clinic_hour(day);
            let by = sheet.someone();
            let setting = Setting {
                at,
                encounter: Some(encounter),
                by,
            };
            sheet.panel(
                if sheet.person.key.is_multiple_of(2) {
                    &KIDNEY
                } else {
                    &BLOOD_COUNT
                },
                setting,
            );
        }
    });
}

fn consultation(sheet: &mut Sheet<'_>, day: Day) -> Id {
    let person = sheet.person;
    let place = fitting(&sheet.dice, &MINOR, day.age(person.born), |minor| {
        minor.ages
    });
    let minor = MINOR.get(place);
    let start = sheet.clinic_hour(day);
    let by = sheet.someone();
    let (what, class, place) = match sheet.dice.below(20) {
        0..7 => (&TELEPHONE, "VR", "By telephone"),
        7 if person.frailty > 0 => (&HOME_VISIT, "HH", "At home"),
        _ => (&CONSULTATION, "AMB", "Surgery"),
    };
    let end = start.plus_minutes(sheet.dice.between(6, 18));
    let reason = minor.map(|minor| &minor.term);
    let contact = Contact {
        class,
        what,
        start,
        end: Some(end),
        reason,
        by,
        place,
        outcome: "",
    };
    let encounter = sheet.contact(&contact);
    let Some(minor) = minor.filter(|_| sheet.dice.chance(5_500)) else {
        return encounter;
    };
    let note = if sheet.dice.chance(4_000) {
        sheet.dice.pick(&crate::tables::texts::NOTES)
    } else {
        ""
    };
    let until = day.plus(sheet.dice.between(4, 30));
    let over = until < sheet.start;
    let problem = sheet.diagnosis(&Diagnosis {
        clinical: if over { "resolved" } else { "active" },
        until: over.then_some(until),
        category: "encounter-diagnosis",
        encounter: Some(encounter),
        note,
        ..Diagnosis::problem(&minor.term, start, by)
    });
    if let Some(medicine) = minor.given.filter(|_| sheet.dice.chance(7_000)) {
        sheet.prescription(&Prescription {
            medicine,
            strength: 0,
            status: if over { "completed" } else { "active" },
            course: Course::Acute,
            since: start,
            until: Some(day.plus(7)),
            last_issued: Some(day),
            stopped_because: "",
            reason: Some((problem, &minor.term)),
            encounter: Some(encounter),
            by,
        });
    }
    signs(
        sheet,
        Setting {
            at: start,
            encounter: Some(encounter),
            by,
        },
    );
    encounter
}

fn signs(sheet: &mut Sheet<'_>, setting: Setting<'_>) {
    let age = setting.at.day.age(sheet.person.born);
    if age >= 16 && sheet.dice.chance(3_500) {
        sheet.blood_pressure(setting);
        sheet.measured(&PULSE, setting);
    }
    if sheet.dice.chance(2_500) {
        sheet.measured(&TEMPERATURE, setting);
        if sheet.dice.chance(5_000) {
            sheet.measured(&SATURATION, setting);
        }
    }
    if age >= 18 && sheet.dice.chance(1_200) {
        sheet.measured(&WEIGHT, setting);
    }
    if age >= 30 && sheet.dice.chance(900) {
        let panels = [&BLOOD_COUNT, &LIVER, &INFLAMMATION, &KIDNEY];
        let panel = sheet.dice.pick(&panels);
        sheet.panel(panel, setting);
    }
}

/// The practice files the letters that hospitals send about visits.
fn letters(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    for visit in &person.visits {
        let filed = visit.day.plus(visit.nights + sheet.dice.between(2, 15));
        let wanted = match visit.kind {
            VisitKind::Admission(_) => 8_000,
            VisitKind::Operation(_) => 7_000,
            VisitKind::Clinic(_) => 2_600,
            VisitKind::Emergency(_) => 3_000,
        };
        let draws = (sheet.dice.chance(wanted), sheet.dice.chance(1_500));
        let text = [sheet.dice.pick(&FINDINGS), sheet.dice.pick(&ADVICE)];
        let at = sheet.clinic_hour(filed);
        if filed >= sheet.start || !draws.0 {
            continue;
        }
        let (what, title) = match visit.kind {
            VisitKind::Clinic(clinic) => (&CLINIC_LETTER, format!("Letter from {clinic}")),
            VisitKind::Emergency(_) => {
                (&DISCHARGE_LETTER, "Emergency department letter".to_owned())
            }
            VisitKind::Admission(_) | VisitKind::Operation(_) => {
                (&DISCHARGE_LETTER, "Hospital discharge letter".to_owned())
            }
        };
        let by = trust(sheet, visit.away);
        let html = draws.1;
        sheet.letter(&Letter {
            what,
            title: &title,
            at,
            encounter: None,
            by,
            from: by,
            text: &text,
            html,
        });
    }
}

/// The name of the acute trust that a visit was to.
fn trust<'a>(sheet: &Sheet<'a>, away: bool) -> &'a str {
    let sites = sheet.plan.sites().iter();
    let mut trusts = sites.filter(|site| site.organisation.kind == OrganisationKind::AcuteTrust);
    let trust = trusts.find(|site| near(sheet.person, site) != away);
    trust.map_or("Hospital", |site| &site.organisation.name)
}

fn appointments(sheet: &mut Sheet<'_>) {
    const WHAT: [&str; 5] = [
        "Blood test with practice nurse",
        "Long-term condition review",
        "GP appointment",
        "Vaccination clinic",
        "Telephone call from GP",
    ];
    let person = sheet.person;
    if person.died.is_some_and(|died| died < sheet.start) {
        return;
    }
    let mean = 0.7 + 0.2 * f64::from(u32::try_from(person.conditions.len()).unwrap_or(9));
    for _ in 0..sheet.dice.times(mean) {
        let day = sheet
            .start
            .plus(sheet.dice.between(-250, 75))
            .max(person.born);
        let at = sheet.clinic_hour(day);
        let what = sheet.dice.pick(&WHAT);
        let by = sheet.someone();
        let missed = match sheet.dice.below(100) {
            0..6 => Some("cancelled"),
            6..10 if day < sheet.start => Some("noshow"),
            _ => None,
        };
        sheet.appointment(&Booking {
            what,
            at,
            minutes: 10,
            by,
            place: "Surgery",
            missed,
        });
        if sheet.dice.chance(1_500) {
            let at =
                sheet.clinic_hour(day.plus(-7).min(sheet.last_day().plus(-1)).max(person.born));
            let text = "Reminder: you have an appointment at the surgery. Reply CANCEL if you cannot come.";
            sheet.message(text, at, "Practice reception");
        }
    }
}

/// Now and then an extract is broken.
fn odd(sheet: &mut Sheet<'_>) {
    if happens(sheet.aside(1).word(), 500) {
        let day = sheet
            .last_day()
            .plus(-sheet.dice.between(1, 900))
            .max(sheet.person.born);
        let at = sheet.clinic_hour(day);
        sheet.observation_of_nobody(&TEMPERATURE, at);
    }
}
