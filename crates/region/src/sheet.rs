//! One person's lines at one organisation: how a line is begun, numbered, corrected and ended.

use crate::{
    calendar::{Day, Moment},
    dice::{Dice, happens, mix},
    feed::{Kind, Lines, Odd},
    person::Person,
    plan::{RegionPlan, Site, Standing},
};

/// Of 100,000 lines so many are corrected in a night.
const CORRECTED: u64 = 600;
/// Of 100,000 lines that may go so many are removed in a night.
const REMOVED: u64 = 330;

/// One person's lines at one organisation on one night.
pub(crate) struct Sheet<'a> {
    pub(crate) plan: &'a RegionPlan,
    pub(crate) site: &'a Site,
    pub(crate) person: &'a Person,
    pub(crate) standing: Standing,
    pub(crate) night: u32,
    /// The day of night 1, which the history is told up to.
    pub(crate) start: Day,
    /// The day of this night.
    pub(crate) today: Day,
    pub(crate) dice: Dice,
    /// The id of the Patient line.
    pub(crate) patient: String,
    /// Whether the person is acutely ill in what is being told: some values are then far off.
    pub(crate) ill: bool,
    pub(crate) lines: &'a mut Lines,
    /// What line ids are made of: the person at this organisation, the part of the story, a count.
    base: u64,
    /// What the story is drawn from: the same at every practice, so that a record can move.
    story: u64,
    part: u64,
    count: u64,
}

/// The id of a line, written as a UUID.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Id(u64, u64);

/// A line that has been begun.
pub(crate) struct Begun {
    pub(crate) id: Id,
    kind: Kind,
    /// How often the source has corrected the line.
    pub(crate) corrections: u32,
}

