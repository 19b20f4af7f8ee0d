//! The rules printed as tables for a Caldicott Guardian: every case decided, cases that do not
//! matter merged.
//!
//! The tables are made from [`crate::decide`] alone. Every combination of facts is decided once;
//! then, rule by rule, rows are widened as long as they say nothing wrong. A table is read from the
//! top: the first row that applies decides.

mod dimensions;
mod merge;

use std::{collections::BTreeSet, fmt::Write};

use tributary_model::{Role, Timestamp};

use self::{
    dimensions::{Case, Dimension},
    merge::{Cases, Row, Verdict},
};
use crate::{
    Decision, Permitted, Reader, Refused, Rulebook, ToRecord, Undecided, Withholding, decide,
};

/// The instant at which the tables' cases are decided; any would do.
const NOW: Timestamp = Timestamp(1_795_000_000_000_000);

/// A table as it is printed: the first row that applies decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grid {
    /// The headings.
    pub columns: Vec<String>,
    /// The rows, a cell for each heading.
    pub rows: Vec<Vec<String>>,
}

/// Everything that is printed of one rulebook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    /// Its name and version.
    pub label: String,
    /// What the region chose, a sentence for each.
    pub settings: Vec<String>,
    /// Who may ask at all: rule 1.
    pub who_may_ask: Grid,
    /// The other rules.
    pub rules: Grid,
    /// What the words of the tables stand for.
    pub glossary: Vec<(&'static str, &'static str)>,
}

impl Printed {
    /// Everything that is printed of a rulebook.
    #[must_use]
    pub fn of(rulebook: &Rulebook) -> Self {
        let dimensions = dimensions::of_the_patient();
        Self {
            label: rulebook.label(),
            settings: settings(rulebook),
            who_may_ask: who_may_ask(rulebook),
            rules: grid(&dimensions, &rows(&dimensions, rulebook)),
            glossary: glossary(&dimensions),
        }
    }
}

/// The tables of these rulebooks as Markdown.
#[must_use]
pub fn markdown(rulebooks: &[Rulebook]) -> String {
    let mut text = String::from(INTRODUCTION);
    if let Some(rulebook) = rulebooks.first() {
        text.push_str("\n## Who may ask at all (rule 1, every rulebook)\n\n");
        text.push_str(&table(&who_may_ask(rulebook)));
        text.push_str("\nFor everyone else the table of the rulebook decides.\n");
    }
    let dimensions = dimensions::of_the_patient();
    for rulebook in rulebooks {
        let _ = write!(text, "\n## {}\n\n", rulebook.label());
        for line in settings(rulebook) {
            let _ = writeln!(text, "- {line}");
        }
        text.push('\n');
        text.push_str(&table(&grid(&dimensions, &rows(&dimensions, rulebook))));
    }
    text.push_str("\n## What the words stand for\n\n");
    for (label, note) in glossary(&dimensions) {
        let _ = writeln!(text, "- **{label}**: {note}");
    }
    text
}

const INTRODUCTION: &str = "\
# Who may see a record

These tables are printed from the rules themselves, and a test keeps them so: do not edit them.
Read each from the top: **the first row that applies decides**.
“any” means that it makes no difference.
Rules 1 to 4 are the same in every rulebook, and nothing overrides them.
";

/// The table of rule 1, which is the same in every rulebook.
fn who_may_ask(rulebook: &Rulebook) -> Grid {
    let dimensions = dimensions::of_the_requester();
    let mut rows = rows(&dimensions, rulebook);
    rows.retain(|row| row.verdict.rule == 1);
    grid(&dimensions, &rows)
}

/// Decides every case and merges what gives the same answer.
fn rows(dimensions: &[Dimension], rulebook: &Rulebook) -> Vec<Row> {
    let cases = Cases::decide(dimensions, |case| verdict(rulebook, case));
    merge::rows(&cases, dimensions)
}

