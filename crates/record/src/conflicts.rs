//! Where sources disagree. A disagreement is shown, never resolved.

use std::collections::HashMap;

use tributary_model::{IdentityId, Section, Timestamp};

use crate::{allergies, book::Book, duplicates::Fact, medicines, problems, sets::Sets};

/// Pairs of facts that cannot both hold.
#[derive(Default)]
pub(crate) struct Disagreements(Vec<(usize, usize)>);

/// Marks the facts that disagree with one number for each disagreement.
///
/// Numbers are given in the book's order, so that they do not depend on the order of reading.
pub(crate) fn mark(book: &Book<'_>, facts: &mut [Fact]) {
    let mut found = Disagreements::default();
    allergies::disagreements(book, facts, &mut found);
    medicines::disagreements(book, facts, &mut found);
    problems::disagreements(book, facts, &mut found);
    if found.0.is_empty() {
        return;
    }
    let mut sets = Sets::of(facts.len());
    for (a, b) in &found.0 {
        sets.join(*a, *b);
    }
    let mut involved: Vec<usize> = found.0.iter().flat_map(|(a, b)| [*a, *b]).collect();
    involved.sort_unstable();
    involved.dedup();
    let mut numbers: HashMap<usize, u32> = HashMap::new();
    for n in involved {
        let next = u32::try_from(numbers.len() + 1).unwrap_or(u32::MAX);
        let number = *numbers.entry(sets.find(n)).or_insert(next);
        if let Some(fact) = facts.get_mut(n) {
            fact.conflict = Some(number);
        }
    }
}

/// The facts of a section, by their places.
pub(crate) fn facts_of(book: &Book<'_>, facts: &[Fact], section: Section) -> Vec<usize> {
    facts
        .iter()
        .enumerate()
        .filter(|(_, fact)| book.item(fact.lead).key.section == section)
        .map(|(n, _)| n)
        .collect()
}

/// Whether two facts are said by different identities, so that it is sources that disagree.
pub(crate) fn said_by_others(book: &Book<'_>, a: &Fact, b: &Fact) -> bool {
    let identity = |member: usize| book.item(member).key.identity;
    a.members()
        .any(|x| b.members().any(|y| identity(x) != identity(y)))
}

/// One source's saying of a fact.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) fact: usize,
    pub(crate) identity: IdentityId,
    /// The instant that matters, where time does.
    pub(crate) at: Timestamp,
}

/// Joins each voice with the foremost of the other side that is another identity's and that it
/// `clashes` with. Each side is in the order in which the foremost clashes if any does, so that
/// nothing is compared with everything.
pub(crate) fn oppose(
    a: &[Voice],
    b: &[Voice],
    clashes: impl Fn(&Voice, &Voice) -> bool,
    found: &mut Disagreements,
) {
    let (of_a, of_b) = (foremost(a), foremost(b));
    for x in a {
        if let Some(y) = of_b.iter().flatten().find(|y| y.identity != x.identity)
            && clashes(x, y)
        {
            found.0.push((x.fact, y.fact));
        }
    }
    for y in b {
        if let Some(x) = of_a.iter().flatten().find(|x| x.identity != y.identity)
            && clashes(x, y)
        {
            found.0.push((x.fact, y.fact));
        }
    }
}

/// The first voice, and the first of another identity than that.
fn foremost(voices: &[Voice]) -> [Option<Voice>; 2] {
    let first = voices.first().copied();
    let second = first.and_then(|first| {
        voices
            .iter()
            .find(|voice| voice.identity != first.identity)
            .copied()
    });
    [first, second]
}
