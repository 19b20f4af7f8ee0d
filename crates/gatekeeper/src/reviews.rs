//! The privacy officer's desk: what to read first, each review step by step, and how looks rank.

mod trial;

use std::collections::HashMap;

use tributary_model::{
    AccessAction, AccessNumber, OdsCode, Organisation, Origin, RelationshipKind, Requester,
    Timestamp,
};
use tributary_store::{
    AuditLine, Lines, Review, ReviewCounts, ReviewFigure, ReviewPermit, SearchPermit, Span,
};

pub use trial::{Trial, TriedLook};

use crate::{
    AccessLine, Disclosure, GateError, Gatekeeper, Setting, Signal,
    gate::{failed, unwritten},
    limits,
    reports::is_safeguarding,
    signals::{Measures, signals},
};

/// A privacy officer's queue.
#[derive(Clone, Debug)]
pub struct ReviewQueue {
    /// The organisation.
    pub organisation: Organisation,
    /// What is open, the most telling first.
    pub open: Vec<ReviewRow>,
    /// Whether there is more than is shown.
    pub more: bool,
    /// What was closed last.
    pub closed: Vec<ReviewRow>,
    /// The figures of the last weeks.
    pub figures: Vec<WeekFigures>,
    /// The version of the ranking in force; 0 while nothing of one's own is settled.
    pub ranking: i64,
    /// As at.
    pub now: Timestamp,
}

/// One review.
#[derive(Clone, Debug)]
pub struct ReviewRow {
    /// The look.
    pub line: AccessLine,
    /// Why it is listed.
    pub signals: Vec<Signal>,
    /// How far up it ranks.
    pub score: i64,
    /// Until when it is to be reviewed.
    pub due: Timestamp,
    /// Whether that is past.
    pub overdue: bool,
    /// What was found and when; none while it is open.
    pub closed: Option<(Finding, Timestamp)>,
    /// When it was handed on.
    pub escalated: Option<Timestamp>,
    /// The clock of a serious incident.
    pub incident: Option<Incident>,
    /// Whether the patient is told of it only once it is released, and when it was.
    pub safeguarding: Option<Option<Timestamp>>,
}

/// A serious incident: the Information Commissioner is told within 72 hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Until when.
    pub until: Timestamp,
    /// When it was done.
    pub told: Option<Timestamp>,
    /// Whether the time has passed without it.
    pub late: bool,
}

/// What a review found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finding {
    /// The look was right.
    Justified,
    /// It was not.
    NotJustified,
}

/// One review in full.
#[derive(Clone, Debug)]
pub struct ReviewDetail {
    /// The review.
    pub row: ReviewRow,
    /// The steps so far, the last first.
    pub steps: Vec<AccessLine>,
    /// What the same person did around it, the last first.
    pub others: Vec<AccessLine>,
    /// What the organisation had to do with the patient, in words.
    pub dealings: Vec<String>,
    /// What can be done next.
    pub next: Vec<Step>,
}

/// A step of a review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The look was right: closed.
    Justified,
    /// It was not, and what was done about it: closed.
    NotJustified,
    /// Handed on to the Caldicott Guardian, with as much time again.
    Escalate,
    /// A serious incident: the Information Commissioner's clock starts.
    Incident,
    /// The Information Commissioner was told.
    Told,
    /// A look made to protect somebody is shown to the patient from now on.
    Release,
}

/// The looks of one week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WeekFigures {
    /// When it began.
    pub from: Timestamp,
    /// Opened in an emergency.
    pub emergency: i64,
    /// Opened on another lawful basis.
    pub legal: i64,
    /// Listed for what else stood out.
    pub signals: i64,
    /// Of all of them, closed by now.
    pub closed: i64,
}

/// What the governance group sees of reviews: counts.
#[derive(Clone, Debug)]
pub struct ReviewOverview {
    /// Each organisation's name with its counts, those with most overdue first.
    pub organisations: Vec<(String, ReviewCounts)>,
    /// As at.
    pub now: Timestamp,
}

impl WeekFigures {
    /// All looks of the week.
    #[must_use]
    pub const fn all(&self) -> i64 {
        self.emergency + self.legal + self.signals
    }

