//! Showing a past access again, as far as what it showed is still kept.

use std::collections::HashSet;

use tributary_model::{AccessNumber, IdentityId, Origin, Role, SectionSet};
use tributary_policy::OpenFor;
use tributary_record::{Scope, combine};
use tributary_store::{AuditLine, Permit, Source};

use crate::{
    Disclosure, GateError, Gatekeeper, Replay,
    gate::{failed, unwritten},
    in_force::sensitivity,
    lines::access_line,
    reading::Marks,
};

impl Gatekeeper {
    /// What an access showed, made again from what its line fixed; for the operator's command line.
    /// `None` if there is no such line.
    pub async fn replay(
        &self,
        access: AccessNumber,
    ) -> Result<Option<Disclosure<Replay>>, GateError> {
        let origin = Origin {
            address: "command line".to_owned(),
            agent: String::new(),
        };
        let circumstances = self.circumstances(&origin);
        let admitted = self.store().admit_replay(access, &circumstances).await;
        let Some((line, permit)) = admitted.map_err(unwritten)? else {
            return Ok(None);
        };
        let written = permit.access();
        let (record, missing) = if permit.shown().is_empty() {
            (None, Vec::new())
        } else {
            let (sources, missing) = self.read_again(&line, &permit).await?;
            let scope = self.scope_of(&line, &permit).await?;
            (Some(combine(sources, &scope)), missing)
        };
        let replay = Replay {
            line: access_line(&line, None),
            record,
            missing,
        };
        Ok(Some(Disclosure::new(replay, written)))
    }

    async fn read_again(
        &self,
        line: &AuditLine,
        permit: &Permit,
    ) -> Result<(tributary_record::Sources, Vec<String>), GateError> {
        let opened = self
            .store()
            .read(permit)
            .await
            .map_err(failed)?
            .unwrap_or_default();
        let known = self.store().organisations().await.map_err(failed)?;
        let sources = permit.shown().iter().filter_map(|shown| {
            let organisation = known
                .iter()
                .find(|known| known.code == shown.organisation)?;
            Some(Source {
                identity: shown.identity,
                version: shown.version,
                organisation: organisation.clone(),
                refreshed: None,
                late_since: None,
                supplies: SectionSet::all(),
            })
        });
        let sources: Vec<_> = sources.collect();
        let marks = Marks {
            waiting: &[],
            hidden: &[],
            now: line.clear.at,
        };
        let left: HashSet<IdentityId> = opened.persons.iter().map(|one| one.identity).collect();
        let missing = self.missing(permit, &left).await?;
        Ok((self.reading().sources(&opened, &sources, &marks), missing))
    }

    /// What can no longer be shown, and why.
    async fn missing(
        &self,
        permit: &Permit,
        left: &HashSet<IdentityId>,
    ) -> Result<Vec<String>, GateError> {
        let gone = permit
            .shown()
            .iter()
            .filter(|shown| !left.contains(&shown.identity));
        let gone: Vec<_> = gone.collect();
        let identities: Vec<_> = gone.iter().map(|shown| shown.identity).collect();
        let rows = self
            .store()
            .identity_rows(&identities)
            .await
            .map_err(failed)?;
        let words = gone.iter().map(|shown| {
            let erased = rows.get(&shown.identity).and_then(|row| row.erased);
            let when = erased.map_or_else(
                || "no longer kept".to_owned(),
                |at| format!("erased on {}", at.date_words()),
            );
            format!("What {} held: {when}", shown.organisation)
        });
        Ok(words.collect())
    }

    /// What was let through then, under the settings of then. Of a line from before they were kept
    /// they are those in force now.
    async fn scope_of(&self, line: &AuditLine, permit: &Permit) -> Result<Scope, GateError> {
        let role = line.clear.role.unwrap_or(Role::Operator);
        let label = &line.clear.rulebook;
        let then = self.store().settings_named(label).await.map_err(failed)?;
        let settings = match then {
            Some(then) => then,
            None => self.in_force().await?.settings.clone(),
        };
        let decided = line
            .decided()
            .map(|(recorded, asked)| recorded.decide_again(&settings.rulebook, &asked));
        let basis = decided.and_then(|decided| decided.basis);
        let purpose = basis.map_or(OpenFor::Care, OpenFor::of);
        Ok(Scope {
            sections: permit.sections(),
            sensitive: sensitivity(&settings, role, purpose),
        })
    }
}
