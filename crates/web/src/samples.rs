//! Typed samples of every page type.

use tributary_model::{ClinicalEntry, Concept, Detail, Document, ResourceKind, Section};

/// A letter with an attachment.
#[must_use]
pub fn letter(media_type: &str, data: &str) -> ClinicalEntry {
    ClinicalEntry {
        kind: ResourceKind::DocumentReference,
        section: Section::Correspondence,
        source_id: "DocumentReference/7".into(),
        what: Concept {
            codings: Vec::new(),
            text: "Clinic letter".into(),
        },
        categories: Vec::new(),
        status: "current".into(),
        verification: String::new(),
        when: None,
        until: None,
        recorded: None,
        author: String::new(),
        notes: Vec::new(),
        reasons: Vec::new(),
        refers_to: Vec::new(),
        detail: Detail::Document(Document {
            title: "Clinic letter".into(),
            media_type: media_type.into(),
            data: data.into(),
            ..Document::default()
        }),
    }
}
