//! The combined record on one page.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_model::Section;
use tributary_record::{Row, SourceState};

use super::{
    Frame,
    filter::{Filter, PERIODS},
    glance::{self, Card},
    head::Head,
    rows::{Block, Group},
};
use crate::{limits, words};

/// Banner, at a glance, and the sections.
#[derive(Template)]
#[template(path = "record.html")]
pub(crate) struct RecordPage<'a> {
    frame: Frame,
    head: Head<'a>,
    columns: [Vec<Card<'a>>; 2],
    filter: Filter,
    blocks: Vec<Block<'a>>,
}

impl<'a> RecordPage<'a> {
    pub(crate) fn new(frame: Frame, open: &'a OpenRecord, filter: Filter) -> Self {
        let head = Head::new(open, "record");
        let record = &open.record;
        let mut blocks: Vec<Block<'_>> = record
            .sections
            .iter()
            .map(|view| Block::new(view, &filter, head.now))
            .collect();
        let rows: usize = blocks.iter().map(|block| block.kept).sum();
        if rows > limits::ROWS_SHOWN_WHOLE {
            for block in &mut blocks {
                block.cut_to(limits::ROWS_OF_A_LONG_SECTION);
            }
        }
        Self {
            frame,
            head,
            columns: [glance::left(record), glance::right(record)],
            filter,
            blocks,
        }
    }

    /// What the filter leaves of the record, in words.
    fn filtered(&self) -> String {
        let kept: usize = self.blocks.iter().map(|block| block.kept).sum();
        let total: usize = self.blocks.iter().map(|block| block.total).sum();
        let mut text = format!("Showing {kept} of {}", words::count(total, "row", "rows"));
        if let Some(source) = self.filter.source() {
            let named = self
                .sources()
                .find(|known| known.organisation.code.as_str() == source);
            text.push_str(": from ");
            text.push_str(named.map_or("this source", |known| known.organisation.name.as_str()));
        }
        if let Some(period) = self.filter.period() {
            text.push_str(", within ");
            text.push_str(period);
        }
        text
    }

    /// The rows among what needs care: pregnancy, and the weight of a child.
    fn care_rows(&self) -> impl Iterator<Item = (&'static str, &'a Row)> {
        let first = &self.head.record.first_minute;
        let of = |kind, row: &'a Option<Row>| row.as_ref().map(|row| (kind, row));
        of("pregnancy", &first.pregnancy)
            .into_iter()
            .chain(of("weight", &first.child_weight))
    }

    /// Why nothing needs care, in the words of the section that would hold it.
    fn no_care(&self) -> String {
        glance::none(
            self.head.record,
            Section::PlansAndAlerts,
            "No alert or decision",
        )
    }

    fn sources(&self) -> impl Iterator<Item = &SourceState> {
        self.head.record.sources.iter()
    }

    fn is_source(&self, source: &SourceState) -> bool {
        self.filter.source() == Some(source.organisation.code.as_str())
    }
}
