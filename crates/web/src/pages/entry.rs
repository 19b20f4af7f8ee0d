//! One entry in full: everything its source said, its earlier forms, and its document.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_model::{
    ClinicalEntry, Coding, Contact, Detail, Measurement, Medication, Observation, Plan, Problem,
    Value,
};
use tributary_record::{EntryView, Row};

use super::{Frame, document::Attachment, head::Head};
use crate::words;

/// The entry.
#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage<'a> {
    frame: Frame,
    head: Head<'a>,
    view: &'a EntryView,
    facts: Vec<(String, String)>,
    codes: Vec<(&'static str, &'a Coding)>,
    document: Option<DocumentView<'a>>,
    verbatim: String,
}

/// The document of an entry.
struct DocumentView<'a> {
    title: &'a str,
    media_type: &'a str,
    text: &'a str,
    attached: bool,
    shown: bool,
}

impl<'a> EntryPage<'a> {
    pub(crate) fn new(frame: Frame, open: &'a OpenRecord, view: &'a EntryView) -> Self {
        Self {
            frame,
            head: Head::new(open, view.section.name()),
            view,
            facts: facts(&view.entry),
            codes: codes(&view.entry),
            document: document(&view.entry),
            verbatim: pretty(&view.verbatim),
        }
    }

    fn title(&self) -> &str {
        if self.view.row.what.is_empty() {
            "Entry without a name"
        } else {
            &self.view.row.what
        }
    }

    /// What changed between versions is seen best when both are read in one line.
    fn one_line(row: &Row) -> String {
        let mut line = row.what.clone();
        for part in std::iter::once(&row.value).chain(row.detail.iter().map(|(_, words)| words)) {
            if !part.is_empty() {
                line.push_str(" · ");
                line.push_str(part);
            }
        }
        line
    }
}

/// What the source said, as labelled words in reading order. Nothing that it said is left out:
/// codes and documents have tables of their own.
fn facts(entry: &ClinicalEntry) -> Vec<(String, String)> {
    let mut facts = Facts(Vec::new());
    facts.add("Clinical status", &entry.status);
    facts.add("Verification", &entry.verification);
    for category in &entry.categories {
        facts.add("Category", category.words());
    }
    facts.of_detail(&entry.detail);
    for reason in &entry.reasons {
        facts.add("Reason", reason.words());
    }
    for note in &entry.notes {
        facts.add("Note", note);
    }
    for reference in &entry.refers_to {
        facts.add("Refers to", reference);
    }
    facts.add("The source's own number", &entry.source_id);
    facts.0
}

struct Facts(Vec<(String, String)>);

impl Facts {
    fn add(&mut self, label: &str, words: &str) {
        if !words.trim().is_empty() {
            self.0.push((label.to_owned(), words.to_owned()));
        }
    }

    fn of_detail(&mut self, detail: &Detail) {
        match detail {
            Detail::Allergy(allergy) => {
                self.add("Criticality", &allergy.criticality);
                for (reaction, severity) in &allergy.reactions {
                    let words = if severity.is_empty() {
                        reaction.clone()
                    } else {
                        format!("{reaction} ({severity})")
                    };
                    self.add("Reaction", &words);
                }
                if allergy.none_known {
                    self.add("Says", "No known allergies");
                }
            }
            Detail::Medication(medication) => self.of_medication(medication),
            Detail::Problem(Problem {
                severity,
                stage,
                site,
            }) => {
                self.add("Severity", severity);
                self.add("Stage", stage);
                self.add("Body site", site);
            }
            Detail::Observation(observation) => self.of_observation(observation),
            Detail::Document(document) => self.add("Title", &document.title),
            Detail::Contact(Contact {
                class,
                place,
                with,
                outcome,
            }) => {
                self.add("Kind of contact", class);
                self.add("Where", place);
                self.add("With", &with.join(", "));
                self.add("Outcome", outcome);
            }
            Detail::Plan(plan) => self.of_plan(plan),
            Detail::Plain { facts } => {
                for (label, words) in facts {
                    self.add(label, words);
                }
            }
        }
    }

    fn of_medication(&mut self, medication: &Medication) {
        for dose in &medication.doses {
            let route = if dose.route.is_empty() {
                String::new()
            } else {
                format!(", {}", dose.route)
            };
            self.add("Dose", &format!("{}{route}", dose.text));
        }
        self.add("Course", &medication.course);
        if let Some(issued) = &medication.last_issued {
            self.add("Last issued", &words::day(issued).to_string());
        }
        self.add("Stopped because", &medication.stopped_because);
    }

