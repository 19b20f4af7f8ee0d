//! The results of one test over time, across sources.

use std::collections::BTreeMap;

use tributary_model::{Coding, Concept, Detail, Observation, Timestamp, Value};

use crate::{
    book::{Book, Item},
    combined::{Mark, Row, Scope, Sources, Trend, TrendPoint},
    conflicts,
    duplicates::{self, Fact},
    mix::{Grouped, Mix},
    rows,
    sets::Sets,
    units::{self, Unit},
    values::{DIASTOLIC, SYSTOLIC},
    withhold::withhold,
    words::{tells, without_tag, words_hash},
};

/// The trend at an address within the record, or `None` if the visible record has none there.
///
/// Points share one unit; a result in a unit of another scale, with a comparator (`< 5`) or
/// without a number stands beside. A panel's further parts (diastolic beside systolic) are the
/// trend's companions.
#[must_use]
pub fn trend(sources: Sources, scope: &Scope, slug: &str) -> Option<Trend> {
    let visible = withhold(sources, scope);
    let book = Book::open(&visible);
    let mut facts = duplicates::gather(&book);
    conflicts::mark(&book, &mut facts);
    address(&book, &mut facts);
    let tests = Tests::of(&book, &facts);
    let test = tests.at(slug, &book, &facts)?;
    let members = tests.members(test);
    let mut members: Vec<&Fact> = members.filter_map(|place| facts.get(place)).collect();
    members.sort_by_key(|fact| {
        let item = book.item(fact.lead);
        (item.at(), item.key)
    });
    let (slug, coding) = tests.name(test)?;
    let mut series = series(&book, &members).into_iter();
    let mut first = chart(&book, slug.clone(), coding.cloned(), series.next()?);
    first.companions = series
        .map(|part| chart(&book, slug.clone(), None, part))
        .collect();
    (!first.points.is_empty() || !first.companions.is_empty()).then_some(first)
}

/// Gives each result that is a point of a trend the trend's address: a test with at least two
/// numbers has one.
pub(crate) fn address(book: &Book<'_>, facts: &mut [Fact]) {
    let tests = Tests::of(book, facts);
    let mut names: Grouped<Option<String>> = Grouped::default();
    let mut given = Vec::new();
    for (place, test) in &tests.placed {
        let name = names.entry(*test as u64).or_insert_with(|| {
            let enough = tests.counts.get(*test).is_some_and(|count| *count > 1);
            enough
                .then(|| tests.name(*test).map(|(slug, _)| slug))
                .flatten()
        });
        given.push((*place, name.clone()));
    }
    for (place, name) in given {
        if let Some(fact) = facts.get_mut(place) {
            fact.trend = name;
        }
    }
}

/// The tests of a record: results that share a code are results of one test.
struct Tests<'a> {
    /// Facts and the test that each is a result of.
    placed: Vec<(usize, usize)>,
    /// How many results with a number each test has.
    counts: Vec<usize>,
    /// The best code of each test.
    codes: Vec<Option<&'a Coding>>,
    /// Words of each test that has no code.
    words: Vec<&'a str>,
}

