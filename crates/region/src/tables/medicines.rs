//! Medicines with their strengths. The code is the ingredient's; the words are the product's.

use super::{Term, sct};

/// A medicine.
pub(crate) struct Medicine {
    pub(crate) ingredient: Term,
    pub(crate) route: Route,
    /// From weakest to strongest.
    pub(crate) strengths: &'static [Strength],
}

/// A product and how it is taken.
pub(crate) struct Strength {
    pub(crate) product: &'static str,
    pub(crate) dose: &'static str,
    pub(crate) amount: f64,
    pub(crate) unit: &'static str,
}

/// How a medicine is given.
#[derive(Clone, Copy)]
pub(crate) enum Route {
    Oral,
    Inhaled,
    Subcutaneous,
    Intramuscular,
    Intravenous,
    Skin,
    Eye,
}

impl Route {
    pub(crate) const fn term(self) -> Term {
        match self {
            Self::Oral => sct("26643006", "Oral"),
            Self::Inhaled => sct("447694001", "Respiratory tract"),
            Self::Subcutaneous => sct("34206005", "Subcutaneous"),
            Self::Intramuscular => sct("78421000", "Intramuscular"),
            Self::Intravenous => sct("47625008", "Intravenous"),
            Self::Skin => sct("6064005", "Topical"),
            Self::Eye => sct("54485002", "Ophthalmic"),
        }
    }
}

const fn s(product: &'static str, dose: &'static str, amount: f64, unit: &'static str) -> Strength {
    Strength {
        product,
        dose,
        amount,
        unit,
    }
}

macro_rules! medicines {
    ($($name:ident: $route:ident $code:literal $display:literal [$(($product:literal, $dose:literal, $amount:literal $unit:literal)),+];)+) => {
        $(pub(crate) const $name: Medicine = Medicine {
            ingredient: sct($code, $display),
            route: Route::$route,
            strengths: &[$(s($product, $dose, $amount, $unit)),+],
        };)+
    };
}