    fn of_observation(&mut self, observation: &Observation) {
        self.add("Value", &value(observation.value.as_ref()));
        for Measurement { what, value: part } in &observation.components {
            let named = if what.words().is_empty() {
                "Part"
            } else {
                what.words()
            };
            self.add(named, &value(part.as_ref()));
        }
        self.add("Interpretation", &observation.interpretation.join(", "));
        let (low, high) = observation.range;
        let range = match (low, high) {
            _ if !observation.range_words.is_empty() => observation.range_words.clone(),
            (Some(low), Some(high)) => format!("{low} to {high}"),
            (Some(low), None) => format!("{low} or more"),
            (None, Some(high)) => format!("{high} or less"),
            (None, None) => String::new(),
        };
        self.add("Reference range", &range);
    }

    fn of_plan(&mut self, plan: &Plan) {
        self.add("Title", &plan.title);
        for line in &plan.lines {
            self.add("Says", line);
        }
        for (role, name, telephone) in &plan.people {
            let label = if role.is_empty() {
                "Person or team"
            } else {
                role
            };
            let words = [name.as_str(), telephone.as_str()];
            let words: Vec<&str> = words.into_iter().filter(|part| !part.is_empty()).collect();
            self.add(label, &words.join(", "));
        }
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        Some(Value::Quantity {
            text,
            comparator,
            unit,
            ..
        }) => format!("{comparator}{text} {unit}").trim_end().to_owned(),
        Some(Value::Coded(concept)) => concept.words().to_owned(),
        Some(Value::Words(words)) => words.clone(),
        None => String::new(),
    }
}

/// Every code of the entry, with what it codes.
fn codes(entry: &ClinicalEntry) -> Vec<(&'static str, &Coding)> {
    let mut codes: Vec<(&'static str, &Coding)> = Vec::new();
    codes.extend(entry.what.codings.iter().map(|coding| ("What", coding)));
    for category in &entry.categories {
        codes.extend(category.codings.iter().map(|coding| ("Category", coding)));
    }
    for reason in &entry.reasons {
        codes.extend(reason.codings.iter().map(|coding| ("Reason", coding)));
    }
    if let Detail::Observation(observation) = &entry.detail {
        if let Some(Value::Coded(concept)) = &observation.value {
            codes.extend(concept.codings.iter().map(|coding| ("Value", coding)));
        }
        for part in &observation.components {
            codes.extend(part.what.codings.iter().map(|coding| ("Part", coding)));
        }
    }
    codes
}

fn document(entry: &ClinicalEntry) -> Option<DocumentView<'_>> {
    let Detail::Document(document) = &entry.detail else {
        return None;
    };
    let attached = Attachment::of(entry).is_some();
    Some(DocumentView {
        title: &document.title,
        media_type: &document.media_type,
        text: &document.text,
        attached,
        // What can be read as text above needs no frame beside it.
        shown: attached && document.text.is_empty() && Attachment::is_shown(&document.media_type),
    })
}

/// The source's bytes with a line and an indent for each member. Nothing else is touched: neither
/// order nor spelling, and bytes that are no JSON are merely shown.
fn pretty(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if quoted {
            out.push(letter);
            quoted = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => quoted = true,
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
            }
            _ if letter.is_ascii_whitespace() => continue,
            _ => {}
        }
        out.push(letter);
        match letter {
            '{' | '['
                if letters
                    .peek()
                    .is_some_and(|next| !matches!(next, '}' | ']')) =>
            {
                new_line(&mut out, depth);
            }
            ',' => new_line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

/// Indents are bounded: what is nested deeper than people read is shown at that depth.
fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(40)));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn indents_and_changes_nothing_else() {
        let source = r#"{"b":"x: {\"y\", z}","a":[1.50,{}]}"#;
        let shown = pretty(source.as_bytes());
        assert_eq!(
            shown,
            "{\n  \"b\": \"x: {\\\"y\\\", z}\",\n  \"a\": [\n    1.50,\n    {\n    }\n  ]\n}"
        );
    }

    #[test]
    fn bytes_that_are_no_json_are_merely_shown() {
        for bytes in [&b"\xff\xfe"[..], b"\"\\", b"]]]]", b""] {
            let _ = pretty(bytes);
        }
    }
}
