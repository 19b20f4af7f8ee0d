//! What is known when a decision is made, gathered in one hop on one snapshot.
//!
//! Whoever the address names, the same statements run with the same number of parameters: a person
//! of whom the organisation knows nothing costs what a person without a relationship costs. Nothing
//! sealed is opened here.

use tributary_model::{
    Address, ClinicalDate, IdentityId, OdsCode, Organisation, PatientId, PreferenceDecision,
    Requester, SectionSet, SharingChoice, Timestamp, Version, WhoDecided,
};
use tributary_policy::{
    Account, AgeBand, Agreement as Agreed, Ask, Facts, LastNo, Life, Moments, Recorded,
    Registration, Rulebook, Whose as RecordOf,
    involvement::{self, Involvement},
    preference,
};

use crate::{
    Store, StoreResult, accounts,
    audit_log::{Shown, Whose},
    consents,
    db::{DbResult, Row},
    feeds::{self, Feed, Stage},
    identities,
    organisations::{self, Agreement},
    permit::State,
    preferences, relationships, settings,
};

/// What was gathered for one decision.
#[derive(Debug)]
pub struct Gathered {
    /// What policy decides by. Age and life are still unknown: they stand in sealed demographics.
    pub facts: Facts,
    /// The instants that the rulebook's durations turned into facts.
    pub moments: Moments,
    /// What may be shown if it permits.
    pub view: View,
    /// The number of the settings in force; 0 before the first.
    pub settings: i64,
    /// When this requester was last told no, within the rulebook's time.
    pub told_no: Option<Timestamp>,
    /// When a colleague was last told no, within the rulebook's time.
    pub colleague_told_no: Option<Timestamp>,
    /// The choice that stands once the patient is 13, if a parent has given consent: that lapses
    /// then.
    pub when_grown: Option<SharingChoice>,
    /// As at when.
    pub at: Timestamp,
    /// What the choice was worked out from, for the desk that records another.
    pub choosing: Choosing,
}

/// What a patient's standing choice is worked out from.
#[derive(Debug, Default)]
pub struct Choosing {
    /// Every decision of every linked identity that counts.
    pub decisions: Vec<PreferenceDecision>,
    /// Every relationship of every linked identity.
    pub involvements: Vec<Involvement>,
    /// The organisations concerned, each with whether an agreement of theirs is in force.
    pub organisations: Vec<(Organisation, bool)>,
}

/// Whose record an address names, as at now. Of a person whom the organisation has nothing to do
/// with it says nothing.
#[derive(Debug)]
pub struct View {
    address: Address,
    patient: Option<PatientId>,
    state: State,
    sources: Vec<Source>,
    hidden: Vec<String>,
    waiting: Vec<String>,
    linked: Vec<Shown>,
}

/// One linked identity that may be shown, and what is known of its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The identity.
    pub identity: IdentityId,
    /// As at this version.
    pub version: Version,
    /// Its organisation.
    pub organisation: Organisation,
    /// When the source was last taken in whole.
    pub refreshed: Option<Timestamp>,
    /// Since when the source is late against its timetable, if it is.
    pub late_since: Option<Timestamp>,
    /// Which sections the source supplies under its agreement.
    pub supplies: SectionSet,
}

impl View {
    /// How the requester named the patient.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Whose record, if the address names a person.
    #[must_use]
    pub const fn patient(&self) -> Option<PatientId> {
        self.patient
    }

    /// The linked identities that may be shown, the requester's own organisation's first.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Names of organisations whose agreement has ended: what they fed is hidden.
    #[must_use]
    pub fn hidden(&self) -> &[String] {
        &self.hidden
    }

