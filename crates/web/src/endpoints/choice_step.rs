//! `GET` and `POST /patients/{address}/choice/steps/{name}`: a step's warning, and its recording.

use axum::{extract::State, response::Response};
use tributary_gatekeeper::Outcome;
use tributary_model::{Address, ChoiceAction};

use crate::{
    error::WebError,
    form::{Form, Patient},
    pages::desk::{StepPage, Typed},
    respond,
    session::Acting,
    site::Site,
};

/// What the step means, and who decided.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, name): Patient<String>,
) -> Result<Response, WebError> {
    let action = ChoiceAction::named(&name);
    asked(&site, &acting, address, action, Typed::default()).await
}

/// Records the step and goes to its confirmation, or asks again for what the form lacks.
pub(crate) async fn submit(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, name): Patient<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let action = ChoiceAction::named(&name);
    let recording = action.and_then(|action| typed.recording(action, &acting.requester));
    let Some(recording) = recording else {
        return asked(&site, &acting, address, action, typed.sent()).await;
    };
    let outcome = site
        .gate
        .record_choice(&acting.requester, address, &recording, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &outcome, |_, ()| {
        respond::see_other(&format!("/patients/{}/choice/confirmation", address.0))
    }))
}

async fn asked(
    site: &Site,
    acting: &Acting,
    address: Address,
    action: Option<ChoiceAction>,
    typed: Typed,
) -> Result<Response, WebError> {
    let outcome = site
        .gate
        .desk(&acting.requester, address, &acting.origin)
        .await?;
    let frame = site.frame(&acting.signed_in);
    if let (Outcome::Disclosed(_), None) = (&outcome, action) {
        return Err(WebError::NoSuchPage);
    }
    Ok(respond::outcome(frame, address, &outcome, |frame, desk| {
        match action.filter(|action| desk.steps.contains(action)) {
            Some(action) => {
                let page = StepPage::new(frame, desk, action, typed);
                respond::page(page.status(), &page)
            }
            // It is no step from the present choice, perhaps not any more: the desk says what is.
            None => respond::see_other(&format!("/patients/{}/choice", address.0)),
        }
    }))
}
