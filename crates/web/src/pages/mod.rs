//! The pages: what each template is given. They are made of what a disclosure shows, and decide
//! nothing but how it looks.

pub(crate) mod accesses;
pub(crate) mod desk;
pub(crate) mod document;
pub(crate) mod entry;
pub(crate) mod explain;
pub(crate) mod filter;
pub(crate) mod find;
mod frame;
mod glance;
pub(crate) mod governance;
mod head;
pub(crate) mod onward;
pub(crate) mod permission;
pub(crate) mod privacy;
pub(crate) mod problem;

pub(crate) mod prove;
pub(crate) mod ranking;
pub(crate) mod record;
pub(crate) mod refused;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod reviews;
pub(crate) mod reviews_overdue;
pub(crate) mod role;
mod rows;
mod scale;
pub(crate) mod second_factor;
pub(crate) mod section;
pub(crate) mod sign_in;
pub(crate) mod sources;
pub(crate) mod telling;
pub(crate) mod timeline;
pub(crate) mod trend;

pub(crate) use frame::Frame;
