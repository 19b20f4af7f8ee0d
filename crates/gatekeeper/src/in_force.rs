//! The settings in force, as every process sees them from the next request on.
//!
//! They are kept once read. The number of the version in force is read with the facts of each
//! decision; where it is another than the one that is kept, the version is read anew and the facts
//! are gathered again under it. So no decision rests on settings older than its facts.

use std::sync::{Arc, PoisonError};

use tributary_model::{Address, Origin, Requester, Role};
use tributary_policy::{OpenFor, Settings};
use tributary_record::Sensitivity;
use tributary_store::{Circumstances, Gathered};

use crate::{
    GateError, Gatekeeper,
    gate::{failed, unwritten},
    limits,
};

/// The settings in force.
#[derive(Debug)]
pub(crate) struct InForce {
    /// The number of their version.
    pub(crate) number: i64,
    /// What they say.
    pub(crate) settings: Settings,
}

impl InForce {
    /// What happens under them, for its audit line.
    pub(crate) fn name_in(&self, circumstances: &mut Circumstances) {
        circumstances.rulebook = self.settings.rulebook.label();
        circumstances
            .sensitivity
            .clone_from(&self.settings.sensitive.version);
    }
}

impl Gatekeeper {
    /// Gathers what a decision about an address rests on, and the settings it is made under.
    pub(crate) async fn gathered(
        &self,
        requester: &Requester,
        address: Address,
        circumstances: &mut Circumstances,
    ) -> Result<(Gathered, Arc<InForce>), GateError> {
        let mut in_force = self.in_force().await?;
        for _ in 0..limits::DECISIONS {
            let rulebook = &in_force.settings.rulebook;
            let gathered = self
                .store()
                .gather(requester, address, rulebook, circumstances.now)
                .await
                .map_err(failed)?;
            if gathered.settings == in_force.number {
                in_force.name_in(circumstances);
                return Ok((gathered, in_force));
            }
            in_force = self.read_in_force().await?;
        }
        Err(GateError::Store(
            "the settings changed each time they were read".into(),
        ))
    }

    /// The settings in force as last read.
    pub(crate) async fn in_force(&self) -> Result<Arc<InForce>, GateError> {
        let kept = self
            .kept()
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(kept) = kept {
            return Ok(kept);
        }
        self.begin().await?;
        self.read_in_force().await
    }

    /// The settings in force, read now.
    pub(crate) async fn read_in_force(&self) -> Result<Arc<InForce>, GateError> {
        let version = self.store().settings_in_force().await.map_err(failed)?;
        let version = version.ok_or_else(|| GateError::Store("no settings are in force".into()))?;
        let in_force = Arc::new(InForce {
            number: version.number,
            settings: version.settings,
        });
        *self.kept().write().unwrap_or_else(PoisonError::into_inner) = Some(in_force.clone());
        Ok(in_force)
    }

    /// Puts in force what is configured, where nobody has decided yet. Whoever serves does it before
    /// the first request; otherwise the first request does.
    pub async fn begin(&self) -> Result<(), GateError> {
        let circumstances = self.circumstances(&Origin::default());
        self.store()
            .begin_settings(&self.config().settings, &circumstances)
            .await
            .map_err(unwritten)?;
        self.read_in_force().await?;
        Ok(())
    }
}

/// What of the sensitive sets is withheld from a role for a purpose.
pub(crate) fn sensitivity(settings: &Settings, role: Role, purpose: OpenFor) -> Sensitivity {
    let withheld = settings.sensitive.withheld_from(role, purpose);
    Sensitivity {
        version: settings.sensitive.version.clone(),
        withheld: withheld
            .map(|set| (set.name.clone(), set.codes.clone()))
            .collect(),
    }
}
