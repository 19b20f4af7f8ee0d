//! `DocumentReference`, `Composition`, `Communication`, `DiagnosticReport`, `ImagingStudy`.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Setting;
use crate::{
    calendar::{Day, Moment},
    feed::{Kind, Odd},
    person::Person,
    sheet::{Fate, Id, Sheet},
    tables::{Term, conditions::Nature, measures::Test},
};

/// A letter as a source sends or has received it.
pub(crate) struct Letter<'a> {
    pub(crate) what: &'a Term,
    pub(crate) title: &'a str,
    pub(crate) at: Moment,
    pub(crate) encounter: Option<Id>,
    /// Who wrote it, or for a letter that was received where it came from.
    pub(crate) by: &'a str,
    /// Whose letter-head it has.
    pub(crate) from: &'a str,
    /// Its paragraphs.
    pub(crate) text: &'a [&'a str],
    /// Whether it is HTML instead of plain text.
    pub(crate) html: bool,
}

/// A report of results or of a picture.
pub(crate) struct Report<'a> {
    /// `final`, `preliminary`, `registered`.
    pub(crate) status: &'a str,
    pub(crate) what: &'a Term,
    /// HL7's diagnostic service section.
    pub(crate) category: (&'a str, &'a str),
    pub(crate) results: &'a [(Id, &'a Test)],
    pub(crate) conclusion: &'a str,
}

