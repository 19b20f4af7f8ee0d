//! Joining things that share something, in any order, to the same sets.

use tributary_model::Concept;

use crate::{
    mix::{Grouped, Mix},
    words::tells,
};

/// Disjoint sets of the numbers below a count.
pub(crate) struct Sets(Vec<usize>);

impl Sets {
    pub(crate) fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The set a number is in, named by the least number in it.
    pub(crate) fn find(&mut self, n: usize) -> usize {
        let mut root = n;
        while let Some(up) = self.0.get(root).filter(|up| **up != root) {
            root = *up;
        }
        let mut at = n;
        while let Some(up) = self.0.get_mut(at).filter(|up| **up != root) {
            at = std::mem::replace(up, root);
        }
        root
    }

    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(up) = self.0.get_mut(a.max(b)) {
            *up = a.min(b);
        }
    }
}

/// Groups the numbers below a count that share a name; each group has more than one, ascending.
///
/// For looking for disagreements, where joining too much only shows two rows side by side; never
/// for showing a fact once.
pub(crate) fn alike(count: usize, names: impl Fn(usize, &mut dyn FnMut(u64))) -> Vec<Vec<usize>> {
    let mut first: Grouped<usize> = Grouped::default();
    let mut sets = Sets::of(count);
    for n in 0..count {
        names(n, &mut |name| {
            let first = *first.entry(name).or_insert(n);
            sets.join(first, n);
        });
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count];
    for n in 0..count {
        let root = sets.find(n);
        if let Some(group) = groups.get_mut(root) {
            group.push(n);
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// The names a concept goes by: each of its codes, and its words as they were hashed.
pub(crate) fn names(concept: &Concept, words: Option<u64>, name: &mut dyn FnMut(u64)) {
    for coding in concept.codings.iter().filter(|coding| tells(coding)) {
        name(Mix::new(5).text(&coding.system).text(&coding.code).end());
    }
    if let Some(words) = words {
        name(words);
    }
}
