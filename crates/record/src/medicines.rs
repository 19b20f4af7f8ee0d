//! Medicines: which are current, who gives them, which stopped lately, and where doses disagree.

use std::collections::BTreeMap;

use tributary_model::{
    Detail, IdentityId, Medication, OrganisationKind, ResourceKind, Section, Timestamp,
};

use crate::{
    book::{Book, Item},
    codes,
    conflicts::{Disagreements, Voice, facts_of, oppose},
    drugs::{self, Drug, Form},
    duplicates::Fact,
    limits::{HOSPITAL_INTERVAL, LATELY, WARD_INTERVAL},
    mix::{Hashes, Mix},
    sets::{alike, names},
};

/// The medicines of the first minute, as places of facts, newest first.
#[derive(Default)]
pub(crate) struct Medicines {
    pub(crate) again: Vec<usize>,
    pub(crate) once: Vec<usize>,
    pub(crate) hospital: Vec<usize>,
    pub(crate) stopped: Vec<usize>,
}

/// Sorts the medicines into those of the first minute.
pub(crate) fn choose(book: &Book<'_>, facts: &[Fact]) -> Medicines {
    let mut chosen = Medicines::default();
    let mut stopped = Vec::new();
    let mut given: Vec<(u64, usize)> = Vec::new();
    let mut current = Hashes::default();
    for place in medicine_facts(book, facts) {
        let Some(item) = facts.get(place).map(|fact| book.item(fact.lead)) else {
            continue;
        };
        let Detail::Medication(medication) = &item.entry.detail else {
            continue;
        };
        let name = item.words.unwrap_or_default();
        if is_prescription(item) && item.is_current() {
            current.extend(spoken(book, facts, place, name));
            match course(item, medication) {
                Course::Again => chosen.again.push(place),
                Course::Once => chosen.once.push(place),
                Course::Hospital => chosen.hospital.push(place),
            }
        } else if is_given_by_hospital(book, item) {
            given.push((name, place));
        } else if is_stopped_lately(book, item, medication) {
            stopped.push((name, place));
        }
    }
    // What a source has stopped and has current again has not stopped there; but what one source
    // stopped and another still has current is just what a reader must see.
    stopped.retain(|(name, place)| {
        spoken(book, facts, *place, *name).any(|saying| !current.contains(&saying))
    });
    chosen.hospital.extend(newest_of_each(book, facts, given));
    chosen.stopped = newest_of_each(book, facts, stopped);
    for list in [&mut chosen.again, &mut chosen.once, &mut chosen.hospital] {
        list.sort_by_key(|place| newest_first(book, facts, *place));
    }
    chosen
}

/// A medicine's name in the mouth of each identity that says the fact.
fn spoken<'a>(
    book: &'a Book<'_>,
    facts: &'a [Fact],
    place: usize,
    name: u64,
) -> impl Iterator<Item = u64> + 'a {
    let members = facts.get(place).into_iter().flat_map(Fact::members);
    members.map(move |member| {
        Mix::new(name)
            .number(book.item(member).key.identity.0.cast_unsigned())
            .end()
    })
}

/// Of what is given or was ordered many times, the last.
fn newest_of_each(book: &Book<'_>, facts: &[Fact], mut named: Vec<(u64, usize)>) -> Vec<usize> {
    let mut seen = Hashes::default();
    named.sort_by_key(|(_, place)| newest_first(book, facts, *place));
    named.retain(|(name, _)| seen.insert(*name));
    named.into_iter().map(|(_, place)| place).collect()
}

/// Sorts newest first, and the same every time.
pub(crate) fn newest_first(
    book: &Book<'_>,
    facts: &[Fact],
    place: usize,
) -> (std::cmp::Reverse<Option<Timestamp>>, usize) {
    let at = facts.get(place).and_then(|fact| book.item(fact.lead).at());
    (std::cmp::Reverse(at), place)
}

fn medicine_facts(book: &Book<'_>, facts: &[Fact]) -> impl Iterator<Item = usize> {
    let places: Vec<usize> = facts
        .iter()
        .enumerate()
        .filter(|(_, fact)| {
            let item = book.item(fact.lead);
            matches!(item.entry.detail, Detail::Medication(_)) && item.is_fact()
        })
        .map(|(place, _)| place)
        .collect();
    places.into_iter()
}

/// An order or a statement that someone takes it; what is dispensed or given follows from these.
fn is_prescription(item: &Item<'_>) -> bool {
    item.is(ResourceKind::MedicationRequest) || item.is(ResourceKind::MedicationStatement)
}

enum Course {
    Again,
    Once,
    Hospital,
}

/// The source's own word first. Without one, what has a planned end is for once; all else is
/// taken as repeat, since a current medicine must not be missed.
fn course(item: &Item<'_>, medication: &Medication) -> Course {
    match medication.course.as_str() {
        "hospital-only" => Course::Hospital,
        _ if codes::is_hospital_drug(item.entry.what.words()) => Course::Hospital,
        "acute" => Course::Once,
        "" if item.entry.until.is_some() => Course::Once,
        _ => Course::Again,
    }
}

