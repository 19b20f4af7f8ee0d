//! One section on a page of its own: all of it, or year by year when it is long.

use askama::Template;
use tributary_gatekeeper::OpenRecord;
use tributary_model::Section;

use super::{
    Frame,
    filter::Filter,
    head::Head,
    rows::{Block, Group, year_of},
};
use crate::limits;

/// The section's rows.
#[derive(Template)]
#[template(path = "section.html")]
pub(crate) struct SectionPage<'a> {
    frame: Frame,
    head: Head<'a>,
    section: Section,
    block: Option<Block<'a>>,
    years: Vec<(String, usize)>,
    year: Option<String>,
}

impl<'a> SectionPage<'a> {
    pub(crate) fn new(
        frame: Frame,
        open: &'a OpenRecord,
        section: Section,
        filter: &Filter,
    ) -> Self {
        let head = Head::new(open, section.name());
        let view = open
            .record
            .sections
            .iter()
            .find(|view| view.section == section);
        let mut block = view.map(|view| Block::new(view, &Filter::default(), head.now));
        let years = block.as_ref().map(years).unwrap_or_default();
        let year = chosen_year(&years, filter, block.as_ref());
        if let (Some(block), Some(year)) = (&mut block, &year) {
            block.keep_year(year);
        }
        Self {
            frame,
            head,
            section,
            block,
            years,
            year,
        }
    }
}

/// The years that rows stand under, newest first, with how many.
fn years(block: &Block<'_>) -> Vec<(String, usize)> {
    let mut years: Vec<(String, usize)> = Vec::new();
    for row in block.groups.iter().filter_map(Group::first) {
        let year = year_of(row);
        match years.iter_mut().find(|(known, _)| *known == year) {
            Some((_, rows)) => *rows += 1,
            None => years.push((year, 1)),
        }
    }
    years
}

/// The year asked for; without one a section that is too long for a page begins at its newest.
fn chosen_year(
    years: &[(String, usize)],
    filter: &Filter,
    block: Option<&Block<'_>>,
) -> Option<String> {
    let asked = filter
        .year()
        .filter(|year| years.iter().any(|(known, _)| known == year));
    let long = block.is_some_and(|block| block.total > limits::ROWS_OF_A_SECTION_PAGE);
    let newest = || years.first().filter(|_| long).map(|(year, _)| year.clone());
    asked.map(str::to_owned).or_else(newest)
}
