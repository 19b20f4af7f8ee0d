//! Which results are results of one test: those that share a code, across sources.

use std::rc::Rc;

use tributary_model::{Coding, Detail, Observation, Value};

use crate::{
    book::{Book, Item},
    duplicates::Fact,
    mix::{Grouped, Mix},
    sets::Sets,
    words::tells,
};

/// The tests of a record and their results.
pub(crate) struct TestIndex<'a> {
    /// Facts and the test that each is a result of.
    placed: Vec<(usize, usize)>,
    /// The tests by the number of their first result; the numbers between are empty.
    tests: Vec<Test<'a>>,
}

/// One test.
#[derive(Clone, Default)]
struct Test<'a> {
    /// How many of its results have a number.
    numbers: usize,
    /// The best of its codes.
    code: Option<&'a Coding>,
    /// The hash of its words, where it has no code.
    words: Option<u64>,
}

impl<'a> TestIndex<'a> {
    pub(crate) fn of(book: &Book<'a>, facts: &[Fact]) -> Self {
        let results: Vec<(usize, &Fact)> = facts
            .iter()
            .enumerate()
            .filter(|(_, fact)| {
                let item = book.item(fact.lead);
                item.is_fact() && observation(item).is_some()
            })
            .collect();
        let mut first: Grouped<usize> = Grouped::default();
        let mut sets = Sets::of(results.len());
        for (n, (_, fact)) in results.iter().enumerate() {
            names(book, fact, |name| {
                sets.join(*first.entry(name).or_insert(n), n);
            });
        }
        let mut index = Self {
            placed: Vec::with_capacity(results.len()),
            tests: vec![Test::default(); results.len()],
        };
        for (n, (place, fact)) in results.into_iter().enumerate() {
            index.place(book, sets.find(n), place, fact);
        }
        index
    }

    fn place(&mut self, book: &Book<'a>, at: usize, place: usize, fact: &Fact) {
        self.placed.push((place, at));
        let Some(test) = self.tests.get_mut(at) else {
            return;
        };
        test.numbers += usize::from(observation(book.item(fact.lead)).is_some_and(has_number));
        for item in fact.members().map(|member| book.item(member)) {
            for coding in item
                .entry
                .what
                .codings
                .iter()
                .filter(|coding| tells(coding))
            {
                if test.code.is_none_or(|best| rank(coding) < rank(best)) {
                    test.code = Some(coding);
                }
            }
            test.words = test.words.min(item.words).or(item.words);
        }
    }

    /// The address of the trend of each result whose test has at least two numbers: its fact,
    /// and the address.
    pub(crate) fn addresses(&self) -> Vec<(usize, Rc<str>)> {
        let named: Vec<Option<Rc<str>>> = self
            .tests
            .iter()
            .map(|test| {
                if test.numbers > 1 {
                    test.address().map(Rc::from)
                } else {
                    None
                }
            })
            .collect();
        self.placed
            .iter()
            .filter_map(|(place, at)| Some((*place, named.get(*at)?.clone()?)))
            .collect()
    }

    /// The test at an address: its own, or that of any of its codes, so that an address stays
    /// good when a later result brings a better code. With the test's own address and code.
    pub(crate) fn at(
        &self,
        slug: &str,
        book: &Book<'a>,
        facts: &[Fact],
    ) -> Option<(usize, String, Option<&'a Coding>)> {
        let own = || {
            self.tests
                .iter()
                .position(|test| test.address().is_some_and(|own| own == slug))
        };
        let by_code = || {
            let mut placed = self.placed.iter();
            let found = placed.find(|(place, _)| {
                let members = facts.get(*place).into_iter().flat_map(Fact::members);
                let mut codings = members.flat_map(|member| &book.item(member).entry.what.codings);
                codings.any(|coding| tells(coding) && address(coding) == slug)
            });
            found.map(|(_, at)| *at)
        };
        let at = own().or_else(by_code)?;
        let test = self.tests.get(at)?;
        Some((at, test.address()?, test.code))
    }

    /// The results of a test, as places of facts.
    pub(crate) fn results(&self, test: usize) -> impl Iterator<Item = usize> {
        self.placed
            .iter()
            .filter(move |(_, at)| *at == test)
            .map(|(place, _)| *place)
    }
}

impl Test<'_> {
    fn address(&self) -> Option<String> {
        match (self.code, self.words) {
            (Some(code), _) => Some(address(code)),
            (None, words) => Some(format!("words-{:016x}", words?)),
        }
    }
}

/// The names that results share: their codes, or, where a source sends none, their words.
fn names(book: &Book<'_>, fact: &Fact, mut each: impl FnMut(u64)) {
    let mut coded = false;
    for item in fact.members().map(|member| book.item(member)) {
        for coding in item
            .entry
            .what
            .codings
            .iter()
            .filter(|coding| tells(coding))
        {
            coded = true;
            each(Mix::new(9).text(&coding.system).text(&coding.code).end());
        }
    }
    if let Some(words) = book.item(fact.lead).words.filter(|_| !coded) {
        each(words);
    }
}

fn observation<'a>(item: &Item<'a>) -> Option<&'a Observation> {
    match &item.entry.detail {
        Detail::Observation(observation) => Some(observation),
        _ => None,
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
fn address(coding: &Coding) -> String {
    let plain = coding
        .code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-');
    match coding.system.as_str() {
        LOINC if plain => format!("loinc-{}", coding.code),
        SNOMED if plain => format!("sct-{}", coding.code),
        system => format!(
            "code-{:016x}",
            Mix::new(12).text(system).text(&coding.code).end()
        ),
    }
}
