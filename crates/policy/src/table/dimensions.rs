//! What a case is made of, in the words of the tables.

use std::collections::BTreeSet;

use tributary_model::{
    AccessAction, AccountId, Address, IdentityId, LegalReason, Organisation, OrganisationKind,
    Part, PatientId, Purpose, Requester, Role, SharingChoice, Statement, Timestamp,
};

use crate::{
    Account, AgeBand, Agreement, Ask, Facts, Grant, Holding, Life, ReferralCheck, Registration,
    RelationshipStanding, Rulebook, SaidNo, Whose,
};

/// A column of a table.
pub(super) struct Dimension {
    pub(super) title: &'static str,
    pub(super) groups: Vec<Group>,
}

/// One value of a column: several variants of the facts that no rule tells apart.
pub(super) struct Group {
    pub(super) label: &'static str,
    pub(super) note: &'static str,
    pub(super) variants: Vec<Variant>,
}

/// Sets the facts of a case.
pub(super) type Variant = Box<dyn Fn(&mut Case<'_>)>;

impl Dimension {
    /// A cell in words.
    pub(super) fn words(&self, cell: &BTreeSet<usize>) -> String {
        let labels = |is_in: bool| {
            let groups = self.groups.iter().enumerate();
            groups
                .filter(|(at, _)| cell.contains(at) == is_in)
                .map(|(_, group)| group.label)
                .collect::<Vec<_>>()
        };
        let (inside, outside) = (labels(true), labels(false));
        if outside.is_empty() {
            "any".to_owned()
        } else if inside.len() > 3 && outside.len() < inside.len() {
            format!("anything but {}", outside.join(" or "))
        } else {
            inside.join(" or ")
        }
    }
}

impl Group {
    fn new(label: &'static str, variants: Vec<Variant>) -> Self {
        Self {
            label,
            note: "",
            variants,
        }
    }

    /// A group whose label needs an explanation.
    fn noted(label: &'static str, note: &'static str, variants: Vec<Variant>) -> Self {
        Self {
            label,
            note,
            variants,
        }
    }
}

/// One variant for each value.
fn each<T: Copy + 'static>(
    values: impl IntoIterator<Item = T>,
    set: fn(&mut Case<'_>, T),
) -> Vec<Variant> {
    let variant = |value| Box::new(move |case: &mut Case<'_>| set(case, value)) as Variant;
    values.into_iter().map(variant).collect()
}

/// What rule 1 looks at.
pub(super) fn of_the_requester() -> Vec<Dimension> {
    use Group as G;
    let column = |title, groups| Dimension { title, groups };
    let account = |values: &[Account]| each(values.to_vec(), |case, it| case.facts.account = it);
    let register =
        |values: &[Registration]| each(values.to_vec(), |case, it| case.facts.registration = it);
    let purpose = |values: &[Purpose]| each(values.to_vec(), |case, it| case.ask.purpose = it);
    let whose = |values: &[Whose]| each(values.to_vec(), |case, it| case.facts.record = it);
    let agreement =
        |values: &[Agreement]| each(values.to_vec(), |case, it| case.facts.agreement = it);
    let kind = |private: bool| {
        let kinds = OrganisationKind::ALL.into_iter();
        let kinds = kinds.filter(move |kind| (*kind == OrganisationKind::Private) == private);
        each(kinds, |case, it| case.ask.requester.organisation.kind = it)
    };
    let others = [Purpose::SubjectAccess, Purpose::AuditReview, Purpose::Other];
    let none = [
        Agreement::FeedingOnly,
        Agreement::NotInForce,
        Agreement::None,
    ];
    vec![
        column(
            "account",
            vec![
                G::new("active", account(&[Account::Active])),
                G::new("not active", account(&[Account::Suspended])),
            ],
        ),
        column(
            "professional register",
            vec![
                G::new("valid", register(&[Registration::Valid])),
                G::new(
                    "lapsed or none",
                    register(&[Registration::Lapsed, Registration::None]),
                ),
            ],
        ),
        column(
            "role",
            vec![
                G::new(
                    "may view",
                    each(Role::ALL, |case, role| case.role(role, true)),
                ),
                G::new(
                    "may not view",
                    each(Role::ALL, |case, role| case.role(role, false)),
                ),
            ],
        ),
        column(
            "purpose",
            vec![
                G::new("direct care", purpose(&[Purpose::DirectCare])),
                G::new("any other", purpose(&others)),
            ],
        ),
        column(
            "record",
            vec![
                G::new("another's", whose(&[Whose::Another])),
                G::new("their own", whose(&[Whose::Own])),
            ],
        ),
        column(
            "organisation",
            vec![
                G::new("NHS body or council", kind(false)),
                G::new("private company", kind(true)),
            ],
        ),
        column(
            "agreement",
            vec![
                G::new("in force, covers viewing", agreement(&[Agreement::Viewing])),
                G::new("none such", agreement(&none)),
            ],
        ),
    ]
}

/// What rules 2 to 14 look at.
pub(super) fn of_the_patient() -> Vec<Dimension> {
    vec![relationship(), choice(), said_no(), holdings(), statement()]
}

fn relationship() -> Dimension {
    use RelationshipStanding::{Current, Ended, InGrace, None, NotYetBegun};
    let standing = |values: &[RelationshipStanding]| {
        each(values.to_vec(), |case, it| case.facts.relationship = it)
    };
    let groups = vec![
        Group::noted(
            "relationship",
            "the organisation has a legitimate relationship with the patient now, or had one until \
             lately (the grace period)",
            standing(&[Current, InGrace]),
        ),
        Group::noted(
            "no relationship",
            "none, not yet begun, or ended longer ago than the grace period; also a person who \
             does not exist",
            standing(&[None, NotYetBegun, Ended]),
        ),
    ];
    Dimension {
        title: "relationship",
        groups,
    }
}

fn choice() -> Dimension {
    let set = |value| {
        each([value], |case, it: Option<SharingChoice>| {
            case.facts.preference = it;
        })
    };
    let groups = vec![
        Group::new("undecided", set(None)),
        Group::new("consent", set(Some(SharingChoice::Consent))),
        Group::new("blocked", set(Some(SharingChoice::Block))),
        Group::new("opted out", set(Some(SharingChoice::OptOut))),
    ];
    Dimension {
        title: "standing choice",
        groups,
    }
}

fn said_no() -> Dimension {
    let set = |values: &[(SaidNo, bool)]| {
        each(values.to_vec(), |case, (said_no, shown)| {
            case.facts.said_no = said_no;
            case.colleague_no_shown = shown;
        })
    };
    let groups = vec![
        Group::new(
            "nobody",
            set(&[(SaidNo::ToNobody, false), (SaidNo::ToNobody, true)]),
        ),
        Group::noted(
            "a colleague, shown",
            "a colleague was told no, and the requester has been shown it before stating an \
             emergency",
            set(&[(SaidNo::ToColleague, true)]),
        ),
        Group::new(
            "a colleague, not shown",
            set(&[(SaidNo::ToColleague, false)]),
        ),
        Group::noted(
            "this requester",
            "this requester was told no, perhaps a colleague too, and not yes since",
            set(&[
                (SaidNo::ToRequester, false),
                (SaidNo::ToRequester, true),
                (SaidNo::ToBoth, false),
                (SaidNo::ToBoth, true),
            ]),
        ),
    ];
    Dimension {
        title: "said no lately to",
        groups,
    }
}

fn holdings() -> Dimension {
    const HOUR: i64 = 1;
    let set = |values: &[(Grant, i64)]| {
        each(values.to_vec(), |case, (grant, hours)| {
            case.holds(grant, hours);
        })
    };
    let legal = |reason| (Grant::Legal(reason), HOUR);
    let mut none = set(&Grant::ALL.map(|grant| (grant, 0)));
    none.push(Box::new(|_| {}));
    none.extend(each(Grant::ALL, |case, grant| {
        case.facts.life = Life::Dead;
        case.holds(grant, HOUR);
    }));
    let under_thirteen = |ages: &[AgeBand]| {
        each(ages.to_vec(), |case, age| {
            case.age(age);
            case.holds(Grant::Legal(LegalReason::UnderThirteen), HOUR);
        })
    };
    none.extend(each(Grant::ALL, |case, grant| {
        case.possible &= case.facts.said_no.to_requester();
        case.facts.holdings.push(case.holding(grant, HOUR));
    }));
    none.extend(under_thirteen(&[AgeBand::ThirteenOrOver, AgeBand::Unknown]));
    let mut other = set(&[
        legal(LegalReason::LacksCapacity),
        legal(LegalReason::ReferredHere),
        legal(LegalReason::Protection),
    ]);
    other.extend(under_thirteen(&[AgeBand::UnderThirteen]));
    let groups = vec![
        Group::noted(
            "nothing",
            "nothing recorded, or it has run out, or the patient told this requester no or has died \
             since, or it was given because the patient was under 13 and they no longer are",
            none,
        ),
        Group::new("consent of today", set(&[(Grant::ConsentToday, HOUR)])),
        Group::new("emergency grant", set(&[(Grant::Emergency, HOUR)])),
        Group::new("grant on another basis", other),
    ];
    Dimension {
        title: "requester holds",
        groups,
    }
}

fn statement() -> Dimension {
    use LegalReason::{LacksCapacity, Protection, ReferredHere, UnderThirteen};
    let plain = |statement: fn() -> Statement| -> Vec<Variant> {
        vec![Box::new(move |case| case.ask.statement = statement())]
    };
    let emergency = |may: bool, reason: &'static str| {
        each(
            Role::ALL.map(|role| (role, may, reason)),
            |case, (role, may, reason)| {
                case.breaks_glass(role, may);
                case.emergency(reason);
            },
        )
    };
    let legal = |reason, attorney_asked| {
        each([(reason, attorney_asked)], |case, (reason, asked)| {
            case.legal(reason, asked);
        })
    };
    let aged = |ages: &[AgeBand]| {
        each(ages.to_vec(), |case, age| {
            case.age(age);
            case.legal(UnderThirteen, false);
        })
    };
    let referred = |checks: &[ReferralCheck]| {
        each(checks.to_vec(), |case, found| {
            case.facts.referral = found;
            case.legal(ReferredHere, false);
        })
    };
    let emergency_incomplete = [
        emergency(false, "collapsed"),
        emergency(false, ""),
        emergency(true, " "),
    ];
    let legal_met = [
        legal(LacksCapacity, true),
        aged(&[AgeBand::UnderThirteen]),
        referred(&[ReferralCheck::Both]),
        legal(Protection, false),
    ];
    let legal_unmet = [
        legal(LacksCapacity, false),
        aged(&[AgeBand::ThirteenOrOver, AgeBand::Unknown]),
        referred(&[
            ReferralCheck::Neither,
            ReferralCheck::ReceivesService,
            ReferralCheck::Referred,
        ]),
    ];
    let groups = vec![
        Group::new("nothing yet", plain(|| Statement::Nothing)),
        Group::new("the patient says no", plain(|| Statement::SaysNo)),
        Group::new("standing consent", plain(|| Statement::ConsentStanding)),
        Group::new("consent for today", plain(|| Statement::ConsentToday)),
        Group::noted(
            "emergency",
            "the patient cannot be asked, the role may break the glass, and a reason is given",
            emergency(true, "collapsed"),
        ),
        Group::noted(
            "emergency, incomplete",
            "the role may not break the glass, or no reason is given",
            emergency_incomplete.into_iter().flatten().collect(),
        ),
        Group::noted(
            "another basis",
            "lacks capacity, and an attorney or deputy was asked for first (Mental Capacity Act \
             2005); under 13 and not with someone holding parental responsibility, and known to be \
             under 13; receives this organisation's service and was referred to it by another \
             provider, both on record; an incident requires us to protect the person",
            legal_met.into_iter().flatten().collect(),
        ),
        Group::noted(
            "another basis, not met",
            "one of these without its check",
            legal_unmet.into_iter().flatten().collect(),
        ),
    ];
    Dimension {
        title: "stated now",
        groups,
    }
}

/// A case being made up. What contradicts itself is no case.
pub(super) struct Case<'a> {
    rulebook: &'a Rulebook,
    now: Timestamp,
    ask: Ask,
    facts: Facts,
    role: Option<Role>,
    age: Option<AgeBand>,
    colleague_no_shown: bool,
    possible: bool,
}

