//! What is measured: codes, units, the laboratory's ranges, and how people's values lie.

use super::{Term, loinc, sct};

/// One thing that is measured.
pub(crate) struct Test {
    pub(crate) term: Term,
    /// The unit in words and in UCUM.
    pub(crate) unit: (&'static str, &'static str),
    /// The reference range; open where nothing is given.
    pub(crate) range: (Option<f64>, Option<f64>),
    /// Mean among the healthy, how far people differ, and how much one person's value varies.
    pub(crate) spread: (f64, f64, f64),
    pub(crate) decimals: u8,
}

/// A group of tests on one sample.
pub(crate) struct Panel {
    pub(crate) term: Term,
    pub(crate) tests: &'static [&'static Test],
}

const fn test(
    term: Term,
    unit: (&'static str, &'static str),
    range: (Option<f64>, Option<f64>),
    spread: (f64, f64, f64),
    decimals: u8,
) -> Test {
    Test {
        term,
        unit,
        range,
        spread,
        decimals,
    }
}

const MMOL_L: (&str, &str) = ("mmol/L", "mmol/L");
const UMOL_L: (&str, &str) = ("umol/L", "umol/L");
const G_L: (&str, &str) = ("g/L", "g/L");
const U_L: (&str, &str) = ("U/L", "U/L");
const PER_L: (&str, &str) = ("10*9/L", "10*9/L");

