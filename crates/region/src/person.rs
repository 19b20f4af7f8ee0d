//! One invented person: who they are and what happens to them. A function of seed and number alone,
//! so that person 17 is the same in a region of a hundred and in one of 739,000.

use tributary_model::NhsNumber;

use crate::{
    calendar::Day,
    dice::{Dice, mix},
    life::{self, Visit},
    plan::{BLOCK, BLOCK_PEOPLE, Registration},
    tables::{
        conditions::{CONDITIONS, LongTerm, Nature, Only},
        events::{ALLERGENS, Allergen},
        names::{FAMILY, FEMALE, LANGUAGES, MALE},
        places::STREETS,
    },
};

/// The nights over which what is drawn per night (births, deaths, moves) is spread.
const NIGHTS_AHEAD: u32 = 30;

/// A person.
pub(crate) struct Person {
    pub(crate) index: u32,
    pub(crate) key: u64,
    pub(crate) female: bool,
    pub(crate) born: Day,
    /// Age on the first night.
    pub(crate) age: i32,
    pub(crate) died: Option<Day>,
    pub(crate) given: [&'static str; 2],
    pub(crate) family: String,
    pub(crate) house: u32,
    pub(crate) street: &'static str,
    /// The postcode's inward part.
    pub(crate) inward: String,
    /// Where they are registered within their block of practices.
    pub(crate) registration: Registration,
    /// The night from which the person is there: 1, or later for those still to be born.
    pub(crate) arrives: u32,
    pub(crate) conditions: Vec<Has>,
    pub(crate) allergies: Vec<&'static Allergen>,
    /// 0 robust to 3 severely frail.
    pub(crate) frailty: u8,
    pub(crate) smoker: u8,
    /// Expected day of delivery.
    pub(crate) due: Option<Day>,
    pub(crate) interpreter: Option<(&'static str, &'static str)>,
    pub(crate) protected: bool,
    pub(crate) visits: Vec<Visit>,
    pub(crate) care: Care,
    pub(crate) sharing: Sharing,
}

/// A condition and when it began.
#[derive(Clone, Copy)]
pub(crate) struct Has {
    pub(crate) condition: &'static LongTerm,
    pub(crate) since: Day,
}

/// Care outside hospital and practice.
#[derive(Clone, Copy, Default)]
pub(crate) struct Care {
    /// On a caseload of the mental health and community trust.
    pub(crate) community: bool,
    /// Treated at the cancer trust.
    pub(crate) cancer: bool,
    /// An adult social care case.
    pub(crate) adult_case: bool,
    /// A children's social care case: 1 in need, 2 protection plan, 3 looked after.
    pub(crate) child_case: u8,
}

/// What the sharing codes in the practice's record say on the first night.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    Silent,
    Consent,
    OptOut,
    /// An opt-out that a later consent at the same practice lifted.
    Lifted,
    /// A consent that a later opt-out replaced.
    Withdrawn,
    /// Only a code about the national record.
    National,
    /// A consent without a date: no effect.
    UndatedConsent,
    /// A refusal without a date: counts from when it is received.
    UndatedOptOut,
}

impl Sharing {
    /// Whether the person is opted out by it.
    pub(crate) const fn refuses(self) -> bool {
        matches!(self, Self::OptOut | Self::Withdrawn | Self::UndatedOptOut)
    }

    /// Whether the person has consented by it.
    pub(crate) const fn consents(self) -> bool {
        matches!(self, Self::Consent | Self::Lifted)
    }
}

impl Person {
    /// Person `index` as it is on the first night.
    pub(crate) fn new(seed: u64, index: u32, today: Day) -> Self {
        let key = Self::key_of(seed, index);
        let dice = Dice::of(key, 1);
        let female = dice.chance(5_060);
        let arrives = if dice.chance(60) {
            2 + dice.below(NIGHTS_AHEAD)
        } else {
            1
        };
        let born = born(&dice, today, arrives);
        let age = today.age(born).max(0);
        let (given, family) = name(&dice, female, age);
        let died = died(&dice, today, age);
        let frailty = frailty(&dice, age);
        let conditions = conditions(
            &Dice::of(key, 5),
            female,
            age,
            born,
            died.map_or(today, |died| died.min(today)),
        );
        let pregnant = female && (17..45).contains(&age) && dice.chance(450);
        let due = pregnant.then(|| today.plus(dice.between(-20, 240)));
        let mut person = Self {
            index,
            key,
            female,
            born,
            age,
            died,
            given,
            family,
            house: 1 + dice.below(140),
            street: dice.pick(&STREETS),
            inward: inward(&dice),
            registration: Registration::of(seed, index),
            arrives,
            conditions,
            allergies: allergies(&dice, age),
            frailty,
            smoker: if age < 16 {
                0
            } else {
                [0, 0, 0, 1, 1, 2].get(dice.place(6)).copied().unwrap_or(0)
            },
            due,
            interpreter: dice.chance(130).then(|| dice.pick(&LANGUAGES)),
            protected: dice.chance(25),
            visits: Vec::new(),
            care: Care::default(),
            sharing: sharing(&Dice::of(key, 6)),
        };
        person.care = care(&Dice::of(key, 7), &person, today);
        person.visits = life::visits(&Dice::of(key, 8), &person, today);
        person
    }

