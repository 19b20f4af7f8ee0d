//! What a GP practice holds: registration, sharing codes, problems, medicines, allergies,
//! vaccinations, alerts, plans, kin. Consultations and reviews are told beside this.

use super::{contacts, is_silent, reviews};
use crate::{
    calendar::Day,
    dice::{Dice, happens, mix, tag},
    fhir::{Alert, CarePlan, Course, Diagnosis, Jab, Prescription, Reaction, Relative},
    person::{Person, Sharing},
    plan::Standing,
    sheet::{Id, Sheet},
    tables::{
        Term,
        conditions::Nature,
        events::{CHILDHOOD, COVID, INFLUENZA, PNEUMOCOCCAL, SHINGLES, Vaccine},
        medicines::Medicine,
        names::{FEMALE, MALE},
        sct,
        texts::{ADJUSTMENTS, STOPPED_BECAUSE},
        words,
    },
};

const CONSENT: Term = sct(
    "417528008",
    "Consent given for upload to local shared electronic record",
);
const REFUSAL: Term = sct(
    "416409005",
    "Refused consent for upload to local shared electronic record",
);
const NATIONAL: Term = sct(
    "416308001",
    "Refused consent for upload to national shared electronic record",
);

/// Of 100,000 people so many opt out in a night, and so many of the opted-out opt back in.
const OPTS_OUT: u64 = 80;
const OPTS_IN: u64 = 900;

/// Writes what the practice holds.
pub(super) fn write(sheet: &mut Sheet<'_>) {
    sheet.patient_line();
    registration(sheet);
    if matches!(sheet.standing, Standing::Left(_) | Standing::Temporary) {
        return;
    }
    sharing(sheet);
    sheet.part(1);
    kin(sheet);
    sheet.part(2);
    let problems = problems(sheet);
    sheet.part(3);
    medicines(sheet, &problems);
    sheet.part(4);
    allergies(sheet);
    sheet.part(5);
    vaccinations(sheet);
    sheet.part(6);
    alerts(sheet);
    sheet.part(7);
    plans(sheet);
    reviews::write(sheet);
    contacts::write(sheet);
}

fn registration(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let dice = Dice::of(person.key, 30);
    let since = person
        .born
        .max(sheet.last_day().plus(-dice.between(100, 9_000)));
    let day_of = |night: u32| sheet.start.plus(night.cast_signed() - 2);
    let died = person.died.filter(|died| died.plus(2) <= sheet.today);
    match sheet.standing {
        Standing::Here => sheet.episode("-reg", "GP registration", since, died),
        Standing::Left(night) => {
            sheet.episode("-reg", "GP registration", since, Some(day_of(night)));
        }
        Standing::Moved(night) => sheet.episode("-reg", "GP registration", day_of(night), died),
        Standing::Temporary => {
            let since = sheet.last_day().plus(-dice.between(2, 12));
            sheet.episode("-temp", "temporary GP registration", since, None);
        }
    }
}

/// The night on which a person opted out after the first, if one did by this night.
pub(crate) fn opted_out_on(person: &Person, night: u32) -> Option<u32> {
    (2..=night)
        .find(|night| happens(mix(person.key, 40_000 + u64::from(*night)), OPTS_OUT))
        .filter(|_| person.arrives == 1 && !person.sharing.refuses())
}

/// The night on which an opt-out of the first night was lifted, if it was by this night.
pub(crate) fn lifted_on(person: &Person, night: u32) -> Option<u32> {
    (2..=night)
        .find(|night| happens(mix(person.key, 50_000 + u64::from(*night)), OPTS_IN))
        .filter(|_| person.sharing == Sharing::OptOut)
}

/// Whether the practice's codes refuse sharing on a night.
pub(crate) fn opted_out_by(person: &Person, night: u32) -> bool {
    if person.sharing.refuses() {
        lifted_on(person, night).is_none()
    } else {
        opted_out_on(person, night).is_some()
    }
}

