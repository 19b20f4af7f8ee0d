//! The same fact from two sources is one fact.
//!
//! Two entries are one fact only when they come from different identities and nothing that a
//! clinician would act on differs: kind, section, code or words, status, value or dose, and the
//! day. When in doubt they stay two, which is only longer to read.

use std::{iter, rc::Rc};

use tributary_model::{
    ClinicalDate, ClinicalEntry, Contact, Detail, Document, DoseLine, Medication, Observation,
    Precision, Value,
};

use crate::{
    book::{Book, Item, day, span},
    limits::{LIKENESS_CANDIDATES, ONSET_TOLERANCE},
    mix::{Grouped, Mix},
    units,
    words::{same, same_concept, tells},
};

/// One fact: the entries that say it.
pub(crate) struct Fact {
    /// The entry it is shown by: of the first source in the book's order.
    pub(crate) lead: usize,
    /// The other entries that say it, of other identities.
    pub(crate) others: Vec<usize>,
    /// The disagreement it is part of.
    pub(crate) conflict: Option<u32>,
    /// The address of the trend it is a point of.
    pub(crate) trend: Option<Rc<str>>,
}

impl Fact {
    fn of(lead: usize) -> Self {
        Self {
            lead,
            others: Vec::new(),
            conflict: None,
            trend: None,
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = usize> {
        iter::once(self.lead).chain(self.others.iter().copied())
    }
}

/// Gathers the book's entries into facts, in the book's order of their first entries.
pub(crate) fn gather(book: &Book<'_>) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::with_capacity(book.items.len());
    let mut shelf = Shelf::default();
    let mut names = Vec::new();
    // One source alone cannot say the same as another.
    let several = book.sources.len() > 1;
    for (n, item) in book.items.iter().enumerate() {
        if !several {
            facts.push(Fact::of(n));
            continue;
        }
        names_of(item, &mut names);
        let (first, last) = stretches(item.entry);
        let slack = i64::from(is_problem(item.entry));
        let known = addresses(&names, first - slack, last + slack).find_map(|address| {
            shelf.at(address).find(|fact| {
                let mut members = facts.get(*fact).into_iter().flat_map(Fact::members);
                members.all(|member| is_same_fact(book.item(member), item))
            })
        });
        let place = known.unwrap_or(facts.len());
        match facts.get_mut(place) {
            Some(fact) => fact.others.push(n),
            None => facts.push(Fact::of(n)),
        }
        for address in addresses(&names, first, last) {
            shelf.file(address, place);
        }
    }
    facts
}

/// Facts by where they are filed, the last filed first.
#[derive(Default)]
struct Shelf {
    last: Grouped<usize>,
    /// Each filed fact with the one filed before it at the same place.
    filed: Vec<(usize, Option<usize>)>,
}

impl Shelf {
    fn at(&self, address: u64) -> impl Iterator<Item = usize> {
        let mut next = self.last.get(&address).copied();
        let facts = std::iter::from_fn(move || {
            let (fact, before) = self.filed.get(next?)?;
            next = *before;
            Some(*fact)
        });
        facts.take(LIKENESS_CANDIDATES)
    }

    fn file(&mut self, address: u64, fact: usize) {
        if self.at(address).any(|known| known == fact) {
            return;
        }
        let before = self.last.insert(address, self.filed.len());
        self.filed.push((fact, before));
    }
}

/// What an entry is filed by, so that its like can find it: each of its codes, and its words.
fn names_of(item: &Item<'_>, names: &mut Vec<u64>) {
    let entry = item.entry;
    let base = Mix::new(entry.kind as u64)
        .number(u64::from(item.key.section.number()))
        .number(value_mark(&entry.detail));
    let codes = entry.what.codings.iter().filter(|coding| tells(coding));
    names.clear();
    names.extend(codes.map(|coding| base.text(&coding.system).text(&coding.code).end()));
    names.extend(item.words.map(|words| base.number(words).end()));
}

/// The places of all names in all stretches of time.
fn addresses(names: &[u64], first: i64, last: i64) -> impl Iterator<Item = u64> {
    names.iter().flat_map(move |name| {
        (first..=last).map(move |stretch| Mix::new(*name).number(stretch.cast_unsigned()).end())
    })
}

/// The first and last stretch of time an entry may belong to: its day; for a problem stretches as
/// long as the tolerance, so that its like lies in the same or the next; for allergies none.
fn stretches(entry: &ClinicalEntry) -> (i64, i64) {
    if matches!(entry.detail, Detail::Allergy(_)) {
        return (0, 0);
    }
    let Some(when) = &entry.when else {
        return (-1, -1);
    };
    if is_problem(entry) {
        let (first, last) = span(when);
        return (
            first.0.div_euclid(ONSET_TOLERANCE),
            last.0.div_euclid(ONSET_TOLERANCE),
        );
    }
    let day = day(when).unwrap_or(when.sort.0);
    (day, day)
}

fn is_problem(entry: &ClinicalEntry) -> bool {
    matches!(entry.detail, Detail::Problem(_))
}

/// A number that is the same for the same value, so that many values of one day stay apart.
fn value_mark(detail: &Detail) -> u64 {
    let Detail::Observation(observation) = detail else {
        return 0;
    };
    let number = |value: &Value| match value {
        Value::Quantity { number, .. } => number.to_bits(),
        _ => 1,
    };
    let own = observation.value.as_ref().map_or(2, number);
    let parts = observation
        .components
        .iter()
        .filter_map(|part| part.value.as_ref())
        .map(number);
    parts.fold(own, u64::wrapping_add)
}

/// Whether two entries say one fact.
pub(crate) fn is_same_fact(a: &Item<'_>, b: &Item<'_>) -> bool {
    let (x, y) = (a.entry, b.entry);
    a.key.identity != b.key.identity
        && a.key.section == b.key.section
        && x.kind == y.kind
        && a.standing == b.standing
        && x.status == y.status
        && verified(x) == verified(y)
        && is_same_time(x, y)
        && same_concept(&x.what, &y.what)
        && is_same_detail(&x.detail, &y.detail)
}

/// FHIR lets a source leave out that something is confirmed.
fn verified(entry: &ClinicalEntry) -> &str {
    if entry.verification.is_empty() {
        "confirmed"
    } else {
        &entry.verification
    }
}

fn is_same_time(x: &ClinicalEntry, y: &ClinicalEntry) -> bool {
    match &x.detail {
        Detail::Allergy(_) => {
            // An allergy has no day of its own; but two different beginnings are two stories.
            let begun = match (&x.when, &y.when) {
                (Some(x), Some(y)) => overlap(x, y, 0),
                _ => true,
            };
            begun && is_same_day(x.until.as_ref(), y.until.as_ref(), true)
        }
        Detail::Problem(_) => {
            let begun = match (&x.when, &y.when) {
                (Some(x), Some(y)) => overlap(x, y, ONSET_TOLERANCE),
                (x, y) => x == y,
            };
            begun && is_same_day(x.until.as_ref(), y.until.as_ref(), true)
        }
        // Two organisations seldom see one person twice in one day, but they do: only the very
        // same minute is the same contact.
        Detail::Contact(_) => {
            is_same_minute(x.when.as_ref(), y.when.as_ref())
                && (x.until.is_none() && y.until.is_none()
                    || is_same_minute(x.until.as_ref(), y.until.as_ref()))
        }
        Detail::Observation(observation) if !observation.laboratory => {
            is_same_minute(x.when.as_ref(), y.when.as_ref())
                || is_same_day(x.when.as_ref(), y.when.as_ref(), false)
                    && !(is_timed(x.when.as_ref()) && is_timed(y.when.as_ref()))
        }
        Detail::Plan(_) => {
            is_same_day(x.when.as_ref(), y.when.as_ref(), true)
                && is_same_day(x.until.as_ref(), y.until.as_ref(), true)
        }
        _ => {
            is_same_day(x.when.as_ref(), y.when.as_ref(), false)
                && is_same_day(x.until.as_ref(), y.until.as_ref(), true)
        }
    }
}

/// Whether two dates are one day; two dates that are missing, only where `missing` says so.
fn is_same_day(x: Option<&ClinicalDate>, y: Option<&ClinicalDate>, missing: bool) -> bool {
    match (x, y) {
        (None, None) => missing,
        (Some(x), Some(y)) => x == y || day(x).is_some_and(|x| day(y) == Some(x)),
        _ => false,
    }
}

fn is_same_minute(x: Option<&ClinicalDate>, y: Option<&ClinicalDate>) -> bool {
    const MINUTE: i64 = 60 * tributary_model::Timestamp::SECOND;
    is_timed(x)
        && is_timed(y)
        && x.map(|x| x.sort.0.div_euclid(MINUTE)) == y.map(|y| y.sort.0.div_euclid(MINUTE))
}

fn is_timed(date: Option<&ClinicalDate>) -> bool {
    date.is_some_and(|date| date.precision == Precision::Time)
}

/// Whether two dates, each as wide as its precision, come within so many microseconds.
pub(crate) fn overlap(x: &ClinicalDate, y: &ClinicalDate, tolerance: i64) -> bool {
    let ((x_first, x_last), (y_first, y_last)) = (span(x), span(y));
    x_first <= y_last.plus(tolerance) && y_first <= x_last.plus(tolerance)
}

fn is_same_detail(x: &Detail, y: &Detail) -> bool {
    match (x, y) {
        (Detail::Allergy(x), Detail::Allergy(y)) => {
            x.none_known == y.none_known
                && x.criticality == y.criticality
                && is_same_list(&x.reactions, &y.reactions, |a, b| {
                    same(&a.0, &b.0) && a.1 == b.1
                })
        }
        (Detail::Medication(x), Detail::Medication(y)) => is_same_medication(x, y),
        (Detail::Problem(x), Detail::Problem(y)) => {
            same(&x.severity, &y.severity) && same(&x.stage, &y.stage) && same(&x.site, &y.site)
        }
        (Detail::Observation(x), Detail::Observation(y)) => is_same_observation(x, y),
        (Detail::Document(x), Detail::Document(y)) => is_same_document(x, y),
        (Detail::Contact(x), Detail::Contact(y)) => is_same_contact(x, y),
        (Detail::Plan(x), Detail::Plan(y)) => {
            same(&x.title, &y.title)
                && is_same_list(&x.lines, &y.lines, |a, b| same(a, b))
                && is_same_list(&x.people, &y.people, |a, b| a == b)
        }
        (Detail::Plain { facts: x }, Detail::Plain { facts: y }) => {
            is_same_list(x, y, |a, b| same(&a.0, &b.0) && same(&a.1, &b.1))
        }
        _ => false,
    }
}

fn is_same_list<T>(x: &[T], y: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
}

fn is_same_medication(x: &Medication, y: &Medication) -> bool {
    x.course == y.course
        && same(&x.stopped_because, &y.stopped_because)
        && is_same_day(x.last_issued.as_ref(), y.last_issued.as_ref(), true)
        && is_same_list(&x.doses, &y.doses, is_same_dose)
}

/// Digits and signs count in a dose as they stand: `2.5 mg` is not `25 mg`, nor `2 5 mg`.
fn is_same_dose(x: &DoseLine, y: &DoseLine) -> bool {
    let letters = |text: &'_ str| {
        text.split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
            .join(" ")
    };
    x.amount == y.amount
        && (x.text == y.text || letters(&x.text) == letters(&y.text))
        && same(&x.route, &y.route)
}

fn is_same_observation(x: &Observation, y: &Observation) -> bool {
    x.laboratory == y.laboratory
        && x.interpretation == y.interpretation
        && x.range == y.range
        && same(&x.range_words, &y.range_words)
        && is_same_value(x.value.as_ref(), y.value.as_ref())
        && is_same_list(&x.components, &y.components, |a, b| {
            same_concept(&a.what, &b.what) && is_same_value(a.value.as_ref(), b.value.as_ref())
        })
}

fn is_same_value(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(Value::Coded(one)), Some(Value::Coded(other))) => same_concept(one, other),
        (Some(Value::Words(one)), Some(Value::Words(other))) => one.trim() == other.trim(),
        (Some(one), Some(other)) => is_same_quantity(one, other),
        _ => false,
    }
}

