//! What the words of a medicine say: which drug, how strong, in what form.
//!
//! Sources name products, not drugs, and their product codes differ by strength, so two doses of
//! one drug can only be seen in the words.

use crate::words::without_tag;

/// A product's name, read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Drug {
    /// The active ingredients in order of the alphabet, joined; empty if none could be read.
    pub(crate) name: String,
    /// The strengths, one spelling for each; empty if none is given.
    pub(crate) strength: String,
    /// The way in which it is taken, if the name tells.
    pub(crate) form: Option<Form>,
}

/// Ways in which a medicine is taken that are never two doses of the same thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Form {
    Swallowed,
    Inhaled,
    Injected,
    OnSkin,
    InEye,
    Patch,
    Other,
}

/// What salts are called; two sources may name a drug with and without.
const SALTS: [&str; 24] = [
    "acetate",
    "besilate",
    "besylate",
    "bitartrate",
    "bromide",
    "calcium",
    "citrate",
    "fumarate",
    "hcl",
    "hydrobromide",
    "hydrochloride",
    "magnesium",
    "maleate",
    "mesilate",
    "monohydrate",
    "nitrate",
    "phosphate",
    "potassium",
    "propionate",
    "sodium",
    "succinate",
    "sulfate",
    "sulphate",
    "tartrate",
];

/// Words of a product's name that are neither drug nor form.
const FILLING: [&str; 20] = [
    "12h",
    "abuse-deterrent",
    "auto-injector",
    "chewable",
    "coated",
    "disintegrating",
    "dose",
    "extended",
    "film",
    "gastro-resistant",
    "metered",
    "modified",
    "modified-release",
    "oral",
    "pack",
    "pre-filled",
    "release",
    "sugar",
    "free",
    "system",
];

/// Reads the name of a product.
///
/// Numbers stand apart from the letters that follow them: `2.5mg` is a number and a word. A
/// maker's number (`NDA020800`) is nothing; what stands in square brackets is a brand beside the
/// drug.
pub(crate) fn read(words: &str) -> Drug {
    let words = without_tag(words);
    let plain = words.split('[').next().unwrap_or(words).to_lowercase();
    let mut reading = Reading::default();
    for piece in plain.split([' ', ',', '(', ')', '\u{a0}']) {
        let (number, word) = split_number(piece);
        if !number.is_empty() {
            reading.number(number.trim_matches('.'));
        }
        let code = number.is_empty() && word.bytes().filter(u8::is_ascii_digit).count() > 3;
        if !word.is_empty() && !code {
            reading.word(word);
        }
    }
    reading.end()
}

/// The digits a text begins with, and the rest.
fn split_number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text.split_at(end)
}

#[derive(Default)]
struct Reading<'a> {
    ingredients: Vec<String>,
    current: Vec<&'a str>,
    strengths: Vec<String>,
    form: Option<Form>,
    number: Option<&'a str>,
    /// Whether the words of an ingredient may no longer follow.
    closed: bool,
}

impl<'a> Reading<'a> {
    fn number(&mut self, number: &'a str) {
        self.close();
        self.number = Some(number);
    }

    fn word(&mut self, word: &'a str) {
        if let Some(number) = self.number.take() {
            if let Some(strength) = strength(number, word) {
                self.strengths.push(strength);
                // `250mg/125mg`: a second strength hangs on the first's unit.
                if let Some((_, rest)) = word.split_once('/') {
                    self.second_strength(rest);
                }
                return;
            }
            if is_measure(word) {
                return;
            }
        }
        match word {
            "/" | "+" | "and" | "with" | "&" => {
                self.close();
                self.closed = false;
            }
            _ => {
                if let Some(form) = form(word) {
                    self.form = self.form.or(Some(form));
                } else if !self.closed && !FILLING.contains(&word) {
                    self.current.push(word);
                }
            }
        }
    }

    fn second_strength(&mut self, rest: &str) {
        let (number, unit) = split_number(rest);
        if let Some(strength) = strength(number, unit) {
            // `125mg/5ml`: so much in so much is one strength.
            if !unit.starts_with("ml") {
                self.strengths.push(strength);
            }
        }
    }

    fn close(&mut self) {
        if self.current.is_empty() {
            return;
        }
        while self.current.len() > 1 && self.current.last().is_some_and(|last| SALTS.contains(last))
        {
            self.current.pop();
        }
        self.ingredients.push(self.current.join(" "));
        self.current.clear();
        self.closed = true;
    }

    fn end(mut self) -> Drug {
        self.close();
        self.ingredients.sort();
        self.ingredients.dedup();
        self.strengths.sort();
        Drug {
            name: self.ingredients.join(" + "),
            strength: self.strengths.join(" + "),
            form: self.form,
        }
    }
}

/// A strength in one spelling (`500mg` for `0.5 g`); `None` if the unit is none of a strength.
fn strength(number: &str, unit: &str) -> Option<String> {
    let (amount, per) = unit.split_once('/').unwrap_or((unit, ""));
    let (factor, base) = match amount {
        "g" | "gram" | "grams" => (1000.0, "mg"),
        "mg" | "milligram" | "milligrams" => (1.0, "mg"),
        "mcg" | "microgram" | "micrograms" | "ug" => (0.001, "mg"),
        "unit" | "units" | "iu" => (1.0, "units"),
        "mmol" => (1.0, "mmol"),
        "%" => (1.0, "%"),
        _ => return None,
    };
    let amount = number.parse::<f64>().ok()? * factor;
    let amount = (amount * 1e9).round() / 1e9;
    // After the slash a second strength, not a measure, is read by the caller.
    let is_measured = per.ends_with("ml") || per.is_empty() || is_measure(per);
    let per = if per.is_empty() || !is_measured {
        String::new()
    } else {
        format!("/{per}")
    };
    Some(format!("{amount}{base}{per}"))
}

