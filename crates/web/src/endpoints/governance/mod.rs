//! The endpoints of the governance desk.

pub(crate) mod approve;
pub(crate) mod change;
pub(crate) mod desk;
pub(crate) mod end;
pub(crate) mod new_partner;
pub(crate) mod partner;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod version;
pub(crate) mod withdraw;
