//! What a council holds: the case, needs, services, social worker, safeguarding.

use crate::{
    calendar::Day,
    fhir::{Alert, CarePlan},
    sheet::Sheet,
    tables::{
        sct,
        texts::{NEEDS, SERVICES},
        words,
    },
};

/// Of 100,000 cases so many have something new in a night.
const IN_A_NIGHT: u64 = 2_500;

/// Writes what the council holds.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    let person = sheet.person;
    let dice = sheet.aside(1);
    let until = sheet.last_day();
    let since = until.plus(-dice.between(40, 1_400)).max(person.born);
    let closed = dice.chance(2_000) && person.care.child_case < 2;
    let end = closed.then(|| since.plus(dice.between(30, 400)).min(until));
    sheet.episode("-case", "social care case", since, end);
    sheet.part(1);
    if person.care.child_case > 0 {
        child(sheet, since);
    } else {
        adult(sheet, since, end);
    }
    sheet.nights(IN_A_NIGHT, |sheet, day| {
        let at = sheet.clinic_hour(day);
        let by = sheet.someone();
        let service = sheet.dice.pick(&SERVICES);
        sheet.task(service, "requested", at, by);
    });
}

fn adult(sheet: &mut Sheet<'_>, since: Day, end: Option<Day>) {
    let by = sheet.responsible();
    let first = sheet.clinic_hour(since);
    let mut answers: Vec<(&str, &str)> = Vec::new();
    for need in NEEDS {
        let level = sheet.dice.below(10 - u32::from(sheet.person.frailty) * 2);
        answers.push((
            need,
            match level {
                0..2 => "Unable without help",
                2..4 => "Needs some help",
                _ => "No need identified",
            },
        ));
    }
    sheet.answers("Care Act needs assessment", first, by, &answers);
    let telephone = sheet.site.telephone.clone();
    let team = sheet.care_team(
        "Adult social care team",
        first,
        &[("Allocated social worker", by)],
        &telephone,
    );
    let goal = sheet.goal("To stay living at home with support", since, by);
    let mut services: Vec<&str> = Vec::new();
    for service in SERVICES {
        if sheet.dice.chance(2_600) {
            services.push(service);
        }
    }
    if services.is_empty() {
        services.push("Information and advice");
    }
    sheet.care_plan(&CarePlan {
        title: "Care and support plan",
        category: &words("Adult social care support plan"),
        since: first,
        until: end.map(|end| end.at(16, 0, 0)),
        activities: &services,
        goal: Some(goal),
        team: Some(team),
        by,
        note: "Reviewed every twelve months.",
    });
    for service in services {
        let at = sheet.clinic_hour(since.plus(sheet.dice.between(3, 40)).min(sheet.start));
        sheet.task(
            service,
            if end.is_some() {
                "completed"
            } else {
                "in-progress"
            },
            at,
            by,
        );
    }
    if sheet.dice.chance(900) {
        let what = words("Safeguarding adult concern: section 42 enquiry");
        sheet.alert(&Alert {
            what: &what,
            words: "",
            category: "safety",
            since: first,
            by,
        });
    }
}

fn child(sheet: &mut Sheet<'_>, since: Day) {
    let by = sheet.responsible();
    let first = sheet.clinic_hour(since);
    let telephone = sheet.site.telephone.clone();
    let team = sheet.care_team(
        "Children's services team",
        first,
        &[("Allocated social worker", by)],
        &telephone,
    );
    let (title, flag) = match sheet.person.care.child_case {
        3 => (
            "Looked-after child plan",
            Some(sct("764841000000100", "Looked after child")),
        ),
        2 => (
            "Child protection plan",
            Some(words("Child protection plan")),
        ),
        _ => ("Child in need plan", None),
    };
    if let Some(what) = flag {
        sheet.alert(&Alert {
            what: &what,
            words: "",
            category: "safety",
            since: first,
            by,
        });
    }
    sheet.care_plan(&CarePlan {
        title,
        category: &words("Children's social care plan"),
        since: first,
        until: None,
        activities: &[
            "Visits every four weeks",
            "Health assessment due each year",
            "School attendance monitored",
        ],
        goal: None,
        team: Some(team),
        by,
        note: "Consult the social worker before sharing with family.",
    });
    let answers = [
        ("Is the child safe at home?", "With support"),
        ("Who holds parental responsibility?", "Mother"),
    ];
    sheet.answers("Child and family assessment", first, by, &answers);
    let at = sheet.clinic_hour(sheet.last_day().plus(-sheet.dice.between(1, 60)).max(since));
    sheet.task("Review conference", "requested", at, by);
}
