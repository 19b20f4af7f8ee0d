//! The region's plan: its size, its organisations, and who belongs where on which night.

use jiff::civil::Date;
use tributary_model::{OdsCode, Organisation, OrganisationKind};

use crate::{
    calendar::Day,
    dice::{Dice, happens, mix},
    person::Person,
    tables::{
        conditions::Nature,
        names::{FAMILY, FEMALE, MALE},
        places::{PRACTICE_NAMES, TOWNS, Town},
    },
};

/// Practices stand in blocks of so many; a block shares out its people, and people who move do so
/// within it. So a person's practice does not depend on the region's size.
pub(crate) const BLOCK: u32 = 6;
/// People of one block.
pub(crate) const BLOCK_PEOPLE: u32 = 60_000;
/// The sizes a region may have.
const SIZES: std::ops::RangeInclusive<u32> = 100..=739_000;

/// What region to write.
#[derive(Clone, Debug)]
pub struct RegionPlan {
    /// How many people, those among them who are born on later nights included.
    pub people: u32,
    /// The seed: the same seed, size and date give the same bytes.
    pub seed: u64,
    /// The date of night 1; night `k` is `k - 1` days later.
    pub today: Date,
    sites: Vec<Site>,
}

/// An organisation as the feeds need it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) organisation: Organisation,
    pub(crate) code: String,
    /// The system of its local numbers.
    pub(crate) local_system: String,
    /// Its own number, which no other has whatever the region's size.
    pub(crate) number: u32,
    pub(crate) telephone: String,
    /// Who writes its entries.
    pub(crate) staff: Vec<String>,
}

/// How a person stands to an organisation on a night.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// Belongs to it.
    Here,
    /// Was registered and has moved away: only the ended registration is left.
    Left(u32),
    /// Moved here on that night; the record came along.
    Moved(u32),
    /// Registered for a short stay.
    Temporary,
}

impl RegionPlan {
    /// A plan; the size is brought into 100 to 739,000.
    #[must_use]
    pub fn new(people: u32, seed: u64, today: Date) -> Self {
        let people = people.clamp(*SIZES.start(), *SIZES.end());
        let practices = people.div_ceil(BLOCK_PEOPLE) * BLOCK;
        let sites = (0..practices)
            .map(Site::practice)
            .chain(Site::region_wide())
            .collect();
        Self {
            people,
            seed,
            today,
            sites,
        }
    }

    /// The organisations: GP practices first, then those that serve the whole region.
    #[must_use]
    pub fn organisations(&self) -> Vec<Organisation> {
        self.sites
            .iter()
            .map(|site| site.organisation.clone())
            .collect()
    }

    /// The date of a night.
    #[must_use]
    pub fn date_of(&self, night: u32) -> Date {
        let days = i64::from(night.saturating_sub(1));
        self.today
            .saturating_add(jiff::Span::new().days(days.min(100_000)))
    }

    pub(crate) fn sites(&self) -> &[Site] {
        &self.sites
    }

    pub(crate) fn start(&self) -> Day {
        Day::from(self.today)
    }

    pub(crate) fn person(&self, index: u32) -> Person {
        Person::new(self.seed, index, self.start())
    }

    /// The people among whom an organisation's people are.
    pub(crate) fn candidates(&self, site: &Site) -> std::ops::Range<u32> {
        match site.practice_number() {
            Some(practice) => {
                let first = practice / BLOCK * BLOCK_PEOPLE;
                first..(first + BLOCK_PEOPLE).min(self.people)
            }
            None => 0..self.people,
        }
    }

    /// The person, if they have to do with the organisation on a night.
    pub(crate) fn member(&self, site: &Site, index: u32, night: u32) -> Option<(Person, Standing)> {
        if let Some(practice) = site.practice_number() {
            // Looked up before the person is made: five of six candidates go elsewhere.
            Registration::of(self.seed, index).standing(practice % BLOCK, night)?;
        }
        let person = self.person(index);
        let standing = Self::standing(site, &person, night)?;
        Some((person, standing))
    }

    /// How a person stands to the organisation on a night.
    pub(crate) fn standing(site: &Site, person: &Person, night: u32) -> Option<Standing> {
        if person.arrives > night {
            return None;
        }
        match site.practice_number() {
            Some(practice) => person.registration.standing(practice % BLOCK, night),
            None => serves(site, person, night).then_some(Standing::Here),
        }
    }
}

