//! The choice of a role, for people who have several.

use askama::Template;

use super::Frame;

/// Each role and its organisation on one line.
#[derive(Template)]
#[template(path = "role.html")]
pub(crate) struct RolePage {
    frame: Frame,
    not_chosen: bool,
}

impl RolePage {
    pub(crate) const fn new(frame: Frame, not_chosen: bool) -> Self {
        Self { frame, not_chosen }
    }
}