medicines! {
    AMLODIPINE: Oral "386864001" "Amlodipine" [
        ("Amlodipine 5mg tablets", "One to be taken each day", 5.0 "mg"),
        ("Amlodipine 10mg tablets", "One to be taken each day", 10.0 "mg")];
    RAMIPRIL: Oral "386872004" "Ramipril" [
        ("Ramipril 2.5mg capsules", "One to be taken each day", 2.5 "mg"),
        ("Ramipril 5mg capsules", "One to be taken each day", 5.0 "mg"),
        ("Ramipril 10mg capsules", "One to be taken each day", 10.0 "mg")];
    LOSARTAN: Oral "373567002" "Losartan" [
        ("Losartan 50mg tablets", "One to be taken each day", 50.0 "mg"),
        ("Losartan 100mg tablets", "One to be taken each day", 100.0 "mg")];
    ATORVASTATIN: Oral "373444002" "Atorvastatin" [
        ("Atorvastatin 20mg tablets", "One to be taken at night", 20.0 "mg"),
        ("Atorvastatin 40mg tablets", "One to be taken at night", 40.0 "mg"),
        ("Atorvastatin 80mg tablets", "One to be taken at night", 80.0 "mg")];
    METFORMIN: Oral "372567009" "Metformin" [
        ("Metformin 500mg tablets", "One to be taken twice a day with meals", 500.0 "mg"),
        ("Metformin 1g modified-release tablets", "One to be taken twice a day with meals", 1000.0 "mg")];
    GLICLAZIDE: Oral "395731002" "Gliclazide" [
        ("Gliclazide 40mg tablets", "One to be taken each morning", 40.0 "mg"),
        ("Gliclazide 80mg tablets", "One to be taken twice a day", 80.0 "mg")];
    INSULIN: Subcutaneous "411529005" "Insulin glargine" [
        ("Insulin glargine 100units/ml solution for injection 3ml pre-filled disposable devices", "18 units to be injected at night", 18.0 "units"),
        ("Insulin glargine 100units/ml solution for injection 3ml pre-filled disposable devices", "26 units to be injected at night", 26.0 "units")];
    ASPIRIN: Oral "387458008" "Aspirin" [
        ("Aspirin 75mg dispersible tablets", "One to be taken each day", 75.0 "mg")];
    BISOPROLOL: Oral "386868003" "Bisoprolol" [
        ("Bisoprolol 1.25mg tablets", "One to be taken each morning", 1.25 "mg"),
        ("Bisoprolol 2.5mg tablets", "One to be taken each morning", 2.5 "mg"),
        ("Bisoprolol 5mg tablets", "One to be taken each morning", 5.0 "mg")];
    FUROSEMIDE: Oral "387475002" "Furosemide" [
        ("Furosemide 20mg tablets", "One to be taken each morning", 20.0 "mg"),
        ("Furosemide 40mg tablets", "One to be taken each morning", 40.0 "mg"),
        ("Furosemide 40mg tablets", "Two to be taken each morning", 80.0 "mg")];
    APIXABAN: Oral "698090000" "Apixaban" [
        ("Apixaban 2.5mg tablets", "One to be taken twice a day", 2.5 "mg"),
        ("Apixaban 5mg tablets", "One to be taken twice a day", 5.0 "mg")];
    WARFARIN: Oral "372756006" "Warfarin" [
        ("Warfarin 1mg tablets", "Take as directed in the yellow book", 1.0 "mg"),
        ("Warfarin 3mg tablets", "Take as directed in the yellow book", 3.0 "mg")];
    SALBUTAMOL: Inhaled "372897005" "Salbutamol" [
        ("Salbutamol 100micrograms/dose inhaler CFC free", "One or two puffs up to four times a day when required", 100.0 "ug")];
    BECLOMETASONE: Inhaled "116574000" "Beclometasone" [
        ("Beclometasone 100micrograms/dose inhaler CFC free", "Two puffs twice a day", 100.0 "ug"),
        ("Beclometasone 200micrograms/dose inhaler CFC free", "Two puffs twice a day", 200.0 "ug")];
    TIOTROPIUM: Inhaled "409169006" "Tiotropium" [
        ("Tiotropium bromide 18microgram inhalation powder capsules", "One capsule to be inhaled each day", 18.0 "ug")];
    LEVOTHYROXINE: Oral "768532006" "Levothyroxine" [
        ("Levothyroxine sodium 50microgram tablets", "One to be taken each morning", 50.0 "ug"),
        ("Levothyroxine sodium 100microgram tablets", "One to be taken each morning", 100.0 "ug")];
    SERTRALINE: Oral "372594008" "Sertraline" [
        ("Sertraline 50mg tablets", "One to be taken each day", 50.0 "mg"),
        ("Sertraline 100mg tablets", "One to be taken each day", 100.0 "mg")];
    CITALOPRAM: Oral "372596005" "Citalopram" [
        ("Citalopram 10mg tablets", "One to be taken each day", 10.0 "mg"),
        ("Citalopram 20mg tablets", "One to be taken each day", 20.0 "mg")];
    MIRTAZAPINE: Oral "386847009" "Mirtazapine" [
        ("Mirtazapine 15mg tablets", "One to be taken at night", 15.0 "mg"),
        ("Mirtazapine 30mg tablets", "One to be taken at night", 30.0 "mg")];
    LEVETIRACETAM: Oral "387000003" "Levetiracetam" [
        ("Levetiracetam 250mg tablets", "One to be taken twice a day", 250.0 "mg"),
        ("Levetiracetam 500mg tablets", "One to be taken twice a day", 500.0 "mg")];
    LAMOTRIGINE: Oral "387562000" "Lamotrigine" [
        ("Lamotrigine 50mg tablets", "One to be taken twice a day", 50.0 "mg"),
        ("Lamotrigine 100mg tablets", "One to be taken twice a day", 100.0 "mg")];
    OMEPRAZOLE: Oral "387137007" "Omeprazole" [
        ("Omeprazole 20mg gastro-resistant capsules", "One to be taken each morning", 20.0 "mg"),
        ("Omeprazole 40mg gastro-resistant capsules", "One to be taken each morning", 40.0 "mg")];
    ALLOPURINOL: Oral "387135004" "Allopurinol" [
        ("Allopurinol 100mg tablets", "One to be taken each day", 100.0 "mg"),
        ("Allopurinol 300mg tablets", "One to be taken each day", 300.0 "mg")];
    ALENDRONATE: Oral "391730008" "Alendronic acid" [
        ("Alendronic acid 70mg tablets", "One to be taken once a week on the same day", 70.0 "mg")];
    METHOTREXATE: Oral "387381009" "Methotrexate" [
        ("Methotrexate 2.5mg tablets", "Four to be taken once a week on Mondays", 10.0 "mg"),
        ("Methotrexate 2.5mg tablets", "Six to be taken once a week on Mondays", 15.0 "mg")];
    DONEPEZIL: Oral "386855006" "Donepezil" [
        ("Donepezil 5mg tablets", "One to be taken at night", 5.0 "mg"),
        ("Donepezil 10mg tablets", "One to be taken at night", 10.0 "mg")];
    COBENELDOPA: Oral "" "Co-beneldopa" [
        ("Co-beneldopa 12.5mg/50mg capsules", "One to be taken three times a day", 62.5 "mg"),
        ("Co-beneldopa 25mg/100mg capsules", "One to be taken three times a day", 125.0 "mg")];
    PARACETAMOL: Oral "387517004" "Paracetamol" [
        ("Paracetamol 500mg tablets", "One or two to be taken every four to six hours, maximum eight a day", 1000.0 "mg")];
    IBUPROFEN: Oral "387207008" "Ibuprofen" [
        ("Ibuprofen 400mg tablets", "One to be taken three times a day after food", 400.0 "mg")];
    NAPROXEN: Oral "372588000" "Naproxen" [
        ("Naproxen 250mg tablets", "One to be taken twice a day after food", 250.0 "mg"),
        ("Naproxen 500mg tablets", "One to be taken twice a day after food", 500.0 "mg")];
    CODEINE: Oral "387494007" "Codeine" [
        ("Codeine 30mg tablets", "One to be taken up to four times a day when required", 30.0 "mg")];
    MORPHINE: Oral "373529000" "Morphine" [
        ("Morphine sulfate 10mg/5ml oral solution", "2.5ml to be taken every four hours when required", 5.0 "mg")];
    AMITRIPTYLINE: Oral "372726002" "Amitriptyline" [
        ("Amitriptyline 10mg tablets", "One to be taken at night", 10.0 "mg"),
        ("Amitriptyline 25mg tablets", "One to be taken at night", 25.0 "mg")];
    GABAPENTIN: Oral "386845007" "Gabapentin" [
        ("Gabapentin 100mg capsules", "One to be taken three times a day", 100.0 "mg"),
        ("Gabapentin 300mg capsules", "One to be taken three times a day", 300.0 "mg")];
    AMOXICILLIN: Oral "372687004" "Amoxicillin" [
        ("Amoxicillin 500mg capsules", "One to be taken three times a day for seven days", 500.0 "mg")];
    FLUCLOXACILLIN: Oral "387544009" "Flucloxacillin" [
        ("Flucloxacillin 500mg capsules", "One to be taken four times a day for seven days", 500.0 "mg")];
    DOXYCYCLINE: Oral "372478003" "Doxycycline" [
        ("Doxycycline 100mg capsules", "Two on the first day then one each day for seven days", 100.0 "mg")];
    NITROFURANTOIN: Oral "373543005" "Nitrofurantoin" [
        ("Nitrofurantoin 100mg modified-release capsules", "One to be taken twice a day for three days", 100.0 "mg")];
    CLARITHROMYCIN: Oral "387487009" "Clarithromycin" [
        ("Clarithromycin 500mg tablets", "One to be taken twice a day for seven days", 500.0 "mg")];
    CETIRIZINE: Oral "372523007" "Cetirizine" [
        ("Cetirizine 10mg tablets", "One to be taken each day", 10.0 "mg")];
    HYDROCORTISONE: Skin "396458002" "Hydrocortisone" [
        ("Hydrocortisone 1% cream", "Apply thinly twice a day", 1.0 "g")];
    LATANOPROST: Eye "386926002" "Latanoprost" [
        ("Latanoprost 50micrograms/ml eye drops", "One drop in both eyes at night", 1.0 "{drop}")];
    FOLIC_ACID: Oral "63718003" "Folic acid" [
        ("Folic acid 400microgram tablets", "One to be taken each day", 400.0 "ug"),
        ("Folic acid 5mg tablets", "One to be taken each day", 5.0 "mg")];
    FERROUS: Oral "" "Ferrous sulfate" [
        ("Ferrous sulfate 200mg tablets", "One to be taken each day", 200.0 "mg"),
        ("Ferrous sulfate 200mg tablets", "One to be taken three times a day", 200.0 "mg")];
    METHYLPHENIDATE: Oral "373337007" "Methylphenidate" [
        ("Methylphenidate 18mg modified-release tablets", "One to be taken each morning", 18.0 "mg"),
        ("Methylphenidate 36mg modified-release tablets", "One to be taken each morning", 36.0 "mg")];
    CLOZAPINE: Oral "387568001" "Clozapine" [
        ("Clozapine 100mg tablets", "One in the morning and two at night", 300.0 "mg"),
        ("Clozapine 100mg tablets", "Two in the morning and two at night", 400.0 "mg")];
    OLANZAPINE: Oral "386849001" "Olanzapine" [
        ("Olanzapine 10mg tablets", "One to be taken at night", 10.0 "mg"),
        ("Olanzapine 15mg tablets", "One to be taken at night", 15.0 "mg")];
    DEPOT: Intramuscular "426276000" "Paliperidone palmitate" [
        ("Paliperidone 100mg/1ml prolonged-release suspension for injection", "100mg by deep intramuscular injection every month", 100.0 "mg")];
    LITHIUM: Oral "" "Lithium carbonate" [
        ("Lithium carbonate 400mg modified-release tablets", "One to be taken at night", 400.0 "mg"),
        ("Lithium carbonate 400mg modified-release tablets", "Two to be taken at night", 800.0 "mg")];
    TAMOXIFEN: Oral "373345002" "Tamoxifen" [
        ("Tamoxifen 20mg tablets", "One to be taken each day", 20.0 "mg")];
    EPOETIN: Subcutaneous "" "Epoetin alfa" [
        ("Epoetin alfa 4,000units/0.4ml solution for injection", "4,000 units with dialysis three times a week", 4000.0 "units")];
    ANTIRETROVIRAL: Oral "" "Bictegravir, emtricitabine and tenofovir alafenamide" [
        ("Bictegravir 50mg / Emtricitabine 200mg / Tenofovir alafenamide 25mg tablets", "One to be taken each day", 50.0 "mg")];
    ENOXAPARIN: Subcutaneous "372562003" "Enoxaparin" [
        ("Enoxaparin 40mg/0.4ml solution for injection", "40mg by subcutaneous injection each day", 40.0 "mg")];
    DOXORUBICIN: Intravenous "372817009" "Doxorubicin" [
        ("Doxorubicin 60mg/m2 intravenous", "Day 1 of each 21-day cycle", 104.0 "mg")];
    CYCLOPHOSPHAMIDE: Intravenous "387420009" "Cyclophosphamide" [
        ("Cyclophosphamide 600mg/m2 intravenous", "Day 1 of each 21-day cycle", 1040.0 "mg")];
    PACLITAXEL: Intravenous "387374002" "Paclitaxel" [
        ("Paclitaxel 80mg/m2 intravenous", "Days 1, 8 and 15 of each cycle", 138.0 "mg")];
    OXALIPLATIN: Intravenous "395814003" "Oxaliplatin" [
        ("Oxaliplatin 85mg/m2 intravenous", "Day 1 of each 14-day cycle", 147.0 "mg")];
    CARBOPLATIN: Intravenous "386905002" "Carboplatin" [
        ("Carboplatin AUC 5 intravenous", "Day 1 of each 21-day cycle", 480.0 "mg")];
    DOCETAXEL: Intravenous "386918005" "Docetaxel" [
        ("Docetaxel 75mg/m2 intravenous", "Day 1 of each 21-day cycle", 130.0 "mg")];
}
