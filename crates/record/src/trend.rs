//! The results of one test over time, across sources.

use std::collections::BTreeMap;

use tributary_model::{Coding, Concept, Detail, Observation, Timestamp, Value};

use crate::{
    book::{Book, Item},
    combined::{Mark, Row, Scope, Sources, Trend, TrendPoint},
    conflicts,
    duplicates::{self, Fact},
    rows,
    test_index::TestIndex,
    units::{self, Unit},
    values::{DIASTOLIC, SYSTOLIC},
    withhold::withhold,
    words::{same_concept, without_tag},
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
    let index = TestIndex::of(&book, &facts);
    let (test, slug, code) = index.at(slug, &book, &facts)?;
    let code = code.cloned();
    let results: Vec<usize> = index.results(test).collect();
    name(&index, &mut facts);
    let mut results: Vec<&Fact> = results.into_iter().filter_map(|at| facts.get(at)).collect();
    results.sort_by_key(|fact| {
        let item = book.item(fact.lead);
        (item.at(), item.key)
    });
    let mut series = series(&book, &results).into_iter();
    let mut first = chart(&book, slug.clone(), code, &series.next()?);
    first.companions = series
        .map(|part| chart(&book, slug.clone(), None, &part))
        .collect();
    let drawn = |trend: &Trend| !trend.points.is_empty();
    (drawn(&first) || first.companions.iter().any(drawn)).then_some(first)
}

/// Gives each result that is a point of a trend the trend's address.
pub(crate) fn address(book: &Book<'_>, facts: &mut [Fact]) {
    name(&TestIndex::of(book, facts), facts);
}

fn name(index: &TestIndex<'_>, facts: &mut [Fact]) {
    for (place, address) in index.addresses() {
        if let Some(fact) = facts.get_mut(place) {
            fact.trend = Some(address);
        }
    }
}

/// The results of one part of a test.
struct Series<'a> {
    what: &'a str,
    results: Vec<Reading<'a>>,
}

/// One reading: a result, with the number of one part of it.
struct Reading<'a> {
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
        let result = |value, range| Reading {
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
            if let Some((_, series)) = known {
                series.results.push(result);
            } else {
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
    both(SYSTOLIC) || both(DIASTOLIC) || same_concept(a, b)
}

/// Draws a series: the scale most results are on, in the unit most of those are in.
fn chart(book: &Book<'_>, slug: String, code: Option<Coding>, series: &Series<'_>) -> Trend {
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
fn axis<'a>(results: &[Reading<'a>]) -> Option<Unit<'a>> {
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

fn point(result: &Reading<'_>, axis: Unit<'_>) -> Option<(Timestamp, f64, Range)> {
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
