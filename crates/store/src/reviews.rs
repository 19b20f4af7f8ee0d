//! Reviews: looks that a privacy officer reads first, how far each review has come, and how looks
//! are ranked.
//!
//! A review hangs on the audit line of the look. What tells about people (why it is listed) is
//! sealed under the audit key; what is counted stands in clear. Each step of a review is an audit
//! line of its own, durable before the step; what stands here is where the steps have led.

use tributary_model::{AccessNumber, AccountId, Address, OdsCode, Timestamp};

use crate::{
    Store, StoreError, StoreResult,
    audit_log::AuditLine,
    db::{Durability, Query, Row, Tx, params},
    limits,
    organisations::read_code,
    permit::{ReviewPermit, SiftPermit},
    schema::{Spread, Table, Which},
    seal,
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Audit,
        name: "review",
        columns: "organisation TEXT NOT NULL, line BIGINT NOT NULL, episode BYTEA NOT NULL, \
                  looked BIGINT NOT NULL, kind TEXT NOT NULL, score BIGINT NOT NULL, \
                  due BIGINT NOT NULL, closed BIGINT, finding TEXT NOT NULL, escalated BIGINT, \
                  incident BIGINT, told BIGINT, released BIGINT, sealed BYTEA NOT NULL, \
                  PRIMARY KEY (organisation, line), UNIQUE (organisation, episode)",
        spread: Spread::By("organisation"),
    },
    Table {
        which: Which::Audit,
        name: "review_ranking",
        columns: "organisation TEXT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, \
                  account BIGINT NOT NULL, body TEXT NOT NULL, \
                  PRIMARY KEY (organisation, version)",
        spread: Spread::By("organisation"),
    },
    Table {
        which: Which::Audit,
        name: "review_sieve",
        columns: "sieve BIGINT NOT NULL, next BIGINT NOT NULL, PRIMARY KEY (sieve)",
        spread: Spread::Here,
    },
];

/// One of the two passes over the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sieve {
    /// Right after the line was written.
    AtOnce = 0,
    /// When it can be told whether the look was followed by contact.
    Later = 1,
}

/// A look to be reviewed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewReview {
    /// Whose staff looked.
    pub organisation: OdsCode,
    /// The audit line.
    pub line: AccessNumber,
    /// What further lines of the same look have in common with it.
    pub episode: Episode,
    /// When it was.
    pub looked: Timestamp,
    /// Of which kind it is, for the figures.
    pub kind: &'static str,
    /// How far up it ranks.
    pub score: i64,
    /// Until when it is to be reviewed.
    pub due: Timestamp,
    /// Why it is listed, as the gatekeeper writes it.
    pub why: Vec<u8>,
}

/// Which lines are one look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Episode {
    /// This line alone.
    Line,
    /// What one person looked at of one patient on one day.
    Day(AccountId, Address, i64),
}

/// How far a review has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// Whose staff looked.
    pub organisation: OdsCode,
    /// The audit line.
    pub line: AccessNumber,
    /// When it was.
    pub looked: Timestamp,
    /// How far up it ranks.
    pub score: i64,
    /// Until when it is to be reviewed.
    pub due: Timestamp,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// What was found, by its fixed name; empty while it is open.
    pub finding: String,
    /// When it was handed on.
    pub escalated: Option<Timestamp>,
    /// When it was called a serious incident.
    pub incident: Option<Timestamp>,
    /// When the Information Commissioner was told of it.
    pub told: Option<Timestamp>,
    /// When a line about safeguarding was released to the patient.
    pub released: Option<Timestamp>,
    /// Why it is listed.
    pub why: Vec<u8>,
}

/// Counts of one organisation's reviews, for the governance group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewCounts {
    /// The organisation.
    pub organisation: OdsCode,
    /// Reviews that are not closed.
    pub open: i64,
    /// Of them those past their day.
    pub overdue: i64,
    /// The earliest day one of them was due.
    pub oldest_due: Option<Timestamp>,
    /// Of them those handed on.
    pub escalated: i64,
    /// Serious incidents of which the Information Commissioner has not been told.
    pub incidents: i64,
    /// Of them those past the time.
    pub incidents_late: i64,
}

