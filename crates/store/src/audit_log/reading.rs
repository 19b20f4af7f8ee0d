//! Reading the log: an organisation's lines, the lines about a patient, and one line again.

use tributary_model::{AccessAction, AccessNumber, AccessOutcome, SectionSet};

use super::{
    Circumstances, Clear,
    line::{AuditLine, Personal, Whose, identity_lookup, organisation_lookup},
};
use crate::{
    Store, StoreResult,
    db::{Query, Row, params},
    limits,
    permit::{Permit, ReviewPermit, Reviewed},
};

const LINES_UNDER: &str = "SELECT l.leaf, l.sealed FROM audit_lookup x \
                           JOIN audit_line l ON l.number = x.number \
                           WHERE x.lookup = $1 AND x.number < $2 ORDER BY x.number DESC LIMIT $3";

impl Store {
    /// The lines a review permit lets through, newest first, from before a number on; at most
    /// `count`, and whether there are more.
    pub async fn audit_lines(
        &self,
        permit: &ReviewPermit,
        before: Option<AccessNumber>,
        count: usize,
    ) -> StoreResult<(Vec<AuditLine>, bool)> {
        let key = &self.keys.audit;
        let lookups = match permit.reviewed() {
            Reviewed::Organisation(code) => vec![organisation_lookup(key, code)],
            Reviewed::Patient(identities) => identities
                .iter()
                .map(|identity| identity_lookup(key, *identity))
                .collect(),
        };
        let count = count.min(limits::LINES_READ_AT_ONCE);
        let before = before.unwrap_or(AccessNumber(i64::MAX));
        let one_more = i64::try_from(count + 1).unwrap_or(i64::MAX);
        let queries = lookups
            .into_iter()
            .map(|lookup| Query::new(LINES_UNDER, params![lookup, before, one_more]));
        let answers = self.audit.read(queries.collect()).await?;
        let lines = answers.iter().flatten().map(|row| self.open_line(row));
        let mut lines = lines.collect::<StoreResult<Vec<_>>>()?;
        lines.sort_by_key(|line| std::cmp::Reverse(line.number));
        lines.dedup_by_key(|line| line.number);
        let more = lines.len() > count;
        lines.truncate(count);
        Ok((lines, more))
    }

    /// Writes down that one access is shown again, and gives its line and, if something was shown
    /// then, a permit for exactly that.
    pub async fn admit_replay(
        &self,
        number: AccessNumber,
        circumstances: &Circumstances,
    ) -> StoreResult<Option<(AuditLine, Permit)>> {
        let rows = self
            .audit
            .query(
                "SELECT leaf, sealed FROM audit_line WHERE number = $1",
                params![number],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let line = self.open_line(row)?;
        let (action, permitted) = (AccessAction::Administer, AccessOutcome::Permitted);
        let mut clear = Clear::of(None, action, permitted, circumstances.now);
        clear.about = Some(number);
        let whose = line.personal.whose.clone().unwrap_or_default();
        let address = whose.address;
        let personal = Personal {
            who: None,
            origin: circumstances.origin.clone(),
            whose: Some(Whose {
                decisions: Vec::new(),
                facts: String::new(),
                ..whose.clone()
            }),
            words: "replay of an access".to_owned(),
        };
        let written = self.write(clear, &personal, None).await?;
        let showed = line.clear.outcome == AccessOutcome::Permitted;
        let sections = line
            .clear
            .sections
            .filter(|_| showed)
            .unwrap_or(SectionSet::EMPTY);
        let shown = if line.clear.sections.is_some() {
            whose.identities
        } else {
            Vec::new()
        };
        Ok(Some((
            line,
            Permit::replay(written, address, shown, sections),
        )))
    }

    /// How many lines the log has.
    pub async fn count_lines(&self) -> StoreResult<i64> {
        Ok(self.log_head().await?.next)
    }

    pub(super) fn open_line(&self, row: &Row) -> StoreResult<AuditLine> {
        AuditLine::open(&self.keys.audit, row.bytes(0)?, row.bytes(1)?)
    }
}
