//! `Observation`: measurements, laboratory results and coded findings.

use super::Report;
use crate::{
    calendar::Moment,
    dice::{Dice, mix, tag},
    feed::{Kind, Odd},
    sheet::{Begun, Fate, Id, Sheet},
    tables::{
        Term,
        measures::{
            BREATHS, CRP, DIASTOLIC, HBA1C, NEWS2, PULSE, Panel, SATURATION, SYSTOLIC, TEMPERATURE,
            Test, WHITE_CELLS,
        },
    },
};

/// When, in which contact and by whom something was observed.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) at: Moment,
    pub(crate) encounter: Option<Id>,
    pub(crate) by: &'a str,
}

const BLOOD_PRESSURE: Term =
    crate::tables::loinc("85354-9", "Blood pressure panel with all children optional");

/// How far acute illness moves values.
const ILLNESS: [(&str, f64); 7] = [
    (CRP.term.code, 85.0),
    (WHITE_CELLS.term.code, 6.5),
    (TEMPERATURE.term.code, 1.2),
    (PULSE.term.code, 22.0),
    (BREATHS.term.code, 6.0),
    (SATURATION.term.code, -3.0),
    (NEWS2.term.code, 3.5),
];

/// Who issues results.
const LABORATORY: &str = "Pathology laboratory";

