//! Settings in words, and what differs between two versions.

use std::collections::BTreeSet;

use tributary_model::{OrganisationKind, Role, Section};
use tributary_policy::{OpenFor, SensitiveSet, Settings, Undecided, Withholding};

use super::{Difference, form::codes_words};

/// Each setting with what it says.
pub(super) fn described(settings: &Settings) -> Vec<(String, String)> {
    let rulebook = &settings.rulebook;
    let line = |setting: &str, value: String| (setting.to_owned(), value);
    let mut lines = vec![
        line("Rulebook", rulebook.name.clone()),
        line(
            "Where the patient has decided nothing",
            match rulebook.undecided {
                Undecided::Ask => "the patient is asked",
                Undecided::Permit => "viewing is permitted, nobody is asked",
                Undecided::NoRecord => "no record is created until they opt in",
            }
            .to_owned(),
        ),
        line(
            "A patient can consent once and for all",
            if rulebook.standing_consent {
                "yes"
            } else {
                "no"
            }
            .to_owned(),
        ),
        line(
            "A consent for today lasts",
            hours(rulebook.consent_today_hours),
        ),
        line(
            "An emergency opening lasts",
            hours(rulebook.emergency_hours),
        ),
        line(
            "An opening on another lawful basis lasts",
            hours(rulebook.legal_hours),
        ),
        line("A no is remembered for", hours(rulebook.no_hours)),
        line(
            "A relationship still counts after its end for",
            format!("{} days", rulebook.grace_days),
        ),
        line("May view records", roles(&rulebook.viewers)),
        line(
            "May break the glass in an emergency",
            roles(&rulebook.glass_breakers),
        ),
    ];
    if rulebook.live_sources_only {
        lines.push(line("What is stored", "is not shown".to_owned()));
    }
    lines.extend(rulebook.withheld.iter().map(withheld));
    let sets = settings.sensitive.sets.iter().map(|set| {
        let name = format!("Sensitive set {}", set.name);
        (name, seen(set))
    });
    lines.extend(sets);
    lines
}

/// What one version says differently from the one before.
pub(super) fn differences(before: &Settings, after: &Settings) -> Vec<Difference> {
    let (before, after) = (described(before), described(after));
    let of = |lines: &[(String, String)], setting: &str| {
        let own = lines.iter().filter(|(one, _)| one == setting);
        own.map(|(_, value)| value.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    };
    let mut settings: Vec<&str> = Vec::new();
    for (setting, _) in before.iter().chain(&after) {
        if !settings.contains(&setting.as_str()) {
            settings.push(setting);
        }
    }
    let differences = settings.into_iter().map(|setting| Difference {
        setting: setting.to_owned(),
        before: of(&before, setting),
        after: of(&after, setting),
    });
    differences.filter(|it| it.before != it.after).collect()
}

fn hours(hours: u32) -> String {
    match hours {
        0 => "one view".to_owned(),
        1 => "1 hour".to_owned(),
        _ => format!("{hours} hours"),
    }
}

/// An empty list is nobody, and says so.
pub(super) fn roles(roles: &BTreeSet<Role>) -> String {
    joined(roles.iter().map(|role| role.words()), "nobody")
}

fn withheld(rule: &Withholding) -> (String, String) {
    let whom = rule.role.map_or("every role", Role::words);
    let place = rule
        .organisation
        .map_or("any organisation", OrganisationKind::words);
    let purpose = rule.purpose.map_or_else(String::new, |purpose| {
        format!(", open for: {}", purpose.words())
    });
    let sections = rule.sections.iter().map(|section| Section::title(*section));
    (
        format!("Withheld from {whom} at {place}{purpose}"),
        joined(sections, "nothing"),
    )
}

fn seen(set: &SensitiveSet) -> String {
    let purposes = set.seen_for.iter().map(|purpose| OpenFor::words(*purpose));
    let purposes = if set.seen_for.len() == OpenFor::ALL.len() {
        String::new()
    } else {
        format!(", open for: {}", joined(purposes, "nothing"))
    };
    format!(
        "seen by {}{purposes} (codes {})",
        roles(&set.seen_by),
        codes_words(set).join(", ")
    )
}

fn joined<'w>(words: impl Iterator<Item = &'w str>, none: &str) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        none.to_owned()
    } else {
        words.join(", ")
    }
}
