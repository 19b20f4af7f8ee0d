//! Whom one can sign in as in a demonstration: one of each interesting kind.

use jiff::Span;
use tributary_model::{
    AccountId, ClinicalDate, OdsCode, Organisation, Register, RegisterEntry, Requester, Role,
};
use tributary_store::{NewAccount, Store};
use zeroize::Zeroizing;

use super::{Clock, Made, london_date};

/// Someone to sign in as.
pub(super) struct Account {
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    /// What is interesting.
    pub(super) special: &'static str,
    pub(super) roles: Vec<(Role, Organisation)>,
    id: AccountId,
}

impl Account {
    /// This person in the first of their roles.
    pub(super) fn requester(&self) -> Option<Requester> {
        let (role, organisation) = self.roles.first()?;
        Some(Requester {
            account: self.id,
            name: self.name.to_owned(),
            register: None,
            role: *role,
            organisation: organisation.clone(),
        })
    }
}

struct Member {
    login: &'static str,
    name: &'static str,
    register: Option<(Register, &'static str)>,
    roles: &'static [(Role, &'static str)],
    special: &'static str,
}

/// The login of the one whose registration has lapsed.
const LAPSED: &str = "lapsed";

const STAFF: [Member; 15] = [
    Member {
        login: "gp",
        name: "Dr Amara Thistlewood",
        register: Some((Register::Gmc, "7990001")),
        roles: &[(Role::Doctor, "ZZP01")],
        special: "finds the practice's patients",
    },
    Member {
        login: "hospital",
        name: "Dr Idris Callowhill",
        register: Some((Register::Gmc, "7990002")),
        roles: &[(Role::Doctor, "ZZA01")],
        special: "finds whom the hospital has met",
    },
    Member {
        login: "two-roles",
        name: "Dr Saoirse Penhallow",
        register: Some((Register::Gmc, "7990003")),
        roles: &[(Role::Doctor, "ZZA02"), (Role::Doctor, "ZZM01")],
        special: "chooses the role to act in",
    },
    Member {
        login: "nurse",
        name: "Nurse Bronwen Ashgrove",
        register: Some((Register::Nmc, "99A0001E")),
        roles: &[(Role::Nurse, "ZZA01")],
        special: "sensitive codes are withheld",
    },
    Member {
        login: "practice-nurse",
        name: "Nurse Kofi Larkspur",
        register: Some((Register::Nmc, "99A0002E")),
        roles: &[(Role::Nurse, "ZZP01")],
        special: "sensitive codes are withheld",
    },
    Member {
        login: "pharmacist",
        name: "Wren Oakhollow",
        register: Some((Register::Gphc, "9900001")),
        roles: &[(Role::Pharmacist, "ZZP01")],
        special: "medicines and allergies",
    },
    Member {
        login: "paramedic",
        name: "Rhys Fernleigh",
        register: Some((Register::Hcpc, "PA99001")),
        roles: &[(Role::AlliedProfessional, "ZZV01")],
        special: "the service looks, and feeds no entries",
    },
    Member {
        login: "social-worker",
        name: "Marisol Brackenbury",
        register: Some((Register::Swe, "SW99001")),
        roles: &[(Role::SocialWorker, "ZZS01")],
        special: "results are withheld; may not break the glass",
    },
    Member {
        login: LAPSED,
        name: "Dr Leopold Quillfeather",
        register: Some((Register::Gmc, "7990009")),
        roles: &[(Role::Doctor, "ZZA01")],
        special: "registration lapsed last month: every record is refused",
    },
    Member {
        login: "practice-staff",
        name: "Tamsin Hollowell",
        register: None,
        roles: &[(Role::PracticeStaff, "ZZP01")],
        special: "records what the practice's patients decide about sharing",
    },
    Member {
        login: "privacy",
        name: "Odette Winterbourne",
        register: None,
        roles: &[(Role::PrivacyOfficer, "ZZP01")],
        special: "reads who looked at the practice's patients",
    },
    Member {
        login: "hospital-privacy",
        name: "Barnaby Culpepper",
        register: None,
        roles: &[(Role::PrivacyOfficer, "ZZA01")],
        special: "reads who looked at the hospital's patients",
    },
    Member {
        login: "nurse-and-privacy",
        name: "Nurse Ines Merriweather",
        register: Some((Register::Nmc, "99A0003E")),
        roles: &[(Role::Nurse, "ZZC01"), (Role::PrivacyOfficer, "ZZC01")],
        special: "treats in one role, reviews in the other",
    },
    Member {
        login: "governance",
        name: "Philippa Oakenshaw",
        register: None,
        roles: &[(Role::Governance, "ZZS01")],
        special: "keeps agreements and rules; a change needs two people",
    },
    Member {
        login: "guardian",
        name: "Dr Anselm Caldecote",
        register: None,
        roles: &[(Role::CaldicottGuardian, "ZZA01")],
        special: "the second of the two, sees the hospital's own decisions in a preview",
    },
];

/// Makes the accounts, all with the demonstration's password.
pub(super) async fn add(store: &Store, made: &Made) -> anyhow::Result<Vec<Account>> {
    let known = store.organisations().await?;
    let mut accounts = Vec::with_capacity(STAFF.len());
    for member in &STAFF {
        let roles: Vec<(Role, Organisation)> = member
            .roles
            .iter()
            .filter_map(|(role, code)| at(*role, code, &known))
            .collect();
        let code_of =
            |(role, at): &(Role, Organisation)| -> (Role, OdsCode) { (*role, at.code.clone()) };
        let new = NewAccount {
            login: member.login.to_owned(),
            name: member.name.to_owned(),
            password: Zeroizing::new(made.password.clone()),
            register: entry(member),
            nhs_number: None,
            assignments: roles.iter().map(code_of).collect(),
        };
        let account = store.create_account(new).await?;
        let Member {
            login,
            name,
            special,
            ..
        } = *member;
        accounts.push(Account {
            login,
            name,
            special,
            roles,
            id: account,
        });
    }
    Ok(accounts)
}

fn at(role: Role, code: &str, known: &[Organisation]) -> Option<(Role, Organisation)> {
    let organisation = known.iter().find(|one| one.code.as_str() == code)?;
    Some((role, organisation.clone()))
}

fn entry(member: &Member) -> Option<RegisterEntry> {
    let (register, number) = member.register?;
    let today = london_date(Clock::system().now());
    let away = Span::new().months(if member.login == LAPSED { -1 } else { 11 });
    let until = today.saturating_add(away);
    Some(RegisterEntry {
        register,
        number: number.to_owned(),
        valid_until: ClinicalDate::read(&until.to_string()),
    })
}
