//! `EpisodeOfCare`: why an organisation has to do with a patient.

use tributary_model::{
    Issue, IssueKind, OdsCode, Organisation, OrganisationKind, Relationship, RelationshipKind,
};

use super::issue;
use crate::{
    fhir::{dates, ods_code},
    json::Node,
};

pub(super) fn read(
    episode: Node<'_, '_>,
    id: &str,
    local_number: String,
    sender: &Organisation,
) -> Result<Relationship, Issue> {
    let status = episode.get("status").words();
    if matches!(&*status, "entered-in-error" | "cancelled") {
        let words = format!("an EpisodeOfCare that is {status} makes no relationship");
        return Err(issue(IssueKind::NotTaken, "EpisodeOfCare.status", words));
    }
    let period = episode.get("period");
    let from = dates::instant(&period.get("start").words());
    if from.is_none() && matches!(&*status, "planned" | "waitlist") {
        let words = "planned, and no day is given from which it holds".to_owned();
        return Err(issue(IssueKind::NotTaken, "EpisodeOfCare.period", words));
    }
    let stated_end = dates::over(&period.get("end").words());
    // Finished at an unknown time: it ended, so it must not let anyone see the patient today.
    let until = if status == "finished" {
        stated_end.or(Some(from.unwrap_or_default()))
    } else {
        stated_end
    };
    Ok(Relationship {
        source_id: format!("EpisodeOfCare/{id}"),
        local_number,
        organisation: ods_code(episode.get("managingOrganization"))
            .unwrap_or_else(|| sender.code.clone()),
        kind: kind(episode.get("type"), sender.kind),
        from,
        until,
        referred_by: referrer(episode),
    })
}

/// Who referred: the requester of a referral that is named or contained.
fn referrer(episode: Node<'_, '_>) -> Option<OdsCode> {
    let named = episode.get("referralRequest").each().find_map(|referral| {
        ods_code(referral).or_else(|| ods_code(referral.get("identifier").get("assigner")))
    });
    named.or_else(|| {
        episode
            .get("contained")
            .each()
            .find_map(|contained| ods_code(contained.get("requester")))
    })
}

/// Words of `EpisodeOfCare.type` and the kind they mean; the first that occurs decides.
const WORDS: [(&str, RelationshipKind); 16] = [
    ("temporary", RelationshipKind::TemporaryRegistration),
    ("regist", RelationshipKind::Registration),
    ("referr", RelationshipKind::Referral),
    ("ambulance", RelationshipKind::Arrival),
    ("arriv", RelationshipKind::Arrival),
    ("emergency", RelationshipKind::Arrival),
    ("caseload", RelationshipKind::Caseload),
    ("social", RelationshipKind::Caseload),
    ("community", RelationshipKind::Caseload),
    ("mental", RelationshipKind::Caseload),
    ("admi", RelationshipKind::Admission),
    ("inpatient", RelationshipKind::Admission),
    ("hospital", RelationshipKind::Admission),
    ("cancer", RelationshipKind::Admission),
    ("oncology", RelationshipKind::Admission),
    ("hospice", RelationshipKind::Admission),
];

fn kind(types: Node<'_, '_>, sender: OrganisationKind) -> RelationshipKind {
    let said: String = types
        .objects()
        .flat_map(|object| {
            [
                object.get("text"),
                object.get("display"),
                object.get("code"),
            ]
        })
        .map(|text| text.words().to_lowercase() + " ")
        .collect();
    let known = WORDS.into_iter().find(|(word, _)| said.contains(word));
    known.map_or_else(|| unsaid(sender), |(_, kind)| kind)
}

/// What an episode of no known type is. For a practice the weaker kind: an episode there may be a
/// clinic's, and registration decides who may lift a refusal.
const fn unsaid(sender: OrganisationKind) -> RelationshipKind {
    match sender {
        OrganisationKind::GpPractice => RelationshipKind::TemporaryRegistration,
        OrganisationKind::AcuteTrust
        | OrganisationKind::CancerTrust
        | OrganisationKind::Hospice => RelationshipKind::Admission,
        OrganisationKind::MentalHealthTrust | OrganisationKind::Council => {
            RelationshipKind::Caseload
        }
        OrganisationKind::Ambulance | OrganisationKind::OutOfHours => RelationshipKind::Arrival,
        OrganisationKind::Private => RelationshipKind::Referral,
    }
}