/// Units of size, time and count in a product's name that are no strength.
fn is_measure(word: &str) -> bool {
    matches!(
        word,
        "ml" | "l"
            | "hr"
            | "hrs"
            | "hour"
            | "hours"
            | "h"
            | "day"
            | "days"
            | "actuat"
            | "dose"
            | "doses"
            | "actuation"
            | "actuations"
            | "week"
            | "weeks"
            | "x"
    )
}

fn form(word: &str) -> Option<Form> {
    Some(match word {
        "tablet" | "tablets" | "tab" | "tabs" | "capsule" | "capsules" | "caps" | "solution"
        | "suspension" | "liquid" | "syrup" | "sachet" | "sachets" | "caplets" => Form::Swallowed,
        "inhaler" | "inhalation" | "nebuliser" | "evohaler" | "accuhaler" | "turbohaler" => {
            Form::Inhaled
        }
        "injection" | "infusion" | "injectable" | "vial" | "vials" | "syringe" | "syringes"
        | "pen" | "ampoule" | "ampoules" | "cartridge" | "cartridges" => Form::Injected,
        "cream" | "ointment" | "gel" | "lotion" | "topical" | "shampoo" => Form::OnSkin,
        "eye" | "ophthalmic" => Form::InEye,
        "patch" | "patches" | "transdermal" => Form::Patch,
        "implant" | "intrauterine" | "suppository" | "suppositories" | "pessary" | "pessaries"
        | "nasal" | "spray" | "ear" => Form::Other,
        _ => return None,
    })
}

/// The words of a dose in one spelling: `Take ONE tablet twice a day` is `1 2x daily`.
pub(crate) fn dose(words: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    let lower = words.to_lowercase();
    let marks = |c: char| !c.is_alphanumeric() && c != '.' && c != '/';
    for piece in lower.split(marks).map(|piece| piece.trim_matches('.')) {
        let (number, word) = split_number(piece);
        if !number.is_empty() {
            said.push(number.to_owned());
        }
        match dose_word(word) {
            "times" => {
                if let Some(last) = said.last_mut() {
                    last.push('x');
                }
            }
            "" => {}
            word => said.push(word.to_owned()),
        }
    }
    let dose = said.join(" ");
    // One of whatever it is, once a day, needs no number: `one daily` is `once daily`.
    let single = dose.strip_prefix("1 ").filter(|rest| {
        ["daily", "2x", "3x", "4x", "morning", "night"]
            .iter()
            .any(|often| rest.starts_with(often))
    });
    single.unwrap_or(&dose).to_owned()
}

/// A word of a dose in its one spelling; empty if it changes nothing.
fn dose_word(word: &str) -> &str {
    match word {
        "take" | "to" | "be" | "taken" | "a" | "an" | "the" | "each" | "every" | "per"
        | "tablet" | "tablets" | "capsule" | "capsules" | "use" | "of" | "by" | "mouth"
        | "orally" | "in" | "at" | "oral" | "once" => "",
        "one" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "half" => "0.5",
        "twice" => "2x",
        "time" => "times",
        "day" | "od" => "daily",
        "bd" | "bid" => "2x daily",
        "tds" | "tid" => "3x daily",
        "qds" | "qid" => "4x daily",
        "om" | "mane" => "morning",
        "on" | "nocte" | "bedtime" => "night",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drug(words: &str) -> (String, String) {
        let drug = read(words);
        (drug.name, drug.strength)
    }

    #[test]
    fn reads_products_of_both_sides_of_the_ocean() {
        for (words, name, strength) in [
            ("Simvastatin 10mg tablets", "simvastatin", "10mg"),
            ("Simvistatin 10 MG", "simvistatin", "10mg"),
            ("Bisoprolol fumarate 2.5 mg tablets", "bisoprolol", "2.5mg"),
            (
                "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]",
                "metoprolol",
                "100mg",
            ),
            (
                "Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet",
                "acetaminophen + oxycodone",
                "325mg + 5mg",
            ),
            (
                "NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector",
                "epinephrine",
                "1mg/ml",
            ),
            (
                "Levothyroxine sodium 100micrograms tablets",
                "levothyroxine",
                "0.1mg",
            ),
            ("Sodium chloride 0.9% infusion", "sodium chloride", "0.9%"),
            (
                "Co-amoxiclav 250mg/125mg tablets",
                "co-amoxiclav",
                "125mg + 250mg",
            ),
            (
                "Amoxicillin 125mg/5ml oral suspension",
                "amoxicillin",
                "125mg/5ml",
            ),
            (
                "120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler",
                "fluticasone",
                "0.044mg/actuat",
            ),
            ("", "", ""),
        ] {
            assert_eq!(
                drug(words),
                (name.to_owned(), strength.to_owned()),
                "{words}"
            );
        }
    }

    #[test]
    fn forms_part_what_is_swallowed_from_what_is_dropped() {
        assert_eq!(read("Prednisolone 5mg tablets").form, Some(Form::Swallowed));
        assert_eq!(read("Prednisolone 0.5% eye drops").form, Some(Form::InEye));
        assert_eq!(read("Prednisolone").form, None);
    }

    #[test]
    fn doses_in_other_words_are_one_dose() {
        for other in [
            "One tablet once a day",
            "take 1 tablet daily",
            "1 tablet each day",
            "ONE DAILY",
            "1 OD",
        ] {
            assert_eq!(dose("Take one tablet once daily"), dose(other), "{other}");
        }
        assert_eq!(dose("two tablets twice a day"), dose("2 BD"));
        assert_ne!(dose("one daily"), dose("two daily"));
        assert_ne!(dose("2.5 mg daily"), dose("25 mg daily"));
    }
}