impl<'a> Case<'a> {
    /// A requester whom rule 1 does not refuse, with a patient whom rule 2 does not hide.
    pub(super) fn new(rulebook: &'a Rulebook, now: Timestamp) -> Self {
        let facts = Facts {
            account: Account::Active,
            registration: Registration::Valid,
            record: Whose::Another,
            agreement: Agreement::Viewing,
            relationship: RelationshipStanding::Current,
            ..Facts::default()
        };
        Self {
            rulebook,
            now,
            ask: ask(),
            facts,
            role: None,
            age: None,
            colleague_no_shown: false,
            possible: true,
        }
    }

    /// What is asked and known; `None` if the case contradicts itself.
    pub(super) fn into_parts(mut self) -> Option<(Ask, Facts)> {
        self.ask.requester.role = self
            .role
            .or_else(|| self.rulebook.viewers.first().copied())?;
        self.facts.age = self.age.unwrap_or(AgeBand::ThirteenOrOver);
        if let Statement::Emergency {
            colleague_no_shown, ..
        } = &mut self.ask.statement
        {
            *colleague_no_shown = self.colleague_no_shown;
        }
        self.possible.then_some((self.ask, self.facts))
    }

    fn role(&mut self, role: Role, may_view: bool) {
        self.possible &= self.rulebook.viewers.contains(&role) == may_view;
        self.role = Some(role);
    }