pub(crate) const HBA1C: Test = test(
    loinc(
        "59261-8",
        "Haemoglobin A1c/Haemoglobin.total in blood (IFCC)",
    ),
    ("mmol/mol", "mmol/mol"),
    (Some(20.0), Some(41.0)),
    (36.0, 2.5, 1.5),
    0,
);
pub(crate) const CREATININE: Test = test(
    loinc("14682-9", "Creatinine [Moles/volume] in serum or plasma"),
    UMOL_L,
    (Some(49.0), Some(104.0)),
    (76.0, 12.0, 5.0),
    0,
);
pub(crate) const EGFR: Test = test(
    loinc("62238-1", "Glomerular filtration rate (CKD-EPI), predicted"),
    ("mL/min/{1.73_m2}", "mL/min/{1.73_m2}"),
    (Some(60.0), None),
    (88.0, 9.0, 4.0),
    0,
);
pub(crate) const SODIUM: Test = test(
    loinc("2951-2", "Sodium [Moles/volume] in serum or plasma"),
    MMOL_L,
    (Some(133.0), Some(146.0)),
    (140.0, 1.5, 1.7),
    0,
);
pub(crate) const POTASSIUM: Test = test(
    loinc("2823-3", "Potassium [Moles/volume] in serum or plasma"),
    MMOL_L,
    (Some(3.5), Some(5.3)),
    (4.4, 0.2, 0.25),
    1,
);
pub(crate) const UREA: Test = test(
    loinc("22664-7", "Urea [Moles/volume] in serum or plasma"),
    MMOL_L,
    (Some(2.5), Some(7.8)),
    (5.4, 1.0, 0.7),
    1,
);
pub(crate) const CHOLESTEROL: Test = test(
    loinc("14647-2", "Cholesterol [Moles/volume] in serum or plasma"),
    MMOL_L,
    (None, Some(5.0)),
    (5.1, 0.8, 0.3),
    1,
);
pub(crate) const HDL: Test = test(
    loinc(
        "14646-4",
        "Cholesterol in HDL [Moles/volume] in serum or plasma",
    ),
    MMOL_L,
    (Some(1.0), None),
    (1.4, 0.25, 0.1),
    1,
);
pub(crate) const TRIGLYCERIDE: Test = test(
    loinc("14927-8", "Triglyceride [Moles/volume] in serum or plasma"),
    MMOL_L,
    (None, Some(1.7)),
    (1.4, 0.4, 0.25),
    1,
);
pub(crate) const HAEMOGLOBIN: Test = test(
    loinc("718-7", "Haemoglobin [Mass/volume] in blood"),
    G_L,
    (Some(120.0), Some(165.0)),
    (140.0, 9.0, 4.0),
    0,
);
pub(crate) const WHITE_CELLS: Test = test(
    loinc(
        "6690-2",
        "Leucocytes [#/volume] in blood by automated count",
    ),
    PER_L,
    (Some(4.0), Some(11.0)),
    (7.0, 1.2, 0.9),
    1,
);
pub(crate) const PLATELETS: Test = test(
    loinc("777-3", "Platelets [#/volume] in blood by automated count"),
    PER_L,
    (Some(150.0), Some(400.0)),
    (255.0, 45.0, 18.0),
    0,
);
pub(crate) const MCV: Test = test(
    loinc("787-2", "Mean corpuscular volume"),
    ("fL", "fL"),
    (Some(80.0), Some(100.0)),
    (90.0, 3.5, 1.0),
    0,
);
pub(crate) const ALT: Test = test(
    loinc(
        "1742-6",
        "Alanine aminotransferase [Enzymatic activity/volume] in serum or plasma",
    ),
    U_L,
    (None, Some(41.0)),
    (24.0, 7.0, 5.0),
    0,
);
pub(crate) const ALP: Test = test(
    loinc(
        "6768-6",
        "Alkaline phosphatase [Enzymatic activity/volume] in serum or plasma",
    ),
    U_L,
    (Some(30.0), Some(130.0)),
    (76.0, 18.0, 7.0),
    0,
);
pub(crate) const BILIRUBIN: Test = test(
    loinc(
        "14631-6",
        "Bilirubin.total [Moles/volume] in serum or plasma",
    ),
    UMOL_L,
    (None, Some(21.0)),
    (10.0, 3.0, 2.0),
    0,
);
pub(crate) const ALBUMIN: Test = test(
    loinc("1751-7", "Albumin [Mass/volume] in serum or plasma"),
    G_L,
    (Some(35.0), Some(50.0)),
    (42.0, 2.5, 1.5),
    0,
);
pub(crate) const TSH: Test = test(
    loinc("3016-3", "Thyrotropin [Units/volume] in serum or plasma"),
    ("mU/L", "m[IU]/L"),
    (Some(0.27), Some(4.2)),
    (2.0, 0.6, 0.5),
    2,
);
pub(crate) const FREE_T4: Test = test(
    loinc(
        "14920-3",
        "Thyroxine (T4) free [Moles/volume] in serum or plasma",
    ),
    ("pmol/L", "pmol/L"),
    (Some(12.0), Some(22.0)),
    (16.0, 1.6, 1.0),
    1,
);
pub(crate) const CRP: Test = test(
    loinc(
        "1988-5",
        "C reactive protein [Mass/volume] in serum or plasma",
    ),
    ("mg/L", "mg/L"),
    (None, Some(5.0)),
    (4.0, 2.0, 2.0),
    0,
);
pub(crate) const FERRITIN: Test = test(
    loinc("2276-4", "Ferritin [Mass/volume] in serum or plasma"),
    ("ug/L", "ug/L"),
    (Some(15.0), Some(300.0)),
    (90.0, 40.0, 12.0),
    0,
);
pub(crate) const INR: Test = test(
    loinc("6301-6", "INR in platelet poor plasma by coagulation assay"),
    ("{INR}", "{INR}"),
    (Some(2.0), Some(3.0)),
    (2.5, 0.15, 0.4),
    1,
);
pub(crate) const PSA: Test = test(
    loinc(
        "2857-1",
        "Prostate specific Ag [Mass/volume] in serum or plasma",
    ),
    ("ug/L", "ug/L"),
    (None, Some(4.0)),
    (1.6, 0.7, 0.3),
    1,
);
pub(crate) const LITHIUM: Test = test(
    loinc("14334-7", "Lithium [Moles/volume] in serum or plasma"),
    MMOL_L,
    (Some(0.4), Some(1.0)),
    (0.7, 0.08, 0.1),
    2,
);
pub(crate) const URINE_ACR: Test = test(
    loinc("32294-1", "Albumin/Creatinine [Ratio] in urine"),
    ("mg/mmol", "mg/mmol"),
    (None, Some(3.0)),
    (1.2, 0.6, 0.5),
    1,
);

