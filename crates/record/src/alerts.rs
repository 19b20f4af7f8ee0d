//! Alerts, decisions and mental health status: what must not be missed.

use tributary_model::{
    ClinicalEntry, Detail, EntryKey, ResourceKind, Section, Timestamp, Value, Version,
};

use crate::{
    book::{Book, Item},
    codes::{Topic, topic_of_code, topic_of_words},
    combined::{Alert, Provenance},
    duplicates::Fact,
    limits::PREGNANCY,
    medicines::newest_first,
    mix::{Grouped, Mix},
    rows,
    values::value_words,
    words::{normal, same, without_tag},
};

/// What the statements of a record tell for the first minute, as places of facts.
#[derive(Default)]
pub(crate) struct Told {
    /// Alerts and decisions with their topic.
    pub(crate) raised: Vec<(Topic, usize)>,
    /// Pregnancy now: the newest statement of it.
    pub(crate) pregnancy: Option<usize>,
    /// Mental health act status and crisis plan, newest first.
    pub(crate) mental_health: Vec<usize>,
}

/// Listens to every statement that holds now.
pub(crate) fn listen(book: &Book<'_>, facts: &[Fact]) -> Told {
    let mut told = Told::default();
    for (place, fact) in facts.iter().enumerate() {
        let item = book.item(fact.lead);
        if !item.is_current() {
            continue;
        }
        match topic(item) {
            None => {}
            Some(Topic::Pregnancy) => {
                let newest = |known| newer(book, facts, place, known);
                let tells = is_pregnant_now(book, item) && told.pregnancy.is_none_or(newest);
                told.pregnancy = if tells { Some(place) } else { told.pregnancy };
            }
            Some(Topic::MentalHealthAct | Topic::CrisisPlan) => told.mental_health.push(place),
            Some(topic) => told.raised.push((topic, place)),
        }
    }
    told.mental_health
        .sort_by_key(|place| newest_first(book, facts, *place));
    told
}

fn newer(book: &Book<'_>, facts: &[Fact], a: usize, b: usize) -> bool {
    let at = |place: usize| facts.get(place).and_then(|fact| book.item(fact.lead).at());
    at(a) > at(b)
}

/// A pregnancy that is active, and not older than one can be.
fn is_pregnant_now(book: &Book<'_>, item: &Item<'_>) -> bool {
    item.at().is_some_and(|at| {
        let since = book.now.since(at);
        (-Timestamp::DAY..=PREGNANCY).contains(&since)
    })
}

/// What a statement is about. Codes count wherever they stand; words only where a source writes
/// alerts, decisions and plans, since elsewhere they are mentioned for many reasons.
fn topic(item: &Item<'_>) -> Option<Topic> {
    let entry = item.entry;
    let coded = match entry.kind {
        ResourceKind::Condition
        | ResourceKind::Flag
        | ResourceKind::Observation
        | ResourceKind::CarePlan
        | ResourceKind::DocumentReference
        | ResourceKind::Composition
        | ResourceKind::Procedure
        | ResourceKind::QuestionnaireResponse
        | ResourceKind::Task => topic_of_codes(entry),
        _ => return None,
    };
    coded.or_else(|| topic_said(item))
}

