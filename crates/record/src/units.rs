//! Units: which spellings are one unit, and which units are one scale.
//!
//! Only conversions that hold for every substance stand here. A molar amount is never turned into
//! a mass, an enzyme unit never into an international unit, and an equation's normalisation
//! (`mL/min/{1.73_m2}`) is never taken off. What is not in the table is its own scale.

/// A place on a scale: units of one `scale` differ by their `factor` only.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Unit<'a> {
    /// The scale's name.
    pub(crate) scale: &'a str,
    /// How many of the scale's first unit it is.
    pub(crate) factor: f64,
    /// As people read it.
    pub(crate) shown: &'a str,
}

/// Spellings, how it is shown, its scale and its factor there.
type Spelled = (&'static [&'static str], &'static str, &'static str, f64);

/// Every unit that is known by more than one spelling or shares its scale with another.
const TABLE: [Spelled; 44] = [
    (
        &["kg", "kilogram", "kilograms", "kgs"],
        "kg",
        "mass",
        1000.0,
    ),
    (&["g", "gram", "grams"], "g", "mass", 1.0),
    (&["mg", "milligram", "milligrams"], "mg", "mass", 1e-3),
    (&["[lb_av]", "lb", "lbs"], "lb", "mass", 453.592_37),
    (&["m", "metre", "meter"], "m", "length", 100.0),
    (&["cm", "centimetre", "centimeter"], "cm", "length", 1.0),
    (&["mm", "millimetre"], "mm", "length", 0.1),
    (&["[in_i]", "in", "inch", "inches"], "in", "length", 2.54),
    (&["g/L", "g/l"], "g/L", "mass concentration", 1.0),
    (
        &["g/dL", "g/dl", "g/100mL"],
        "g/dL",
        "mass concentration",
        10.0,
    ),
    (&["mg/mL", "mg/ml"], "mg/mL", "mass concentration", 1.0),
    (&["mg/dL", "mg/dl"], "mg/dL", "mass concentration", 1e-2),
    (&["mg/L", "mg/l"], "mg/L", "mass concentration", 1e-3),
    (
        &["ug/mL", "ug/ml", "mcg/mL"],
        "µg/mL",
        "mass concentration",
        1e-3,
    ),
    (&["ug/dL", "ug/dl"], "µg/dL", "mass concentration", 1e-5),
    (
        &["ug/L", "ug/l", "mcg/L"],
        "µg/L",
        "mass concentration",
        1e-6,
    ),
    (&["ng/mL", "ng/ml"], "ng/mL", "mass concentration", 1e-6),
    (&["ng/dL", "ng/dl"], "ng/dL", "mass concentration", 1e-8),
    (&["ng/L", "ng/l"], "ng/L", "mass concentration", 1e-9),
    (&["pg/mL", "pg/ml"], "pg/mL", "mass concentration", 1e-9),
    (&["mol/L", "mol/l"], "mol/L", "molar concentration", 1.0),
    (&["mmol/L", "mmol/l"], "mmol/L", "molar concentration", 1e-3),
    (&["umol/L", "umol/l"], "µmol/L", "molar concentration", 1e-6),
    (&["nmol/L", "nmol/l"], "nmol/L", "molar concentration", 1e-9),
    (
        &["pmol/L", "pmol/l"],
        "pmol/L",
        "molar concentration",
        1e-12,
    ),
    (
        &[
            "10*12/L", "10^12/L", "10*12/l", "10^12/l", "x10^12/L", "10*6/uL", "10^6/uL",
        ],
        "10¹²/L",
        "count",
        1e12,
    ),
    (
        &[
            "10*9/L", "10^9/L", "10*9/l", "10^9/l", "x10^9/L", "10*3/uL", "10^3/uL", "K/uL",
        ],
        "10⁹/L",
        "count",
        1e9,
    ),
    (&["10*6/L", "10^6/L", "/uL"], "10⁶/L", "count", 1e6),
    (&["kU/L", "kU/l"], "kU/L", "enzyme activity", 1000.0),
    (&["U/L", "U/l", "u/L"], "U/L", "enzyme activity", 1.0),
    (
        &["k[IU]/L", "kIU/L"],
        "kIU/L",
        "international units",
        1000.0,
    ),
    (
        &["[IU]/L", "IU/L", "IU/l", "[iU]/L"],
        "IU/L",
        "international units",
        1.0,
    ),
    (
        &["m[IU]/L", "mIU/L", "mU/L", "m[iU]/L", "u[IU]/mL", "uIU/mL"],
        "mIU/L",
        "international units",
        1e-3,
    ),
    (&["%", "percent", "per cent"], "%", "fraction", 1.0),
    (&["L/L", "l/l"], "L/L", "fraction", 100.0),
    (
        &[
            "mm[Hg]",
            "mmHg",
            "mm Hg",
            "millimeter of mercury",
            "millimetre of mercury",
        ],
        "mmHg",
        "pressure",
        1.0,
    ),
    (
        &["Cel", "°C", "degC", "degrees C", "C"],
        "°C",
        "temperature",
        1.0,
    ),
    (
        &[
            "/min",
            "{beats}/min",
            "beats/min",
            "{beats}/minute",
            "beats/minute",
            "bpm",
            "{Breaths}/min",
            "breaths/min",
            "{breaths}/min",
        ],
        "/min",
        "rate",
        1.0,
    ),
    (
        &["kg/m2", "kg/m^2", "kg/m²"],
        "kg/m²",
        "body mass index",
        1.0,
    ),
    (
        &[
            "mL/min/{1.73_m2}",
            "mL/min/1.73m2",
            "mL/min/1.73_m2",
            "mL/min/1.73m*2",
            "mL/min/{1.73m2}",
        ],
        "mL/min/1.73 m²",
        "normalised clearance",
        1.0,
    ),
    (&["mL/min", "ml/min"], "mL/min", "clearance", 1.0),
    (&["mmol/mol"], "mmol/mol", "molar fraction", 1.0),
    (
        &["{score}", "(score)", "score", "{nominal}", "1", "{#}"],
        "",
        "score",
        1.0,
    ),
    (&["{INR}", "INR"], "", "INR", 1.0),
];

