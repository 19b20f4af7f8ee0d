//! `GET` and `POST /patients/{address}/permission`: the consent screen and its answer.

use axum::{extract::State, http::StatusCode, response::Response};
use tributary_gatekeeper::{OpenRecord, Outcome, Proof};

use crate::{
    error::WebError,
    form::{Form, Patient},
    pages::{
        filter::Filter,
        permission::{PermissionPage, Typed},
        prove::ProvePage,
        record::RecordPage,
        refused::RefusedPage,
        sign_in::Problem,
    },
    respond,
    session::{Acting, SESSION},
    site::Site,
};

/// The screen, or the record when nothing has to be asked.
pub(crate) async fn show(
    State(site): State<Site>,
    acting: Acting,
    Patient(address, ()): Patient,
) -> Result<Response, WebError> {
    let asked = site
        .gate
        .open_record(&acting.requester, acting.looks_at(address))
        .await?;
    let frame = site.frame(&acting.signed_in);
    Ok(respond::outcome(frame, address, &asked, |_, _| {
        respond::see_other(&record(address))
    }))
}

/// Opens the record with the answer, asks again for what it lacks, or refuses.
pub(crate) async fn submit(
    State(site): State<Site>,
    mut acting: Acting,
    Patient(address, ()): Patient,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let (mut kept, mut problem) = (None, None);
    if let Some((password, code)) = typed.proof() {
        let proof = site
            .gate
            .prove(&acting.token, password, code, &acting.origin);
        match proof.await? {
            Proof::Proved(token) => {
                kept = SESSION.keep(&token.0, site.settings.tls);
                acting.proved(site.settings.clock.now());
            }
            Proof::Wrong => problem = Some(Problem::WrongProof),
            Proof::TooMany(seconds) => problem = Some(Problem::TooMany(seconds)),
        }
    }
    let opening = acting.states(address, typed.part(), typed.statement());
    let answered = site.gate.open_record(&acting.requester, opening).await?;
    let frame = site.frame(&acting.signed_in);
    let response = match &answered {
        // Permission for one view is used up by this one.
        Outcome::Disclosed(open) if is_for_one_view(open.shown()) => {
            let page = RecordPage::new(frame, open.shown(), Filter::default());
            respond::page(StatusCode::OK, &page)
        }
        // The record's own page shows it, under a line of its own.
        Outcome::Disclosed(_) => respond::see_other(&record(address)),
        Outcome::Ask(question) if question.shown().prove.is_some() => {
            let problem = problem.unwrap_or(Problem::ProveFirst);
            respond::tried(&problem, |problem| {
                ProvePage::new(frame, address, question.shown(), typed, problem)
            })
        }
        Outcome::Ask(question) => respond::page(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PermissionPage::new(frame, address, question.shown(), typed),
        ),
        Outcome::Refused(refusal) => {
            let page_of = RefusedPage::new(frame, address, refusal).lacking(&typed);
            respond::page(page_of.status(), &page_of)
        }
    };
    Ok(respond::with_cookie(response, kept))
}

/// Whether the permission ended with the decision itself, so that no further page would be shown.
fn is_for_one_view(open: &OpenRecord) -> bool {
    let until = open.permission.until;
    until.is_some_and(|until| until <= open.record.as_at)
}

fn record(address: tributary_model::Address) -> String {
    format!("/patients/{}/record", address.0)
}
