//! Long-term conditions: who has them, what they are treated with, what is measured and how it shifts.

use super::{
    Term,
    measures::{
        ANTICOAGULANT, BLOOD_COUNT, DIABETES, INFLAMMATION, IRON, KIDNEY, LIPIDS, LITHIUM_LEVEL,
        LIVER, PROSTATE, Panel, THYROID, URINE,
    },
    medicines::{self as m, Medicine},
    sct, words,
};

/// A long-term condition.
pub(crate) struct LongTerm {
    pub(crate) term: Term,
    /// How many in 10,000 have it at 0–17, 18–39, 40–59, 60–74 and 75 or over.
    pub(crate) share: [u32; 5],
    /// Whether only women (or men) have it.
    pub(crate) only: Option<Only>,
    /// The youngest age it begins at.
    pub(crate) from_age: i32,
    /// Medicines with the share in 10,000 of those who take each.
    pub(crate) medicines: &'static [(&'static Medicine, u32)],
    /// What is measured once a year.
    pub(crate) panels: &'static [&'static Panel],
    /// LOINC code of a test and how far the condition moves its value.
    pub(crate) shifts: &'static [(&'static str, f64)],
    /// The hospital clinic that follows it, if one does.
    pub(crate) clinic: Option<&'static str>,
    /// What else it means.
    pub(crate) nature: Nature,
}

/// Who alone may have a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    Women,
    Men,
}

/// What a condition means beyond the practice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Nature {
    /// Followed at the practice.
    Plain,
    /// Leads to admissions.
    Admits,
    /// Treated at the cancer trust.
    Cancer,
    /// A severe mental illness, treated at the mental health trust.
    Psychosis,
    /// A disorder that the mental health trust sees in part.
    Mood,
    /// Dementia.
    Dementia,
    /// A learning disability or autism.
    Learning,
    /// Kidneys that have failed: dialysis three times a week.
    Dialysis,
    /// Withheld from most readers.
    Sensitive,
}

const fn condition(term: Term, share: [u32; 5], from_age: i32) -> LongTerm {
    LongTerm {
        term,
        share,
        only: None,
        from_age,
        medicines: &[],
        panels: &[],
        shifts: &[],
        clinic: None,
        nature: Nature::Plain,
    }
}

impl LongTerm {
    const fn with(mut self, medicines: &'static [(&'static Medicine, u32)]) -> Self {
        self.medicines = medicines;
        self
    }

    const fn measured(
        mut self,
        panels: &'static [&'static Panel],
        shifts: &'static [(&'static str, f64)],
    ) -> Self {
        self.panels = panels;
        self.shifts = shifts;
        self
    }

    const fn only(mut self, only: Only) -> Self {
        self.only = Some(only);
        self
    }

    const fn seen(mut self, clinic: &'static str, nature: Nature) -> Self {
        self.clinic = Some(clinic);
        self.nature = nature;
        self
    }
}

