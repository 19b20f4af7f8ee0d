//! Settling who is who: identities are found or made, linked when a traced NHS number says so and
//! nothing contradicts it, and listed for a person when it is doubtful. Never a guess.

use std::collections::{BTreeMap, HashMap, HashSet};

use tributary_formats::fhir::intake::{Identity, Reader, Statement};
use tributary_matching::{Reason, Verdict, compare};
use tributary_model::{
    Decider, Demographics, IdentityId, Organisation, PatientId, PreferenceDecision, Relationship,
    SharingCode, StatedNhsNumber, Timestamp, WhoDecided,
};
use tributary_store::{
    BY_NUMBER, DoorRule, Feed, FindKey, IdentityRow, LinkKey, Mode, NewIdentity, NumberStatus,
    Store, StoreResult,
};

use crate::{limits, report::Counts};

/// Who is who in a submission.
#[derive(Default)]
pub(crate) struct Settled {
    /// The source's number of a person → the identity.
    pub identities: HashMap<String, IdentityId>,
    /// Identities that this submission made.
    pub fresh: HashSet<IdentityId>,
    /// Identities of people who opted out: nothing of them is taken in.
    pub turned_away: HashSet<IdentityId>,
    /// What erased identities are found by, should their people turn out to be let back in.
    unnamed: Vec<NewIdentity>,
}

/// What is settled with.
pub(crate) struct Settling<'a> {
    pub store: &'a Store,
    pub reader: &'a Reader,
    pub rule: &'a DoorRule,
    pub feed: &'a Feed,
    pub organisation: &'a Organisation,
    pub now: Timestamp,
}

