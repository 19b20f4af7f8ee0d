//! Who looked: an organisation's lists and a patient's access report, as pages and as exports.

mod export;

use std::{collections::HashMap, fmt::Write as _};

use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, AccountId, Address, IdentityId, LegalReason,
    OdsCode, Origin, Requester, Role, Timestamp,
};
use tributary_policy::{Refused, RelationshipStanding, Rulebook};
use tributary_store::{
    AuditLine, Circumstances, Gathered, Lines, ReviewPermit, SearchPermit, Span,
};

pub use export::Export;

use crate::{
    AccessLine, AccessList, AccessQuery, Disclosure, FoundPatient, GateError, Gatekeeper, Outcome,
    PatientReport, Which,
    asking::refusal,
    gate::{failed, unwritten},
    limits,
    lines::{access_line, legal_basis, own_address, sentence},
};

impl Gatekeeper {
    /// A privacy officer's list: who looked at our patients, and what ours looked at.
    pub async fn accesses(
        &self,
        requester: &Requester,
        query: &AccessQuery,
        origin: &Origin,
    ) -> Result<Disclosure<AccessList>, GateError> {
        let (review, search, span) = self.admit_list(requester, query, "", origin).await?;
        let mut span = span;
        if let Some(before) = query.before {
            span.before = span.before.min(before);
        }
        let read = self.store().audit_lines(&review, span, limits::ACCESSES);
        let (lines, more) = read.await.map_err(failed)?;
        let before = more.then(|| lines.last().map(|line| line.number)).flatten();
        let lines = within(lines, query);
        let list = AccessList {
            organisation: requester.organisation.clone(),
            query: query.clone(),
            lines: self.in_words(&search, &lines).await?,
            before,
        };
        Ok(Disclosure::new(list, review.access()))
    }

    /// The same lines, all of them, a part at a time: what is held in memory does not grow with
    /// how many there are.
    pub async fn export_accesses(
        &self,
        requester: &Requester,
        query: &AccessQuery,
        form: &str,
        origin: &Origin,
    ) -> Result<Disclosure<Export>, GateError> {
        let (review, search, span) = self.admit_list(requester, query, form, origin).await?;
        let access = review.access();
        let export = Export::new(self.clone(), review, search, span, query.clone());
        Ok(Disclosure::new(export, access))
    }

    /// Whether the requester is a privacy officer, and the line that says what they read.
    async fn admit_list(
        &self,
        requester: &Requester,
        query: &AccessQuery,
        form: &str,
        origin: &Origin,
    ) -> Result<(ReviewPermit, SearchPermit, Span), GateError> {
        let mut circumstances = self.circumstances(origin);
        self.is_privacy_officer(requester, AccessAction::ReadAccesses, &mut circumstances)
            .await?;
        let words = format!("{}{form}", query_words(query));
        let admitted = self
            .store()
            .admit_review(requester, lines_of(query.which), words, &circumstances)
            .await;
        let (review, search) = admitted.map_err(unwritten)?;
        let span = self.span_of(query).await?;
        Ok((review, search, span))
    }

    /// Turns away whoever is not a privacy officer of an organisation that takes part.
    pub(crate) async fn is_privacy_officer(
        &self,
        requester: &Requester,
        action: AccessAction,
        circumstances: &mut Circumstances,
    ) -> Result<(), GateError> {
        let nobody = Address(IdentityId(0));
        let (gathered, in_force) = self.gathered(requester, nobody, circumstances).await?;
        let rulebook = &in_force.settings.rulebook;
        let allowed = self
            .authorised(rulebook, requester, &gathered, nobody, action)
            .is_ok();
        if requester.role == Role::PrivacyOfficer && allowed {
            return Ok(());
        }
        self.turn_away(requester, action, circumstances).await?;
        Err(GateError::NotForRole)
    }

    /// The part of the log that holds the days asked for, with a minute at either end, since lines
    /// are numbered a little after they are dated.
    async fn span_of(&self, query: &AccessQuery) -> Result<Span, GateError> {
        let (mut span, minute) = (Span::ALL, 60 * Timestamp::SECOND);
        if let Some(from) = query.from {
            let first = self.store().first_line_at(from.plus(-minute));
            span.from = first.await.map_err(failed)?;
        }
        if let Some(until) = query.until {
            let first = self.store().first_line_at(until.plus(minute));
            span.before = first.await.map_err(failed)?;
        }
        Ok(span)
    }