pub(crate) const SYSTOLIC: Test = test(
    loinc("8480-6", "Systolic blood pressure"),
    ("mmHg", "mm[Hg]"),
    (None, None),
    (126.0, 9.0, 8.0),
    0,
);
pub(crate) const DIASTOLIC: Test = test(
    loinc("8462-4", "Diastolic blood pressure"),
    ("mmHg", "mm[Hg]"),
    (None, None),
    (76.0, 6.0, 5.0),
    0,
);
pub(crate) const WEIGHT: Test = test(
    loinc("29463-7", "Body weight"),
    ("kg", "kg"),
    (None, None),
    (78.0, 13.0, 1.5),
    1,
);
pub(crate) const HEIGHT: Test = test(
    loinc("8302-2", "Body height"),
    ("cm", "cm"),
    (None, None),
    (168.0, 8.0, 0.4),
    0,
);
pub(crate) const BMI: Test = test(
    loinc("39156-5", "Body mass index"),
    ("kg/m2", "kg/m2"),
    (None, None),
    (27.5, 4.0, 0.5),
    1,
);
pub(crate) const PULSE: Test = test(
    loinc("8867-4", "Heart rate"),
    ("/min", "/min"),
    (Some(51.0), Some(90.0)),
    (74.0, 7.0, 7.0),
    0,
);
pub(crate) const TEMPERATURE: Test = test(
    loinc("8310-5", "Body temperature"),
    ("degrees C", "Cel"),
    (Some(36.1), Some(38.0)),
    (36.8, 0.2, 0.4),
    1,
);
pub(crate) const BREATHS: Test = test(
    loinc("9279-1", "Respiratory rate"),
    ("/min", "/min"),
    (Some(12.0), Some(20.0)),
    (16.0, 1.2, 1.6),
    0,
);
pub(crate) const SATURATION: Test = test(
    loinc(
        "59408-5",
        "Oxygen saturation in arterial blood by pulse oximetry",
    ),
    ("%", "%"),
    (Some(96.0), None),
    (97.2, 0.6, 0.7),
    0,
);
pub(crate) const NEWS2: Test = test(
    sct(
        "1104051000000101",
        "Royal College of Physicians National Early Warning Score 2 total score",
    ),
    ("{score}", "{score}"),
    (None, Some(4.0)),
    (1.6, 0.8, 1.0),
    0,
);
pub(crate) const PEAK_FLOW: Test = test(
    loinc("33452-4", "Maximum expiratory gas flow by peak flow meter"),
    ("L/min", "L/min"),
    (None, None),
    (430.0, 60.0, 25.0),
    0,
);
pub(crate) const PHQ9: Test = test(
    loinc(
        "44261-6",
        "Patient Health Questionnaire 9 item (PHQ-9) total score",
    ),
    ("{score}", "{score}"),
    (None, Some(9.0)),
    (11.0, 4.0, 2.5),
    0,
);
pub(crate) const HEAD: Test = test(
    loinc("9843-4", "Head occipital-frontal circumference"),
    ("cm", "cm"),
    (None, None),
    (40.0, 1.0, 0.4),
    1,
);
pub(crate) const GESTATION: Test = test(
    loinc("49051-6", "Gestational age in weeks"),
    ("wk", "wk"),
    (None, None),
    (20.0, 0.0, 0.0),
    0,
);

pub(crate) const KIDNEY: Panel = Panel {
    term: loinc("24326-1", "Electrolytes 1998 panel - serum or plasma"),
    tests: &[&SODIUM, &POTASSIUM, &UREA, &CREATININE, &EGFR],
};
pub(crate) const BLOOD_COUNT: Panel = Panel {
    term: loinc(
        "58410-2",
        "Complete blood count panel - blood by automated count",
    ),
    tests: &[&HAEMOGLOBIN, &WHITE_CELLS, &PLATELETS, &MCV],
};
pub(crate) const LIPIDS: Panel = Panel {
    term: loinc("57698-3", "Lipid panel with direct LDL - serum or plasma"),
    tests: &[&CHOLESTEROL, &HDL, &TRIGLYCERIDE],
};
pub(crate) const LIVER: Panel = Panel {
    term: loinc("24325-3", "Hepatic function 2000 panel - serum or plasma"),
    tests: &[&ALT, &ALP, &BILIRUBIN, &ALBUMIN],
};
pub(crate) const THYROID: Panel = Panel {
    term: loinc("24348-5", "Free T4 and TSH panel - serum or plasma"),
    tests: &[&TSH, &FREE_T4],
};
pub(crate) const DIABETES: Panel = Panel {
    term: loinc("59261-8", "Haemoglobin A1c"),
    tests: &[&HBA1C],
};
pub(crate) const INFLAMMATION: Panel = Panel {
    term: loinc("1988-5", "C reactive protein"),
    tests: &[&CRP],
};
pub(crate) const IRON: Panel = Panel {
    term: loinc("2276-4", "Ferritin"),
    tests: &[&FERRITIN],
};
pub(crate) const ANTICOAGULANT: Panel = Panel {
    term: loinc("6301-6", "INR"),
    tests: &[&INR],
};
pub(crate) const PROSTATE: Panel = Panel {
    term: loinc("2857-1", "Prostate specific antigen"),
    tests: &[&PSA],
};
pub(crate) const LITHIUM_LEVEL: Panel = Panel {
    term: loinc("14334-7", "Lithium level"),
    tests: &[&LITHIUM],
};
pub(crate) const URINE: Panel = Panel {
    term: loinc("32294-1", "Urine albumin/creatinine ratio"),
    tests: &[&URINE_ACR],
};