impl Settling<'_> {
    /// Settles people, relationships and sharing codes of one submission, in that order, and then
    /// who is turned away.
    pub(crate) async fn settle(
        &self,
        people: Vec<Identity>,
        relationships: &[(i64, Relationship)],
        sharing: &[SharingCode],
        subjects: &HashSet<String>,
        counts: &mut Counts,
    ) -> StoreResult<Settled> {
        let mut settled = Settled::default();
        let sent: Vec<String> = people.iter().map(|one| one.id.clone()).collect();
        for some in people.chunks(limits::PEOPLE_AT_ONCE) {
            self.people(some, &mut settled, counts).await?;
        }
        self.subjects(subjects, &mut settled).await?;
        self.relationships(relationships, &settled).await?;
        let decided = self.sharing(sharing, &settled).await?;
        self.door(&decided, &mut settled, counts).await?;
        if !settled.unnamed.is_empty() {
            self.store
                .change_identities(&self.organisation.code, &settled.unnamed)
                .await?;
        }
        if self.feed.mode == Mode::Delta {
            let sent: Vec<IdentityId> = sent
                .iter()
                .filter_map(|id| settled.identities.get(id).copied())
                .collect();
            self.store
                .resent(self.feed.feed, Some(&sent), self.now)
                .await?;
        }
        Ok(settled)
    }

    async fn people(
        &self,
        people: &[Identity],
        settled: &mut Settled,
        counts: &mut Counts,
    ) -> StoreResult<()> {
        let locals: Vec<&str> = people.iter().map(|one| one.id.as_str()).collect();
        let known = self
            .store
            .identities_of(&self.organisation.code, &locals)
            .await?;
        let mut new: Vec<&Identity> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut changed: Vec<(IdentityId, &Identity)> = Vec::new();
        for (one, known) in people.iter().zip(known) {
            match known.or_else(|| settled.identities.get(&one.id).copied()) {
                Some(identity) => {
                    settled.identities.insert(one.id.clone(), identity);
                    changed.push((identity, one));
                }
                // The same id twice in one snapshot is one identity; its last line counts.
                None if !seen.insert(&one.id) => {}
                None => new.push(one),
            }
        }
        self.add(&new, settled, counts).await?;
        self.change(&changed, settled, counts).await
    }

    async fn add(
        &self,
        new: &[&Identity],
        settled: &mut Settled,
        counts: &mut Counts,
    ) -> StoreResult<()> {
        if new.is_empty() {
            return Ok(());
        }
        let first = self.store.identity_numbers(new.len()).await?;
        let numbered: Vec<(IdentityId, &Identity)> = (first.0..)
            .map(IdentityId)
            .zip(new.iter().copied())
            .collect();
        let placings = self.place(&numbered).await?;
        let rows: Vec<NewIdentity> = numbered
            .iter()
            .zip(&placings)
            .map(|((identity, one), placing)| new_identity(*identity, one, placing.joins))
            .collect();
        self.store
            .add_identities(self.feed.feed, &self.organisation.code, &rows, self.now)
            .await?;
        for (identity, one) in &numbered {
            settled.identities.insert(one.id.clone(), *identity);
            settled.fresh.insert(*identity);
        }
        let ids: Vec<IdentityId> = numbered.iter().map(|(identity, _)| *identity).collect();
        counts.identities += ids.len() as u64;
        self.note(&ids, placings, counts).await
    }

    /// Identities whose demographics changed: their look-ups follow; one that stood alone may now
    /// be linked; one whose number became another's is taken apart and settled anew.
    async fn change(
        &self,
        changed: &[(IdentityId, &Identity)],
        settled: &mut Settled,
        counts: &mut Counts,
    ) -> StoreResult<()> {
        let ids: Vec<IdentityId> = changed.iter().map(|(identity, _)| *identity).collect();
        let rows = self.store.identity_rows(&ids).await?;
        for (identity, one) in changed {
            let Some(row) = rows.get(identity) else {
                continue;
            };
            let number = one.demographics.nhs_number.number().map(LinkKey::Nhs);
            let same_number = match &number {
                Some(key) => {
                    self.store
                        .share_link_key(*identity, std::slice::from_ref(key))
                        .await?
                }
                None => row.number_status == NumberStatus::Absent,
            };
            let traced = row.number_status == NumberStatus::Traced;
            if traced && !same_number {
                self.store.unlink(*identity, self.now).await?;
            }
            let new = new_identity(*identity, one, None);
            self.store
                .change_identities(&self.organisation.code, std::slice::from_ref(&new))
                .await?;
            if row.erased.is_some() {
                settled.unnamed.push(new);
            }
            let placings = self.place(&[(*identity, one)]).await?;
            let alone = !traced || !same_number;
            let mut doubtful = placings;
            for placing in &mut doubtful {
                let Some(patient) = placing.joins.take().filter(|_| alone) else {
                    continue;
                };
                if self
                    .store
                    .link(*identity, patient, BY_NUMBER, self.now)
                    .await?
                {
                    counts.linked += 1;
                } else if row.patient != patient {
                    // Others belong to it: whether they all move is for a person to say.
                    let reason = "the NHS numbers are equal, and others are linked to this one";
                    placing.doubtful.push((IdentityId(patient.0), reason));
                }
            }
            self.note(&[*identity], doubtful, counts).await?;
        }
        Ok(())
    }

    async fn note(
        &self,
        ids: &[IdentityId],
        placings: Vec<Placing>,
        counts: &mut Counts,
    ) -> StoreResult<()> {
        let links: Vec<(IdentityId, PatientId)> = ids
            .iter()
            .zip(&placings)
            .filter_map(|(identity, placing)| Some((*identity, placing.joins?)))
            .collect();
        let doubtful: Vec<(IdentityId, IdentityId, String)> = ids
            .iter()
            .zip(placings)
            .flat_map(|(identity, placing)| {
                let pairs = placing.doubtful.into_iter();
                pairs.map(|(other, reason)| (*identity, other, reason.to_owned()))
            })
            .collect();
        counts.linked += links.len() as u64;
        counts.doubtful += doubtful.len() as u64;
        if !links.is_empty() {
            self.store.note_links(&links, BY_NUMBER, self.now).await?;
        }
        self.store.note_doubtful(&doubtful, self.now).await
    }

    async fn subjects(&self, subjects: &HashSet<String>, settled: &mut Settled) -> StoreResult<()> {
        let unknown: Vec<&str> = subjects
            .iter()
            .map(String::as_str)
            .filter(|subject| !settled.identities.contains_key(*subject))
            .collect();
        let found = self
            .store
            .identities_of(&self.organisation.code, &unknown)
            .await?;
        for (subject, identity) in unknown.into_iter().zip(found) {
            if let Some(identity) = identity {
                settled.identities.insert(subject.to_owned(), identity);
            }
        }
        Ok(())
    }

    async fn relationships(
        &self,
        relationships: &[(i64, Relationship)],
        settled: &Settled,
    ) -> StoreResult<()> {
        let known: Vec<(IdentityId, i64, Relationship)> = relationships
            .iter()
            .filter_map(|(rid, one)| {
                Some((
                    *settled.identities.get(&one.local_number)?,
                    *rid,
                    one.clone(),
                ))
            })
            .collect();
        for some in known.chunks(limits::PEOPLE_AT_ONCE) {
            self.store.put_relationships(some, self.now).await?;
        }
        Ok(())
    }

    /// Records what sharing codes say; the identities on which a decision was new.
    async fn sharing(
        &self,
        sharing: &[SharingCode],
        settled: &Settled,
    ) -> StoreResult<Vec<(IdentityId, bool)>> {
        let decisions: Vec<PreferenceDecision> = sharing
            .iter()
            .filter_map(|code| {
                Some(PreferenceDecision {
                    identity: *settled.identities.get(&code.local_number)?,
                    choice: code.choice,
                    decided: code.decided,
                    received: self.now,
                    by: Decider::Feed(self.organisation.code.clone()),
                    who: WhoDecided::NotSaid,
                    stayed_from: None,
                })
            })
            .collect();
        let new = self.store.record_feed_decisions(&decisions).await?;
        let new: HashSet<IdentityId> = new.into_iter().collect();
        let told = decisions
            .iter()
            .filter(|decision| new.contains(&decision.identity));
        Ok(told
            .map(|decision| (decision.identity, decision.choice.refuses()))
            .collect())
    }

    /// Turns away, erases and lets back in.
    async fn door(
        &self,
        decided: &[(IdentityId, bool)],
        settled: &mut Settled,
        counts: &mut Counts,
    ) -> StoreResult<()> {
        let mut patients: HashSet<PatientId> = self
            .store
            .patients_with_opt_outs()
            .await?
            .into_iter()
            .collect();
        if !self.rule.takes_in_undecided() {
            // A record is made only for those who said yes, so everybody is looked at.
            let ids: Vec<IdentityId> = settled.identities.values().copied().collect();
            patients.extend(
                self.store
                    .identity_rows(&ids)
                    .await?
                    .values()
                    .map(|row| row.patient),
            );
        }
        let patients: Vec<PatientId> = patients.into_iter().collect();
        let at_the_door = self
            .store
            .at_the_door(&patients, self.rule, self.now)
            .await?;
        if self.unbelievable(decided).await? {
            let refused: HashSet<IdentityId> = decided
                .iter()
                .filter(|(_, refuses)| *refuses)
                .map(|(identity, _)| *identity)
                .collect();
            let away = at_the_door
                .iter()
                .filter(|one| !one.taken_in)
                .filter(|one| one.identities.iter().any(|one| refused.contains(one)));
            let away: Vec<IdentityId> = away.flat_map(|one| one.identities.clone()).collect();
            self.store
                .hold_erasures(&away, self.feed.feed, self.now)
                .await?;
        }
        counts.erased += self.store.carry_out_choices(&at_the_door, self.now).await? as u64;
        // While an erasure waits, what is sent is kept and hidden, so that nothing is lost if the
        // opt-outs were a mistake.
        let waiting = self.store.identities_with_held_erasures().await?;
        let away = at_the_door.into_iter().filter(|one| !one.taken_in);
        let away = away.flat_map(|one| one.identities);
        settled
            .turned_away
            .extend(away.filter(|identity| !waiting.contains(identity)));
        Ok(())
    }

    /// Whether the feed brings more new opt-outs than is believable: then they are hidden, and a
    /// person releases the erasure. A feed that sends Bundles is counted over a day.
    async fn unbelievable(&self, decided: &[(IdentityId, bool)]) -> StoreResult<bool> {
        if self.feed.first_loaded.is_none() || !decided.iter().any(|(_, refuses)| *refuses) {
            return Ok(false);
        }
        let now = decided.iter().filter(|(_, refuses)| *refuses).count();
        let yesterday = self.now.plus(-Timestamp::DAY);
        let since = self.feed.first_loaded.unwrap_or_default().max(yesterday);
        let code = &self.organisation.code;
        let today = self.store.new_opt_outs(code, since).await?;
        let refused = usize::try_from(today).unwrap_or_default().max(now);
        let people = self.store.count_identities(self.feed.feed).await?;
        let people = usize::try_from(people).unwrap_or(0);
        Ok(refused > limits::OPTS_OUT_FLOOR
            && refused.saturating_mul(limits::OPTS_OUT_ONE_IN) > people)
    }

    // ---- Linking -----------------------------------------------------------------------------

    /// Where new identities belong: with whom, and with whom perhaps.
    async fn place(&self, new: &[(IdentityId, &Identity)]) -> StoreResult<Vec<Placing>> {
        let candidates = self.candidates(new).await?;
        let ids: HashSet<IdentityId> = candidates
            .iter()
            .flat_map(|one| one.keys())
            .copied()
            .collect();
        let ids: Vec<IdentityId> = ids.into_iter().collect();
        let rows = self.store.identity_rows(&ids).await?;
        let candidates: Vec<Vec<IdentityId>> = new
            .iter()
            .zip(candidates)
            .map(|((identity, one), found)| worth_a_look(*identity, one, &found, &rows))
            .collect();
        let ids: HashSet<IdentityId> = candidates.iter().flatten().copied().collect();
        let mut known = self
            .demographics(&ids.into_iter().collect::<Vec<_>>())
            .await?;
        for (identity, one) in new {
            known
                .entry(*identity)
                .or_insert_with(|| one.demographics.clone());
        }
        let mut placings = Vec::with_capacity(new.len());
        for ((_, one), candidates) in new.iter().zip(candidates) {
            let mut judged = Vec::new();
            for candidate in candidates {
                let verdict = match known.get(&candidate) {
                    Some(other) => compare(&one.demographics, other),
                    None => {
                        self.compare_erased(&one.demographics, candidate, &rows)
                            .await?
                    }
                };
                judged.push((candidate, rows.get(&candidate), verdict));
            }
            placings.push(self.judge(&judged));
        }
        Ok(placings)
    }

    /// For each new identity those that stand under one of its keys, in the store or earlier among
    /// the new ones; whether it is the key of the NHS number.
    async fn candidates(
        &self,
        new: &[(IdentityId, &Identity)],
    ) -> StoreResult<Vec<BTreeMap<IdentityId, bool>>> {
        let keys: Vec<Vec<LinkKey>> = new
            .iter()
            .map(|(_, one)| link_keys(&one.demographics))
            .collect();
        let asked: Vec<&LinkKey> = keys.iter().flatten().collect();
        let mut answers = self.store.candidates(&asked).await?.into_iter();
        let mut before: HashMap<&LinkKey, Vec<IdentityId>> = HashMap::new();
        let mut all = Vec::with_capacity(new.len());
        for ((identity, _), keys) in new.iter().zip(&keys) {
            let mut found: BTreeMap<IdentityId, bool> = BTreeMap::new();
            for key in keys {
                let earlier = before.entry(key).or_default();
                for other in answers
                    .next()
                    .unwrap_or_default()
                    .into_iter()
                    .chain(earlier.clone())
                {
                    *found.entry(other).or_default() |= matches!(key, LinkKey::Nhs(_));
                }
                earlier.push(*identity);
            }
            all.push(found);
        }
        Ok(all)
    }

    /// Demographics of identities, opened to be compared and for nothing else.
    async fn demographics(
        &self,
        ids: &[IdentityId],
    ) -> StoreResult<HashMap<IdentityId, Demographics>> {
        let bodies = self.store.persons_to_compare(ids).await?;
        let read =
            bodies
                .into_iter()
                .filter_map(|(identity, body)| match self.reader.read(&body) {
                    Ok(Statement::Identity(one)) => Some((identity, one.demographics)),
                    _ => None,
                });
        Ok(read.collect())
    }

    /// Of somebody erased only keyed look-ups are left; equal numbers and an equal look-up of name
    /// and birth are what can be compared.
    async fn compare_erased(
        &self,
        person: &Demographics,
        candidate: IdentityId,
        rows: &HashMap<IdentityId, IdentityRow>,
    ) -> StoreResult<Verdict> {
        let number: Vec<LinkKey> = person
            .nhs_number
            .number()
            .into_iter()
            .map(LinkKey::Nhs)
            .collect();
        let others: Vec<LinkKey> = tributary_matching::doubtful_keys(person)
            .map(LinkKey::Doubtful)
            .collect();
        let number = self.store.share_link_key(candidate, &number).await?;
        let others = self.store.share_link_key(candidate, &others).await?;
        let traced = person.nhs_number.traced().is_some()
            && rows
                .get(&candidate)
                .is_some_and(|row| row.number_status == NumberStatus::Traced);
        Ok(match (number, others) {
            (true, true) if traced => Verdict::Same,
            (true, _) if !traced => Verdict::ForAPerson(Reason::NumberNotVerified),
            (true, _) => Verdict::ForAPerson(Reason::MuchDiffers),
            (false, _) if traced => Verdict::Different,
            (false, _) => Verdict::ForAPerson(Reason::DemographicsAgree),
        })
    }

    /// One identity's place, from how it compares with each candidate.
    fn judge(&self, judged: &[(IdentityId, Option<&IdentityRow>, Verdict)]) -> Placing {
        let mut placing = Placing::default();
        let mut same: BTreeMap<PatientId, bool> = BTreeMap::new();
        for (candidate, row, verdict) in judged {
            let own_source = row.is_none_or(|row| row.organisation == self.organisation.code);
            match verdict {
                // One source with two numbers of its own for one person: a person must look.
                Verdict::Same if own_source => {
                    placing
                        .doubtful
                        .push((*candidate, "the source has the person twice"));
                }
                Verdict::Same => {
                    if let Some(row) = row {
                        same.entry(row.patient).or_insert(true);
                    }
                }
                Verdict::ForAPerson(reason) => {
                    placing.doubtful.push((*candidate, reason.words()));
                    // Whoever one member contradicts joins none of them by itself.
                    if let (Some(row), true) = (row, contradicts(*reason)) {
                        same.insert(row.patient, false);
                    }
                }
                Verdict::Different => {}
            }
        }
        let mut fitting = same
            .into_iter()
            .filter(|(_, fits)| *fits)
            .map(|(patient, _)| patient);
        placing.joins = fitting.next();
        if fitting.next().is_some() {
            // Two patients under one number, kept apart by somebody: which of them is a guess.
            placing.joins = None;
            let same = judged
                .iter()
                .filter(|(_, _, verdict)| *verdict == Verdict::Same);
            let reason = "the NHS number stands for two patients who are kept apart";
            placing
                .doubtful
                .extend(same.map(|(candidate, ..)| (*candidate, reason)));
        } else if placing.joins.is_none() {
            let same = judged.iter().filter(|(_, row, verdict)| {
                *verdict == Verdict::Same
                    && row.is_some_and(|row| row.organisation != self.organisation.code)
            });
            let reason = "the NHS numbers are equal, but another record of the same patient \
                          contradicts this one";
            placing
                .doubtful
                .extend(same.map(|(candidate, ..)| (*candidate, reason)));
        }
        placing
    }
}

