//! Allergies, problems, procedures, immunisations and imaging.

use tributary_model::{Allergy, Concept, Problem};

use super::parts::{all_words, concept, joined, spoken, words};
use crate::json::Node;

type Facts = Vec<(String, String)>;

/// Codes that say an allergy was asked for and there is none: SNOMED CT, and the International
/// Patient Summary's.
const NONE_KNOWN: [&str; 8] = [
    "716186003",
    "409137002",
    "428607008",
    "429625007",
    "1003774007",
    "no-known-allergies",
    "no-known-medication-allergies",
    "no-known-food-allergies",
];

pub(super) fn allergy(resource: Node<'_, '_>) -> Allergy {
    let code = resource.get("code");
    Allergy {
        criticality: resource.get("criticality").words().into(),
        reactions: resource
            .get("reaction")
            .each()
            .map(reaction)
            .filter(is_said)
            .collect(),
        none_known: code
            .get("coding")
            .each()
            .any(|coding| NONE_KNOWN.contains(&&*coding.get("code").words())),
    }
}

fn reaction(reaction: Node<'_, '_>) -> (String, String) {
    let manifestations = all_words(reaction.get("manifestation"));
    let said = if manifestations.is_empty() {
        reaction.get("description").words().into()
    } else {
        manifestations
    };
    (said, reaction.get("severity").words().into())
}

fn is_said((manifestation, severity): &(String, String)) -> bool {
    !manifestation.is_empty() || !severity.is_empty()
}

pub(super) fn problem(resource: Node<'_, '_>) -> Problem {
    let stages = resource.get("stage").each().map(|stage| {
        joined(
            [&*words(stage.get("type")), &*words(stage.get("summary"))],
            ": ",
        )
    });
    let stages: Vec<String> = stages.filter(|stage| !stage.is_empty()).collect();
    Problem {
        severity: words(resource.get("severity")),
        stage: stages.join(", "),
        site: all_words(resource.get("bodySite")),
    }
}

/// The labelled facts that say anything.
fn facts<const N: usize>(facts: [(&str, String); N]) -> Facts {
    let said = facts.into_iter().filter(|(_, words)| !words.is_empty());
    said.map(|(label, words)| (label.to_owned(), words))
        .collect()
}

pub(super) fn procedure(resource: Node<'_, '_>) -> Facts {
    facts([
        ("Site", all_words(resource.get("bodySite"))),
        ("Outcome", words(resource.get("outcome"))),
        ("Complications", all_words(resource.get("complication"))),
        ("Follow-up", all_words(resource.get("followUp"))),
        ("Used", all_words(resource.get("usedCode"))),
        ("Not done because", words(resource.get("statusReason"))),
        (
            "Place",
            spoken(resource, resource.get("location")).unwrap_or_default(),
        ),
    ])
}

/// The vaccine, or the procedure that UK systems record in its place.
pub(super) fn vaccine(resource: Node<'_, '_>) -> Concept {
    let procedure = || {
        resource
            .get("extension")
            .each()
            .find(|extension| {
                extension
                    .get("url")
                    .words()
                    .contains("VaccinationProcedure")
            })
            .map(|extension| concept(extension.get("valueCodeableConcept")))
    };
    let vaccine = concept(resource.get("vaccineCode"));
    // A null flavour (“UNK”, “NA”) is no vaccine.
    let is_null = |vaccine: &Concept| {
        vaccine
            .codings
            .iter()
            .all(|coding| coding.system.contains("NullFlavor"))
            && vaccine.text.is_empty()
    };
    if is_null(&vaccine) {
        procedure().unwrap_or(vaccine)
    } else {
        vaccine
    }
}

pub(super) fn immunisation(resource: Node<'_, '_>) -> Facts {
    let protocol = resource.get("protocolApplied").one();
    let dose = protocol.first_of(&["doseNumberPositiveInt", "doseNumberString"]);
    let of = protocol.first_of(&["seriesDosesPositiveInt", "seriesDosesString"]);
    let number = |node: Node<'_, '_>| {
        node.digits()
            .map_or_else(|| node.words().into(), str::to_owned)
    };
    facts([
        ("Dose", joined([&*number(dose), &*number(of)], " of ")),
        ("Against", all_words(protocol.get("targetDisease"))),
        ("Site", words(resource.get("site"))),
        ("Route", words(resource.get("route"))),
        ("Batch", resource.get("lotNumber").words().into()),
        (
            "Made by",
            spoken(resource, resource.get("manufacturer")).unwrap_or_default(),
        ),
        (
            "Given at",
            spoken(resource, resource.get("location")).unwrap_or_default(),
        ),
        ("Not given because", words(resource.get("statusReason"))),
        ("Reported by", words(resource.get("reportOrigin"))),
    ])
}

pub(super) fn imaging(resource: Node<'_, '_>) -> Facts {
    let of_series = |member: &str| {
        let mut said: Vec<String> = resource
            .get("series")
            .each()
            .map(|series| coding_words(series.get(member)))
            .collect();
        said.retain(|words| !words.is_empty());
        said.dedup();
        said.join(", ")
    };
    let count = |member: &str| resource.get(member).digits().unwrap_or_default().to_owned();
    facts([
        ("Modality", of_series("modality")),
        ("Body site", of_series("bodySite")),
        ("Series", count("numberOfSeries")),
        ("Images", count("numberOfInstances")),
        (
            "Interpreted by",
            spoken(resource, resource.get("interpreter").one()).unwrap_or_default(),
        ),
    ])
}

fn coding_words(coding: Node<'_, '_>) -> String {
    coding.first_of(&["display", "code"]).words().into()
}