    /// Names of organisations where a doubtful identity waits to be linked.
    #[must_use]
    pub fn waiting(&self) -> &[String] {
        &self.waiting
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn shown(&self) -> Vec<Shown> {
        let shown = self.sources.iter().map(|source| Shown {
            identity: source.identity,
            version: source.version,
            organisation: source.organisation.code.clone(),
        });
        shown.collect()
    }

    /// Every linked identity, hidden ones among them: an access concerns them all.
    #[must_use]
    pub fn identities(&self) -> Vec<IdentityId> {
        self.linked.iter().map(|shown| shown.identity).collect()
    }

    /// What an audit line says of whose record it was.
    pub(crate) fn whose(&self, decisions: Vec<PreferenceDecision>) -> Whose {
        Whose {
            address: Some(self.address),
            identities: self.linked.clone(),
            decisions,
            facts: String::new(),
            tried: None,
        }
    }
}

impl Gathered {
    /// What an audit line says of whose record it was, and of what the decision rests on.
    pub(crate) fn whose(&self, ask: &Ask, decisions: Vec<PreferenceDecision>) -> Whose {
        Whose {
            facts: Recorded::of(ask, &self.facts, self.moments).to_text(),
            ..self.view.whose(decisions)
        }
    }
}

impl Store {
    /// Gathers what a decision about an address rests on.
    pub async fn gather(
        &self,
        requester: &Requester,
        address: Address,
        rulebook: &Rulebook,
        now: Timestamp,
    ) -> StoreResult<Gathered> {
        let (own, code) = (address.0, &requester.organisation.code);
        // Longer than this rulebook remembers: the line keeps what any other would make of it.
        let longest = i64::from(Rulebook::LONGEST_NO_HOURS) * Timestamp::HOUR;
        let remembered = now.plus(-longest);
        let answers = self
            .record
            .read(vec![
                accounts::acting(requester),
                identities::of_person(own, code),
                organisations::of_person(own, code),
                relationships::of_person(own, code),
                preferences::of_person(own, code),
                consents::of_person(own, code, remembered, now),
                organisations::waiting_for_person(own, code),
                identities::own_record(own, code, requester.account),
                feeds::of_person(own, code),
                settings::in_force(),
            ])
            .await?;
        let [
            account,
            persons,
            bodies,
            involved,
            chosen,
            stated,
            waiting,
            own_record,
            feeds,
            in_force,
        ] = <[Vec<Row>; 10]>::try_from(answers)
            .map_err(|_| crate::DbError::Missing("an answer for each statement"))?;
        let bodies = bodies_of(&bodies)?;
        let feeds = feeds
            .iter()
            .map(feeds::read)
            .collect::<StoreResult<Vec<_>>>()?;
        let waiting = waiting.iter().map(|row| Ok(row.text(0)?.to_owned()));
        let mut view = view_of(address, &persons, &bodies, &feeds, now)?;
        view.waiting = waiting.collect::<DbResult<_>>()?;
        let involved = involved
            .iter()
            .map(involvement_of)
            .collect::<StoreResult<Vec<_>>>()?;
        let chosen = chosen
            .iter()
            .map(preferences::read)
            .collect::<StoreResult<Vec<_>>>()?;
        let stated = stated
            .iter()
            .map(consents::read)
            .collect::<StoreResult<Vec<_>>>()?;
        let moments = Moments {
            tie: involvement::tie(&involved, code, now),
            last_no: LastNo::of(&consents::told(&stated), requester),
        };
        let said_no = moments.last_no.remembered(rulebook, now);
        let (acts, register) = accounts::read_acting(&account)?;
        let facts = Facts {
            account: if acts {
                Account::Active
            } else {
                Account::Suspended
            },
            registration: Registration::of(register.as_ref(), now),
            record: if own_record.is_empty() {
                RecordOf::Another
            } else {
                RecordOf::Own
            },
            agreement: agreed(&bodies, code, now),
            relationship: moments.tie.standing(rulebook, now),
            preference: preference::standing(&chosen, &involved, now).choice(),
            said_no: said_no.said_no(),
            holdings: consents::holdings(&stated, &chosen, requester, now),
            referral: involvement::referral_check(&involved, code, now),
            ..Facts::default()
        };
        Ok(Gathered {
            facts,
            moments,
            view,
            settings: settings::read_in_force(&in_force)?,
            told_no: said_no.to_requester,
            colleague_told_no: said_no.to_colleague,
            at: now,
            when_grown: when_grown(&chosen, &involved, now),
            choosing: Choosing {
                decisions: chosen,
                involvements: involved,
                organisations: bodies
                    .into_iter()
                    .map(|body| {
                        let in_force = body.in_force(now).is_some();
                        (body.organisation, in_force)
                    })
                    .collect(),
            },
        })
    }
}

/// The choice that stands once consents of a parent have lapsed, if there are any: what they lifted
/// stays lifted, and each professional asks.
fn when_grown(
    decisions: &[PreferenceDecision],
    involvements: &[Involvement],
    now: Timestamp,
) -> Option<SharingChoice> {
    let by_a_parent = |decision: &PreferenceDecision| {
        decision.who == WhoDecided::Parent && decision.choice == SharingChoice::Consent
    };
    if !decisions.iter().any(by_a_parent) {
        return None;
    }
    let mut later = decisions.to_vec();
    for decision in later.iter_mut().filter(|decision| by_a_parent(decision)) {
        decision.choice = SharingChoice::Ask;
    }
    let standing = preference::standing(&later, involvements, now).decided();
    Some(standing.unwrap_or(SharingChoice::Ask))
}

/// What one source's demographics bear on a decision.
#[derive(Clone, Debug)]
pub struct Bearing {
    /// The date of birth.
    pub born: Option<ClinicalDate>,
    /// Whether the source reports a death.
    pub dead: bool,
}

impl Store {
    /// How old the patient is, as far as a decision may know, and whether they live. `read` is told
    /// what each linked source has; of its answers only the bands leave.
    pub async fn age_and_life(
        &self,
        view: &View,
        now: Timestamp,
        read: impl Fn(&[u8]) -> Option<Bearing>,
    ) -> StoreResult<(AgeBand, Life)> {
        let views: Vec<_> = view
            .linked
            .iter()
            .map(|shown| (shown.identity, shown.version))
            .collect();
        let persons = self.open_persons(&views).await?;
        let bearings: Vec<_> = persons
            .iter()
            .filter_map(|person| read(&person.body))
            .collect();
        let deaths = bearings.iter().filter(|bearing| bearing.dead).count();
        let births = bearings.iter().filter_map(|bearing| bearing.born.as_ref());
        Ok((AgeBand::of(births, now), Life::of(deaths)))
    }
}

/// An organisation with its agreements.
struct Body {
    organisation: Organisation,
    agreements: Vec<Agreement>,
}

impl Body {
    /// The agreement that counts.
    fn in_force(&self, now: Timestamp) -> Option<&Agreement> {
        Agreement::counting(&self.agreements, now)
    }
}

fn bodies_of(rows: &[Row]) -> StoreResult<Vec<Body>> {
    let mut bodies: Vec<Body> = Vec::new();
    for row in rows {
        let (organisation, agreement) = organisations::read_body(row)?;
        let code = &organisation.code;
        match bodies
            .iter_mut()
            .find(|body| body.organisation.code == *code)
        {
            Some(body) => body.agreements.extend(agreement),
            None => {
                bodies.push(Body {
                    organisation,
                    agreements: agreement.into_iter().collect(),
                });
            }
        }
    }
    Ok(bodies)
}

fn agreed(bodies: &[Body], code: &OdsCode, now: Timestamp) -> Agreed {
    let Some(body) = bodies.iter().find(|body| body.organisation.code == *code) else {
        return Agreed::None;
    };
    match body.in_force(now) {
        Some(agreement) if agreement.views => Agreed::Viewing,
        Some(_) => Agreed::FeedingOnly,
        None if body.agreements.is_empty() => Agreed::None,
        None => Agreed::NotInForce,
    }
}

pub(crate) fn involvement_of(row: &Row) -> StoreResult<Involvement> {
    let held = relationships::read(row)?;
    Ok(Involvement {
        organisation: held.organisation,
        kind: held.kind,
        from: held.begins,
        until: held.ends,
        referred_by: held.referred_by,
    })
}

fn view_of(
    address: Address,
    persons: &[Row],
    bodies: &[Body],
    feeds: &[Feed],
    now: Timestamp,
) -> StoreResult<View> {
    let mut persons = persons
        .iter()
        .map(identities::read_row)
        .collect::<StoreResult<Vec<_>>>()?;
    persons.sort_by_key(|person| person.identity);
    let patient = persons.first().map(|person| person.patient);
    let numbers = persons
        .iter()
        .map(|person| (person.identity, person.state))
        .collect();
    let state = State {
        patient: patient.unwrap_or(PatientId(0)),
        numbers,
    };
    persons.sort_by_key(|person| person.identity != address.0);
    let mut view = View {
        address,
        patient,
        state,
        sources: Vec::new(),
        hidden: Vec::new(),
        waiting: Vec::new(),
        linked: Vec::new(),
    };
    for person in persons {
        let (identity, version) = (person.identity, person.version);
        view.linked.push(Shown {
            identity,
            version,
            organisation: person.organisation.clone(),
        });
        let body = bodies
            .iter()
            .find(|body| body.organisation.code == person.organisation);
        let feed = feeds.iter().find(|feed| feed.feed == person.feed);
        // A feed that is not live yet is shown to nobody, and not mentioned either.
        let (Some(body), Some(feed)) = (body, feed.filter(|feed| feed.stage == Stage::Live)) else {
            continue;
        };
        match body.in_force(now).filter(|agreement| agreement.feeds) {
            Some(agreement) => view.sources.push(Source {
                identity,
                version,
                organisation: body.organisation.clone(),
                refreshed: feed.refreshed,
                late_since: feed.late_since(now),
                supplies: agreement.supplies,
            }),
            None => view.hidden.push(body.organisation.name.clone()),
        }
    }
    view.hidden.sort();
    view.hidden.dedup();
    Ok(view)
}
