//! The settings: read, proposed, approved by two people, withdrawn.

use tributary_model::{Origin, Requester};
use tributary_store::{Approved, SettingsVersion};

use super::{
    Changed, Proposed, RulesInForce, SettingsForm, Typed, VersionLine, VersionState, VersionView,
    changes::{described, differences},
};
use crate::{
    Disclosure, GateError, Gatekeeper,
    gate::{failed, unwritten},
};

impl Gatekeeper {
    /// The settings in force, and every version.
    pub async fn settings(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<RulesInForce>, GateError> {
        let member = self.member(requester, origin).await?;
        let words = "the settings in force were read";
        let access = self.look(requester, words, &member.circumstances).await?;
        let versions = self.store().settings_versions().await.map_err(failed)?;
        let lines = versions.iter().rev().map(|one| line_of(one, &versions));
        let rules = RulesInForce {
            settings: described(&member.in_force.settings),
            versions: lines.collect(),
        };
        Ok(Disclosure::new(rules, access))
    }

    /// The form to propose settings on, filled in with those in force.
    pub async fn settings_form(
        &self,
        requester: &Requester,
        origin: &Origin,
    ) -> Result<Disclosure<SettingsForm>, GateError> {
        let member = self.member(requester, origin).await?;
        let words = "the form to propose settings was opened";
        let access = self.look(requester, words, &member.circumstances).await?;
        let typed = Typed::of(&member.in_force.settings);
        let form = self.form(&typed, Vec::new()).await?;
        Ok(Disclosure::new(form, access))
    }

    /// Proposes what was typed. What cannot be taken comes back on the form with what is wrong.
    pub async fn propose(
        &self,
        requester: &Requester,
        typed: &Typed,
        origin: &Origin,
    ) -> Result<Result<Proposed, Disclosure<SettingsForm>>, GateError> {
        let member = self.member(requester, origin).await?;
        let circumstances = &member.circumstances;
        let in_force = &member.in_force.settings;
        let problems = match typed.read(in_force) {
            Ok(settings) if settings == *in_force => {
                vec![("why".to_owned(), "Nothing is changed yet".to_owned())]
            }
            Ok(settings) => {
                let why = typed.why();
                let number = self
                    .store()
                    .propose_settings(requester, settings, &why, circumstances)
                    .await
                    .map_err(failed)?;
                return Ok(Ok(Proposed(number)));
            }
            Err(problems) => problems,
        };
        let words = "settings were proposed that could not be taken";
        let access = self.look(requester, words, circumstances).await?;
        let form = self.form(typed, problems).await?;
        Ok(Err(Disclosure::new(form, access)))
    }

    /// One version. While it waits for approval, last month's decisions are replayed under it.
    pub async fn version(
        &self,
        requester: &Requester,
        number: i64,
        origin: &Origin,
    ) -> Result<Disclosure<VersionView>, GateError> {
        let member = self.member(requester, origin).await?;
        let versions = self.store().settings_versions().await.map_err(failed)?;
        let version = versions.iter().find(|one| one.number == number);
        let Some(version) = version else {
            let words = format!("settings version {number} was asked for; there is none");
            self.look(requester, &words, &member.circumstances).await?;
            return Err(GateError::NoSuchPage);
        };
        let line = line_of(version, &versions);
        let (preview, access) = if line.state == VersionState::Open {
            let replayed = self.replay_month(requester, version, &versions, &member.circumstances);
            let (preview, access) = replayed.await?;
            (Some(preview), access)
        } else {
            let words = format!("settings version {number} was read");
            let access = self.look(requester, &words, &member.circumstances).await?;
            (None, access)
        };
        let base = versions.iter().find(|one| one.number == version.base);
        let mut approvals = version.approvals.iter();
        let view = VersionView {
            line,
            base: base.map(|base| base.settings.rulebook.label()),
            differences: base
                .map(|base| differences(&base.settings, &version.settings))
                .unwrap_or_default(),
            settings: described(&version.settings),
            approved_by_reader: approvals.any(|one| one.account == requester.account),
            preview,
        };
        Ok(Disclosure::new(view, access))
    }

    /// Approves a version. The second of two different people puts it in force.
    pub async fn approve(
        &self,
        requester: &Requester,
        number: i64,
        origin: &Origin,
    ) -> Result<Changed<()>, GateError> {
        let member = self.member(requester, origin).await?;
        let approved = self
            .store()
            .approve_settings(requester, number, &member.circumstances)
            .await
            .map_err(unwritten)?;
        Ok(match approved {
            Approved::Noted => Changed::Done(()),
            Approved::InForce => {
                self.read_in_force().await?;
                Changed::Done(())
            }
            Approved::NotOpen => not_open(),
        })
    }

    /// Withdraws a version that is not in force yet.
    pub async fn withdraw_proposal(
        &self,
        requester: &Requester,
        number: i64,
        origin: &Origin,
    ) -> Result<Changed<()>, GateError> {
        let member = self.member(requester, origin).await?;
        let withdrawn = self
            .store()
            .withdraw_settings(requester, number, &member.circumstances)
            .await
            .map_err(unwritten)?;
        Ok(if withdrawn {
            Changed::Done(())
        } else {
            not_open()
        })
    }

    async fn form(
        &self,
        typed: &Typed,
        problems: Vec<(String, String)>,
    ) -> Result<SettingsForm, GateError> {
        let versions = self.store().settings_versions().await.map_err(failed)?;
        let in_force = versions.iter().rfind(|one| one.in_force.is_some());
        Ok(SettingsForm {
            base: line_of(in_force.ok_or(GateError::NoSuchPage)?, &versions),
            sets: typed.fields(),
            why: typed.why(),
            problems,
        })
    }
}

fn not_open<T>() -> Changed<T> {
    let words = "This version is not open for a decision any more";
    Changed::Problems(vec![("version".to_owned(), words.to_owned())])
}

/// A version in one line.
pub(super) fn line_of(version: &SettingsVersion, all: &[SettingsVersion]) -> VersionLine {
    let last = all.iter().rfind(|one| one.in_force.is_some());
    let last = last.map_or(0, |one| one.number);
    let state = match (version.in_force, version.withdrawn) {
        (Some(since), _) if version.number == last => VersionState::InForce(since),
        (Some(since), _) => VersionState::Past(since),
        (None, Some(at)) => VersionState::Withdrawn(at),
        (None, None) if version.base == last => VersionState::Open,
        (None, None) => VersionState::Overtaken,
    };
    let by = match version.proposer {
        Some(_) => version.name.clone(),
        None => "The configuration".to_owned(),
    };
    let approvals = version.approvals.iter();
    VersionLine {
        number: version.number,
        label: version.settings.rulebook.label(),
        state,
        proposed: version.proposed,
        by,
        why: version.why.clone(),
        approvals: approvals.map(|one| (one.name.clone(), one.at)).collect(),
    }
}
