//! The ways in: what they are made of, and what each step of signing in is told.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tributary_model::{AccountId, Address, Timestamp};
use tributary_openid::{Attempt, LaunchSystem, Link, Provider, ProviderFault, Unfit};

use crate::{GateError, Gatekeeper, SessionToken, gate::failed};

/// The ways in besides the built-in accounts.
#[derive(Default)]
pub struct WaysIn {
    /// The providers that staff sign in with.
    pub providers: Vec<Provider>,
    /// The systems that may send their people here with a patient.
    pub systems: Vec<LaunchSystem>,
    /// The address of the pages as people know it, without a slash at the end.
    pub base: String,
}

/// The secret of a step of signing in, as the cookie carries it. `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct AttemptToken(pub String);

impl fmt::Debug for AttemptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptToken(•••)")
    }
}

/// How somebody signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Way {
    /// With a built-in account.
    Here,
    /// With the provider of this name.
    With(String),
}

/// The way to a provider.
#[derive(Debug)]
pub struct Onward {
    /// The address to go to.
    pub address: String,
    /// The provider's name as staff know it.
    pub words: String,
    /// The cookie to come back with.
    pub attempt: AttemptToken,
}

/// How a code of the second factor was found.
#[derive(Debug)]
pub enum Code {
    /// In; the cookie to set.
    In(SessionToken),
    /// It does not fit, or was used before.
    Wrong,
    /// Too many attempts; try again after so many seconds.
    TooMany(u64),
    /// The sign-in was begun too long ago: begin again.
    TooLate,
}

/// What an authenticator app has to be told.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The name of the account.
    pub login: String,
    /// The secret, to be typed.
    pub secret: String,
    /// The same as an address, for a picture or a link.
    pub address: String,
}

/// How beginning with a second factor ended.
#[derive(Debug)]
pub enum Enrolled {
    /// In, with the recovery codes, which are shown this once.
    In(
        /// The cookie to set.
        SessionToken,
        /// The codes.
        Vec<String>,
    ),
    /// The code does not fit.
    Wrong,
    /// The sign-in was begun too long ago: begin again.
    TooLate,
}

/// How somebody is to prove again who they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prove {
    /// By the password, and a code of the second factor if there is one.
    Password {
        /// Whether a code is wanted too.
        code: bool,
    },
    /// At the provider.
    At {
        /// Its name as staff know it.
        words: String,
    },
}

/// How proving again who one is ended.
#[derive(Debug)]
pub enum Proof {
    /// Proved; the session goes on under this secret.
    Proved(SessionToken),
    /// Password or code do not fit.
    Wrong,
    /// Too many attempts; try again after so many seconds.
    TooMany(u64),
}

/// How coming back from a provider ended.
#[derive(Debug)]
pub enum CameBack {
    /// In; the cookie to set.
    In(SessionToken),
    /// They proved again who they are: the cookie to set, and what they were about to send.
    Proved(SessionToken, String),
    /// Not in.
    Not(NotIn),
}

/// Why somebody who came from a provider is not let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotIn {
    /// The provider could not be asked.
    Unreachable,
    /// It is not the sign-in that this browser began, or it was begun too long ago.
    NotBegunHere,
    /// The provider refused, or they turned back there.
    TurnedBack,
    /// What the provider handed out is not to be believed.
    NotBelieved,
    /// They signed in less surely than is needed.
    Level,
    /// The provider gives them no role.
    NoRole,
    /// The role they chose is not among theirs.
    RoleNotListed,
    /// Their role, with this code, means nothing here.
    RoleUnknown(String),
    /// The account is closed.
    Closed,
    /// They came back as somebody else than they went.
    SomebodyElse,
}

/// Where a link from another system leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Launch {
    /// To this patient.
    Open(Address),
    /// Nowhere: there is no link to follow any more.
    Gone,
    /// Not yet: it is for this organisation, and they act for another.
    OtherOrganisation(String),
    /// Nowhere: it was made for somebody else.
    OtherPerson,
    /// Nowhere: the organisation has not exactly one such patient.
    NoSuchPatient,
}

/// What is remembered between two steps of signing in.
#[derive(Serialize, Deserialize)]
pub(crate) enum Pending {
    /// The password was right; the code is wanted.
    Code(AccountId),
    /// The password was right; this secret is being given to an app.
    Enrol {
        account: AccountId,
        secret: Vec<u8>,
        /// The session that is to end with it, of somebody who was signed in.
        session: Option<String>,
    },
    /// They are with a provider.
    Away {
        provider: String,
        attempt: Attempt,
        again: Option<Again>,
    },
    /// They follow a link.
    Link(Link),
}

/// What somebody was about to send who has to prove again who they are.
#[derive(Serialize, Deserialize)]
pub(crate) struct Again {
    pub(crate) session: String,
    pub(crate) typed: String,
}

impl NotIn {
    pub(crate) fn of(fault: &ProviderFault) -> Self {
        match fault {
            ProviderFault::Unreachable(_) => Self::Unreachable,
            ProviderFault::NotBegunHere => Self::NotBegunHere,
            ProviderFault::Refused(_) => Self::TurnedBack,
            ProviderFault::Token(_) | ProviderFault::Unfit(Unfit::Nobody) => Self::NotBelieved,
            ProviderFault::Unfit(Unfit::Level(_)) => Self::Level,
            ProviderFault::Unfit(Unfit::NoRole) => Self::NoRole,
            ProviderFault::Unfit(Unfit::ChosenIsNotListed) => Self::RoleNotListed,
            ProviderFault::Unfit(Unfit::RoleUnknown(code)) => Self::RoleUnknown(code.clone()),
        }
    }
}

impl Gatekeeper {
    /// Remembers a step for the browser that gets the cookie.
    pub(crate) async fn remember(
        &self,
        pending: &Pending,
        now: Timestamp,
    ) -> Result<AttemptToken, GateError> {
        let body = serde_json::to_vec(pending).map_err(|error| GateError::Store(error.into()))?;
        let token = self.store().begin_attempt(&body, now).await;
        Ok(AttemptToken(URL_SAFE_NO_PAD.encode(token.map_err(failed)?)))
    }

    /// What was remembered; it stays.
    pub(crate) async fn recall(
        &self,
        attempt: &AttemptToken,
        now: Timestamp,
    ) -> Result<Option<Pending>, GateError> {
        let Some(secret) = secret(&attempt.0) else {
            return Ok(None);
        };
        let body = self.store().attempt(&secret, now).await.map_err(failed)?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
    }

    /// What was remembered, which is used up with this.
    pub(crate) async fn use_up(
        &self,
        attempt: &AttemptToken,
        now: Timestamp,
    ) -> Result<Option<Pending>, GateError> {
        let Some(secret) = secret(&attempt.0) else {
            return Ok(None);
        };
        let body = self.store().take_attempt(&secret, now).await;
        Ok(body
            .map_err(failed)?
            .and_then(|body| serde_json::from_slice(&body).ok()))
    }
}

/// The bytes of a secret that a cookie carries, if it could be one.
pub(crate) fn secret(text: &str) -> Option<Vec<u8>> {
    let secret = URL_SAFE_NO_PAD.decode(text).ok()?;
    (secret.len() == 32).then_some(secret)
}
