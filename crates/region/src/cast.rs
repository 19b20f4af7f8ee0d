//! People a reader of the demonstration should look up.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;
use tributary_model::{NhsNumber, OdsCode, OrganisationKind};

use crate::{
    feed::{Kind, Lines},
    fhir::Sent,
    person::{Person, Sharing},
    plan::{BLOCK, BLOCK_PEOPLE, RegionPlan, Registration, Site, Standing},
    sheet::Sheet,
    source,
};

/// The role of somebody whose record a demonstration blocks at the practice's desk: no feed does.
pub const BLOCKED: &str = "blocked";

/// So many people are looked at to find the cast.
const SEARCHED: u32 = 30_000;

/// Someone to look up, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CastMember {
    /// What is special, as a short fixed name.
    pub role: &'static str,
    /// What is special, in a sentence.
    pub special: &'static str,
    /// The person's GP practice.
    pub organisation: OdsCode,
    /// The practice's number for the person.
    pub local_number: String,
    /// The person's NHS number.
    pub nhs_number: NhsNumber,
    /// Given name.
    pub given: String,
    /// Family name as the practice has it.
    pub family: String,
    /// Date of birth.
    pub born: Date,
    /// The other organisations that have the person on night 1.
    pub also_at: Vec<OdsCode>,
}

/// A role: its name, what it means, and who fits it.
struct Role {
    name: &'static str,
    special: &'static str,
    fits: fn(&Candidate<'_>) -> bool,
}

/// A person with what the organisations hold of them.
struct Candidate<'a> {
    plan: &'a RegionPlan,
    person: &'a Person,
    sites: Vec<&'a Site>,
    lines: Lines,
}

static ROLES: [Role; 18] = [
    Role {
        name: "conflicts",
        special: "Sources disagree: an allergy the hospital refutes, and two doses of one medicine",
        fits: |c| c.silent() && c.holds(Kind::AllergyIntolerance, "\"refuted\"") && c.two_doses(),
    },
    Role {
        name: "consented",
        special: "Standing consent: opens without a question; diabetes with years of results",
        fits: |c| {
            c.person.sharing == Sharing::Consent && c.living() && c.person.has_code("44054006")
        },
    },
    Role {
        name: "undecided",
        special: "Nothing recorded: the consent screen; several long-term conditions",
        fits: |c| c.silent() && c.person.conditions.len() > 4 && c.person.age < 80,
    },
    Role {
        name: "opted-out",
        special: "Opted out: refused, and nothing is kept",
        fits: |c| c.person.sharing == Sharing::OptOut && c.living() && c.sites.len() > 1,
    },
    Role {
        name: "child",
        special: "A child under 13 with weights and an allergy",
        fits: |c| {
            c.silent()
                && (2..12).contains(&c.person.age)
                && c.holds(Kind::AllergyIntolerance, "reaction")
        },
    },
    Role {
        name: "child-protection",
        special: "A child with a child protection plan, or looked after",
        fits: |c| c.silent() && c.person.care.child_case > 1,
    },
    Role {
        name: "deceased",
        special: "Died before the first night",
        fits: |c| {
            c.person
                .died
                .is_some_and(|died| died.plus(10) < c.plan.start())
                && c.person.sharing == Sharing::Silent
        },
    },
    Role {
        name: "doubtful",
        special: "A hospital identity without a verified NHS number: there may be more",
        fits: |c| c.silent() && c.person.age > 40 && c.waits(),
    },
    Role {
        name: "long",
        special: "Thousands of entries: dialysis three times a week for years",
        fits: |c| c.living() && !c.person.sharing.refuses() && c.lines_held() > 1_200,
    },
    Role {
        name: "in-hospital",
        special: "In hospital now, old and frail",
        fits: |c| c.silent() && c.holds(Kind::Encounter, "\"in-progress\"") && c.person.frailty > 0,
    },
    Role {
        name: "protected",
        special: "Protected address: place, telephone and practice are withheld",
        fits: |c| c.living() && c.person.protected && !c.person.sharing.refuses(),
    },
    Role {
        name: "resuscitation",
        special: "Frail: not for attempted resuscitation, and a treatment escalation plan",
        fits: |c| c.silent() && c.holds(Kind::Flag, "450476008"),
    },
    Role {
        name: "cancer",
        special: "Under the cancer trust: stage, regimen, cycles",
        fits: |c| c.silent() && c.holds(Kind::MedicationAdministration, "Cycle "),
    },
    Role {
        name: "mental-health",
        special: "Clozapine from the hospital only, and a crisis plan",
        fits: |c| {
            c.living()
                && c.holds(Kind::CarePlan, "Crisis plan")
                && c.holds(Kind::MedicationRequest, "Clozapine")
        },
    },
    Role {
        name: "pregnant",
        special: "Pregnant now",
        fits: |c| c.silent() && c.person.due.is_some_and(|due| due > c.plan.start()),
    },
    Role {
        name: "social-care",
        special: "An open adult social care case with services",
        fits: |c| c.silent() && c.person.care.adult_case && c.person.frailty > 0,
    },
    Role {
        name: "opts-out-on-night-2",
        special: "Opts out on night 2",
        fits: |c| c.living() && source::opted_out_on(c.person, 2) == Some(2) && c.sites.len() > 1,
    },
    Role {
        name: BLOCKED,
        special: "Blocked at the practice's desk: nobody can see it; practice-staff can unblock it",
        fits: |c| c.silent() && c.sites.len() > 1 && c.person.age > 20,
    },
];

