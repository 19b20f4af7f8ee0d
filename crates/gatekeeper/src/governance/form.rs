//! The form on which settings are proposed: what is in force as fields, and fields as settings.
//!
//! A list of which nothing is chosen is empty, and an empty list means nobody. Where a rule is about
//! everybody, “every role” is chosen by name: nothing that is merely left out ever widens a rule.

use std::collections::BTreeSet;

use tributary_model::{OrganisationKind, Profession, Role, Section};
use tributary_policy::{
    OpenFor, Rulebook, RulebookError, SensitiveSet, Settings, Undecided, Withholding,
};

/// A form's fields as a browser sends them: names and values, names more than once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed(
    /// The pairs.
    pub Vec<(String, String)>,
);

/// Fields that belong together.
#[derive(Clone, Debug)]
pub struct FieldSet {
    /// Their heading.
    pub title: String,
    /// What to know about them.
    pub hint: String,
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What to know about it.
    pub hint: String,
    /// What it takes.
    pub kind: FieldKind,
}

/// What a field takes.
#[derive(Clone, Debug)]
pub enum FieldKind {
    /// A number.
    Number(String),
    /// A line of text.
    Line(String),
    /// Several lines of text.
    Lines(String),
    /// One of few, each shown.
    One(Vec<Choice>),
    /// One of many.
    Select(Vec<Choice>),
    /// Any of these; none is none.
    Several(Vec<Choice>),
}

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its value.
    pub value: &'static str,
    /// Its words.
    pub words: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The durations: field, label, unit.
const DURATIONS: [(&str, &str, &str); 5] = [
    (
        "consent-today-hours",
        "A consent for today lasts",
        "Hours, 0 to 24. 0: for one view, and it is not kept.",
    ),
    (
        "emergency-hours",
        "An emergency opening lasts",
        "Hours, 1 to 24.",
    ),
    (
        "legal-hours",
        "An opening on another lawful basis lasts",
        "Hours, 1 to 24.",
    ),
    ("no-hours", "A no is remembered for", "Hours, at least 24."),
    (
        "grace-days",
        "A relationship still counts after its end for",
        "Days, 0 to 366. A registration with a practice has none.",
    ),
];

const SNOMED: &str = "http://snomed.info/sct";
const EVERY: &str = "every";

