//! What a decision rested on, as its audit line keeps it: small enough for every line, and enough to
//! decide again, under the rules of then or under others.

use std::fmt::Write;

use tributary_model::{
    AccessAction, AccessOutcome, Address, IdentityId, LegalReason, Part, PatientId, Purpose,
    Requester, SectionSet, SharingChoice, Statement, Timestamp,
};

use crate::{
    Account, AgeBand, Agreement, Ask, Basis, Decision, Facts, Grant, Holding, LastNo, Life,
    ReferralCheck, RefusalReason, Registration, RelationshipStanding, Rulebook, SaidNo, Whose,
    decide, involvement::Tie,
};

/// The form of the text.
const FORM: char = '1';

/// What a decision rested on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// The facts as they were, under the rulebook of then.
    pub facts: Facts,
    /// The instants that the durations of a rulebook turn into facts.
    pub moments: Moments,
    /// What was stated, without anybody's words.
    pub statement: Statement,
    /// Whether the address named a person.
    pub patient_known: bool,
}

/// The instants that the durations of a rulebook turn into facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moments {
    /// The relationship, whatever the grace period.
    pub tie: Tie,
    /// The last no's, however long they are remembered.
    pub last_no: LastNo,
}

/// The rest of what was asked, which an audit line keeps in its own words.
#[derive(Clone, Debug)]
pub struct AskedThen {
    /// Who asked, as they were then.
    pub requester: Requester,
    /// What for.
    pub purpose: Purpose,
    /// The part they had stated.
    pub part: Option<Part>,
    /// What was attempted.
    pub action: AccessAction,
    /// When.
    pub at: Timestamp,
}

/// A decision made again. It proves nothing and opens nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DecidedAgain {
    /// How it ends.
    pub outcome: AccessOutcome,
    /// The rule that decides.
    pub rule: u8,
    /// What a permission rests on.
    pub basis: Option<Basis>,
    /// Until when it permits, if it runs out.
    pub until: Option<Timestamp>,
    /// The sections it lets through; none unless it permits.
    pub sections: SectionSet,
    /// Whether a privacy officer must review it.
    pub review: bool,
    /// Why it refuses.
    pub refusal: Option<RefusalReason>,
}

impl Recorded {
    /// What a decision about this rests on.
    #[must_use]
    pub fn of(ask: &Ask, facts: &Facts, moments: Moments) -> Self {
        Self {
            facts: facts.clone(),
            moments,
            statement: without_words(&ask.statement),
            patient_known: ask.patient.is_some(),
        }
    }

    /// The facts under another rulebook: what its durations make of the same instants, and what the
    /// requester would hold if it had been in force when it was given.
    #[must_use]
    pub fn facts_under(&self, rulebook: &Rulebook, asked: &AskedThen) -> Facts {
        let may_hold = |held: &&Holding| match held.grant {
            Grant::Emergency => rulebook.glass_breakers.contains(&asked.requester.role),
            Grant::ConsentToday | Grant::Legal(_) => true,
        };
        let holding = |held: &Holding| {
            let lasts = i64::from(rulebook.hours(held.grant)) * Timestamp::HOUR;
            Holding {
                until: held.given.plus(lasts),
                ..*held
            }
        };
        let Moments { tie, last_no } = self.moments;
        let held = self.facts.holdings.iter().filter(may_hold);
        Facts {
            relationship: tie.standing(rulebook, asked.at),
            said_no: last_no.remembered(rulebook, asked.at).said_no(),
            holdings: held.map(holding).collect(),
            ..self.facts.clone()
        }
    }

    /// Decides again by the facts as they were: with the rulebook of then, what was decided then.
    #[must_use]
    pub fn decide_again(&self, rulebook: &Rulebook, asked: &AskedThen) -> DecidedAgain {
        self.decide_by(rulebook, asked, &self.facts)
    }

    /// Decides as if another rulebook had been in force.
    #[must_use]
    pub fn decide_under(&self, rulebook: &Rulebook, asked: &AskedThen) -> DecidedAgain {
        self.decide_by(rulebook, asked, &self.facts_under(rulebook, asked))
    }

