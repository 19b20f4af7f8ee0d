//! The keyring: one key for each identity and each sealed object, wrapped under the root key.
//!
//! To forget a key is to erase what was sealed under it. A key is durable before its first body.

use std::collections::HashMap;

use tributary_model::IdentityId;

use crate::{
    Store, StoreError, StoreResult,
    db::{Durability, Query, params},
    schema::{Spread, Table, Which},
    seal::{self, BodyKey},
};

pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Keyring,
        name: "body_key",
        columns: "owner BIGINT NOT NULL, generation BIGINT NOT NULL, wrapped BYTEA NOT NULL, \
                  PRIMARY KEY (owner)",
        spread: Spread::By("owner"),
    },
    Table {
        which: Which::Keyring,
        name: "root_check",
        columns: "id BIGINT NOT NULL, sealed BYTEA NOT NULL, PRIMARY KEY (id)",
        spread: Spread::Here,
    },
];

/// The generation of the wrapping key that new keys are wrapped under.
const GENERATION: i64 = 1;

/// Whose key it is. Identities and objects (spooled submissions, parked items) share one table:
/// identities have even owner numbers, objects odd ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Owner {
    /// An identity's entries.
    Identity(IdentityId),
    /// A spooled submission or a parked item, by its number.
    Object(i64),
}

impl Owner {
    const fn number(self) -> i64 {
        match self {
            Self::Identity(identity) => identity.0 << 1,
            Self::Object(number) => number << 1 | 1,
        }
    }
}

impl Store {
    /// Makes and keeps a key for each owner; durable when it returns.
    pub(crate) async fn make_keys(&self, owners: &[Owner]) -> StoreResult<HashMap<Owner, BodyKey>> {
        let made: HashMap<Owner, BodyKey> = owners
            .iter()
            .map(|owner| (*owner, BodyKey::random()))
            .collect();
        let mut numbers: Vec<(i64, &BodyKey)> = made
            .iter()
            .map(|(owner, key)| (owner.number(), key))
            .collect();
        numbers.sort_unstable_by_key(|(number, _)| *number);
        let rows = numbers
            .into_iter()
            .map(|(number, key)| {
                let wrapped = seal::wrap(&self.keys.wrap, &number.to_le_bytes(), &key.0);
                params![number, GENERATION, wrapped]
            })
            .collect();
        let mut tx = self.keyring.begin(Durability::Synced).await?;
        tx.append(
            "INSERT INTO body_key (owner, generation, wrapped) VALUES ($1, $2, $3) \
             ON CONFLICT (owner) DO UPDATE SET generation = excluded.generation, \
             wrapped = excluded.wrapped",
            rows,
        )
        .await?;
        tx.commit().await?;
        Ok(made)
    }

    /// The keys of these owners. A forgotten key is simply not among them.
    pub(crate) async fn find_keys(&self, owners: &[Owner]) -> StoreResult<HashMap<Owner, BodyKey>> {
        let mut found = HashMap::with_capacity(owners.len());
        for some in owners.chunks(crate::limits::KEYS_AT_ONCE) {
            let queries = some.iter().map(|owner| {
                Query::new(
                    "SELECT wrapped FROM body_key WHERE owner = $1",
                    params![owner.number()],
                )
            });
            let answers = self.keyring.read(queries.collect()).await?;
            for (owner, rows) in some.iter().zip(answers) {
                if let Some(row) = rows.first() {
                    found.insert(*owner, self.unwrap_key(*owner, row.bytes(0)?)?);
                }
            }
        }
        Ok(found)
    }

    fn unwrap_key(&self, owner: Owner, wrapped: &[u8]) -> StoreResult<BodyKey> {
        let plain = seal::unwrap(&self.keys.wrap, &owner.number().to_le_bytes(), wrapped)
            .ok()
            .and_then(|plain| plain.try_into().ok())
            .ok_or_else(|| StoreError::Sealed(format!("the key of {owner:?}")))?;
        Ok(BodyKey(plain))
    }

    /// Forgets keys: what was sealed under them can never be read again.
    pub(crate) async fn forget_keys(&self, owners: &[Owner]) -> StoreResult<()> {
        let mut tx = self.keyring.begin(Durability::Synced).await?;
        let rows = owners.iter().map(|owner| params![owner.number()]).collect();
        tx.append("DELETE FROM body_key WHERE owner = $1", rows)
            .await?;
        tx.commit().await?;
        self.keyring.truncate_log().await?;
        Ok(())
    }

    /// Checks that this root key is the one the deployment was made with; notes it the first time.
    pub(crate) async fn check_root(&self) -> StoreResult<()> {
        let rows = self
            .keyring
            .query("SELECT sealed FROM root_check WHERE id = 1", vec![])
            .await?;
        if let Some(row) = rows.first() {
            return seal::unwrap(&self.keys.wrap, b"root check", row.bytes(0)?)
                .map(|_| ())
                .map_err(|_| StoreError::WrongRootKey);
        }
        let sealed = seal::wrap(&self.keys.wrap, b"root check", b"tributary");
        let mut tx = self.keyring.begin(Durability::Synced).await?;
        tx.execute(
            "INSERT INTO root_check (id, sealed) VALUES (1, $1)",
            params![sealed],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many keys of identities and objects the keyring holds.
    pub async fn count_keys(&self) -> StoreResult<i64> {
        let rows = self
            .keyring
            .query("SELECT COUNT(*) FROM body_key", vec![])
            .await?;
        Ok(rows
            .first()
            .ok_or(crate::DbError::Missing("count"))?
            .int(0)?)
    }
}
