//! Many organisations' entries become one combined record: sections, duplicates, conflicts,
//! trends, and what is withheld. It does not know who is asking.

mod combined;

pub use combined::{
    Alert, AllergyLine, AllergySummary, Banner, CombinedRecord, ContactLine, EntryView,
    FirstMinute, Lane, Mark, Provenance, Row, Scope, SectionState, SectionView, Sensitivity,
    SourceEntry, SourceIdentity, SourceState, Sources, Timeline, TimelineItem, Trend, TrendPoint,
};
