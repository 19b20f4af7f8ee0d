//! `CarePlan`, `CareTeam`, `Goal`, `Flag`, `RelatedPerson`, `Task`, `QuestionnaireResponse`.

use crate::{
    calendar::{Day, Moment},
    feed::Kind,
    sheet::{Fate, Id, Sheet},
    tables::Term,
};

/// A care plan as a source states it.
pub(crate) struct CarePlan<'a> {
    pub(crate) title: &'a str,
    pub(crate) category: &'a Term,
    pub(crate) since: Moment,
    pub(crate) until: Option<Moment>,
    pub(crate) activities: &'a [&'a str],
    pub(crate) goal: Option<Id>,
    pub(crate) team: Option<Id>,
    pub(crate) by: &'a str,
    pub(crate) note: &'a str,
}

/// An alert as a source states it.
pub(crate) struct Alert<'a> {
    pub(crate) what: &'a Term,
    /// The source's own words; the term's if empty.
    pub(crate) words: &'a str,
    /// HL7's flag category: `safety`, `clinical`, `admin`, `behavioral`, `advance-directive`, …
    pub(crate) category: &'a str,
    pub(crate) since: Moment,
    pub(crate) by: &'a str,
}

/// Someone close to the person.
pub(crate) struct Relative<'a> {
    /// HL7's role code and its words.
    pub(crate) role: (&'a str, &'a str),
    pub(crate) given: &'a str,
    pub(crate) family: &'a str,
    pub(crate) telephone: &'a str,
}

