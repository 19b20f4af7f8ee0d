//! The decisions of the past, for the governance group to try other rules on.

use tributary_model::{AccessAction, AccessNumber, AccessOutcome, OdsCode, Requester, Timestamp};
use tributary_policy::{AskedThen, Recorded};

use super::{AuditLine, Circumstances};
use crate::{
    Store, StoreResult,
    db::params,
    limits,
    permit::{PreviewPermit, SearchPermit},
};

/// One decision about opening a record, as its line keeps it.
#[derive(Clone, Debug)]
pub struct PastDecision {
    /// The rulebook and its version.
    pub rulebook: String,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// What it rested on, and what was asked. Of whom it was and who asked only role and
    /// organisation are there. `None` for a line from before this was kept.
    pub decided: Option<(Recorded, AskedThen)>,
    /// The whole line, where the permit's reader may have it.
    pub line: Option<AuditLine>,
}

/// Some decisions, newest first, and where to go on.
#[derive(Debug, Default)]
pub struct PastDecisions {
    /// The decisions.
    pub decisions: Vec<PastDecision>,
    /// The line before which to go on; `None` at the end.
    pub before: Option<AccessNumber>,
}

const LINES_BEFORE: &str = "SELECT leaf, sealed FROM audit_line WHERE number < $1 \
                            ORDER BY number DESC LIMIT $2";

impl Store {
    /// Writes down that past decisions are replayed. Whole lines are let through only of one
    /// organisation, if one is given.
    pub async fn admit_preview(
        &self,
        requester: &Requester,
        whole_lines_of: Option<OdsCode>,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<(PreviewPermit, SearchPermit)> {
        let action = AccessAction::Administer;
        let line = self
            .note(Some(requester), action, words, circumstances)
            .await?;
        let again = line.same_line();
        let code = requester.organisation.code.clone();
        Ok((
            PreviewPermit::of(line, whole_lines_of),
            SearchPermit::of(again, code),
        ))
    }

    /// Some decisions made since an instant, newest first, from before a line on.
    pub async fn past_decisions(
        &self,
        permit: &PreviewPermit,
        since: Timestamp,
        before: Option<AccessNumber>,
    ) -> StoreResult<PastDecisions> {
        let before = before.unwrap_or(permit.access());
        let count = limits::LINES_REPLAYED_AT_ONCE;
        let rows = self.audit.query(LINES_BEFORE, params![before, count]);
        let rows = rows.await?;
        let lines = rows.iter().map(|row| self.open_line(row));
        let lines = lines.collect::<StoreResult<Vec<_>>>()?;
        // Several processes write one log, so times are in order but for their clocks' difference.
        let over = |line: &AuditLine| line.clear.at < since.plus(-Timestamp::HOUR);
        let more = rows.len() == usize::try_from(count).unwrap_or(usize::MAX);
        let before = lines.last().filter(|last| more && !over(last));
        Ok(PastDecisions {
            before: before.map(|last| last.number),
            decisions: lines
                .into_iter()
                .filter(|line| line.clear.at >= since && is_opening(line.clear.action))
                .map(|line| past(line, permit))
                .collect(),
        })
    }
}

/// Whether the line is about opening a record or a part of it.
const fn is_opening(action: AccessAction) -> bool {
    matches!(
        action,
        AccessAction::OpenRecord
            | AccessAction::OpenEntry
            | AccessAction::OpenTrend
            | AccessAction::FetchFhir
    )
}

fn past(line: AuditLine, permit: &PreviewPermit) -> PastDecision {
    let own = line.clear.organisation.is_some()
        && line.clear.organisation.as_ref() == permit.whole_lines_of();
    let mut decided = line.decided();
    if let Some((_, asked)) = decided.as_mut().filter(|_| !own) {
        asked.requester.account = tributary_model::AccountId(0);
        asked.requester.name.clear();
        asked.requester.register = None;
    }
    PastDecision {
        rulebook: line.clear.rulebook.clone(),
        outcome: line.clear.outcome,
        decided,
        line: own.then_some(line),
    }
}
