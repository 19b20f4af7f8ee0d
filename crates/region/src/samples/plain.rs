//! Lines as systems write them that follow no English profile: base FHIR R4 with the names that
//! LOINC, SNOMED CT, `RxNorm` and CVX give their commonest codes.

use std::fmt::Write as _;

use crate::dice::Dice;

/// A code with its name.
type Term = (&'static str, &'static str);

/// Results: code, name, short text, unit, from, to.
const RESULTS: &[(&str, &str, &str, &str, i32, i32)] = &[
    ("8302-2", "Body height", "Body Height", "cm", 140, 200),
    ("29463-7", "Body weight", "Body Weight", "kg", 45, 120),
    (
        "39156-5",
        "Body mass index (BMI) [Ratio]",
        "Body Mass Index",
        "kg/m2",
        17,
        40,
    ),
    ("8867-4", "Heart rate", "Heart rate", "/min", 50, 110),
    (
        "9279-1",
        "Respiratory rate",
        "Respiratory rate",
        "/min",
        10,
        22,
    ),
    (
        "8310-5",
        "Body temperature",
        "Body temperature",
        "Cel",
        35,
        40,
    ),
    (
        "72514-3",
        "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
        "Pain severity",
        "{score}",
        0,
        10,
    ),
    (
        "2093-3",
        "Cholesterol [Mass/volume] in Serum or Plasma",
        "Total Cholesterol",
        "mg/dL",
        120,
        300,
    ),
    (
        "2571-8",
        "Triglyceride [Mass/volume] in Serum or Plasma",
        "Triglycerides",
        "mg/dL",
        60,
        300,
    ),
    (
        "18262-6",
        "Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay",
        "Low Density Lipoprotein Cholesterol",
        "mg/dL",
        50,
        200,
    ),
    (
        "2085-9",
        "Cholesterol in HDL [Mass/volume] in Serum or Plasma",
        "High Density Lipoprotein Cholesterol",
        "mg/dL",
        25,
        90,
    ),
    (
        "2339-0",
        "Glucose [Mass/volume] in Blood",
        "Glucose",
        "mg/dL",
        60,
        250,
    ),
    (
        "3094-0",
        "Urea nitrogen [Mass/volume] in Serum or Plasma",
        "Urea Nitrogen",
        "mg/dL",
        5,
        30,
    ),
    (
        "2160-0",
        "Creatinine [Mass/volume] in Serum or Plasma",
        "Creatinine",
        "mg/dL",
        0,
        4,
    ),
    (
        "17861-6",
        "Calcium [Mass/volume] in Serum or Plasma",
        "Calcium",
        "mg/dL",
        8,
        11,
    ),
    (
        "2951-2",
        "Sodium [Moles/volume] in Serum or Plasma",
        "Sodium",
        "mmol/L",
        130,
        150,
    ),
    (
        "2823-3",
        "Potassium [Moles/volume] in Serum or Plasma",
        "Potassium",
        "mmol/L",
        3,
        6,
    ),
    (
        "2075-0",
        "Chloride [Moles/volume] in Serum or Plasma",
        "Chloride",
        "mmol/L",
        95,
        110,
    ),
    (
        "2028-9",
        "Carbon dioxide, total [Moles/volume] in Serum or Plasma",
        "Carbon Dioxide",
        "mmol/L",
        18,
        32,
    ),
    (
        "33914-3",
        "Glomerular filtration rate/1.73 sq M.predicted",
        "Estimated Glomerular Filtration Rate",
        "mL/min/{1.73_m2}",
        20,
        120,
    ),
    (
        "4548-4",
        "Hemoglobin A1c/Hemoglobin.total in Blood",
        "Hemoglobin A1c/Hemoglobin.total in Blood",
        "%",
        4,
        11,
    ),
    (
        "2885-2",
        "Protein [Mass/volume] in Serum or Plasma",
        "Protein",
        "g/dL",
        5,
        9,
    ),
    (
        "1751-7",
        "Albumin [Mass/volume] in Serum or Plasma",
        "Albumin",
        "g/dL",
        3,
        6,
    ),
    (
        "10834-0",
        "Globulin [Mass/volume] in Serum by calculation",
        "Globulin",
        "g/L",
        2,
        4,
    ),
    (
        "1975-2",
        "Bilirubin.total [Mass/volume] in Serum or Plasma",
        "Bilirubin.total",
        "mg/dL",
        0,
        2,
    ),
    (
        "6768-6",
        "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma",
        "Alkaline phosphatase",
        "U/L",
        30,
        140,
    ),
    (
        "1742-6",
        "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "Alanine aminotransferase",
        "U/L",
        5,
        60,
    ),
    (
        "1920-8",
        "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
        "Aspartate aminotransferase",
        "U/L",
        5,
        50,
    ),
    (
        "6690-2",
        "Leukocytes [#/volume] in Blood by Automated count",
        "Leukocytes",
        "10*3/uL",
        3,
        11,
    ),
    (
        "789-8",
        "Erythrocytes [#/volume] in Blood by Automated count",
        "Erythrocytes",
        "10*6/uL",
        3,
        6,
    ),
    (
        "718-7",
        "Hemoglobin [Mass/volume] in Blood",
        "Hemoglobin",
        "g/dL",
        10,
        18,
    ),
    (
        "4544-3",
        "Hematocrit [Volume Fraction] of Blood by Automated count",
        "Hematocrit",
        "%",
        33,
        52,
    ),
    (
        "787-2",
        "MCV [Entitic volume] by Automated count",
        "MCV",
        "fL",
        76,
        98,
    ),
    (
        "785-6",
        "MCH [Entitic mass] by Automated count",
        "MCH",
        "pg",
        26,
        34,
    ),
    (
        "786-4",
        "MCHC [Mass/volume] by Automated count",
        "MCHC",
        "g/dL",
        31,
        37,
    ),
    (
        "21000-5",
        "Erythrocyte distribution width [Entitic volume] by Automated count",
        "Erythrocyte distribution width",
        "fL",
        38,
        47,
    ),
    (
        "777-3",
        "Platelets [#/volume] in Blood by Automated count",
        "Platelets",
        "10*3/uL",
        140,
        450,
    ),
    (
        "32207-3",
        "Platelet distribution width [Entitic volume] in Blood by Automated count",
        "Platelet distribution width",
        "fL",
        140,
        550,
    ),
    (
        "32623-1",
        "Platelet mean volume [Entitic volume] in Blood by Automated count",
        "Platelet mean volume",
        "fL",
        9,
        13,
    ),
];