    /// The day it began: `09-Nov`.
    #[must_use]
    pub fn day(&self) -> String {
        self.from.london().strftime("%d-%b").to_string()
    }
}

impl Finding {
    const fn name(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not-justified",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Justified, Self::NotJustified]
            .into_iter()
            .find(|finding| finding.name() == name)
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Justified => "Justified",
            Self::NotJustified => "Not justified",
        }
    }
}

impl Step {
    /// Every one, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Justified,
        Self::NotJustified,
        Self::Escalate,
        Self::Incident,
        Self::Told,
        Self::Release,
    ];

    /// The fixed name in forms and audit lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not-justified",
            Self::Escalate => "escalate",
            Self::Incident => "serious-incident",
            Self::Told => "commissioner-told",
            Self::Release => "release",
        }
    }

    /// The words of the form.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Justified => "The look was justified: close",
            Self::NotJustified => "The look was not justified: close",
            Self::Escalate => "Hand on to the Caldicott Guardian",
            Self::Incident => "This is a serious incident",
            Self::Told => "The Information Commissioner has been told",
            Self::Release => "The patient may be told of this look",
        }
    }

    /// The step of a fixed name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Whether it can be taken where a review has come to.
    fn fits(self, review: &Review, safeguarding: bool) -> bool {
        let open = review.closed.is_none();
        match self {
            Self::Justified | Self::NotJustified => open,
            Self::Escalate => open && review.escalated.is_none(),
            Self::Incident => review.incident.is_none(),
            Self::Told => review.incident.is_some() && review.told.is_none(),
            Self::Release => safeguarding && review.released.is_none(),
        }
    }

    /// Where it leads.
    fn take(self, review: &mut Review, due: i64, now: Timestamp) {
        match self {
            Self::Justified | Self::NotJustified => {
                review.closed = Some(now);
                self.name().clone_into(&mut review.finding);
            }
            Self::Escalate => {
                review.escalated = Some(now);
                review.due = now.plus(due);
            }
            Self::Incident => review.incident = Some(now),
            Self::Told => review.told = Some(now),
            Self::Release => review.released = Some(now),
        }
    }
}

