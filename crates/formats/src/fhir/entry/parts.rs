//! FHIR's common data types in the model's words.

use std::borrow::Cow;

use tributary_model::{ClinicalDate, Coding, Concept};

use crate::{fhir::intake::name_of, json::Node};

pub(super) use crate::fhir::concept_words as words;

/// A `CodeableConcept`, a lone `Coding`, or a text in its place.
pub(super) fn concept(node: Node<'_, '_>) -> Concept {
    if let Some(text) = node.text() {
        return Concept {
            codings: Vec::new(),
            text: text.into(),
        };
    }
    let codings = node.get("coding");
    let codings = if codings.is_something() {
        codings
    } else {
        node
    };
    Concept {
        codings: codings.each().map(coding).filter(is_said).collect(),
        text: node.get("text").words().into(),
    }
}

fn coding(node: Node<'_, '_>) -> Coding {
    Coding {
        system: node.get("system").words().into(),
        code: node.get("code").words().into(),
        display: node.get("display").words().into(),
    }
}

fn is_said(coding: &Coding) -> bool {
    !coding.code.is_empty() || !coding.display.is_empty()
}

pub(super) fn concepts(node: Node<'_, '_>) -> Vec<Concept> {
    node.each()
        .map(concept)
        .filter(|concept| !concept.is_empty())
        .collect()
}

/// The words of several concepts in one line.
pub(super) fn all_words(node: Node<'_, '_>) -> String {
    let said: Vec<String> = node
        .each()
        .map(|one| one.text().map_or_else(|| words(one), Cow::into_owned))
        .filter(|said| !said.is_empty())
        .collect();
    said.join(", ")
}

pub(super) fn date(node: Node<'_, '_>) -> Option<ClinicalDate> {
    ClinicalDate::read(&node.text()?)
}

/// A `Quantity` as its digits and its unit in words.
pub(super) fn amount(quantity: Node<'_, '_>) -> Option<(String, String)> {
    let digits = quantity.get("value").digits()?;
    Some((digits.to_owned(), unit(quantity)))
}

pub(super) fn unit(quantity: Node<'_, '_>) -> String {
    quantity.first_of(&["unit", "code"]).words().into()
}

/// `5 mg`, `< 3 mmol/L`; empty if there is no number.
pub(super) fn amount_words(quantity: Node<'_, '_>) -> String {
    let Some((digits, unit)) = amount(quantity) else {
        return String::new();
    };
    let comparator = quantity.get("comparator").words();
    joined([&*comparator, &digits, &unit], " ")
}

/// `5 – 10 mg` of a `Range`.
pub(super) fn range_words(range: Node<'_, '_>) -> String {
    let (low, high) = (range.get("low"), range.get("high"));
    match (low.get("value").digits(), high.get("value").digits()) {
        (Some(from), Some(to)) => {
            let unit = if unit(high).is_empty() {
                unit(low)
            } else {
                unit(high)
            };
            joined([&*format!("{from} – {to}"), &unit], " ")
        }
        (Some(_), None) => format!("≥ {}", amount_words(low)),
        (None, Some(_)) => format!("≤ {}", amount_words(high)),
        (None, None) => String::new(),
    }
}

/// The parts that say something, with a separator between them.
pub(super) fn joined<const N: usize>(parts: [&str; N], separator: &str) -> String {
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(separator)
}

/// The words of a reference: its display, the name of what is contained, or an identifier.
pub(super) fn spoken(resource: Node<'_, '_>, reference: Node<'_, '_>) -> Option<String> {
    if let Some(display) = reference.get("display").text() {
        return Some(display.into());
    }
    if let Some(named) = contained(resource, reference).and_then(name) {
        return Some(named);
    }
    reference
        .get("identifier")
        .get("value")
        .text()
        .map(Into::into)
}

/// What a reference to something within the resource leads to.
pub(super) fn contained<'t, 'a>(
    resource: Node<'t, 'a>,
    reference: Node<'t, 'a>,
) -> Option<Node<'t, 'a>> {
    let reference = reference.get("reference").text()?;
    let id = reference.strip_prefix('#')?;
    resource
        .get("contained")
        .each()
        .find(|contained| contained.get("id").says(id))
}

/// The name of a person, team, place, organisation or medication.
fn name(of: Node<'_, '_>) -> Option<String> {
    let name = of.get("name");
    let said = match name.text() {
        Some(name) => name.into(),
        None if name.is_something() => person_name(name.one()),
        None => words(of.first_of(&["code", "type"])),
    };
    Some(said).filter(|said: &String| !said.is_empty())
}

/// `Dr Sandra Gose` of a `HumanName`.
pub(super) fn person_name(name: Node<'_, '_>) -> String {
    if let Some(text) = name.get("text").text() {
        return text.into();
    }
    let name = name_of(name);
    let prefix = name.prefix.unwrap_or_default();
    joined([&*prefix, &*name.given.join(" "), &name.family], " ")
}

/// The first telephone number among telecoms.
pub(super) fn telephone(of: Node<'_, '_>) -> String {
    let is_telephone = |telecom: &Node<'_, '_>| {
        let system = telecom.get("system");
        system.says("phone") || system.says("sms")
    };
    let telephone = of.get("telecom").each().find(is_telephone);
    telephone
        .map(|telecom| telecom.get("value").words().into())
        .unwrap_or_default()
}

/// A reference as the source's own ids name things: `Condition/abc`. `meant` is the type where the
/// reference does not say it; an empty one means that it must.
pub(super) fn refer(reference: &str, meant: &str) -> Option<String> {
    let local = reference
        .split_once("/_history/")
        .map_or(reference, |(local, _)| local);
    if local.starts_with('#') || local.contains('?') {
        return None;
    }
    if let Some(id) = local.strip_prefix("urn:uuid:") {
        return Some(if meant.is_empty() {
            local.to_owned()
        } else {
            format!("{meant}/{id}")
        });
    }
    let mut parts = local.rsplit('/');
    match (parts.next()?, parts.next()) {
        ("", _) => None,
        (id, Some(kind)) if !kind.is_empty() => Some(format!("{kind}/{id}")),
        (id, _) => (!meant.is_empty()).then(|| format!("{meant}/{id}")),
    }
}

/// The words of an XHTML narrative: what stands between its tags, in one line each block.
pub(super) fn narrative(html: &str) -> String {
    let mut words = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        words.push_str(text);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/', '\n'])
            .next()
            .unwrap_or_default();
        if matches!(
            name,
            "br" | "div" | "h1" | "h2" | "h3" | "h4" | "li" | "p" | "table" | "tr" | "ul"
        ) {
            words.push('\n');
        } else if matches!(name, "td" | "th") {
            words.push(' ');
        }
        rest = after;
    }
    words.push_str(rest);
    let lines = words
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    decoded(&lines.join("\n"))
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
    ]
    .into_iter()
    .chain([("&nbsp;", " "), ("&#160;", " "), ("&amp;", "&")])
    .fold(text.to_owned(), |text, (entity, plain)| {
        text.replace(entity, plain)
    })
}