impl Typed {
    fn one(&self, name: &str) -> &str {
        let mut pairs = self.0.iter();
        pairs
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.trim())
    }

    fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t str> {
        let pairs = self.0.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|one| one == value)
    }

    /// Why it is proposed.
    pub(super) fn why(&self) -> String {
        self.one("why").chars().take(1_000).collect()
    }

    /// How many rows of a kind there are, by their fields' names.
    fn rows(&self, kind: &str) -> usize {
        let prefix = format!("{kind}-");
        let number = |key: &str| {
            let rest = key.strip_prefix(&prefix)?;
            rest.split('-').next()?.parse::<usize>().ok()
        };
        let rows = self.0.iter().filter_map(|(key, _)| number(key));
        rows.max().map_or(0, |last| last + 1).min(100)
    }

    /// What is in force, as the form sends it unchanged.
    pub(super) fn of(settings: &Settings) -> Self {
        let rulebook = &settings.rulebook;
        let mut pairs = Vec::new();
        let mut put = |name: String, value: String| pairs.push((name, value));
        put("undecided".into(), undecided(rulebook.undecided).into());
        put(
            "standing-consent".into(),
            yes_no(rulebook.standing_consent).into(),
        );
        for (name, ..) in DURATIONS {
            put(name.into(), duration(rulebook, name).to_string());
        }
        for role in &rulebook.viewers {
            put("viewers".into(), role.name().into());
        }
        for role in &rulebook.glass_breakers {
            put("glass-breakers".into(), role.name().into());
        }
        for (n, rule) in rulebook.withheld.iter().enumerate() {
            let role = rule.role.map_or(EVERY, Role::name);
            let place = rule.organisation.map_or(EVERY, OrganisationKind::name);
            let purpose = rule.purpose.map_or(EVERY, OpenFor::name);
            put(format!("withheld-{n}-role"), role.into());
            put(format!("withheld-{n}-organisation"), place.into());
            put(format!("withheld-{n}-purpose"), purpose.into());
            for section in &rule.sections {
                put(format!("withheld-{n}-sections"), section.name().into());
            }
        }
        for (n, set) in settings.sensitive.sets.iter().enumerate() {
            put(format!("set-{n}-name"), set.name.clone());
            put(format!("set-{n}-codes"), codes_words(set).join("\n"));
            for role in &set.seen_by {
                put(format!("set-{n}-seen-by"), role.name().into());
            }
            for purpose in &set.seen_for {
                put(format!("set-{n}-seen-for"), purpose.name().into());
            }
        }
        Self(pairs)
    }

    /// The fields, filled in, with an empty row at the end of each list.
    pub(super) fn fields(&self) -> Vec<FieldSet> {
        let mut sets = vec![self.asking(), self.durations(), self.roles()];
        sets.extend((0..=self.rows("withheld")).map(|n| self.withheld(n)));
        sets.extend((0..=self.rows("set")).map(|n| self.sensitive(n)));
        sets
    }

    fn asking(&self) -> FieldSet {
        let choice = |name, value, words| Choice {
            value,
            words,
            chosen: self.one(name) == value,
        };
        let fields = vec![
            Field {
                name: "undecided".into(),
                label: "Where the patient has decided nothing".into(),
                hint: String::new(),
                kind: FieldKind::One(vec![
                    choice("undecided", "ask", "the patient is asked"),
                    choice(
                        "undecided",
                        "permit",
                        "viewing is permitted, nobody is asked",
                    ),
                    choice(
                        "undecided",
                        "no-record",
                        "no record is created until they opt in",
                    ),
                ]),
            },
            Field {
                name: "standing-consent".into(),
                label: "A patient can consent once and for all".into(),
                hint: String::new(),
                kind: FieldKind::One(vec![
                    choice("standing-consent", "yes", "Yes"),
                    choice(
                        "standing-consent",
                        "no",
                        "No, they are asked again each time",
                    ),
                ]),
            },
        ];
        FieldSet {
            title: "Asking the patient".into(),
            hint: String::new(),
            fields,
        }
    }

    fn durations(&self) -> FieldSet {
        let field = |(name, label, hint): &(&str, &str, &str)| Field {
            name: (*name).into(),
            label: (*label).into(),
            hint: (*hint).into(),
            kind: FieldKind::Number(self.one(name).to_owned()),
        };
        FieldSet {
            title: "How long things last".into(),
            hint: String::new(),
            fields: DURATIONS.iter().map(field).collect(),
        }
    }

    fn roles(&self) -> FieldSet {
        let field = |name: &str, label: &str| Field {
            name: name.into(),
            label: label.into(),
            hint: "None chosen means nobody.".into(),
            kind: FieldKind::Several(self.roles_of(name)),
        };
        FieldSet {
            title: "Who may do what".into(),
            hint: String::new(),
            fields: vec![
                field("viewers", "May view records"),
                field("glass-breakers", "May break the glass in an emergency"),
            ],
        }
    }

    fn roles_of(&self, name: &str) -> Vec<Choice> {
        let choice = |role: Role| Choice {
            value: role.name(),
            words: role.words(),
            chosen: self.has(name, role.name()),
        };
        clinical().map(choice).collect()
    }

    fn withheld(&self, n: usize) -> FieldSet {
        let select =
            |part: &str, label: &str, every, options: Vec<(&'static str, &'static str)>| {
                let name = format!("withheld-{n}-{part}");
                let typed = self.one(&name).to_owned();
                let options = [("", "Choose"), (EVERY, every)].into_iter().chain(options);
                let choice = |(value, words)| Choice {
                    value,
                    words,
                    chosen: typed == value,
                };
                Field {
                    label: label.into(),
                    hint: String::new(),
                    kind: FieldKind::Select(options.map(choice).collect()),
                    name,
                }
            };
        let name = format!("withheld-{n}-sections");
        let sections = withholdable().map(|section| Choice {
            value: section.name(),
            words: section.title(),
            chosen: self.has(&name, section.name()),
        });
        let sections = Field {
            label: "These sections".into(),
            hint: "None chosen: this rule is left out. Allergies are never withheld by role."
                .into(),
            kind: FieldKind::Several(sections.collect()),
            name: name.clone(),
        };
        let kinds = OrganisationKind::ALL.map(|kind| (kind.name(), kind.words()));
        FieldSet {
            title: if n < self.rows("withheld") {
                format!("Sections withheld, rule {}", n + 1)
            } else {
                "Sections withheld, another rule".into()
            },
            hint: String::new(),
            fields: vec![
                select(
                    "role",
                    "From the role",
                    "every role",
                    clinical().map(|role| (role.name(), role.words())).collect(),
                ),
                select(
                    "organisation",
                    "At the kind of organisation",
                    "every kind",
                    kinds.into(),
                ),
                select(
                    "purpose",
                    "When the record is open for",
                    "every purpose",
                    OpenFor::ALL.map(|it| (it.name(), it.words())).into(),
                ),
                sections,
            ],
        }
    }

    fn sensitive(&self, n: usize) -> FieldSet {
        let name = |part: &str| format!("set-{n}-{part}");
        let purposes = OpenFor::ALL.map(|purpose| Choice {
            value: purpose.name(),
            words: purpose.words(),
            chosen: self.has(&name("seen-for"), purpose.name()),
        });
        let field = |part: &str, label: &str, hint: &str, kind| Field {
            name: name(part),
            label: label.into(),
            hint: hint.into(),
            kind,
        };
        let typed = |part: &str| self.one(&name(part)).to_owned();
        FieldSet {
            title: if n < self.rows("set") {
                format!("Sensitive set {}", typed("name"))
            } else {
                "Another sensitive set".into()
            },
            hint: String::new(),
            fields: vec![
                field(
                    "name",
                    "Its name",
                    "Left empty: the set is left out.",
                    FieldKind::Line(typed("name")),
                ),
                field(
                    "codes",
                    "Its codes",
                    "A SNOMED CT code on each line; of another system with the system before it.",
                    FieldKind::Lines(typed("codes")),
                ),
                field(
                    "seen-by",
                    "Seen by",
                    "None chosen means nobody.",
                    FieldKind::Several(self.roles_of(&name("seen-by"))),
                ),
                field(
                    "seen-for",
                    "Seen when the record is open for",
                    "None chosen means never.",
                    FieldKind::Several(purposes.into()),
                ),
            ],
        }
    }

    /// The settings that were typed; what the form does not hold is as in the base.
    pub(super) fn read(&self, base: &Settings) -> Result<Settings, Vec<(String, String)>> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, words: String| problems.push((field.to_owned(), words));
        let mut settings = base.clone();
        let rulebook = &mut settings.rulebook;
        match self.one("undecided") {
            "ask" => rulebook.undecided = Undecided::Ask,
            "permit" => rulebook.undecided = Undecided::Permit,
            "no-record" => rulebook.undecided = Undecided::NoRecord,
            _ => wrong(
                "undecided",
                "Choose what happens where nothing is decided".into(),
            ),
        }
        match self.one("standing-consent") {
            "yes" => rulebook.standing_consent = true,
            "no" => rulebook.standing_consent = false,
            _ => wrong(
                "standing-consent",
                "Choose whether patients can consent for good".into(),
            ),
        }
        for (name, label, hint) in DURATIONS {
            match self.one(name).parse() {
                Ok(number) => *duration_mut(rulebook, name) = number,
                Err(_) => wrong(name, format!("{label}: enter a whole number. {hint}")),
            }
        }
        for name in ["viewers", "glass-breakers"] {
            match self.named(name, Role::named) {
                Some(roles) if name == "viewers" => rulebook.viewers = roles,
                Some(roles) => rulebook.glass_breakers = roles,
                None => wrong(name, "Choose from the roles that are offered".into()),
            }
        }
        rulebook.withheld = Vec::new();
        for n in 0..self.rows("withheld") {
            match self.read_withheld(n) {
                Ok(rule) => rulebook.withheld.extend(rule),
                Err((field, words)) => wrong(&field, words.into()),
            }
        }
        settings.sensitive.sets = Vec::new();
        for n in 0..self.rows("set") {
            match self.read_set(n) {
                Ok(set) => settings.sensitive.sets.extend(set),
                Err((field, words)) => wrong(&field, words.into()),
            }
        }
        if self.one("why").is_empty() {
            wrong(
                "why",
                "Say why, for those who approve it and for later readers".into(),
            );
        }
        if problems.is_empty() {
            settings
                .validate()
                .map_err(|error| vec![problem_of(&error)])?;
            return Ok(settings);
        }
        Err(problems)
    }

    /// Everything chosen of a list; `None` if something is no choice of it.
    fn named<T: Ord>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<BTreeSet<T>> {
        self.all(name).map(read).collect()
    }

    fn read_withheld(&self, n: usize) -> Result<Option<Withholding>, (String, &'static str)> {
        let name = |part: &str| format!("withheld-{n}-{part}");
        let sections = self.named(&name("sections"), Section::named);
        let sections = sections.ok_or((name("sections"), "Choose from the sections offered"))?;
        if sections.is_empty() {
            return Ok(None);
        }
        Ok(Some(Withholding {
            role: chosen(self.one(&name("role")), Role::named)
                .ok_or((name("role"), "Choose the role, or every role"))?,
            organisation: chosen(self.one(&name("organisation")), OrganisationKind::named)
                .ok_or((name("organisation"), "Choose the kind, or every kind"))?,
            purpose: chosen(self.one(&name("purpose")), OpenFor::named)
                .ok_or((name("purpose"), "Choose the purpose, or every purpose"))?,
            sections,
        }))
    }

    fn read_set(&self, n: usize) -> Result<Option<SensitiveSet>, (String, &'static str)> {
        let name = |part: &str| format!("set-{n}-{part}");
        let set = self.one(&name("name"));
        if set.is_empty() {
            return Ok(None);
        }
        let lines = self.one(&name("codes")).lines().map(str::trim);
        let codes: Vec<_> = lines
            .filter(|line| !line.is_empty())
            .map(|line| match line.rsplit_once(' ') {
                Some((system, code)) => (system.trim().to_owned(), code.to_owned()),
                None => (SNOMED.to_owned(), line.to_owned()),
            })
            .collect();
        if codes.is_empty() {
            return Err((name("codes"), "Enter the codes of the set"));
        }
        let roles = self.named(&name("seen-by"), Role::named);
        let purposes = self.named(&name("seen-for"), OpenFor::named);
        Ok(Some(SensitiveSet {
            name: set.chars().take(100).collect(),
            codes,
            seen_by: roles.ok_or((name("seen-by"), "Choose from the roles offered"))?,
            seen_for: purposes.ok_or((name("seen-for"), "Choose from the purposes offered"))?,
        }))
    }
}

