//! Allergies: the summary at the top, and where sources disagree on them.

use tributary_model::{Allergy, Detail, Section, Timestamp};

use crate::{
    book::{Book, Item},
    combined::{AllergyLine, AllergySummary, Provenance},
    conflicts::{Disagreements, Voice, facts_of, oppose, said_by_others},
    duplicates::Fact,
    sections,
    sets::{alike, names},
    standing::Standing,
    values,
    words::{same, without_tag, words_hash},
};

/// What an allergy statement says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// There is one.
    Present,
    /// There was one, or it is denied, or it was taken back.
    Absent,
    /// None are known, of whatever kind.
    NoneKnown(Reach),
}

/// How far “none known” reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Everything,
    Drugs,
    Food,
    Environment,
    /// Something narrower (latex, bee stings): it denies nothing else.
    Narrow,
}

fn says(item: &Item<'_>, allergy: &Allergy) -> Says {
    if item.standing != Standing::Current {
        return Says::Absent;
    }
    if !allergy.none_known {
        return Says::Present;
    }
    let what = &item.entry.what;
    let is = |codes: &[&str]| codes.iter().any(|code| what.has_code(code));
    Says::NoneKnown(if is(&["716186003", "no-known-allergies"]) {
        Reach::Everything
    } else if is(&["409137002", "no-known-medication-allergies"]) {
        Reach::Drugs
    } else if is(&["429625007", "no-known-food-allergies"]) {
        Reach::Food
    } else if is(&["428607008"]) {
        Reach::Environment
    } else if what.codings.is_empty() {
        Reach::Everything
    } else {
        Reach::Narrow
    })
}

/// Whether “none known” of this reach denies an allergy. One without a category could be any.
fn denies(reach: Reach, item: &Item<'_>) -> bool {
    let categories = &item.entry.categories;
    let is_any = |names: &[&str]| {
        categories.is_empty()
            || categories.iter().any(|category| {
                names
                    .iter()
                    .any(|name| category.has_code(name) || same(category.words(), name))
            })
    };
    match reach {
        Reach::Everything => true,
        Reach::Narrow => false,
        Reach::Drugs => is_any(&["medication", "biologic"]),
        Reach::Food => is_any(&["food"]),
        Reach::Environment => is_any(&["environment"]),
    }
}

/// One allergy fact as it is thought about here.
struct Stated<'a> {
    fact: usize,
    item: &'a Item<'a>,
    allergy: &'a Allergy,
    says: Says,
}

fn stated<'a>(book: &'a Book<'a>, facts: &[Fact]) -> Vec<Stated<'a>> {
    let places = facts_of(book, facts, Section::Allergies).into_iter();
    places
        .filter_map(|fact| {
            let item = book.item(facts.get(fact)?.lead);
            let Detail::Allergy(allergy) = &item.entry.detail else {
                return None;
            };
            Some(Stated {
                fact,
                item,
                allergy,
                says: says(item, allergy),
            })
        })
        .collect()
}

/// A substance is the same whether a source names it or the allergy to it.
fn substance(words: &str) -> &str {
    const BEFORE: [&str; 8] = [
        "allergy to ",
        "allergic to ",
        "allergic reaction to ",
        "adverse reaction to ",
        "hypersensitivity to ",
        "intolerance to ",
        "sensitivity to ",
        "propensity to adverse reactions to ",
    ];
    const AFTER: [&str; 4] = [
        " allergy",
        " adverse reaction",
        " intolerance",
        " hypersensitivity",
    ];
    let words = without_tag(words);
    let front = BEFORE.into_iter().find_map(|before| {
        let head = words.get(..before.len())?;
        head.eq_ignore_ascii_case(before)
            .then(|| words.get(before.len()..))
            .flatten()
    });
    let rest = front.unwrap_or(words);
    let back = AFTER.into_iter().find_map(|after| {
        let split = rest.len().checked_sub(after.len())?;
        let tail = rest.get(split..)?;
        tail.eq_ignore_ascii_case(after)
            .then(|| rest.get(..split))
            .flatten()
    });
    back.unwrap_or(rest)
}

