//! `Condition`, `AllergyIntolerance`, `Procedure`, `Immunization`.

use crate::{
    calendar::{Day, Moment},
    feed::{Kind, Odd},
    sheet::{Fate, Id, Sheet},
    tables::{Term, events::Allergen, events::Vaccine, sct},
};

/// A problem or diagnosis as a source states it.
pub(crate) struct Diagnosis<'a> {
    pub(crate) what: &'a Term,
    /// `active`, `resolved`, `remission`.
    pub(crate) clinical: &'a str,
    pub(crate) since: Moment,
    pub(crate) until: Option<Day>,
    /// `problem-list-item` or `encounter-diagnosis`.
    pub(crate) category: &'a str,
    pub(crate) encounter: Option<Id>,
    pub(crate) by: &'a str,
    pub(crate) severity: &'a str,
    /// The stage of a cancer, in words.
    pub(crate) stage: &'a str,
    pub(crate) site: Option<&'a Term>,
    pub(crate) note: &'a str,
}

impl<'a> Diagnosis<'a> {
    /// An active problem.
    pub(crate) const fn problem(what: &'a Term, since: Moment, by: &'a str) -> Self {
        Self {
            what,
            clinical: "active",
            since,
            until: None,
            category: "problem-list-item",
            encounter: None,
            by,
            severity: "",
            stage: "",
            site: None,
            note: "",
        }
    }
}

/// An allergy as a source states it.
pub(crate) struct Reaction<'a> {
    pub(crate) allergen: &'a Allergen,
    /// `confirmed`, `unconfirmed`, `refuted`.
    pub(crate) verification: &'a str,
    /// `mild`, `moderate`, `severe`.
    pub(crate) severity: &'a str,
    /// Which of the allergen's reactions.
    pub(crate) manifestation: usize,
    pub(crate) recorded: Moment,
    pub(crate) by: &'a str,
    pub(crate) note: &'a str,
}

/// A procedure as a source states it.
pub(crate) struct Operation<'a> {
    pub(crate) what: &'a Term,
    pub(crate) start: Moment,
    pub(crate) minutes: i32,
    pub(crate) encounter: Option<Id>,
    pub(crate) by: &'a str,
    pub(crate) reason: Option<&'a Term>,
    pub(crate) outcome: &'a str,
}

/// A vaccination as a source states it.
pub(crate) struct Jab<'a> {
    pub(crate) vaccine: &'a Vaccine,
    pub(crate) at: Moment,
    pub(crate) dose: i32,
    pub(crate) encounter: Option<Id>,
    pub(crate) by: &'a str,
}

