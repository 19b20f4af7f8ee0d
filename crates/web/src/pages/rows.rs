//! Rows of sections as tables show them: conflicts side by side, and no more than fit.

use tributary_model::{Section, Timestamp};
use tributary_record::{Row, SectionView};

use super::filter::Filter;
use crate::words;

/// One section of a page.
pub(crate) struct Block<'a> {
    pub(crate) section: Section,
    pub(crate) view: &'a SectionView,
    pub(crate) groups: Vec<Group<'a>>,
    /// Rows of the section.
    pub(crate) total: usize,
    /// Rows that the filter keeps.
    pub(crate) kept: usize,
    /// Rows that are on the page.
    pub(crate) shown: usize,
}

/// A line of a table: one row, or rows that disagree.
pub(crate) enum Group<'a> {
    One(&'a Row),
    Disagree(Vec<&'a Row>),
}

impl Group<'_> {
    fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Disagree(rows) => rows.len(),
        }
    }

    fn any(&self, keeps: impl Fn(&Row) -> bool) -> bool {
        match self {
            Self::One(row) => keeps(row),
            Self::Disagree(rows) => rows.iter().any(|row| keeps(row)),
        }
    }

    /// What rows that disagree are about, when all of them call it the same.
    pub(crate) fn title(&self) -> &str {
        let what = self.first().map_or("", |row| row.what.as_str());
        let same = match self {
            Self::One(_) => true,
            Self::Disagree(rows) => rows.iter().all(|row| row.what == what),
        };
        if same { what } else { "" }
    }

    /// The row it stands by in time.
    pub(crate) fn first(&self) -> Option<&Row> {
        match self {
            Self::One(row) => Some(row),
            Self::Disagree(rows) => rows.first().copied(),
        }
    }
}

impl<'a> Block<'a> {
    /// The section with the rows that the filter keeps, all of them.
    pub(crate) fn new(view: &'a SectionView, filter: &Filter, now: Timestamp) -> Self {
        let mut groups = grouped(&view.rows);
        if filter.filters() {
            groups.retain(|group| group.any(|row| filter.keeps(view.section, row, now)));
        }
        let kept = groups.iter().map(Group::len).sum();
        Self {
            section: view.section,
            view,
            groups,
            total: view.rows.len(),
            kept,
            shown: kept,
        }
    }

    /// Keeps the newest so many lines. Allergies are never cut.
    pub(crate) fn cut_to(&mut self, lines: usize) {
        if self.section != Section::Allergies && self.groups.len() > lines {
            self.groups.truncate(lines);
            self.shown = self.groups.iter().map(Group::len).sum();
        }
    }

    /// Keeps the lines of one year (`undated` for those without).
    pub(crate) fn keep_year(&mut self, year: &str) {
        self.groups
            .retain(|group| group.first().is_some_and(|row| year_of(row) == year));
        self.shown = self.groups.iter().map(Group::len).sum();
    }

    /// The states in the fixed words, but for the plain count of entries.
    pub(crate) fn states(&self) -> Vec<String> {
        let plain = |state: &&tributary_record::SectionState| {
            !matches!(state, tributary_record::SectionState::Entries { .. })
        };
        self.view
            .states
            .iter()
            .filter(plain)
            .map(words::state)
            .collect()
    }
}

/// The rows in their order; those that disagree together, where the first of them stands.
fn grouped(rows: &[Row]) -> Vec<Group<'_>> {
    let mut groups = Vec::with_capacity(rows.len());
    let mut seen: Vec<u32> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Some(conflict) = row.conflict else {
            groups.push(Group::One(row));
            continue;
        };
        if seen.contains(&conflict) {
            continue;
        }
        seen.push(conflict);
        let after = rows.iter().skip(at);
        groups.push(Group::Disagree(
            after
                .filter(|other| other.conflict == Some(conflict))
                .collect(),
        ));
    }
    groups
}

/// The year a row stands under.
pub(crate) fn year_of(row: &Row) -> String {
    row.when.as_ref().map_or_else(
        || "undated".to_owned(),
        |when| when.date().year().to_string(),
    )
}
