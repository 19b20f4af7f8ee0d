//! What requesters stated that patients said: consents of today, grants, and the no's.
//!
//! They hang on the requester's own organisation's identity and belong to one requester at one
//! organisation. No transaction spans two stores, so the audit line of a statement is durable before
//! the statement: a crash between the two leaves a line and no consent, and the requester asks once
//! more; never a consent that nobody can account for.

use tributary_model::{
    AccountId, Decider, IdentityId, OdsCode, PreferenceDecision, Requester, SharingChoice,
    Timestamp, WhoDecided,
};
use tributary_policy::{Ask, Grant, Holding, Refused, ToRecord, Told};

use crate::{
    Store, StoreResult,
    db::{Durability, Query, Row, Tx, params},
    identities::{person, raise_state},
    organisations::{read_code, unreadable},
    permit::{Permit, SearchPermit},
    preferences,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Record,
    name: "consent",
    columns: "identity BIGINT NOT NULL, access BIGINT NOT NULL, account BIGINT NOT NULL, \
              organisation TEXT NOT NULL, kind TEXT NOT NULL, said BIGINT NOT NULL, \
              ends BIGINT, PRIMARY KEY (identity, access)",
    spread: Spread::By("identity"),
}];

/// What was stated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    No,
    Standing,
    Grant(Grant),
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Standing => "standing",
            Self::Grant(grant) => grant.name(),
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "no" => Some(Self::No),
            "standing" => Some(Self::Standing),
            _ => Grant::named(name).map(Self::Grant),
        }
    }
}

/// One statement about one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Stated {
    account: AccountId,
    organisation: OdsCode,
    kind: Kind,
    said: Timestamp,
    ends: Option<Timestamp>,
}

impl Store {
    /// Keeps what was given with an access that its permit has written down. False, having kept
    /// nothing, if something the decision rests on changed meanwhile: decide again.
    pub async fn keep_given(
        &self,
        permit: &mut Permit,
        ask: &Ask,
        given: ToRecord,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let identity = ask.address.0;
        let (kind, ends) = match given {
            ToRecord::StandingConsent => (Kind::Standing, None),
            ToRecord::Grant { grant, until } => (Kind::Grant(grant), Some(until)),
        };
        let mut tx = self.record.begin(Durability::Synced).await?;
        let Some(moved) = raise_state(&mut tx, identity).await? else {
            return Ok(false);
        };
        if !permit.moved(identity, moved) {
            return Ok(false);
        }
        if given == ToRecord::StandingConsent {
            preferences::record(&mut tx, &self.keys, &standing_consent(ask, now)).await?;
        }
        insert(&mut tx, ask, permit.access().0, kind, now, ends).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps the patient's no, which its refusal has written down.
    pub async fn keep_no(
        &self,
        refused: &Refused,
        written: &SearchPermit,
        now: Timestamp,
    ) -> StoreResult<()> {
        let ask = refused.ask();
        let mut tx = self.record.begin(Durability::Synced).await?;
        if raise_state(&mut tx, ask.address.0).await?.is_some() {
            insert(&mut tx, ask, written.access().0, Kind::No, now, None).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The decision that a standing consent given now is.
pub(crate) fn standing_consent(ask: &Ask, now: Timestamp) -> PreferenceDecision {
    PreferenceDecision {
        identity: ask.address.0,
        choice: SharingChoice::Consent,
        decided: Some(now),
        received: now,
        by: Decider::Person(
            ask.requester.account,
            ask.requester.organisation.code.clone(),
        ),
        who: WhoDecided::Patient,
        stayed_from: None,
    }
}

async fn insert(
    tx: &mut Tx,
    ask: &Ask,
    access: i64,
    kind: Kind,
    said: Timestamp,
    ends: Option<Timestamp>,
) -> StoreResult<()> {
    let Requester {
        account,
        organisation,
        ..
    } = &ask.requester;
    tx.execute(
        "INSERT INTO consent (identity, access, account, organisation, kind, said, ends) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            ask.address.0,
            access,
            *account,
            &organisation.code,
            kind.name(),
            said,
            ends
        ],
    )
    .await?;
    Ok(())
}

/// The statement that reads what was stated about a person and may still bear on a decision, for
/// [`read`].
pub(crate) fn of_person(
    address: IdentityId,
    organisation: &OdsCode,
    since: Timestamp,
    now: Timestamp,
) -> Query {
    Query::new(
        concat!(
            "SELECT account, organisation, kind, said, ends FROM consent WHERE identity IN ",
            person!(),
            " AND (said > $3 OR ends > $4)"
        ),
        params![address, organisation, since, now],
    )
}

/// Reads a row of the columns of [`of_person`].
pub(crate) fn read(row: &Row) -> StoreResult<Stated> {
    Ok(Stated {
        account: AccountId(row.int(0)?),
        organisation: read_code(row, 1)?,
        kind: Kind::named(row.text(2)?).ok_or_else(|| unreadable("statement"))?,
        said: Timestamp(row.int(3)?),
        ends: row.opt_int(4)?.map(Timestamp),
    })
}

/// What patients answered when they were asked; emergencies and other lawful bases are no answers.
pub(crate) fn told(stated: &[Stated]) -> Vec<Told> {
    let answer = |one: &&Stated| {
        matches!(
            one.kind,
            Kind::No | Kind::Standing | Kind::Grant(Grant::ConsentToday)
        )
    };
    let told = |one: &Stated| Told {
        account: one.account,
        organisation: one.organisation.clone(),
        at: one.said,
        no: one.kind == Kind::No,
    };
    stated.iter().filter(answer).map(told).collect()
}

/// What a requester holds for their organisation, or held within the last day and might hold yet
/// under other durations: grants that a later no has not ended, nor a refusal of sharing since,
/// whether it still stands or was lifted again.
pub(crate) fn holdings(
    stated: &[Stated],
    decisions: &[PreferenceDecision],
    requester: &Requester,
    now: Timestamp,
) -> Vec<Holding> {
    let refused = decisions
        .iter()
        .filter(|decision| decision.choice.refuses())
        .map(|decision| decision.received)
        .max();
    let own = |one: &&Stated| {
        one.account == requester.account && one.organisation == requester.organisation.code
    };
    let last_no = stated
        .iter()
        .filter(own)
        .filter(|one| one.kind == Kind::No)
        .map(|one| one.said)
        .max();
    let held = |one: &Stated| match (one.kind, one.ends) {
        (Kind::Grant(grant), Some(until)) if last_no.max(refused) < Some(one.said) => {
            let given = one.said;
            (now < until.max(given.plus(Timestamp::DAY))).then_some(Holding {
                grant,
                given,
                until,
            })
        }
        _ => None,
    };
    stated.iter().filter(own).filter_map(held).collect()
}