/// What is decided of a case; `None` if there is no such case.
fn verdict(rulebook: &Rulebook, case: &[&dyn Fn(&mut Case<'_>)]) -> Option<Verdict> {
    let mut made = Case::new(rulebook, NOW);
    for set in case {
        set(&mut made);
    }
    let (ask, facts) = made.into_parts()?;
    Some(match decide(rulebook, ask, &facts, NOW) {
        Decision::Permitted(permitted) => Verdict {
            rule: permitted.rule(),
            words: permitted_words(&permitted),
        },
        Decision::AskConsent(asked) => Verdict {
            rule: asked.rule(),
            words: "the consent screen".to_owned(),
        },
        Decision::Refused(refused) => Verdict {
            rule: refused.rule(),
            words: refused_words(&refused),
        },
    })
}

fn permitted_words(permitted: &Permitted) -> String {
    let mut words = "**permitted**".to_owned();
    match permitted.until() {
        None => {}
        Some(_) if permitted.rule() == 8 => words.push_str(" until what is held runs out"),
        Some(NOW) => words.push_str(" for this view"),
        Some(until) => {
            let _ = write!(words, " for {} hours", until.since(NOW) / Timestamp::HOUR);
        }
    }
    words.push_str(match permitted.record() {
        None => "",
        Some(_) if permitted.rule() == 7 => ", the yes is recorded",
        Some(ToRecord::StandingConsent) => ", recorded: the next professional is not asked again",
        Some(ToRecord::Grant { .. }) => ", recorded for this professional and organisation",
    });
    if permitted.review() {
        words.push_str(", flagged for review");
    }
    words
}

fn refused_words(refused: &Refused) -> String {
    match refused.rule() {
        1 => "refused: not authorised".to_owned(),
        2 => "refused as if the person did not exist".to_owned(),
        14 => "refused: the screen says what is missing".to_owned(),
        _ => format!("refused: “{}”", refused.words_for(Reader::Requester)),
    }
}

fn grid(dimensions: &[Dimension], rows: &[Row]) -> Grid {
    let titles = dimensions.iter().map(|dimension| dimension.title);
    let columns = ["rule"].into_iter().chain(titles).chain(["outcome"]);
    let cells_of = |row: &Row| {
        let cells = dimensions.iter().zip(&row.cells);
        let cells = cells.map(|(dimension, cell)| dimension.words(cell));
        [row.verdict.rule.to_string()]
            .into_iter()
            .chain(cells)
            .chain([row.verdict.words.clone()])
            .collect()
    };
    Grid {
        columns: columns.map(str::to_owned).collect(),
        rows: rows.iter().map(cells_of).collect(),
    }
}

fn table(Grid { columns, rows }: &Grid) -> String {
    let rule = vec!["---".to_owned(); columns.len()];
    [columns, &rule]
        .into_iter()
        .chain(rows)
        .fold(String::new(), |text, cells| {
            text + "| " + &cells.join(" | ") + " |\n"
        })
}

fn settings(rulebook: &Rulebook) -> Vec<String> {
    let mut lines = vec![match rulebook.undecided {
        Undecided::Ask => "A patient who has decided nothing is asked.".to_owned(),
        Undecided::Permit => "A patient who has decided nothing is not asked.".to_owned(),
        Undecided::NoRecord => "A record is created only for patients who opted in.".to_owned(),
    }];
    if !rulebook.standing_consent {
        lines.push("There is no standing consent.".to_owned());
    }
    if rulebook.live_sources_only {
        lines.push("Only sources asked at view time are shown, and nothing is kept.".to_owned());
    }
    lines.push(format!("May view: {}.", roles(&rulebook.viewers)));
    lines.push(format!(
        "May break the glass: {}.",
        roles(&rulebook.glass_breakers)
    ));
    lines.extend(rulebook.withheld.iter().map(withheld_words));
    let Rulebook {
        no_hours,
        grace_days,
        ..
    } = rulebook;
    lines.push(format!("A no is remembered for {no_hours} hours."));
    lines.push(format!(
        "A relationship counts for {grace_days} days after its end, a registration with a practice \
         for none."
    ));
    lines
}

fn roles(roles: &BTreeSet<Role>) -> String {
    // An empty list is nobody, and the table says so.
    if roles.is_empty() {
        return "nobody".to_owned();
    }
    roles
        .iter()
        .map(|role| role.words())
        .collect::<Vec<_>>()
        .join(", ")
}

fn withheld_words(withholding: &Withholding) -> String {
    let sections: Vec<_> = withholding
        .sections
        .iter()
        .map(|section| section.title())
        .collect();
    let role = withholding.role.map_or("every role", Role::words);
    let place = withholding
        .organisation
        .map_or("any organisation", |kind| kind.name());
    let purpose = withholding.purpose.map_or(String::new(), |purpose| {
        format!(", open for {}", purpose.words().to_lowercase())
    });
    format!(
        "Withheld from {role} at {place}{purpose}: {}.",
        sections.join(", ")
    )
}

fn glossary(dimensions: &[Dimension]) -> Vec<(&'static str, &'static str)> {
    let groups = dimensions.iter().flat_map(|dimension| &dimension.groups);
    let noted = groups.filter(|group| !group.note.is_empty());
    noted.map(|group| (group.label, group.note)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_applies_is_what_is_decided_in_every_case() {
        for rulebook in Rulebook::all() {
            for dimensions in [dimensions::of_the_requester(), dimensions::of_the_patient()] {
                let rows = rows(&dimensions, &rulebook);
                let cases = Cases::decide(&dimensions, |case| verdict(&rulebook, case));
                assert!(
                    cases.hidden().is_empty(),
                    "a label hides {:?}",
                    cases.hidden()
                );
                for (case, decided) in cases.iter() {
                    let first = rows.iter().find(|row| row.applies(case)).unwrap();
                    assert_eq!(first.verdict, *decided, "{} {case:?}", rulebook.name);
                }
            }
        }
    }

    #[test]
    fn a_rulebook_fits_a_page() {
        let dimensions = dimensions::of_the_patient();
        for rulebook in Rulebook::all() {
            let rows = rows(&dimensions, &rulebook);
            assert!(rows.len() <= 20, "{}: {} rows", rulebook.name, rows.len());
        }
    }

    #[test]
    fn who_may_ask_is_the_same_in_every_rulebook() {
        let [first, rest @ ..] = Rulebook::all().map(|rulebook| who_may_ask(&rulebook));
        assert_eq!(rest, [first.clone(), first.clone(), first]);
    }
}
