//! `MedicationRequest`, `MedicationStatement`, `MedicationDispense`, `MedicationAdministration`.

use crate::{
    calendar::{Day, Moment},
    feed::Kind,
    sheet::{Fate, Id, Sheet},
    tables::{
        Term,
        medicines::{Medicine, Strength},
    },
};

/// A medicine as a source prescribes or states it.
pub(crate) struct Prescription<'a> {
    pub(crate) medicine: &'a Medicine,
    /// The place among the medicine's strengths; the strongest there is if it has fewer.
    pub(crate) strength: usize,
    /// `active`, `stopped`, `completed`.
    pub(crate) status: &'a str,
    pub(crate) course: Course,
    pub(crate) since: Moment,
    pub(crate) until: Option<Day>,
    pub(crate) last_issued: Option<Day>,
    pub(crate) stopped_because: &'a str,
    pub(crate) reason: Option<(Id, &'a Term)>,
    pub(crate) encounter: Option<Id>,
    pub(crate) by: &'a str,
}

/// How long a medicine is meant for, and who gives it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    Repeat,
    Acute,
    Discharge,
    HospitalOnly,
}

impl Medicine {
    fn strength(&self, place: usize) -> &'static Strength {
        self.strengths
            .get(place)
            .or(self.strengths.last())
            .expect("a medicine has a strength")
    }
}

