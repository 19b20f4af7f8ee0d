//! Partners and their agreements.

use tributary_model::{
    ClinicalDate, OdsCode, Organisation, OrganisationKind, Origin, Precision, Requester, Section,
    SectionSet, Timestamp,
};
use tributary_policy::Rulebook;
use tributary_store::{Agreement, end_of_last_day};

use super::{
    AgreementLine, Changed, Desk, NewAgreement, Partner, VersionState, settings::line_of,
    shapes::AgreementState,
};
use crate::{
    Disclosure, GateError, Gatekeeper,
    gate::{failed, unwritten},
};

impl Gatekeeper {
    /// The governance desk.
    pub async fn governance(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<Desk>, GateError> {
        let member = self.member(requester, origin).await?;
        let circumstances = &member.circumstances;
        let access = self
            .look(requester, "the governance desk was read", circumstances)
            .await?;
        let versions = self.store().settings_versions().await.map_err(failed)?;
        let lines: Vec<_> = versions.iter().map(|one| line_of(one, &versions)).collect();
        let in_force = lines
            .iter()
            .find(|one| one.number == member.in_force.number);
        let in_force = in_force.cloned().ok_or(GateError::NoSuchPage)?;
        let open = lines.into_iter().rev();
        let open = open.filter(|one| one.state == VersionState::Open).collect();
        let rulebook = &member.in_force.settings.rulebook;
        let desk = Desk {
            partners: self.partners(rulebook, circumstances.now).await?,
            in_force,
            open,
            now: circumstances.now,
        };
        Ok(Disclosure::new(desk, access))
    }

    /// One partner.
    pub async fn partner(
        &self,
        requester: &Requester,
        code: &str,
        origin: &Origin,
    ) -> Result<Disclosure<Partner>, GateError> {
        let member = self.member(requester, origin).await?;
        let circumstances = &member.circumstances;
        let words = format!("the agreements of {} were read", bounded(code));
        let access = self.look(requester, &words, circumstances).await?;
        let rulebook = &member.in_force.settings.rulebook;
        let partners = self.partners(rulebook, circumstances.now).await?;
        let mut partners = partners.into_iter();
        let partner = partners.find(|one| one.code().as_str() == code);
        Ok(Disclosure::new(
            partner.ok_or(GateError::NoSuchPage)?,
            access,
        ))
    }

    /// Records an agreement, of a partner that is known or with a new one.
    pub async fn agree(
        &self,
        requester: &Requester,
        typed: &NewAgreement,
        origin: &Origin,
    ) -> Result<Changed<OdsCode>, GateError> {
        let member = self.member(requester, origin).await?;
        let circumstances = &member.circumstances;
        let known = self.store().organisations().await.map_err(failed)?;
        let (organisation, agreement) = match read(typed, &known, circumstances.now) {
            Ok(read) => read,
            Err(problems) => return Ok(Changed::Problems(problems)),
        };
        let code = organisation.code.clone();
        if !known.contains(&organisation) {
            let words = format!(
                "partner {code}: {}, {}",
                organisation.name,
                organisation.kind.name()
            );
            self.look(requester, &words, circumstances).await?;
            let put = self.store().put_organisation(&organisation);
            put.await.map_err(failed)?;
        }
        self.store()
            .agree(Some(requester), &agreement, circumstances)
            .await
            .map_err(unwritten)?;
        Ok(Changed::Done(code))
    }

    /// Ends an agreement with the last moment of a day: `yyyy-mm-dd`, today if it is empty.
    pub async fn end_agreement(
        &self,
        requester: &Requester,
        code: &str,
        begins: Timestamp,
        last_day: &str,
        origin: &Origin,
    ) -> Result<Changed<OdsCode>, GateError> {
        let member = self.member(requester, origin).await?;
        let circumstances = &member.circumstances;
        let ends = match last_instant(last_day, circumstances.now) {
            Ok(ends) => ends,
            Err(words) => {
                return Ok(Changed::Problems(vec![(
                    "last-day".to_owned(),
                    words.to_owned(),
                )]));
            }
        };
        let agreements = self.store().agreements().await.map_err(failed)?;
        let mut agreements = agreements.into_iter();
        let own = |one: &Agreement| one.organisation.as_str() == code && one.begins == begins;
        let Some(agreement) = agreements.find(own) else {
            return Err(GateError::NoSuchPage);
        };
        if agreement
            .ends
            .is_some_and(|ended| ended <= circumstances.now)
        {
            let words = "This agreement has ended already".to_owned();
            return Ok(Changed::Problems(vec![("last-day".to_owned(), words)]));
        }
        let agreement = Agreement {
            ends: Some(ends),
            ..agreement
        };
        self.store()
            .agree(Some(requester), &agreement, circumstances)
            .await
            .map_err(unwritten)?;
        Ok(Changed::Done(agreement.organisation))
    }

    async fn partners(
        &self,
        rulebook: &Rulebook,
        now: Timestamp,
    ) -> Result<Vec<Partner>, GateError> {
        let organisations = self.store().organisations().await.map_err(failed)?;
        let agreements = self.store().agreements().await.map_err(failed)?;
        let mut partners: Vec<_> = organisations
            .into_iter()
            .map(|organisation| Partner {
                agreements: lines_of(&organisation.code, &agreements, now),
                withheld: withheld_at(rulebook, organisation.kind),
                organisation,
            })
            .collect();
        partners.sort_by(|a, b| a.organisation.name.cmp(&b.organisation.name));
        Ok(partners)
    }
}

fn lines_of(code: &OdsCode, agreements: &[Agreement], now: Timestamp) -> Vec<AgreementLine> {
    let own = || agreements.iter().filter(|one| one.organisation == *code);
    let counts = Agreement::counting(own(), now).map(|one| one.begins);
    let state = |one: &Agreement| {
        if now < one.begins {
            AgreementState::ToCome
        } else if counts == Some(one.begins) {
            AgreementState::InForce
        } else if one.in_force(now) {
            AgreementState::Followed
        } else {
            AgreementState::Ended
        }
    };
    let line = |one: &Agreement| AgreementLine {
        begins: one.begins,
        ends: one.ends,
        feeds: one.feeds,
        views: one.views,
        supplies: one.supplies,
        signed_by: one.signed_by.clone(),
        state: state(one),
    };
    let mut lines: Vec<_> = own().map(line).collect();
    lines.reverse();
    lines
}

/// What is withheld at a kind of organisation from every role.
fn withheld_at(rulebook: &Rulebook, kind: OrganisationKind) -> SectionSet {
    let for_all = |it: &&tributary_policy::Withholding| it.role.is_none() && it.purpose.is_none();
    let here = |it: &&tributary_policy::Withholding| it.organisation.is_none_or(|one| one == kind);
    let withheld = rulebook.withheld.iter().filter(for_all).filter(here);
    withheld
        .flat_map(|it| it.sections.iter().copied())
        .collect()
}

type Problems = Vec<(String, String)>;

fn read(
    typed: &NewAgreement,
    known: &[Organisation],
    now: Timestamp,
) -> Result<(Organisation, Agreement), Problems> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, words: &str| problems.push((field.to_owned(), words.to_owned()));
    let code = typed.code.parse::<OdsCode>();
    if code.is_err() {
        wrong(
            "code",
            "Enter the partner's ODS code: 1 to 12 letters and digits",
        );
    }
    let of_code = |one: &&Organisation| Ok(&one.code) == code.as_ref();
    let partner = known.iter().find(of_code).cloned().or_else(|| {
        let kind = OrganisationKind::named(&typed.kind);
        if kind.is_none() {
            wrong("kind", "Choose what kind of organisation the partner is");
        }
        let name = typed.name.trim();
        if name.is_empty() {
            wrong("name", "Enter the partner's name");
        }
        Some(Organisation {
            code: code.clone().ok()?,
            name: name.to_owned(),
            kind: kind?,
        })
    });
    if !typed.feeds && !typed.views {
        wrong(
            "covers",
            "Choose whether it covers feeding, viewing or both",
        );
    }
    let supplies: Option<Vec<_>> = typed.supplies.iter().map(|it| Section::named(it)).collect();
    if supplies.is_none() || (typed.feeds && typed.supplies.is_empty()) {
        wrong("supplies", "Choose the sections that the partner supplies");
    }
    if typed.signed_by.trim().is_empty() {
        wrong("signed-by", "Enter who signed the agreement");
    }
    let begins = first_instant(&typed.from, now);
    if let Err(words) = begins {
        wrong("from", words);
    }
    let ends = match typed.until.trim() {
        "" => Ok(None),
        day => last_instant(day, now).map(Some),
    };
    match (begins, ends) {
        (_, Err(words)) => wrong("until", words),
        (Ok(begins), Ok(Some(ends))) if ends <= begins => {
            wrong("until", "The last day must not be before the first");
        }
        _ => {}
    }
    let (Some(organisation), Some(supplies), Ok(begins), Ok(ends)) =
        (partner, supplies, begins, ends)
    else {
        return Err(problems);
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let agreement = Agreement {
        organisation: organisation.code.clone(),
        begins,
        ends,
        feeds: typed.feeds,
        views: typed.views,
        supplies: supplies.into_iter().collect(),
        signed_by: bounded(&typed.signed_by),
    };
    Ok((organisation, agreement))
}

/// The day's first instant in London; now, where the day is today or is not said.
fn first_instant(day: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    if day.trim().is_empty() {
        return Ok(now);
    }
    let first = start_of(day)?;
    if end_of_last_day(first) <= now {
        return Err("The first day must not be over");
    }
    Ok(first.max(now))
}

/// The instant at which the day is over in London; the end of today, where none is said.
fn last_instant(day: &str, now: Timestamp) -> Result<Timestamp, &'static str> {
    let ends = if day.trim().is_empty() {
        end_of_last_day(now)
    } else {
        end_of_last_day(start_of(day)?)
    };
    if ends <= now {
        return Err("The last day must not be over");
    }
    Ok(ends)
}

fn start_of(day: &str) -> Result<Timestamp, &'static str> {
    let date = ClinicalDate::read(day.trim());
    let date = date.filter(|date| date.precision == Precision::Day);
    date.map(|date| date.sort)
        .ok_or("Enter a day, such as 2026-11-30")
}

fn bounded(text: &str) -> String {
    text.trim().chars().take(200).collect()
}