const PANELS: &[Term] = &[
    (
        "58410-2",
        "Complete blood count (hemogram) panel - Blood by Automated count",
    ),
    (
        "24323-8",
        "Comprehensive metabolic 2000 panel - Serum or Plasma",
    ),
    ("51990-0", "Basic metabolic panel - Blood"),
    ("57698-3", "Lipid panel with direct LDL - Serum or Plasma"),
    ("24356-8", "Urinalysis complete panel - Urine"),
];

const VISITS: &[Term] = &[
    ("185349003", "Encounter for check up (procedure)"),
    ("185345009", "Encounter for symptom"),
    ("185347001", "Encounter for problem (procedure)"),
    ("390906007", "Follow-up encounter"),
    ("162673000", "General examination of patient (procedure)"),
    ("410620009", "Well child visit (procedure)"),
    ("424441002", "Prenatal initial visit"),
    ("424619006", "Prenatal visit"),
    ("50849002", "Emergency room admission (procedure)"),
    ("308335008", "Patient encounter procedure"),
    ("11429006", "Consultation"),
    ("371883000", "Outpatient procedure (procedure)"),
];

const PROBLEMS: &[Term] = &[
    ("38341003", "Hypertension"),
    ("44054006", "Diabetes mellitus type 2 (disorder)"),
    ("55822004", "Hyperlipidemia"),
    ("195662009", "Acute viral pharyngitis (disorder)"),
    ("444814009", "Viral sinusitis (disorder)"),
    ("10509002", "Acute bronchitis (disorder)"),
    ("72892002", "Normal pregnancy"),
    ("162864005", "Body mass index 30+ - obesity (finding)"),
    ("271737000", "Anemia (disorder)"),
    ("15777000", "Prediabetes"),
    ("73595000", "Stress (finding)"),
    ("53741008", "Coronary Heart Disease"),
];

