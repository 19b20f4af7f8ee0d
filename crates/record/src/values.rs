//! Values as people read them.

use tributary_model::{Allergy, Detail, Medication, Observation, ResourceKind, Value};

use crate::{
    combined::Mark,
    units,
    words::{same, without_tag},
};

/// `7.2 mmol/L`, `< 0.5 ng/mL`, `positive`.
pub(crate) fn value_words(value: &Value) -> String {
    match value {
        Value::Quantity {
            number,
            text,
            comparator,
            unit,
            ucum,
        } => {
            let mut words = String::with_capacity(24);
            if !comparator.is_empty() {
                words.push_str(comparator);
                words.push(' ');
            }
            if text.is_empty() {
                words.push_str(&number.to_string());
            } else {
                words.push_str(text);
            }
            let unit = units::shown(if unit.is_empty() { ucum } else { unit });
            if !unit.is_empty() {
                // A per cent sign follows its number without a space, every other unit with one.
                if unit != "%" {
                    words.push(' ');
                }
                words.push_str(unit);
            }
            words
        }
        Value::Coded(concept) => without_tag(concept.words()).to_owned(),
        Value::Words(words) => words.clone(),
    }
}

/// What an entry's value column says; empty if the entry has none.
pub(crate) fn entry_value(kind: ResourceKind, detail: &Detail) -> String {
    match detail {
        Detail::Observation(observation) => observation_value(observation),
        Detail::Medication(medication) => dose_words(medication),
        Detail::Allergy(allergy) => reaction_words(allergy),
        Detail::Contact(contact) if kind == ResourceKind::Encounter => {
            class_words(&contact.class).to_owned()
        }
        _ => String::new(),
    }
}

fn observation_value(observation: &Observation) -> String {
    if let Some(value) = &observation.value {
        return value_words(value);
    }
    if let Some((systolic, diastolic)) = pressures(observation) {
        return format!("{systolic}/{diastolic} mmHg");
    }
    let parts: Vec<String> = observation
        .components
        .iter()
        .filter_map(|part| {
            let value = part.value.as_ref()?;
            Some(format!(
                "{} {}",
                without_tag(part.what.words()),
                value_words(value)
            ))
        })
        .collect();
    parts.join(", ")
}

/// Systolic and diastolic pressure in the source's digits, when that is what the parts are.
fn pressures(observation: &Observation) -> Option<(&str, &str)> {
    let find = |codes: [&str; 2]| {
        observation
            .components
            .iter()
            .find_map(|part| match &part.value {
                Some(Value::Quantity {
                    text,
                    comparator,
                    unit,
                    ucum,
                    ..
                }) if codes.iter().any(|code| part.what.has_code(code))
                    && comparator.is_empty()
                    && !text.is_empty()
                    && units::shown(if ucum.is_empty() { unit } else { ucum }) == "mmHg" =>
                {
                    Some(text.as_str())
                }
                _ => None,
            })
    };
    (observation.components.len() == 2).then_some(())?;
    Some((find(SYSTOLIC)?, find(DIASTOLIC)?))
}

/// Systolic blood pressure in LOINC and SNOMED CT.
pub(crate) const SYSTOLIC: [&str; 2] = ["8480-6", "271649006"];
/// Diastolic blood pressure in LOINC and SNOMED CT.
pub(crate) const DIASTOLIC: [&str; 2] = ["8462-4", "271650006"];

/// The dose lines, the route of each where its words do not say it.
fn dose_words(medication: &Medication) -> String {
    let mut words = String::new();
    for dose in &medication.doses {
        let amount = dose.amount.as_ref();
        let line = match amount {
            Some((number, unit)) if dose.text.is_empty() => format!("{number} {unit}"),
            _ => dose.text.clone(),
        };
        if line.is_empty() {
            continue;
        }
        if !words.is_empty() {
            words.push_str("; ");
        }
        words.push_str(&line);
    }
    words
}

/// `anaphylaxis (severe), rash`.
pub(crate) fn reaction_words(allergy: &Allergy) -> String {
    let mut words = String::new();
    for (reaction, severity) in &allergy.reactions {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(without_tag(reaction));
        if !severity.is_empty() {
            words.push_str(" (");
            words.push_str(severity);
            words.push(')');
        }
    }
    words
}

