//! Lines to train a compression dictionary on.

use jiff::civil::Date;

use crate::{
    feed::{Kind, Lines},
    plan::RegionPlan,
    sheet::Sheet,
    source,
};

/// So many lines of all types, from a fixed seed: rare types first, so that all are there.
#[must_use]
pub fn dictionary_samples(count: usize) -> Vec<Vec<u8>> {
    let plan = RegionPlan::new(20_000, 0x7472_6962, Date::constant(2026, 1, 1));
    let mut by_kind: Vec<Vec<Vec<u8>>> = vec![Vec::new(); Kind::ALL.len()];
    let share = count / Kind::ALL.len() + 1;
    let mut lines = Lines::default();
    for index in 0..plan.people {
        for site in plan.sites() {
            if let Some((person, standing)) = plan.member(site, index, 2) {
                source::write(&mut Sheet::new(
                    &plan,
                    site,
                    (&person, standing),
                    2,
                    &mut lines,
                ));
            }
        }
        for (kind, kept) in Kind::ALL.into_iter().zip(&mut by_kind) {
            let found = lines.files.get(kind).split(|byte| *byte == b'\n');
            kept.extend(
                found
                    .filter(|line| !line.is_empty())
                    .take(40)
                    .map(<[u8]>::to_vec),
            );
        }
        lines.clear();
        lines.take_marks();
        // Enough once the common types could fill what the rare ones leave.
        let rare = by_kind.iter().filter(|kept| kept.len() < share).count();
        let total: usize = by_kind.iter().map(Vec::len).sum();
        if total >= count * 2 && (rare < 8 || total >= count * 8) {
            break;
        }
    }
    spread(by_kind, count)
}

/// Takes from each kind in turn until there are enough.
fn spread(mut by_kind: Vec<Vec<Vec<u8>>>, count: usize) -> Vec<Vec<u8>> {
    let mut taken = Vec::with_capacity(count);
    let mut round = 0;
    while taken.len() < count && by_kind.iter().any(|kept| kept.len() > round) {
        for kept in &mut by_kind {
            if let Some(line) = kept.get_mut(round).filter(|_| taken.len() < count) {
                taken.push(std::mem::take(line));
            }
        }
        round += 1;
    }
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn samples_are_many_varied_and_always_the_same() {
        let samples = dictionary_samples(3_000);
        assert_eq!(samples.len(), 3_000);
        let kinds: HashSet<String> = samples
            .iter()
            .map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap())
            .map(|line| line["resourceType"].as_str().unwrap().to_owned())
            .collect();
        assert!(kinds.len() >= 24, "{kinds:?}");
        assert_eq!(samples, dictionary_samples(3_000));
    }
}
