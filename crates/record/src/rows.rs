//! One fact as one row.

use tributary_model::{ClinicalEntry, Detail, ResourceKind};

use crate::{
    book::{Book, Item},
    combined::{Mark, Row},
    duplicates::Fact,
    limits::TEXT_IN_ROW,
    standing::Standing,
    values,
    words::{cut, same, without_tag},
};

/// The row of a fact, shown by one of its entries, with what only the others say of it.
pub(crate) fn row(book: &Book<'_>, fact: &Fact, shown_by: usize) -> Row {
    let lead = book.item(shown_by);
    let entry = lead.entry;
    let mut row = Row {
        key: lead.key,
        when: entry.when.clone(),
        until: entry.until.clone(),
        what: what(entry),
        value: values::entry_value(entry.kind, &entry.detail),
        detail: detail(entry),
        status: values::status_words(&entry.status, &entry.verification),
        marks: marks(lead),
        provenance: Vec::with_capacity(1 + fact.others.len()),
        conflict: fact.conflict,
        trend: fact.trend.as_deref().map(str::to_owned),
    };
    row.provenance.push(book.provenance(lead));
    for member in fact.members().filter(|member| *member != shown_by) {
        let other = book.item(member);
        add_words_of(&mut row, book, other);
        row.provenance.push(book.provenance(other));
    }
    if fact
        .members()
        .all(|member| book.source(book.item(member).source).late_since.is_some())
    {
        row.marks.push(Mark::SourceLate);
    }
    row
}

/// Showing a fact once hides nothing: what another source says beside it is added with its name.
fn add_words_of(row: &mut Row, book: &Book<'_>, other: &Item<'_>) {
    let name = &book.source(other.source).organisation.name;
    let called = what(other.entry);
    if !same(&called, &row.what) {
        row.detail.push((format!("Called by {name}"), called));
    }
    let value = values::entry_value(other.entry.kind, &other.entry.detail);
    if !same(&value, &row.value) {
        row.detail.push((format!("In the words of {name}"), value));
    }
    for (label, words) in detail(other.entry) {
        if !row.detail.iter().any(|(_, said)| same(said, &words)) {
            row.detail.push((format!("{label} ({name})"), words));
        }
    }
}

/// What a row is called.
pub(crate) fn what(entry: &ClinicalEntry) -> String {
    let title = match &entry.detail {
        Detail::Document(document) => document.title.as_str(),
        Detail::Plan(plan) => plan.title.as_str(),
        _ => "",
    };
    let words = match entry.what.words() {
        "" => title,
        words if title.is_empty() => words,
        _ => title,
    };
    if words.is_empty() {
        unnamed(entry.kind).to_owned()
    } else {
        words.to_owned()
    }
}

/// What to call something that its source gave no name.
const fn unnamed(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::AllergyIntolerance => "Allergy to something not named",
        ResourceKind::Appointment => "Appointment",
        ResourceKind::CarePlan => "Care plan",
        ResourceKind::CareTeam => "Care team",
        ResourceKind::Communication => "Message",
        ResourceKind::Composition | ResourceKind::DocumentReference => "Document",
        ResourceKind::Condition => "Problem not named",
        ResourceKind::DiagnosticReport => "Report",
        ResourceKind::Encounter => "Contact",
        ResourceKind::Flag => "Alert not named",
        ResourceKind::Goal => "Goal",
        ResourceKind::ImagingStudy => "Imaging",
        ResourceKind::Immunization => "Immunisation",
        ResourceKind::MedicationAdministration
        | ResourceKind::MedicationDispense
        | ResourceKind::MedicationRequest
        | ResourceKind::MedicationStatement => "Medicine not named",
        ResourceKind::Observation => "Observation",
        ResourceKind::Procedure => "Procedure",
        ResourceKind::QuestionnaireResponse => "Questionnaire",
        ResourceKind::RelatedPerson => "Related person",
        ResourceKind::Task => "Task",
    }
}

fn marks(item: &Item<'_>) -> Vec<Mark> {
    if item.standing == Standing::Error {
        return vec![Mark::EnteredInError];
    }
    let mut marks = match &item.entry.detail {
        Detail::Observation(observation) => values::result_marks(observation),
        _ => Vec::new(),
    };
    if values::is_pending(item.entry.kind, &item.entry.status) {
        marks.push(Mark::Pending);
    }
    marks
}

/// Labelled words in reading order; nothing empty.
struct Lines(Vec<(String, String)>);

impl Lines {
    fn add(&mut self, label: &str, words: &str) {
        if !words.is_empty() {
            self.0.push((label.to_owned(), words.to_owned()));
        }
    }
}

fn detail(entry: &ClinicalEntry) -> Vec<(String, String)> {
    let mut lines = Lines(Vec::new());
    match &entry.detail {
        Detail::Allergy(allergy) => lines.add("Criticality", &allergy.criticality),
        Detail::Medication(medication) => {
            for dose in &medication.doses {
                lines.add("Route", &dose.route);
            }
            lines.add("Course", &medication.course);
            if let Some(issued) = &medication.last_issued {
                lines.add("Last issued", &issued.words());
            }
            lines.add("Stopped because", &medication.stopped_because);
        }
        Detail::Problem(problem) => {
            lines.add("Severity", &problem.severity);
            lines.add("Stage", &problem.stage);
            lines.add("Site", &problem.site);
        }
        Detail::Observation(observation) => {
            lines.add("Range", &values::range_words(observation));
            if observation.value.is_some() {
                for part in &observation.components {
                    let value = part
                        .value
                        .as_ref()
                        .map(values::value_words)
                        .unwrap_or_default();
                    lines.add(without_tag(part.what.words()), &value);
                }
            }
        }
        Detail::Document(document) => {
            if !same(&document.title, entry.what.words()) && !document.title.is_empty() {
                lines.add("Type", entry.what.words());
            }
            lines.add("Text", &cut(&document.text, TEXT_IN_ROW));
        }
        Detail::Contact(contact) => {
            lines.add("Where", &contact.place);
            lines.add("With", &contact.with.join(", "));
            lines.add("Outcome", &contact.outcome);
        }
        Detail::Plan(plan) => {
            if !same(&plan.title, entry.what.words()) && !plan.title.is_empty() {
                lines.add("Type", entry.what.words());
            }
            for line in &plan.lines {
                lines.add(plan_line(entry.kind), line);
            }
            for (role, name, telephone) in &plan.people {
                let role = if role.is_empty() { "Person" } else { role };
                let between = if name.is_empty() || telephone.is_empty() {
                    ""
                } else {
                    ", "
                };
                lines.add(role, &format!("{name}{between}{telephone}"));
            }
        }
        Detail::Plain { facts } => {
            for (label, words) in facts {
                lines.add(label, words);
            }
        }
    }
    for reason in &entry.reasons {
        lines.add("Reason", without_tag(reason.words()));
    }
    for note in &entry.notes {
        lines.add("Note", &cut(note, TEXT_IN_ROW));
    }
    lines.0
}

const fn plan_line(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::QuestionnaireResponse => "Answer",
        ResourceKind::Goal => "Target",
        ResourceKind::RelatedPerson => "Address",
        ResourceKind::CarePlan => "Activity",
        _ => "Detail",
    }
}
