//! The governance desk: partners and their agreements, and the settings that everyone goes by.
//!
//! Every act and every look is an audit line first. Who may do it is decided here and nowhere else:
//! members of the governance group whose account is active and still has the role.

mod agreements;
mod changes;
mod form;
mod preview;
mod printed;
mod settings;
mod shapes;

use std::sync::Arc;

use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, Address, IdentityId, Origin, Requester,
};
use tributary_policy::Account;
use tributary_store::Circumstances;

use crate::{GateError, Gatekeeper, gate::unwritten, in_force::InForce};

pub use form::{Choice, Field, FieldKind, FieldSet, Typed};
pub use shapes::{
    AgreementLine, AgreementState, Changed, Desk, Difference, NewAgreement, Partner, Preview,
    PreviewLine, PreviewRow, PrintedRules, Proposed, RulesInForce, SettingsForm, VersionLine,
    VersionState, VersionView,
};

/// A member of the governance group at the desk, and the settings in force.
struct Member {
    circumstances: Circumstances,
    in_force: Arc<InForce>,
}

impl Gatekeeper {
    /// Lets a member of the governance group to the desk. Anybody else's attempt is a line.
    async fn member(&self, requester: &Requester, origin: &Origin) -> Result<Member, GateError> {
        let mut circumstances = self.circumstances(origin);
        let nobody = Address(IdentityId(0));
        let (gathered, in_force) = self.gathered(requester, nobody, &mut circumstances).await?;
        let acts = gathered.facts.account == Account::Active;
        if acts && requester.role.governs() {
            return Ok(Member {
                circumstances,
                in_force,
            });
        }
        self.turn_away(requester, AccessAction::Administer, &circumstances)
            .await?;
        Err(GateError::NotForRole)
    }

    /// Writes down a look at the desk.
    async fn look(
        &self,
        requester: &Requester,
        words: &str,
        circumstances: &Circumstances,
    ) -> Result<AccessNumber, GateError> {
        let (action, permitted) = (AccessAction::Administer, AccessOutcome::Permitted);
        let words = words.to_owned();
        self.store()
            .note_event(Some(requester), action, permitted, words, circumstances)
            .await
            .map_err(unwritten)
    }
}