/// Where a person is registered, without the rest of the person.
#[derive(Clone, Copy)]
pub(crate) struct Registration {
    pub(crate) practice: u32,
    /// The night of a move and the practice of the same block moved to.
    pub(crate) moves: Option<(u32, u32)>,
    /// A short stay at another practice of the block.
    temporary: Option<u32>,
}

impl Registration {
    /// Nights over which moves are spread.
    const NIGHTS_AHEAD: u32 = 30;

    pub(crate) fn of(seed: u64, index: u32) -> Self {
        let dice = Dice::of(Person::key_of(seed, index), 2);
        let practice = dice.below(BLOCK);
        let another = |chance: u32| {
            let other = (practice + 1 + dice.below(BLOCK - 1)) % BLOCK;
            dice.chance(chance).then_some(other)
        };
        let moves = another(100);
        let temporary = another(20);
        let night = 2 + dice.below(Self::NIGHTS_AHEAD);
        Self {
            practice,
            moves: moves.map(|to| (night, to)),
            temporary,
        }
    }

    fn standing(self, practice: u32, night: u32) -> Option<Standing> {
        let moved = self.moves.filter(|(when, _)| *when <= night);
        match moved {
            Some((when, _)) if practice == self.practice => Some(Standing::Left(when)),
            Some((when, to)) if practice == to => Some(Standing::Moved(when)),
            None if practice == self.practice => Some(Standing::Here),
            _ => (self.temporary == Some(practice)).then_some(Standing::Temporary),
        }
    }
}

/// Whether one of the organisations that serve the whole region has to do with a person.
fn serves(site: &Site, person: &Person, night: u32) -> bool {
    match site.organisation.kind {
        OrganisationKind::AcuteTrust => {
            let near = near(person, site);
            let visited = person.visits.iter().any(|visit| visit.away != near);
            visited
                || (near && (person.has(Nature::Dialysis) || emergency(person, night).is_some()))
        }
        OrganisationKind::CancerTrust => person.care.cancer,
        OrganisationKind::MentalHealthTrust => person.care.community,
        OrganisationKind::Council => {
            (person.care.adult_case || person.care.child_case > 0) && near(person, site)
        }
        OrganisationKind::Ambulance => arrival(person, night).is_some(),
        _ => false,
    }
}

/// Whether of the two organisations of a kind this is the nearer one.
pub(crate) fn near(person: &Person, site: &Site) -> bool {
    person.registration.practice % 2 == site.number % 2
}

/// The night on which a person first came to the emergency department after night 1, if one did.
pub(crate) fn emergency(person: &Person, night: u32) -> Option<u32> {
    (2..=night).find(|night| happens(mix(person.key, 900 + u64::from(*night)), 60))
}

/// The night on which an ambulance last brought a person; night 1 stands for the days before it.
pub(crate) fn arrival(person: &Person, night: u32) -> Option<u32> {
    let before = happens(mix(person.key, 901), 400).then_some(1);
    // Every second of those who come in a night is brought.
    emergency(person, night)
        .filter(|_| person.key.is_multiple_of(2))
        .or(before)
}

