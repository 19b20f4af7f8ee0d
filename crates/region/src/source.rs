//! What each kind of organisation holds of a person: seven views of the same life.

mod acute;
mod ambulance;
mod cancer;
mod community;
mod contacts;
mod council;
mod practice;
mod reviews;

use tributary_model::OrganisationKind;

use crate::{calendar::Day, dice::happens, feed::Kind, person::Sharing, sheet::Sheet};

pub(crate) use practice::{lifted_on, opted_out_by, opted_out_on};

/// Writes all that an organisation holds of a person on a night.
pub(crate) fn write(sheet: &mut Sheet<'_>) {
    match sheet.site.organisation.kind {
        OrganisationKind::GpPractice => practice::write(sheet),
        OrganisationKind::AcuteTrust => acute::write(sheet),
        OrganisationKind::CancerTrust => cancer::write(sheet),
        OrganisationKind::MentalHealthTrust => community::write(sheet),
        OrganisationKind::Council => council::write(sheet),
        OrganisationKind::Ambulance => ambulance::write(sheet),
        OrganisationKind::OutOfHours | OrganisationKind::Hospice | OrganisationKind::Private => {}
    }
}

/// The files that an organisation of a kind sends every night, empty ones too.
pub(crate) fn files(kind: OrganisationKind) -> &'static [Kind] {
    use Kind::{
        AllergyIntolerance, Appointment, CarePlan, CareTeam, Communication, Composition, Condition,
        DiagnosticReport, DocumentReference, Encounter, EpisodeOfCare, Flag, Goal, ImagingStudy,
        Immunization, MedicationAdministration, MedicationDispense, MedicationRequest,
        MedicationStatement, Observation, Organization, Patient, Procedure, QuestionnaireResponse,
        RelatedPerson, Task, VisionPrescription,
    };
    match kind {
        OrganisationKind::GpPractice => &[
            AllergyIntolerance,
            Appointment,
            CarePlan,
            Communication,
            Condition,
            DiagnosticReport,
            DocumentReference,
            Encounter,
            EpisodeOfCare,
            Flag,
            Immunization,
            MedicationRequest,
            Observation,
            Organization,
            Patient,
            Procedure,
            RelatedPerson,
        ],
        OrganisationKind::AcuteTrust => &[
            AllergyIntolerance,
            Appointment,
            Composition,
            Condition,
            DiagnosticReport,
            DocumentReference,
            Encounter,
            EpisodeOfCare,
            Flag,
            ImagingStudy,
            MedicationDispense,
            MedicationRequest,
            MedicationStatement,
            Observation,
            Organization,
            Patient,
            Procedure,
            VisionPrescription,
        ],
        OrganisationKind::CancerTrust => &[
            Appointment,
            CarePlan,
            Condition,
            DiagnosticReport,
            DocumentReference,
            Encounter,
            EpisodeOfCare,
            MedicationAdministration,
            Observation,
            Organization,
            Patient,
            Procedure,
        ],
        OrganisationKind::MentalHealthTrust => &[
            Appointment,
            CarePlan,
            CareTeam,
            Condition,
            DiagnosticReport,
            DocumentReference,
            Encounter,
            EpisodeOfCare,
            Flag,
            Goal,
            MedicationAdministration,
            MedicationRequest,
            Observation,
            Organization,
            Patient,
            Procedure,
            QuestionnaireResponse,
        ],
        OrganisationKind::Council => &[
            CarePlan,
            CareTeam,
            EpisodeOfCare,
            Flag,
            Goal,
            Organization,
            Patient,
            QuestionnaireResponse,
            Task,
        ],
        _ => &[EpisodeOfCare, Organization, Patient],
    }
}

impl Sheet<'_> {
    /// Tells what happened on each night since the first: for each night of which so many people
    /// in 100,000 have a new contact, `tell` writes it, on the day before the night.
    pub(crate) fn nights(&mut self, share: u64, tell: impl Fn(&mut Self, Day)) {
        for night in 2..=self.night {
            let day = self.start.plus(night.cast_signed() - 2);
            let word = self.aside(u64::from(night)).word();
            if happens(word, share) && self.alive(day) {
                self.part(1_000 + u64::from(night));
                tell(self, day);
            }
        }
    }
}

/// Whether a person's preference on the first night is the practice's silence about it.
pub(crate) const fn is_silent(sharing: Sharing) -> bool {
    matches!(
        sharing,
        Sharing::Silent | Sharing::National | Sharing::UndatedConsent
    )
}
