//! What happens to people: minor illnesses, visits to hospital, allergies, vaccinations.

use super::{
    Term, coded,
    medicines::{self as m, Medicine},
    sct, words,
};

/// A minor illness, the ages it is seen at, and what is given for it.
pub(crate) struct Minor {
    pub(crate) term: Term,
    pub(crate) ages: (i32, i32),
    pub(crate) given: Option<&'static Medicine>,
}

const fn minor(term: Term, ages: (i32, i32), given: Option<&'static Medicine>) -> Minor {
    Minor { term, ages, given }
}

/// Minor illnesses.
pub(crate) static MINOR: [Minor; 22] = [
    minor(
        sct("54150009", "Upper respiratory infection"),
        (0, 100),
        None,
    ),
    minor(
        sct("65363002", "Otitis media"),
        (0, 12),
        Some(&m::AMOXICILLIN),
    ),
    minor(
        sct("90176007", "Tonsillitis"),
        (2, 40),
        Some(&m::CLARITHROMYCIN),
    ),
    minor(
        sct("50417007", "Lower respiratory tract infection"),
        (20, 100),
        Some(&m::DOXYCYCLINE),
    ),
    minor(
        sct("10509002", "Acute bronchitis"),
        (16, 100),
        Some(&m::AMOXICILLIN),
    ),
    minor(
        sct("68566005", "Urinary tract infection"),
        (16, 100),
        Some(&m::NITROFURANTOIN),
    ),
    minor(
        sct("128045006", "Cellulitis"),
        (25, 100),
        Some(&m::FLUCLOXACILLIN),
    ),
    minor(
        sct("279039007", "Low back pain"),
        (18, 85),
        Some(&m::NAPROXEN),
    ),
    minor(sct("25374005", "Gastroenteritis"), (0, 70), None),
    minor(sct("9826008", "Conjunctivitis"), (0, 60), None),
    minor(sct("38907003", "Varicella"), (1, 10), None),
    minor(
        sct("44465007", "Sprain of ankle"),
        (10, 60),
        Some(&m::IBUPROFEN),
    ),
    minor(sct("25064002", "Headache"), (10, 80), Some(&m::PARACETAMOL)),
    minor(sct("84229001", "Fatigue"), (16, 90), None),
    minor(
        sct("271807003", "Eruption of skin"),
        (0, 90),
        Some(&m::HYDROCORTISONE),
    ),
    minor(
        sct("21719001", "Allergic rhinitis due to pollen"),
        (6, 60),
        Some(&m::CETIRIZINE),
    ),
    minor(sct("404640003", "Dizziness"), (30, 100), None),
    minor(sct("21522001", "Abdominal pain"), (5, 90), None),
    minor(sct("193462001", "Insomnia"), (20, 90), None),
    minor(sct("14760008", "Constipation"), (1, 100), None),
    minor(sct("247592009", "Poor short-term memory"), (65, 100), None),
    minor(
        sct("57676002", "Joint pain"),
        (30, 100),
        Some(&m::PARACETAMOL),
    ),
];

/// Why people come to an emergency department.
pub(crate) static EMERGENCIES: [(Term, (i32, i32)); 14] = [
    (sct("29857009", "Chest pain"), (25, 100)),
    (sct("267036007", "Dyspnoea"), (15, 100)),
    (sct("21522001", "Abdominal pain"), (4, 100)),
    (sct("82271004", "Injury of head"), (0, 100)),
    (sct("44465007", "Sprain of ankle"), (8, 65)),
    (sct("125605004", "Fracture of bone"), (3, 100)),
    (sct("271594007", "Syncope"), (20, 100)),
    (sct("386661006", "Fever"), (0, 15)),
    (sct("91175000", "Seizure"), (1, 80)),
    (sct("312608009", "Laceration"), (2, 80)),
    (sct("1912002", "Fall"), (65, 100)),
    (words("Overdose of paracetamol"), (14, 60)),
    (sct("271807003", "Eruption of skin"), (0, 60)),
    (sct("80394007", "Hyperglycaemia"), (10, 90)),
];

/// Why people are admitted in an emergency, and on which ward they mostly lie.
pub(crate) static ADMISSIONS: [(Term, (i32, i32)); 14] = [
    (sct("233604007", "Pneumonia"), (30, 110)),
    (
        sct(
            "195951007",
            "Acute exacerbation of chronic obstructive airways disease",
        ),
        (50, 110),
    ),
    (sct("22298006", "Myocardial infarction"), (40, 110)),
    (sct("84114007", "Heart failure"), (55, 110)),
    (sct("230690007", "Stroke"), (45, 110)),
    (sct("5913000", "Fracture of neck of femur"), (68, 110)),
    (sct("74400008", "Appendicitis"), (6, 50)),
    (sct("91302008", "Sepsis"), (40, 110)),
    (sct("68566005", "Urinary tract infection"), (70, 110)),
    (sct("14669001", "Acute renal failure syndrome"), (60, 110)),
    (sct("59282003", "Pulmonary embolism"), (30, 110)),
    (sct("74474003", "Gastrointestinal haemorrhage"), (35, 110)),
    (sct("4120002", "Bronchiolitis"), (0, 2)),
    (sct("2776000", "Delirium"), (72, 110)),
];