impl Sheet<'_> {
    /// The person's own value of a test at a time: their level, how their conditions move it, a
    /// little drift over the years and a little noise.
    pub(crate) fn value_of(&mut self, test: &Test, at: Moment) -> f64 {
        let (mean, spread, noise) = test.spread;
        let code = test.term.code;
        let own = Dice::of(self.person.key, mix(20_000, tag(code)));
        let level = own.around(mean, spread);
        let drift = own.around(0.0, spread * 0.06);
        let years = f64::from(at.day.since(self.start)) / 365.0;
        let shift: f64 = self
            .person
            .conditions
            .iter()
            .filter(|has| has.since <= at.day)
            .flat_map(|has| has.condition.shifts)
            .filter(|(shifted, _)| *shifted == code)
            .map(|(_, by)| by)
            .sum();
        // A shift is not the same for all who have the condition.
        let shift = shift * own.around(1.0, 0.35).clamp(0.2, 2.0);
        let illness = ILLNESS
            .iter()
            .find(|(far_off, _)| self.ill && *far_off == code);
        let illness = illness.map_or(0.0, |(_, by)| by * self.dice.around(1.0, 0.6).max(0.0));
        let highest = if test.unit.1 == "%" { 100.0 } else { f64::MAX };
        let value = self
            .dice
            .around(level + shift + illness + drift * years, noise);
        value.clamp(mean * 0.12, highest)
    }

    /// One measurement with its unit, range and mark.
    pub(crate) fn measured(&mut self, test: &Test, setting: Setting<'_>) -> Id {
        let value = self.value_of(test, setting.at);
        self.measured_as(test, value, "vital-signs", setting, Fate::MayGo)
    }

    /// One measurement with a given value.
    pub(crate) fn measured_as(
        &mut self,
        test: &Test,
        value: f64,
        category: &str,
        setting: Setting<'_>,
        fate: Fate,
    ) -> Id {
        let begun = self.begin(Kind::Observation);
        // What a source corrects is mostly a figure.
        let value = value * (1.0 + 0.07 * f64::from(begun.corrections));
        self.start_observation(&begun, category);
        self.lines.json.raw(r#","code":"#).concept(&test.term);
        self.finish_setting(setting);
        self.quantity("valueQuantity", test, value);
        self.range(test, value);
        self.note(&begun, "");
        self.end(&begun, fate)
    }

    /// Blood pressure: one observation with two components.
    pub(crate) fn blood_pressure(&mut self, setting: Setting<'_>) -> Id {
        let systolic = self.value_of(&SYSTOLIC, setting.at);
        let diastolic = self.value_of(&DIASTOLIC, setting.at);
        let begun = self.begin(Kind::Observation);
        self.start_observation(&begun, "vital-signs");
        self.lines
            .json
            .raw(r#","code":"#)
            .concept_as(&BLOOD_PRESSURE, "Blood pressure");
        self.finish_setting(setting);
        let corrected = f64::from(begun.corrections) * 4.0;
        self.lines
            .json
            .raw(r#","component":[{"code":"#)
            .concept(&SYSTOLIC.term);
        self.quantity("valueQuantity", &SYSTOLIC, systolic + corrected);
        self.lines
            .json
            .raw(r#"},{"code":"#)
            .concept(&DIASTOLIC.term);
        self.quantity("valueQuantity", &DIASTOLIC, diastolic);
        self.lines.json.raw("}]");
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo)
    }

    /// A finding whose value is a concept.
    pub(crate) fn finding(
        &mut self,
        what: &Term,
        value: &Term,
        category: &str,
        setting: Setting<'_>,
    ) -> Id {
        let begun = self.begin(Kind::Observation);
        self.start_observation(&begun, category);
        self.lines.json.raw(r#","code":"#).concept(what);
        self.finish_setting(setting);
        self.lines
            .json
            .raw(r#","valueCodeableConcept":"#)
            .concept(value);
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo)
    }

    /// A finding whose value is a date (expected day of delivery).
    pub(crate) fn dated(&mut self, what: &Term, day: crate::calendar::Day, setting: Setting<'_>) {
        let begun = self.begin(Kind::Observation);
        self.start_observation(&begun, "exam");
        self.lines.json.raw(r#","code":"#).concept(what);
        self.finish_setting(setting);
        self.day("valueDateTime", day);
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo);
    }

    /// Blood or urine taken: the results and the report that names them.
    pub(crate) fn panel(&mut self, panel: &Panel, setting: Setting<'_>) {
        let setting = Setting {
            by: LABORATORY,
            ..setting
        };
        let mut results = Vec::with_capacity(panel.tests.len());
        for test in panel.tests {
            let value = self.value_of(test, setting.at);
            results.push((
                self.measured_as(test, value, "laboratory", setting, Fate::Stays),
                *test,
            ));
        }
        let report = Report {
            status: "final",
            what: &panel.term,
            category: ("LAB", "Laboratory"),
            results: &results,
            conclusion: conclusion(panel),
        };
        self.report(&report, setting);
    }

    /// A laboratory request that has not come back, or not in full.
    pub(crate) fn pending(&mut self, panel: &Panel, status: &str, setting: Setting<'_>) {
        let setting = Setting {
            by: LABORATORY,
            ..setting
        };
        let report = Report {
            status,
            what: &panel.term,
            category: ("LAB", "Laboratory"),
            results: &[],
            conclusion: "",
        };
        self.report(&report, setting);
    }

    /// A line without a subject: what a broken extract sends.
    pub(crate) fn observation_of_nobody(&mut self, test: &Test, at: Moment) {
        let value = self.value_of(test, at);
        let begun = self.begin(Kind::Observation);
        self.start_observation(&begun, "vital-signs");
        self.lines.json.raw(r#","code":"#).concept(&test.term);
        self.moment("effectiveDateTime", at);
        self.quantity("valueQuantity", test, value);
        self.end_odd(&begun, Odd::MissingSubject);
    }

    fn start_observation(&mut self, begun: &Begun, category: &str) {
        let status = if begun.corrections > 0 {
            "corrected"
        } else {
            "final"
        };
        let json = &mut self.lines.json;
        json.raw(r#","status":""#).raw(status);
        json.raw(r#"","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":""#);
        json.raw(category)
            .raw(r#"","display":""#)
            .raw(category)
            .raw(r#""}]}]"#);
    }

    fn finish_setting(&mut self, setting: Setting<'_>) {
        self.subject();
        self.encounter_reference(setting.encounter);
        self.moment("effectiveDateTime", setting.at);
        self.moment("issued", setting.at.plus_minutes(40));
        self.lines
            .json
            .raw(r#","performer":[{"display":"#)
            .text(setting.by)
            .raw("}]");
    }

    fn quantity(&mut self, name: &str, test: &Test, value: f64) {
        let json = &mut self.lines.json;
        json.raw(",\"")
            .raw(name)
            .raw(r#"":{"value":"#)
            .number(value, test.decimals);
        json.raw(r#","unit":""#).raw(test.unit.0);
        json.raw(r#"","system":"http://unitsofmeasure.org","code":""#)
            .raw(test.unit.1)
            .raw("\"}");
    }

    fn range(&mut self, test: &Test, value: f64) {
        let (low, high) = test.range;
        if low.is_none() && high.is_none() {
            return;
        }
        let scale = 10_f64.powi(i32::from(test.decimals));
        let value = (value * scale).round() / scale;
        let below = low.is_some_and(|low| value < low);
        let above = high.is_some_and(|high| value > high);
        let far = high.is_some_and(|high| value > high * 2.2) && test.term.code != HBA1C.term.code;
        let (code, display) = match (below, above, far) {
            (true, _, _) => ("L", "Low"),
            (_, true, true) => ("HH", "Critical high"),
            (_, true, false) => ("H", "High"),
            _ => ("N", "Normal"),
        };
        let json = &mut self.lines.json;
        json.raw(r#","interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":""#);
        json.raw(code)
            .raw(r#"","display":""#)
            .raw(display)
            .raw(r#""}]}],"referenceRange":[{"#);
        if let Some(low) = low {
            json.raw(r#""low":{"value":"#)
                .number(low, 2)
                .raw(r#","unit":""#)
                .raw(test.unit.0)
                .raw("\"}");
        }
        if let Some(high) = high {
            json.raw(if low.is_some() { "," } else { "" });
            json.raw(r#""high":{"value":"#)
                .number(high, 2)
                .raw(r#","unit":""#)
                .raw(test.unit.0)
                .raw("\"}");
        }
        json.raw("}]");
    }
}

fn conclusion(panel: &Panel) -> &'static str {
    if panel.tests.len() > 3 {
        "Results reviewed and filed."
    } else {
        ""
    }
}