/// Whether a line may be removed some night, or is pointed to by others and stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Stays,
    MayGo,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(
        plan: &'a RegionPlan,
        site: &'a Site,
        (person, standing): (&'a Person, Standing),
        night: u32,
        lines: &'a mut Lines,
    ) -> Self {
        let base = mix(person.key, 1_000 + u64::from(site.number));
        let teller = if site.practice_number().is_some() {
            100
        } else {
            site.number
        };
        let story = mix(person.key, 2_000 + u64::from(teller));
        let start = plan.start();
        Self {
            plan,
            site,
            person,
            standing,
            night,
            start,
            today: start.plus(night.cast_signed() - 1),
            dice: Dice::of(story, 0),
            patient: site.patient_id(person.index),
            ill: false,
            lines,
            base,
            story,
            part: 0,
            count: 0,
        }
    }

    /// Goes on with another part of the story, whose lines and draws depend on no other part.
    pub(crate) fn part(&mut self, part: u64) {
        self.part = part;
        self.count = 0;
        self.dice = Dice::of(self.story, part);
    }

    /// A draw that does not depend on what was written before.
    pub(crate) fn aside(&self, purpose: u64) -> Dice {
        Dice::of(self.story, 1_000_000 + purpose)
    }

    /// Begins a line with an id of its own.
    pub(crate) fn begin(&mut self, kind: Kind) -> Begun {
        self.count += 1;
        let high = mix(mix(self.base, self.part), self.count);
        let id = Id(high, mix(high, self.base));
        self.lines.json.0.clear();
        self.lines
            .json
            .raw(r#"{"resourceType":""#)
            .raw(kind.name())
            .raw(r#"","id":""#);
        id.write(&mut self.lines.json.0);
        self.lines.json.raw("\"");
        let begun = Begun {
            id,
            kind,
            corrections: self.corrections(id),
        };
        self.write_version(&begun);
        begun
    }

    /// Ends a line and keeps it, unless it has been removed by now.
    pub(crate) fn end(&mut self, begun: &Begun, fate: Fate) -> Id {
        self.lines.json.raw("}");
        if fate == Fate::Stays || !self.removed(begun.id) {
            self.lines.keep(begun.kind, begun.id.whole());
        }
        begun.id
    }

    /// Ends a line that is odd on purpose.
    pub(crate) fn end_odd(&mut self, begun: &Begun, why: Odd) {
        self.lines.json.raw("}");
        self.lines.keep_odd(begun.kind, why);
    }

    /// Writes a whole line whose id the source makes itself, such as `ZZP01-1234567-reg`.
    pub(crate) fn named(&mut self, kind: Kind, suffix: &str, write: impl FnOnce(&mut Self)) {
        self.lines.json.0.clear();
        let json = &mut self.lines.json;
        json.raw(r#"{"resourceType":""#)
            .raw(kind.name())
            .raw(r#"","id":""#);
        json.raw(&self.patient).raw(suffix).raw("\"");
        write(self);
        self.lines.json.raw("}");
        let tag = suffix
            .bytes()
            .fold(kind as u64, |tag, byte| mix(tag, u64::from(byte)));
        self.lines
            .keep(kind, Id(self.base, mix(self.base, tag)).whole());
    }

    /// `,"subject":{"reference":"Patient/…"}`.
    pub(crate) fn subject(&mut self) {
        self.lines
            .json
            .raw(r#","subject":{"reference":"Patient/"#)
            .raw(&self.patient)
            .raw("\"}");
    }

    /// `,"patient":{"reference":"Patient/…"}`.
    pub(crate) fn patient_reference(&mut self) {
        self.lines
            .json
            .raw(r#","patient":{"reference":"Patient/"#)
            .raw(&self.patient)
            .raw("\"}");
    }

    /// `,"encounter":{"reference":"Encounter/…"}`, if there is one.
    pub(crate) fn encounter_reference(&mut self, encounter: Option<Id>) {
        if let Some(encounter) = encounter {
            self.reference("encounter", Kind::Encounter, encounter);
        }
    }

    /// `,"<name>":{"reference":"<Kind>/…"}`.
    pub(crate) fn reference(&mut self, name: &str, kind: Kind, id: Id) {
        let json = &mut self.lines.json;
        json.raw(",\"")
            .raw(name)
            .raw(r#"":{"reference":""#)
            .raw(kind.name())
            .raw("/");
        id.write(&mut json.0);
        json.raw("\"}");
    }

    /// `,"<name>":{"display":"…"}`.
    pub(crate) fn display(&mut self, name: &str, display: &str) {
        self.lines
            .json
            .raw(",\"")
            .raw(name)
            .raw(r#"":{"display":"#)
            .text(display)
            .raw("}");
    }

    /// `,"<name>":"…"` for a moment.
    pub(crate) fn moment(&mut self, name: &str, moment: Moment) {
        self.lines
            .json
            .raw(",\"")
            .raw(name)
            .raw("\":\"")
            .moment(moment)
            .raw("\"");
    }

    /// `,"<name>":"…"` for a day.
    pub(crate) fn day(&mut self, name: &str, day: Day) {
        self.lines
            .json
            .raw(",\"")
            .raw(name)
            .raw("\":\"")
            .day(day)
            .raw("\"");
    }

    /// `,"<name>":"…"` for words.
    pub(crate) fn words(&mut self, name: &str, words: &str) {
        self.lines.json.raw(",\"").raw(name).raw("\":").text(words);
    }

    /// `,"period":{"start":"…","end":"…"}`, the end if there is one.
    pub(crate) fn period(&mut self, start: Moment, end: Option<Moment>) {
        let json = &mut self.lines.json;
        json.raw(r#","period":{"start":""#).moment(start).raw("\"");
        if let Some(end) = end {
            json.raw(r#","end":""#).moment(end).raw("\"");
        }
        json.raw("}");
    }

    /// `,"note":[{"text":"…"}]` with what the source says and that it has corrected the line.
    pub(crate) fn note(&mut self, begun: &Begun, note: &str) {
        if note.is_empty() && begun.corrections == 0 {
            return;
        }
        let json = &mut self.lines.json;
        json.raw(r#","note":["#);
        if !note.is_empty() {
            json.raw(r#"{"text":"#).text(note).raw("}");
        }
        if begun.corrections > 0 {
            json.raw(if note.is_empty() { "" } else { "," });
            json.raw(r#"{"text":"Corrected by the source"}"#);
        }
        json.raw("]");
    }

    /// Someone who works there.
    pub(crate) fn someone(&mut self) -> &'a str {
        let site: &'a Site = self.site;
        let place = self.dice.place(site.staff.len());
        site.staff.get(place).map_or("", String::as_str)
    }

    /// The same member of staff every time: whoever is responsible for the person.
    pub(crate) fn responsible(&self) -> &'a str {
        let site: &'a Site = self.site;
        let place = Dice::of(self.story, 999).place(site.staff.len());
        site.staff.get(place).map_or("", String::as_str)
    }

    /// The last day of the history: night 1's, or the day of death before it.
    pub(crate) fn last_day(&self) -> Day {
        self.person.until(self.start)
    }

    /// Whether the person is alive on a day, as far as the history knows.
    pub(crate) fn alive(&self, day: Day) -> bool {
        self.person.died.is_none_or(|died| day <= died)
    }

    /// A moment in working hours of a day, different for each call.
    pub(crate) fn clinic_hour(&mut self, day: Day) -> Moment {
        day.at(
            8 + self.dice.between(0, 9),
            self.dice.between(0, 11) * 5,
            self.dice.between(0, 59),
        )
    }

    /// Any moment of a day.
    pub(crate) fn any_hour(&mut self, day: Day) -> Moment {
        day.at(
            self.dice.between(0, 22),
            self.dice.between(0, 59),
            self.dice.between(0, 59),
        )
    }

    fn corrections(&self, id: Id) -> u32 {
        let hit = |night: &u32| happens(mix(id.1, u64::from(*night)), CORRECTED);
        u32::try_from((2..=self.night).filter(hit).count()).unwrap_or(0)
    }

    fn removed(&self, id: Id) -> bool {
        (2..=self.night).any(|night| happens(mix(id.1, (1 << 32) + u64::from(night)), REMOVED))
    }

    fn write_version(&mut self, begun: &Begun) {
        if begun.corrections == 0 {
            return;
        }
        let last = (2..=self.night)
            .rfind(|night| happens(mix(begun.id.1, u64::from(*night)), CORRECTED))
            .unwrap_or(self.night);
        let when = self.start.plus(last.cast_signed() - 1).at(1, 30, 0);
        let json = &mut self.lines.json;
        json.raw(r#","meta":{"versionId":""#)
            .int(begun.corrections.cast_signed() + 1);
        json.raw(r#"","lastUpdated":""#).moment(when).raw("\"}");
    }
}

impl Id {
    const fn whole(self) -> u128 {
        (self.0 as u128) << 64 | self.1 as u128
    }

    /// Writes the id in the form of a UUID.
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let whole = self.whole();
        for place in 0..32 {
            if matches!(place, 8 | 12 | 16 | 20) {
                out.push(b'-');
            }
            let digit = usize::try_from(whole >> (124 - 4 * place) & 15).unwrap_or(0);
            out.extend(DIGITS.get(digit));
        }
    }
}
