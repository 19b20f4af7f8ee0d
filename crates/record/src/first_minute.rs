//! What a clinician looks for in the first minute: rows of the sections, chosen.

use std::cmp::Reverse;

use tributary_model::{Detail, ResourceKind, Section, Timestamp};

use crate::{
    alerts::{self, Told},
    allergies,
    book::{Book, Item, span},
    codes,
    combined::{FirstMinute, Mark, Row},
    contacts::contacts,
    duplicates::Fact,
    limits::{ABNORMAL_RESULTS, CHILD, LATELY, NEXT_APPOINTMENTS},
    medicines::{self, newest_first},
    mix::Hashes,
    values,
    words::words_hash,
};

/// Chooses the first minute of a record.
pub(crate) fn first_minute(book: &Book<'_>, facts: &[Fact], rows: &[Option<Row>]) -> FirstMinute {
    let told = alerts::listen(book, facts);
    let (alerts, decisions) = alerts::lines(book, facts, &told);
    let medicines = medicines::choose(book, facts);
    let chosen = Chosen::of(book, facts);
    let row = |place: usize| rows.get(place).cloned().flatten();
    let all = |places: Vec<usize>| places.into_iter().filter_map(row).collect::<Vec<_>>();
    let Told {
        pregnancy,
        mental_health,
        ..
    } = told;
    FirstMinute {
        allergies: allergies::summary(book, facts),
        alerts,
        decisions,
        pregnancy: pregnancy.and_then(row),
        child_weight: chosen.weight.filter(|_| is_child(book)).and_then(row),
        active_problems: all(Chosen::newest(book, facts, &chosen.problems)),
        repeat_medicines: all(medicines.again),
        acute_medicines: all(medicines.once),
        hospital_medicines: all(medicines.hospital),
        stopped_medicines: all(medicines.stopped),
        in_hospital: chosen.in_hospital.and_then(row),
        last_discharge: chosen.last_discharge.and_then(row),
        next_appointments: all(chosen.soonest(book, facts)),
        abnormal_results: all(chosen.abnormal(book, facts, rows)),
        pending_results: all(Chosen::newest(book, facts, &chosen.pending)),
        mental_health: all(mental_health),
        contacts: contacts(book, facts),
    }
}

/// A child by any birth date there is, where sources disagree: a weight too many harms nobody.
fn is_child(book: &Book<'_>) -> bool {
    let mut ages = book
        .sources
        .iter()
        .filter_map(|source| source.demographics.born.as_ref()?.age_at(book.now));
    ages.any(|age| age < CHILD)
}

/// Places of facts, found in one pass.
#[derive(Default)]
struct Chosen {
    problems: Vec<usize>,
    weight: Option<usize>,
    in_hospital: Option<usize>,
    last_discharge: Option<usize>,
    appointments: Vec<usize>,
    results: Vec<usize>,
    pending: Vec<usize>,
}

impl Chosen {
    fn of(book: &Book<'_>, facts: &[Fact]) -> Self {
        let mut chosen = Self::default();
        for (place, fact) in facts.iter().enumerate() {
            let item = book.item(fact.lead);
            if item.is_fact() {
                chosen.consider(book, facts, place, item);
            }
        }
        chosen
    }

    fn consider(&mut self, book: &Book<'_>, facts: &[Fact], place: usize, item: &Item<'_>) {
        let later = |known: Option<usize>, at: fn(&Item<'_>) -> Option<Timestamp>| {
            let of = |place: usize| facts.get(place).and_then(|fact| at(book.item(fact.lead)));
            known.is_none_or(|known| of(place) > of(known))
        };
        let lately = item.at().is_some_and(|at| book.now.since(at) <= LATELY);
        match item.entry.kind {
            ResourceKind::Condition if item.is_current() => self.problems.push(place),
            ResourceKind::Encounter => {
                if is_in_hospital(item, book.now) && later(self.in_hospital, began) {
                    self.in_hospital = Some(place);
                }
                if is_discharge(item, book.now) && later(self.last_discharge, ended) {
                    self.last_discharge = Some(place);
                }
                if is_ahead(item, book.now) {
                    self.appointments.push(place);
                }
            }
            ResourceKind::Appointment if is_ahead(item, book.now) => self.appointments.push(place),
            ResourceKind::Observation => {
                let codings = &item.entry.what.codings;
                if codings.iter().any(|coding| codes::is_weight(&coding.code))
                    && later(self.weight, began)
                {
                    self.weight = Some(place);
                }
                if lately && item.key.section == Section::Results {
                    self.results.push(place);
                }
            }
            _ => {}
        }
        if lately && values::is_pending(item.entry.kind, &item.entry.status) {
            self.pending.push(place);
        }
    }

