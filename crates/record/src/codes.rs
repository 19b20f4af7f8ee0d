//! The code sets and words by which the first minute knows what matters.
//!
//! SNOMED CT (UK edition) codes, each with the preferred term it stands for. Sources that send no
//! code, or another system's, are known by the words of the statement.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// What a statement is about, for the first minute.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Topic {
    ChildProtection,
    LookedAfter,
    Safeguarding,
    Risk,
    Infection,
    Falls,
    Adjustment,
    Interpreter,
    /// An alert that the source raises and that is none of these.
    Other,
    Resuscitation,
    Escalation,
    AdvanceDecision,
    Attorney,
    Pregnancy,
    MentalHealthAct,
    CrisisPlan,
}

impl Topic {
    /// The name of the alert or decision.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::ChildProtection => "child protection",
            Self::LookedAfter => "looked-after child",
            Self::Safeguarding => "safeguarding",
            Self::Risk => "risk",
            Self::Infection => "infection",
            Self::Falls => "falls",
            Self::Adjustment => "adjustment",
            Self::Interpreter => "interpreter",
            Self::Other => "alert",
            Self::Resuscitation => "resuscitation",
            Self::Escalation => "treatment escalation",
            Self::AdvanceDecision => "advance decision",
            Self::Attorney => "attorney",
            Self::Pregnancy => "pregnancy",
            Self::MentalHealthAct => "mental health act",
            Self::CrisisPlan => "crisis plan",
        }
    }

    /// Whether it is a decision about treatment rather than an alert.
    pub(crate) const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::Resuscitation | Self::Escalation | Self::AdvanceDecision | Self::Attorney
        )
    }
}

/// The topic of a code.
pub(crate) fn topic_of_code(code: &str) -> Option<Topic> {
    Some(match code {
        // Subject to child protection plan; unborn child subject to one; child protection finding.
        "342191000000101" | "818901000000100" | "224353004" => Topic::ChildProtection,
        // Looked after child.
        "764841000000100" => Topic::LookedAfter,
        // Vulnerable adult; adult safeguarding referral; at risk of sexual exploitation, of
        // criminal exploitation, of financial abuse, for self-neglect.
        "417430008" | "514331000000104" | "919461000000108" | "1188261000000103"
        | "761571000000106" | "401233007" => Topic::Safeguarding,
        // At risk for violence, self-directed violence, other-directed violence, suicide.
        "65108000" | "129709009" | "129707006" | "225444004" => Topic::Risk,
        // MRSA infection and carrier; Clostridioides difficile; vancomycin-resistant enterococci,
        // carrier and infection.
        "266096002" | "432415000" | "186431008" | "431109006" | "406575008" => Topic::Infection,
        // At risk for falls.
        "129839007" => Topic::Falls,
        // Interpreter needed.
        "315594003" => Topic::Interpreter,
        // For resuscitation and not; for attempted cardiopulmonary resuscitation and not.
        "304252001" | "304253006" | "450475007" | "450476008" => Topic::Resuscitation,
        // ReSPECT form; treatment escalation plan; emergency health care plan.
        "1382601000000107" | "735324008" | "887701000000100" => Topic::Escalation,
        // Advance care plan; end of life care plan; end of life care coordination summary.
        "736366004" | "736373009" | "861421000000109" => Topic::AdvanceDecision,
        // Pregnant; normal, high-risk, multiple pregnancy.
        "77386006" | "72892002" | "47200007" | "16356006" => Topic::Pregnancy,
        // Mental health crisis plan.
        "736253002" => Topic::CrisisPlan,
        _ => return None,
    })
}

/// Words and what they tell. A word that begins or ends within a longer one does not count, except
/// where it ends in `*`.
const WORDS: [(&str, Topic); 66] = [
    ("child protection", Topic::ChildProtection),
    ("child at risk", Topic::ChildProtection),
    ("child in need", Topic::ChildProtection),
    ("non-accidental injury", Topic::ChildProtection),
    ("looked after child", Topic::LookedAfter),
    ("looked-after child", Topic::LookedAfter),
    ("child looked after", Topic::LookedAfter),
    ("safeguarding", Topic::Safeguarding),
    ("vulnerable adult", Topic::Safeguarding),
    ("domestic abuse", Topic::Safeguarding),
    ("domestic violence", Topic::Safeguarding),
    ("exploitation", Topic::Safeguarding),
    ("self harm", Topic::Risk),
    ("self-harm", Topic::Risk),
    ("suicid*", Topic::Risk),
    ("violen*", Topic::Risk),
    ("aggress*", Topic::Risk),
    ("risk to staff", Topic::Risk),
    ("lone worker", Topic::Risk),
    ("absconding", Topic::Risk),
    ("mrsa", Topic::Infection),
    ("methicillin resistant", Topic::Infection),
    ("meticillin resistant", Topic::Infection),
    ("clostridium difficile", Topic::Infection),
    ("clostridioides difficile", Topic::Infection),
    ("c. difficile", Topic::Infection),
    ("carbapenemase", Topic::Infection),
    ("barrier nursing", Topic::Infection),
    ("infection control", Topic::Infection),
    ("infection risk", Topic::Infection),
    ("infection alert", Topic::Infection),
    ("falls", Topic::Falls),
    ("risk of falling", Topic::Falls),
    ("reasonable adjustment*", Topic::Adjustment),
    ("learning disability", Topic::Adjustment),
    ("hearing aid", Topic::Adjustment),
    ("wheelchair", Topic::Adjustment),
    ("large print", Topic::Adjustment),
    ("hearing loop", Topic::Adjustment),
    ("sign language", Topic::Adjustment),
    ("easy read", Topic::Adjustment),
    ("interpreter", Topic::Interpreter),
    ("resuscitat*", Topic::Resuscitation),
    ("dnacpr", Topic::Resuscitation),
    ("dnar", Topic::Resuscitation),
    ("attempt cpr", Topic::Resuscitation),
    ("attempted cpr", Topic::Resuscitation),
    ("respect form", Topic::Escalation),
    ("respect plan", Topic::Escalation),
    ("recommended summary plan", Topic::Escalation),
    ("treatment escalation", Topic::Escalation),
    ("ceiling of care", Topic::Escalation),
    ("ceiling of treatment", Topic::Escalation),
    ("emergency health care plan", Topic::Escalation),
    ("advance decision", Topic::AdvanceDecision),
    ("advance directive", Topic::AdvanceDecision),
    ("advance statement", Topic::AdvanceDecision),
    ("living will", Topic::AdvanceDecision),
    ("advance care plan", Topic::AdvanceDecision),
    ("power of attorney", Topic::Attorney),
    ("court appointed deputy", Topic::Attorney),
    ("mental health act", Topic::MentalHealthAct),
    ("detained under", Topic::MentalHealthAct),
    ("community treatment order", Topic::MentalHealthAct),
    ("crisis plan", Topic::CrisisPlan),
    ("crisis and contingency", Topic::CrisisPlan),
];