    fn decide_by(&self, rulebook: &Rulebook, asked: &AskedThen, facts: &Facts) -> DecidedAgain {
        // Which person it was makes no difference to any rule.
        let ask = Ask {
            requester: asked.requester.clone(),
            patient: self.patient_known.then_some(PatientId(0)),
            address: Address(IdentityId(0)),
            purpose: asked.purpose,
            part: asked.part,
            statement: self.statement.clone(),
            action: asked.action,
        };
        match decide(rulebook, ask, facts, asked.at) {
            // Who has not said what part they have is asked for it first.
            Decision::Permitted(permitted) if asked.part.is_none() => {
                DecidedAgain::ends(AccessOutcome::Asked, permitted.rule())
            }
            Decision::Permitted(permitted) => DecidedAgain {
                basis: Some(permitted.basis()),
                until: permitted.until(),
                sections: permitted.sections(),
                review: permitted.review(),
                ..DecidedAgain::ends(AccessOutcome::Permitted, permitted.rule())
            },
            Decision::AskConsent(asked) => DecidedAgain::ends(AccessOutcome::Asked, asked.rule()),
            Decision::Refused(refused) => DecidedAgain {
                refusal: Some(refused.reason()),
                ..DecidedAgain::ends(AccessOutcome::Refused, refused.rule())
            },
        }
    }
}

impl DecidedAgain {
    const fn ends(outcome: AccessOutcome, rule: u8) -> Self {
        Self {
            outcome,
            rule,
            basis: None,
            until: None,
            sections: SectionSet::EMPTY,
            review: false,
            refusal: None,
        }
    }
}

/// The form `1`: a letter for each fact, then the instants, each with its letter.
impl Recorded {
    /// The text that an audit line keeps.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Facts {
            account,
            registration,
            record,
            agreement,
            relationship,
            preference,
            said_no,
            holdings,
            age,
            referral,
            life,
        } = &self.facts;
        let (statement, detail) = statement_letters(&self.statement);
        let Moments { tie, last_no } = self.moments;
        let mut text = String::from_iter([
            FORM,
            letter(*account),
            letter(*registration),
            letter(*record),
            letter(*agreement),
            letter(*relationship),
            letter(*preference),
            letter(*said_no),
            letter(*age),
            letter(*referral),
            letter(*life),
            letter(tie.bare),
            letter(self.patient_known),
            statement,
            detail,
        ]);
        for (name, at) in [
            ('g', tie.ended),
            ('n', last_no.to_requester),
            ('c', last_no.to_colleague),
        ] {
            if let Some(Timestamp(at)) = at {
                let _ = write!(text, " {name}{at}");
            }
        }
        for held in holdings {
            let (grant, lasts) = (letter(held.grant), held.until.since(held.given));
            let _ = write!(text, " h{grant}{}+{lasts}", held.given.0);
        }
        text
    }

    /// Reads the text again; `None` if it has no form that is known here.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut letters = words.next()?.chars();
        (letters.next()? == FORM).then_some(())?;
        let facts = Facts {
            account: read(&mut letters)?,
            registration: read(&mut letters)?,
            record: read(&mut letters)?,
            agreement: read(&mut letters)?,
            relationship: read(&mut letters)?,
            preference: read(&mut letters)?,
            said_no: read(&mut letters)?,
            age: read(&mut letters)?,
            referral: read(&mut letters)?,
            life: read(&mut letters)?,
            holdings: Vec::new(),
        };
        let mut recorded = Self {
            facts,
            moments: Moments::default(),
            statement: Statement::Nothing,
            patient_known: false,
        };
        recorded.moments.tie.bare = read(&mut letters)?;
        recorded.patient_known = read(&mut letters)?;
        recorded.statement = read_statement(letters.next()?, letters.next()?)?;
        letters.next().is_none().then_some(())?;
        words.try_for_each(|word| recorded.read_moment(word))?;
        Some(recorded)
    }

    fn read_moment(&mut self, word: &str) -> Option<()> {
        let mut letters = word.chars();
        let name = letters.next()?;
        let instant = |text: &str| text.parse().ok().map(Timestamp);
        let Moments { tie, last_no } = &mut self.moments;
        match name {
            'g' => tie.ended = Some(instant(letters.as_str())?),
            'n' => last_no.to_requester = Some(instant(letters.as_str())?),
            'c' => last_no.to_colleague = Some(instant(letters.as_str())?),
            'h' => {
                let grant = read(&mut letters)?;
                let (given, lasts) = letters.as_str().split_once('+')?;
                let given = instant(given)?;
                let until = given.plus(lasts.parse().ok()?);
                self.facts.holdings.push(Holding {
                    grant,
                    given,
                    until,
                });
            }
            _ => return None,
        }
        Some(())
    }
}

/// Something with a letter of its own for each value. Letters are stored: never change one.
trait Lettered: Copy + PartialEq + 'static {
    const LETTERS: &'static [(char, Self)];
}

fn letter<T: Lettered>(value: T) -> char {
    let own = T::LETTERS.iter().find(|(_, one)| *one == value);
    own.map_or('?', |(letter, _)| *letter)
}