/// Reviews of one kind within one stretch of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewFigure {
    /// Which stretch: its number since the beginning of time.
    pub stretch: i64,
    /// The kind.
    pub kind: String,
    /// Looks listed.
    pub listed: i64,
    /// Of them those closed by now.
    pub closed: i64,
}

/// How an organisation's looks are ranked, in the version in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ranking {
    /// Its version.
    pub version: i64,
    /// Since when.
    pub at: Timestamp,
    /// The settings, as the gatekeeper writes them.
    pub body: String,
}

macro_rules! reviews {
    ($rest:literal) => {
        concat!(
            "SELECT organisation, line, looked, score, due, closed, finding, escalated, incident, \
             told, released, sealed FROM review ",
            $rest
        )
    };
}

impl Store {
    /// The lines that a sieve has not seen yet and that were written before an instant, and where
    /// it stands.
    pub async fn unsifted(
        &self,
        _permit: &SiftPermit,
        sieve: Sieve,
        until: Timestamp,
    ) -> StoreResult<(i64, Vec<AuditLine>)> {
        let rows = self
            .audit
            .query(
                "SELECT next FROM review_sieve WHERE sieve = $1",
                params![sieve as i64],
            )
            .await?;
        let next = rows.first().map_or(Ok(0), |row| row.int(0))?;
        let lines = self.lines_from(next, limits::LINES_SIFTED_AT_ONCE).await?;
        let due = lines.into_iter().take_while(|line| line.clear.at < until);
        Ok((next, due.collect()))
    }