/// A choice that may be “every”: `None` if nothing that is offered was chosen.
#[expect(
    clippy::option_option,
    reason = "nothing chosen, every one, and one of them are three things"
)]
fn chosen<T>(typed: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if typed == EVERY {
        return Some(None);
    }
    read(typed).map(Some)
}

fn problem_of(error: &RulebookError) -> (String, String) {
    let words = error.to_string();
    match error {
        RulebookError::Duration {
            setting,
            least,
            most,
        } => (
            (*setting).to_owned(),
            format!("Enter a number from {least} to {most}"),
        ),
        RulebookError::Viewer(_) => ("viewers".to_owned(), words),
        RulebookError::GlassBreaker(role) => (
            "glass-breakers".to_owned(),
            format!("{} may break the glass but not view", role.words()),
        ),
        RulebookError::Nameless | RulebookError::AllergiesWithheld => ("why".to_owned(), words),
    }
}

fn clinical() -> impl Iterator<Item = Role> {
    let treats = |role: &Role| role.profession() == Profession::Clinical;
    Role::ALL.into_iter().filter(treats)
}

/// Who it is about and allergies are never withheld.
fn withholdable() -> impl Iterator<Item = Section> {
    let all = Section::ALL.into_iter();
    all.filter(|section| *section != Section::Allergies)
}