impl Sheet<'_> {
    /// A `CarePlan`.
    pub(crate) fn care_plan(&mut self, stated: &CarePlan<'_>) -> Id {
        let begun = self.begin(Kind::CarePlan);
        let ended = stated.until.is_some();
        let json = &mut self.lines.json;
        json.raw(r#","status":""#)
            .raw(if ended { "completed" } else { "active" });
        json.raw(r#"","intent":"plan","category":["#)
            .concept(stated.category);
        json.raw(r#"],"title":"#).text(stated.title);
        self.subject();
        self.period(stated.since, stated.until);
        self.moment("created", stated.since);
        self.display("author", stated.by);
        for (name, kind, id) in [
            ("careTeam", Kind::CareTeam, stated.team),
            ("goal", Kind::Goal, stated.goal),
        ] {
            if let Some(id) = id {
                let json = &mut self.lines.json;
                json.raw(",\"")
                    .raw(name)
                    .raw(r#"":[{"reference":""#)
                    .raw(kind.name())
                    .raw("/");
                id.write(&mut json.0);
                json.raw("\"}]");
            }
        }
        self.lines.json.raw(r#","activity":["#);
        for (place, activity) in stated.activities.iter().enumerate() {
            let json = &mut self.lines.json;
            json.raw(if place > 0 { "," } else { "" });
            json.raw(r#"{"detail":{"code":{"text":"#)
                .text(activity)
                .raw(r#"},"status":""#);
            json.raw(if ended { "completed" } else { "in-progress" })
                .raw("\"}}");
        }
        self.lines.json.raw("]");
        self.note(&begun, stated.note);
        self.end(&begun, Fate::Stays)
    }

    /// A `CareTeam`: roles and names, with the team's telephone.
    pub(crate) fn care_team(
        &mut self,
        name: &str,
        since: Moment,
        people: &[(&str, &str)],
        telephone: &str,
    ) -> Id {
        let begun = self.begin(Kind::CareTeam);
        self.lines
            .json
            .raw(r#","status":"active","name":"#)
            .text(name);
        self.subject();
        self.period(since, None);
        self.lines.json.raw(r#","participant":["#);
        for (place, (role, person)) in people.iter().enumerate() {
            let json = &mut self.lines.json;
            json.raw(if place > 0 { "," } else { "" });
            json.raw(r#"{"role":[{"text":"#).text(role);
            json.raw(r#"}],"member":{"display":"#)
                .text(person)
                .raw("}}");
        }
        let json = &mut self.lines.json;
        json.raw(r#"],"telecom":[{"system":"phone","value":"#)
            .text(telephone)
            .raw("}]");
        self.note(&begun, "");
        self.end(&begun, Fate::Stays)
    }

    /// A `Goal`.
    pub(crate) fn goal(&mut self, words: &str, since: Day, by: &str) -> Id {
        let begun = self.begin(Kind::Goal);
        self.lines
            .json
            .raw(r#","lifecycleStatus":"active","description":{"text":"#)
            .text(words)
            .raw("}");
        self.subject();
        self.day("startDate", since);
        self.display("expressedBy", by);
        self.note(&begun, "");
        self.end(&begun, Fate::Stays)
    }

    /// A `Flag`.
    pub(crate) fn alert(&mut self, stated: &Alert<'_>) {
        let begun = self.begin(Kind::Flag);
        let json = &mut self.lines.json;
        json.raw(r#","status":"active","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":""#);
        json.raw(stated.category)
            .raw(r#""}],"text":"#)
            .text(stated.category);
        let words = if stated.words.is_empty() {
            stated.what.display
        } else {
            stated.words
        };
        json.raw(r#"}],"code":"#).concept_as(stated.what, words);
        self.subject();
        self.period(stated.since, None);
        self.display("author", stated.by);
        self.end(&begun, Fate::Stays);
    }

    /// A `RelatedPerson`.
    pub(crate) fn relative(&mut self, stated: &Relative<'_>) {
        let begun = self.begin(Kind::RelatedPerson);
        self.lines.json.raw(r#","active":true"#);
        self.patient_reference();
        let (code, words) = stated.role;
        let json = &mut self.lines.json;
        json.raw(r#","relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"N","display":"Next-of-Kin"},{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":""#);
        json.raw(code)
            .raw(r#"","display":"#)
            .text(words)
            .raw(r#"}],"text":"Next of kin ("#)
            .part(words);
        json.raw(r#")"}],"name":[{"use":"official","family":"#)
            .text(stated.family);
        json.raw(r#","given":["#)
            .text(stated.given)
            .raw(r#"]}],"telecom":[{"system":"phone","value":"#);
        json.text(stated.telephone).raw(r#","use":"mobile"}]"#);
        self.end(&begun, Fate::Stays);
    }

    /// A `Task`: a service asked for or being given.
    pub(crate) fn task(&mut self, words: &str, status: &str, at: Moment, by: &str) {
        let begun = self.begin(Kind::Task);
        let json = &mut self.lines.json;
        json.raw(r#","status":""#)
            .raw(status)
            .raw(r#"","intent":"order","priority":"routine","code":{"text":"#);
        json.text(words).raw("}");
        json.raw(r#","for":{"reference":"Patient/"#)
            .raw(&self.patient)
            .raw("\"}");
        self.lines
            .json
            .raw(r#","executionPeriod":{"start":""#)
            .moment(at)
            .raw("\"}");
        self.moment("authoredOn", at);
        self.display("requester", by);
        self.display("owner", by);
        self.note(&begun, "");
        self.end(&begun, Fate::MayGo);
    }

    /// A `QuestionnaireResponse`: questions with answers.
    pub(crate) fn answers(&mut self, title: &str, at: Moment, by: &str, answers: &[(&str, &str)]) {
        let begun = self.begin(Kind::QuestionnaireResponse);
        let json = &mut self.lines.json;
        json.raw(r#","questionnaire":"https://"#)
            .raw(&self.site.code.to_lowercase());
        json.raw(".example.nhs.uk/forms/")
            .raw(&title.to_lowercase().replace(' ', "-"));
        json.raw(r#"","status":"completed""#);
        self.subject();
        self.moment("authored", at);
        self.display("author", by);
        self.lines
            .json
            .raw(r#","item":[{"linkId":"0","text":"#)
            .text(title)
            .raw("}");
        for (place, (question, answer)) in answers.iter().enumerate() {
            let json = &mut self.lines.json;
            json.raw(r#",{"linkId":""#)
                .raw(&(place + 1).to_string())
                .raw(r#"","text":"#)
                .text(question);
            json.raw(r#","answer":[{"valueString":"#)
                .text(answer)
                .raw("}]}");
        }
        self.lines.json.raw("]");
        self.end(&begun, Fate::MayGo);
    }
}