impl Gatekeeper {
    /// A privacy officer's queue. What stands out is listed before it is read, so that what was
    /// opened a moment ago is there.
    pub async fn review_queue(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<ReviewQueue>, GateError> {
        let (review, search) = self
            .admit_desk(
                requester,
                Lines::All,
                "the queue of reviews".to_owned(),
                origin,
            )
            .await?;
        self.sift().await?;
        let (store, now) = (self.store(), self.clock().now());
        let (open, more) = store
            .open_reviews(&review, limits::REVIEWS)
            .await
            .map_err(failed)?;
        let closed = store.closed_reviews(&review, limits::REVIEWS_CLOSED).await;
        let week = 7 * Timestamp::DAY;
        let since = now.plus(-limits::WEEKS * week);
        let figures = store.review_figures(&review, since, week).await;
        let queue = ReviewQueue {
            organisation: requester.organisation.clone(),
            open: self.rows(&review, &search, open).await?,
            more,
            closed: self.rows(&review, &search, closed.map_err(failed)?).await?,
            figures: weeks(since, &figures.map_err(failed)?),
            ranking: self.ranking(&requester.organisation.code).await?.0,
            now,
        };
        Ok(Disclosure::new(queue, review.access()))
    }

    /// One review with what stood around the look.
    pub async fn review(
        &self,
        requester: &Requester,
        access: AccessNumber,
        origin: &Origin,
    ) -> Result<Disclosure<ReviewDetail>, GateError> {
        let words = format!("the review of access {access}");
        let about = Lines::About(access);
        let (permit, search) = self.admit_desk(requester, about, words, origin).await?;
        let (review, line) = self.reviewed(&permit, access).await?;
        let steps = self
            .store()
            .audit_lines(&permit, Span::ALL, limits::OTHER_LOOKS)
            .await;
        let mut steps = steps.map_err(failed)?.0;
        steps.retain(|step| step.clear.action == AccessAction::Review);
        let others = self.other_looks(requester, &line, origin).await?;
        let safeguarding = is_safeguarding(&line);
        let next = Step::ALL
            .into_iter()
            .filter(|step| step.fits(&review, safeguarding));
        let next = next.collect();
        let own = crate::lines::own_address(&line, permit.organisation());
        let dealings = match own {
            Some(own) => self.store().dealings(&search, own).await.map_err(failed)?,
            None => Vec::new(),
        };
        let mut rows = self.rows(&permit, &search, vec![review]).await?;
        let detail = ReviewDetail {
            row: rows.pop().ok_or(GateError::NoSuchPage)?,
            steps: self.in_words(&search, &steps).await?,
            others: self.in_words(&search, &others).await?,
            dealings: dealings.iter().map(dealing_words).collect(),
            next,
        };
        Ok(Disclosure::new(detail, permit.access()))
    }

    /// Takes a step of a review, with the reason in the officer's words.
    pub async fn review_step(
        &self,
        requester: &Requester,
        access: AccessNumber,
        step: Step,
        words: &str,
        origin: &Origin,
    ) -> Result<AccessNumber, GateError> {
        let mut circumstances = self.circumstances(origin);
        self.is_privacy_officer(requester, AccessAction::Review, &mut circumstances)
            .await?;
        let code = &requester.organisation.code;
        let found = self.store().review(code, access).await.map_err(failed)?;
        let mut review = found.ok_or(GateError::NoSuchPage)?;
        let said = format!("{}: {words}", step.words());
        let permit = self
            .store()
            .admit_step(requester, Some(access), said, &circumstances)
            .await
            .map_err(unwritten)?;
        let (_, line) = self.reviewed(&permit, access).await?;
        if !step.fits(&review, is_safeguarding(&line)) {
            return Err(GateError::GoneOn);
        }
        let due = self.ranking(code).await?.1.of(Setting::DueDays) * Timestamp::DAY;
        step.take(&mut review, due, circumstances.now);
        let put = self.store().put_review(&permit, &review).await;
        put.map_err(failed)?;
        Ok(permit.access())
    }

    /// What the governance group sees: how many reviews are open and overdue, and of whom. No line,
    /// no patient, no name.
    pub async fn review_overview(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<ReviewOverview>, GateError> {
        let circumstances = self.circumstances(origin);
        let action = AccessAction::ReadAccesses;
        if !requester.role.governs() {
            self.turn_away(requester, action, &circumstances).await?;
            return Err(GateError::NotForRole);
        }
        let permitted = tributary_model::AccessOutcome::Permitted;
        let words = "counts of reviews".to_owned();
        let written = self
            .store()
            .note_event(Some(requester), action, permitted, words, &circumstances)
            .await
            .map_err(unwritten)?;
        self.sift().await?;
        let now = circumstances.now;
        let counts = self.store().review_counts(now, limits::COMMISSIONER).await;
        let known = self.store().organisations().await.map_err(failed)?;
        let names: HashMap<OdsCode, String> =
            known.into_iter().map(|one| (one.code, one.name)).collect();
        let listed = counts.map_err(failed)?.into_iter().map(|counts| {
            let name = names.get(&counts.organisation).cloned();
            (
                name.unwrap_or_else(|| counts.organisation.to_string()),
                counts,
            )
        });
        let mut organisations: Vec<_> = listed.collect();
        organisations.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.overdue));
        Ok(Disclosure::new(
            ReviewOverview { organisations, now },
            written,
        ))
    }

    async fn admit_desk(
        &self,
        requester: &Requester,
        lines: Lines,
        words: String,
        origin: &Origin,
    ) -> Result<(ReviewPermit, SearchPermit), GateError> {
        let mut circumstances = self.circumstances(origin);
        self.is_privacy_officer(requester, AccessAction::ReadAccesses, &mut circumstances)
            .await?;
        self.store()
            .admit_review(requester, lines, words, &circumstances)
            .await
            .map_err(unwritten)
    }

    async fn reviewed(
        &self,
        permit: &ReviewPermit,
        access: AccessNumber,
    ) -> Result<(Review, AuditLine), GateError> {
        let store = self.store();
        let review = store
            .review(permit.organisation(), access)
            .await
            .map_err(failed)?
            .ok_or(GateError::NoSuchPage)?;
        let lines = store.lines_reviewed(permit, std::slice::from_ref(&review));
        let line = lines.await.map_err(failed)?.pop();
        Ok((review, line.ok_or(GateError::NoSuchPage)?))
    }