    /// What all draws about a person begin with.
    pub(crate) const fn key_of(seed: u64, index: u32) -> u64 {
        mix(mix(seed, 0x7265_6769_6F6E), index as u64)
    }

    /// The practice's number in the region on a night.
    pub(crate) fn practice_on(&self, night: u32) -> u32 {
        let moved = self.registration.moves.filter(|(when, _)| *when <= night);
        let within = moved.map_or(self.registration.practice, |(_, to)| to);
        self.index / BLOCK_PEOPLE * BLOCK + within
    }

    /// The person's NHS number: each person's own, for 899,991 people.
    pub(crate) fn nhs_number(&self) -> NhsNumber {
        nhs_number(self.index)
    }

    /// Whether a condition of this nature is there.
    pub(crate) fn has(&self, nature: Nature) -> bool {
        self.conditions
            .iter()
            .any(|has| has.condition.nature == nature)
    }

    /// Whether there is a condition with this code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.conditions
            .iter()
            .any(|has| has.condition.term.code == code)
    }

    /// The last day something can be written about: today, or the day of death.
    pub(crate) fn until(&self, today: Day) -> Day {
        self.died.map_or(today, |died| died.min(today))
    }
}

/// Nine valid numbers are taken from each ten that differ in the ninth digit only (one in eleven
/// leads has no check digit, so each ten has nine or ten), in an order that looks like none.
pub(crate) fn nhs_number(index: u32) -> NhsNumber {
    const TENS: u64 = 99_999;
    let place = (u64::from(index) * 350_003 + 12_347) % (TENS * 9);
    let rank = usize::try_from(place % 9).expect("below nine");
    (0..10)
        .filter_map(|ninth| NhsNumber::synthetic(place / 9 * 10 + ninth))
        .nth(rank)
        .expect("of ten leads in a row at least nine have a check digit")
}

fn born(dice: &Dice, today: Day, arrives: u32) -> Day {
    // England's ages in steps of five years, in tenths of a per cent.
    const PYRAMID: [u32; 20] = [
        53, 57, 60, 58, 59, 63, 67, 66, 65, 60, 66, 68, 61, 52, 48, 43, 27, 17, 8, 2,
    ];
    if arrives > 1 {
        return today.plus(arrives.cast_signed() - 2);
    }
    let mut left = dice.below(PYRAMID.iter().sum());
    let mut step = 0;
    for weight in PYRAMID {
        if left < weight {
            break;
        }
        left -= weight;
        step += 1;
    }
    today.plus(-(step * 1_826 + dice.between(1, 1_826)))
}