/// The same substance, present at one source and not at another; or “none known” at one source
/// and an allergy at another.
pub(crate) fn disagreements(book: &Book<'_>, facts: &[Fact], found: &mut Disagreements) {
    let stated = stated(book, facts);
    let voices = |chosen: &mut dyn Iterator<Item = &Stated<'_>>| -> Vec<Voice> {
        let facts = chosen.filter_map(|one| facts.get(one.fact).map(|fact| (one.fact, fact)));
        facts
            .flat_map(|(place, fact)| fact.members().map(move |member| (place, member)))
            .map(|(place, member)| Voice {
                fact: place,
                identity: book.item(member).key.identity,
                at: Timestamp::default(),
            })
            .collect()
    };
    for group in by_substance(&stated)
        .into_iter()
        .filter(|group| group.len() > 1)
    {
        let of = |says| voices(&mut group.iter().copied().filter(move |one| one.says == says));
        oppose(&of(Says::Present), &of(Says::Absent), |_, _| true, found);
    }
    for reach in [
        Reach::Everything,
        Reach::Drugs,
        Reach::Food,
        Reach::Environment,
    ] {
        let none = voices(
            &mut stated
                .iter()
                .filter(|one| one.says == Says::NoneKnown(reach)),
        );
        if !none.is_empty() {
            let denied = stated
                .iter()
                .filter(|one| one.says == Says::Present && denies(reach, one.item));
            oppose(&voices(&mut { denied }), &none, |_, _| true, found);
        }
    }
}

/// The statements of each substance.
fn by_substance<'a, 'b>(stated: &'b [Stated<'a>]) -> Vec<Vec<&'b Stated<'a>>> {
    let mut groups = alike(stated.len(), |n, name| {
        if let Some(one) = stated.get(n) {
            let what = &one.item.entry.what;
            names(what, words_hash(substance(what.words())), name);
        }
    });
    let mut grouped = vec![false; stated.len()];
    for n in groups.iter().flatten() {
        if let Some(mark) = grouped.get_mut(*n) {
            *mark = true;
        }
    }
    let alone = grouped.iter().enumerate().filter(|(_, grouped)| !**grouped);
    groups.extend(alone.map(|(n, _)| vec![n]));
    groups
        .into_iter()
        .map(|group| group.into_iter().filter_map(|n| stated.get(n)).collect())
        .collect()
}

/// The allergies as the banner says them.
pub(crate) fn summary(book: &Book<'_>, facts: &[Fact]) -> AllergySummary {
    let stated = stated(book, facts);
    let mut lines = lines(book, facts, &stated);
    if lines
        .iter()
        .any(|(standing, _)| *standing == Standing::Current)
    {
        return recorded(lines);
    }
    let none_known = |reach: Reach| move |one: &&Stated<'_>| one.says == Says::NoneKnown(reach);
    let everything = stated.iter().filter(none_known(Reach::Everything));
    let provenance: Vec<Provenance> = everything
        .filter_map(|one| facts.get(one.fact))
        .flat_map(Fact::members)
        .map(|member| book.provenance(book.item(member)))
        .collect();
    if lines.is_empty() && !provenance.is_empty() {
        return AllergySummary::NoneKnown(provenance);
    }
    // What is over or denied is never dropped, and “no known drug allergies” is not “no known
    // allergies”: beside these, each “none known” is said in its own words.
    let nones = stated
        .iter()
        .filter(|one| matches!(one.says, Says::NoneKnown(_)));
    lines.extend(nones.map(|one| (Standing::Current, line(&[one], String::new(), None))));
    if !lines.is_empty() {
        return recorded(lines);
    }
    if sections::is_supplied(book, Section::Allergies) {
        AllergySummary::NoneRecorded
    } else {
        AllergySummary::NotSupplied
    }
}

fn recorded(lines: Vec<(Standing, AllergyLine)>) -> AllergySummary {
    AllergySummary::Recorded(lines.into_iter().map(|(_, line)| line).collect())
}

