//! Sentences that letters, plans and notes are made of.

/// What a hospital's letter says of how someone is.
pub(crate) const FINDINGS: [&str; 10] = [
    "Examination today was unremarkable and observations were within normal limits.",
    "Symptoms have improved since the last review and exercise tolerance is better.",
    "There is still some discomfort on exertion but no red flag symptoms were reported.",
    "Blood results were discussed and are reassuring.",
    "Imaging shows no acute abnormality. The previously noted changes are stable.",
    "Blood pressure in clinic was a little above target.",
    "Mobility has declined since the last appointment; a walking frame is now used outdoors.",
    "Weight has been stable over the last six months and appetite is good.",
    "Sleep remains poor and this was the main concern today.",
    "The wound has healed well with no sign of infection.",
];

/// What a hospital's letter asks for.
pub(crate) const ADVICE: [&str; 10] = [
    "Please continue the present medication and repeat bloods in three months.",
    "We would be grateful if you could titrate the dose according to tolerance.",
    "I have requested further imaging and will write again with the result.",
    "No further follow-up has been arranged; please refer again if symptoms return.",
    "I will see this patient again in clinic in six months.",
    "Please arrange physiotherapy through the community team.",
    "The patient was given written information and the nurse specialist's telephone number.",
    "Please review the need for analgesia in four weeks.",
    "We have discussed the plan with the patient, who agrees with it.",
    "Please stop the previous treatment, which caused unwanted effects.",
];

/// Notes on consultations.
pub(crate) const NOTES: [&str; 8] = [
    "Discussed options and agreed to watch and wait. Safety-netted.",
    "Advised fluids, rest and simple analgesia. Return if not improving in five days.",
    "Medication reviewed, no side effects reported.",
    "Feels well in self. Will arrange bloods.",
    "Concerned about work; fit note issued for two weeks.",
    "Came with partner. Questions answered and leaflet given.",
    "Telephone call at patient's request, no examination.",
    "Reports good adherence. Lifestyle advice given.",
];

/// Why a medicine was stopped.
pub(crate) const STOPPED_BECAUSE: [&str; 6] = [
    "Unwanted effect: dizziness",
    "Unwanted effect: ankle swelling",
    "No longer needed",
    "Replaced by another medicine",
    "Not tolerated: nausea",
    "Stopped on hospital advice",
];

/// Needs that a council's assessment finds.
pub(crate) const NEEDS: [&str; 10] = [
    "Managing and maintaining nutrition",
    "Maintaining personal hygiene",
    "Managing toilet needs",
    "Being appropriately clothed",
    "Being able to make use of the home safely",
    "Maintaining a habitable home environment",
    "Developing and maintaining family or other personal relationships",
    "Accessing and engaging in work, training, education or volunteering",
    "Making use of necessary facilities or services in the local community",
    "Carrying out any caring responsibilities for a child",
];

/// Services that councils arrange.
pub(crate) const SERVICES: [&str; 8] = [
    "Home care, two calls a day",
    "Home care, four calls a day with two carers",
    "Reablement for six weeks",
    "Day centre, two days a week",
    "Community alarm and falls pendant",
    "Meals delivered at home",
    "Direct payment for a personal assistant",
    "Equipment: bath lift and grab rails",
];

/// Reasonable adjustments.
pub(crate) const ADJUSTMENTS: [&str; 6] = [
    "Reasonable adjustment: needs a longer appointment",
    "Reasonable adjustment: easy read letters",
    "Reasonable adjustment: quiet waiting area",
    "Reasonable adjustment: large print",
    "Reasonable adjustment: wheelchair access",
    "Reasonable adjustment: carer to be present",
];
