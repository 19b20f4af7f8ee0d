//! The search among the organisation's own patients.

use askama::Template;
use tributary_gatekeeper::{Found, FoundPatient, Search};

use super::Frame;

/// What was typed, given back when the form is shown again.
#[derive(Clone, Default)]
pub(crate) struct Typed {
    pub(crate) nhs_number: Option<String>,
    pub(crate) family_name: String,
    pub(crate) born: [String; 3],
}

/// A field and what is wrong with it.
pub(crate) struct Problem {
    pub(crate) field: &'static str,
    pub(crate) words: &'static str,
}

impl Typed {
    pub(crate) fn new(nhs: Option<String>, family: String, born: [String; 3]) -> Self {
        let trimmed = |text: String| text.trim().to_owned();
        Self {
            nhs_number: nhs.map(trimmed),
            family_name: trimmed(family),
            born: born.map(trimmed),
        }
    }

    /// The search that was meant, or what each field lacks.
    pub(crate) fn search(&self) -> Result<Search, Vec<Problem>> {
        if let Some(number) = &self.nhs_number {
            return if number.is_empty() {
                Err(vec![Problem {
                    field: "nhs-number",
                    words: "Enter an NHS number",
                }])
            } else {
                Ok(Search::NhsNumber(number.clone()))
            };
        }
        let mut problems = Vec::new();
        if self.family_name.is_empty() {
            problems.push(Problem {
                field: "family-name",
                words: "Enter a family name",
            });
        }
        let born = self.born_iso();
        if born.is_none() {
            let words = "Enter a date of birth, such as 9 7 1954";
            problems.push(Problem {
                field: "day",
                words,
            });
        }
        match (problems.is_empty(), born) {
            (true, Some(born)) => Ok(Search::NameAndBirth {
                family: self.family_name.clone(),
                born,
            }),
            _ => Err(problems),
        }
    }

    /// The part of the date that was typed in a field.
    fn of(&self, field: &str) -> &str {
        let [day, month, year] = &self.born;
        match field {
            "day" => day,
            "month" => month,
            _ => year,
        }
    }

    fn born_iso(&self) -> Option<String> {
        let [day, month, year] = &self.born;
        let (day, month) = (day.parse::<u8>().ok()?, month.parse::<u8>().ok()?);
        let iso = format!("{:04}-{month:02}-{day:02}", year.parse::<u16>().ok()?);
        tributary_model::ClinicalDate::read(&iso).map(|_| iso)
    }
}

/// What stands beneath the forms.
enum Beneath {
    Recent(Vec<FoundPatient>),
    Matches(Found),
    NoMatch,
    Nothing,
}

/// Two short forms, and what was found or opened lately.
#[derive(Template)]
#[template(path = "find.html")]
pub(crate) struct FindPage {
    frame: Frame,
    typed: Typed,
    problems: Vec<Problem>,
    beneath: Beneath,
}

impl FindPage {
    pub(crate) fn blank(frame: Frame, recent: &Found) -> Self {
        let beneath = Beneath::Recent(recent.patients.clone());
        Self {
            frame,
            typed: Typed::default(),
            problems: Vec::new(),
            beneath,
        }
    }

    pub(crate) const fn mistyped(frame: Frame, typed: Typed, problems: Vec<Problem>) -> Self {
        Self {
            frame,
            typed,
            problems,
            beneath: Beneath::Nothing,
        }
    }

    pub(crate) fn found(frame: Frame, typed: Typed, found: &Found) -> Self {
        let beneath = if found.patients.is_empty() {
            Beneath::NoMatch
        } else {
            Beneath::Matches(found.clone())
        };
        Self {
            frame,
            typed,
            problems: Vec::new(),
            beneath,
        }
    }

    fn problem(&self, field: &str) -> Option<&'static str> {
        self.problems
            .iter()
            .find(|problem| problem.field == field)
            .map(|problem| problem.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(family: &str, born: [&str; 3]) -> Typed {
        Typed::new(None, family.to_owned(), born.map(str::to_owned))
    }

    #[test]
    fn a_name_needs_a_real_date() {
        let search = named(" Koepp ", ["9", "7", "1954"]).search();
        let expected = Search::NameAndBirth {
            family: "Koepp".into(),
            born: "1954-07-09".into(),
        };
        assert!(search.is_ok_and(|search| search == expected));
        for born in [
            ["31", "2", "1954"],
            ["", "", ""],
            ["9", "July", "1954"],
            ["9", "7", "54"],
        ] {
            let found = named("Koepp", born).search();
            // Two digits of a year are a year of the first century: nobody's.
            assert!(born == ["9", "7", "54"] || found.is_err(), "{born:?}");
        }
        assert!(
            named("", ["9", "7", "1954"])
                .search()
                .is_err_and(|all| all.len() == 1)
        );
    }

    #[test]
    fn an_empty_number_is_no_search() {
        let typed = Typed::new(Some("  ".to_owned()), String::new(), Default::default());
        assert!(
            typed
                .search()
                .is_err_and(|all| all.iter().all(|one| one.field == "nhs-number"))
        );
    }
}
