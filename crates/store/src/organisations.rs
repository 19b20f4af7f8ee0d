//! The organisations of the region, and the agreements under which they feed and look.

use serde::{Deserialize, Serialize};
use tributary_model::{
    IdentityId, OdsCode, Organisation, OrganisationKind, Requester, Section, SectionSet, Timestamp,
};

use crate::{
    Circumstances, Store, StoreError, StoreResult,
    db::{Durability, Query, Row, Value, params},
    identities::{organisations_of, person},
    links::waiting_for,
    schema::{Spread, Table, Which},
};

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Record,
        name: "organisation",
        columns: "code TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (code)",
        spread: Spread::Everywhere,
    },
    Table {
        which: Which::Record,
        name: "agreement",
        // A later agreement of the same organisation begins later, and follows the one before.
        columns: "organisation TEXT NOT NULL, begins BIGINT NOT NULL, ends BIGINT, \
                  feeds BIGINT, views BIGINT, supplies BIGINT NOT NULL, signed_by TEXT NOT NULL, \
                  PRIMARY KEY (organisation, begins)",
        spread: Spread::Everywhere,
    },
];

/// A data-sharing agreement with one organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// With whom.
    pub organisation: OdsCode,
    /// From when.
    pub begins: Timestamp,
    /// Until when: the first instant at which it is no longer in force.
    pub ends: Option<Timestamp>,
    /// Whether it covers feeding.
    pub feeds: bool,
    /// Whether it covers viewing.
    pub views: bool,
    /// Which sections the organisation supplies.
    pub supplies: SectionSet,
    /// Who signed it.
    pub signed_by: String,
}

impl Agreement {
    /// The agreement of a partner that counts: the one that began last, if it has not ended. What
    /// it followed does not come back when it ends.
    pub fn counting<'a>(
        of_partner: impl IntoIterator<Item = &'a Self>,
        now: Timestamp,
    ) -> Option<&'a Self> {
        let begun = of_partner.into_iter().filter(|one| one.begins <= now);
        begun
            .max_by_key(|one| one.begins)
            .filter(|one| one.in_force(now))
    }

    /// Whether it is in force.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.begins <= now && self.ends.is_none_or(|ends| now < ends)
    }
}

/// The instant at which an agreement ends whose last day this instant lies in: it is in force
/// until 23:59:59 of that day in London.
#[must_use]
pub fn end_of_last_day(last_day: Timestamp) -> Timestamp {
    let next = last_day
        .london()
        .tomorrow()
        .and_then(|next| next.start_of_day());
    next.map_or(last_day, |next| {
        Timestamp(next.timestamp().as_microsecond())
    })
}