    /// Lines in words, each with the patient as the permit's organisation knows them.
    pub(crate) async fn in_words(
        &self,
        search: &SearchPermit,
        lines: &[AuditLine],
    ) -> Result<Vec<AccessLine>, GateError> {
        let code: &OdsCode = search.organisation();
        let own: Vec<_> = lines.iter().map(|line| own_address(line, code)).collect();
        let mut identities: Vec<_> = own.iter().flatten().map(|address| address.0).collect();
        identities.sort_unstable();
        identities.dedup();
        let patients = self.own_patients(search, &identities).await?;
        let patients: HashMap<Address, FoundPatient> = patients
            .into_iter()
            .map(|patient| (patient.address, patient))
            .collect();
        let line = |(line, own): (&AuditLine, &Option<Address>)| {
            access_line(line, own.as_ref().and_then(|address| patients.get(address)))
        };
        Ok(lines.iter().zip(&own).map(line).collect())
    }

    /// A patient's access report, for any professional with a relationship or the privacy officer.
    /// A patient may ask whatever they decided about sharing, so no choice stands in its way.
    pub async fn patient_report(
        &self,
        requester: &Requester,
        address: Address,
        before: Option<AccessNumber>,
        origin: &Origin,
    ) -> Result<Outcome<PatientReport>, GateError> {
        let (review, search) = match self.admit_report(requester, address, origin).await? {
            Ok(permits) => permits,
            Err(refused) => return Ok(Outcome::Refused(*refused)),
        };
        let mut span = Span::ALL;
        span.before = before.unwrap_or(span.before);
        let read = self.store().audit_lines(&review, span, limits::REPORTED);
        let (lines, more) = read.await.map_err(failed)?;
        let before = more.then(|| lines.last().map(|line| line.number)).flatten();
        let patient = self.own_patient(&search, address).await?;
        let told = self.may_be_told(&review, lines).await?;
        let sentences = told
            .iter()
            .map(|line| (access_line(line, Some(&patient)), sentence(line)));
        let report = PatientReport {
            sentences: sentences.collect(),
            patient,
            before,
            made: (self.clock().now(), requester.name.clone()),
        };
        Ok(Outcome::Disclosed(Disclosure::new(report, review.access())))
    }

    /// The whole of a patient's report, a part at a time.
    pub async fn export_report(
        &self,
        requester: &Requester,
        address: Address,
        origin: &Origin,
    ) -> Result<Outcome<Export>, GateError> {
        let (review, search) = match self.admit_report(requester, address, origin).await? {
            Ok(permits) => permits,
            Err(refused) => return Ok(Outcome::Refused(*refused)),
        };
        let access = review.access();
        let patient = self.own_patient(&search, address).await?;
        let export = Export::new(
            self.clone(),
            review,
            search,
            Span::ALL,
            AccessQuery::default(),
        );
        let export = export.of_patient(patient);
        Ok(Outcome::Disclosed(Disclosure::new(export, access)))
    }

    async fn admit_report(
        &self,
        requester: &Requester,
        address: Address,
        origin: &Origin,
    ) -> Result<Result<(ReviewPermit, SearchPermit), Box<crate::Refusal>>, GateError> {
        let mut circumstances = self.circumstances(origin);
        let (gathered, in_force) = self
            .gathered(requester, address, &mut circumstances)
            .await?;
        let rulebook = &in_force.settings.rulebook;
        if let Some(refused) = self.no_report(rulebook, requester, &gathered, address) {
            let written = self
                .store()
                .admit_refusal(&refused, &gathered, &circumstances);
            let access = written.await.map_err(unwritten)?.access();
            return Ok(Err(Box::new(refusal(&refused, access))));
        }
        let admitted = self
            .store()
            .admit_report(requester, &gathered.view, &circumstances)
            .await;
        admitted.map(Ok).map_err(unwritten)
    }