/// The conditions. Their order is part of what a seed means: append, never insert.
pub(crate) static CONDITIONS: [LongTerm; 39] = [
    condition(
        sct("59621000", "Essential hypertension"),
        [0, 250, 1900, 4300, 5800],
        30,
    )
    .with(&[
        (&m::AMLODIPINE, 6000),
        (&m::RAMIPRIL, 5500),
        (&m::LOSARTAN, 1800),
    ])
    .measured(&[&KIDNEY], &[("8480-6", 14.0), ("8462-4", 7.0)]),
    condition(
        sct("44054006", "Type 2 diabetes mellitus"),
        [0, 120, 750, 1600, 1900],
        30,
    )
    .with(&[
        (&m::METFORMIN, 7800),
        (&m::GLICLAZIDE, 2500),
        (&m::ATORVASTATIN, 6500),
    ])
    .measured(
        &[&DIABETES, &KIDNEY, &LIPIDS, &URINE],
        &[
            ("59261-8", 21.0),
            ("39156-5", 4.0),
            ("29463-7", 11.0),
            ("32294-1", 2.5),
        ],
    ),
    condition(
        sct("46635009", "Type 1 diabetes mellitus"),
        [20, 45, 50, 45, 20],
        4,
    )
    .with(&[(&m::INSULIN, 10000)])
    .measured(&[&DIABETES, &KIDNEY, &LIPIDS], &[("59261-8", 28.0)])
    .seen("Diabetes clinic", Nature::Admits),
    condition(sct("195967001", "Asthma"), [750, 800, 700, 750, 700], 3)
        .with(&[(&m::SALBUTAMOL, 9500), (&m::BECLOMETASONE, 7000)])
        .measured(&[], &[("33452-4", -70.0)]),
    condition(
        sct("13645005", "Chronic obstructive pulmonary disease"),
        [0, 10, 220, 750, 1000],
        42,
    )
    .with(&[(&m::SALBUTAMOL, 9000), (&m::TIOTROPIUM, 7000)])
    .measured(&[&BLOOD_COUNT], &[("59408-5", -3.5), ("33452-4", -150.0)])
    .seen("Respiratory clinic", Nature::Admits),
    condition(
        sct("433144002", "Chronic kidney disease stage 3"),
        [0, 10, 180, 1100, 3000],
        45,
    )
    .measured(
        &[&KIDNEY, &BLOOD_COUNT, &URINE],
        &[("14682-9", 48.0), ("62238-1", -42.0), ("22664-7", 4.0)],
    ),
    condition(
        sct("35489007", "Depressive disorder"),
        [60, 1100, 1500, 1100, 900],
        14,
    )
    .with(&[
        (&m::SERTRALINE, 5200),
        (&m::CITALOPRAM, 2400),
        (&m::MIRTAZAPINE, 1500),
    ])
    .seen("", Nature::Mood),
    condition(
        sct("21897009", "Generalised anxiety disorder"),
        [90, 900, 800, 500, 400],
        12,
    )
    .with(&[(&m::SERTRALINE, 2600)]),
    condition(sct("84757009", "Epilepsy"), [45, 75, 85, 90, 110], 1)
        .with(&[(&m::LEVETIRACETAM, 6000), (&m::LAMOTRIGINE, 4500)])
        .measured(&[&LIVER], &[])
        .seen("Neurology clinic", Nature::Admits),
    condition(
        sct("49436004", "Atrial fibrillation"),
        [0, 10, 120, 620, 1800],
        45,
    )
    .with(&[(&m::APIXABAN, 7500), (&m::BISOPROLOL, 7000)])
    .measured(&[&KIDNEY, &BLOOD_COUNT], &[("8867-4", 9.0)])
    .seen("Cardiology clinic", Nature::Admits),
    condition(sct("84114007", "Heart failure"), [0, 5, 60, 320, 1100], 50)
        .with(&[
            (&m::FUROSEMIDE, 8500),
            (&m::BISOPROLOL, 6000),
            (&m::RAMIPRIL, 5000),
        ])
        .measured(&[&KIDNEY], &[("62238-1", -14.0), ("29463-7", 5.0)])
        .seen("Heart failure clinic", Nature::Admits),
    condition(
        sct("414545008", "Ischaemic heart disease"),
        [0, 10, 250, 950, 1800],
        42,
    )
    .with(&[
        (&m::ASPIRIN, 7800),
        (&m::ATORVASTATIN, 8500),
        (&m::BISOPROLOL, 4000),
    ])
    .measured(&[&LIPIDS, &KIDNEY], &[])
    .seen("Cardiology clinic", Nature::Admits),
    condition(
        sct("40930008", "Hypothyroidism"),
        [10, 150, 420, 700, 900],
        15,
    )
    .with(&[(&m::LEVOTHYROXINE, 9800)])
    .measured(&[&THYROID], &[("3016-3", 1.3)]),
    condition(
        sct("396275006", "Osteoarthritis"),
        [0, 60, 1000, 2900, 4300],
        38,
    )
    .with(&[
        (&m::PARACETAMOL, 4200),
        (&m::CODEINE, 1400),
        (&m::NAPROXEN, 900),
    ]),
    condition(sct("64859006", "Osteoporosis"), [0, 0, 90, 550, 1500], 52)
        .with(&[(&m::ALENDRONATE, 6500)]),
    condition(
        sct("69896004", "Rheumatoid arthritis"),
        [5, 30, 90, 170, 180],
        20,
    )
    .with(&[(&m::METHOTREXATE, 6500), (&m::FOLIC_ACID, 6000)])
    .measured(&[&BLOOD_COUNT, &LIVER, &INFLAMMATION], &[("1988-5", 9.0)])
    .seen("Rheumatology clinic", Nature::Plain),
    condition(sct("230690007", "Stroke"), [0, 10, 110, 420, 1100], 48)
        .with(&[(&m::ATORVASTATIN, 7500), (&m::ASPIRIN, 3500)])
        .measured(&[&LIPIDS], &[])
        .seen("Stroke clinic", Nature::Admits),
    condition(sct("52448006", "Dementia"), [0, 0, 15, 150, 950], 62)
        .with(&[(&m::DONEPEZIL, 4500)])
        .seen("", Nature::Dementia),
    condition(
        sct("49049000", "Parkinson's disease"),
        [0, 0, 10, 70, 200],
        52,
    )
    .with(&[(&m::COBENELDOPA, 8500)])
    .seen("Neurology clinic", Nature::Admits),
    condition(sct("37796009", "Migraine"), [150, 700, 750, 400, 150], 9)
        .with(&[(&m::AMITRIPTYLINE, 1800)]),
    condition(
        sct("24079001", "Atopic dermatitis"),
        [1100, 450, 250, 250, 250],
        0,
    )
    .with(&[(&m::HYDROCORTISONE, 6500)]),
    condition(
        sct("235595009", "Gastro-oesophageal reflux disease"),
        [40, 350, 1000, 1700, 2000],
        18,
    )
    .with(&[(&m::OMEPRAZOLE, 8000)]),
    condition(sct("90560007", "Gout"), [0, 40, 260, 550, 650], 32).with(&[(&m::ALLOPURINOL, 7000)]),
    condition(
        sct("13644009", "Hypercholesterolaemia"),
        [5, 120, 950, 2000, 2000],
        30,
    )
    .with(&[(&m::ATORVASTATIN, 6500)])
    .measured(&[&LIPIDS, &LIVER], &[("14647-2", 0.9)]),
    condition(
        sct("87522002", "Iron deficiency anaemia"),
        [40, 260, 300, 350, 750],
        6,
    )
    .with(&[(&m::FERROUS, 7000)])
    .measured(
        &[&BLOOD_COUNT, &IRON],
        &[("718-7", -26.0), ("787-2", -9.0), ("2276-4", -70.0)],
    ),
    condition(sct("82423001", "Chronic pain"), [5, 250, 700, 850, 900], 25).with(&[
        (&m::CODEINE, 3500),
        (&m::GABAPENTIN, 2200),
        (&m::AMITRIPTYLINE, 2600),
    ]),
    condition(sct("23986001", "Glaucoma"), [0, 10, 90, 420, 900], 45)
        .with(&[(&m::LATANOPROST, 8500)])
        .seen("Eye clinic", Nature::Plain),
    condition(sct("58214004", "Schizophrenia"), [0, 55, 80, 60, 35], 18)
        .with(&[(&m::OLANZAPINE, 3500)])
        .measured(&[&DIABETES, &LIPIDS], &[("39156-5", 3.0)])
        .seen("", Nature::Psychosis),
    condition(sct("13746004", "Bipolar disorder"), [0, 60, 80, 60, 40], 18)
        .with(&[(&m::LITHIUM, 5500)])
        .measured(&[&LITHIUM_LEVEL, &THYROID, &KIDNEY], &[])
        .seen("", Nature::Psychosis),
    condition(
        sct("408856003", "Autistic disorder"),
        [210, 120, 30, 10, 5],
        3,
    )
    .seen("", Nature::Learning),
    condition(
        sct("110359009", "Intellectual disability"),
        [45, 50, 45, 35, 15],
        2,
    )
    .seen("", Nature::Learning),
    condition(
        sct("406506008", "Attention deficit hyperactivity disorder"),
        [260, 140, 40, 5, 0],
        6,
    )
    .with(&[(&m::METHYLPHENIDATE, 5500)])
    .seen("", Nature::Learning),
    condition(
        sct("254837009", "Malignant neoplasm of breast"),
        [0, 12, 170, 420, 480],
        32,
    )
    .only(Only::Women)
    .with(&[(&m::TAMOXIFEN, 5500)])
    .seen("Breast clinic", Nature::Cancer),
    condition(
        sct("399068003", "Malignant tumour of prostate"),
        [0, 0, 60, 520, 950],
        50,
    )
    .only(Only::Men)
    .measured(&[&PROSTATE], &[("2857-1", 6.0)])
    .seen("Urology clinic", Nature::Cancer),
    condition(
        sct("363406005", "Malignant tumour of colon"),
        [0, 4, 40, 150, 260],
        35,
    )
    .measured(&[&BLOOD_COUNT, &LIVER], &[("718-7", -12.0)])
    .seen("Colorectal clinic", Nature::Cancer),
    condition(
        sct("363358000", "Malignant tumour of lung"),
        [0, 1, 20, 90, 120],
        42,
    )
    .seen("Lung clinic", Nature::Cancer),
    condition(
        sct("46177005", "End-stage renal disease"),
        [1, 6, 14, 28, 22],
        12,
    )
    .with(&[(&m::EPOETIN, 9000)])
    .measured(
        &[&KIDNEY, &BLOOD_COUNT],
        &[
            ("14682-9", 520.0),
            ("62238-1", -78.0),
            ("22664-7", 15.0),
            ("2823-3", 0.9),
            ("718-7", -32.0),
        ],
    )
    .seen("Renal clinic", Nature::Dialysis),
    condition(
        sct("86406008", "Human immunodeficiency virus infection"),
        [0, 14, 24, 12, 2],
        18,
    )
    .with(&[(&m::ANTIRETROVIRAL, 9_000)])
    .measured(&[&BLOOD_COUNT, &LIVER], &[])
    .seen("Sexual health clinic", Nature::Sensitive),
    condition(words("Mechanical heart valve"), [0, 4, 15, 35, 60], 25)
        .with(&[(&m::WARFARIN, 10000)])
        .measured(&[&ANTICOAGULANT], &[])
        .seen("Cardiology clinic", Nature::Admits),
];