impl<'a> Tests<'a> {
    fn of(book: &Book<'a>, facts: &[Fact]) -> Self {
        let results: Vec<(usize, &'a Concept, bool)> = facts
            .iter()
            .enumerate()
            .filter_map(|(place, fact)| {
                let item = book.item(fact.lead);
                let Detail::Observation(observation) = &item.entry.detail else {
                    return None;
                };
                item.is_fact()
                    .then_some((place, &item.entry.what, has_number(observation)))
            })
            .collect();
        let mut first: Grouped<usize> = Grouped::default();
        let mut sets = Sets::of(results.len());
        for (n, (_, what, _)) in results.iter().enumerate() {
            let mut join = |name: u64| {
                let first = *first.entry(name).or_insert(n);
                sets.join(first, n);
            };
            let mut coded = false;
            for coding in what.codings.iter().filter(|coding| tells(coding)) {
                coded = true;
                join(Mix::new(9).text(&coding.system).text(&coding.code).end());
            }
            if let Some(words) = words_hash(what.words(), 10).filter(|_| !coded) {
                join(words);
            }
        }
        let mut tests = Self {
            placed: Vec::with_capacity(results.len()),
            counts: vec![0; results.len()],
            codes: vec![None; results.len()],
            words: vec![""; results.len()],
        };
        for (n, (place, what, counts)) in results.into_iter().enumerate() {
            tests.place(sets.find(n), place, what, counts);
        }
        tests
    }

    fn place(&mut self, test: usize, fact: usize, what: &'a Concept, counts: bool) {
        self.placed.push((fact, test));
        if let Some(count) = self.counts.get_mut(test) {
            *count += usize::from(counts);
        }
        if let Some(best) = self.codes.get_mut(test) {
            for coding in what.codings.iter().filter(|coding| tells(coding)) {
                if best.is_none_or(|best| rank(coding) < rank(best)) {
                    *best = Some(coding);
                }
            }
        }
        if let Some(words) = self.words.get_mut(test)
            && (words.is_empty() || what.words() < *words)
        {
            *words = what.words();
        }
    }

    /// The address of a test and the code it is known by.
    fn name(&self, test: usize) -> Option<(String, Option<&'a Coding>)> {
        if let Some(coding) = self.codes.get(test).copied().flatten() {
            return Some((slug_of(coding), Some(coding)));
        }
        let words = words_hash(self.words.get(test)?, 11)?;
        Some((format!("words-{words:016x}"), None))
    }

    /// The test at an address: its own, or that of any of its codes, so that an address stays
    /// good when a later result brings a better code.
    fn at(&self, slug: &str, book: &Book<'_>, facts: &[Fact]) -> Option<usize> {
        let own = self
            .placed
            .iter()
            .find(|(_, test)| self.name(*test).is_some_and(|(name, _)| name == slug));
        let by_code = || {
            self.placed.iter().find(|(place, _)| {
                let fact = facts.get(*place);
                let codings = fact.map(|fact| &book.item(fact.lead).entry.what.codings);
                codings.is_some_and(|codings| {
                    codings
                        .iter()
                        .any(|coding| tells(coding) && slug_of(coding) == slug)
                })
            })
        };
        own.or_else(by_code).map(|(_, test)| *test)
    }

    fn members(&self, test: usize) -> impl Iterator<Item = usize> {
        self.placed
            .iter()
            .filter(move |(_, of)| *of == test)
            .map(|(place, _)| *place)
    }
}

/// Which code names a test: LOINC's, then SNOMED CT's, then any other's; the least of them.
fn rank(coding: &Coding) -> (u8, &str, &str) {
    let system = match coding.system.as_str() {
        LOINC => 0,
        SNOMED => 1,
        _ => 2,
    };
    (system, &coding.system, &coding.code)
}

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";

/// `loinc-4548-4`, `sct-27113001`, or a fixed short name of another system's code.
fn slug_of(coding: &Coding) -> String {
    let plain = coding
        .code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-');
    match coding.system.as_str() {
        LOINC if plain => format!("loinc-{}", coding.code),
        SNOMED if plain => format!("sct-{}", coding.code),
        system => {
            format!(
                "code-{:016x}",
                Mix::new(12).text(system).text(&coding.code).end()
            )
        }
    }
}

fn has_number(observation: &Observation) -> bool {
    let number = |value: Option<&Value>| matches!(value, Some(Value::Quantity { .. }));
    number(observation.value.as_ref())
        || observation
            .components
            .iter()
            .any(|part| number(part.value.as_ref()))
}

/// The results of one part of a test.
struct Series<'a> {
    what: &'a str,
    results: Vec<Result<'a>>,
}

/// One result, with the number of one part of it.
struct Result<'a> {
    fact: &'a Fact,
    item: &'a Item<'a>,
    observation: &'a Observation,
    value: Option<&'a Value>,
    /// The range of the result itself; a part of a panel has none.
    range: (Option<f64>, Option<f64>),
}

