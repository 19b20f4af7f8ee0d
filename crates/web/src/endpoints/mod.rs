//! The endpoints: one file each, named as the path says. What may be asked is listed in `routes`.

pub(crate) mod accesses;
pub(crate) mod asset;
pub(crate) mod close;
pub(crate) mod document;
pub(crate) mod entry;
pub(crate) mod fhir_everything;
pub(crate) mod find;
pub(crate) mod governance;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod launch;
pub(crate) mod no_such_page;
pub(crate) mod permission;
pub(crate) mod privacy;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod role;
pub(crate) mod say_no;
pub(crate) mod second_factor;
pub(crate) mod section;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sources;
pub(crate) mod submissions;
pub(crate) mod timeline;
pub(crate) mod trend;