/// Treatment regimens by cancer, in the order of the conditions with [`Nature::Cancer`].
pub(crate) struct Regimen {
    /// The code of the condition it treats.
    pub(crate) treats: &'static str,
    pub(crate) name: &'static str,
    pub(crate) drugs: &'static [&'static Medicine],
    pub(crate) cycle_days: i32,
    pub(crate) operation: Term,
    pub(crate) site: Term,
}

/// The regimens.
pub(crate) static REGIMENS: [Regimen; 4] = [
    Regimen {
        treats: "254837009",
        name: "AC chemotherapy (doxorubicin and cyclophosphamide)",
        drugs: &[&m::DOXORUBICIN, &m::CYCLOPHOSPHAMIDE],
        cycle_days: 21,
        operation: sct("172043006", "Simple mastectomy"),
        site: sct("76752008", "Breast structure"),
    },
    Regimen {
        treats: "399068003",
        name: "Docetaxel chemotherapy",
        drugs: &[&m::DOCETAXEL],
        cycle_days: 21,
        operation: words("Robot-assisted radical prostatectomy"),
        site: sct("41216001", "Prostatic structure"),
    },
    Regimen {
        treats: "363406005",
        name: "Oxaliplatin modified de Gramont chemotherapy",
        drugs: &[&m::OXALIPLATIN],
        cycle_days: 14,
        operation: sct("26390003", "Total colectomy"),
        site: sct("71854001", "Colon structure"),
    },
    Regimen {
        treats: "363358000",
        name: "Carboplatin and paclitaxel chemotherapy",
        drugs: &[&m::CARBOPLATIN, &m::PACLITAXEL],
        cycle_days: 21,
        operation: sct("173171007", "Lobectomy of lung"),
        site: sct("39607008", "Lung structure"),
    },
];