fn read<T: Lettered>(letters: &mut std::str::Chars<'_>) -> Option<T> {
    let letter = letters.next()?;
    let own = T::LETTERS.iter().find(|(one, _)| *one == letter)?;
    Some(own.1)
}

macro_rules! lettered {
    ($($type:ty: $($letter:literal $value:expr),+;)+) => {
        $(impl Lettered for $type {
            const LETTERS: &'static [(char, Self)] = &[$(($letter, $value)),+];
        })+
    };
}

lettered! {
    bool: 'y' true, 'n' false;
    Account: 'a' Self::Active, 's' Self::Suspended;
    Registration: 'v' Self::Valid, 'l' Self::Lapsed, 'n' Self::None;
    Whose: 'o' Self::Own, 'a' Self::Another;
    Agreement: 'v' Self::Viewing, 'f' Self::FeedingOnly, 'e' Self::NotInForce, 'n' Self::None;
    RelationshipStanding: 'n' Self::None, 'e' Self::Ended, 'f' Self::NotYetBegun,
        'g' Self::InGrace, 'c' Self::Current;
    Option<SharingChoice>: 'u' None, 'c' Some(SharingChoice::Consent),
        'b' Some(SharingChoice::Block), 'o' Some(SharingChoice::OptOut);
    SaidNo: 'n' Self::ToNobody, 'r' Self::ToRequester, 'c' Self::ToColleague, 'b' Self::ToBoth;
    AgeBand: 'c' Self::UnderThirteen, 'o' Self::ThirteenOrOver, 'u' Self::Unknown;
    ReferralCheck: 'n' Self::Neither, 's' Self::ReceivesService, 'r' Self::Referred,
        'b' Self::Both;
    Life: 'l' Self::Living, 'd' Self::Dead;
    Grant: 't' Self::ConsentToday, 'e' Self::Emergency,
        'c' Self::Legal(LegalReason::LacksCapacity), 'u' Self::Legal(LegalReason::UnderThirteen),
        'r' Self::Legal(LegalReason::ReferredHere), 'p' Self::Legal(LegalReason::Protection);
    LegalReason: 'c' Self::LacksCapacity, 'u' Self::UnderThirteen, 'r' Self::ReferredHere,
        'p' Self::Protection;
}

/// What is written where words were stated, so that rules see that there were some.
const STATED: &str = "stated";

fn without_words(statement: &Statement) -> Statement {
    match statement {
        Statement::Nothing
        | Statement::ConsentStanding
        | Statement::ConsentToday
        | Statement::SaysNo => statement.clone(),
        Statement::Emergency {
            reason,
            colleague_no_shown,
            ..
        } => emergency(!reason.trim().is_empty(), *colleague_no_shown),
        Statement::Legal {
            reason,
            attorney_asked,
            ..
        } => legal(*reason, *attorney_asked),
    }
}

fn emergency(reason_given: bool, colleague_no_shown: bool) -> Statement {
    let reason = if reason_given { STATED } else { "" }.to_owned();
    Statement::Emergency {
        reason,
        wishes: String::new(),
        colleague_no_shown,
    }
}

const fn legal(reason: LegalReason, attorney_asked: bool) -> Statement {
    Statement::Legal {
        reason,
        words: String::new(),
        attorney_asked,
    }
}

/// Small letters for what is stated; for an emergency and another basis, two that say how.
fn statement_letters(statement: &Statement) -> (char, char) {
    match statement {
        Statement::Nothing => ('-', '-'),
        Statement::ConsentStanding => ('s', '-'),
        Statement::ConsentToday => ('t', '-'),
        Statement::SaysNo => ('x', '-'),
        Statement::Emergency {
            reason,
            colleague_no_shown,
            ..
        } => {
            let shown = letter(*colleague_no_shown);
            (if reason.is_empty() { 'm' } else { 'e' }, shown)
        }
        Statement::Legal {
            reason,
            attorney_asked,
            ..
        } => {
            let reason = letter(*reason);
            let asked = if *attorney_asked {
                reason.to_ascii_uppercase()
            } else {
                reason
            };
            ('l', asked)
        }
    }
}

fn read_statement(statement: char, detail: char) -> Option<Statement> {
    Some(match (statement, detail) {
        ('-', '-') => Statement::Nothing,
        ('s', '-') => Statement::ConsentStanding,
        ('t', '-') => Statement::ConsentToday,
        ('x', '-') => Statement::SaysNo,
        ('e' | 'm', shown @ ('y' | 'n')) => emergency(statement == 'e', shown == 'y'),
        ('l', reason) => {
            let asked = reason.is_ascii_uppercase();
            let text = reason.to_ascii_lowercase().to_string();
            legal(read(&mut text.chars())?, asked)
        }
        _ => return None,
    })
}