fn sharing(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let dice = Dice::of(person.key, 31);
    let before = person
        .born
        .plus(1)
        .max(sheet.last_day().plus(-dice.between(400, 2_800)));
    let after = before
        .plus(dice.between(30, 350))
        .min(sheet.last_day().plus(-1))
        .max(before);
    match person.sharing {
        Sharing::Silent => {}
        Sharing::Consent => sheet.sharing_line("-sharing", &CONSENT, Some(before)),
        Sharing::OptOut => sheet.sharing_line("-sharing", &REFUSAL, Some(before)),
        Sharing::National => sheet.sharing_line("-sharing", &NATIONAL, Some(before)),
        Sharing::UndatedConsent => sheet.sharing_line("-sharing", &CONSENT, None),
        Sharing::UndatedOptOut => sheet.sharing_line("-sharing", &REFUSAL, None),
        Sharing::Lifted => {
            sheet.sharing_line("-sharing", &REFUSAL, Some(before));
            sheet.sharing_line("-sharing-2", &CONSENT, Some(after.plus(1)));
        }
        Sharing::Withdrawn => {
            sheet.sharing_line("-sharing", &CONSENT, Some(before));
            sheet.sharing_line("-sharing-2", &REFUSAL, Some(after.plus(1)));
        }
    }
    let day_of = |night: u32| sheet.start.plus(night.cast_signed() - 2);
    if let Some(night) = lifted_on(person, sheet.night) {
        sheet.sharing_line("-sharing-3", &CONSENT, Some(day_of(night)));
    } else if let Some(night) = opted_out_on(person, sheet.night) {
        let suffix = if is_silent(person.sharing) {
            "-sharing-2"
        } else {
            "-sharing-3"
        };
        sheet.sharing_line(suffix, &REFUSAL, Some(day_of(night)));
    }
}

fn kin(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let (role, given) = match (person.age, sheet.dice.below(4)) {
        (..20, 0) => (("FTH", "father"), sheet.dice.pick(&MALE)),
        (..20, _) => (("MTH", "mother"), sheet.dice.pick(&FEMALE)),
        (_, 0..2) if person.female => (("HUSB", "husband"), sheet.dice.pick(&MALE)),
        (_, 0..2) => (("WIFE", "wife"), sheet.dice.pick(&FEMALE)),
        (60.., 2) => (("SON", "son"), sheet.dice.pick(&MALE)),
        (60.., _) => (("DAU", "daughter"), sheet.dice.pick(&FEMALE)),
        (_, 2) => (("BRO", "brother"), sheet.dice.pick(&MALE)),
        _ => (("SIS", "sister"), sheet.dice.pick(&FEMALE)),
    };
    let known = if person.age < 18 || person.age > 60 {
        8_500
    } else {
        3_500
    };
    if sheet.dice.chance(known) {
        let telephone = format!("07700 900{:03}", sheet.dice.below(1_000));
        sheet.relative(&Relative {
            role,
            given,
            family: &person.family,
            telephone: &telephone,
        });
    }
}

fn problems(sheet: &mut Sheet<'_>) -> Vec<Id> {
    const SEVERITIES: [&str; 4] = ["", "", "Mild", "Moderate"];
    let person = sheet.person;
    let mut ids = Vec::with_capacity(person.conditions.len());
    for has in &person.conditions {
        let since = sheet.clinic_hour(has.since);
        let by = sheet.someone();
        let severity = sheet.dice.pick(&SEVERITIES);
        ids.push(sheet.diagnosis(&Diagnosis {
            severity,
            ..Diagnosis::problem(&has.condition.term, since, by)
        }));
    }
    if person.frailty > 1 {
        let words = sct("248279007", "Frailty");
        let since = sheet.clinic_hour(sheet.last_day().plus(-400));
        let severity = if person.frailty > 2 {
            "Severe"
        } else {
            "Moderate"
        };
        let by = sheet.someone();
        sheet.diagnosis(&Diagnosis {
            severity,
            ..Diagnosis::problem(&words, since, by)
        });
    }
    if let Some(due) = person.due {
        let words = sct("77386006", "Pregnancy");
        let since = sheet.clinic_hour(due.plus(-230).min(sheet.start));
        let by = sheet.someone();
        let over = (due < sheet.start).then_some(due);
        let clinical = if over.is_some() { "resolved" } else { "active" };
        let stated = Diagnosis {
            clinical,
            until: over,
            ..Diagnosis::problem(&words, since, by)
        };
        sheet.diagnosis(&stated);
    }
    ids
}