/// Of the candidates those that comparing could tell anything about: of two different traced
/// numbers the national service has told already.
fn worth_a_look(
    identity: IdentityId,
    one: &Identity,
    found: &BTreeMap<IdentityId, bool>,
    rows: &HashMap<IdentityId, IdentityRow>,
) -> Vec<IdentityId> {
    let traced = one.demographics.nhs_number.traced().is_some();
    let told_apart = |other: &IdentityId| {
        traced
            && rows
                .get(other)
                .is_some_and(|row| row.number_status == NumberStatus::Traced)
    };
    found
        .iter()
        .filter(|(other, by_number)| **other != identity && (**by_number || !told_apart(other)))
        .map(|(other, _)| *other)
        .collect()
}

/// An identity with what it is found by.
fn new_identity(identity: IdentityId, one: &Identity, joins: Option<PatientId>) -> NewIdentity {
    let person = &one.demographics;
    let number = person.nhs_number.number();
    let names = person.born.iter().flat_map(|born| {
        let names = std::iter::once(&person.name).chain(&person.other_names);
        names.flat_map(move |name| tributary_matching::find_name_keys(&name.family, born))
    });
    let mut find: Vec<FindKey> = names.map(FindKey::NameAndBirth).collect();
    find.push(FindKey::Local(one.id.clone()));
    if person.local_number != one.id {
        find.push(FindKey::Local(person.local_number.clone()));
    }
    find.extend(number.map(FindKey::Nhs));
    NewIdentity {
        identity,
        joins,
        number_status: status(&person.nhs_number),
        find,
        link: link_keys(person),
    }
}

/// Where a new identity belongs.
#[derive(Default)]
struct Placing {
    /// The patient it joins.
    joins: Option<PatientId>,
    /// With whom it may be one, and why a person must look.
    doubtful: Vec<(IdentityId, &'static str)>,
}

/// Whether a doubt is a contradiction under one verified number.
const fn contradicts(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::GivenNamesDiffer | Reason::BirthDatesDiffer | Reason::FamilyNamesDiffer
    )
}

fn link_keys(person: &Demographics) -> Vec<LinkKey> {
    let number = person.nhs_number.number().into_iter().map(LinkKey::Nhs);
    number
        .chain(tributary_matching::doubtful_keys(person).map(LinkKey::Doubtful))
        .collect()
}

const fn status(number: &StatedNhsNumber) -> NumberStatus {
    match number {
        StatedNhsNumber::Absent => NumberStatus::Absent,
        StatedNhsNumber::Traced(_) => NumberStatus::Traced,
        StatedNhsNumber::Untraced(_) => NumberStatus::Untraced,
        StatedNhsNumber::Invalid(_) => NumberStatus::Invalid,
    }
}
