//! Reading the log: an organisation's lines, the lines about a patient, and one line again.

use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, OdsCode, Requester, SectionSet, Timestamp,
};

use super::{
    Circumstances, Clear,
    line::{
        AuditLine, Personal, Who, Whose, about_lookup, account_lookup, flagged_lookup,
        identity_lookup, patients_lookup, staff_lookup,
    },
};
use crate::{
    DbError, Store, StoreResult,
    db::{Query, Row, params},
    limits,
    permit::{Lines, Permit, ReviewPermit, Reviewed},
};

const NUMBERS_UNDER: &str = "SELECT number FROM audit_lookup \
                             WHERE lookup = $1 AND number < $2 AND number >= $3 \
                             ORDER BY number DESC LIMIT $4";
const LINE: &str = "SELECT leaf, sealed FROM audit_line WHERE number = $1";

/// A part of the log between two numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The first number that belongs to it.
    pub from: AccessNumber,
    /// The first number after it that does not.
    pub before: AccessNumber,
}

impl Span {
    /// All of the log.
    pub const ALL: Self = Self {
        from: AccessNumber(0),
        before: AccessNumber(i64::MAX),
    };
}

impl AuditLine {
    /// Whether it tells of an organisation's staff or of one of its patients.
    #[must_use]
    pub fn concerns(&self, organisation: &OdsCode) -> bool {
        let whose = self.personal.whose.iter();
        self.clear.organisation.as_ref() == Some(organisation)
            || whose
                .flat_map(Whose::organisations)
                .any(|code| code == organisation)
    }
}

impl Store {
    /// The lines a review permit lets through, newest first; at most `count`, and whether the span
    /// holds more.
    pub async fn audit_lines(
        &self,
        permit: &ReviewPermit,
        span: Span,
        count: usize,
    ) -> StoreResult<(Vec<AuditLine>, bool)> {
        let count = count.min(limits::LINES_READ_AT_ONCE);
        let one_more = i64::try_from(count + 1).unwrap_or(i64::MAX);
        let queries = self.lookups_of(permit).into_iter().map(|lookup| {
            let params = params![lookup, span.before, span.from, one_more];
            Query::new(NUMBERS_UNDER, params)
        });
        let mut numbers = Vec::new();
        for row in self.audit.read(queries.collect()).await?.iter().flatten() {
            numbers.push(row.int(0)?);
        }
        numbers.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
        numbers.dedup();
        let more = numbers.len() > count;
        numbers.truncate(count);
        let queries = numbers
            .iter()
            .map(|number| Query::new(LINE, params![*number]));
        let answers = self.audit.read(queries.collect()).await?;
        let lines = answers.iter().flatten().map(|row| self.open_line(row));
        Ok((lines.collect::<StoreResult<_>>()?, more))
    }

    /// The number of the first line written at or after an instant; of the next line to come if
    /// there is none. Lines are numbered as they are written, so no index of times is needed.
    pub async fn first_line_at(&self, at: Timestamp) -> StoreResult<AccessNumber> {
        let (mut low, mut high) = (0, self.log_head().await?.next);
        while low < high {
            let middle = low + (high - low) / 2;
            let rows = self
                .audit
                .query(
                    "SELECT at FROM audit_line WHERE number = $1",
                    params![middle],
                )
                .await?;
            let written = rows.first().ok_or(DbError::Missing("audit line"))?.int(0)?;
            if written < at.0 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(AccessNumber(low))
    }

    /// The next lines from a number on, in the order of the log; for whoever ranks them.
    pub(crate) async fn lines_from(&self, number: i64, count: i64) -> StoreResult<Vec<AuditLine>> {
        let rows = self
            .audit
            .query(
                "SELECT leaf, sealed FROM audit_line WHERE number >= $1 ORDER BY number LIMIT $2",
                params![number, count],
            )
            .await?;
        rows.iter().map(|row| self.open_line(row)).collect()
    }

    fn lookups_of(&self, permit: &ReviewPermit) -> Vec<[u8; 32]> {
        let (key, code) = (&self.keys.audit, permit.organisation());
        match permit.reviewed() {
            Reviewed::Organisation(Lines::All) => {
                vec![staff_lookup(key, code), patients_lookup(key, code)]
            }
            Reviewed::Organisation(Lines::OurPatients) => vec![patients_lookup(key, code)],
            Reviewed::Organisation(Lines::OurStaff) => vec![staff_lookup(key, code)],
            Reviewed::Organisation(Lines::Member(account)) => {
                vec![account_lookup(key, code, *account)]
            }
            Reviewed::Organisation(Lines::Flagged) => vec![flagged_lookup(key, code)],
            Reviewed::Organisation(Lines::About(about)) => vec![about_lookup(key, *about)],
            Reviewed::Patient(identities) => identities
                .iter()
                .map(|identity| identity_lookup(key, *identity))
                .collect(),
        }
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

    /// Writes down that somebody asks why a decision was made, whether there is such a decision or
    /// not, and gives its line.
    pub async fn admit_explaining(
        &self,
        requester: Option<&Requester>,
        number: AccessNumber,
        circumstances: &Circumstances,
    ) -> StoreResult<(AccessNumber, Option<AuditLine>)> {
        let (action, permitted) = (AccessAction::Explain, AccessOutcome::Permitted);
        let mut clear = Clear::of(requester, action, permitted, circumstances.now);
        clear.about = Some(number);
        let personal = Personal {
            who: requester.map(Who::of),
            origin: circumstances.origin.clone(),
            whose: None,
            words: String::new(),
        };
        let written = self.write(clear, &personal, None).await?.number();
        let line = self.lines_from(number.0, 1).await?.pop();
        // Not the very line that was written for the asking, nor one after it.
        Ok((
            written,
            line.filter(|line| line.number == number && number < written),
        ))
    }

    /// How many lines the log has.
    pub async fn count_lines(&self) -> StoreResult<i64> {
        Ok(self.log_head().await?.next)
    }

    pub(super) fn open_line(&self, row: &Row) -> StoreResult<AuditLine> {
        AuditLine::open(&self.keys.audit, row.bytes(0)?, row.bytes(1)?)
    }
}
