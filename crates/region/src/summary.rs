//! What a night holds, as a reader of it must find it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tributary_model::NhsNumber;

use crate::feed::{Difference, Kind, Lines};

/// What a night holds, over all organisations.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RegionSummary {
    /// Which night.
    pub night: u32,
    /// People who are somewhere in the region's feeds as registered at a practice.
    pub people: u64,
    /// Identities: Patient lines.
    pub identities: u64,
    /// Lines for each resource type, without the organisations' own and without odd ones.
    pub counts: BTreeMap<&'static str, u64>,
    /// Bytes of all files.
    pub bytes: u64,
    /// Lines with the id of a line of the night before and other content.
    pub changed: u64,
    /// Lines of the night before that are no longer there.
    pub gone: u64,
    /// Lines that were not there the night before; all of them on night 1.
    pub new: u64,
    /// True NHS numbers of those whose practice's codes refuse sharing.
    pub opted_out: Vec<NhsNumber>,
    /// True NHS numbers of those whose practice's codes give consent.
    pub consented: Vec<NhsNumber>,
    /// Those who opted out on this night.
    pub opted_out_tonight: Vec<NhsNumber>,
    /// Those whose opt-out was lifted on this night.
    pub lifted_tonight: Vec<NhsNumber>,
    /// Observations without a subject, sent on purpose.
    pub missing_subject: u64,
    /// Lines of a resource type that readers do not know, sent on purpose.
    pub unknown_type: u64,
    /// Procedures with a code that the law keeps out of shared records.
    pub restricted: u64,
}

impl RegionSummary {
    /// All lines that can be filed.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn add_lines(&mut self, lines: &Lines) {
        for kind in Kind::ALL {
            let count = *lines.counts.get(kind);
            if count > 0 && kind != Kind::Organization {
                *self.counts.entry(kind.name()).or_default() += count;
            }
            self.bytes += u64::try_from(lines.files.get(kind).len()).unwrap_or(u64::MAX);
        }
        self.identities += *lines.counts.get(Kind::Patient);
        self.missing_subject += lines.odd.missing_subject;
        self.unknown_type += lines.odd.unknown_type;
        self.restricted += lines.odd.restricted;
    }

    pub(crate) fn add_difference(&mut self, difference: Difference) {
        self.changed += difference.changed;
        self.gone += difference.gone;
        self.new += difference.new;
    }

    /// The text of `expected.json`.
    pub(crate) fn expected(&self) -> String {
        let night = self.night;
        let numbers = |list: &[NhsNumber]| -> Value {
            list.iter()
                .map(|number| Value::from(number.digits()))
                .collect()
        };
        let mut all = Map::new();
        all.insert("people".into(), json!(self.people));
        all.insert("identities".into(), json!(self.identities));
        all.insert(format!("day{night}"), json!(self.counts));
        if night > 1 {
            all.insert(format!("day{night}_changed"), json!(self.changed));
            all.insert(format!("day{night}_gone"), json!(self.gone));
            all.insert(format!("day{night}_new"), json!(self.new));
            all.insert(
                format!("opted_out_on_day{night}"),
                numbers(&self.opted_out_tonight),
            );
            all.insert(
                format!("opt_out_lifted_day{night}"),
                numbers(&self.lifted_tonight),
            );
        }
        all.insert(format!("opted_out_day{night}"), numbers(&self.opted_out));
        all.insert(format!("consented_day{night}"), numbers(&self.consented));
        let odd = json!({
            "missing_subject": self.missing_subject,
            "unknown_type": self.unknown_type,
            "restricted": self.restricted,
        });
        all.insert("odd".into(), odd);
        serde_json::to_string_pretty(&all).expect("numbers and strings are JSON")
    }
}