fn medicines(sheet: &mut Sheet<'_>, problems: &[Id]) {
    let person = sheet.person;
    let mut taken: Vec<&str> = Vec::new();
    for (has, problem) in person.conditions.iter().zip(problems) {
        let hospital = has.condition.nature == Nature::Sensitive;
        for (medicine, share) in has.condition.medicines {
            let name = medicine.ingredient.display;
            if !takes(person, name, *share) || taken.contains(&name) {
                continue;
            }
            taken.push(name);
            let since =
                sheet.clinic_hour(has.since.plus(sheet.dice.between(3, 200)).min(sheet.start));
            let stopped = sheet.dice.chance(1_300);
            let until = since
                .day
                .plus(sheet.dice.between(60, 1_500))
                .min(sheet.last_day().plus(-3));
            let issued = sheet
                .last_day()
                .plus(-sheet.dice.between(1, 40))
                .max(since.day);
            let why = sheet.dice.pick(&STOPPED_BECAUSE);
            let by = sheet.someone();
            sheet.prescription(&Prescription {
                medicine,
                strength: strength_of(person, medicine),
                status: if stopped { "stopped" } else { "active" },
                course: if hospital {
                    Course::HospitalOnly
                } else {
                    Course::Repeat
                },
                since,
                until: stopped.then_some(until.max(since.day)),
                last_issued: (!stopped).then_some(issued),
                stopped_because: if stopped { why } else { "" },
                reason: Some((*problem, &has.condition.term)),
                encounter: None,
                by,
            });
        }
    }
}

/// Whether a person takes a medicine that this share of 10,000 takes.
pub(super) fn takes(person: &Person, name: &str, share: u32) -> bool {
    Dice::of(person.key, mix(60, tag(name))).chance(share)
}

/// The strength a person takes, as the practice has it.
pub(super) fn strength_of(person: &Person, medicine: &Medicine) -> usize {
    let drawn = Dice::of(person.key, mix(61, tag(medicine.ingredient.display)));
    drawn.place(medicine.strengths.len())
}

/// Another strength than the practice has, where there is one.
pub(super) fn other_strength(person: &Person, medicine: &Medicine) -> usize {
    let known = strength_of(person, medicine);
    if known + 1 < medicine.strengths.len() {
        known + 1
    } else {
        known.saturating_sub(1)
    }
}