/// Planned operations: what, why, ages, nights in hospital.
pub(crate) struct Operation {
    pub(crate) what: Term,
    pub(crate) why: Term,
    pub(crate) ages: (i32, i32),
    pub(crate) nights: i32,
    pub(crate) specialty: &'static str,
}

const fn operation(
    what: Term,
    why: Term,
    ages: (i32, i32),
    nights: i32,
    specialty: &'static str,
) -> Operation {
    Operation {
        what,
        why,
        ages,
        nights,
        specialty,
    }
}

/// Planned operations.
pub(crate) static OPERATIONS: [Operation; 9] = [
    operation(
        sct("54885007", "Extraction of cataract"),
        sct("193570009", "Cataract"),
        (60, 100),
        0,
        "Eye clinic",
    ),
    operation(
        sct("52734007", "Total replacement of hip"),
        sct("239872002", "Osteoarthritis of hip"),
        (55, 95),
        3,
        "Orthopaedic clinic",
    ),
    operation(
        sct("609588000", "Total knee replacement"),
        sct("239873007", "Osteoarthritis of knee"),
        (55, 95),
        3,
        "Orthopaedic clinic",
    ),
    operation(
        sct("38102005", "Cholecystectomy"),
        sct("235919008", "Gallstone"),
        (25, 85),
        1,
        "General surgery clinic",
    ),
    operation(
        sct("44558001", "Repair of inguinal hernia"),
        sct("396232000", "Inguinal hernia"),
        (20, 85),
        0,
        "General surgery clinic",
    ),
    operation(
        sct("173422009", "Tonsillectomy"),
        sct("90176007", "Tonsillitis"),
        (3, 25),
        0,
        "Ear, nose and throat clinic",
    ),
    operation(
        sct("73761001", "Colonoscopy"),
        sct("88111009", "Altered bowel function"),
        (30, 90),
        0,
        "Gastroenterology clinic",
    ),
    operation(
        sct("76009000", "Esophagogastroduodenoscopy"),
        sct("162031009", "Dyspepsia"),
        (25, 90),
        0,
        "Gastroenterology clinic",
    ),
    operation(
        sct("80146002", "Appendectomy"),
        sct("74400008", "Appendicitis"),
        (6, 50),
        2,
        "General surgery clinic",
    ),
];

/// Clinics that people are referred to for once.
pub(crate) const CLINICS: [&str; 12] = [
    "Dermatology clinic",
    "Orthopaedic clinic",
    "Ear, nose and throat clinic",
    "Gynaecology clinic",
    "Gastroenterology clinic",
    "Cardiology clinic",
    "Neurology clinic",
    "Eye clinic",
    "Rheumatology clinic",
    "Urology clinic",
    "Paediatric clinic",
    "General surgery clinic",
];

/// An allergy: substance, FHIR category, common reactions.
pub(crate) struct Allergen {
    pub(crate) term: Term,
    pub(crate) category: &'static str,
    pub(crate) reactions: &'static [Term],
    /// Relative frequency.
    pub(crate) weight: u32,
}

const RASH: Term = sct("271807003", "Eruption of skin");
const URTICARIA: Term = sct("126485001", "Urticaria");
const ANAPHYLAXIS: Term = sct("39579001", "Anaphylaxis");
const ANGIOEDEMA: Term = sct("41291007", "Angioedema");
const NAUSEA: Term = sct("422587007", "Nausea");
const VOMITING: Term = sct("422400008", "Vomiting");
const WHEEZE: Term = sct("56018004", "Wheezing");
const ITCHING: Term = sct("418290006", "Itching");

