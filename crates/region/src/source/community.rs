//! What the mental health and community trust holds: caseload, diagnoses, crisis plans, care
//! coordinators, hospital-only medicines, and district nursing for the frail.

use crate::{
    calendar::Day,
    fhir::{
        Alert, Booking, CarePlan, Contact, Course, Diagnosis, Letter, Operation, Prescription,
        Setting,
    },
    person::Has,
    sheet::{Id, Sheet},
    tables::{
        Term,
        conditions::Nature,
        measures::{BLOOD_COUNT, PHQ9, PULSE, WEIGHT},
        medicines::{CLOZAPINE, DEPOT},
        sct,
        texts::{ADVICE, FINDINGS},
        words,
    },
};

/// Of 100,000 patients so many have a new contact in a night.
const IN_A_NIGHT: u64 = 3_000;

/// Writes what the trust holds.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    let person = sheet.person;
    let days = sheet.aside(1).between(100, 1_500);
    let since = sheet.last_day().plus(-days).max(person.born);
    sheet.episode("-care", "community caseload", since, None);
    if sheet.aside(3).chance(6_000) {
        sheet.referral(since.plus(-14).max(person.born), None);
    }
    let mental = person.conditions.iter().find(|has| {
        matches!(
            has.condition.nature,
            Nature::Psychosis | Nature::Mood | Nature::Dementia | Nature::Learning
        )
    });
    if let Some(has) = mental {
        sheet.part(1);
        mental_health(sheet, has, since);
    }
    if mental.is_none() || person.frailty > 1 {
        sheet.part(2);
        district_nursing(sheet, since);
    }
    sheet.nights(IN_A_NIGHT, |sheet, day| {
        let (class, place) = if sheet.person.frailty > 0 {
            ("HH", "At home")
        } else {
            ("AMB", "Team base")
        };
        let reason = words("Planned contact");
        visit(sheet, day, &reason, class, place);
    });
}

fn mental_health(sheet: &mut Sheet<'_>, has: &Has, since: Day) {
    let person = sheet.person;
    let severe = has.condition.nature == Nature::Psychosis;
    let by = sheet.responsible();
    let first = sheet.clinic_hour(since);
    let encounter = visit(
        sheet,
        since,
        &has.condition.term,
        "AMB",
        "Assessment clinic",
    );
    let problem = sheet.diagnosis(&Diagnosis {
        encounter: Some(encounter),
        severity: if severe { "Severe" } else { "Moderate" },
        ..Diagnosis::problem(&has.condition.term, first, by)
    });
    let team_name = match has.condition.nature {
        Nature::Dementia => "Memory assessment service",
        Nature::Learning => "Learning disability and neurodevelopmental team",
        _ if person.age < 18 => "Child and adolescent mental health team",
        _ => "Community mental health team",
    };
    let consultant = sheet.someone();
    let telephone = sheet.site.telephone.clone();
    let people = [
        ("Care coordinator", by),
        ("Responsible clinician", consultant),
    ];
    let team = sheet.care_team(team_name, first, &people, &telephone);
    let goal = sheet.goal(
        "To stay well at home and keep in touch with family",
        since,
        by,
    );
    plan(sheet, severe, (team, goal), first, by);
    if severe {
        risks(sheet, first, by);
        hospital_medicine(sheet, (problem, &has.condition.term), since);
    }
    contacts(sheet, &has.condition.term, since);
    let at = sheet.clinic_hour(
        person
            .until(sheet.start)
            .plus(-sheet.dice.between(5, 200))
            .max(since),
    );
    let answers = [
        (
            "How often have you been bothered by little interest or pleasure in doing things?",
            "More than half the days",
        ),
        (
            "How often have you felt down, depressed or hopeless?",
            "Several days",
        ),
        ("Trouble sleeping?", "Nearly every day"),
    ];
    sheet.answers("PHQ-9 questionnaire", at, by, &answers);
    sheet.measured(
        &PHQ9,
        Setting {
            at,
            encounter: None,
            by,
        },
    );
    if sheet.alive(sheet.start) {
        let at = sheet.clinic_hour(sheet.start.plus(sheet.dice.between(1, 60)));
        sheet.appointment(&Booking {
            what: team_name,
            at,
            minutes: 45,
            by,
            place: "Team base",
            missed: None,
        });
    }
}

fn plan(
    sheet: &mut Sheet<'_>,
    severe: bool,
    (team, goal): (Id, Id),
    since: crate::calendar::Moment,
    by: &str,
) {
    let (title, activities): (&str, &[&str]) = if severe {
        (
            "Crisis plan",
            &[
                "Early signs: not sleeping, hearing voices more, not answering the telephone",
                "First: ring the care coordinator in working hours",
                "Out of hours: ring the crisis line, 01632 960999, at any hour",
                "Medicines that have helped: lorazepam 1 mg; not haloperidol",
            ],
        )
    } else {
        (
            "Mental health care plan",
            &[
                "Guided self-help",
                "Medication review every three months",
                "Relapse signs discussed",
            ],
        )
    };
    sheet.care_plan(&CarePlan {
        title,
        category: &words(if severe {
            "Mental health crisis plan"
        } else {
            "Mental health care plan"
        }),
        since,
        until: None,
        activities,
        goal: Some(goal),
        team: Some(team),
        by,
        note: "",
    });
}