fn topic_of_codes(entry: &ClinicalEntry) -> Option<Topic> {
    let own = entry.what.codings.iter();
    let category = entry
        .categories
        .iter()
        .flat_map(|category| &category.codings);
    let value = match &entry.detail {
        Detail::Observation(observation) => match &observation.value {
            Some(Value::Coded(value)) => value.codings.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    own.chain(category)
        .chain(value)
        .find_map(|coding| topic_of_code(&coding.code))
}

fn topic_said(item: &Item<'_>) -> Option<Topic> {
    let entry = item.entry;
    let title = match &entry.detail {
        Detail::Document(document) => document.title.as_str(),
        Detail::Plan(plan) => plan.title.as_str(),
        _ => "",
    };
    let said = topic_of_words(entry.what.words()).or_else(|| topic_of_words(title));
    match entry.kind {
        ResourceKind::Flag => {
            let category = || {
                entry
                    .categories
                    .iter()
                    .find_map(|category| topic_of_words(category.words()))
            };
            said.or_else(category).or(Some(Topic::Other))
        }
        ResourceKind::Condition if item.key.section == Section::SocialCare => said,
        ResourceKind::Condition => said.filter(|topic| {
            matches!(
                topic,
                Topic::ChildProtection
                    | Topic::LookedAfter
                    | Topic::Safeguarding
                    | Topic::Resuscitation
                    | Topic::MentalHealthAct
            ) || (*topic == Topic::Infection && !is_negated(entry.what.words()))
        }),
        ResourceKind::CarePlan | ResourceKind::DocumentReference | ResourceKind::Composition => {
            said.filter(|topic| {
                topic.is_decision() || matches!(topic, Topic::CrisisPlan | Topic::ChildProtection)
            })
        }
        _ => None,
    }
}

fn is_negated(words: &str) -> bool {
    let begins = |with: &str| {
        words
            .get(..with.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(with))
    };
    [
        "no ",
        "history of ",
        "h/o",
        "family history",
        "negative",
        "screening",
    ]
    .into_iter()
    .any(begins)
}

/// The alerts and the decisions, each once with everyone who says it, most pressing first.
pub(crate) fn lines(book: &Book<'_>, facts: &[Fact], told: &Told) -> (Vec<Alert>, Vec<Alert>) {
    let mut raised: Vec<(Topic, usize)> = told.raised.clone();
    raised.sort_by_key(|(topic, place)| (*topic, newest_first(book, facts, *place)));
    let mut lines: Vec<(Topic, Alert)> = Vec::new();
    let mut known: Grouped<usize> = Grouped::default();
    for (topic, place) in raised {
        let Some(fact) = facts.get(place) else {
            continue;
        };
        let item = book.item(fact.lead);
        let words = alert_words(item.entry);
        let provenance = fact
            .members()
            .map(|member| book.provenance(book.item(member)));
        let name = Mix::new(topic as u64).letters(normal(&words)).end();
        if let Some((_, alert)) = known.get(&name).and_then(|line| lines.get_mut(*line)) {
            alert.provenance.extend(provenance);
            continue;
        }
        known.insert(name, lines.len());
        let alert = Alert {
            kind: topic.kind().to_owned(),
            words,
            since: item.entry.when.clone(),
            provenance: provenance.collect(),
            key: Some(item.key),
        };
        lines.push((topic, alert));
    }
    add_interpreter(book, &mut lines);
    lines.sort_by_key(|(topic, _)| *topic);
    let (decisions, alerts): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .partition(|(topic, _)| topic.is_decision());
    let bare = |lines: Vec<(Topic, Alert)>| lines.into_iter().map(|(_, alert)| alert).collect();
    (bare(alerts), bare(decisions))
}

fn alert_words(entry: &ClinicalEntry) -> String {
    let what = rows::what(entry);
    let mut words = without_tag(&what).to_owned();
    if let Detail::Observation(observation) = &entry.detail
        && let Some(value) = &observation.value
    {
        words.push_str(": ");
        words.push_str(&value_words(value));
    }
    words
}

/// The interpreter that demographics ask for stands in no entry.
fn add_interpreter(book: &Book<'_>, lines: &mut Vec<(Topic, Alert)>) {
    let mut by_language: Vec<Alert> = Vec::new();
    for source in &book.sources {
        let Some(language) = &source.demographics.interpreter else {
            continue;
        };
        let words = format!("Interpreter needed: {language}");
        let provenance = Provenance {
            key: EntryKey {
                identity: source.identity,
                section: Section::Person,
                // Entries are numbered from 1: this is the person's own demographics.
                n: 0,
                version: Version(0),
            },
            source: source.organisation.code.clone(),
            source_name: source.organisation.name.clone(),
            author: String::new(),
            recorded: None,
            refreshed: source.refreshed,
        };
        match by_language
            .iter_mut()
            .find(|alert| same(&alert.words, &words))
        {
            Some(alert) => alert.provenance.push(provenance),
            None => by_language.push(Alert {
                kind: Topic::Interpreter.kind().to_owned(),
                words,
                since: None,
                provenance: vec![provenance],
                key: None,
            }),
        }
    }
    lines.extend(
        by_language
            .into_iter()
            .map(|alert| (Topic::Interpreter, alert)),
    );
}