/// The same number to the last bit, in the same unit by whatever spelling.
fn is_same_quantity(one: &Value, other: &Value) -> bool {
    let parts = |value: &Value| match value {
        Value::Quantity {
            number, comparator, ..
        } => Some((number.to_bits(), comparator.clone())),
        _ => None,
    };
    let scale = |value: &Value| match value {
        Value::Quantity { unit, ucum, .. } => {
            let unit = units::unit(ucum, unit);
            Some((unit.scale.to_owned(), unit.factor.to_bits()))
        }
        _ => None,
    };
    parts(one).is_some() && parts(one) == parts(other) && scale(one) == scale(other)
}

fn is_same_document(x: &Document, y: &Document) -> bool {
    // What the members of a report are named is each source's own; their number is not.
    same(&x.title, &y.title)
        && x.media_type == y.media_type
        && x.text == y.text
        && x.data == y.data
        && x.results.len() == y.results.len()
}

fn is_same_contact(x: &Contact, y: &Contact) -> bool {
    let agree = |a: &str, b: &str| a.is_empty() || b.is_empty() || same(a, b);
    x.class == y.class
        && agree(&x.place, &y.place)
        && agree(&x.outcome, &y.outcome)
        && (x.with.is_empty()
            || y.with.is_empty()
            || is_same_list(&x.with, &y.with, |a, b| same(a, b)))
}