    /// What the same person did within a day of a look, under a line of its own.
    async fn other_looks(
        &self,
        requester: &Requester,
        line: &AuditLine,
        origin: &Origin,
    ) -> Result<Vec<AuditLine>, GateError> {
        let Some(account) = line.clear.account else {
            return Ok(Vec::new());
        };
        let (store, at) = (self.store(), line.clear.at);
        let words = format!(
            "what account {} did around access {}",
            account.0, line.number
        );
        let (permit, _) = self
            .admit_desk(requester, Lines::Member(account), words, origin)
            .await?;
        let span = Span {
            from: store
                .first_line_at(at.plus(-Timestamp::DAY))
                .await
                .map_err(failed)?,
            before: store
                .first_line_at(at.plus(Timestamp::DAY))
                .await
                .map_err(failed)?,
        };
        let read = store.audit_lines(&permit, span, limits::OTHER_LOOKS).await;
        let (mut lines, _) = read.map_err(failed)?;
        lines.retain(|other| other.number != line.number);
        Ok(lines)
    }

    async fn rows(
        &self,
        permit: &ReviewPermit,
        search: &SearchPermit,
        reviews: Vec<Review>,
    ) -> Result<Vec<ReviewRow>, GateError> {
        let lines = self.store().lines_reviewed(permit, &reviews).await;
        let lines = lines.map_err(failed)?;
        let words = self.in_words(search, &lines).await?;
        let (_, ranking) = self.ranking(permit.organisation()).await?;
        let now = self.clock().now();
        let rows = reviews.into_iter().zip(lines.iter().zip(words));
        let row = |(review, (line, words)): (Review, (&AuditLine, AccessLine))| ReviewRow {
            line: words,
            signals: signals(&Measures::from_bytes(&review.why), &ranking),
            score: review.score,
            due: review.due,
            overdue: review.closed.is_none() && review.due < now,
            closed: Finding::named(&review.finding).zip(review.closed),
            escalated: review.escalated,
            incident: review
                .incident
                .map(|since| incident(since, review.told, now)),
            safeguarding: is_safeguarding(line).then_some(review.released),
        };
        Ok(rows.map(row).collect())
    }
}

fn incident(since: Timestamp, told: Option<Timestamp>, now: Timestamp) -> Incident {
    let until = since.plus(limits::COMMISSIONER);
    Incident {
        until,
        told,
        late: told.unwrap_or(now) > until,
    }
}

/// Each week of the figures, those without a look too.
fn weeks(since: Timestamp, figures: &[ReviewFigure]) -> Vec<WeekFigures> {
    let week = |number: i64| {
        let of = |kind: &str| -> i64 {
            let own = figures.iter().filter(|one| one.stretch == number);
            own.filter(|one| one.kind == kind)
                .map(|one| one.listed)
                .sum()
        };
        let own = figures.iter().filter(|one| one.stretch == number);
        WeekFigures {
            from: since.plus(number * 7 * Timestamp::DAY),
            emergency: of("emergency"),
            legal: of("legal"),
            signals: of("signals"),
            closed: own.map(|one| one.closed).sum(),
        }
    };
    (0..=limits::WEEKS).map(week).collect()
}

fn dealing_words(one: &tributary_store::HeldRelationship) -> String {
    let from = one.begins.date_words();
    let until = one.ends.map_or_else(
        || "still going on".to_owned(),
        |ends| format!("until {}", ends.date_words()),
    );
    let kind = match one.kind {
        RelationshipKind::Registration => "Registered as a patient",
        RelationshipKind::TemporaryRegistration => "Registered for a short stay",
        RelationshipKind::Admission => "Admitted",
        RelationshipKind::Referral => "Referred here",
        RelationshipKind::Caseload => "On a caseload",
        RelationshipKind::Arrival => "Arrived",
        RelationshipKind::Launch => "Opened from the organisation's own system",
    };
    format!("{kind} on {from}, {until}")
}