impl Sheet<'_> {
    /// A `DocumentReference` with the letter itself inside.
    pub(crate) fn letter(&mut self, stated: &Letter<'_>) -> Id {
        let begun = self.begin(Kind::DocumentReference);
        self.lines
            .json
            .raw(r#","status":"current","docStatus":"final","type":"#)
            .concept(stated.what);
        self.subject();
        self.moment("date", stated.at);
        self.lines
            .json
            .raw(r#","author":[{"display":"#)
            .text(stated.by)
            .raw("}]");
        self.provider("custodian");
        let title = if begun.corrections > 0 {
            "Corrected copy: "
        } else {
            ""
        }
        .to_owned()
            + stated.title;
        self.words("description", &title);
        let body = body(self, stated, begun.corrections > 0);
        let json = &mut self.lines.json;
        json.raw(r#","content":[{"attachment":{"contentType":""#);
        json.raw(if stated.html {
            "text/html"
        } else {
            "text/plain"
        });
        json.raw(r#"; charset=utf-8","language":"en-GB","data":""#)
            .raw(&STANDARD.encode(body));
        json.raw(r#"","title":"#).text(&title);
        json.raw(r#","creation":""#)
            .moment(stated.at)
            .raw(r#""}}]"#);
        if let Some(encounter) = stated.encounter {
            let json = &mut self.lines.json;
            json.raw(r#","context":{"encounter":[{"reference":"Encounter/"#);
            encounter.write(&mut json.0);
            json.raw(r#""}]}"#);
        }
        self.end(&begun, Fate::MayGo)
    }

    /// A `Composition`: a structured summary in sections.
    pub(crate) fn composition(
        &mut self,
        what: &Term,
        setting: Setting<'_>,
        sections: &[(&str, &str)],
    ) {
        let begun = self.begin(Kind::Composition);
        self.lines
            .json
            .raw(r#","status":"final","type":"#)
            .concept(what);
        self.subject();
        self.encounter_reference(setting.encounter);
        self.moment("date", setting.at);
        let json = &mut self.lines.json;
        json.raw(r#","author":[{"display":"#)
            .text(setting.by)
            .raw(r#"}],"title":"#)
            .text(what.display);
        json.raw(r#","section":["#);
        for (place, (title, text)) in sections.iter().enumerate() {
            json.raw(if place > 0 { "," } else { "" })
                .raw(r#"{"title":"#)
                .text(title);
            json.raw(r#","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">"#);
            json.part(text).raw(r#"</div>"}}"#);
        }
        json.raw("]");
        self.end(&begun, Fate::Stays);
    }

    /// A `Communication`: a message sent to the person.
    pub(crate) fn message(&mut self, text: &str, at: Moment, by: &str) {
        let begun = self.begin(Kind::Communication);
        self.lines
            .json
            .raw(r#","status":"completed","category":[{"text":"Text message to patient"}]"#);
        self.subject();
        self.moment("sent", at);
        self.display("sender", by);
        self.lines
            .json
            .raw(r#","payload":[{"contentString":"#)
            .text(text)
            .raw("}]");
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo);
    }

    /// A `DiagnosticReport`.
    pub(crate) fn report(&mut self, stated: &Report<'_>, setting: Setting<'_>) -> Id {
        let begun = self.begin(Kind::DiagnosticReport);
        let (code, display) = stated.category;
        let status = if begun.corrections > 0 && stated.status == "final" {
            "corrected"
        } else {
            stated.status
        };
        let json = &mut self.lines.json;
        json.raw(r#","status":""#).raw(status);
        json.raw(r#"","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":""#);
        json.raw(code)
            .raw(r#"","display":"#)
            .text(display)
            .raw(r#"}]}],"code":"#)
            .concept(stated.what);
        self.subject();
        self.encounter_reference(setting.encounter);
        self.moment("effectiveDateTime", setting.at);
        if stated.status != "registered" {
            self.moment("issued", setting.at.plus_minutes(190));
        }
        self.lines
            .json
            .raw(r#","performer":[{"display":"#)
            .text(setting.by)
            .raw("}]");
        if !stated.results.is_empty() {
            let json = &mut self.lines.json;
            json.raw(r#","result":["#);
            for (place, (id, test)) in stated.results.iter().enumerate() {
                json.raw(if place > 0 { "," } else { "" })
                    .raw(r#"{"reference":"Observation/"#);
                id.write(&mut json.0);
                json.raw(r#"","display":"#).text(test.term.display).raw("}");
            }
            json.raw("]");
        }
        if !stated.conclusion.is_empty() {
            self.words("conclusion", stated.conclusion);
        }
        self.end(&begun, Fate::Stays)
    }

    /// An `ImagingStudy` with one series.
    pub(crate) fn imaging(
        &mut self,
        (modality, words): (&str, &str),
        what: &Term,
        site: &Term,
        setting: Setting<'_>,
    ) {
        let begun = self.begin(Kind::ImagingStudy);
        let uid = format!("1.2.826.0.1.3680043.10.999.{}", self.dice.word() >> 20);
        let images = 1 + self.dice.between(0, 3);
        self.lines
            .json
            .raw(r#","identifier":[{"use":"official","system":"urn:dicom:uid","value":"urn:oid:"#);
        self.lines.json.raw(&uid).raw(r#""}],"status":"available""#);
        self.subject();
        self.encounter_reference(setting.encounter);
        self.moment("started", setting.at);
        let json = &mut self.lines.json;
        json.raw(r#","numberOfSeries":1,"numberOfInstances":"#)
            .int(images);
        json.raw(r#","procedureCode":["#)
            .concept(what)
            .raw(r#"],"description":"#)
            .text(what.display);
        self.note(&begun, "");
        let json = &mut self.lines.json;
        json.raw(r#","series":[{"uid":""#).raw(&uid).raw(r#".1","number":1,"modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":""#);
        json.raw(modality)
            .raw(r#"","display":"#)
            .text(words)
            .raw(r#"},"numberOfInstances":"#)
            .int(images);
        json.raw(r#","bodySite":"#)
            .coding(site)
            .raw(r#","started":""#)
            .moment(setting.at)
            .raw(r#""}]"#);
        self.end(&begun, Fate::Stays);
    }

    /// A line of a type that readers do not know.
    pub(crate) fn vision_prescription(&mut self, at: Moment, by: &str) {
        let begun = self.begin(Kind::VisionPrescription);
        self.lines.json.raw(r#","status":"active""#);
        self.moment("created", at);
        self.patient_reference();
        self.moment("dateWritten", at);
        self.display("prescriber", by);
        self.lines.json.raw(
            r#","lensSpecification":[{"product":{"text":"lens"},"eye":"right","sphere":-1.25}]"#,
        );
        self.end_odd(&begun, Odd::UnknownType);
    }
}

/// The letter's own text.
fn body(sheet: &Sheet<'_>, stated: &Letter<'_>, corrected: bool) -> String {
    let person = sheet.person;
    let [given, _] = person.given;
    let about = format!(
        "{given} {}, NHS number {}",
        person.family,
        person.nhs_number()
    );
    let (year, month, day) = stated.at.day.parts();
    let date = format!("{day:02}/{month:02}/{year}");
    let intro = introduction(person, stated.at.day);
    let head = [
        stated.from,
        &date,
        stated.title,
        "Dear Doctor",
        &about,
        &intro,
    ];
    let correction = if corrected {
        "This copy corrects the one sent before."
    } else {
        ""
    };
    let tail = [correction, "Yours sincerely", stated.by];
    let lines = head
        .iter()
        .chain(stated.text)
        .chain(&tail)
        .filter(|line| !line.is_empty());
    if stated.html {
        let paragraphs: Vec<String> = lines.map(|line| line.replace('&', "&amp;")).collect();
        let (title, paragraphs) = (stated.title, paragraphs.join("</p><p>"));
        format!(
            "<!DOCTYPE html><html lang=\"en\"><title>{title}</title><body><p>{paragraphs}</p></body></html>"
        )
    } else {
        lines.copied().collect::<Vec<_>>().join("\n\n")
    }
}

/// Whom the letter is about: age and what they are known to have had on the day.
fn introduction(person: &Person, day: Day) -> String {
    let age = day.age(person.born);
    let noun = match (person.female, age) {
        (true, ..16) => "girl",
        (false, ..16) => "boy",
        (true, _) => "woman",
        (false, _) => "man",
    };
    let known = person.conditions.iter();
    let known: Vec<&str> = known
        .filter(|has| has.since < day && has.condition.nature != Nature::Sensitive)
        .map(|has| has.condition.term.display)
        .take(5)
        .collect();
    let known = if known.is_empty() {
        "no long-term conditions".to_owned()
    } else {
        known.join(", ")
    };
    format!("This {age}-year-old {noun} is known to have {known}.")
}
