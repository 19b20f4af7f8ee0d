//! The heads of identities while batches are on their way to the disk.

use std::collections::{HashMap, HashSet, VecDeque};

use tributary_model::{IdentityId, Version};
use tributary_store::Head;

use super::{Row, SecondReading};
use crate::{TakeError, limits};

/// The heads of the identities being filed for, as they will be once all batches are written.
pub(super) struct Heads<'a> {
    reading: &'a SecondReading<'a>,
    pub(super) known: HashMap<IdentityId, Head>,
    /// Identities filed for in this submission: what the store says of them may be behind.
    touched: HashSet<IdentityId>,
    recent: VecDeque<Vec<IdentityId>>,
}

impl<'a> Heads<'a> {
    pub(super) fn new(reading: &'a SecondReading<'a>) -> Self {
        Self {
            reading,
            known: HashMap::new(),
            touched: HashSet::new(),
            recent: VecDeque::new(),
        }
    }

    pub(super) fn of(&mut self, identity: IdentityId) -> Result<&mut Head, TakeError> {
        if !self.known.contains_key(&identity) {
            self.load(&[identity])?;
        }
        Ok(self.known.entry(identity).or_default())
    }

    pub(super) fn load(&mut self, identities: &[IdentityId]) -> Result<(), TakeError> {
        let fresh = &self.reading.settled.fresh;
        let unknown: Vec<IdentityId> = identities
            .iter()
            .copied()
            .filter(|identity| !self.known.contains_key(identity))
            .filter(|identity| !fresh.contains(identity) || self.touched.contains(identity))
            .collect();
        if !unknown.is_empty() {
            let heads = self.reading.store.heads(&unknown);
            self.known.extend(self.reading.runtime.block_on(heads)?);
        }
        Ok(())
    }

    /// Under which version each row is to be filed: its identity's next.
    pub(super) fn versions(&self, rows: &[Row]) -> Vec<Version> {
        let next = |(identity, ..): &Row| {
            let version = self.known.get(identity).map_or(0, |head| head.version.0);
            Version(version + 1)
        };
        rows.iter().map(next).collect()
    }

    /// Notes whose batch is being sealed, and forgets heads whose batches are on the disk by now, so
    /// that memory stays flat. Between the two there are the batches that wait for the writer, the
    /// one being written and the one being sealed.
    pub(super) fn sent(&mut self, identities: &[IdentityId]) {
        self.touched.extend(identities);
        self.recent.push_back(identities.to_vec());
        if self.recent.len() > limits::BATCHES_AHEAD + 3 {
            let recent: HashSet<IdentityId> =
                self.recent.iter().skip(1).flatten().copied().collect();
            let old = self.recent.pop_front().unwrap_or_default();
            for identity in old.iter().filter(|identity| !recent.contains(identity)) {
                self.known.remove(identity);
            }
        }
    }
}