    /// Lists the looks that a sieve found, and moves it on; false if another process was quicker.
    /// A look that is listed already keeps where its review has led; `joined` gives why it is listed
    /// and its score when more becomes known of it.
    pub async fn sifted(
        &self,
        _permit: &SiftPermit,
        sieve: Sieve,
        (from, to): (i64, i64),
        found: &[NewReview],
        joined: impl Fn(&NewReview, &[u8]) -> (Vec<u8>, i64),
    ) -> StoreResult<bool> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let moved = tx
            .execute(
                "INSERT INTO review_sieve (sieve, next) VALUES ($1, $3) \
                 ON CONFLICT (sieve) DO UPDATE SET next = excluded.next \
                 WHERE review_sieve.next = $2",
                params![sieve as i64, from, to],
            )
            .await?;
        if moved == 0 {
            return Ok(false);
        }
        for review in found {
            self.list(&mut tx, review, &joined).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn list(
        &self,
        tx: &mut Tx,
        review: &NewReview,
        joined: &impl Fn(&NewReview, &[u8]) -> (Vec<u8>, i64),
    ) -> StoreResult<()> {
        let (organisation, episode) = (&review.organisation, self.episode(review));
        let rows = tx
            .query(
                reviews!("WHERE organisation = $1 AND episode = $2"),
                params![organisation, episode],
            )
            .await?;
        if let Some(row) = rows.first() {
            let listed = self.read_review(row)?;
            let (why, score) = joined(review, &listed.why);
            let sealed = self.seal_why(organisation, listed.line, &why);
            tx.execute(
                "UPDATE review SET score = $3, sealed = $4 \
                 WHERE organisation = $1 AND line = $2 AND closed IS NULL",
                params![organisation, listed.line, score, sealed],
            )
            .await?;
            return Ok(());
        }
        let sealed = self.seal_why(&review.organisation, review.line, &review.why);
        tx.execute(
            "INSERT INTO review (organisation, line, episode, looked, kind, score, due, finding, \
             sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8)",
            params![
                &review.organisation,
                review.line,
                episode,
                review.looked,
                review.kind,
                review.score,
                review.due,
                sealed
            ],
        )
        .await?;
        Ok(())
    }

    /// An organisation's open reviews, the most telling first, and whether there are more than are
    /// given.
    pub async fn open_reviews(
        &self,
        permit: &ReviewPermit,
        at_most: usize,
    ) -> StoreResult<(Vec<Review>, bool)> {
        let rows = self
            .audit
            .query(
                reviews!(
                    "WHERE organisation = $1 AND closed IS NULL ORDER BY score DESC, due, line \
                     LIMIT $2"
                ),
                params![
                    permit.organisation(),
                    i64::try_from(at_most + 1).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        let mut reviews = self.read_reviews(&rows)?;
        let more = reviews.len() > at_most;
        reviews.truncate(at_most);
        Ok((reviews, more))
    }

    /// An organisation's reviews that were closed last.
    pub async fn closed_reviews(
        &self,
        permit: &ReviewPermit,
        at_most: usize,
    ) -> StoreResult<Vec<Review>> {
        let rows = self
            .audit
            .query(
                reviews!(
                    "WHERE organisation = $1 AND closed IS NOT NULL ORDER BY closed DESC, line \
                     LIMIT $2"
                ),
                params![
                    permit.organisation(),
                    i64::try_from(at_most).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        self.read_reviews(&rows)
    }

    /// The review of one of an organisation's lines; `None` if that line is not listed there.
    pub async fn review(
        &self,
        organisation: &OdsCode,
        line: AccessNumber,
    ) -> StoreResult<Option<Review>> {
        let rows = self
            .audit
            .query(
                reviews!("WHERE organisation = $1 AND line = $2"),
                params![organisation, line],
            )
            .await?;
        rows.first().map(|row| self.read_review(row)).transpose()
    }

    /// Keeps where a step, which the permit has written down, has led.
    pub async fn put_review(&self, permit: &ReviewPermit, review: &Review) -> StoreResult<()> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE review SET score = $3, due = $4, closed = $5, finding = $6, escalated = $7, \
             incident = $8, told = $9, released = $10, sealed = $11 \
             WHERE organisation = $1 AND line = $2",
            params![
                permit.organisation(),
                review.line,
                review.score,
                review.due,
                review.closed,
                &review.finding,
                review.escalated,
                review.incident,
                review.told,
                review.released,
                self.seal_why(permit.organisation(), review.line, &review.why)
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Which of these lines, each with its organisation, were released to the patient.
    pub async fn released(
        &self,
        lines: &[(OdsCode, AccessNumber)],
    ) -> StoreResult<Vec<AccessNumber>> {
        let queries = lines.iter().map(|(organisation, line)| {
            Query::new(
                "SELECT line FROM review \
                 WHERE organisation = $1 AND line = $2 AND released IS NOT NULL",
                params![organisation, *line],
            )
        });
        let answers = self.audit.read(queries.collect()).await?;
        let lines = answers.iter().flatten();
        lines.map(|row| Ok(AccessNumber(row.int(0)?))).collect()
    }

    /// The audit lines of an organisation's reviews, in their order.
    pub async fn lines_reviewed(
        &self,
        permit: &ReviewPermit,
        reviews: &[Review],
    ) -> StoreResult<Vec<AuditLine>> {
        let mut lines = Vec::with_capacity(reviews.len());
        for review in reviews {
            if review.organisation == *permit.organisation() {
                lines.extend(self.lines_from(review.line.0, 1).await?);
            }
        }
        Ok(lines)
    }

    /// How many reviews each organisation has open and overdue. Counts tell of nobody.
    pub async fn review_counts(
        &self,
        now: Timestamp,
        commissioner: i64,
    ) -> StoreResult<Vec<ReviewCounts>> {
        let rows = self
            .audit
            .query(
                "SELECT organisation, COUNT(CASE WHEN closed IS NULL THEN 1 END), \
                 COUNT(CASE WHEN closed IS NULL AND due < $1 THEN 1 END), \
                 MIN(CASE WHEN closed IS NULL THEN due END), \
                 COUNT(CASE WHEN closed IS NULL AND escalated IS NOT NULL THEN 1 END), \
                 COUNT(CASE WHEN incident IS NOT NULL AND told IS NULL THEN 1 END), \
                 COUNT(CASE WHEN incident < $2 AND told IS NULL THEN 1 END) \
                 FROM review GROUP BY organisation ORDER BY organisation",
                params![now, now.plus(-commissioner)],
            )
            .await?;
        let counts = rows.iter().map(|row| {
            Ok(ReviewCounts {
                organisation: read_code(row, 0)?,
                open: row.int(1)?,
                overdue: row.int(2)?,
                oldest_due: row.opt_int(3)?.map(Timestamp),
                escalated: row.int(4)?,
                incidents: row.int(5)?,
                incidents_late: row.int(6)?,
            })
        });
        counts.collect()
    }

    /// How many looks of each kind were listed in each stretch of time since an instant.
    pub async fn review_figures(
        &self,
        permit: &ReviewPermit,
        since: Timestamp,
        stretch: i64,
    ) -> StoreResult<Vec<ReviewFigure>> {
        let rows = self
            .audit
            .query(
                "SELECT (looked - $2) / $3, kind, COUNT(*), COUNT(closed) FROM review \
                 WHERE organisation = $1 AND looked >= $2 GROUP BY 1, 2 ORDER BY 1, 2",
                params![permit.organisation(), since, stretch],
            )
            .await?;
        let figures = rows.iter().map(|row| {
            Ok(ReviewFigure {
                stretch: row.int(0)?,
                kind: row.text(1)?.to_owned(),
                listed: row.int(2)?,
                closed: row.int(3)?,
            })
        });
        figures.collect()
    }

    /// How an organisation's looks are ranked; `None` while it has settled nothing of its own.
    pub async fn ranking(&self, organisation: &OdsCode) -> StoreResult<Option<Ranking>> {
        let rows = self
            .audit
            .query(
                "SELECT version, at, body FROM review_ranking WHERE organisation = $1 \
                 ORDER BY version DESC LIMIT 1",
                params![organisation],
            )
            .await?;
        let read = |row: &Row| {
            Ok(Ranking {
                version: row.int(0)?,
                at: Timestamp(row.int(1)?),
                body: row.text(2)?.to_owned(),
            })
        };
        rows.first().map(read).transpose()
    }

    /// Settles how an organisation's looks are ranked from now on, as a further version. False if
    /// somebody else has settled that version meanwhile.
    pub async fn put_ranking(
        &self,
        permit: &ReviewPermit,
        ranking: &Ranking,
        by: AccountId,
    ) -> StoreResult<bool> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let made = tx
            .execute(
                "INSERT INTO review_ranking (organisation, version, at, account, body) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation, version) DO NOTHING",
                params![
                    permit.organisation(),
                    ranking.version,
                    ranking.at,
                    by,
                    &ranking.body
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(made == 1)
    }

    fn read_reviews(&self, rows: &[Row]) -> StoreResult<Vec<Review>> {
        rows.iter().map(|row| self.read_review(row)).collect()
    }

    fn read_review(&self, row: &Row) -> StoreResult<Review> {
        let (organisation, line) = (read_code(row, 0)?, AccessNumber(row.int(1)?));
        let bound = bound(&organisation, line);
        let why = seal::unwrap(&self.keys.audit, &bound, row.bytes(11)?)
            .map_err(|_| StoreError::Sealed(format!("the review of audit line {line}")))?;
        let at = |column| row.opt_int(column).map(|at| at.map(Timestamp));
        Ok(Review {
            organisation,
            line,
            looked: Timestamp(row.int(2)?),
            score: row.int(3)?,
            due: Timestamp(row.int(4)?),
            closed: at(5)?,
            finding: row.text(6)?.to_owned(),
            escalated: at(7)?,
            incident: at(8)?,
            told: at(9)?,
            released: at(10)?,
            why,
        })
    }

    fn episode(&self, review: &NewReview) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 episode of a review");
        hasher.update(&self.keys.audit);
        match review.episode {
            Episode::Line => hasher.update(b"line").update(&review.line.0.to_be_bytes()),
            Episode::Day(account, address, day) => hasher
                .update(b"day")
                .update(&account.0.to_be_bytes())
                .update(&address.0.0.to_be_bytes())
                .update(&day.to_be_bytes()),
        };
        *hasher.finalize().as_bytes()
    }

    fn seal_why(&self, organisation: &OdsCode, line: AccessNumber, why: &[u8]) -> Vec<u8> {
        seal::wrap(&self.keys.audit, &bound(organisation, line), why)
    }
}

/// What a sealed reason is bound to, so that it does not open beside another line.
fn bound(organisation: &OdsCode, line: AccessNumber) -> Vec<u8> {
    format!("review {organisation} {line}").into_bytes()
}
