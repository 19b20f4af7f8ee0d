//! What the governance group sees of reviews: counts, and nothing of anybody.

use askama::Template;
use tributary_gatekeeper::ReviewOverview;

use super::Frame;

/// Open and overdue reviews of each organisation.
#[derive(Template)]
#[template(path = "reviews_overdue.html")]
pub(crate) struct OverduePage<'a> {
    frame: Frame,
    overview: &'a ReviewOverview,
}

impl<'a> OverduePage<'a> {
    pub(crate) const fn new(frame: Frame, overview: &'a ReviewOverview) -> Self {
        Self { frame, overview }
    }

    fn overdue(&self) -> i64 {
        let all = self.overview.organisations.iter();
        all.map(|(_, counts)| counts.overdue).sum()
    }
}
