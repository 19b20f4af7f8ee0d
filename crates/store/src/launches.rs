//! Links from organisations' own systems that were followed, and the relationships they began.

use tributary_model::{
    AccessNumber, AccountId, Address, IdentityId, OdsCode, Requester, Timestamp,
};

use crate::{
    FindKey, SearchPermit, Shown, Store, StoreResult, Who, Whose,
    db::{Durability, Row, params},
    identities::raise_state,
    organisations::read_code,
    relationships,
    schema::{Spread, Table, Which},
};

/// The table of this module: every link that was used, and what it opened.
pub(crate) const TABLES: &[Table] = &[Table {
    which: Which::Audit,
    name: "launch",
    columns: "id BYTEA NOT NULL, at BIGINT NOT NULL, organisation TEXT NOT NULL, identity BIGINT, \
              account BIGINT, access BIGINT, settled BIGINT, PRIMARY KEY (id)",
    spread: Spread::By("id"),
}];

/// A relationship that was begun by a link and still waits for a feed to confirm it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Launched {
    id: Vec<u8>,
    /// Whose patient.
    pub organisation: OdsCode,
    /// The organisation's identity of the patient.
    pub address: Address,
    /// Who followed the link.
    pub account: AccountId,
    /// The line of the launch.
    pub access: AccessNumber,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Uses a link; `false` if it was used before.
    pub async fn use_link(
        &self,
        system: &str,
        link: &str,
        organisation: &OdsCode,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let used = tx
            .execute(
                "INSERT INTO launch (id, at, organisation) VALUES ($1, $2, $3) \
                 ON CONFLICT (id) DO NOTHING",
                params![self.launch_id(system, link), now, organisation],
            )
            .await?;
        tx.commit().await?;
        Ok(used == 1)
    }

    /// The identities that the permit's organisation has under a key, whether or not it has said
    /// that it has to do with them: that is what a link from its own system says.
    pub async fn launchable(
        &self,
        permit: &SearchPermit,
        key: &FindKey,
    ) -> StoreResult<Vec<IdentityId>> {
        self.found_under(permit.organisation(), key).await
    }

    /// Begins the relationship that a link says there is, or prolongs it; it ends at `until` unless
    /// a feed says more.
    pub async fn begin_by_launch(
        &self,
        requester: &Requester,
        (system, link): (&str, &str),
        address: Address,
        (access, now, until): (AccessNumber, Timestamp, Timestamp),
    ) -> StoreResult<()> {
        let organisation = &requester.organisation.code;
        let mut tx = self.audit.begin(Durability::Synced).await?;
        tx.execute(
            "UPDATE launch SET identity = $2, account = $3, access = $4 WHERE id = $1",
            params![
                self.launch_id(system, link),
                address.0,
                requester.account,
                access
            ],
        )
        .await?;
        tx.commit().await?;
        let mut tx = self.record.begin(Durability::Synced).await?;
        relationships::begin_by_launch(&mut tx, address.0, organisation, (now, until)).await?;
        raise_state(&mut tx, address.0).await?;
        Ok(tx.commit().await?)
    }

    /// Launches until an instant that nobody has looked after yet.
    pub async fn launches_until(&self, until: Timestamp) -> StoreResult<Vec<Launched>> {
        let rows = self
            .audit
            .query(
                "SELECT id, organisation, identity, account, access, at FROM launch \
                 WHERE settled IS NULL AND identity IS NOT NULL AND at <= $1 ORDER BY at LIMIT 500",
                params![until],
            )
            .await?;
        let launched = |row: &Row| {
            Ok(Launched {
                id: row.bytes(0)?.to_vec(),
                organisation: read_code(row, 1)?,
                address: Address(IdentityId(row.int(2)?)),
                account: AccountId(row.int(3)?),
                access: AccessNumber(row.int(4)?),
                at: Timestamp(row.int(5)?),
            })
        };
        rows.iter().map(launched).collect()
    }

    /// Whether a feed has said that the organisation has to do with the patient since a launch, or
    /// had just before.
    pub async fn is_confirmed(&self, launched: &Launched) -> StoreResult<bool> {
        let said =
            relationships::said_by_feed(launched.address.0, &launched.organisation, launched.at);
        let rows = self.record.read(vec![said]).await?;
        Ok(rows.iter().any(|rows| !rows.is_empty()))
    }

    /// Notes that a launch has been looked after. Of several processes one is told that it did.
    pub async fn settle_launch(&self, launched: &Launched, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.audit.begin(Durability::Synced).await?;
        let settled = tx
            .execute(
                "UPDATE launch SET settled = $2 WHERE id = $1 AND settled IS NULL",
                params![launched.id.clone(), now],
            )
            .await?;
        tx.commit().await?;
        Ok(settled == 1)
    }

    /// Writes down, for a privacy officer to review, that no feed confirmed what a link said.
    pub async fn flag_launch(
        &self,
        launched: &Launched,
        now: Timestamp,
    ) -> StoreResult<AccessNumber> {
        let known = self.account(launched.account).await?;
        let who = known.map(|known| Who {
            name: known.name,
            register: known.register,
            organisation: None,
        });
        let rows = self.identity_rows(&[launched.address.0]).await?;
        let shown = rows.values().map(|row| Shown {
            identity: row.identity,
            version: row.version,
            organisation: row.organisation.clone(),
        });
        let whose = Whose {
            address: Some(launched.address),
            identities: shown.collect(),
            ..Whose::default()
        };
        self.note_unconfirmed(launched, who, whose, now).await
    }

    fn launch_id(&self, system: &str, link: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("tributary 2026 launch");
        hasher.update(&self.keys.audit);
        hasher.update(&(system.len() as u64).to_le_bytes());
        hasher.update(system.as_bytes());
        hasher.update(link.as_bytes());
        hasher.finalize().into()
    }
}