impl Sheet<'_> {
    /// A `MedicationRequest`.
    pub(crate) fn prescription(&mut self, stated: &Prescription<'_>) -> Id {
        let begun = self.begin(Kind::MedicationRequest);
        if let Some(issued) = stated
            .last_issued
            .filter(|_| stated.course == Course::Repeat)
        {
            let json = &mut self.lines.json;
            json.raw(r#","extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationStatementLastIssueDate","valueDateTime":""#);
            json.day(issued).raw(r#""}]"#);
        }
        let json = &mut self.lines.json;
        json.raw(r#","status":""#).raw(stated.status).raw("\"");
        if !stated.stopped_because.is_empty() {
            json.raw(r#","statusReason":{"text":"#)
                .text(stated.stopped_because)
                .raw("}");
        }
        json.raw(r#","intent":"order","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":""#);
        json.raw(match stated.course {
            Course::Repeat | Course::Acute => "community",
            Course::Discharge => "discharge",
            Course::HospitalOnly => "outpatient",
        });
        json.raw(r#""}]}]"#);
        self.medicine(stated.medicine, stated.strength);
        self.subject();
        self.encounter_reference(stated.encounter);
        self.moment("authoredOn", stated.since);
        self.display("requester", stated.by);
        self.reason(stated.reason);
        self.course(stated.course);
        self.dosage("dosageInstruction", stated.medicine, stated.strength);
        self.dispensing(stated);
        self.note(
            &begun,
            if stated.course == Course::HospitalOnly {
                "Hospital only: not prescribed by the GP"
            } else {
                ""
            },
        );
        self.end(
            &begun,
            if stated.course == Course::Acute {
                Fate::MayGo
            } else {
                Fate::Stays
            },
        )
    }

    /// A `MedicationStatement`: what the person says they take, as on admission.
    pub(crate) fn statement(&mut self, medicine: &Medicine, strength: usize, at: Moment, by: &str) {
        let begun = self.begin(Kind::MedicationStatement);
        self.lines.json.raw(r#","status":"active""#);
        self.medicine(medicine, strength);
        self.subject();
        self.moment("effectiveDateTime", at);
        self.moment("dateAsserted", at);
        self.display("informationSource", by);
        self.note(&begun, "Taken on admission, from the patient's own supply");
        self.dosage("dosage", medicine, strength);
        self.end(&begun, Fate::MayGo);
    }

    /// A `MedicationDispense`: handed over by the hospital's pharmacy.
    pub(crate) fn dispensed(
        &mut self,
        medicine: &Medicine,
        strength: usize,
        request: Id,
        at: Moment,
    ) {
        let begun = self.begin(Kind::MedicationDispense);
        self.lines.json.raw(r#","status":"completed""#);
        self.medicine(medicine, strength);
        self.subject();
        let json = &mut self.lines.json;
        json.raw(r#","performer":[{"actor":{"display":"Hospital pharmacy"}}],"authorizingPrescription":[{"reference":"MedicationRequest/"#);
        request.write(&mut json.0);
        json.raw(r#""}],"quantity":{"value":14,"unit":"days"}"#);
        self.moment("whenHandedOver", at);
        self.note(&begun, "");
        self.dosage("dosageInstruction", medicine, strength);
        self.end(&begun, Fate::Stays);
    }

    /// A `MedicationAdministration`: given in hospital or clinic.
    pub(crate) fn administered(
        &mut self,
        medicine: &Medicine,
        at: Moment,
        encounter: Option<Id>,
        by: &str,
        note: &str,
    ) {
        let begun = self.begin(Kind::MedicationAdministration);
        self.lines.json.raw(r#","status":"completed""#);
        self.medicine(medicine, 0);
        self.subject();
        if let Some(encounter) = encounter {
            self.reference("context", Kind::Encounter, encounter);
        }
        self.moment("effectiveDateTime", at);
        self.lines
            .json
            .raw(r#","performer":[{"actor":{"display":"#)
            .text(by)
            .raw("}}]");
        self.note(&begun, note);
        let strength = medicine.strength(0);
        let json = &mut self.lines.json;
        json.raw(r#","dosage":{"text":"#)
            .text(strength.dose)
            .raw(r#","route":"#);
        json.concept(&medicine.route.term()).raw(r#","dose":"#);
        amount(json, strength);
        json.raw("}");
        self.end(&begun, Fate::MayGo);
    }

    fn medicine(&mut self, medicine: &Medicine, strength: usize) {
        let product = medicine.strength(strength).product;
        self.lines
            .json
            .raw(r#","medicationCodeableConcept":"#)
            .concept_as(&medicine.ingredient, product);
    }

    fn reason(&mut self, reason: Option<(Id, &Term)>) {
        if let Some((condition, term)) = reason {
            let json = &mut self.lines.json;
            json.raw(r#","reasonCode":["#)
                .concept(term)
                .raw(r#"],"reasonReference":[{"reference":"Condition/"#);
            condition.write(&mut json.0);
            json.raw(r#""}]"#);
        }
    }

    fn course(&mut self, course: Course) {
        let json = &mut self.lines.json;
        let (code, display) = match course {
            Course::Repeat => ("continuous", "Continuous long term therapy"),
            Course::Acute | Course::Discharge => ("acute", "Short course (acute) therapy"),
            Course::HospitalOnly => {
                json.raw(r#","courseOfTherapyType":{"text":"Hospital only"}"#);
                return;
            }
        };
        json.raw(r#","courseOfTherapyType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy","code":""#);
        json.raw(code)
            .raw(r#"","display":""#)
            .raw(display)
            .raw(r#""}]}"#);
    }

    fn dosage(&mut self, name: &str, medicine: &Medicine, strength: usize) {
        let strength = medicine.strength(strength);
        let json = &mut self.lines.json;
        json.raw(",\"")
            .raw(name)
            .raw(r#"":[{"text":"#)
            .text(strength.dose)
            .raw(r#","route":"#);
        json.concept(&medicine.route.term())
            .raw(r#","doseAndRate":[{"doseQuantity":"#);
        amount(json, strength);
        json.raw("}]}]");
    }

    fn dispensing(&mut self, stated: &Prescription<'_>) {
        let json = &mut self.lines.json;
        json.raw(r#","dispenseRequest":{"validityPeriod":{"start":""#)
            .day(stated.since.day)
            .raw("\"");
        if let Some(until) = stated.until {
            json.raw(r#","end":""#).day(until).raw("\"");
        }
        json.raw(r#"},"numberOfRepeatsAllowed":"#)
            .int(if stated.course == Course::Repeat {
                12
            } else {
                0
            });
        json.raw(r#","expectedSupplyDuration":{"value":"#)
            .int(if stated.course == Course::Acute {
                7
            } else {
                28
            });
        json.raw(r#","unit":"day","system":"http://unitsofmeasure.org","code":"d"}}"#);
    }
}

fn amount(json: &mut crate::json::Json, strength: &Strength) {
    let (unit, code) = match strength.unit {
        "units" => ("units", "[iU]"),
        unit => (unit, unit),
    };
    json.raw(r#"{"value":"#).number(strength.amount, 2);
    json.raw(r#","unit":""#)
        .raw(unit)
        .raw(r#"","system":"http://unitsofmeasure.org","code":""#);
    json.raw(code).raw("\"}");
}
