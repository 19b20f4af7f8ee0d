//! Observations: a value with its unit and range, or parts that have one each.

use tributary_model::{ClinicalDate, Measurement, Observation, Value};

use super::parts::{amount_words, concept, joined, range_words, unit, words};
use crate::json::Node;

pub(super) fn read(resource: Node<'_, '_>) -> Observation {
    let range = range(resource.get("referenceRange"));
    Observation {
        value: value(resource).or_else(|| absent(resource)),
        components: resource
            .get("component")
            .each()
            .map(|part| Measurement {
                what: concept(part.get("code")),
                value: value(part),
            })
            .collect(),
        interpretation: resource
            .get("interpretation")
            .each()
            .filter_map(interpretation)
            .collect(),
        range: (number(range.get("low")), number(range.get("high"))),
        range_words: match range.get("text").text() {
            Some(text) => text.into(),
            None => range_words(range),
        },
        laboratory: is_laboratory(resource.get("category")),
    }
}

/// Whether a category says that a laboratory made the result.
fn is_laboratory(category: Node<'_, '_>) -> bool {
    let codes = category
        .each()
        .flat_map(|category| category.get("coding").each());
    codes.into_iter().any(|coding| {
        let code = coding.get("code");
        code.says("laboratory") || code.says("LAB")
    })
}

/// The normal range where several are given.
fn range<'t, 'a>(ranges: Node<'t, 'a>) -> Node<'t, 'a> {
    let is_normal = |range: &Node<'_, '_>| {
        let codes = range.get("type").get("coding");
        codes.each().any(|coding| coding.get("code").says("normal"))
    };
    ranges
        .each()
        .find(is_normal)
        .unwrap_or_else(|| ranges.one())
}

fn number(quantity: Node<'_, '_>) -> Option<f64> {
    quantity.get("value").digits()?.parse().ok()
}

fn interpretation(node: Node<'_, '_>) -> Option<String> {
    let code = node
        .get("coding")
        .each()
        .find_map(|coding| coding.get("code").text());
    code.or_else(|| node.get("text").text()).map(Into::into)
}

/// Why there is no value, where the source says it.
fn absent(resource: Node<'_, '_>) -> Option<Value> {
    let reason = words(resource.get("dataAbsentReason"));
    (!reason.is_empty()).then(|| Value::Words(format!("No value: {reason}")))
}

/// `value[x]`, whichever it is.
pub(super) fn value(node: Node<'_, '_>) -> Option<Value> {
    let (name, said) = node
        .members()
        .find(|(name, said)| name.starts_with("value") && said.is_something())?;
    let words = match name {
        "valueQuantity" => return quantity(said),
        "valueCodeableConcept" | "valueCoding" => {
            return Some(concept(said))
                .filter(|concept| !concept.is_empty())
                .map(Value::Coded);
        }
        "valueBoolean" => said
            .truth()
            .map(|truth| if truth { "Yes" } else { "No" })?
            .to_owned(),
        "valueRange" => range_words(said),
        "valueRatio" => {
            let part = |member| amount_words(said.get(member));
            joined([&*part("numerator"), &*part("denominator")], " : ")
        }
        "valueDateTime" | "valueDate" => date_words(said),
        "valuePeriod" => joined(
            [
                &*date_words(said.get("start")),
                &*date_words(said.get("end")),
            ],
            " – ",
        ),
        "valueAttachment" => said.first_of(&["title", "contentType"]).words().into(),
        "valueReference" => said.get("display").words().into(),
        "valueSampledData" => "Sampled data".to_owned(),
        _ => said
            .digits()
            .map_or_else(|| said.words().into(), str::to_owned),
    };
    Some(words)
        .filter(|words| !words.is_empty())
        .map(Value::Words)
}

fn quantity(quantity: Node<'_, '_>) -> Option<Value> {
    let digits = quantity.get("value").digits();
    let Some((digits, number)) = digits.and_then(|digits| Some((digits, digits.parse().ok()?)))
    else {
        let said = joined([&*quantity.get("value").words(), &*unit(quantity)], " ");
        return Some(said).filter(|said| !said.is_empty()).map(Value::Words);
    };
    let is_ucum = quantity.get("system").says("http://unitsofmeasure.org");
    Some(Value::Quantity {
        number,
        text: digits.to_owned(),
        comparator: quantity.get("comparator").words().into(),
        unit: unit(quantity),
        ucum: if is_ucum {
            quantity.get("code").words().into()
        } else {
            String::new()
        },
    })
}

fn date_words(node: Node<'_, '_>) -> String {
    let text = node.words();
    ClinicalDate::read(&text).map_or_else(|| text.into(), |date| date.words_with_time())
}

/// A value in words, for lines that mix values of many kinds.
pub(super) fn value_words(node: Node<'_, '_>) -> String {
    match value(node) {
        Some(Value::Quantity {
            text,
            comparator,
            unit,
            ..
        }) => joined([&*comparator, &text, &unit], " "),
        Some(Value::Coded(concept)) => concept.words().to_owned(),
        Some(Value::Words(words)) => words,
        None => words(node),
    }
}
