//! Lines to train a compression dictionary on.

mod plain;

use jiff::civil::Date;

use crate::{
    dice::mix,
    feed::{Kind, Lines},
    plan::RegionPlan,
    sheet::Sheet,
    source,
};

/// So many lines of all types, from a fixed seed: mostly as frequent as they are in the region's
/// feeds, with a share kept for the rare types, and a quarter as systems elsewhere write them.
#[must_use]
pub fn dictionary_samples(count: usize) -> Vec<Vec<u8>> {
    let plan = RegionPlan::new(100_000, 0x7472_6962, Date::constant(2026, 1, 1));
    let mut lines = Lines::default();
    let mut index = 0;
    while index < plan.people && lines.total() < count.saturating_mul(2) {
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
        index += 1;
    }
    let total = lines.total().max(1);
    let mut taken = plain::lines(count / 4);
    let elsewhere = taken.len();
    let count = count - elsewhere;
    let kept = count / (3 * Kind::ALL.len());
    for kind in Kind::ALL {
        let all: Vec<&[u8]> = lines.of(kind).collect();
        let wanted = kept + (count - kept * Kind::ALL.len()) * all.len() / total;
        let step = (all.len() / wanted.max(1)).max(1);
        taken.extend(
            all.iter()
                .step_by(step)
                .take(wanted)
                .map(|line| line.to_vec()),
        );
    }
    // Rare types do not fill their share: the commonest takes what they leave.
    let more = lines
        .of(Kind::Observation)
        .skip(1)
        .step_by(2)
        .map(<[u8]>::to_vec);
    taken.extend(more.take((count + elsewhere).saturating_sub(taken.len())));
    // A trainer looks at its samples stretch by stretch, so each stretch must hold all types.
    let mut order = 0;
    taken.sort_by_cached_key(|_| {
        order += 1;
        mix(7, order)
    });
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
        assert!(kinds.len() >= 18, "{kinds:?}");
        assert_eq!(samples, dictionary_samples(3_000));
    }
}