fn allergies(sheet: &mut Sheet<'_>) {
    const SEVERITIES: [&str; 4] = ["mild", "mild", "moderate", "severe"];
    let person = sheet.person;
    for allergen in &person.allergies {
        let recorded = person
            .born
            .plus(sheet.dice.between(0, sheet.last_day().since(person.born)));
        let recorded = sheet.clinic_hour(recorded);
        let severity = sheet.dice.pick(&SEVERITIES);
        let manifestation = sheet.dice.place(3);
        let by = sheet.someone();
        let verification = if sheet.dice.chance(8_800) {
            "confirmed"
        } else {
            "unconfirmed"
        };
        let note = "";
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
    if person.allergies.is_empty() && sheet.dice.chance(2_600) {
        let recorded = sheet.clinic_hour(
            sheet
                .last_day()
                .plus(-sheet.dice.between(0, 2_500))
                .max(person.born),
        );
        let by = sheet.someone();
        sheet.no_known_allergies(recorded, by);
    }
}

fn vaccinations(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let until = sheet.last_day();
    if person.age < 26 {
        for vaccine in &CHILDHOOD {
            for (dose, weeks) in (1..).zip(vaccine.weeks) {
                let day = person.born.plus(weeks * 7 + sheet.dice.between(0, 20));
                if day < until && sheet.dice.chance(9_200) {
                    jab(sheet, vaccine, day, dose);
                }
            }
        }
    }
    let (year, _, _) = until.parts();
    let at_risk = person
        .conditions
        .iter()
        .any(|has| has.condition.nature == Nature::Admits);
    let seasons = if person.age >= 65 {
        5
    } else if at_risk {
        3
    } else {
        0
    };
    for back in 1..=seasons {
        let autumn = Day::from(jiff::civil::Date::constant(1970, 10, 1))
            .plus((year - 1970) * 365 + (year - 1970) / 4);
        let day = autumn.plus(-365 * back + sheet.dice.between(0, 70));
        if day < until && sheet.dice.chance(7_600) {
            jab(sheet, &INFLUENZA, day, 1);
        }
    }
    if person.age >= 16 {
        let doses = if person.age >= 65 { 4 } else { 2 };
        for dose in 1..=doses {
            let spring = Day::from(jiff::civil::Date::constant(2021, 2, 1));
            let day = spring.plus(dose * 120 + sheet.dice.between(-30, 60));
            if day < until && sheet.dice.chance(7_000) {
                jab(sheet, &COVID, day, dose);
            }
        }
    }
    for (vaccine, age) in [(&PNEUMOCOCCAL, 65), (&SHINGLES, 70)] {
        let day = person
            .born
            .plus(age * 365 + 60 + sheet.dice.between(0, 400));
        if day < until && sheet.dice.chance(7_000) {
            jab(sheet, vaccine, day, 1);
        }
    }
}

fn jab(sheet: &mut Sheet<'_>, vaccine: &Vaccine, day: Day, dose: i32) {
    let at = sheet.clinic_hour(day);
    let by = sheet.someone();
    sheet.vaccination(&Jab {
        vaccine,
        at,
        dose,
        encounter: None,
        by,
    });
}

fn alerts(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let frailty = u32::from(person.frailty);
    let mut found: Vec<(Term, String, &str)> = Vec::new();
    let mut add = |what: Term, said: &str, category| found.push((what, said.to_owned(), category));
    if frailty > 0 && sheet.dice.chance(2_500 * frailty) {
        add(sct("129839007", "At risk for falls"), "", "safety");
    }
    if frailty > 1 && sheet.dice.chance(2_600 * (frailty - 1)) {
        let what = sct(
            "450476008",
            "Not for attempted cardiopulmonary resuscitation",
        );
        add(
            what,
            "DNACPR: not for attempted cardiopulmonary resuscitation",
            "advance-directive",
        );
    }
    if frailty > 0 && sheet.dice.chance(700) {
        add(
            words("Advance decision to refuse treatment is in place"),
            "",
            "advance-directive",
        );
    }
    if frailty > 1 && sheet.dice.chance(1_500) {
        let attorney = "Lasting power of attorney for health and welfare is registered";
        add(words(attorney), "", "advance-directive");
    }
    if person.has(Nature::Learning) || sheet.dice.chance(60) {
        add(words(sheet.dice.pick(&ADJUSTMENTS)), "", "admin");
    }
    if let Some((_, language)) = person.interpreter {
        let said = format!("Interpreter needed: {language}");
        add(sct("315594003", "Interpreter needed"), &said, "admin");
    }
    if person.care.child_case == 2 {
        add(words("Child protection plan"), "", "safety");
    }
    for (what, said, category) in found {
        let days = sheet.dice.between(5, 900);
        let since = sheet.clinic_hour(sheet.last_day().plus(-days).max(person.born));
        let by = sheet.someone();
        sheet.alert(&Alert {
            what: &what,
            words: &said,
            category,
            since,
            by,
        });
    }
}

fn plans(sheet: &mut Sheet<'_>) {
    let person = sheet.person;
    let by = sheet.responsible();
    if person.frailty > 1 {
        let since = sheet.clinic_hour(sheet.last_day().plus(-sheet.dice.between(10, 500)));
        sheet.care_plan(&CarePlan {
            title: "Treatment escalation plan",
            category: &sct("713603004", "Advance care planning"),
            since,
            until: None,
            activities: &[
                "Preferred place of care: home",
                "For oral antibiotics at home",
                "Ward-based care if admitted, not for intensive care",
            ],
            goal: None,
            team: None,
            by,
            note: "Discussed with the patient and family.",
        });
    }
    let personal: Vec<&str> = person
        .conditions
        .iter()
        .filter(|has| !has.condition.panels.is_empty() && has.condition.nature != Nature::Sensitive)
        .map(|has| has.condition.term.display)
        .collect();
    if personal.len() > 1 && sheet.dice.chance(3_000) {
        let since = sheet.clinic_hour(sheet.last_day().plus(-sheet.dice.between(10, 700)));
        sheet.care_plan(&CarePlan {
            title: "Personalised care and support plan",
            category: &words("Long-term condition care plan"),
            since,
            until: None,
            activities: &personal,
            goal: None,
            team: None,
            by,
            note: "",
        });
    }
}
