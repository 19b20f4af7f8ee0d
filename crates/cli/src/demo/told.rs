//! What a demonstration tells: to people on the terminal, and to tests in a file.

use std::{collections::HashSet, fmt::Write as _, net::SocketAddr};

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tributary_model::{Organisation, Role};
use tributary_region::{BLOCKED, CastMember, cast};

use super::{Demo, Made, count, staff::Account};
use crate::{
    region::night_folder,
    words::{name_of, table},
};

/// What there is to tell.
pub(super) struct Told<'d> {
    made: &'d Made,
    accounts: &'d [Account],
    organisations: Vec<Organisation>,
    cast: Vec<CastMember>,
    choices: Choices,
}

/// What the practices' codes said on the last night, by NHS number.
struct Choices {
    opted_out: HashSet<String>,
    consented: HashSet<String>,
}

impl<'d> Told<'d> {
    pub(super) fn of(demo: &'d Demo, accounts: &'d [Account]) -> anyhow::Result<Self> {
        let plan = demo.made.plan();
        Ok(Self {
            made: &demo.made,
            accounts,
            organisations: plan.organisations(),
            cast: cast(&plan),
            choices: Choices::read(demo)?,
        })
    }

    /// Where to look, as whom, and for whom.
    pub(super) fn words(&self, address: SocketAddr) -> String {
        let Made {
            people,
            nights,
            password,
            ..
        } = self.made;
        let mut text = format!(
            "{} invented people, {} organisations, {nights} nights of feeds.\n\n\
             Open          http://{address}/\n\
             Password      {password}  (the same for everybody below)\n\n\
             Sign in as\n\n",
            count(u64::from(*people)),
            self.organisations.len(),
        );
        text.push_str(&self.staff());
        text.push_str("\nLook up, by NHS number or by family name and date of birth\n");
        for member in &self.cast {
            self.introduce(member, &mut text);
        }
        text.push_str(
            "\nStop with Ctrl-C. Start again with the same command; --fresh begins anew.\n",
        );
        text
    }

    fn staff(&self) -> String {
        let rows: Vec<[String; 4]> = self
            .accounts
            .iter()
            .flat_map(|account| {
                account
                    .roles
                    .iter()
                    .enumerate()
                    .map(move |(place, (role, at))| {
                        let first = |text: &str| {
                            if place == 0 {
                                text.to_owned()
                            } else {
                                String::new()
                            }
                        };
                        let acts = format!("{}, {}", role.words(), at.name);
                        let login = format!("  {}", first(account.login));
                        [login, first(account.name), acts, first(account.special)]
                    })
            })
            .collect();
        table(&rows)
    }

    fn introduce(&self, member: &CastMember, text: &mut String) {
        let name = |code| name_of(&self.organisations, code);
        let mut places = vec![name(&member.organisation)];
        places.extend(member.also_at.iter().map(name));
        let _ = writeln!(
            text,
            "\n  {}   {}, {}, born {}\n    {}\n    known to {}",
            member.nhs_number,
            member.family.to_uppercase(),
            member.given,
            member.born.strftime("%d-%b-%Y"),
            member.special,
            places.join(", ")
        );
    }

    /// The file that the browser tests read; see `tests/browser/README.md`.
    pub(super) fn json(&self, (organisation, credential): (String, String)) -> String {
        let accounts = self.accounts.iter().flat_map(|account| {
            account
                .roles
                .iter()
                .map(|(role, at)| self.account_row(account, *role, at))
        });
        let told = json!({
            "accounts": accounts.collect::<Vec<_>>(),
            "patients": self.cast.iter().filter_map(|one| self.patient_row(one)).collect::<Vec<_>>(),
            "feeds": [{ "organisation": organisation, "credential": credential }],
        });
        format!("{told:#}\n")
    }

    fn account_row(&self, account: &Account, role: Role, at: &Organisation) -> Value {
        json!({
            "sign_in": account.login,
            "password": self.made.password,
            "role": role.name(),
            "organisation": at.code.as_str(),
            "organisation_name": at.name,
        })
    }

    fn patient_row(&self, member: &CastMember) -> Option<Value> {
        // Of those who died nobody is asked.
        if member.role == "deceased" {
            return None;
        }
        let number = member.nhs_number.digits();
        Some(json!({
            "organisation": member.organisation.as_str(),
            "choice": match member.role {
                BLOCKED => "blocked",
                _ => self.choices.of(&number),
            },
            "nhs_number": number,
            "family_name": member.family,
            "born": member.born.to_string(),
        }))
    }
}

impl Choices {
    fn read(demo: &Demo) -> anyhow::Result<Self> {
        let last = demo.made.nights;
        let file = night_folder(&demo.region(), last).join("expected.json");
        let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let expected: Map<String, Value> = serde_json::from_slice(&bytes)?;
        let numbers = |name: String| -> anyhow::Result<HashSet<String>> {
            let found = expected
                .get(&name)
                .with_context(|| format!("{name} is not in the file"))?;
            Ok(HashSet::deserialize(found)?)
        };
        Ok(Self {
            opted_out: numbers(format!("opted_out_day{last}"))?,
            consented: numbers(format!("consented_day{last}"))?,
        })
    }

    fn of(&self, number: &str) -> &'static str {
        if self.opted_out.contains(number) {
            "opted-out"
        } else if self.consented.contains(number) {
            "standing"
        } else {
            "none"
        }
    }
}
