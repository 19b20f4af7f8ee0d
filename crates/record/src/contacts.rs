//! People and teams to ring.

use tributary_model::{Detail, Plan, ResourceKind};

use crate::{
    banner::practice,
    book::{Book, Item},
    combined::ContactLine,
    duplicates::Fact,
    mix::{Hashes, Mix},
    rows,
    words::normal,
};

/// Next of kin, care coordinator, teams, the practice: each once.
pub(crate) fn contacts(book: &Book<'_>, facts: &[Fact]) -> Vec<ContactLine> {
    let mut lines = Lines::default();
    for item in facts.iter().map(|fact| book.item(fact.lead)) {
        if let Detail::Plan(plan) = &item.entry.detail
            && item.is_current()
        {
            lines.add_people(item, plan);
            if item.is(ResourceKind::CareTeam) && plan.people.is_empty() {
                let source = &book.source(item.source).organisation.name;
                lines.add(&rows::what(item.entry), source, "");
            }
        }
    }
    let mut practices = book
        .sources
        .iter()
        .filter_map(|source| source.demographics.practice.as_ref());
    if let Some(code) = practices.next() {
        lines.add("GP practice", &practice(book, code), "");
    }
    lines.end()
}

#[derive(Default)]
struct Lines {
    lines: Vec<(Place, ContactLine)>,
    seen: Hashes,
}

impl Lines {
    /// Relatives and members of teams; of a plan only who coordinates it.
    fn add_people(&mut self, item: &Item<'_>, plan: &Plan) {
        for (role, name, telephone) in &plan.people {
            match item.entry.kind {
                ResourceKind::RelatedPerson | ResourceKind::CareTeam if role.is_empty() => {
                    self.add(&rows::what(item.entry), name, telephone);
                }
                ResourceKind::RelatedPerson | ResourceKind::CareTeam => {
                    self.add(role, name, telephone);
                }
                ResourceKind::CarePlan if Place::of(role) == Place::Coordinator => {
                    self.add(role, name, telephone);
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, role: &str, name: &str, telephone: &str) {
        let letters = normal(role).chain(['|']).chain(normal(name));
        let same = Mix::new(14).letters(letters).text(telephone).end();
        if (name.is_empty() && telephone.is_empty()) || !self.seen.insert(same) {
            return;
        }
        let line = ContactLine {
            role: role.to_owned(),
            name: name.to_owned(),
            telephone: telephone.to_owned(),
        };
        self.lines.push((Place::of(role), line));
    }

    fn end(mut self) -> Vec<ContactLine> {
        self.lines.sort_by_key(|(place, _)| *place);
        self.lines.into_iter().map(|(_, line)| line).collect()
    }
}

/// Next of kin first, then who coordinates care, then everyone else, the practice last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    NextOfKin,
    Coordinator,
    Other,
    Practice,
}

impl Place {
    fn of(role: &str) -> Self {
        let role = role.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| role.contains(word));
        if says(&["next of kin", "next-of-kin", "emergency contact"]) {
            Self::NextOfKin
        } else if says(&[
            "coordinator",
            "co-ordinator",
            "key worker",
            "lead professional",
        ]) {
            Self::Coordinator
        } else if says(&["gp practice"]) {
            Self::Practice
        } else {
            Self::Other
        }
    }
}
