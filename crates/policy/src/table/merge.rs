//! Merging decided cases into few rows, read from the top.

use std::collections::{BTreeMap, BTreeSet};

use super::dimensions::{Case, Dimension};

/// What is decided of a case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Verdict {
    pub(super) rule: u8,
    pub(super) words: String,
}

/// One group of each dimension.
type Groups = Vec<usize>;

/// Every case and what is decided of it.
pub(super) struct Cases {
    decided: BTreeMap<Groups, Verdict>,
    hidden: Vec<(Groups, Verdict, Verdict)>,
}

/// A row: where every dimension's group is among the row's, the row applies.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) verdict: Verdict,
    pub(super) cells: Vec<BTreeSet<usize>>,
}

impl Cases {
    /// Decides every case in every variant that its groups stand for.
    pub(super) fn decide(
        dimensions: &[Dimension],
        decide: impl Fn(&[&dyn Fn(&mut Case<'_>)]) -> Option<Verdict>,
    ) -> Self {
        let mut cases = Self {
            decided: BTreeMap::new(),
            hidden: vec![],
        };
        let groups: Vec<BTreeSet<_>> = dimensions
            .iter()
            .map(|dimension| (0..dimension.groups.len()).collect())
            .collect();
        for case in product(&groups) {
            let chosen = dimensions.iter().zip(&case);
            let variants: Vec<Vec<_>> = chosen
                .map(|(dimension, group)| dimension.groups.get(*group))
                .map(|group| group.map_or(&[][..], |group| group.variants.as_slice()))
                .map(|variants| {
                    variants
                        .iter()
                        .map(|set| set as &dyn Fn(&mut Case<'_>))
                        .collect()
                })
                .collect();
            for variant in product(&variants) {
                if let Some(verdict) = decide(&variant) {
                    cases.note(&case, verdict);
                }
            }
        }
        cases
    }

    fn note(&mut self, case: &Groups, verdict: Verdict) {
        let first = self
            .decided
            .entry(case.clone())
            .or_insert_with(|| verdict.clone());
        if *first != verdict {
            self.hidden.push((case.clone(), first.clone(), verdict));
        }
    }

    /// Cases whose variants are decided differently, so that a label hides a difference.
    #[cfg(test)]
    pub(super) fn hidden(&self) -> &[(Groups, Verdict, Verdict)] {
        &self.hidden
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Groups, &Verdict)> {
        self.decided.iter()
    }
}

impl Row {
    pub(super) fn applies(&self, case: &Groups) -> bool {
        self.cells
            .iter()
            .zip(case)
            .all(|(cell, group)| cell.contains(group))
    }

    /// Widens the row, dimension by dimension, by every group that it is right of. “Any” is for
    /// where there is a choice: a single group is named, even if rows above deal with the others.
    fn widen(&mut self, cases: &Cases, dimensions: &[Dimension], above: &[Self]) {
        for (at, dimension) in dimensions.iter().enumerate() {
            let mut concerned: Vec<_> = (0..dimension.groups.len()).collect();
            concerned.retain(|group| self.only(at, *group).concerns_any(cases));
            let any = self.widened(at, 0..dimension.groups.len());
            if concerned.len() > 1 && any.is_right(cases, above) {
                *self = any;
                continue;
            }
            for group in concerned {
                let wider = self.widened(at, [group]);
                if wider.is_right(cases, above) {
                    *self = wider;
                }
            }
        }
    }

    fn widened(&self, at: usize, groups: impl IntoIterator<Item = usize>) -> Self {
        let mut row = self.clone();
        if let Some(cell) = row.cells.get_mut(at) {
            cell.extend(groups);
        }
        row
    }

    /// The same row for one group of a dimension only.
    fn only(&self, at: usize, group: usize) -> Self {
        let mut row = self.clone();
        if let Some(cell) = row.cells.get_mut(at) {
            *cell = BTreeSet::from([group]);
        }
        row
    }

    /// Whether it says nothing wrong of a case that no row above applies to.
    fn is_right(&self, cases: &Cases, above: &[Self]) -> bool {
        let mut applied = cases.decided.iter().filter(|(case, _)| self.applies(case));
        applied.all(|(case, verdict)| {
            *verdict == self.verdict || above.iter().any(|row| row.applies(case))
        })
    }

    /// Whether there is a case it applies to that is decided as it says.
    fn concerns_any(&self, cases: &Cases) -> bool {
        let mut applied = cases.decided.iter().filter(|(case, _)| self.applies(case));
        applied.any(|(_, verdict)| *verdict == self.verdict)
    }
}

/// Rows that, read from the top, say of every case what is decided; in the order of the rules.
pub(super) fn rows(cases: &Cases, dimensions: &[Dimension]) -> Vec<Row> {
    let verdicts: BTreeSet<_> = cases.decided.values().collect();
    let mut rows: Vec<Row> = vec![];
    for verdict in verdicts {
        let these = cases
            .decided
            .iter()
            .filter(|(_, decided)| *decided == verdict);
        for (case, _) in these {
            if rows.iter().any(|row| row.applies(case)) {
                continue;
            }
            let cells = case.iter().map(|group| BTreeSet::from([*group])).collect();
            let mut row = Row {
                verdict: verdict.clone(),
                cells,
            };
            row.widen(cases, dimensions, &rows);
            rows.push(row);
        }
    }
    drop_what_is_said_twice(rows, cases)
}

/// Later rows may have been widened over an earlier one, which then says nothing of its own.
fn drop_what_is_said_twice(mut rows: Vec<Row>, cases: &Cases) -> Vec<Row> {
    let mut at = 0;
    while at < rows.len() {
        let row = rows.remove(at);
        let mut decided = cases.decided.iter();
        let needed = decided.any(|(case, verdict)| {
            rows.iter()
                .find(|row| row.applies(case))
                .is_none_or(|first| first.verdict != *verdict)
        });
        if needed {
            rows.insert(at, row);
            at += 1;
        }
    }
    rows
}

/// One item of each list, in every way.
fn product<'a, T: Copy + 'a, L>(lists: &'a [L]) -> Vec<Vec<T>>
where
    &'a L: IntoIterator<Item = &'a T>,
{
    lists.iter().fold(vec![vec![]], |begun, list| {
        let longer = |begun: &Vec<T>| {
            let begun = begun.clone();
            list.into_iter()
                .map(move |item| [begun.as_slice(), &[*item]].concat())
        };
        begun.iter().flat_map(longer).collect()
    })
}
