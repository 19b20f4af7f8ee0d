//! A truncated snapshot never deletes: one that would remove too much is held for a person.

use std::collections::{BTreeMap, HashMap};

use tributary_model::Section;
use tributary_store::{Line, Made, RECORD};

use crate::{first_reading::FilePlan, limits};

/// Why a snapshot is to be held; nothing if it may be filed.
pub(crate) fn reasons(files: &[FilePlan], known: &HashMap<String, i64>) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut missing: Vec<&String> = known
        .keys()
        .filter(|name| !files.iter().any(|plan| plan.file.name == **name))
        .collect();
    missing.sort();
    for name in missing {
        reasons.push(format!(
            "{name} was in the last snapshot and is missing from this one"
        ));
    }
    let mut kinds: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for plan in files {
        let counted = plan
            .known
            .old
            .records
            .chunks_exact(RECORD)
            .filter_map(|record| {
                Line::unpack(record.first_chunk()?).and_then(|line| Kind::of(line.made))
            });
        counted.for_each(|kind| kinds.entry(kind).or_default().0 += 1);
        let gone = plan.gone.iter().filter_map(|line| Kind::of(line.made));
        gone.for_each(|kind| kinds.entry(kind).or_default().1 += 1);
        if removes_too_much(plan.known.old.len(), plan.gone.len()) {
            let (gone, had) = (plan.gone.len(), plan.known.old.len());
            let name = &plan.file.name;
            reasons.push(format!(
                "{name} would remove {gone} of the {had} lines it had"
            ));
        }
    }
    for (kind, (had, gone)) in kinds {
        if removes_too_much(had, gone) {
            let what = kind.words();
            reasons.push(format!(
                "it would remove {gone} of the source's {had} {what}"
            ));
        }
    }
    reasons
}

/// What removals are counted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    People,
    Entries(Section),
}

impl Kind {
    const fn of(made: Made) -> Option<Self> {
        match made {
            Made::Person(_) => Some(Self::People),
            Made::Entry(_, section, _) => Some(Self::Entries(section)),
            Made::Relationship(_) | Made::Sharing(_) | Made::Aside | Made::Dropped(_) => None,
        }
    }

    fn words(self) -> String {
        match self {
            Self::People => "people".to_owned(),
            Self::Entries(section) => format!("entries in “{}”", section.title()),
        }
    }
}

/// More than the share, with a small floor; or everything there was, if that was more than a few.
pub(crate) const fn removes_too_much(had: usize, gone: usize) -> bool {
    gone > limits::REMOVES_FLOOR && gone * limits::REMOVES_ONE_IN > had || gone == had && had > 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_and_a_handful_are_believed() {
        assert!(!removes_too_much(1_000, 100));
        assert!(removes_too_much(1_000, 101));
        assert!(!removes_too_much(12, 5));
        assert!(removes_too_much(12, 6));
    }

    #[test]
    fn all_that_there_was_is_not_believed() {
        assert!(removes_too_much(3, 3));
        assert!(!removes_too_much(2, 2));
        assert!(!removes_too_much(0, 0));
    }
}