/// The results' own values; or, of a panel, one series for each part, systolic first.
fn series<'a>(book: &'a Book<'a>, facts: &[&'a Fact]) -> Vec<Series<'a>> {
    let mut whole = Series {
        what: "",
        results: Vec::new(),
    };
    let mut parts: Vec<(&Concept, Series<'a>)> = Vec::new();
    for fact in facts {
        let item = book.item(fact.lead);
        let Detail::Observation(observation) = &item.entry.detail else {
            continue;
        };
        let result = |value, range| Result {
            fact,
            item,
            observation,
            value,
            range,
        };
        if observation.value.is_some() || observation.components.is_empty() {
            whole.what = without_tag(item.entry.what.words());
            whole
                .results
                .push(result(observation.value.as_ref(), observation.range));
            continue;
        }
        for part in &observation.components {
            let result = result(part.value.as_ref(), (None, None));
            let known = parts
                .iter_mut()
                .find(|(what, _)| is_same_part(what, &part.what));
            match known {
                Some((_, series)) => series.results.push(result),
                None => {
                    let what = without_tag(part.what.words());
                    parts.push((
                        &part.what,
                        Series {
                            what,
                            results: vec![result],
                        },
                    ));
                }
            }
        }
    }
    parts.sort_by_key(|(what, _)| {
        let has = |codes: [&str; 2]| codes.iter().any(|code| what.has_code(code));
        (!has(SYSTOLIC), !has(DIASTOLIC), what.words())
    });
    let whole = (!whole.results.is_empty()).then_some(whole);
    whole
        .into_iter()
        .chain(parts.into_iter().map(|(_, series)| series))
        .collect()
}

fn is_same_part(a: &Concept, b: &Concept) -> bool {
    let both = |codes: [&str; 2]| {
        codes.iter().any(|code| a.has_code(code)) && codes.iter().any(|code| b.has_code(code))
    };
    both(SYSTOLIC) || both(DIASTOLIC) || crate::words::same_concept(a, b)
}

/// Draws a series: the scale most results are on, in the unit most of those are in.
fn chart(book: &Book<'_>, slug: String, code: Option<Coding>, series: Series<'_>) -> Trend {
    let axis = axis(&series.results);
    let mut trend = Trend {
        slug,
        what: series.what.to_owned(),
        unit: axis.map(|unit| unit.shown.to_owned()).unwrap_or_default(),
        code,
        points: Vec::new(),
        beside: Vec::new(),
        companions: Vec::new(),
    };
    for result in &series.results {
        let row = rows::row(book, result.fact, result.fact.lead);
        match axis.and_then(|axis| point(result, axis)) {
            Some((at, number, range)) => {
                let abnormal = is_abnormal(result.observation, &row, number, range);
                trend.points.push(TrendPoint {
                    row,
                    at,
                    number,
                    range,
                    abnormal,
                });
            }
            None => trend.beside.push(row),
        }
    }
    trend.points.sort_by_key(|point| (point.at, point.row.key));
    trend
}

/// The axis: chosen by the results, so that it does not depend on their order.
fn axis<'a>(results: &[Result<'a>]) -> Option<Unit<'a>> {
    let placed = || {
        results
            .iter()
            .filter_map(|result| number(result.value).map(|(_, unit)| unit))
    };
    let mut scales: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in placed() {
        *scales.entry(unit.scale).or_default() += 1;
    }
    // Of equally many the first by name.
    let scale = scales
        .iter()
        .rev()
        .max_by_key(|(_, count)| **count)
        .map(|(scale, _)| *scale)?;
    let mut units: BTreeMap<&str, (usize, Unit<'a>)> = BTreeMap::new();
    for unit in placed().filter(|unit| unit.scale == scale) {
        units.entry(unit.shown).or_insert((0, unit)).0 += 1;
    }
    units
        .into_values()
        .rev()
        .max_by_key(|(count, _)| *count)
        .map(|(_, unit)| unit)
}

/// A value's number and unit, if it is exactly a number.
fn number(value: Option<&Value>) -> Option<(f64, Unit<'_>)> {
    match value {
        Some(Value::Quantity {
            number,
            comparator,
            unit,
            ucum,
            ..
        }) if comparator.is_empty() && number.is_finite() => {
            Some((*number, units::unit(ucum, unit)))
        }
        _ => None,
    }
}

type Range = (Option<f64>, Option<f64>);

fn point(result: &Result<'_>, axis: Unit<'_>) -> Option<(Timestamp, f64, Range)> {
    let (number, unit) = number(result.value)?;
    let at = result.item.at()?;
    if unit.scale != axis.scale {
        return None;
    }
    let moved = |number: f64| units::moved(number, unit.factor, axis.factor);
    let (low, high) = result.range;
    Some((at, moved(number), (low.map(moved), high.map(moved))))
}

/// By the laboratory's own mark, else by its range.
fn is_abnormal(observation: &Observation, row: &Row, number: f64, range: Range) -> bool {
    if observation.interpretation.is_empty() {
        let (low, high) = range;
        return low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high);
    }
    let marks = [Mark::High, Mark::Low, Mark::Abnormal, Mark::Critical];
    row.marks.iter().any(|mark| marks.contains(mark))
}
