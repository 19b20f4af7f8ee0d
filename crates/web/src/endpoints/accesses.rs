//! `GET /accesses`: a privacy officer's list.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::{AccessQuery, Which};
use tributary_model::{AccessNumber, AccountId, ClinicalDate, Timestamp};

use crate::{
    error::WebError, form::Query, pages::accesses::AccessesPage, respond, session::Acting,
    site::Site,
};

/// Which lines are asked for, as a form or a link says it. What is not understood is left out.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    which: String,
    staff: String,
    from: String,
    to: String,
    before: String,
}

impl Asked {
    pub(crate) fn query(&self) -> AccessQuery {
        let member = self.staff.parse().ok().map(AccountId).map(Which::Member);
        let which = match self.which.as_str() {
            "our-patients" => Which::OurPatients,
            "our-staff" => Which::OurStaff,
            "flagged" => Which::Flagged,
            _ => Which::All,
        };
        let day = |text: &str| ClinicalDate::read(text).filter(|_| text.len() == 10);
        AccessQuery {
            which: member.unwrap_or(which),
            from: day(&self.from).map(|from| from.sort),
            until: day(&self.to).and_then(|to| end_of(&to)),
            before: self.before.parse().ok().map(AccessNumber),
        }
    }
}

/// The instant at which a day in London ends.
fn end_of(day: &ClinicalDate) -> Option<Timestamp> {
    let next = day.date().tomorrow().ok()?;
    Some(ClinicalDate::read(&next.to_string())?.sort)
}

/// The newest lines of those asked for, or those before a line.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let list = site
        .gate
        .accesses(&acting.requester, &asked.query(), &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::page(
        StatusCode::OK,
        &AccessesPage::new(frame, list.shown()),
    ))
}