fn name(dice: &Dice, female: bool, age: i32) -> ([&'static str; 2], String) {
    let list = if female { &FEMALE } else { &MALE };
    // Names are listed from old to young: a name comes from around the age's own place.
    let centre = (94 - age).clamp(0, 94);
    let given = || {
        let place = (centre + dice.between(-16, 16)).clamp(0, 95);
        usize::try_from(place)
            .ok()
            .and_then(|place| list.get(place))
            .copied()
            .unwrap_or("Alex")
    };
    let given = [given(), given()];
    let mut family = (dice.pick(&FAMILY)).to_owned();
    if dice.chance(250) {
        family.push('-');
        family.push_str(dice.pick(&FAMILY));
    }
    (given, family)
}

fn died(dice: &Dice, today: Day, age: i32) -> Option<Day> {
    let (before, ahead) = match age {
        ..60 => (4, 4),
        60..80 => (80, 150),
        _ => (300, 500),
    };
    if dice.chance(before) {
        Some(today.plus(-dice.between(1, 600)))
    } else if dice.chance(ahead) {
        Some(today.plus(dice.between(0, 29)))
    } else {
        None
    }
}

fn inward(dice: &Dice) -> String {
    const LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
    let letter = || char::from(dice.pick(LETTERS));
    let (first, second) = (letter(), letter());
    format!("{}{first}{second}", 1 + dice.below(9))
}

fn frailty(dice: &Dice, age: i32) -> u8 {
    let draw = dice.below(100);
    match age {
        ..65 => u8::from(draw < 1),
        65..75 => u8::from(draw < 16) + u8::from(draw < 4),
        75..85 => u8::from(draw < 42) + u8::from(draw < 16) + u8::from(draw < 5),
        _ => u8::from(draw < 78) + u8::from(draw < 45) + u8::from(draw < 18),
    }
}

fn conditions(dice: &Dice, female: bool, age: i32, born: Day, until: Day) -> Vec<Has> {
    let band = match age {
        ..18 => 0,
        18..40 => 1,
        40..60 => 2,
        60..75 => 3,
        _ => 4,
    };
    let mut found = Vec::new();
    for condition in &CONDITIONS {
        let drawn = dice.chance(condition.share.get(band).copied().unwrap_or(0));
        let when = dice.below(1_000).cast_signed();
        let excluded = match condition.only {
            Some(Only::Women) => !female,
            Some(Only::Men) => female,
            None => false,
        };
        if drawn && !excluded && age >= condition.from_age {
            // Most conditions began in the later part of the years in which they can have begun.
            let first = born.plus(condition.from_age * 365);
            let span = until.since(first).clamp(0, 9_000);
            let since = until.plus(-(span / 1_000 * when + span % 1_000 * when / 1_000));
            found.push(Has { condition, since });
        }
    }
    found
}

fn allergies(dice: &Dice, age: i32) -> Vec<&'static Allergen> {
    let mean = if age < 18 {
        0.10
    } else {
        0.16 + f64::from(age) / 300.0
    };
    let mut found: Vec<&'static Allergen> = Vec::new();
    for _ in 0..dice.times(mean).min(5) {
        let total = ALLERGENS.iter().map(|allergen| allergen.weight).sum();
        let mut left = dice.below(total);
        for allergen in &ALLERGENS {
            if left < allergen.weight {
                if found.iter().all(|known| known.term != allergen.term) {
                    found.push(allergen);
                }
                break;
            }
            left -= allergen.weight;
        }
    }
    found
}

fn sharing(dice: &Dice) -> Sharing {
    match dice.below(1_000) {
        0..27 => Sharing::OptOut,
        27..30 => Sharing::Withdrawn,
        30..32 => Sharing::UndatedOptOut,
        32..280 => Sharing::Consent,
        280..283 => Sharing::Lifted,
        283..286 => Sharing::UndatedConsent,
        286..296 => Sharing::National,
        _ => Sharing::Silent,
    }
}

fn care(dice: &Dice, person: &Person, today: Day) -> Care {
    let frail = [0, 900, 3_800, 8_000]
        .get(usize::from(person.frailty))
        .copied()
        .unwrap_or(0);
    let adult = person.age >= 18;
    let dementia = person.has(Nature::Dementia);
    let learning = person.has(Nature::Learning);
    let community = person.has(Nature::Psychosis)
        || dice.chance(frail)
        || (person.has(Nature::Mood) && dice.chance(900))
        || (dementia && dice.chance(6_000))
        || (learning && dice.chance(3_500))
        || dice.chance(120);
    let recent_cancer = person
        .conditions
        .iter()
        .any(|has| has.condition.nature == Nature::Cancer && today.since(has.since) < 2_900);
    let cancer = recent_cancer && dice.chance(8_500);
    let adult_case = adult
        && (dice.chance(frail / 2)
            || (dementia && dice.chance(3_500))
            || (person.has_code("110359009") && dice.chance(6_000))
            || dice.chance(60));
    let child_case = match (adult, dice.below(1_000)) {
        (false, 0..4) => 3,
        (false, 4..9) => 2,
        (false, 9..26) => 1,
        _ => 0,
    };
    Care {
        community,
        cancer,
        adult_case,
        child_case,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_nhs_number_of_a_full_region_is_valid_and_its_own() {
        let mut seen = HashSet::new();
        for index in 0..739_000 {
            assert!(seen.insert(nhs_number(index).as_u64()), "{index}");
        }
    }

    #[test]
    fn shares_are_what_the_product_page_asks_for() {
        let today = Day::from(date(2026, 11, 22));
        let people: Vec<_> = (0..20_000)
            .map(|index| Person::new(7, index, today))
            .collect();
        let share = |count: usize| f64::from(u32::try_from(count).unwrap()) / 200.0;
        let refused = share(people.iter().filter(|p| p.sharing.refuses()).count());
        assert!((2.5..4.0).contains(&refused), "{refused}");
        let consented = share(people.iter().filter(|p| p.sharing.consents()).count());
        assert!((23.0..27.0).contains(&consented), "{consented}");
        let old = share(people.iter().filter(|p| p.age >= 65).count());
        assert!((17.0..23.0).contains(&old), "{old}");
        assert!(
            people
                .iter()
                .all(|p| p.died.is_none_or(|died| died >= p.born))
        );
    }
}