/// People to look up, one for each role that the region has someone for, from its first practice
/// where there is one.
#[must_use]
pub fn cast(plan: &RegionPlan) -> Vec<CastMember> {
    let mut found: Vec<Option<CastMember>> = ROLES.iter().map(|_| None).collect();
    let mut taken = Vec::new();
    for home in [true, false] {
        for index in 0..plan.people.min(SEARCHED) {
            if found.iter().all(Option::is_some) {
                break;
            }
            let first = Registration::of(plan.seed, index).practice == 0 && index < BLOCK_PEOPLE;
            if first != home || taken.contains(&index) {
                continue;
            }
            let person = plan.person(index);
            // Those who move or are yet to be born are left out: the cast stays where it is.
            if person.arrives > 1 || person.registration.moves.is_some() {
                continue;
            }
            let candidate = Candidate::of(plan, &person);
            let open = ROLES
                .iter()
                .zip(&mut found)
                .find(|(role, member)| member.is_none() && (role.fits)(&candidate));
            if let Some((role, member)) = open {
                *member = candidate.member(role);
                taken.push(index);
            }
        }
    }
    found.into_iter().flatten().collect()
}

impl<'a> Candidate<'a> {
    fn of(plan: &'a RegionPlan, person: &'a Person) -> Self {
        let mut lines = Lines::default();
        let mut sites = Vec::new();
        for site in plan.sites() {
            let block = site
                .practice_number()
                .is_none_or(|practice| practice / BLOCK == person.practice_on(1) / BLOCK);
            let standing = RegionPlan::standing(site, person, 1).filter(|_| block);
            if let Some(standing) = standing.filter(|standing| *standing != Standing::Temporary) {
                source::write(&mut Sheet::new(
                    plan,
                    site,
                    (person, standing),
                    1,
                    &mut lines,
                ));
                sites.push(site);
            }
        }
        Self {
            plan,
            person,
            sites,
            lines,
        }
    }

    fn living(&self) -> bool {
        self.person.died.is_none()
    }

    fn silent(&self) -> bool {
        self.living()
            && self.person.sharing == Sharing::Silent
            && !self.person.protected
            && source::opted_out_on(self.person, 10).is_none()
    }

    fn holds(&self, kind: Kind, text: &str) -> bool {
        let held = self.lines.files.get(kind);
        held.windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    /// Whether one medicine is current at two doses.
    fn two_doses(&self) -> bool {
        let mut doses: HashMap<String, f64> = HashMap::new();
        self.lines.of(Kind::MedicationRequest).any(|line| {
            let line: Value = serde_json::from_slice(line).unwrap_or_default();
            let medicine = line
                .pointer("/medicationCodeableConcept/coding/0/code")
                .and_then(Value::as_str);
            let dose = line
                .pointer("/dosageInstruction/0/doseAndRate/0/doseQuantity/value")
                .and_then(Value::as_f64);
            let (Some(medicine), Some(dose)) = (medicine, dose) else {
                return false;
            };
            let active = line.get("status").is_some_and(|status| status == "active");
            active
                && doses
                    .insert(medicine.to_owned(), dose)
                    .is_some_and(|other| (other - dose).abs() > 0.01)
        })
    }

    fn waits(&self) -> bool {
        self.sites.iter().any(|site| {
            site.organisation.kind == OrganisationKind::AcuteTrust
                && Sent::of(site, self.person).waits()
        })
    }

    fn lines_held(&self) -> u64 {
        Kind::ALL
            .into_iter()
            .map(|kind| *self.lines.counts.get(kind))
            .sum()
    }

    fn member(&self, role: &Role) -> Option<CastMember> {
        let person = self.person;
        let practice = self
            .sites
            .iter()
            .find(|site| site.practice_number().is_some())?;
        let others = self
            .sites
            .iter()
            .filter(|site| site.practice_number().is_none());
        let days = person.born.since(self.plan.start());
        Some(CastMember {
            role: role.name,
            special: role.special,
            organisation: practice.organisation.code.clone(),
            local_number: practice.local_number(person.index),
            nhs_number: person.nhs_number(),
            given: person.given.first().copied().unwrap_or_default().to_owned(),
            family: person.family.clone(),
            born: self.plan.today.saturating_add(jiff::Span::new().days(days)),
            also_at: others.map(|site| site.organisation.code.clone()).collect(),
        })
    }
}
