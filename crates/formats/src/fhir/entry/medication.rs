//! Medications: which, how much, whether it goes on, and why it stopped.

use tributary_model::{ClinicalDate, Concept, DoseLine, Medication};

use super::parts::{
    all_words, amount, amount_words, concept, contained, date, joined, range_words, spoken, words,
};
use crate::json::Node;

/// The drug: coded here, contained, or named by a reference.
pub(super) fn drug(resource: Node<'_, '_>) -> Concept {
    let coded = concept(resource.get("medicationCodeableConcept"));
    if !coded.is_empty() {
        return coded;
    }
    let reference = resource.get("medicationReference");
    let inside = contained(resource, reference).map(|medication| concept(medication.get("code")));
    // A drug without a name is better shown by the source's id than not at all.
    let named = || Concept {
        codings: Vec::new(),
        text: spoken(resource, reference)
            .unwrap_or_else(|| reference.get("reference").words().into()),
    };
    inside.filter(|drug| !drug.is_empty()).unwrap_or_else(named)
}

pub(super) fn read(resource: Node<'_, '_>) -> Medication {
    let dosage = resource.first_of(&["dosageInstruction", "dosage"]);
    Medication {
        doses: dosage
            .each()
            .map(dose)
            .filter(|dose| *dose != DoseLine::default())
            .collect(),
        course: course(resource),
        last_issued: last_issued(resource),
        stopped_because: stopped_because(resource),
    }
}

fn dose(dosage: Node<'_, '_>) -> DoseLine {
    let rate = dosage.get("doseAndRate").one();
    let quantity = [
        rate.get("doseQuantity"),
        dosage.get("doseQuantity"),
        dosage.get("dose"),
    ]
    .into_iter()
    .find(|quantity| quantity.is_something())
    .unwrap_or_else(|| rate.get("rateQuantity"));
    let route = words(dosage.get("route"));
    let said = dosage.first_of(&["text", "patientInstruction"]).words();
    let text = if said.is_empty() {
        let much = amount_words(quantity);
        let much = if much.is_empty() {
            range_words(rate.get("doseRange"))
        } else {
            much
        };
        let further = all_words(dosage.get("additionalInstruction"));
        let often = joined([&*timing(dosage.get("timing")), &*as_needed(dosage)], " ");
        let line = joined([&*much, &*route, &*words(dosage.get("site")), &*often], " ");
        joined([&*line, &further], ", ")
    } else {
        said.into()
    };
    DoseLine {
        text,
        amount: amount(quantity),
        route,
    }
}

fn as_needed(dosage: Node<'_, '_>) -> String {
    let reason = words(dosage.get("asNeededCodeableConcept"));
    match (reason.is_empty(), dosage.get("asNeededBoolean").truth()) {
        (false, _) => format!("as needed for {reason}"),
        (true, Some(true)) => "as needed".to_owned(),
        (true, _) => String::new(),
    }
}

/// `3 times a day`, `every 8 hours`, `before meals`; the timing's own words where it has any.
fn timing(timing: Node<'_, '_>) -> String {
    let said = words(timing.get("code"));
    if !said.is_empty() {
        return said;
    }
    let repeat = timing.get("repeat");
    let digits = |member: &str| repeat.get(member).digits().unwrap_or("1");
    let unit = match &*repeat.get("periodUnit").words() {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "wk" => "week",
        "mo" => "month",
        "a" => "year",
        _ => "",
    };
    let often = match (unit, digits("frequency"), digits("period")) {
        ("", ..) => String::new(),
        (unit, "1", "1") => format!("once a {unit}"),
        (unit, times, "1") => format!("{times} times a {unit}"),
        (unit, "1", every) => format!("every {every} {unit}s"),
        (unit, times, every) => format!("{times} times every {every} {unit}s"),
    };
    let at = joined(
        [
            &*all_words(repeat.get("timeOfDay")),
            &*all_words(repeat.get("dayOfWeek")),
        ],
        ", ",
    );
    let when: Vec<_> = repeat
        .get("when")
        .each()
        .map(|when| event_words(&when.words()))
        .collect();
    joined([&*often, &*when.join(", "), &at], " ")
}

/// FHIR's `event-timing` codes in words; another is shown as it is.
fn event_words(code: &str) -> String {
    match code {
        "MORN" | "MORN.early" | "MORN.late" => "in the morning",
        "NOON" => "at noon",
        "AFT" | "AFT.early" | "AFT.late" => "in the afternoon",
        "EVE" | "EVE.early" | "EVE.late" => "in the evening",
        "NIGHT" => "at night",
        "HS" => "before sleep",
        "WAKE" => "on waking",
        "AC" => "before meals",
        "ACM" => "before breakfast",
        "ACD" => "before lunch",
        "ACV" => "before dinner",
        "C" => "with meals",
        "CM" => "with breakfast",
        "CD" => "with lunch",
        "CV" => "with dinner",
        "PC" => "after meals",
        "PCM" => "after breakfast",
        "PCD" => "after lunch",
        "PCV" => "after dinner",
        other => other,
    }
    .to_owned()
}

/// `repeat`, `acute` or `hospital-only`; the source's own words for another course.
fn course(resource: Node<'_, '_>) -> String {
    let said = words(resource.get("courseOfTherapyType"));
    let said = if said.is_empty() {
        prescription_type(resource)
    } else {
        said
    };
    let lower = said.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let in_hospital = || {
        let codes = resource
            .get("category")
            .objects()
            .map(|object| object.get("code"));
        codes.into_iter().any(|code| code.says("inpatient"))
    };
    if says(&["hospital"]) || (said.is_empty() && in_hospital()) {
        "hospital-only".to_owned()
    } else if says(&["repeat", "continuous", "long term", "long-term"]) {
        "repeat".to_owned()
    } else if says(&["acute", "short course"]) {
        "acute".to_owned()
    } else {
        said
    }
}

/// How UK systems say that a prescription repeats.
fn prescription_type(resource: Node<'_, '_>) -> String {
    let extensions = || resource.get("extension").each();
    let of =
        |part: &str| extensions().find(|extension| extension.get("url").words().contains(part));
    if let Some(kind) = of("PrescriptionType") {
        return words(kind.get("valueCodeableConcept"));
    }
    of("MedicationRepeatInformation")
        .map(|_| "repeat".to_owned())
        .unwrap_or_default()
}

fn last_issued(resource: Node<'_, '_>) -> Option<ClinicalDate> {
    date(resource.get("whenHandedOver")).or_else(|| {
        let extension = resource
            .get("extension")
            .objects()
            .find(|extension| extension.get("url").words().contains("LastIssueDate"))?;
        date(extension.first_of(&["valueDateTime", "valueDate"]))
    })
}

fn stopped_because(resource: Node<'_, '_>) -> String {
    let reason = resource.first_of(&[
        "statusReason",
        "statusReasonCodeableConcept",
        "reasonNotTaken",
    ]);
    let said = all_words(reason);
    if !said.is_empty() {
        return said;
    }
    let extension = resource
        .get("extension")
        .objects()
        .find(|extension| extension.get("url").says("statusReason"));
    extension
        .map(|extension| words(extension.get("valueCodeableConcept")))
        .unwrap_or_default()
}
