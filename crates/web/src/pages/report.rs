//! A patient's access report, in sentences.

use askama::Template;
use tributary_gatekeeper::PatientReport;

use super::Frame;

/// Who looked, when, where and why.
#[derive(Template)]
#[template(path = "report.html")]
pub(crate) struct ReportPage<'a> {
    frame: Frame,
    report: &'a PatientReport,
}

impl<'a> ReportPage<'a> {
    pub(crate) const fn new(frame: Frame, report: &'a PatientReport) -> Self {
        Self { frame, report }
    }
}
