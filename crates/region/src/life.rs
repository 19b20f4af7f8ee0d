//! Visits to hospital over the last years, and tonight.

use crate::{
    calendar::Day,
    dice::Dice,
    person::Person,
    tables::{
        conditions::Nature,
        events::{ADMISSIONS, CLINICS, EMERGENCIES, OPERATIONS},
    },
};

/// How far back hospital records reach, in days.
const REACH: i32 = 6 * 365;

/// A visit to an acute trust.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) kind: VisitKind,
    pub(crate) day: Day,
    /// Nights in hospital.
    pub(crate) nights: i32,
    /// Which acute trust: 0 for the person's nearest, 1 for the other.
    pub(crate) away: bool,
}

/// Why someone comes to hospital; the number is the place in the list of such things.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisitKind {
    /// Attends the emergency department and goes home.
    Emergency(usize),
    /// Is admitted in an emergency.
    Admission(usize),
    /// Is operated on as planned.
    Operation(usize),
    /// Comes to a clinic.
    Clinic(&'static str),
}

/// All visits, oldest first; the last may still be going on.
pub(crate) fn visits(dice: &Dice, person: &Person, today: Day) -> Vec<Visit> {
    let until = person.until(today);
    let years = f64::from(until.since(person.born).clamp(0, REACH)) / 365.0;
    let mut visits = Vec::new();
    let (emergencies, admissions, operations, clinics) = rates(person);
    for _ in 0..dice.times(emergencies * years) {
        let what = fitting(dice, &EMERGENCIES, person.age, |event| event.1);
        push(
            dice,
            &mut visits,
            person,
            until,
            VisitKind::Emergency(what),
            0,
        );
    }
    for _ in 0..dice.times(admissions * years) {
        let what = fitting(dice, &ADMISSIONS, person.age, |event| event.1);
        let nights = 1 + dice.between(0, 4) * dice.between(1, 3);
        push(
            dice,
            &mut visits,
            person,
            until,
            VisitKind::Admission(what),
            nights,
        );
    }
    for _ in 0..dice.times(operations * years) {
        let what = fitting(dice, &OPERATIONS, person.age, |operation| operation.ages);
        let nights = OPERATIONS.get(what).map_or(0, |operation| operation.nights);
        push(
            dice,
            &mut visits,
            person,
            until,
            VisitKind::Operation(what),
            nights,
        );
    }
    for _ in 0..dice.times(clinics * years) {
        let clinic = dice.pick(&CLINICS);
        push(
            dice,
            &mut visits,
            person,
            until,
            VisitKind::Clinic(clinic),
            0,
        );
    }
    follow_ups(dice, person, until, &mut visits);
    let staying = if person.age >= 65 {
        60 + 60 * u32::from(person.frailty)
    } else {
        12
    };
    if person.died.is_none() && person.arrives == 1 && person.age >= 16 && dice.chance(staying) {
        let what = fitting(dice, &ADMISSIONS, person.age, |event| event.1);
        let day = until.plus(-dice.between(0, 6));
        let nights = until.since(day) + dice.between(1, 9);
        visits.push(Visit {
            kind: VisitKind::Admission(what),
            day,
            nights,
            away: false,
        });
    }
    visits.sort_by_key(|visit| visit.day);
    visits
}

/// Emergency attendances, admissions, operations and new clinic referrals in a year.
fn rates(person: &Person) -> (f64, f64, f64, f64) {
    let frail = f64::from(person.frailty);
    let admits = person
        .conditions
        .iter()
        .filter(|has| has.condition.nature == Nature::Admits)
        .fold(0.0, |sum, _| sum + 1.0);
    let by_age = match person.age {
        ..5 => (0.22, 0.05, 0.005, 0.06),
        5..18 => (0.10, 0.010, 0.012, 0.05),
        18..60 => (0.09, 0.012, 0.018, 0.07),
        60..75 => (0.09, 0.028, 0.045, 0.11),
        _ => (0.12, 0.06, 0.05, 0.14),
    };
    (
        by_age.0 + 0.05 * frail + 0.03 * admits,
        by_age.1 + 0.08 * frail + 0.03 * admits,
        by_age.2,
        by_age.3 + 0.02 * admits,
    )
}

/// Clinics that follow a condition see the person once or twice a year.
fn follow_ups(dice: &Dice, person: &Person, until: Day, visits: &mut Vec<Visit>) {
    for has in &person.conditions {
        let Some(clinic) = has.condition.clinic.filter(|clinic| !clinic.is_empty()) else {
            continue;
        };
        if !dice.chance(3_600) {
            continue;
        }
        let mut day = has
            .since
            .max(until.plus(-REACH))
            .plus(dice.between(20, 300));
        while day < until {
            let away = dice.chance(600);
            visits.push(Visit {
                kind: VisitKind::Clinic(clinic),
                day,
                nights: 0,
                away,
            });
            day = day.plus(dice.between(200, 560));
        }
    }
}

fn push(
    dice: &Dice,
    visits: &mut Vec<Visit>,
    person: &Person,
    until: Day,
    kind: VisitKind,
    nights: i32,
) {
    let earliest = until.plus(-REACH).max(person.born);
    let day = earliest.plus(dice.between(0, until.since(earliest).max(1) - 1));
    // What is over is over: only tonight's own draw makes a stay that is still going on.
    let nights = nights.min((until.since(day) - 1).max(0));
    let away = dice.chance(900);
    visits.push(Visit {
        kind,
        day,
        nights,
        away,
    });
}

/// The place of something in a list that happens at this age.
pub(crate) fn fitting<T>(
    dice: &Dice,
    list: &[T],
    age: i32,
    ages: impl Fn(&T) -> (i32, i32),
) -> usize {
    let fits = |place: usize| {
        list.get(place)
            .map(&ages)
            .is_some_and(|(from, to)| (from..=to).contains(&age))
    };
    let first = dice.place(list.len());
    (0..list.len())
        .map(|step| (first + step) % list.len())
        .find(|place| fits(*place))
        .unwrap_or(0)
}