impl Site {
    /// The town of a practice, or the region's first.
    pub(crate) fn town(practice: u32) -> &'static Town {
        let place = usize::try_from(practice).unwrap_or(0) % TOWNS.len();
        TOWNS.get(place).expect("the place is within the list")
    }

    /// The number of a GP practice.
    pub(crate) fn practice_number(&self) -> Option<u32> {
        self.number.checked_sub(100)
    }

    fn practice(practice: u32) -> Self {
        let turn =
            usize::try_from(practice).unwrap_or(0) / TOWNS.len() + usize::from(practice % 2 == 1);
        let suffix = PRACTICE_NAMES
            .get(turn % PRACTICE_NAMES.len())
            .copied()
            .unwrap_or("Surgery");
        let name = format!("{} {suffix}", Self::town(practice).name);
        let code = format!("ZZP{:02}", practice + 1);
        Self::new(&code, &name, OrganisationKind::GpPractice, 100 + practice)
    }

    fn region_wide() -> impl Iterator<Item = Self> {
        use OrganisationKind::{AcuteTrust, Ambulance, CancerTrust, Council, MentalHealthTrust};
        [
            ("ZZA01", "Marlbeck Hospitals NHS Trust", AcuteTrust, 2),
            ("ZZA02", "Eastmere Hospitals NHS Trust", AcuteTrust, 3),
            (
                "ZZC01",
                "Rowanfield Cancer Centre NHS Trust",
                CancerTrust,
                4,
            ),
            (
                "ZZM01",
                "Two Rivers Partnership NHS Trust",
                MentalHealthTrust,
                5,
            ),
            ("ZZS01", "Westmarch Council", Council, 6),
            ("ZZS02", "Eastmarch Council", Council, 7),
            (
                "ZZV01",
                "Saltmarch Ambulance Service NHS Trust",
                Ambulance,
                8,
            ),
        ]
        .into_iter()
        .map(|(code, name, kind, number)| Self::new(code, name, kind, number))
    }

    fn new(code: &str, name: &str, kind: OrganisationKind, number: u32) -> Self {
        let ods: OdsCode = code.parse().expect("invented codes are letters and digits");
        Self {
            organisation: Organisation {
                code: ods,
                name: name.to_owned(),
                kind,
            },
            code: code.to_owned(),
            local_system: format!(
                "https://{}.example.nhs.uk/local-number",
                code.to_lowercase()
            ),
            number,
            telephone: format!("01632 960{:03}", number * 7 % 1_000),
            staff: staff(kind, number),
        }
    }

    /// The number the organisation gives a person: seven digits, each person's own.
    pub(crate) fn local_number(&self, index: u32) -> String {
        let number = u64::from(index) * 7_654_321 + u64::from(self.number) * 1_299_709 + 1_000_003;
        format!("{:07}", number % 10_000_000)
    }

    /// The id of a person's Patient line.
    pub(crate) fn patient_id(&self, index: u32) -> String {
        format!("{}-{}", self.code, self.local_number(index))
    }
}

/// Invented names of those who write an organisation's entries.
fn staff(kind: OrganisationKind, number: u32) -> Vec<String> {
    let roles: [&str; 4] = match kind {
        OrganisationKind::GpPractice => ["Dr {}", "Dr {}", "Dr {}", "Nurse {}"],
        OrganisationKind::MentalHealthTrust => [
            "Dr {}",
            "Nurse {}",
            "{} (care coordinator)",
            "{} (occupational therapist)",
        ],
        OrganisationKind::Council => [
            "{} (social worker)",
            "{} (social worker)",
            "{} (support planner)",
            "{} (social worker)",
        ],
        OrganisationKind::Ambulance => ["Paramedic {}"; 4],
        _ => ["Dr {}", "Mr {}", "Sister {}", "Dr {}"],
    };
    let dice = Dice::of(u64::from(number), 77);
    let name = |role: &str| {
        let given = if role == "Mr {}" {
            dice.pick(&MALE)
        } else {
            dice.pick(&FEMALE)
        };
        role.replace("{}", &format!("{given} {}", dice.pick(&FAMILY)))
    };
    roles
        .iter()
        .cycle()
        .take(12)
        .map(|role| name(role))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_dozen_organisations_of_every_kind_with_codes_of_their_own() {
        let small = RegionPlan::new(2_000, 1, date(2026, 11, 22)).organisations();
        assert_eq!(small.len(), 13);
        let large = RegionPlan::new(739_000, 1, date(2026, 11, 22)).organisations();
        assert_eq!(large.len(), 78 + 7);
        assert_eq!(
            large
                .iter()
                .map(|one| &one.code)
                .collect::<HashSet<_>>()
                .len(),
            85
        );
        assert!(small.iter().all(|one| large.contains(one)));
    }

    #[test]
    fn local_numbers_are_each_persons_own() {
        let site = Site::practice(3);
        let numbers: HashSet<_> = (0..200_000).map(|index| site.local_number(index)).collect();
        assert_eq!(numbers.len(), 200_000);
    }

    #[test]
    fn everyone_is_registered_at_one_practice_and_moves_at_most_once() {
        for index in 0..3_000 {
            let registration = Registration::of(5, index);
            for night in [1, 5, 40] {
                let current = (0..BLOCK)
                    .filter_map(|practice| registration.standing(practice, night))
                    .filter(|standing| matches!(standing, Standing::Here | Standing::Moved(_)))
                    .count();
                assert_eq!(current, 1, "person {index} on night {night}");
            }
        }
    }
}