const PROCEDURES: &[Term] = &[
    ("428191000124101", "Documentation of current medications"),
    ("252160004", "Standard pregnancy test"),
    ("274804006", "Evaluation of uterine fundal height"),
    ("225158009", "Auscultation of the fetal heart"),
    ("180256009", "Subcutaneous immunotherapy"),
    ("76601001", "Intramuscular injection"),
    ("430193006", "Medication Reconciliation (procedure)"),
    (
        "710824005",
        "Assessment of health and social care needs (procedure)",
    ),
    ("454711000124102", "Depression screening (procedure)"),
    ("73761001", "Colonoscopy"),
];

const MEDICINES: &[Term] = &[
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("316052", "Hydrochlorothiazide 6.25 MG"),
    (
        "860975",
        "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet",
    ),
    ("312961", "Simvastatin 20 MG Oral Tablet"),
    ("308136", "amLODIPine 2.5 MG Oral Tablet"),
    ("313782", "Acetaminophen 325 MG Oral Tablet"),
    ("310965", "Ibuprofen 200 MG Oral Tablet"),
    ("308182", "Amoxicillin 250 MG Oral Capsule"),
];

const VACCINES: &[Term] = &[
    ("140", "Influenza, seasonal, injectable, preservative free"),
    ("113", "Td (adult) preservative free"),
    ("115", "Tdap"),
    ("133", "Pneumococcal conjugate PCV 13"),
    ("121", "zoster"),
    ("62", "HPV, quadrivalent"),
    ("08", "Hep B, adolescent or pediatric"),
];

const SNOMED: &str = "http://snomed.info/sct";

/// So many lines, results most of all.
pub(super) fn lines(count: usize) -> Vec<Vec<u8>> {
    let write = |index| line(&Dice::of(0x0070_6c61_696e, index)).into_bytes();
    (0..).take(count).map(write).collect()
}

fn line(dice: &Dice) -> String {
    match dice.below(20) {
        0..=9 => result(dice),
        10..=12 => report(dice),
        13..=14 => visit(dice),
        15 => problem(dice),
        16..=17 => procedure(dice),
        18 => medicine(dice),
        _ => vaccine(dice),
    }
}

fn result(dice: &Dice) -> String {
    let &(code, name, text, unit, from, to) = one_of(dice, RESULTS);
    let name = if dice.below(2) == 0 { name } else { text };
    let (category, shown) = match dice.below(4) {
        0 => ("vital-signs", "vital-signs"),
        1 => ("survey", "survey"),
        _ => ("laboratory", "laboratory"),
    };
    let (whole, part) = (dice.between(from, to), dice.word());
    let at = time(dice);
    format!(
        "{head},\"category\":[{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"{category}\",\"display\":\"{shown}\"}}]}}],\"code\":{code},{about},\"effectiveDateTime\":\"{at}+00:00\",\"issued\":\"{at}.{millis:03}+00:00\",\"valueQuantity\":{{\"value\":{whole}.{part},\"unit\":\"{unit}\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"{unit}\"}}}}",
        head = head("Observation", "final", dice),
        code = coded("http://loinc.org", (code, name)),
        about = about("subject", dice),
        millis = dice.below(1000),
    )
}

fn report(dice: &Dice) -> String {
    let panel = *one_of(dice, PANELS);
    let at = time(dice);
    let mut results = String::new();
    for n in 0..dice.between(3, 10) {
        let &(_, name, ..) = one_of(dice, RESULTS);
        let comma = if n == 0 { "" } else { "," };
        let id = id(dice);
        let _ = write!(
            results,
            "{comma}{{\"reference\":\"Observation/{id}\",\"display\":\"{name}\"}}"
        );
    }
    format!(
        "{head},\"category\":[{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0074\",\"code\":\"LAB\",\"display\":\"Laboratory\"}}]}}],\"code\":{code},{about},\"effectiveDateTime\":\"{at}+00:00\",\"issued\":\"{at}.{millis:03}+00:00\",\"result\":[{results}]}}",
        head = head("DiagnosticReport", "final", dice),
        code = coded("http://loinc.org", panel),
        about = about("subject", dice),
        millis = dice.below(1000),
    )
}

fn visit(dice: &Dice) -> String {
    let class = *one_of(dice, &["AMB", "EMER", "IMP", "WELLNESS", "URGENTCARE"]);
    format!(
        "{head},\"class\":{{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"{class}\"}},\"type\":[{code}],\"subject\":{{\"reference\":\"Patient/{patient}\"}},\"period\":{period}}}",
        head = head("Encounter", "finished", dice),
        code = coded(SNOMED, *one_of(dice, VISITS)),
        patient = id(dice),
        period = period(dice),
    )
}