    /// Of lines about a patient those that the patient may be told of: a look made to protect them
    /// is held back until the privacy officer who reviews it releases it, and so is every further
    /// page of it.
    pub(crate) async fn may_be_told(
        &self,
        review: &ReviewPermit,
        mut lines: Vec<AuditLine>,
    ) -> Result<Vec<AuditLine>, GateError> {
        // Reviewing a line is the organisation's own business, not a look at the patient.
        lines.retain(|line| {
            !matches!(
                line.clear.action,
                AccessAction::Review | AccessAction::Explain
            )
        });
        if !lines.iter().any(is_safeguarding) {
            return Ok(lines);
        }
        let mut grounds: Vec<Ground> = lines.iter().filter_map(Ground::of).collect();
        if lines
            .iter()
            .any(|line| is_safeguarding(line) && ground_of(line, &grounds).is_none())
        {
            // The look was opened before the lines at hand.
            let before = lines.last().map_or(Span::ALL.before, |line| line.number);
            let older = Span {
                before,
                ..Span::ALL
            };
            let read = self.store().audit_lines(review, older, limits::REPORTED);
            grounds.extend(read.await.map_err(failed)?.0.iter().filter_map(Ground::of));
        }
        let asked: Vec<_> = grounds
            .iter()
            .map(|ground| (ground.organisation.clone(), ground.number))
            .collect();
        let released = self.store().released(&asked).await.map_err(failed)?;
        lines.retain(|line| {
            let ground = ground_of(line, &grounds);
            !is_safeguarding(line) || ground.is_some_and(|ground| released.contains(&ground))
        });
        Ok(lines)
    }

    /// Why a report is refused: by rule 1, or as if the person did not exist.
    fn no_report(
        &self,
        rulebook: &Rulebook,
        requester: &Requester,
        gathered: &Gathered,
        address: Address,
    ) -> Option<Refused> {
        let action = AccessAction::ReadReport;
        if let Err(refused) = self.authorised(rulebook, requester, gathered, address, action) {
            return Some(*refused);
        }
        let related = match gathered.facts.relationship {
            RelationshipStanding::Current | RelationshipStanding::InGrace => true,
            RelationshipStanding::None
            | RelationshipStanding::Ended
            | RelationshipStanding::NotYetBegun => requester.role == Role::PrivacyOfficer,
        };
        if related && gathered.view.patient().is_some() {
            return None;
        }
        self.without_a_patient(rulebook, requester, &gathered.facts, address, action)
    }
}

/// Whether a line tells of a look made to protect the person.
pub(crate) fn is_safeguarding(line: &AuditLine) -> bool {
    legal_basis(line) == Some(LegalReason::Protection)
        && line.clear.outcome == AccessOutcome::Permitted
}

/// The line with which a look made to protect somebody was opened: what is reviewed and released.
struct Ground {
    number: AccessNumber,
    account: Option<AccountId>,
    organisation: OdsCode,
}

impl Ground {
    fn of(line: &AuditLine) -> Option<Self> {
        let opened = is_safeguarding(line) && line.clear.flagged.is_some();
        opened.then(|| {
            Some(Self {
                number: line.number,
                account: line.clear.account,
                organisation: line.clear.organisation.clone()?,
            })
        })?
    }
}

/// The last opening by the same person that this line can go on from.
fn ground_of(line: &AuditLine, grounds: &[Ground]) -> Option<AccessNumber> {
    let same = grounds.iter().filter(|ground| {
        ground.number <= line.number
            && ground.account == line.clear.account
            && Some(&ground.organisation) == line.clear.organisation.as_ref()
    });
    same.map(|ground| ground.number).max()
}

/// Of lines read with a minute to spare those of the days asked for.
fn within(mut lines: Vec<AuditLine>, query: &AccessQuery) -> Vec<AuditLine> {
    lines.retain(|line| {
        query.from.is_none_or(|from| line.clear.at >= from)
            && query.until.is_none_or(|until| line.clear.at < until)
    });
    lines
}

const fn lines_of(which: Which) -> Lines {
    match which {
        Which::All => Lines::All,
        Which::OurPatients => Lines::OurPatients,
        Which::OurStaff => Lines::OurStaff,
        Which::Member(account) => Lines::Member(account),
        Which::Flagged => Lines::Flagged,
    }
}

/// What was asked for, as the line about it says.
fn query_words(query: &AccessQuery) -> String {
    let mut words = match query.which {
        Which::All => String::new(),
        Which::OurPatients => "who looked at our patients".to_owned(),
        Which::OurStaff => "what our staff looked at".to_owned(),
        Which::Member(account) => format!("what account {} did", account.0),
        Which::Flagged => "what is flagged for review".to_owned(),
    };
    if let Some(from) = query.from {
        let _ = write!(words, " from {}", from.date_words());
    }
    if let Some(until) = query.until {
        let _ = write!(words, " to {}", until.plus(-1).date_words());
    }
    words
}