impl Store {
    /// Records an organisation, or its new name or kind.
    pub async fn put_organisation(&self, organisation: &Organisation) -> StoreResult<()> {
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "INSERT INTO organisation (code, name, kind) VALUES ($1, $2, $3) \
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind",
            params![
                &organisation.code,
                &organisation.name,
                organisation.kind.name()
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Every organisation, by code.
    pub async fn organisations(&self) -> StoreResult<Vec<Organisation>> {
        let rows = self
            .record
            .query(
                "SELECT code, name, kind FROM organisation ORDER BY code",
                params![],
            )
            .await?;
        rows.iter().map(|row| read_organisation(row, 0)).collect()
    }

    /// Records an agreement, or new terms of the one that began at the same instant. Its audit line
    /// comes first.
    pub async fn put_agreement(&self, agreement: &Agreement, now: Timestamp) -> StoreResult<()> {
        self.agree(None, agreement, &Circumstances::of_the_system(now))
            .await
    }

    /// The same, by a person who is signed in.
    pub async fn agree(
        &self,
        requester: Option<&Requester>,
        agreement: &Agreement,
        circumstances: &Circumstances,
    ) -> StoreResult<()> {
        self.note_agreement(requester, agreement, circumstances)
            .await?;
        let Agreement {
            organisation,
            begins,
            ends,
            feeds,
            views,
            supplies,
            signed_by,
        } = agreement;
        let flag = |covered: &bool| covered.then_some(*begins);
        let mut tx = self.record.begin(Durability::Synced).await?;
        tx.execute(
            "INSERT INTO agreement (organisation, begins, ends, feeds, views, supplies, signed_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (organisation, begins) DO UPDATE SET ends = excluded.ends, \
             feeds = excluded.feeds, views = excluded.views, supplies = excluded.supplies, \
             signed_by = excluded.signed_by",
            params![
                organisation,
                *begins,
                *ends,
                flag(feeds),
                flag(views),
                section_bits(*supplies),
                signed_by
            ],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Every agreement, by organisation and beginning.
    pub async fn agreements(&self) -> StoreResult<Vec<Agreement>> {
        let rows = self
            .record
            .query(
                "SELECT organisation, begins, ends, feeds, views, supplies, signed_by \
                 FROM agreement ORDER BY organisation, begins",
                params![],
            )
            .await?;
        rows.iter().map(|row| read_agreement(row, 0)).collect()
    }
}

/// The statement that reads the requester's organisation and those of a person's identities, each
/// with its agreements, for [`read_body`].
pub(crate) fn of_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT o.code, o.name, o.kind, \
             g.organisation, g.begins, g.ends, g.feeds, g.views, g.supplies, g.signed_by \
             FROM organisation o LEFT JOIN agreement g ON g.organisation = o.code \
             WHERE o.code = $2 OR o.code IN ",
            organisations_of!(person!())
        ),
        params![address, organisation],
    )
}

/// The statement that reads the names of organisations where an identity waits to be linked to a
/// person.
pub(crate) fn waiting_for_person(address: IdentityId, organisation: &OdsCode) -> Query {
    Query::new(
        concat!(
            "SELECT name FROM organisation WHERE code IN ",
            organisations_of!(waiting_for!(person!())),
            " ORDER BY name"
        ),
        params![address, organisation],
    )
}

/// Reads a row of the columns of [`of_person`].
pub(crate) fn read_body(row: &Row) -> StoreResult<(Organisation, Option<Agreement>)> {
    let agreed = row.opt_text(3)?.is_some();
    Ok((
        read_organisation(row, 0)?,
        agreed.then(|| read_agreement(row, 3)).transpose()?,
    ))
}

/// An organisation in three columns: code, name, kind.
pub(crate) fn read_organisation(row: &Row, first: usize) -> StoreResult<Organisation> {
    let kind = row.text(first + 2)?;
    Ok(Organisation {
        code: read_code(row, first)?,
        name: row.text(first + 1)?.to_owned(),
        kind: OrganisationKind::named(kind).ok_or_else(|| unreadable("organisation kind"))?,
    })
}

/// An agreement in the seven columns of its table.
pub(crate) fn read_agreement(row: &Row, first: usize) -> StoreResult<Agreement> {
    Ok(Agreement {
        organisation: read_code(row, first)?,
        begins: Timestamp(row.int(first + 1)?),
        ends: row.opt_int(first + 2)?.map(Timestamp),
        feeds: row.opt_int(first + 3)?.is_some(),
        views: row.opt_int(first + 4)?.is_some(),
        supplies: section_set(row.int(first + 5)?),
        signed_by: row.text(first + 6)?.to_owned(),
    })
}

/// The organisation code in a column.
pub(crate) fn read_code(row: &Row, column: usize) -> StoreResult<OdsCode> {
    row.text(column)?
        .parse()
        .map_err(|_| unreadable("organisation code"))
}

/// What is said of a stored word that this binary does not know.
pub(crate) fn unreadable(what: &str) -> StoreError {
    StoreError::Inconsistent(format!("the store holds an unknown {what}"))
}

/// A set of sections as a number: bit n is section n.
pub(crate) fn section_bits(sections: SectionSet) -> i64 {
    sections
        .iter()
        .fold(0, |bits, section| bits | 1 << section.number())
}

/// The set of sections of a number.
pub(crate) fn section_set(bits: i64) -> SectionSet {
    Section::ALL
        .into_iter()
        .filter(|section| bits & 1 << section.number() != 0)
        .collect()
}

impl From<OdsCode> for Value {
    fn from(code: OdsCode) -> Self {
        Self::Text(code.into())
    }
}

#[cfg(test)]
mod tests {
    use tributary_model::ClinicalDate;

    use super::*;

    #[test]
    fn an_agreement_ends_with_its_last_day_in_london() {
        for (day, end) in [
            ("2026-12-31T09:00:00", "2027-01-01T00:00:00Z"),
            ("2026-07-31T23:59:59", "2026-07-31T23:00:00Z"),
            // The day the clocks go back has 25 hours.
            ("2026-10-25T00:30:00", "2026-10-26T00:00:00Z"),
        ] {
            let day = ClinicalDate::read(day).unwrap().sort;
            assert_eq!(end_of_last_day(day).rfc3339(), end);
        }
    }

    #[test]
    fn what_an_agreement_followed_does_not_come_back_when_it_ends() {
        let agreement = |begins: i64, ends: Option<i64>| Agreement {
            organisation: "X1".parse().unwrap(),
            begins: Timestamp(begins),
            ends: ends.map(Timestamp),
            feeds: true,
            views: true,
            supplies: SectionSet::all(),
            signed_by: String::new(),
        };
        let both = [agreement(0, None), agreement(10, Some(20))];
        let begins = |now: i64| {
            let counts = Agreement::counting(&both, Timestamp(now));
            counts.map(|one| one.begins.0)
        };
        assert_eq!([-1, 0, 9].map(begins), [None, Some(0), Some(0)]);
        assert_eq!(
            [10, 19, 20, 99].map(begins),
            [Some(10), Some(10), None, None]
        );
    }

    #[test]
    fn a_section_set_survives_as_a_number() {
        let set = SectionSet::all().without(Section::SocialCare);
        assert_eq!(section_set(section_bits(set)), set);
    }
}
