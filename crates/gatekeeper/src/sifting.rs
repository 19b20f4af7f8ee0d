//! Sifting the log for what a privacy officer should read first.
//!
//! Every line is looked at twice: at once, and again when it can be told whether the look was followed
//! by contact. What is found is listed; nothing is decided by it.

use std::collections::{BTreeMap, HashMap, HashSet};

use tributary_matching::family_names;
use tributary_model::{
    AccessAction, AccessOutcome, AccountId, Address, Demographics, OdsCode, Origin, Timestamp,
};
use tributary_policy::{Reader, RefusalReason, Unauthorised};
use tributary_store::{AuditLine, Contact, Episode, Household, NewReview, Sieve, SiftPermit};

use crate::{
    GateError, Gatekeeper, Ranking, Setting,
    gate::{failed, unwritten},
    limits,
    lines::{legal_basis, own_address},
    signals::{Measures, is_listed, score},
};

impl Gatekeeper {
    /// Lists what newly stands out, again and again, until it is dropped. Whoever serves runs it
    /// beside the server; several processes share the work.
    pub async fn keep_reviews(&self, every: std::time::Duration) {
        loop {
            if let Err(error) = self.sift().await {
                tracing::error!(%error, "the log could not be sifted");
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Lists what newly stands out.
    pub async fn sift(&self) -> Result<(), GateError> {
        let permit = self.sifting().await?;
        for sieve in [Sieve::AtOnce, Sieve::Later] {
            while self.sift_some(permit, sieve).await? {}
        }
        Ok(())
    }

    /// The line that says that this process ranks looks, written once.
    pub(crate) async fn sifting(&self) -> Result<&SiftPermit, GateError> {
        let admit = || async {
            let circumstances = self.circumstances(&Origin::default());
            self.store().admit_sifting(&circumstances).await
        };
        self.sieve().get_or_try_init(admit).await.map_err(unwritten)
    }

    /// Whether there may be more.
    async fn sift_some(&self, permit: &SiftPermit, sieve: Sieve) -> Result<bool, GateError> {
        let until = match sieve {
            Sieve::AtOnce => Timestamp(i64::MAX),
            Sieve::Later => self.clock().now().plus(-limits::CONTACT_WITHIN),
        };
        let unsifted = self.store().unsifted(permit, sieve, until).await;
        let (from, lines) = unsifted.map_err(failed)?;
        let Some(last) = lines.last() else {
            return Ok(false);
        };
        let (to, rankings) = (last.number.0 + 1, self.rankings(&lines).await?);
        let mut found = Vec::new();
        for (look, episode) in looks(&lines) {
            let mut measures = self.measure(permit, &look).await?;
            match sieve {
                Sieve::AtOnce => measures.patients = self.patients_that_day(&look).await?,
                Sieve::Later => measures.no_contact = self.without_contact(permit, &look).await?,
            }
            let ranking = rankings.get(look.organisation).cloned().unwrap_or_default();
            if is_listed(&measures, &ranking) {
                found.push(review_of(&look, episode, &measures, &ranking));
            }
        }
        let joined = |new: &NewReview, old: &[u8]| {
            let ranking = rankings.get(&new.organisation).cloned().unwrap_or_default();
            let mut measures = Measures::from_bytes(old);
            measures.join(&Measures::from_bytes(&new.why));
            (measures.to_bytes(), score(&measures, &ranking))
        };
        let sifted = self
            .store()
            .sifted(permit, sieve, (from, to), &found, joined);
        sifted.await.map_err(failed)
    }

    async fn rankings(&self, lines: &[AuditLine]) -> Result<BTreeMap<OdsCode, Ranking>, GateError> {
        let codes: HashSet<&OdsCode> = lines
            .iter()
            .filter_map(|line| line.clear.organisation.as_ref())
            .collect();
        let mut rankings = BTreeMap::new();
        for code in codes {
            rankings.insert(code.clone(), self.ranking(code).await?.1);
        }
        Ok(rankings)
    }

    /// How an organisation's looks are ranked, and the version of it; 0 is what everybody begins
    /// with.
    pub(crate) async fn ranking(&self, code: &OdsCode) -> Result<(i64, Ranking), GateError> {
        let settled = self.store().ranking(code).await.map_err(failed)?;
        let read =
            |settled: tributary_store::Ranking| (settled.version, Ranking::read(&settled.body));
        Ok(settled.map(read).unwrap_or_default())
    }

    /// What is found of one look, but for what only time or other looks can tell.
    pub(crate) async fn measure(
        &self,
        permit: &SiftPermit,
        look: &Look<'_>,
    ) -> Result<Measures, GateError> {
        let line = look.line;
        let clear = &line.clear;
        let mut measures = Measures::at(clear.at);
        if clear.outcome == AccessOutcome::Refused {
            let own = RefusalReason::NotAuthorised(Unauthorised::OwnRecord);
            measures.own_record = clear.basis == own.words_for(Reader::PrivacyOfficer);
            measures.unrelated = clear.rule == 2;
            return Ok(measures);
        }
        // Flagged is the line that the reason was given with, not each further page of the look.
        if clear.flagged.is_some() {
            measures.legal = legal_basis(line);
            measures.emergency = measures.legal.is_none();
        }
        let name = line.personal.who.as_ref().map(|who| who.name.as_str());
        let family = name.and_then(|name| name.split_whitespace().last());
        let names = family.map(family_names).unwrap_or_default();
        let household = |body: &[u8]| {
            let known = self.reading().demographics(body)?;
            Some(household(&known))
        };
        let likeness = self.store().likeness(
            permit,
            (look.organisation, look.account),
            look.patient,
            &names,
            household,
        );
        let likeness = likeness.await.map_err(failed)?;
        measures.family = likeness.family;
        measures.home = likeness.home;
        measures.colleague = likeness.colleague;
        Ok(measures)
    }

    async fn patients_that_day(&self, look: &Look<'_>) -> Result<i64, GateError> {
        let at = look.line.clear.at;
        let opened =
            self.store()
                .opened_since(look.account, look.organisation, at.plus(-Timestamp::DAY));
        let opened = opened.await.map_err(failed)?;
        let patients = opened.iter().filter(|one| one.at <= at).count();
        Ok(i64::try_from(patients).unwrap_or(i64::MAX))
    }

    pub(crate) async fn without_contact(
        &self,
        permit: &SiftPermit,
        look: &Look<'_>,
    ) -> Result<bool, GateError> {
        if look.line.clear.outcome == AccessOutcome::Refused {
            return Ok(false);
        }
        let (at, around) = (look.line.clear.at, limits::CONTACT_WITHIN);
        let span = (at.plus(-around), at.plus(around));
        let contact = self
            .store()
            .contact(permit, look.organisation, look.patient, span);
        Ok(contact.await.map_err(failed)? == Contact::None)
    }
}

/// A look, or an attempt at one, by somebody of an organisation at a patient.
pub(crate) struct Look<'a> {
    pub(crate) line: &'a AuditLine,
    pub(crate) organisation: &'a OdsCode,
    pub(crate) account: AccountId,
    pub(crate) patient: Address,
}

/// The looks that lines tell of: of each the first line.
pub(crate) fn looks(lines: &[AuditLine]) -> Vec<(Look<'_>, Episode)> {
    let mut seen = HashSet::new();
    let looks = lines.iter().filter_map(look_of);
    let with = looks.map(|look| {
        let episode = episode_of(&look);
        (look, episode)
    });
    with.filter(|(look, episode)| match episode {
        Episode::Line => true,
        Episode::Day(_, patient, day) => {
            seen.insert((look.organisation, look.account, *patient, *day))
        }
    })
    .collect()
}

/// How many patients each person looked at on each day.
pub(crate) fn patients_by_day(lines: &[AuditLine]) -> HashMap<(AccountId, i64), i64> {
    let mut patients: HashMap<(AccountId, i64), HashSet<Address>> = HashMap::new();
    for look in lines.iter().filter_map(look_of) {
        if look.line.clear.outcome == AccessOutcome::Permitted {
            let day = (look.account, day_of(look.line.clear.at));
            patients.entry(day).or_default().insert(look.patient);
        }
    }
    let counted = patients.into_iter().map(|(day, patients)| {
        let count = i64::try_from(patients.len()).unwrap_or(i64::MAX);
        (day, count)
    });
    counted.collect()
}

/// The day in London, as a number.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    let date = tributary_model::london_date(at);
    i64::from(date.year()) * 400 + i64::from(date.day_of_year())
}

fn look_of(line: &AuditLine) -> Option<Look<'_>> {
    let looks = matches!(
        line.clear.action,
        AccessAction::OpenRecord
            | AccessAction::OpenEntry
            | AccessAction::OpenTrend
            | AccessAction::FetchFhir
    );
    let told = matches!(
        line.clear.outcome,
        AccessOutcome::Permitted | AccessOutcome::Refused
    );
    if !looks || !told {
        return None;
    }
    let organisation = line.clear.organisation.as_ref()?;
    let named = line.personal.whose.as_ref().and_then(|whose| whose.address);
    Some(Look {
        line,
        organisation,
        account: line.clear.account?,
        patient: own_address(line, organisation).or(named)?,
    })
}

/// What somebody opened without asking is a look of its own; the rest of a day is one look.
fn episode_of(look: &Look<'_>) -> Episode {
    let clear = &look.line.clear;
    if clear.flagged.is_some() {
        return Episode::Line;
    }
    Episode::Day(look.account, look.patient, day_of(clear.at))
}

fn review_of(
    look: &Look<'_>,
    episode: Episode,
    measures: &Measures,
    ranking: &Ranking,
) -> NewReview {
    let at = look.line.clear.at;
    NewReview {
        organisation: look.organisation.clone(),
        line: look.line.number,
        episode,
        looked: at,
        kind: measures.kind(),
        score: score(measures, ranking),
        due: at.plus(ranking.of(Setting::DueDays) * Timestamp::DAY),
        why: measures.to_bytes(),
    }
}

fn household(known: &Demographics) -> Household {
    let lines = known.address.iter().map(String::as_str);
    let parts = lines.chain(known.postcode.as_deref());
    let home: String = parts
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    Household {
        families: family_names(&known.name.family),
        home: if known.protected { String::new() } else { home },
        nhs_number: known.nhs_number.number(),
    }
}
