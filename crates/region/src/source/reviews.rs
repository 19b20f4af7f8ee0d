//! Yearly reviews of long-term conditions, screening, children's growth, pregnancy.

use crate::{
    calendar::Day,
    fhir::{Contact, Operation, Setting},
    person::Has,
    sheet::Sheet,
    tables::{
        Term,
        conditions::Nature,
        loinc,
        measures::{
            ANTICOAGULANT, BMI, DIABETES, GESTATION, HEAD, HEIGHT, LITHIUM_LEVEL, PEAK_FLOW, PHQ9,
            Panel, SATURATION, THYROID, WEIGHT,
        },
        sct, words,
    },
};

const REVIEW: Term = words("Long-term condition annual review");
const CHECK_UP: Term = sct("185349003", "Encounter for check up");
const MEDICATION_REVIEW: Term = sct("182836005", "Review of medication");
const SMOKING: Term = loinc("72166-2", "Tobacco smoking status");

/// Writes the reviews.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.part(10);
    yearly(sheet);
    sheet.part(15);
    monitoring(sheet);
    sheet.part(11);
    habits(sheet);
    sheet.part(12);
    growth(sheet);
    sheet.part(13);
    pregnancy(sheet);
    sheet.part(14);
    screening(sheet);
}

fn yearly(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let reviewed = |has: &Has| {
        has.condition.nature != Nature::Dialysis
            && has.condition.nature != Nature::Sensitive
            && (!has.condition.panels.is_empty() || !has.condition.medicines.is_empty())
    };
    let Some(first) = person
        .conditions
        .iter()
        .filter(|has| reviewed(has))
        .map(|has| has.since)
        .min()
    else {
        return;
    };
    let until = sheet.last_day();
    let years = 1 + sheet.dice.between(0, 2);
    let anniversary = sheet.dice.between(0, 364);
    for back in (0..years).rev() {
        let day = until.plus(-anniversary - 365 * back);
        if day > first && sheet.dice.chance(8_600) {
            review(sheet, day);
        }
    }
}

fn review(sheet: &mut Sheet<'_>, day: Day) {
    let person = sheet.person;
    let start = sheet.clinic_hour(day);
    let by = sheet.someone();
    let encounter = sheet.contact(&Contact {
        class: "AMB",
        what: &CHECK_UP,
        start,
        end: Some(start.plus_minutes(20)),
        reason: Some(&REVIEW),
        by,
        place: "Surgery, nurse clinic",
        outcome: "",
    });
    let setting = Setting {
        at: start,
        encounter: Some(encounter),
        by,
    };
    for what in [&REVIEW, &MEDICATION_REVIEW] {
        if sheet.dice.chance(5_500) {
            sheet.procedure(&Operation {
                what,
                start,
                minutes: 15,
                encounter: Some(encounter),
                by,
                reason: None,
                outcome: "",
            });
        }
    }
    if person.age >= 16 {
        sheet.blood_pressure(setting);
        sheet.measured(&WEIGHT, setting);
        if sheet.dice.chance(6_000) {
            sheet.measured(&BMI, setting);
        }
    }
    if person.has_code("195967001") || person.has_code("13645005") {
        sheet.measured(&PEAK_FLOW, setting);
        sheet.measured(&SATURATION, setting);
    }
    if person.has(Nature::Mood) {
        sheet.measured(&PHQ9, setting);
    }
    let mut done: Vec<&str> = Vec::new();
    let due = person
        .conditions
        .iter()
        .filter(|has| has.since < day && has.condition.nature != Nature::Dialysis);
    for panel in due.flat_map(|has| has.condition.panels.iter().copied()) {
        let panel: &Panel = panel;
        if !done.contains(&panel.term.code) && sheet.dice.chance(6_500) {
            done.push(panel.term.code);
            sheet.panel(panel, setting);
        }
    }
}

/// Bloods that are taken again and again between reviews, for years.
fn monitoring(sheet: &mut Sheet<'_>) {
    // Which panel, every how many days, for how many years.
    let plan: [(&Panel, i32, i32); 4] = [
        (&DIABETES, 182, 6),
        (&THYROID, 365, 5),
        (&LITHIUM_LEVEL, 91, 3),
        (&ANTICOAGULANT, 28, 2),
    ];
    let person = sheet.person;
    let until = sheet.last_day();
    for (panel, every, years) in plan {
        let measured = |has: &&Has| {
            let panels = has.condition.panels;
            panels.iter().any(|one| one.term == panel.term)
                && has.condition.nature != Nature::Psychosis
                || panel.term == LITHIUM_LEVEL.term && has.condition.term.code == "13746004"
        };
        let Some(since) = person
            .conditions
            .iter()
            .filter(measured)
            .map(|has| has.since)
            .min()
        else {
            continue;
        };
        let mut day = since
            .max(until.plus(-365 * years))
            .plus(sheet.dice.between(5, every));
        while day < until {
            let at = sheet.clinic_hour(day);
            if sheet.dice.chance(8_000) {
                sheet.panel(
                    panel,
                    Setting {
                        at,
                        encounter: None,
                        by: "",
                    },
                );
            }
            day = day.plus(every + sheet.dice.between(-9, 20));
        }
    }
}

