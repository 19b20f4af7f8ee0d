//! Recording a choice about sharing that a person passed on at a desk, and what two governance
//! officers have yet to agree on.

use tributary_model::{
    AccountId, Address, ChoiceAction, IdentityId, OdsCode, PreferenceDecision, Timestamp,
    WhoDecided,
};
use tributary_policy::choices::Proposed;

use crate::{
    DoorRule, Store, StoreResult,
    db::{Durability, Query, Row, params},
    identities::{person, raise_state},
    links::members_of,
    organisations::unreadable,
    permit::ChoicePermit,
    preferences,
    schema::{Spread, Table, Which},
};

/// The table of this module.
pub(crate) const TABLES: &[Table] = &[Table {
    // What a governance officer proposed on a GP's written word, until a second one confirms it.
    which: Which::Record,
    name: "proposal",
    columns: "identity BIGINT NOT NULL, account BIGINT NOT NULL, action TEXT NOT NULL, \
              who TEXT NOT NULL, letter TEXT NOT NULL, proposed BIGINT NOT NULL, \
              access BIGINT NOT NULL, PRIMARY KEY (identity)",
    spread: Spread::By("identity"),
}];

/// A proposal that waits for a second governance officer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// What is proposed, and by whom.
    pub proposed: Proposed,
    /// The date of the GP's letter.
    pub letter: String,
    /// When it was proposed.
    pub at: Timestamp,
}

/// A decision that was set aside, and when.
pub type SetAside = (PreferenceDecision, Timestamp);

impl Store {
    /// Records the choice that a permit is for, durably, and does what it asks for: after an opt-out
    /// what is held is erased, after opting back in the sources are asked to send again. A proposal
    /// is kept with the date of the letter it rests on.
    pub async fn record_choice(
        &self,
        permit: &ChoicePermit,
        letter: &str,
        rule: &DoorRule,
        now: Timestamp,
    ) -> StoreResult<()> {
        let ask = permit.permitted().ask();
        let identity = ask.address.0;
        let mut tx = self.record.begin(Durability::Synced).await?;
        raise_state(&mut tx, identity).await?;
        match permit.decision() {
            Some(decision) => {
                preferences::record(&mut tx, &self.keys, decision).await?;
                let mut together = vec![permit.permitted().patient().0];
                for row in tx.ask(members_of(permit.permitted().patient())).await? {
                    together.push(row.int(0)?);
                }
                tx.append(
                    "DELETE FROM proposal WHERE identity = $1",
                    together.into_iter().map(|one| params![one]).collect(),
                )
                .await?;
            }
            None => {
                tx.execute(
                    "INSERT INTO proposal (identity, account, action, who, letter, proposed, \
                     access) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (identity) DO UPDATE SET account = excluded.account, \
                     action = excluded.action, who = excluded.who, letter = excluded.letter, \
                     proposed = excluded.proposed, access = excluded.access",
                    params![
                        identity,
                        ask.requester.account,
                        ask.action.name(),
                        ask.who.name(),
                        letter,
                        now,
                        permit.access()
                    ],
                )
                .await?;
            }
        }
        tx.commit().await?;
        let patient = permit.permitted().patient();
        let at_the_door = self.at_the_door(&[patient], rule, now).await?;
        self.carry_out_choices(&at_the_door, now).await?;
        Ok(())
    }

    /// What else the desk shows of a person beside what counts: decisions that were set aside, and
    /// what waits for a second governance officer.
    pub async fn beside_choices(
        &self,
        address: Address,
        organisation: &OdsCode,
    ) -> StoreResult<(Vec<SetAside>, Option<Proposal>)> {
        let answers = self
            .record
            .read(vec![
                preferences::set_aside_of_person(address.0, organisation),
                proposals_of_person(address.0, organisation),
            ])
            .await?;
        let [aside, proposals] = answers.as_slice() else {
            return Ok((Vec::new(), None));
        };
        let aside = aside
            .iter()
            .map(|row| Ok((preferences::read(row)?, Timestamp(row.int(9)?))));
        let proposal = proposals.first().map(read_proposal).transpose()?;
        Ok((aside.collect::<StoreResult<_>>()?, proposal))
    }
}

fn proposals_of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT account, action, who, letter, proposed FROM proposal WHERE identity IN ",
            person!(),
            " ORDER BY proposed DESC"
        ),
        params![address, organisation],
    )
}

fn read_proposal(row: &Row) -> StoreResult<Proposal> {
    Ok(Proposal {
        proposed: Proposed {
            by: AccountId(row.int(0)?),
            action: ChoiceAction::named(row.text(1)?).ok_or_else(|| unreadable("proposal"))?,
            who: WhoDecided::named(row.text(2)?).ok_or_else(|| unreadable("whose word"))?,
        },
        letter: row.text(3)?.to_owned(),
        at: Timestamp(row.int(4)?),
    })
}