static TOPICS: LazyLock<AhoCorasick> =
    LazyLock::new(|| finder(WORDS.iter().map(|(words, _)| words.trim_end_matches('*'))));

/// The topic of a statement's words: the first that stands in them.
pub(crate) fn topic_of_words(text: &str) -> Option<Topic> {
    TOPICS.find_iter(text).find_map(|found| {
        let (words, topic) = WORDS.get(found.pattern().as_usize())?;
        stands_alone(text, found.start(), found.end(), words.ends_with('*')).then_some(*topic)
    })
}

/// Drugs that are given or prescribed by hospitals alone.
const HOSPITAL_DRUGS: [&str; 46] = [
    "5-fluorouracil",
    "azacitidine",
    "bendamustine",
    "bevacizumab",
    "bleomycin",
    "bortezomib",
    "busulfan",
    "cabazitaxel",
    "capecitabine",
    "carboplatin",
    "cetuximab",
    "cisplatin",
    "clozapine",
    "clozaril",
    "cyclophosphamide",
    "cytarabine",
    "dacarbazine",
    "daunorubicin",
    "decanoate",
    "denzapine",
    "depot",
    "docetaxel",
    "doxorubicin",
    "embonate",
    "epirubicin",
    "etoposide",
    "fluorouracil",
    "fludarabine",
    "gemcitabine",
    "ifosfamide",
    "infliximab",
    "irinotecan",
    "nivolumab",
    "oxaliplatin",
    "paclitaxel",
    "paliperidone",
    "palmitate",
    "pembrolizumab",
    "pemetrexed",
    "rituximab",
    "temozolomide",
    "topotecan",
    "trastuzumab",
    "vinblastine",
    "vincristine",
    "zaponex",
];

static DRUGS: LazyLock<AhoCorasick> = LazyLock::new(|| finder(HOSPITAL_DRUGS.iter().copied()));

/// Whether a medicine's words name a drug that only a hospital gives.
pub(crate) fn is_hospital_drug(text: &str) -> bool {
    DRUGS
        .find_iter(text)
        .any(|found| stands_alone(text, found.start(), found.end(), false))
}

/// Codes of body weight: LOINC, then SNOMED CT.
pub(crate) fn is_weight(code: &str) -> bool {
    matches!(
        code,
        "29463-7" | "3141-9" | "8335-2" | "8339-4" | "27113001" | "363808001"
    )
}

fn finder<'a>(words: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .expect("a few dozen short words make a small automaton")
}

fn stands_alone(text: &str, start: usize, end: usize, open_end: bool) -> bool {
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|tail| tail.chars().next());
    !before.is_some_and(char::is_alphanumeric)
        && (open_end || !after.is_some_and(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_topics_as_whole_words() {
        for (words, topic) in [
            ("Not for attempted CPR", Some(Topic::Resuscitation)),
            ("DNACPR form in place", Some(Topic::Resuscitation)),
            ("High risk of FALLS", Some(Topic::Falls)),
            (
                "Subject to a child protection plan",
                Some(Topic::ChildProtection),
            ),
            ("Suicidal ideation", Some(Topic::Risk)),
            ("Pitfalls explained", None),
            ("Waterfallsview Ward", None),
        ] {
            assert_eq!(topic_of_words(words), topic, "{words}");
        }
    }

    #[test]
    fn hospital_drugs_are_known_by_name() {
        assert!(is_hospital_drug("Cisplatin 50 MG Injection"));
        assert!(is_hospital_drug("Flupentixol decanoate 40mg/2ml"));
        assert!(!is_hospital_drug("Paracetamol 500mg tablets"));
    }
}
