//! Many organisations' entries become one combined record: sections, duplicates, conflicts,
//! trends, and what is withheld. It does not know who is asking.
//!
//! The order of work is what keeps a secret: [`withhold`] comes first and hands on a [`Visible`],
//! and everything else is made of a [`Visible`] only. What was withheld can therefore influence
//! nothing that leaves, but the one mark that something was.

mod alerts;
mod allergies;
mod banner;
mod book;
mod codes;
mod combine;
mod combined;
mod conflicts;
mod contacts;
mod drugs;
mod duplicates;
mod entry_view;
mod first_minute;
mod limits;
mod medicines;
mod mix;
mod place;
mod problems;
mod rows;
pub mod samples;
mod sections;
mod sets;
mod standing;
mod test_index;
mod timeline;
mod trend;
mod units;
mod values;
mod withhold;
mod words;

pub use banner::age;
pub use combine::combine;
pub use combined::{
    Alert, AllergyLine, AllergySummary, Banner, CombinedRecord, ContactLine, EntryView,
    FirstMinute, Lane, Mark, Provenance, Row, Scope, SectionState, SectionView, Sensitivity,
    SourceEntry, SourceIdentity, SourceState, Sources, Timeline, TimelineItem, Trend, TrendPoint,
};
pub use entry_view::entry_view;
pub use trend::trend;
pub use withhold::{Visible, withhold};
