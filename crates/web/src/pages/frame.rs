//! What stands around every page: product, person, role, organisation, and the stamp of a print.

use tributary_gatekeeper::{SignedIn, Way};
use tributary_model::{Organisation, Role, Timestamp};

/// What stands around a page.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) notice: Option<String>,
    pub(crate) person: Option<Person>,
    pub(crate) now: Timestamp,
}

/// The person signed in, as the header shows them: a wrong role is a safety matter.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) acting: Option<ActingAs>,
    pub(crate) assignments: Vec<(i64, String, String)>,
    /// Whether they signed in here, and not with their organisation's own provider.
    pub(crate) built_in: bool,
}

/// The role and the organisation.
#[derive(Clone)]
pub(crate) struct ActingAs {
    pub(crate) role: Role,
    pub(crate) organisation: String,
}

impl Frame {
    pub(crate) fn of(signed_in: &SignedIn, notice: Option<String>, now: Timestamp) -> Self {
        let acting = signed_in.requester.as_ref().map(|requester| ActingAs {
            role: requester.role,
            organisation: requester.organisation.name.clone(),
        });
        let assignments = signed_in.assignments.iter().map(|one| {
            (
                one.id,
                one.role.words().to_owned(),
                one.organisation.name.clone(),
            )
        });
        let person = Person {
            name: signed_in.name.clone(),
            acting,
            assignments: assignments.collect(),
            built_in: signed_in.way == Way::Here,
        };
        Self {
            notice,
            person: Some(person),
            now,
        }
    }

    pub(crate) const fn for_nobody(notice: Option<String>, now: Timestamp) -> Self {
        Self {
            notice,
            person: None,
            now,
        }
    }

    /// The organisation the person acts for.
    pub(crate) fn organisation(&self) -> &str {
        let acting = self
            .person
            .as_ref()
            .and_then(|person| person.acting.as_ref());
        acting.map_or("your organisation", |acting| acting.organisation.as_str())
    }

    /// Whether something is of the organisation the person acts for.
    pub(crate) fn is_of(&self, organisation: Option<&Organisation>) -> bool {
        let name = organisation.map(|one| one.name.as_str());
        name == Some(self.organisation())
    }

    /// The page of a patient that the person's role has to do with.
    pub(crate) fn patient_page(&self) -> &'static str {
        let acting = self
            .person
            .as_ref()
            .and_then(|person| person.acting.as_ref());
        if acting.is_some_and(ActingAs::records_choices) {
            "choice"
        } else {
            "permission"
        }
    }

    /// Whether the person acts in a role that treats patients and may record an opt-out too.
    pub(crate) fn records_opt_outs(&self) -> bool {
        let acting = self
            .person
            .as_ref()
            .and_then(|person| person.acting.as_ref());
        acting.is_some_and(|acting| acting.role == Role::SocialWorker)
    }

    /// Whether the person acts as one who reads an organisation's accesses.
    pub(crate) fn reads_accesses(&self) -> bool {
        let acting = self
            .person
            .as_ref()
            .and_then(|person| person.acting.as_ref());
        acting.is_some_and(ActingAs::reads_accesses)
    }

    /// Who printed a page, and when, on each sheet.
    pub(crate) fn stamp(&self) -> String {
        let Some(person) = &self.person else {
            return format!("Printed {}", self.now);
        };
        match &person.acting {
            Some(acting) => format!(
                "Printed by {}, {}, {}, {}",
                person.name,
                acting.role.words(),
                acting.organisation,
                self.now
            ),
            None => format!("Printed by {}, {}", person.name, self.now),
        }
    }
}

impl ActingAs {
    /// Whether the role has a desk at which patients' choices are recorded, and opens no record.
    pub(crate) const fn records_choices(&self) -> bool {
        matches!(self.role, Role::PracticeStaff | Role::Governance)
    }

    /// Whether the role reads an organisation's accesses.
    pub(crate) const fn reads_accesses(&self) -> bool {
        matches!(self.role, Role::PrivacyOfficer)
    }

    /// Whether the role belongs to the governance group.
    pub(crate) const fn governs(&self) -> bool {
        self.role.governs()
    }
}
