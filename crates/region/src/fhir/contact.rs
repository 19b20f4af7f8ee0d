//! `Encounter`, `Appointment`, `EpisodeOfCare`.

use super::ODS;
use crate::{
    calendar::{Day, Moment},
    feed::Kind,
    sheet::{Fate, Id, Sheet},
    tables::Term,
};

/// A contact as a source states it.
pub(crate) struct Contact<'a> {
    /// `AMB`, `EMER`, `IMP`, `HH`, `VR`.
    pub(crate) class: &'a str,
    pub(crate) what: &'a Term,
    pub(crate) start: Moment,
    /// None while it goes on.
    pub(crate) end: Option<Moment>,
    pub(crate) reason: Option<&'a Term>,
    pub(crate) by: &'a str,
    pub(crate) place: &'a str,
    pub(crate) outcome: &'a str,
}

/// An appointment as a source states it.
pub(crate) struct Booking<'a> {
    pub(crate) what: &'a str,
    pub(crate) at: Moment,
    pub(crate) minutes: i32,
    pub(crate) by: &'a str,
    pub(crate) place: &'a str,
    /// What became of it, if it was not kept: `cancelled`, `noshow`.
    pub(crate) missed: Option<&'a str>,
}

impl Sheet<'_> {
    /// An `Encounter`.
    pub(crate) fn contact(&mut self, stated: &Contact<'_>) -> Id {
        let begun = self.begin(Kind::Encounter);
        let json = &mut self.lines.json;
        json.raw(r#","status":""#).raw(if stated.end.is_some() {
            "finished"
        } else {
            "in-progress"
        });
        json.raw(
            r#"","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":""#,
        );
        json.raw(stated.class)
            .raw(r#""},"type":["#)
            .concept(stated.what)
            .raw("]");
        self.subject();
        let json = &mut self.lines.json;
        json.raw(r#","participant":[{"individual":{"display":"#)
            .text(stated.by)
            .raw("}}]");
        self.period(stated.start, stated.end);
        let json = &mut self.lines.json;
        if let Some(reason) = stated.reason {
            json.raw(r#","reasonCode":["#).concept(reason).raw("]");
        }
        if !stated.outcome.is_empty() {
            json.raw(r#","hospitalization":{"dischargeDisposition":{"text":"#);
            json.text(stated.outcome).raw("}}");
        }
        json.raw(r#","location":[{"location":{"display":"#)
            .text(stated.place)
            .raw("}}]");
        self.provider("serviceProvider");
        self.end(&begun, Fate::Stays)
    }

    /// An `Appointment`: booked while it is to come, then kept unless it was missed.
    pub(crate) fn appointment(&mut self, stated: &Booking<'_>) {
        let begun = self.begin(Kind::Appointment);
        let to_come = stated.at.day >= self.today;
        let status = stated
            .missed
            .unwrap_or(if to_come { "booked" } else { "fulfilled" });
        let json = &mut self.lines.json;
        json.raw(r#","status":""#)
            .raw(status)
            .raw(r#"","serviceType":[{"text":"#)
            .text(stated.what);
        json.raw(r#"}],"description":"#).text(stated.what);
        json.raw(r#","start":""#).moment(stated.at);
        json.raw(r#"","end":""#)
            .moment(stated.at.plus_minutes(stated.minutes))
            .raw("\"");
        self.day("created", stated.at.day.plus(-21));
        if begun.corrections > 0 {
            self.words("comment", "Time confirmed with the patient");
        }
        let json = &mut self.lines.json;
        json.raw(r#","participant":[{"actor":{"reference":"Patient/"#)
            .raw(&self.patient);
        json.raw(r#""},"status":"accepted"},{"actor":{"display":"#)
            .text(stated.by);
        json.raw(r#"},"status":"accepted"},{"actor":{"display":"#)
            .text(stated.place);
        json.raw(r#"},"status":"accepted"}]"#);
        self.end(&begun, Fate::MayGo);
    }

    /// An `EpisodeOfCare`: why the organisation has to do with the person.
    pub(crate) fn episode(&mut self, suffix: &str, words: &str, start: Day, end: Option<Day>) {
        self.named(Kind::EpisodeOfCare, suffix, |sheet| {
            sheet.rest_of_episode(words, start, end);
        });
    }

    /// An `EpisodeOfCare` that the person's practice asked for: it holds the referral.
    pub(crate) fn referral(&mut self, start: Day, end: Option<Day>) {
        let number = self.person.practice_on(1);
        let mut sites = self.plan.sites().iter();
        let Some(practice) = sites.find(|site| site.practice_number() == Some(number)) else {
            return;
        };
        self.named(Kind::EpisodeOfCare, "-ref", |sheet| {
            let json = &mut sheet.lines.json;
            json.raw(r#","contained":[{"resourceType":"ServiceRequest","id":"referral","status":"active","intent":"order""#);
            sheet.subject();
            let json = &mut sheet.lines.json;
            json.raw(r#","requester":{"identifier":{"system":""#).raw(ODS);
            json.raw(r#"","value":""#).raw(&practice.code).raw(r#""},"display":"#);
            json.text(&practice.organisation.name).raw("}}]");
            sheet.rest_of_episode("referral", start, end);
            sheet.lines.json.raw(r##","referralRequest":[{"reference":"#referral"}]"##);
        });
    }

    fn rest_of_episode(&mut self, words: &str, start: Day, end: Option<Day>) {
        let json = &mut self.lines.json;
        json.raw(r#","status":""#)
            .raw(if end.is_some() { "finished" } else { "active" });
        json.raw(r#"","type":[{"text":"#).text(words).raw("}]");
        self.patient_reference();
        let json = &mut self.lines.json;
        json.raw(r#","managingOrganization":{"identifier":{"system":""#)
            .raw(ODS);
        json.raw(r#"","value":""#)
            .raw(&self.site.code)
            .raw(r#""}},"period":{"start":""#);
        json.day(start).raw("\"");
        if let Some(end) = end {
            json.raw(r#","end":""#).day(end).raw("\"");
        }
        json.raw("}");
    }

    /// `,"<name>":{…}`: this organisation.
    pub(crate) fn provider(&mut self, name: &str) {
        let json = &mut self.lines.json;
        json.raw(",\"")
            .raw(name)
            .raw(r#"":{"identifier":{"system":""#)
            .raw(ODS);
        json.raw(r#"","value":""#)
            .raw(&self.site.code)
            .raw(r#""},"display":"#);
        json.text(&self.site.organisation.name).raw("}");
    }
}