/// Where a unit stands, by its UCUM code if it has one, else by its words.
pub(crate) fn unit<'a>(ucum: &'a str, words: &'a str) -> Unit<'a> {
    let spelling = if ucum.is_empty() { words } else { ucum };
    known(spelling).map_or(
        Unit {
            scale: spelling,
            factor: 1.0,
            shown: spelling,
        },
        |known| {
            let (_, shown, scale, factor) = *known;
            Unit {
                scale,
                factor,
                shown,
            }
        },
    )
}

/// A unit as people read it.
pub(crate) fn shown(spelling: &str) -> &str {
    known(spelling).map_or(spelling, |(_, shown, ..)| shown)
}

fn known(spelling: &str) -> Option<&'static Spelled> {
    let spelling = spelling.trim();
    TABLE
        .iter()
        .find(|(spellings, ..)| spellings.contains(&spelling))
}

/// A number moved from one unit to another of its scale, without the noise that the moving makes
/// beyond what any laboratory reports.
pub(crate) fn moved(number: f64, from: f64, to: f64) -> f64 {
    #[expect(
        clippy::float_cmp,
        reason = "factors come from one table: equal means the same row"
    )]
    if from == to {
        return number;
    }
    let moved = number * (from / to);
    if moved == 0.0 || !moved.is_finite() {
        return moved;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a finite number's magnitude fits"
    )]
    let decimals = 11 - moved.abs().log10().floor() as i32;
    let scale = 10_f64.powi(decimals);
    if scale.is_finite() && scale > 0.0 {
        (moved * scale).round() / scale
    } else {
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_unit_are_one() {
        assert_eq!(unit("mm[Hg]", ""), unit("", "mmHg"));
        assert_eq!(unit("10*9/L", ""), unit("", "10^9/L"));
        assert_eq!(unit("10*3/uL", ""), unit("10*9/L", ""));
    }

    #[test]
    fn moves_within_a_scale_exactly() {
        let (from, to) = (unit("g/dL", ""), unit("g/L", ""));
        assert_eq!(from.scale, to.scale);
        assert!((moved(13.7, from.factor, to.factor) - 137.0).abs() < f64::EPSILON);
        assert!((moved(0.072, 1e-3, 1e-6) - 72.0).abs() < f64::EPSILON);
    }

    #[test]
    fn never_turns_molar_into_mass_nor_drops_a_normalisation() {
        for (a, b) in [
            ("mmol/L", "mg/dL"),
            ("mL/min", "mL/min/{1.73_m2}"),
            ("U/L", "[IU]/L"),
            ("mmol/mol", "%"),
            ("meq/L", "mmol/L"),
        ] {
            assert_ne!(unit(a, "").scale, unit(b, "").scale, "{a} and {b}");
        }
    }

    #[test]
    fn no_spelling_stands_twice() {
        let mut all: Vec<&str> = TABLE
            .iter()
            .flat_map(|(spellings, ..)| *spellings)
            .copied()
            .collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