/// One line for each substance that some source has as present, or denies; worst first.
fn lines(book: &Book<'_>, facts: &[Fact], stated: &[Stated<'_>]) -> Vec<(Standing, AllergyLine)> {
    let nones: Vec<&Stated<'_>> = stated
        .iter()
        .filter(|one| matches!(one.says, Says::NoneKnown(_)))
        .collect();
    let mut lines: Vec<(Standing, AllergyLine)> = Vec::new();
    for members in by_substance(stated) {
        let present: Vec<&Stated<'_>> = members
            .iter()
            .copied()
            .filter(|one| one.says == Says::Present)
            .collect();
        let conflict = conflict_words(book, facts, &nones, &members, &present);
        if !present.is_empty() {
            lines.push((Standing::Current, line(&present, String::new(), conflict)));
            continue;
        }
        // Nobody has it as present: it is said all the same, with what became of it. What was
        // only ever an error is no allergy; it stands struck in the section.
        let left: Vec<&Stated<'_>> = members
            .into_iter()
            .filter(|one| one.says == Says::Absent && one.item.is_fact())
            .collect();
        if let Some(first) = left.first() {
            let status =
                values::status_words(&first.item.entry.status, &first.item.entry.verification);
            lines.push((first.item.standing, line(&left, status, conflict)));
        }
    }
    lines.sort_by(|(a, x), (b, y)| {
        a.cmp(b)
            .then_with(|| y.severe.cmp(&x.severe))
            .then_with(|| x.substance.cmp(&y.substance))
            .then_with(|| x.key.cmp(&y.key))
    });
    lines
}

/// One line of several statements of one substance: the worst names it, all reactions are said.
fn line(members: &[&Stated<'_>], status: String, conflict: Option<String>) -> AllergyLine {
    let severe = |one: &&Stated<'_>| is_severe(one.allergy);
    let first = members
        .iter()
        .copied()
        .find(severe)
        .or(members.first().copied());
    let first = first.expect("a line is made of at least one statement");
    let mut reactions: Vec<String> = Vec::new();
    for one in members {
        let words = values::reaction_words(one.allergy);
        if !words.is_empty() && !reactions.iter().any(|said| same(said, &words)) {
            reactions.push(words);
        }
    }
    let certain = members
        .iter()
        .any(|one| matches!(one.item.entry.verification.as_str(), "" | "confirmed"));
    let status = if status.is_empty() && !certain {
        values::spaced(&first.item.entry.verification)
    } else {
        status
    };
    AllergyLine {
        substance: without_tag(first.item.entry.what.words()).to_owned(),
        reactions: reactions.join("; "),
        severe: members.iter().any(severe),
        conflict,
        status,
        key: first.item.key,
    }
}

fn is_severe(allergy: &Allergy) -> bool {
    allergy.criticality == "high"
        || allergy
            .reactions
            .iter()
            .any(|(_, severity)| severity == "severe")
}

/// Who says otherwise, in words.
fn conflict_words(
    book: &Book<'_>,
    facts: &[Fact],
    nones: &[&Stated<'_>],
    members: &[&Stated<'_>],
    present: &[&Stated<'_>],
) -> Option<String> {
    let fact = |one: &Stated<'_>| facts.get(one.fact);
    let number = present.iter().find_map(|one| fact(one)?.conflict)?;
    let against = |one: &Stated<'_>| {
        fact(one).is_some_and(|fact| fact.conflict == Some(number))
            && present
                .iter()
                .any(|present| match (fact(present), fact(one)) {
                    (Some(x), Some(y)) => said_by_others(book, x, y),
                    _ => false,
                })
    };
    let denials = members
        .iter()
        .copied()
        .filter(|one| one.says == Says::Absent);
    let nones = nones.iter().copied().filter(|one| match one.says {
        Says::NoneKnown(reach) => present.iter().any(|present| denies(reach, present.item)),
        _ => false,
    });
    let mut words: Vec<String> = Vec::new();
    for one in denials.chain(nones).filter(|one| against(one)) {
        let source = &book.source(one.item.source).organisation.name;
        let says = match (one.says, one.item.standing) {
            (Says::NoneKnown(_), _) => without_tag(one.item.entry.what.words()).to_owned(),
            (_, Standing::Error) => "entered in error".to_owned(),
            (_, Standing::Refuted) => "refuted".to_owned(),
            _ => values::status_words(&one.item.entry.status, ""),
        };
        let said = format!("{source}: {says}");
        if !words.contains(&said) {
            words.push(said);
        }
    }
    (!words.is_empty()).then(|| words.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_substance_is_itself_however_it_is_named() {
        for words in [
            "Penicillin",
            "Allergy to Penicillin",
            "Penicillin allergy",
            "PENICILLIN (substance)",
        ] {
            assert!(same(substance(words), "penicillin"), "{words}");
        }
        assert_eq!(substance("é"), "é");
    }
}
