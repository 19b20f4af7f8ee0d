//! What the cancer trust holds: the diagnosis with its stage, the plan, cycles of chemotherapy,
//! radiotherapy, follow-up.

use crate::{
    fhir::{Booking, CarePlan, Contact, Diagnosis, Letter, Operation, Report, Setting},
    person::Has,
    sheet::Sheet,
    tables::{
        Term,
        conditions::{Nature, REGIMENS, Regimen},
        measures::{BLOOD_COUNT, KIDNEY, LIVER, WEIGHT},
        sct,
        texts::{ADVICE, FINDINGS},
        words,
    },
};

const STAGES: [&str; 6] = [
    "Stage I (T1 N0 M0)",
    "Stage IIA (T2 N0 M0)",
    "Stage IIB (T2 N1 M0)",
    "Stage IIIA (T3 N1 M0)",
    "Stage IIIB (T3 N2 M0)",
    "Stage IV (M1)",
];
/// Of 100,000 patients so many have a new contact in a night.
const IN_A_NIGHT: u64 = 5_000;

/// Writes what the trust holds.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    let person = sheet.person;
    let cancers = || {
        person
            .conditions
            .iter()
            .filter(|has| has.condition.nature == Nature::Cancer && sheet_recent(has, sheet.start))
    };
    let Some(first) = cancers().map(|has| has.since).min() else {
        return;
    };
    let cancers: Vec<&Has> = cancers().collect();
    sheet.episode(
        "-care",
        "cancer care",
        first.plus(20).min(sheet.start),
        None,
    );
    for (part, has) in (10..).zip(cancers) {
        let regimen = REGIMENS
            .iter()
            .find(|regimen| regimen.treats == has.condition.term.code);
        if let Some(regimen) = regimen {
            sheet.part(part);
            treatment(sheet, has, regimen);
        }
    }
    sheet.nights(IN_A_NIGHT, |sheet, day| {
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        sheet.panel(
            &BLOOD_COUNT,
            Setting {
                at,
                encounter: None,
                by,
            },
        );
    });
}

fn sheet_recent(has: &Has, start: crate::calendar::Day) -> bool {
    start.since(has.since) < 2_900
}

fn treatment(sheet: &mut Sheet<'_>, has: &Has, regimen: &Regimen) {
    let by = sheet.responsible();
    let day = has.since.plus(sheet.dice.between(15, 40)).min(sheet.start);
    let seen = sheet.clinic_hour(day);
    let stage = sheet.dice.pick(&STAGES);
    let encounter = visit(sheet, day, &has.condition.term, "New patient clinic");
    sheet.diagnosis(&Diagnosis {
        stage,
        site: Some(&regimen.site),
        encounter: Some(encounter),
        ..Diagnosis::problem(&has.condition.term, seen, by)
    });
    let setting = Setting {
        at: seen,
        encounter: Some(encounter),
        by,
    };
    sheet.finding(
        &words("Performance status (ECOG)"),
        &words(sheet_status(sheet.person.frailty)),
        "exam",
        setting,
    );
    let what = words("Histopathology report");
    let conclusion = format!("{}. {stage}.", has.condition.term.display);
    let report = Report {
        status: "final",
        what: &what,
        category: ("PAT", "Pathology"),
        results: &[],
        conclusion: &conclusion,
    };
    sheet.report(&report, setting);
    let ends = day.plus(regimen.cycle_days * 6 + 60);
    let over = ends < sheet.start;
    let until = over.then(|| ends.at(16, 0, 0));
    sheet.care_plan(&CarePlan {
        title: regimen.name,
        category: &sct("736252007", "Cancer care plan"),
        since: seen,
        until,
        activities: &[
            regimen.name,
            "Radiotherapy planning",
            "Holistic needs assessment",
            "Acute oncology helpline card given",
        ],
        goal: None,
        team: None,
        by,
        note: "In case of fever ring the acute oncology helpline at once.",
    });
    if sheet.dice.chance(6_500) {
        let start = day.plus(18).min(sheet.start).at(9, 0, 0);
        let outcome = "Clear margins";
        sheet.procedure(&Operation {
            what: &regimen.operation,
            start,
            minutes: 180,
            encounter: None,
            by,
            reason: Some(&has.condition.term),
            outcome,
        });
    }
    cycles(sheet, day.plus(40), regimen);
    follow_up(sheet, day.plus(200), has);
}