/// Allergens; penicillin first.
pub(crate) static ALLERGENS: [Allergen; 14] = [
    Allergen {
        term: sct("91936005", "Allergy to penicillin"),
        category: "medication",
        reactions: &[RASH, URTICARIA, ANAPHYLAXIS],
        weight: 34,
    },
    Allergen {
        term: sct("293586001", "Allergy to aspirin"),
        category: "medication",
        reactions: &[WHEEZE, ANGIOEDEMA, NAUSEA],
        weight: 6,
    },
    Allergen {
        term: words("Codeine"),
        category: "medication",
        reactions: &[NAUSEA, VOMITING, ITCHING],
        weight: 9,
    },
    Allergen {
        term: words("Trimethoprim"),
        category: "medication",
        reactions: &[RASH, NAUSEA],
        weight: 7,
    },
    Allergen {
        term: words("Erythromycin"),
        category: "medication",
        reactions: &[NAUSEA, VOMITING],
        weight: 6,
    },
    Allergen {
        term: sct("91939003", "Allergy to sulfonamide"),
        category: "medication",
        reactions: &[RASH, URTICARIA],
        weight: 3,
    },
    Allergen {
        term: words("Ramipril"),
        category: "medication",
        reactions: &[ANGIOEDEMA],
        weight: 3,
    },
    Allergen {
        term: sct("300916003", "Latex allergy"),
        category: "environment",
        reactions: &[RASH, ANAPHYLAXIS],
        weight: 4,
    },
    Allergen {
        term: sct("91935009", "Allergy to peanut"),
        category: "food",
        reactions: &[URTICARIA, ANAPHYLAXIS],
        weight: 5,
    },
    Allergen {
        term: sct("91930004", "Allergy to egg"),
        category: "food",
        reactions: &[URTICARIA, VOMITING],
        weight: 3,
    },
    Allergen {
        term: sct("300913006", "Shellfish allergy"),
        category: "food",
        reactions: &[URTICARIA, ANGIOEDEMA],
        weight: 3,
    },
    Allergen {
        term: sct("232350006", "House dust mite allergy"),
        category: "environment",
        reactions: &[WHEEZE],
        weight: 6,
    },
    Allergen {
        term: sct("424213003", "Allergy to bee venom"),
        category: "environment",
        reactions: &[ANAPHYLAXIS, URTICARIA],
        weight: 2,
    },
    Allergen {
        term: words("Adhesive dressing"),
        category: "environment",
        reactions: &[RASH],
        weight: 5,
    },
];

/// A vaccine with the ages in weeks at which it is given.
pub(crate) struct Vaccine {
    pub(crate) term: Term,
    pub(crate) weeks: &'static [i32],
    pub(crate) target: &'static str,
}

const CVX: &str = "http://hl7.org/fhir/sid/cvx";

const fn vaccine(
    code: &'static str,
    display: &'static str,
    target: &'static str,
    weeks: &'static [i32],
) -> Vaccine {
    Vaccine {
        term: coded(CVX, code, display),
        weeks,
        target,
    }
}

/// The childhood programme.
pub(crate) static CHILDHOOD: [Vaccine; 9] = [
    vaccine(
        "146",
        "DTaP-IPV-Hib-HepB (6-in-1)",
        "Diphtheria, tetanus, pertussis, polio, Hib, hepatitis B",
        &[8, 12, 16],
    ),
    vaccine("119", "Rotavirus, live, monovalent", "Rotavirus", &[8, 12]),
    vaccine(
        "163",
        "Meningococcal B",
        "Meningococcal group B",
        &[8, 16, 52],
    ),
    vaccine(
        "133",
        "Pneumococcal conjugate PCV 13",
        "Pneumococcal disease",
        &[12, 52],
    ),
    vaccine(
        "03",
        "Measles, mumps and rubella (MMR)",
        "Measles, mumps, rubella",
        &[52, 178],
    ),
    vaccine(
        "130",
        "DTaP-IPV (4-in-1 pre-school booster)",
        "Diphtheria, tetanus, pertussis, polio",
        &[178],
    ),
    vaccine(
        "149",
        "Influenza, live, intranasal, quadrivalent",
        "Influenza",
        &[120, 172, 224],
    ),
    vaccine(
        "165",
        "Human papillomavirus, 9-valent",
        "Human papillomavirus",
        &[650],
    ),
    vaccine(
        "114",
        "Meningococcal ACWY",
        "Meningococcal groups A, C, W, Y",
        &[735],
    ),
];

/// Vaccines of adults.
pub(crate) static INFLUENZA: Vaccine = vaccine(
    "140",
    "Influenza, seasonal, injectable, preservative free",
    "Influenza",
    &[],
);
pub(crate) static COVID: Vaccine =
    vaccine("208", "COVID-19, mRNA, 30 mcg/0.3 mL dose", "COVID-19", &[]);
pub(crate) static PNEUMOCOCCAL: Vaccine = vaccine(
    "33",
    "Pneumococcal polysaccharide PPV23",
    "Pneumococcal disease",
    &[],
);
pub(crate) static SHINGLES: Vaccine = vaccine("187", "Zoster recombinant", "Shingles", &[]);
