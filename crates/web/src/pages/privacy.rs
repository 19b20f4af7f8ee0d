//! The privacy notice.

use askama::Template;

use super::Frame;

/// The notice, naming who answers for the record.
#[derive(Template)]
#[template(path = "privacy.html")]
pub(crate) struct PrivacyPage {
    frame: Frame,
    controller: String,
}

impl PrivacyPage {
    pub(crate) const fn new(frame: Frame, controller: String) -> Self {
        Self { frame, controller }
    }
}
