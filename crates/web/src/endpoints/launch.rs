//! `GET /launch` and `GET /launch/open`: a link from another system, taken and followed.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tributary_gatekeeper::Launch;

use crate::{
    error::WebError,
    form::Query,
    pages::{onward::OnwardPage, telling::TellingPage},
    respond,
    session::{Acting, LINK, Visitor},
    site::Site,
};

/// What the system sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    link: String,
}

/// Takes the link. It signs nobody in: it is followed by whoever is signed in, or signs in next.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
    Query(sent): Query<Sent>,
) -> Result<Response, WebError> {
    let taken = site.gate.take_link(&sent.link, &visitor.origin).await?;
    let frame = site.frame_for_nobody();
    let Some(attempt) = taken else {
        let page = TellingPage::link_not_followed(frame);
        return Ok(respond::page(StatusCode::FORBIDDEN, &page));
    };
    let page = respond::page(StatusCode::OK, &OnwardPage::to_patient(frame));
    let kept = LINK.keep(&attempt.0, site.settings.tls);
    Ok(respond::with_cookie(page, kept))
}

/// Follows it to the one patient it is about.
pub(crate) async fn open(
    State(site): State<Site>,
    acting: Acting,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let launched = match &visitor.link {
        Some(link) => {
            site.gate
                .launch(&acting.requester, link, &acting.origin)
                .await?
        }
        None => Launch::Gone,
    };
    let frame = site.frame(&acting.signed_in);
    let forget = LINK.forget(site.settings.tls);
    let page = |status, page: TellingPage| respond::page(status, &page);
    let response = match launched {
        Launch::Open(address) => {
            respond::see_other(&format!("/patients/{}/permission", address.0.0))
        }
        Launch::OtherOrganisation(name) => {
            let several = acting.signed_in.assignments.len() > 1;
            let telling = TellingPage::link_for_another_organisation(frame, &name, several);
            return Ok(page(StatusCode::FORBIDDEN, telling));
        }
        Launch::OtherPerson => page(StatusCode::FORBIDDEN, TellingPage::link_for_another(frame)),
        Launch::NoSuchPatient => page(StatusCode::NOT_FOUND, TellingPage::link_to_nobody(frame)),
        Launch::Gone => page(StatusCode::FORBIDDEN, TellingPage::link_not_followed(frame)),
    };
    Ok(respond::with_cookie(response, forget))
}
