//! Reports, letters, compositions and messages: their words, and the file they came as.

use base64::{Engine, engine::general_purpose::STANDARD};
use tributary_model::{Document, ResourceKind};

use super::parts::{all_words, narrative, refer, words};
use crate::json::Node;

pub(super) fn read(resource: Node<'_, '_>, kind: ResourceKind) -> Document {
    let attachments: Vec<Node<'_, '_>> = match kind {
        ResourceKind::DocumentReference => resource
            .get("content")
            .each()
            .map(|content| content.get("attachment"))
            .collect(),
        ResourceKind::DiagnosticReport => resource.get("presentedForm").each().collect(),
        ResourceKind::Communication => resource
            .get("payload")
            .each()
            .map(|payload| payload.get("contentAttachment"))
            .filter(|attachment| attachment.is_something())
            .collect(),
        _ => Vec::new(),
    };
    let attachment = attachments
        .iter()
        .find(|attachment| attachment.get("data").text().is_some())
        .or(attachments.first());
    let of = |member: &str| {
        attachment
            .map(|attachment| attachment.get(member).words().into_owned())
            .unwrap_or_default()
    };
    let (media_type, data) = (of("contentType"), of("data"));
    let text = text(resource, kind);
    let title = [resource.get("title"), resource.get("description")]
        .into_iter()
        .find_map(Node::text)
        .map_or_else(|| of("title"), Into::into);
    Document {
        title: if title.is_empty() {
            words(resource.first_of(&["type", "code"]))
        } else {
            title
        },
        text: if text.is_empty() {
            plain_text(&media_type, &data)
        } else {
            text
        },
        media_type,
        data,
        results: resource
            .get("result")
            .each()
            .filter_map(|result| refer(&result.get("reference").text()?, "Observation"))
            .collect(),
    }
}

/// What the resource itself says in words.
fn text(resource: Node<'_, '_>, kind: ResourceKind) -> String {
    let lines: Vec<String> = match kind {
        ResourceKind::DiagnosticReport => {
            let conclusion = resource.get("conclusion").words().into_owned();
            vec![conclusion, all_words(resource.get("conclusionCode"))]
        }
        ResourceKind::Communication => resource
            .get("payload")
            .each()
            .map(|payload| payload.get("contentString").words().into_owned())
            .collect(),
        ResourceKind::Composition => {
            let mut lines = Vec::new();
            sections(resource.get("section"), &mut lines);
            lines
        }
        _ => Vec::new(),
    };
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// Each section's title and narrative, sections within sections after their own.
fn sections(section: Node<'_, '_>, lines: &mut Vec<String>) {
    for section in section.each() {
        lines.push(section.get("title").words().into_owned());
        lines.push(narrative(&section.get("text").get("div").words()));
        sections(section.get("section"), lines);
    }
}

/// The words of an attachment that is plain text.
fn plain_text(media_type: &str, data: &str) -> String {
    if !media_type.starts_with("text/plain") {
        return String::new();
    }
    let packed: String = data.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(packed).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