fn risks(sheet: &mut Sheet<'_>, since: crate::calendar::Moment, by: &str) {
    let risks = [
        (
            "Mental Health Act 1983: section 3 (admission for treatment)",
            "clinical",
            500,
        ),
        (
            "Mental Health Act 1983: community treatment order",
            "clinical",
            900,
        ),
        ("Risk of self-harm", "behavioral", 3_000),
        ("Risk to staff: visit in pairs", "behavioral", 700),
        ("Safeguarding adult concern", "safety", 800),
    ];
    for (risk, category, share) in risks {
        if sheet.dice.chance(share) {
            sheet.alert(&Alert {
                what: &words(risk),
                words: "",
                category,
                since,
                by,
            });
        }
    }
}

fn hospital_medicine(sheet: &mut Sheet<'_>, reason: (Id, &Term), since: Day) {
    let clozapine = sheet.dice.chance(3_000);
    let medicine = if clozapine { &CLOZAPINE } else { &DEPOT };
    if !clozapine && !sheet.dice.chance(5_500) {
        return;
    }
    let start = sheet.clinic_hour(since.plus(30).min(sheet.start));
    let by = sheet.someone();
    let issued = sheet
        .last_day()
        .plus(-sheet.dice.between(1, 27))
        .max(start.day);
    sheet.prescription(&Prescription {
        medicine,
        strength: usize::from(sheet.person.key.is_multiple_of(2)),
        status: "active",
        course: Course::HospitalOnly,
        since: start,
        until: None,
        last_issued: Some(issued),
        stopped_because: "",
        reason: Some(reason),
        encounter: None,
        by,
    });
    let mut day = start.day.max(sheet.last_day().plus(-400));
    while day < sheet.start && sheet.alive(day) {
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        if clozapine {
            sheet.panel(
                &BLOOD_COUNT,
                Setting {
                    at,
                    encounter: None,
                    by,
                },
            );
        } else {
            sheet.administered(
                medicine,
                at,
                None,
                by,
                "Given in the deltoid at the depot clinic",
            );
        }
        day = day.plus(28);
    }
}

fn contacts(sheet: &mut Sheet<'_>, reason: &Term, since: Day) {
    let mut day = since.plus(sheet.dice.between(10, 40));
    while day < sheet.start && sheet.alive(day) {
        let encounter = visit(sheet, day, reason, "AMB", "Team base");
        if sheet.dice.chance(1_200) {
            let at = sheet.clinic_hour(day);
            let by = sheet.someone();
            let text = [sheet.dice.pick(&FINDINGS), sheet.dice.pick(&ADVICE)];
            let what = words("Mental health clinic letter");
            sheet.letter(&Letter {
                what: &what,
                title: "Review in clinic",
                at,
                encounter: Some(encounter),
                by,
                from: &sheet.site.organisation.name,
                text: &text,
                html: false,
            });
        }
        day = day.plus(sheet.dice.between(28, 110));
    }
}

fn district_nursing(sheet: &mut Sheet<'_>, since: Day) {
    let person = sheet.person;
    let by = sheet.responsible();
    let first = sheet.clinic_hour(since);
    let telephone = sheet.site.telephone.clone();
    let team = sheet.care_team(
        "District nursing team",
        first,
        &[("Named nurse", by)],
        &telephone,
    );
    sheet.care_plan(&CarePlan {
        title: "Community nursing care plan",
        category: &words("Community nursing"),
        since: first,
        until: None,
        activities: &[
            "Pressure area care",
            "Wound dressing twice a week",
            "Review of skin and continence",
        ],
        goal: None,
        team: Some(team),
        by,
        note: "Key safe at the door.",
    });
    if sheet.dice.chance(4_000) {
        let what = sct("129839007", "At risk for falls");
        sheet.alert(&Alert {
            what: &what,
            words: "",
            category: "safety",
            since: first,
            by,
        });
    }
    let dressing = sct("182531007", "Dressing of wound");
    let mut day = since.max(sheet.last_day().plus(-365));
    while day < sheet.start && sheet.alive(day) {
        let encounter = visit(sheet, day, &dressing, "HH", "At home");
        let start = sheet.clinic_hour(day);
        let by = sheet.someone();
        if sheet.dice.chance(6_000) {
            sheet.procedure(&Operation {
                what: &dressing,
                start,
                minutes: 20,
                encounter: Some(encounter),
                by,
                reason: None,
                outcome: "Healing",
            });
        }
        if sheet.dice.chance(1_500) {
            let setting = Setting {
                at: start,
                encounter: Some(encounter),
                by,
            };
            sheet.measured(&PULSE, setting);
            sheet.measured(&WEIGHT, setting);
        }
        day = day.plus(sheet.dice.between(7, 50) - 5 * i32::from(person.frailty));
    }
}

fn visit(sheet: &mut Sheet<'_>, day: Day, reason: &Term, class: &str, place: &str) -> Id {
    let start = sheet.clinic_hour(day);
    let by = sheet.someone();
    let what = words(if class == "HH" {
        "Community nurse visit"
    } else {
        "Mental health team contact"
    });
    let end = Some(start.plus_minutes(sheet.dice.between(15, 60)));
    sheet.contact(&Contact {
        class,
        what: &what,
        start,
        end,
        reason: Some(reason),
        by,
        place,
        outcome: "",
    })
}