impl Sheet<'_> {
    /// A `Condition`.
    pub(crate) fn diagnosis(&mut self, stated: &Diagnosis<'_>) -> Id {
        let begun = self.begin(Kind::Condition);
        self.status("clinicalStatus", "condition-clinical", stated.clinical);
        self.status("verificationStatus", "condition-ver-status", "confirmed");
        let json = &mut self.lines.json;
        json.raw(r#","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":""#);
        json.raw(stated.category).raw(r#""}]}]"#);
        if !stated.severity.is_empty() {
            json.raw(r#","severity":{"text":"#)
                .text(stated.severity)
                .raw("}");
        }
        json.raw(r#","code":"#).concept(stated.what);
        if let Some(site) = stated.site {
            json.raw(r#","bodySite":["#).concept(site).raw("]");
        }
        self.subject();
        self.encounter_reference(stated.encounter);
        self.moment("onsetDateTime", stated.since);
        if let Some(until) = stated.until {
            self.day("abatementDateTime", until);
        }
        self.moment("recordedDate", stated.since);
        self.display("recorder", stated.by);
        if !stated.stage.is_empty() {
            let json = &mut self.lines.json;
            json.raw(r#","stage":[{"summary":{"text":"#)
                .text(stated.stage)
                .raw("}}]");
        }
        self.note(&begun, stated.note);
        self.end(&begun, Fate::Stays)
    }

    /// An `AllergyIntolerance`.
    pub(crate) fn allergy(&mut self, stated: &Reaction<'_>) -> Id {
        let begun = self.begin(Kind::AllergyIntolerance);
        if stated.verification != "refuted" {
            self.status("clinicalStatus", "allergyintolerance-clinical", "active");
        }
        self.status(
            "verificationStatus",
            "allergyintolerance-verification",
            stated.verification,
        );
        let json = &mut self.lines.json;
        json.raw(r#","type":"allergy","category":[""#)
            .raw(stated.allergen.category);
        let high = stated.severity == "severe";
        json.raw(r#""],"criticality":""#)
            .raw(if high { "high" } else { "low" });
        json.raw(r#"","code":"#).concept(&stated.allergen.term);
        self.patient_reference();
        self.moment("recordedDate", stated.recorded);
        self.display("recorder", stated.by);
        self.note(&begun, stated.note);
        let reaction = stated
            .allergen
            .reactions
            .get(stated.manifestation % stated.allergen.reactions.len());
        if let Some(reaction) = reaction.filter(|_| stated.verification != "refuted") {
            let json = &mut self.lines.json;
            json.raw(r#","reaction":[{"manifestation":["#)
                .concept(reaction);
            json.raw(r#"],"severity":""#)
                .raw(stated.severity)
                .raw(r#""}]"#);
        }
        self.end(&begun, Fate::Stays)
    }

    /// An `AllergyIntolerance` that says there is none.
    pub(crate) fn no_known_allergies(&mut self, recorded: Moment, by: &str) {
        let begun = self.begin(Kind::AllergyIntolerance);
        self.status("clinicalStatus", "allergyintolerance-clinical", "active");
        self.status(
            "verificationStatus",
            "allergyintolerance-verification",
            "confirmed",
        );
        self.lines
            .json
            .raw(r#","code":"#)
            .concept(&sct("716186003", "No known allergy"));
        self.patient_reference();
        self.moment("recordedDate", recorded);
        self.display("recorder", by);
        self.note(&begun, "");
        self.end(&begun, Fate::Stays);
    }

    /// A `Procedure`.
    pub(crate) fn procedure(&mut self, stated: &Operation<'_>) -> Id {
        let begun = self.begin(Kind::Procedure);
        self.lines
            .json
            .raw(r#","status":"completed","code":"#)
            .concept(stated.what);
        self.subject();
        self.encounter_reference(stated.encounter);
        let end = stated.start.plus_minutes(stated.minutes);
        let json = &mut self.lines.json;
        json.raw(r#","performedPeriod":{"start":""#)
            .moment(stated.start);
        json.raw(r#"","end":""#)
            .moment(end)
            .raw(r#""},"performer":[{"actor":{"display":"#);
        json.text(stated.by).raw("}}]");
        if let Some(reason) = stated.reason {
            json.raw(r#","reasonCode":["#).concept(reason).raw("]");
        }
        if !stated.outcome.is_empty() {
            json.raw(r#","outcome":{"text":"#)
                .text(stated.outcome)
                .raw("}");
        }
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo)
    }

    /// A `Procedure` that the law keeps out of shared records.
    pub(crate) fn restricted_procedure(&mut self, start: Moment, by: &str) {
        let begun = self.begin(Kind::Procedure);
        let what = sct("52637005", "In vitro fertilization");
        self.lines
            .json
            .raw(r#","status":"completed","code":"#)
            .concept(&what);
        self.subject();
        self.moment("performedDateTime", start);
        self.lines
            .json
            .raw(r#","performer":[{"actor":{"display":"#)
            .text(by)
            .raw("}}]");
        self.end_odd(&begun, Odd::Restricted);
    }

    /// An `Immunization`.
    pub(crate) fn vaccination(&mut self, stated: &Jab<'_>) {
        let begun = self.begin(Kind::Immunization);
        let lot = self.dice.below(9_000) + 1_000;
        let json = &mut self.lines.json;
        json.raw(r#","status":"completed","vaccineCode":"#)
            .concept(&stated.vaccine.term);
        self.patient_reference();
        self.encounter_reference(stated.encounter);
        self.moment("occurrenceDateTime", stated.at);
        let json = &mut self.lines.json;
        json.raw(r#","primarySource":true,"lotNumber":""#)
            .raw(&format!("B{lot}"));
        json.raw(r#"","site":"#)
            .concept(&sct("368208006", "Left upper arm structure"));
        json.raw(r#","performer":[{"actor":{"display":"#)
            .text(stated.by)
            .raw("}}]");
        self.note(&begun, "");
        let json = &mut self.lines.json;
        json.raw(r#","protocolApplied":[{"targetDisease":[{"text":"#)
            .text(stated.vaccine.target);
        json.raw(r#"}],"doseNumberPositiveInt":"#)
            .int(stated.dose)
            .raw("}]");
        self.end(&begun, Fate::MayGo);
    }

    fn status(&mut self, name: &str, system: &str, code: &str) {
        let json = &mut self.lines.json;
        json.raw(",\"").raw(name);
        json.raw(r#"":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/"#)
            .raw(system);
        json.raw(r#"","code":""#).raw(code).raw(r#""}]}"#);
    }
}
