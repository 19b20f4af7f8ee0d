//! Someone with very many entries, for pages and for measuring.

use tributary_model::{ClinicalEntry, Gender, ResourceKind, Section};

use super::build::{
    CANCER, MENTAL_HEALTH, PRACTICE, SNOMED, Sample, allergy, concept, contact, letter, measure,
    medicine, plain, pressure, problem, result,
};

/// So many entries over forty years at four organisations, in about the proportions of a real
/// feed: half of them results and measurements, a tenth the same fact from two sources.
pub(super) fn long(entries: usize) -> Sample {
    let mut sample = Sample::of("Longley", "Winifred", Gender::Female, "1941-12-01", 8_000)
        .known_to(PRACTICE)
        .known_to(CANCER)
        .known_to(MENTAL_HEALTH)
        .says(
            2,
            allergy(
                "91936005",
                "Allergy to penicillin",
                "high",
                &[("Rash", "mild")],
                "1982-01-01",
            ),
        );
    for n in 1..entries {
        let identity = if n % 10 == 0 { 1 } else { 2 };
        // Every tenth is the hospital's word for what the practice said just before.
        let fact = if n % 10 == 0 { n - 1 } else { n };
        sample = sample.says(identity, nth(fact));
    }
    sample
}

fn nth(n: usize) -> ClinicalEntry {
    let (year, month, day) = (1986 + n * 7 % 41, 1 + n / 3 % 10, 1 + n / 7 % 28);
    let day = format!("{year}-{month:02}-{day:02}");
    let timed = format!("{day}T{:02}:{:02}:00Z", 8 + n % 10, n % 60);
    let number = |from: usize, width: usize| (from + n * 31 % width).to_string();
    match n % 20 {
        0..=3 => laboratory(n, &timed),
        4..=6 => measure("29463-7", "Body weight", &number(60, 15), "kg", &timed),
        7 | 8 => pressure(&number(110, 50), &number(60, 35), &timed),
        9 | 10 => measure("8867-4", "Heart rate", &number(55, 50), "/min", &timed),
        11..=13 => drug(n, &day),
        14 => diagnosis(n, &day),
        15 | 16 => contact("Outpatient appointment", "AMB", "Clinic", &timed, &timed),
        17 => letter("Clinic letter", "Seen in clinic. Continue as before.", &day),
        18 => {
            let facts = [("Outcome", "Done")];
            plain(
                ResourceKind::Procedure,
                Section::Procedures,
                "Blood sample taken",
                &facts,
                &timed,
            )
        }
        _ => {
            let facts = [("Dose", "1"), ("Batch", &number(1_000, 9_000))];
            let kind = ResourceKind::Immunization;
            plain(
                kind,
                Section::Immunisations,
                "Influenza vaccine",
                &facts,
                &day,
            )
        }
    }
}

/// A result somewhere within its range, or a little above.
fn laboratory(n: usize, when: &str) -> ClinicalEntry {
    let (code, words, unit, low, high) = turn(&LABORATORY, n / 20);
    let above = f64::from(u32::try_from(n * 31 % 120).unwrap_or_default()) / 100.0;
    let value = format!("{:.1}", low + (high - low) * above);
    result(code, words, &value, unit, (Some(low), Some(high)), when)
}

fn drug(n: usize, since: &str) -> ClinicalEntry {
    let (code, words, dose) = turn(&MEDICINES, n / 20);
    let mut entry = medicine(words, dose, "repeat", since);
    entry.what = concept(SNOMED, code, words);
    if !n.is_multiple_of(3) {
        "stopped".clone_into(&mut entry.status);
    }
    entry
}

fn diagnosis(n: usize, onset: &str) -> ClinicalEntry {
    let (code, words) = turn(&PROBLEMS, n / 20);
    let status = if n % 40 == 14 { "active" } else { "resolved" };
    problem(code, words, status, onset)
}

/// The row of a table whose turn it is.
fn turn<T: Copy, const N: usize>(table: &[T; N], n: usize) -> T {
    *table.get(n % N).expect("the tables are not empty")
}

const LABORATORY: [(&str, &str, &str, f64, f64); 6] = [
    ("2160-0", "Creatinine", "umol/L", 45.0, 84.0),
    ("718-7", "Haemoglobin", "g/L", 115.0, 165.0),
    ("2823-3", "Potassium", "mmol/L", 3.5, 5.3),
    ("2951-2", "Sodium", "mmol/L", 133.0, 146.0),
    ("4548-4", "Haemoglobin A1c", "mmol/mol", 20.0, 42.0),
    ("1988-5", "C-reactive protein", "mg/L", 0.0, 5.0),
];

const MEDICINES: [(&str, &str, &str); 8] = [
    ("320001", "Ramipril 5mg capsules", "One capsule once a day"),
    (
        "320002",
        "Metformin 500mg tablets",
        "One tablet twice a day",
    ),
    ("320003", "Simvastatin 40mg tablets", "One tablet at night"),
    (
        "320004",
        "Omeprazole 20mg capsules",
        "One capsule once a day",
    ),
    (
        "320005",
        "Amoxicillin 500mg capsules",
        "One three times a day",
    ),
    (
        "320006",
        "Paracetamol 500mg tablets",
        "Two four times a day",
    ),
    (
        "320007",
        "Salbutamol 100micrograms inhaler",
        "Two puffs as needed",
    ),
    (
        "320008",
        "Levothyroxine 100microgram tablets",
        "One tablet once a day",
    ),
];

const PROBLEMS: [(&str, &str); 10] = [
    ("38341003", "Hypertension"),
    ("44054006", "Type 2 diabetes"),
    ("195967001", "Asthma"),
    ("396275006", "Osteoarthritis"),
    ("195647007", "Acute respiratory infection"),
    ("36971009", "Sinusitis"),
    ("35489007", "Depressive disorder"),
    ("709044004", "Chronic kidney disease"),
    ("40930008", "Hypothyroidism"),
    ("235595009", "Gastro-oesophageal reflux"),
];
