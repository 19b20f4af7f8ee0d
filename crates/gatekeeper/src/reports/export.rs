//! A report that is given out a part at a time, so that a month of a large organisation takes no
//! more memory than a page.

use tributary_model::Origin;
use tributary_store::{ReviewPermit, SearchPermit, Span};

use super::within;
use crate::{
    AccessLine, AccessQuery, FoundPatient, GateError, Gatekeeper,
    gate::failed,
    limits,
    lines::{access_line, sentence},
};

/// A report on its way out, under the line that says that it was made.
pub struct Export {
    gate: Gatekeeper,
    review: ReviewPermit,
    search: SearchPermit,
    left: Option<Span>,
    query: AccessQuery,
    patient: Option<FoundPatient>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").finish_non_exhaustive()
    }
}

impl Export {
    pub(super) const fn new(
        gate: Gatekeeper,
        review: ReviewPermit,
        search: SearchPermit,
        span: Span,
        query: AccessQuery,
    ) -> Self {
        Self {
            gate,
            review,
            search,
            left: Some(span),
            query,
            patient: None,
        }
    }

    pub(super) fn of_patient(self, patient: FoundPatient) -> Self {
        Self {
            patient: Some(patient),
            ..self
        }
    }

    /// Whether it is a patient's report.
    #[must_use]
    pub const fn is_of_a_patient(&self) -> bool {
        self.patient.is_some()
    }

    /// The address of the FHIR API, under which its parts have their names.
    #[must_use]
    pub fn fhir_base(&self) -> &str {
        &self.gate.config().fhir_base
    }

    /// The next lines, newest first, each with its sentence where it is a patient's report; `None`
    /// after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<(AccessLine, String)>>, GateError> {
        let Some(span) = self.left else {
            return Ok(None);
        };
        let store = self.gate.store();
        let read = store.audit_lines(&self.review, span, limits::EXPORTED_AT_ONCE);
        let (lines, more) = read.await.map_err(failed)?;
        self.left = lines.last().filter(|_| more).map(|last| Span {
            before: last.number,
            ..span
        });
        let Some(patient) = &self.patient else {
            let lines = within(lines, &self.query);
            let lines = self.gate.in_words(&self.search, &lines).await?;
            let with = lines.into_iter().map(|line| (line, String::new()));
            return Ok(Some(with.collect()));
        };
        let told = self.gate.may_be_told(&self.review, lines).await?;
        let with = told.iter().map(|line| {
            let mut shown = access_line(line, Some(patient));
            // From which machine is the organisation's business.
            shown.coded.origin = Origin::default();
            (shown, sentence(line))
        });
        Ok(Some(with.collect()))
    }
}