fn habits(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    if person.age < 16 {
        return;
    }
    let smoking = match person.smoker {
        0 => sct("266919005", "Never smoked tobacco"),
        1 => sct("8517006", "Ex-smoker"),
        _ => sct("77176002", "Smoker"),
    };
    for _ in 0..=sheet.dice.below(2) {
        let at = sheet.clinic_hour(
            person
                .until(sheet.start)
                .plus(-sheet.dice.between(1, 1_600)),
        );
        let by = sheet.someone();
        sheet.finding(
            &SMOKING,
            &smoking,
            "social-history",
            Setting {
                at,
                encounter: None,
                by,
            },
        );
    }
    if sheet.dice.chance(5_000) {
        let at = sheet.clinic_hour(
            person
                .until(sheet.start)
                .plus(-sheet.dice.between(1, 2_600)),
        );
        let by = sheet.someone();
        sheet.measured(
            &HEIGHT,
            Setting {
                at,
                encounter: None,
                by,
            },
        );
    }
}

/// Weights and lengths of children, along a plain growth curve of the child's own.
fn growth(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    if person.age >= 12 {
        return;
    }
    let own = sheet.aside(12).around(1.0, 0.09).clamp(0.75, 1.3);
    for months in [0, 2, 4, 9, 13, 27, 42, 60, 84, 120] {
        let day = person.born.plus(months * 30 + sheet.dice.between(5, 20));
        if day >= sheet.start || !sheet.dice.chance(8_000) {
            continue;
        }
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        let setting = Setting {
            at,
            encounter: None,
            by,
        };
        let age = f64::from(months) / 12.0;
        let weight = own
            * if months < 12 {
                3.6 + 0.52 * f64::from(months)
            } else {
                7.6 + 2.3 * age + 0.05 * age * age
            };
        let length = own.sqrt()
            * if months < 12 {
                51.0 + 2.0 * f64::from(months)
            } else {
                69.0 + 6.6 * age
            };
        sheet.measured_as(
            &WEIGHT,
            weight,
            "vital-signs",
            setting,
            crate::sheet::Fate::MayGo,
        );
        sheet.measured_as(
            &HEIGHT,
            length,
            "vital-signs",
            setting,
            crate::sheet::Fate::MayGo,
        );
        if months < 12 {
            sheet.measured_as(
                &HEAD,
                35.5 + 1.0 * f64::from(months),
                "vital-signs",
                setting,
                crate::sheet::Fate::MayGo,
            );
        }
    }
}

fn pregnancy(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let Some(due) = person.due else { return };
    let booked = due.plus(-200);
    if booked >= sheet.start {
        return;
    }
    let at = sheet.clinic_hour(booked);
    let by = sheet.someone();
    let setting = Setting {
        at,
        encounter: None,
        by,
    };
    let status = loinc("82810-3", "Pregnancy status");
    let pregnant = sct("77386006", "Pregnant");
    sheet.finding(&status, &pregnant, "social-history", setting);
    sheet.dated(&loinc("11778-8", "Delivery date estimated"), due, setting);
    let mut day = booked;
    while day < sheet.start.min(due) {
        let start = sheet.clinic_hour(day);
        let by = sheet.someone();
        let encounter = sheet.contact(&Contact {
            class: "AMB",
            what: &words("Antenatal check"),
            start,
            end: Some(start.plus_minutes(20)),
            reason: Some(&pregnant),
            by,
            place: "Midwife clinic",
            outcome: "",
        });
        let setting = Setting {
            at: start,
            encounter: Some(encounter),
            by,
        };
        let weeks = f64::from(280 - due.since(day)) / 7.0;
        sheet.measured_as(
            &GESTATION,
            weeks.floor(),
            "exam",
            setting,
            crate::sheet::Fate::MayGo,
        );
        sheet.blood_pressure(setting);
        day = day.plus(28);
    }
    if due < sheet.start {
        let at = sheet.clinic_hour(due.plus(8));
        let over = words("Not pregnant: delivered");
        sheet.finding(
            &status,
            &over,
            "social-history",
            Setting {
                at,
                encounter: None,
                by,
            },
        );
    }
}

fn screening(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let smear = sct("171149006", "Screening for malignant neoplasm of cervix");
    let bowel = words("Bowel cancer screening test");
    let breast = sct("24623002", "Screening mammography");
    let plan: [(&Term, bool, (i32, i32), i32); 3] = [
        (&smear, person.female, (25, 64), 3 * 365),
        (&breast, person.female, (50, 71), 3 * 365),
        (&bowel, true, (54, 74), 2 * 365),
    ];
    for (what, fits, (from, to), every) in plan {
        let mut day = person
            .until(sheet.start)
            .plus(-sheet.dice.between(20, every));
        for _ in 0..2 {
            let age = day.age(person.born);
            if fits && (from..=to).contains(&age) && sheet.dice.chance(7_000) {
                let start = sheet.clinic_hour(day);
                let by = sheet.someone();
                let outcome = if sheet.dice.chance(9_300) {
                    "Normal"
                } else {
                    "Further tests needed"
                };
                sheet.procedure(&Operation {
                    what,
                    start,
                    minutes: 10,
                    encounter: None,
                    by,
                    reason: None,
                    outcome,
                });
            }
            day = day.plus(-every);
        }
    }
}
