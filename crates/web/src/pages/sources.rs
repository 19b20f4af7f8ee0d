//! Who feeds this record, what they supply, and how fresh it is.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_record::SourceState;

use super::{Frame, head::Head};
use crate::words;

/// The table of sources.
#[derive(Template)]
#[template(path = "sources.html")]
pub(crate) struct SourcesPage<'a> {
    frame: Frame,
    head: Head<'a>,
}

impl<'a> SourcesPage<'a> {
    pub(crate) fn new(frame: Frame, open: &'a OpenRecord) -> Self {
        Self {
            frame,
            head: Head::new(open, "sources"),
        }
    }

    fn supplied(source: &SourceState) -> String {
        let names: Vec<&str> = source.supplies.iter().map(words::short).collect();
        if names.is_empty() {
            words::NOT_SUPPLIED.to_owned()
        } else {
            names.join(", ")
        }
    }
}