fn sheet_status(frailty: u8) -> &'static str {
    [
        "0: fully active",
        "1: restricted in strenuous activity",
        "2: up more than half of the day",
        "3: in bed or chair more than half of the day",
    ]
    .get(usize::from(frailty))
    .copied()
    .unwrap_or("0: fully active")
}

fn cycles(sheet: &mut Sheet<'_>, first: crate::calendar::Day, regimen: &Regimen) {
    let count = sheet.dice.between(3, 6);
    for cycle in 0..count {
        let day = first.plus(cycle * regimen.cycle_days);
        if day > sheet.start || !sheet.alive(day) {
            return;
        }
        let encounter = visit(
            sheet,
            day,
            &sct("367336001", "Chemotherapy"),
            "Chemotherapy day unit",
        );
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        let setting = Setting {
            at: at.plus_minutes(-30),
            encounter: Some(encounter),
            by,
        };
        sheet.panel(&BLOOD_COUNT, setting);
        sheet.panel(&LIVER, setting);
        sheet.measured(&WEIGHT, setting);
        let note = format!("Cycle {} of {count}: {}", cycle + 1, regimen.name);
        for drug in regimen.drugs {
            sheet.administered(drug, at, Some(encounter), by, &note);
        }
    }
    if sheet.dice.chance(5_000) {
        for fraction in 0..15 {
            let day = first.plus(count * regimen.cycle_days + 20 + fraction + fraction / 5 * 2);
            if day <= sheet.start && sheet.alive(day) {
                let start = sheet.clinic_hour(day);
                let by = sheet.someone();
                sheet.procedure(&Operation {
                    what: &sct("108290001", "Radiation therapy"),
                    start,
                    minutes: 15,
                    encounter: None,
                    by,
                    reason: None,
                    outcome: "Fraction delivered",
                });
            }
        }
    }
}

fn follow_up(sheet: &mut Sheet<'_>, first: crate::calendar::Day, has: &Has) {
    let mut day = first;
    while day < sheet.start && sheet.alive(day) {
        let encounter = visit(sheet, day, &has.condition.term, "Follow-up clinic");
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        sheet.panel(
            &KIDNEY,
            Setting {
                at,
                encounter: Some(encounter),
                by,
            },
        );
        let text = [sheet.dice.pick(&FINDINGS), sheet.dice.pick(&ADVICE)];
        let html = sheet.dice.chance(3_000);
        let what = words("Oncology clinic letter");
        sheet.letter(&Letter {
            what: &what,
            title: "Oncology follow-up",
            at,
            encounter: Some(encounter),
            by,
            from: &sheet.site.organisation.name,
            text: &text,
            html,
        });
        day = day.plus(182);
    }
    if sheet.alive(sheet.start) {
        let at = sheet.clinic_hour(day.max(sheet.start.plus(1)));
        let by = sheet.someone();
        sheet.appointment(&Booking {
            what: "Oncology follow-up",
            at,
            minutes: 20,
            by,
            place: "Follow-up clinic",
            missed: None,
        });
    }
}

fn visit(
    sheet: &mut Sheet<'_>,
    day: crate::calendar::Day,
    reason: &Term,
    place: &str,
) -> crate::sheet::Id {
    let start = sheet.clinic_hour(day);
    let by = sheet.someone();
    sheet.contact(&Contact {
        class: "AMB",
        what: &words("Oncology attendance"),
        start,
        end: Some(start.plus_minutes(60)),
        reason: Some(reason),
        by,
        place,
        outcome: "",
    })
}
