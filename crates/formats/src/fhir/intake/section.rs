//! Which section of the record a resource belongs to.

use tributary_model::{OrganisationKind, ResourceKind, Section};

/// The section of a resource by its type, the kind of organisation that sent it, and whether it is
/// an investigation's result.
#[must_use]
pub const fn section(kind: ResourceKind, sender: OrganisationKind, result: bool) -> Section {
    use ResourceKind as Kind;
    match (sender, kind) {
        (
            OrganisationKind::CancerTrust,
            Kind::Condition | Kind::Procedure | Kind::CarePlan | Kind::MedicationAdministration,
        ) => Section::Cancer,
        (OrganisationKind::MentalHealthTrust, Kind::Condition | Kind::Flag | Kind::CarePlan) => {
            Section::MentalHealth
        }
        (
            OrganisationKind::Council,
            Kind::CarePlan | Kind::Condition | Kind::Task | Kind::QuestionnaireResponse,
        ) => Section::SocialCare,
        (_, kind) => usual(kind, result),
    }
}

const fn usual(kind: ResourceKind, result: bool) -> Section {
    use ResourceKind as Kind;
    match kind {
        Kind::RelatedPerson => Section::Person,
        Kind::AllergyIntolerance => Section::Allergies,
        Kind::MedicationAdministration
        | Kind::MedicationDispense
        | Kind::MedicationRequest
        | Kind::MedicationStatement => Section::Medications,
        Kind::Condition => Section::Problems,
        Kind::Procedure => Section::Procedures,
        Kind::DiagnosticReport | Kind::ImagingStudy => Section::Results,
        Kind::Observation if result => Section::Results,
        Kind::Observation => Section::Observations,
        Kind::Immunization => Section::Immunisations,
        Kind::Encounter => Section::Contacts,
        Kind::Appointment => Section::Appointments,
        Kind::DocumentReference | Kind::Composition | Kind::Communication => {
            Section::Correspondence
        }
        // An assessment or a task outside social care is part of how somebody is looked after.
        Kind::CarePlan
        | Kind::CareTeam
        | Kind::Flag
        | Kind::Goal
        | Kind::QuestionnaireResponse
        | Kind::Task => Section::PlansAndAlerts,
    }
}