pub(super) fn codes_words(set: &SensitiveSet) -> Vec<String> {
    let codes = set.codes.iter().map(|(system, code)| {
        if system == SNOMED {
            code.clone()
        } else {
            format!("{system} {code}")
        }
    });
    codes.collect()
}

const fn undecided(undecided: Undecided) -> &'static str {
    match undecided {
        Undecided::Ask => "ask",
        Undecided::Permit => "permit",
        Undecided::NoRecord => "no-record",
    }
}

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn duration(rulebook: &Rulebook, name: &str) -> u32 {
    match name {
        "consent-today-hours" => rulebook.consent_today_hours,
        "emergency-hours" => rulebook.emergency_hours,
        "legal-hours" => rulebook.legal_hours,
        "no-hours" => rulebook.no_hours,
        _ => rulebook.grace_days,
    }
}

fn duration_mut<'r>(rulebook: &'r mut Rulebook, name: &str) -> &'r mut u32 {
    match name {
        "consent-today-hours" => &mut rulebook.consent_today_hours,
        "emergency-hours" => &mut rulebook.emergency_hours,
        "legal-hours" => &mut rulebook.legal_hours,
        "no-hours" => &mut rulebook.no_hours,
        _ => &mut rulebook.grace_days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(change: impl FnOnce(&mut Vec<(String, String)>)) -> Typed {
        let mut typed = Typed::of(&Settings::with(Rulebook::cheshire()));
        typed.0.push(("why".into(), "because".into()));
        change(&mut typed.0);
        typed
    }

    fn base() -> Settings {
        Settings::with(Rulebook::cheshire())
    }

    #[test]
    fn what_is_in_force_comes_back_unchanged() {
        for rulebook in Rulebook::all() {
            let settings = Settings::with(rulebook);
            let mut typed = Typed::of(&settings);
            typed.0.push(("why".into(), "because".into()));
            assert_eq!(typed.read(&settings), Ok(settings));
        }
    }

    #[test]
    fn a_list_of_which_nothing_is_chosen_is_nobody() {
        let none = typed(|pairs| pairs.retain(|(key, _)| key != "glass-breakers"));
        assert!(
            none.read(&base())
                .unwrap()
                .rulebook
                .glass_breakers
                .is_empty()
        );
        let none = typed(|pairs| pairs.retain(|(key, _)| !key.ends_with("-seen-by")));
        let sets = none.read(&base()).unwrap().sensitive.sets;
        assert!(!sets.is_empty() && sets.iter().all(|set| set.seen_by.is_empty()));
    }

    #[test]
    fn a_rule_about_everybody_is_chosen_by_name() {
        let left_out = typed(|pairs| pairs.retain(|(key, _)| key != "withheld-0-role"));
        let problems = left_out.read(&base()).unwrap_err();
        assert_eq!(problems[0].0, "withheld-0-role");
        let everybody = typed(|pairs| {
            pairs.retain(|(key, _)| key != "withheld-0-role");
            pairs.push(("withheld-0-role".into(), EVERY.into()));
        });
        let withheld = everybody.read(&base()).unwrap().rulebook.withheld;
        assert_eq!(withheld[0].role, None);
    }

    #[test]
    fn what_is_not_offered_is_not_taken() {
        for (name, value) in [
            ("viewers", "operator"),
            ("viewers", "anybody"),
            ("glass-breakers", "practice-staff"),
            ("withheld-0-sections", "allergies"),
            ("withheld-0-sections", "everything"),
            ("emergency-hours-x", ""),
        ] {
            let odd = typed(|pairs| pairs.push((name.into(), value.into())));
            assert_eq!(
                odd.read(&base()).is_ok(),
                value.is_empty(),
                "{name}={value}"
            );
        }
        for hours in ["0", "25", "-1", "eight", ""] {
            let odd = typed(|pairs| {
                pairs.retain(|(key, _)| key != "emergency-hours");
                pairs.push(("emergency-hours".into(), hours.into()));
            });
            let problems = odd.read(&base()).unwrap_err();
            assert_eq!(problems[0].0, "emergency-hours", "{hours}");
        }
    }
}