fn problem(dice: &Dice) -> String {
    let status = *one_of(dice, &["active", "resolved"]);
    let at = time(dice);
    format!(
        "{{\"resourceType\":\"Condition\",\"id\":\"{id}\",\"clinicalStatus\":{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"{status}\"}}]}},\"verificationStatus\":{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-ver-status\",\"code\":\"confirmed\"}}]}},\"code\":{code},{about},\"onsetDateTime\":\"{at}+00:00\",\"abatementDateTime\":\"{later}+00:00\",\"recordedDate\":\"{at}+00:00\"}}",
        id = id(dice),
        code = coded(SNOMED, *one_of(dice, PROBLEMS)),
        about = about("subject", dice),
        later = time(dice),
    )
}

fn procedure(dice: &Dice) -> String {
    format!(
        "{head},\"code\":{code},{about},\"performedPeriod\":{period}}}",
        head = head("Procedure", "completed", dice),
        code = coded(SNOMED, *one_of(dice, PROCEDURES)),
        about = about("subject", dice),
        period = period(dice),
    )
}

fn medicine(dice: &Dice) -> String {
    let status = *one_of(dice, &["active", "stopped"]);
    let head = head("MedicationRequest", status, dice);
    let code = coded(
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        *one_of(dice, MEDICINES),
    );
    format!(
        "{head},\"intent\":\"order\",\"medicationCodeableConcept\":{code},{about},\"authoredOn\":\"{at}+00:00\",\"dosageInstruction\":[{{\"sequence\":1,\"asNeededBoolean\":false,\"timing\":{{\"repeat\":{{\"frequency\":1,\"period\":1.0,\"periodUnit\":\"d\"}}}},\"doseAndRate\":[{{\"type\":{{\"coding\":[{{\"system\":\"http://terminology.hl7.org/CodeSystem/dose-rate-type\",\"code\":\"ordered\",\"display\":\"Ordered\"}}]}},\"doseQuantity\":{{\"value\":1.0}}}}]}}]}}",
        about = about("subject", dice),
        at = time(dice),
    )
}

fn vaccine(dice: &Dice) -> String {
    format!(
        "{head},\"vaccineCode\":{code},{about},\"occurrenceDateTime\":\"{at}+00:00\",\"primarySource\":true}}",
        head = head("Immunization", "completed", dice),
        code = coded("http://hl7.org/fhir/sid/cvx", *one_of(dice, VACCINES)),
        about = about("patient", dice),
        at = time(dice),
    )
}

fn head(kind: &str, status: &str, dice: &Dice) -> String {
    let id = id(dice);
    format!("{{\"resourceType\":\"{kind}\",\"id\":\"{id}\",\"status\":\"{status}\"")
}

fn about(field: &str, dice: &Dice) -> String {
    let (patient, encounter) = (id(dice), id(dice));
    format!(
        "\"{field}\":{{\"reference\":\"Patient/{patient}\"}},\"encounter\":{{\"reference\":\"Encounter/{encounter}\"}}"
    )
}

fn coded(system: &str, (code, name): Term) -> String {
    format!(
        "{{\"coding\":[{{\"system\":\"{system}\",\"code\":\"{code}\",\"display\":\"{name}\"}}],\"text\":\"{name}\"}}"
    )
}

fn period(dice: &Dice) -> String {
    let (start, end) = (time(dice), time(dice));
    format!("{{\"start\":\"{start}+00:00\",\"end\":\"{end}+00:00\"}}")
}

/// A random UUID, as most systems number what they write.
fn id(dice: &Dice) -> String {
    let (a, b) = (dice.word(), dice.word());
    let hex = format!("{a:016x}{b:016x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

fn time(dice: &Dice) -> String {
    format!(
        "20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}",
        dice.between(5, 26),
        dice.between(1, 12),
        dice.between(1, 28),
        dice.below(24),
        dice.below(60),
        dice.below(60),
    )
}

fn one_of<'t, T>(dice: &Dice, all: &'t [T]) -> &'t T {
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.get(dice.below(count) as usize)
        .expect("a draw is below the number there are, and there are some")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_resource() {
        for line in lines(2_000) {
            let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
            assert!(value["resourceType"].is_string() && value["id"].is_string());
        }
    }
}