    fn breaks_glass(&mut self, role: Role, may: bool) {
        self.role(role, true);
        self.possible &= self.rulebook.glass_breakers.contains(&role) == may;
    }

    fn age(&mut self, age: AgeBand) {
        self.possible &= self.age.is_none_or(|known| known == age);
        self.age = Some(age);
    }

    /// Something held. A no to the requester ends it, so the two do not go together.
    fn holds(&mut self, grant: Grant, hours: i64) {
        self.possible &= !self.facts.said_no.to_requester();
        self.facts.holdings.push(self.holding(grant, hours));
    }

    fn holding(&self, grant: Grant, hours: i64) -> Holding {
        Holding {
            grant,
            given: self.now,
            until: self.now.plus(hours * Timestamp::HOUR),
        }
    }

    fn emergency(&mut self, reason: &str) {
        let (reason, wishes) = (reason.to_owned(), String::new());
        self.ask.statement = Statement::Emergency {
            reason,
            wishes,
            colleague_no_shown: false,
        };
    }

    fn legal(&mut self, reason: LegalReason, attorney_asked: bool) {
        self.ask.statement = Statement::Legal {
            reason,
            words: String::new(),
            attorney_asked,
        };
    }
}

fn ask() -> Ask {
    let code = "X26".parse().expect("this is the form of a code");
    let kind = OrganisationKind::AcuteTrust;
    Ask {
        requester: Requester {
            account: AccountId(1),
            name: String::new(),
            register: None,
            role: Role::Doctor,
            organisation: Organisation {
                code,
                name: String::new(),
                kind,
            },
        },
        patient: Some(PatientId(1)),
        address: Address(IdentityId(1)),
        purpose: Purpose::DirectCare,
        part: Some(Part::Treating),
        statement: Statement::Nothing,
        action: AccessAction::OpenRecord,
    }
}