/// FHIR's encounter class (HL7 `ActCode`) in words; another code as it is.
pub(crate) fn class_words(class: &str) -> &str {
    match class {
        "AMB" => "Outpatient or surgery",
        "EMER" => "Emergency department",
        "FLD" => "At the scene",
        "HH" => "Home visit",
        "IMP" | "ACUTE" | "NONAC" => "Inpatient stay",
        "OBSENC" => "Observation stay",
        "PRENC" => "Before admission",
        "SS" => "Day case",
        "VR" => "Telephone or video",
        other => other,
    }
}

/// The laboratory's own marks, else what its range says.
pub(crate) fn result_marks(observation: &Observation) -> Vec<Mark> {
    if observation.interpretation.is_empty() {
        return range_mark(observation).into_iter().collect();
    }
    let mut marks = Vec::new();
    for code in &observation.interpretation {
        let said: &[Mark] = match code.as_str() {
            "H" | "HU" | "HX" | ">" => &[Mark::High],
            "L" | "LU" | "LX" | "<" => &[Mark::Low],
            "HH" => &[Mark::High, Mark::Critical],
            "LL" => &[Mark::Low, Mark::Critical],
            "AA" => &[Mark::Abnormal, Mark::Critical],
            "A" | "ABN" => &[Mark::Abnormal],
            _ => &[],
        };
        for mark in said {
            if !marks.contains(mark) {
                marks.push(*mark);
            }
        }
    }
    marks
}

fn range_mark(observation: &Observation) -> Option<Mark> {
    let Some(Value::Quantity {
        number, comparator, ..
    }) = &observation.value
    else {
        return None;
    };
    let (low, high) = observation.range;
    // A value known only to lie below (or above) a number is outside the range only when that
    // number already is.
    let beneath = comparator.starts_with('<');
    let above = comparator.starts_with('>');
    if !beneath && high.is_some_and(|high| *number > high) {
        return Some(Mark::High);
    }
    (!above && low.is_some_and(|low| *number < low)).then_some(Mark::Low)
}

/// The reference range in words; empty if there is none.
pub(crate) fn range_words(observation: &Observation) -> String {
    if !observation.range_words.is_empty() {
        return observation.range_words.clone();
    }
    match observation.range {
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("{low} or more"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => String::new(),
    }
}

/// Whether a result was asked for and is not (wholly) back.
pub(crate) fn is_pending(kind: ResourceKind, status: &str) -> bool {
    matches!(
        kind,
        ResourceKind::Observation | ResourceKind::DiagnosticReport | ResourceKind::ImagingStudy
    ) && matches!(status, "registered" | "preliminary" | "partial")
}

/// A status code in plain words.
pub(crate) fn status_words(status: &str, verification: &str) -> String {
    let mut words = spaced(status);
    if !verification.is_empty() && verification != "confirmed" && !same(verification, status) {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(&spaced(verification));
    }
    words
}

/// FHIR's codes join their words with hyphens.
pub(crate) fn spaced(code: &str) -> String {
    if code.contains('-') {
        code.replace('-', " ")
    } else {
        code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use tributary_model::{Concept, Measurement};

    use super::*;

    fn quantity(text: &str, unit: &str) -> Value {
        Value::Quantity {
            number: text.parse().unwrap(),
            text: text.into(),
            comparator: String::new(),
            unit: unit.into(),
            ucum: String::new(),
        }
    }

    #[test]
    fn values_keep_the_sources_digits() {
        assert_eq!(value_words(&quantity("7.20", "mmol/L")), "7.20 mmol/L");
        assert_eq!(value_words(&quantity("48", "%")), "48%");
    }

    #[test]
    fn a_pressure_is_one_value() {
        let part = |code: &str, value: &str| Measurement {
            what: Concept {
                codings: vec![tributary_model::Coding {
                    system: "http://loinc.org".into(),
                    code: code.into(),
                    display: String::new(),
                }],
                text: String::new(),
            },
            value: Some(quantity(value, "mm[Hg]")),
        };
        let observation = Observation {
            components: vec![part("8462-4", "80"), part("8480-6", "120")],
            ..Observation::default()
        };
        assert_eq!(observation_value(&observation), "120/80 mmHg");
    }

    #[test]
    fn the_laboratorys_mark_goes_before_its_range() {
        let mut observation = Observation {
            value: Some(quantity("9", "mmol/L")),
            range: (Some(3.5), Some(5.3)),
            ..Observation::default()
        };
        assert_eq!(result_marks(&observation), [Mark::High]);
        observation.interpretation = vec!["N".into()];
        assert_eq!(result_marks(&observation), []);
        observation.interpretation = vec!["HH".into()];
        assert_eq!(result_marks(&observation), [Mark::High, Mark::Critical]);
    }
}
