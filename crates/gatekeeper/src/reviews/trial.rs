//! Trying another ranking on what has happened, before it is settled.

use std::collections::HashMap;

use tributary_model::{AccessAction, AccessNumber, Origin, Requester, Timestamp};
use tributary_store::{AuditLine, Lines, ReviewPermit, SearchPermit, Span};

use super::Finding;
use crate::{
    AccessLine, Disclosure, GateError, Gatekeeper, Ranking, Signal,
    gate::{failed, unwritten},
    limits,
    sifting::{day_of, looks, patients_by_day},
    signals::{Measures, is_listed, score, signals},
};

/// What another ranking would have made of past looks.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The version in force; 0 while nothing of one's own is settled.
    pub version: i64,
    /// The ranking in force.
    pub now: Ranking,
    /// The one that is tried.
    pub tried: Ranking,
    /// How many looks it was tried on, and since when.
    pub looks: usize,
    /// The first of them.
    pub since: Option<Timestamp>,
    /// How many of them are listed now, and would be.
    pub listed: (usize, usize),
    /// Of looks that were found not justified: how many stand among the first of the list now, and
    /// would.
    pub found: (usize, usize),
    /// Those that would stand first.
    pub first: Vec<TriedLook>,
}

/// One past look under both rankings.
#[derive(Clone, Debug)]
pub struct TriedLook {
    /// The look.
    pub line: AccessLine,
    /// Its place now; none if it is not listed.
    pub place: Option<usize>,
    /// Its score under what is tried.
    pub score: i64,
    /// Why.
    pub signals: Vec<Signal>,
    /// What its review found.
    pub finding: Option<Finding>,
}

struct Past<'a> {
    line: &'a AuditLine,
    measures: Measures,
    finding: Option<Finding>,
}

impl Gatekeeper {
    /// The ranking in force, and what another would have made of the last looks of the
    /// organisation's staff.
    pub async fn try_ranking(
        &self,
        requester: &Requester,
        tried: Option<Ranking>,
        origin: &Origin,
    ) -> Result<Disclosure<Trial>, GateError> {
        let words = "how looks rank, tried on past lines".to_owned();
        let (review, search) = self
            .admit_desk(requester, Lines::OurStaff, words, origin)
            .await?;
        let (version, now) = self.ranking(review.organisation()).await?;
        let tried = tried.unwrap_or_else(|| now.clone());
        let read = self
            .store()
            .audit_lines(&review, Span::ALL, limits::LINES_TRIED);
        let (mut lines, _) = read.await.map_err(failed)?;
        // In the order of the log, so that the first line of a look stands for it.
        lines.reverse();
        let past = self.past(&review, &lines).await?;
        let trial = self.trial(&search, past, version, now, tried).await?;
        Ok(Disclosure::new(trial, review.access()))
    }

    /// Settles a ranking from now on; open reviews are ranked anew by it.
    pub async fn settle_ranking(
        &self,
        requester: &Requester,
        ranking: &Ranking,
        origin: &Origin,
    ) -> Result<AccessNumber, GateError> {
        let mut circumstances = self.circumstances(origin);
        self.is_privacy_officer(requester, AccessAction::Review, &mut circumstances)
            .await?;
        let store = self.store();
        let (version, before) = self.ranking(&requester.organisation.code).await?;
        let version = version + 1;
        let words = format!("ranking {version}: {}", ranking.changes(&before));
        let permit = store.admit_step(requester, None, words, &circumstances);
        let permit = permit.await.map_err(unwritten)?;
        let settled = tributary_store::Ranking {
            version,
            at: circumstances.now,
            body: ranking.write(),
        };
        let made = store.put_ranking(&permit, &settled, requester.account);
        if !made.await.map_err(failed)? {
            return Err(GateError::GoneOn);
        }
        let open = store.open_reviews(&permit, usize::MAX - 1).await;
        for mut review in open.map_err(failed)?.0 {
            let anew = score(&Measures::from_bytes(&review.why), ranking);
            if anew != review.score {
                review.score = anew;
                store.put_review(&permit, &review).await.map_err(failed)?;
            }
        }
        Ok(permit.access())
    }

    async fn past<'a>(
        &self,
        review: &ReviewPermit,
        lines: &'a [AuditLine],
    ) -> Result<Vec<Past<'a>>, GateError> {
        let closed = self
            .store()
            .closed_reviews(review, limits::LINES_TRIED)
            .await;
        let findings: HashMap<AccessNumber, Finding> = closed
            .map_err(failed)?
            .iter()
            .filter_map(|closed| Some((closed.line, Finding::named(&closed.finding)?)))
            .collect();
        let (permit, patients) = (self.sifting().await?, patients_by_day(lines));
        let mut past = Vec::new();
        for (look, _) in looks(lines) {
            if look.organisation != review.organisation() {
                continue;
            }
            let mut measures = self.measure(permit, &look).await?;
            let at = look.line.clear.at;
            measures.patients = patients
                .get(&(look.account, day_of(at)))
                .copied()
                .unwrap_or_default();
            if self.clock().now().since(at) >= limits::CONTACT_WITHIN {
                measures.no_contact = self.without_contact(permit, &look).await?;
            }
            past.push(Past {
                line: look.line,
                measures,
                finding: findings.get(&look.line.number).copied(),
            });
        }
        Ok(past)
    }

    async fn trial(
        &self,
        search: &SearchPermit,
        past: Vec<Past<'_>>,
        version: i64,
        now: Ranking,
        tried: Ranking,
    ) -> Result<Trial, GateError> {
        let (before, after) = (ranked(&past, &now), ranked(&past, &tried));
        let places: HashMap<AccessNumber, usize> = (1..)
            .zip(&before)
            .map(|(place, look)| (look.line.number, place))
            .collect();
        let first: Vec<&Past<'_>> = after.iter().take(limits::LOOKS_TRIED).copied().collect();
        let lines: Vec<AuditLine> = first.iter().map(|look| look.line.clone()).collect();
        let words = self.in_words(search, &lines).await?;
        let shown = first.iter().zip(words).map(|(look, line)| TriedLook {
            place: places.get(&look.line.number).copied(),
            score: score(&look.measures, &tried),
            signals: signals(&look.measures, &tried),
            finding: look.finding,
            line,
        });
        let wrong = |looks: &[&Past<'_>]| {
            let first = looks.iter().take(limits::LOOKS_TRIED);
            first
                .filter(|look| look.finding == Some(Finding::NotJustified))
                .count()
        };
        Ok(Trial {
            version,
            looks: past.len(),
            since: past.first().map(|look| look.line.clear.at),
            listed: (before.len(), after.len()),
            found: (wrong(&before), wrong(&after)),
            first: shown.collect(),
            now,
            tried,
        })
    }
}

/// The looks that a ranking lists, in its order.
fn ranked<'p, 'a>(past: &'p [Past<'a>], ranking: &Ranking) -> Vec<&'p Past<'a>> {
    let listed = past
        .iter()
        .filter(|look| is_listed(&look.measures, ranking));
    let mut listed: Vec<_> = listed.collect();
    listed.sort_by_key(|look| {
        (
            std::cmp::Reverse(score(&look.measures, ranking)),
            look.line.number,
        )
    });
    listed
}
