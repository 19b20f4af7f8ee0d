//! Care plans, teams, goals, flags, tasks, assessments and related persons.

use tributary_model::{ClinicalDate, Plan, ResourceKind};

use super::{
    observation::value_words,
    parts::{all_words, contained, joined, person_name, spoken, telephone, words},
};
use crate::json::Node;

type Person = (String, String, String);

pub(super) fn read(resource: Node<'_, '_>, kind: ResourceKind) -> Plan {
    match kind {
        ResourceKind::CarePlan => care_plan(resource),
        ResourceKind::CareTeam => care_team(resource),
        ResourceKind::Goal => goal(resource),
        ResourceKind::Task => task(resource),
        ResourceKind::QuestionnaireResponse => assessment(resource),
        ResourceKind::RelatedPerson => related_person(resource),
        _ => Plan {
            title: words(resource.get("code")),
            ..Plan::default()
        },
    }
}

fn care_plan(resource: Node<'_, '_>) -> Plan {
    let title = match resource.get("title").text() {
        Some(title) => title.into(),
        None => all_words(resource.get("category")),
    };
    let described = resource.get("description").words().into_owned();
    let activities = resource
        .get("activity")
        .each()
        .map(|activity| activity_line(resource, activity));
    let goals = resource.get("goal").each().filter_map(|goal| {
        let named = spoken(resource, goal);
        let inside = || contained(resource, goal).map(|goal| words(goal.get("description")));
        Some(format!("Goal: {}", named.or_else(inside)?))
    });
    let lines = std::iter::once(described).chain(activities).chain(goals);
    let people = resource.get("careTeam").each().filter_map(|team| {
        let telephone = contained(resource, team).map(telephone).unwrap_or_default();
        Some(("Care team".to_owned(), spoken(resource, team)?, telephone))
    });
    Plan {
        title,
        lines: said(lines),
        people: people.collect(),
    }
}

fn activity_line(resource: Node<'_, '_>, activity: Node<'_, '_>) -> String {
    let detail = activity.get("detail");
    let described = detail.get("description").words();
    let what = joined([&*words(detail.get("code")), &described], ": ");
    let what = if what.is_empty() {
        spoken(resource, activity.get("reference")).unwrap_or_default()
    } else {
        what
    };
    let status = detail.get("status").words();
    if what.is_empty() || status.is_empty() {
        what
    } else {
        format!("{what} ({status})")
    }
}

fn care_team(resource: Node<'_, '_>) -> Plan {
    let people = resource
        .get("participant")
        .each()
        .filter_map(|participant| {
            let member = participant.get("member");
            let name = spoken(resource, member)?;
            let own = contained(resource, member)
                .map(telephone)
                .unwrap_or_default();
            Some((all_words(participant.get("role")), name, own))
        });
    let title = match resource.get("name").text() {
        Some(name) => name.into(),
        None => all_words(resource.get("category")),
    };
    let number = telephone(resource);
    let team = (!number.is_empty()).then(|| ("Team".to_owned(), title.clone(), number));
    Plan {
        people: team.into_iter().chain(people).collect(),
        title,
        lines: Vec::new(),
    }
}

fn goal(resource: Node<'_, '_>) -> Plan {
    let targets = resource.get("target").each().map(|target| {
        let due = target.get("dueDate").words();
        let due = ClinicalDate::read(&due).map(|due| format!("by {}", due.words()));
        let detail = joined([&*target_words(target), &*due.unwrap_or_default()], " ");
        joined([&*words(target.get("measure")), &detail], ": ")
    });
    let achieved = words(resource.get("achievementStatus"));
    Plan {
        title: words(resource.get("description")),
        lines: said(targets.chain([achieved])),
        people: Vec::new(),
    }
}

fn target_words(target: Node<'_, '_>) -> String {
    use super::parts::{amount_words, range_words};
    let detail = target
        .members()
        .find(|(name, said)| name.starts_with("detail") && said.is_something());
    match detail {
        Some(("detailQuantity", said)) => amount_words(said),
        Some(("detailRange", said)) => range_words(said),
        Some(("detailCodeableConcept", said)) => words(said),
        Some((_, said)) => said
            .digits()
            .map_or_else(|| said.words().into(), str::to_owned),
        None => String::new(),
    }
}

fn task(resource: Node<'_, '_>) -> Plan {
    let what = words(resource.get("code"));
    let described = resource.get("description").words().into_owned();
    let status = words(resource.get("businessStatus"));
    let output = resource
        .get("output")
        .each()
        .map(|output| joined([&*words(output.get("type")), &*value_words(output)], ": "));
    let people = [
        ("Owner", resource.get("owner")),
        ("Asked for by", resource.get("requester")),
    ]
    .into_iter()
    .filter_map(|(role, who)| named(resource, role, who));
    let (title, line) = if what.is_empty() {
        (described, String::new())
    } else {
        (what, described)
    };
    Plan {
        title,
        lines: said([line, status].into_iter().chain(output)),
        people: people.collect(),
    }
}

fn named(resource: Node<'_, '_>, role: &str, who: Node<'_, '_>) -> Option<Person> {
    Some((role.to_owned(), spoken(resource, who)?, String::new()))
}

fn assessment(resource: Node<'_, '_>) -> Plan {
    let mut lines = Vec::new();
    items(resource.get("item"), &mut lines);
    Plan {
        title: String::new(),
        lines: said(lines),
        people: Vec::new(),
    }
}

/// `Question: answer, answer`, and the items beneath each, in their order.
fn items(item: Node<'_, '_>, lines: &mut Vec<String>) {
    for item in item.each() {
        let question = item.first_of(&["text", "linkId"]).words();
        let answers: Vec<String> = item.get("answer").each().map(value_words).collect();
        let answers = answers.join(", ");
        // A group without an answer is a heading over what follows.
        lines.push(joined([&*question, &answers], ": "));
        items(item.get("item"), lines);
        for answer in item.get("answer").each() {
            items(answer.get("item"), lines);
        }
    }
}

fn related_person(resource: Node<'_, '_>) -> Plan {
    let relationship = all_words(resource.get("relationship"));
    let name = person_name(resource.get("name").one());
    let person = (relationship, name, telephone(resource));
    Plan {
        title: String::new(),
        lines: Vec::new(),
        people: vec![person],
    }
}

fn said(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}