    fn newest(book: &Book<'_>, facts: &[Fact], places: &[usize]) -> Vec<usize> {
        let mut places = places.to_vec();
        places.sort_by_key(|place| newest_first(book, facts, *place));
        places
    }

    fn soonest(&self, book: &Book<'_>, facts: &[Fact]) -> Vec<usize> {
        let mut places = self.appointments.clone();
        places.sort_by_key(|place| {
            let (Reverse(at), place) = newest_first(book, facts, *place);
            (at, place)
        });
        places.truncate(NEXT_APPOINTMENTS);
        places
    }

    /// The newest abnormal result of each test, newest first.
    fn abnormal(&self, book: &Book<'_>, facts: &[Fact], rows: &[Option<Row>]) -> Vec<usize> {
        let mut seen = Hashes::default();
        let abnormal = |place: &usize| {
            rows.get(*place)
                .and_then(Option::as_ref)
                .is_some_and(|row| {
                    row.marks.iter().any(|mark| {
                        matches!(
                            mark,
                            Mark::High | Mark::Low | Mark::Abnormal | Mark::Critical
                        )
                    })
                })
        };
        let mut first_of_test = |place: &usize| {
            rows.get(*place)
                .and_then(Option::as_ref)
                .is_some_and(|row| {
                    let test = row.trend.as_deref().unwrap_or(&row.what);
                    words_hash(test).is_none_or(|test| seen.insert(test))
                })
        };
        Self::newest(book, facts, &self.results)
            .into_iter()
            .filter(abnormal)
            .filter(|place| first_of_test(place))
            .take(ABNORMAL_RESULTS)
            .collect()
    }
}

fn began(item: &Item<'_>) -> Option<Timestamp> {
    item.at()
}

fn ended(item: &Item<'_>) -> Option<Timestamp> {
    item.entry.until.as_ref().map(|until| until.sort)
}

fn class<'a>(item: &'a Item<'_>) -> &'a str {
    match &item.entry.detail {
        Detail::Contact(contact) => &contact.class,
        _ => "",
    }
}

/// Begun, not ended, in a bed or in the emergency department.
fn is_in_hospital(item: &Item<'_>, now: Timestamp) -> bool {
    matches!(
        class(item),
        "IMP" | "ACUTE" | "NONAC" | "EMER" | "OBSENC" | "SS"
    ) && matches!(
        item.entry.status.as_str(),
        "in-progress" | "arrived" | "triaged" | "onleave"
    ) && item.at().is_some_and(|at| at <= now)
        && ended(item).is_none_or(|until| until > now)
}

fn is_discharge(item: &Item<'_>, now: Timestamp) -> bool {
    matches!(class(item), "IMP" | "ACUTE" | "NONAC" | "SS")
        && matches!(item.entry.status.as_str(), "finished" | "")
        && ended(item).is_some_and(|until| until <= now)
}

/// Still to come: later than now, or today without a time.
fn is_ahead(item: &Item<'_>, now: Timestamp) -> bool {
    let status = item.entry.status.as_str();
    let open = match item.entry.kind {
        ResourceKind::Appointment => !matches!(
            status,
            "cancelled" | "noshow" | "fulfilled" | "checked-in" | "arrived"
        ),
        _ => status == "planned",
    };
    open && item
        .entry
        .when
        .as_ref()
        .is_some_and(|when| span(when).1 >= now)
}
