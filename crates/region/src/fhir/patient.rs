//! `Patient`, `Organization` and sharing codes: who the source says the person is, faults included.

use tributary_model::OrganisationKind;

use super::ODS;
use crate::{
    calendar::Day,
    dice::Dice,
    feed::Kind,
    person::{Person, nhs_number},
    plan::{Site, near},
    sheet::Sheet,
    tables::{Term, places::STREETS},
};

/// How a source's idea of a person differs from the truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sent {
    number: Number,
    name: Naming,
    day_and_month_swapped: bool,
    moved: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Number {
    Exact,
    Untraced,
    BadCheckDigit,
    Absent,
    /// The number of somebody else, stated as verified: a mix-up at the source.
    SomeoneElses,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Naming {
    Exact,
    Misspelt,
    Initial,
}

impl Sent {
    /// What this source sends for this person, the same every night.
    pub(crate) fn of(site: &Site, person: &Person) -> Self {
        let practice = site.organisation.kind == OrganisationKind::GpPractice;
        let dice = Dice::of(person.key, 5_000 + u64::from(site.number));
        let number = match (practice, dice.below(1_000)) {
            (true, 0..3) | (false, 40..75) => Number::Untraced,
            (false, 0..28) => Number::Absent,
            (false, 28..40) => Number::BadCheckDigit,
            (false, 75..76) => Number::SomeoneElses,
            _ => Number::Exact,
        };
        let name = match (practice, dice.below(1_000)) {
            (false, 0..36) => Naming::Misspelt,
            (false, 36..62) => Naming::Initial,
            _ => Naming::Exact,
        };
        let swappable = {
            let (_, month, day) = person.born.parts();
            day <= 12 && day != month
        };
        Self {
            number,
            name,
            day_and_month_swapped: !practice && swappable && dice.chance(180),
            moved: !practice && dice.chance(220),
        }
    }

    /// The words of the truth file.
    pub(crate) fn words(self) -> String {
        let mut words = match self.number {
            Number::Exact => "exact",
            Number::Untraced => "untraced",
            Number::BadCheckDigit => "bad-check-digit",
            Number::Absent => "no-nhs-number",
            Number::SomeoneElses => "wrong-nhs-number",
        }
        .to_owned();
        words.push_str(match self.name {
            Naming::Exact => "",
            Naming::Misspelt => "+typo",
            Naming::Initial => "+initial",
        });
        words.push_str(if self.day_and_month_swapped {
            "+dob-swap"
        } else {
            ""
        });
        words.push_str(if self.moved { "+moved" } else { "" });
        words
    }

    /// Whether the identity is the person's in all but a verified number, so that it waits to be
    /// linked.
    pub(crate) fn waits(self) -> bool {
        matches!(self.number, Number::Untraced | Number::Absent)
            && self.name == Naming::Exact
            && !self.day_and_month_swapped
            && !self.moved
    }
}

impl Sheet<'_> {
    /// The `Patient` line.
    pub(crate) fn patient_line(&mut self) {
        let sent = Sent::of(self.site, self.person);
        self.named(Kind::Patient, "", |sheet| {
            if sheet.person.protected {
                sheet.lines.json.raw(r#","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R","display":"restricted"}]}"#);
            }
            if sheet.person.interpreter.is_some() {
                sheet.lines.json.raw(r#","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired","valueBoolean":true}]"#);
            }
            sheet.identifiers(sent);
            sheet.naming(sent);
            sheet.birth_and_death(sent);
            sheet.home(sent);
            sheet.practice();
        });
    }

    /// The `Organization` line of a folder.
    pub(crate) fn organisation_line(lines: &mut crate::feed::Lines, site: &Site) {
        let json = &mut lines.json;
        json.0.clear();
        json.raw(r#"{"resourceType":"Organization","id":""#)
            .raw(&site.code);
        json.raw(r#"","identifier":[{"system":""#)
            .raw(ODS)
            .raw(r#"","value":""#)
            .raw(&site.code);
        json.raw(r#""}],"name":"#).text(&site.organisation.name);
        json.raw(r#","type":[{"text":"#)
            .text(site.organisation.kind.name());
        json.raw(r#"}],"telecom":[{"system":"phone","value":"#)
            .text(&site.telephone)
            .raw("}]}");
        lines.keep(Kind::Organization, u128::from(site.number));
    }

    /// A sharing code, as an `Observation`.
    pub(crate) fn sharing_line(&mut self, suffix: &str, code: &Term, when: Option<Day>) {
        self.named(Kind::Observation, suffix, |sheet| {
            let json = &mut sheet.lines.json;
            json.raw(r#","status":"final","code":{"coding":["#)
                .coding(code)
                .raw("]}");
            sheet.subject();
            if let Some(when) = when {
                sheet.day("effectiveDateTime", when);
            }
        });
    }

    fn identifiers(&mut self, sent: Sent) {
        let number = match sent.number {
            Number::SomeoneElses => nhs_number(self.person.index ^ 1),
            _ => self.person.nhs_number(),
        };
        let json = &mut self.lines.json;
        json.raw(r#","identifier":["#);
        if sent.number != Number::Absent {
            let status = match sent.number {
                Number::Exact | Number::SomeoneElses => "01",
                Number::Untraced if self.person.index.is_multiple_of(2) => "02",
                _ => "03",
            };
            json.raw(r#"{"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":""#);
            json.raw(status)
                .raw(r#""}]}}],"system":"https://fhir.nhs.uk/Id/nhs-number","value":""#);
            let digits = number.digits();
            match (sent.number, digits.split_at_checked(9)) {
                (Number::BadCheckDigit, Some((lead, check))) => {
                    json.raw(lead).raw(if check == "7" { "3" } else { "7" })
                }
                _ => json.raw(&digits),
            };
            json.raw(r#""},"#);
        }
        json.raw(r#"{"use":"usual","system":"#)
            .text(&self.site.local_system);
        json.raw(r#","value":"#)
            .text(&self.site.local_number(self.person.index));
        json.raw(r#","assigner":{"identifier":{"system":""#)
            .raw(ODS)
            .raw(r#"","value":""#);
        json.raw(&self.site.code).raw(r#""}}}],"active":true"#);
    }

    fn naming(&mut self, sent: Sent) {
        let person = self.person;
        let [first, second] = person.given;
        let title = match (person.female, person.age) {
            (_, ..16) => None,
            (true, 16..40) => Some("Ms"),
            (true, _) => Some("Mrs"),
            (false, _) => Some("Mr"),
        };
        let json = &mut self.lines.json;
        json.raw(r#","name":[{"use":"official","family":"#);
        if sent.name == Naming::Misspelt {
            json.text(&misspelt(&person.family, person.key));
        } else {
            json.text(&person.family);
        }
        if sent.name == Naming::Initial {
            json.raw(r#","given":["#)
                .text(first.get(..1).unwrap_or(first))
                .raw("]");
        } else if person.key.is_multiple_of(3) {
            json.raw(r#","given":["#)
                .text(first)
                .raw(",")
                .text(second)
                .raw("]");
        } else {
            json.raw(r#","given":["#).text(first).raw("]");
        }
        if let Some(title) = title {
            json.raw(r#","prefix":["#).text(title).raw("]");
        }
        json.raw("}]");
    }

    fn birth_and_death(&mut self, sent: Sent) {
        let person = self.person;
        // A practice hears of a death two days later than the trusts do.
        let lag = if self.site.organisation.kind == OrganisationKind::GpPractice {
            2
        } else {
            0
        };
        let json = &mut self.lines.json;
        json.raw(r#","gender":""#)
            .raw(if person.female { "female" } else { "male" });
        json.raw(r#"","birthDate":""#);
        if sent.day_and_month_swapped {
            let (year, month, day) = person.born.parts();
            json.raw(&format!("{year:04}-{day:02}-{month:02}"));
        } else {
            json.day(person.born);
        }
        json.raw("\"");
        if let Some(died) = person.died.filter(|died| died.plus(lag) <= self.today) {
            json.raw(r#","deceasedDateTime":""#).day(died).raw("\"");
        }
    }

    fn home(&mut self, sent: Sent) {
        let person = self.person;
        let town = Site::town(person.practice_on(self.night));
        let changes = u64::from(self.changes_of_number());
        let mobile = Dice::of(person.key, 6_001 + changes).below(1_000);
        let json = &mut self.lines.json;
        json.raw(r#","address":[{"use":"home","line":[""#);
        if sent.moved {
            let dice = Dice::of(person.key, 6_000);
            json.int(1 + dice.between(0, 150))
                .raw(" ")
                .part(dice.pick(&STREETS));
        } else {
            json.int(person.house.cast_signed())
                .raw(" ")
                .part(person.street);
        }
        json.raw(r#""],"city":"#).text(town.name);
        json.raw(r#","postalCode":""#)
            .raw(town.district)
            .raw(" ")
            .raw(&person.inward);
        json.raw(r#""}],"telecom":[{"system":"phone","value":""#);
        json.raw(&format!("07700 900{mobile:03}"))
            .raw(r#"","use":"mobile"}"#);
        if person.age > 55 {
            let line = Dice::of(person.key, 6_500).below(1_000);
            json.raw(&format!(
                r#",{{"system":"phone","value":"01632 960{line:03}","use":"home"}}"#
            ));
        }
        json.raw("]");
        if let Some((code, language)) = person.interpreter {
            json.raw(
                r#","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":""#,
            );
            json.raw(code)
                .raw(r#"","display":"#)
                .text(language)
                .raw(r#"}],"text":"#);
            json.text(language).raw(r#"},"preferred":true}]"#);
        }
    }

    /// How often the person has had a new mobile number by this night.
    fn changes_of_number(&self) -> u32 {
        (2..=self.night)
            .map(|night| u32::from(self.aside(7_000 + u64::from(night)).chance(12)))
            .sum()
    }

    fn practice(&mut self) {
        let kind = self.site.organisation.kind;
        let known = kind == OrganisationKind::GpPractice || near(self.person, self.site);
        if !known {
            return;
        }
        let number = self.person.practice_on(self.night);
        let code = self
            .plan
            .sites()
            .iter()
            .find(|site| site.practice_number() == Some(number));
        if let Some(practice) = code {
            let json = &mut self.lines.json;
            json.raw(r#","generalPractitioner":[{"type":"Organization","identifier":{"system":""#);
            json.raw(ODS)
                .raw(r#"","value":""#)
                .raw(&practice.code)
                .raw(r#""},"display":"#);
            json.text(&practice.organisation.name).raw("}]");
        }
    }
}

/// A family name with two neighbouring letters changed about, or one doubled.
fn misspelt(family: &str, key: u64) -> String {
    let mut letters: Vec<char> = family.chars().collect();
    let place = 1 + usize::try_from(key % 3).unwrap_or(0);
    if letters.len() > place + 1
        && letters.get(place) != letters.get(place + 1)
        && key.is_multiple_of(2)
    {
        letters.swap(place, place + 1);
    } else if let Some(letter) = letters.get(place.min(letters.len() - 1)).copied() {
        letters.insert(place.min(letters.len() - 1), letter);
    }
    letters.into_iter().collect()
}
