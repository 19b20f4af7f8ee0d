//! Which lines of a file are as they were: the hashes of tonight's lines against last night's
//! manifest, in one pass, in the order of the file.

use std::collections::HashMap;

use tributary_store::{LineHash, Manifest, UNKNOWN};

use crate::limits;

/// Lines that stand in both, in the same order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Run {
    /// The first of them tonight.
    pub new: usize,
    /// The first of them last night.
    pub old: usize,
    /// How many.
    pub lines: usize,
}

/// Compares tonight's hashes, one after the other, with last night's.
///
/// Most nights most lines agree in place. After a line that does not, the next thousands of last
/// night's hashes are looked through, so that removed lines are skipped and added ones are seen.
pub(crate) struct Differ<'a> {
    old: &'a Manifest,
    /// The line of last night that should come next.
    next: usize,
    line: usize,
    ahead: HashMap<LineHash, usize>,
    looked: usize,
    runs: Vec<Run>,
}

impl<'a> Differ<'a> {
    pub(crate) fn new(old: &'a Manifest) -> Self {
        Self {
            old,
            next: 0,
            line: 0,
            ahead: HashMap::new(),
            looked: 0,
            runs: Vec::new(),
        }
    }

    /// Takes the next line's hash; whether the line is as it was.
    pub(crate) fn take(&mut self, hash: &LineHash) -> bool {
        let found = if *hash == UNKNOWN {
            None
        } else if self.old.hash(self.next) == Some(hash) {
            Some(self.next)
        } else {
            self.look_ahead(hash)
        };
        if let Some(old) = found {
            self.extend(old);
            self.next = old + 1;
        }
        self.line += 1;
        found.is_some()
    }

    /// The runs of agreeing lines, and the lines of last night that are in none.
    pub(crate) fn finish(self) -> (Vec<Run>, Vec<usize>) {
        let mut left = Vec::new();
        let mut at = 0;
        for run in &self.runs {
            left.extend(at..run.old);
            at = run.old + run.lines;
        }
        left.extend(at..self.old.len());
        (self.runs, left)
    }

    fn look_ahead(&mut self, hash: &LineHash) -> Option<usize> {
        if self.next > self.looked {
            self.ahead.clear();
            self.looked = self.next;
        }
        while self.looked < self.next + limits::RESYNC {
            let Some(old) = self.old.hash(self.looked) else {
                break;
            };
            if *old != UNKNOWN {
                self.ahead.entry(*old).or_insert(self.looked);
            }
            self.looked += 1;
        }
        self.ahead
            .get(hash)
            .copied()
            .filter(|old| *old >= self.next)
    }

    fn extend(&mut self, old: usize) {
        match self.runs.last_mut() {
            Some(run) if run.new + run.lines == self.line && run.old + run.lines == old => {
                run.lines += 1;
            }
            _ => self.runs.push(Run {
                new: self.line,
                old,
                lines: 1,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use tributary_model::IdentityId;
    use tributary_store::{Line, Made};

    use super::*;

    fn hash(n: u8) -> LineHash {
        [n; 16]
    }

    fn manifest(lines: &[u8]) -> Manifest {
        let mut manifest = Manifest::default();
        for n in lines {
            Line {
                hash: hash(*n),
                rid: 0,
                made: Made::Person(IdentityId(1)),
            }
            .pack(&mut manifest.records);
        }
        manifest
    }

    fn diff(old: &[u8], new: &[u8]) -> (Vec<bool>, Vec<usize>) {
        let old = manifest(old);
        let mut differ = Differ::new(&old);
        let same = new.iter().map(|n| differ.take(&hash(*n))).collect();
        (same, differ.finish().1)
    }

    #[test]
    fn equal_files_agree_throughout() {
        assert_eq!(diff(&[1, 2, 3], &[1, 2, 3]), (vec![true; 3], vec![]));
    }

    #[test]
    fn changes_additions_and_removals_are_told_apart() {
        assert_eq!(
            diff(&[1, 2, 3], &[1, 9, 3]),
            (vec![true, false, true], vec![1])
        );
        assert_eq!(
            diff(&[1, 2, 3], &[1, 2, 9, 3]),
            (vec![true, true, false, true], vec![])
        );
        assert_eq!(diff(&[1, 2, 3, 4], &[1, 4]), (vec![true, true], vec![1, 2]));
        assert_eq!(diff(&[], &[1]), (vec![false], vec![]));
        assert_eq!(diff(&[1], &[]), (vec![], vec![0]));
    }

    #[test]
    fn the_same_line_twice_is_found_once_for_each() {
        assert_eq!(diff(&[1, 1, 2], &[1, 1, 2]), (vec![true; 3], vec![]));
        assert_eq!(diff(&[1, 2], &[1, 1, 2]).1, Vec::<usize>::new());
    }

    #[test]
    fn an_unknown_line_never_agrees() {
        assert_eq!(diff(&[0, 2], &[0, 2]), (vec![false, true], vec![0]));
    }
}