/// Given by a trust so lately that the next dose may be due: for what only hospitals give, and
/// for what a cancer or mental health trust gives, within the longest usual interval; for what is
/// given on any ward, within days.
fn is_given_by_hospital(book: &Book<'_>, item: &Item<'_>) -> bool {
    let special = || codes::is_hospital_drug(item.entry.what.words());
    let interval = match book.kind_of(item) {
        OrganisationKind::CancerTrust | OrganisationKind::MentalHealthTrust => HOSPITAL_INTERVAL,
        OrganisationKind::AcuteTrust if special() => HOSPITAL_INTERVAL,
        OrganisationKind::AcuteTrust => WARD_INTERVAL,
        _ => return false,
    };
    item.is(ResourceKind::MedicationAdministration)
        && matches!(
            item.entry.status.as_str(),
            "completed" | "in-progress" | "on-hold"
        )
        && item.at().is_some_and(|at| book.now.since(at) <= interval)
}

fn is_stopped_lately(book: &Book<'_>, item: &Item<'_>, medication: &Medication) -> bool {
    let ended = item
        .entry
        .until
        .as_ref()
        .map(|until| until.sort)
        .or_else(|| item.at());
    let stopped = match item.entry.status.as_str() {
        "stopped" | "not-taken" => true,
        // A course that was finished as planned was not stopped; one without an end was.
        "completed" => !medication.stopped_because.is_empty() || medication.course == "repeat",
        "active" | "unknown" | "" => medication.course == "repeat",
        _ => false,
    };
    is_prescription(item)
        && !item.is_current()
        && stopped
        && ended.is_some_and(|ended| book.now.since(ended) <= LATELY)
}

/// What one source has current of one drug in one form.
struct Held {
    identity: IdentityId,
    form: Option<Form>,
    strengths: Vec<String>,
    doses: Vec<String>,
    voices: Vec<Voice>,
}

/// One drug current at two sources in different doses.
pub(crate) fn disagreements(book: &Book<'_>, facts: &[Fact], found: &mut Disagreements) {
    let current: Vec<(usize, &Fact, Drug)> = facts_of(book, facts, Section::Medications)
        .into_iter()
        .filter_map(|place| facts.get(place).map(|fact| (place, fact)))
        .filter(|(_, fact)| {
            let item = book.item(fact.lead);
            is_prescription(item) && item.is_current()
        })
        .map(|(place, fact)| {
            (
                place,
                fact,
                drugs::read(book.item(fact.lead).entry.what.words()),
            )
        })
        .collect();
    let groups = alike(current.len(), |n, name| {
        let Some((_, fact, drug)) = current.get(n) else {
            return;
        };
        let item = book.item(fact.lead);
        names(&item.entry.what, item.words, name);
        if !drug.name.is_empty() {
            name(Mix::new(8).text(&drug.name).end());
        }
    });
    for group in groups {
        let members = group.into_iter().filter_map(|n| current.get(n));
        compare(&held(book, members), found);
    }
}

/// Gathers by source and form what each has of one drug.
fn held<'a>(
    book: &Book<'_>,
    members: impl Iterator<Item = &'a (usize, &'a Fact, Drug)>,
) -> Vec<Held> {
    let mut held: BTreeMap<(IdentityId, Option<Form>), Held> = BTreeMap::new();
    for (place, fact, drug) in members {
        for member in fact.members() {
            let item = book.item(member);
            let identity = item.key.identity;
            let one = held.entry((identity, drug.form)).or_insert_with(|| Held {
                identity,
                form: drug.form,
                strengths: Vec::new(),
                doses: Vec::new(),
                voices: Vec::new(),
            });
            one.voices.push(Voice {
                fact: *place,
                identity,
                at: Timestamp::default(),
            });
            if !drug.strength.is_empty() {
                one.strengths.push(drug.strength.clone());
            }
            let dose = dose_of(item);
            if !dose.is_empty() {
                one.doses.push(dose);
            }
        }
    }
    let mut held: Vec<Held> = held.into_values().collect();
    for one in &mut held {
        for list in [&mut one.strengths, &mut one.doses] {
            list.sort();
            list.dedup();
        }
    }
    held
}

fn dose_of(item: &Item<'_>) -> String {
    let Detail::Medication(medication) = &item.entry.detail else {
        return String::new();
    };
    let lines = medication.doses.iter().map(|line| match &line.amount {
        Some((number, unit)) if line.text.is_empty() => drugs::dose(&format!("{number} {unit}")),
        _ => drugs::dose(&line.text),
    });
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// Compares what the sources hold. What one of them leaves unsaid is no disagreement.
fn compare(held: &[Held], found: &mut Disagreements) {
    let differ = |a: &[String], b: &[String]| !a.is_empty() && !b.is_empty() && a != b;
    let may_be_same_form = |a: Option<Form>, b: Option<Form>| match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    for (n, a) in held.iter().enumerate() {
        for b in held.iter().skip(n + 1) {
            if a.identity != b.identity
                && may_be_same_form(a.form, b.form)
                && (differ(&a.strengths, &b.strengths) || differ(&a.doses, &b.doses))
            {
                oppose(&a.voices, &b.voices, |x, y| x.fact != y.fact, found);
            }
        }
    }
}
