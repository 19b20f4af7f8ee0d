//! What is known when a decision is made: every fact a small enum, so that all can be enumerated.

use serde::{Deserialize, Serialize};
use tributary_model::{SharingChoice, Timestamp};

use crate::Grant;

/// What is known when a decision is made. The default permits nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// The requester's account.
    pub account: Account,
    /// The requester's standing on their professional register.
    pub registration: Registration,
    /// Whose record it is.
    pub record: Whose,
    /// The requester's organisation's data-sharing agreement.
    pub agreement: Agreement,
    /// Why the organisation has to do with the patient.
    pub relationship: RelationshipStanding,
    /// The patient's standing choice; `None` while undecided.
    pub preference: Option<SharingChoice>,
    /// Whom of the organisation the patient told no lately.
    pub said_no: SaidNo,
    /// The consents of today and grants this requester holds for this organisation.
    pub holdings: Vec<Holding>,
    /// How old the patient is.
    pub age: AgeBand,
    /// Whether the patient is referred to the organisation and receives its service.
    pub referral: ReferralCheck,
    /// Whether the patient lives.
    pub life: Life,
}

/// The requester's account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// In use.
    Active,
    /// Suspended, or left.
    #[default]
    Suspended,
}

/// Standing on a professional register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// On a register, today.
    Valid,
    /// Was on a register.
    Lapsed,
    /// On none.
    #[default]
    None,
}

/// Whose record is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// The requester's own.
    #[default]
    Own,
    /// Another person's.
    Another,
}

/// The data-sharing agreement of the requester's organisation in this region.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// In force, and covers viewing.
    Viewing,
    /// In force, for feeding only.
    FeedingOnly,
    /// Ended, or not yet begun.
    NotInForce,
    /// There is none.
    #[default]
    None,
}

/// How a relationship stands. Of several, the last in this order counts.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RelationshipStanding {
    /// There never was one.
    #[default]
    None,
    /// Ended longer ago than the grace period.
    Ended,
    /// Begins in the future.
    NotYetBegun,
    /// Ended, within the grace period: as good as current.
    InGrace,
    /// Current.
    Current,
}

/// Whom of the requester's organisation the patient told no within the rulebook's time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaidNo {
    /// Nobody.
    #[default]
    ToNobody,
    /// This requester, who has not been told yes since.
    ToRequester,
    /// One or more of the requester's colleagues.
    ToColleague,
    /// This requester and colleagues.
    ToBoth,
}

impl SaidNo {
    /// The fact for its two halves.
    #[must_use]
    pub const fn new(to_requester: bool, to_colleague: bool) -> Self {
        match (to_requester, to_colleague) {
            (false, false) => Self::ToNobody,
            (true, false) => Self::ToRequester,
            (false, true) => Self::ToColleague,
            (true, true) => Self::ToBoth,
        }
    }

    /// Whether this requester was told.
    #[must_use]
    pub const fn to_requester(self) -> bool {
        matches!(self, Self::ToRequester | Self::ToBoth)
    }

    /// Whether a colleague was told.
    #[must_use]
    pub const fn to_colleague(self) -> bool {
        matches!(self, Self::ToColleague | Self::ToBoth)
    }
}

/// A consent of today or a grant, recorded for one requester and one organisation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Holding {
    /// What it is.
    pub grant: Grant,
    /// When it was given.
    pub given: Timestamp,
    /// When it runs out.
    pub until: Timestamp,
}

/// How old the patient is. Rules ask no more than this, so no birth date reaches them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeBand {
    /// Under 13.
    UnderThirteen,
    /// 13 or older.
    ThirteenOrOver,
    /// Not known to the day, or sources disagree.
    #[default]
    Unknown,
}

/// What was found of “receives our service and was referred to it by another provider”.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferralCheck {
    /// Neither.
    #[default]
    Neither,
    /// Receives the service, and nobody else referred them.
    ReceivesService,
    /// Was referred by another provider, and does not receive the service.
    Referred,
    /// Both.
    Both,
}

/// Whether the patient lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// Lives, as far as is known; also when one source alone reports a death.
    #[default]
    Living,
    /// Dead, by the word of at least two sources.
    Dead,
}
