//! How often an account does something. Kept by this process alone: what it bounds is haste, and
//! each time is an audit line anyway.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tributary_model::{AccountId, Timestamp};

use crate::limits;

/// How often each account did it since its window began.
#[derive(Default)]
pub(crate) struct Rate(Mutex<HashMap<AccountId, (Timestamp, u32)>>);

impl Rate {
    /// Counts once more; when the account may go on, if that was once too often.
    pub(crate) fn once_more(
        &self,
        account: AccountId,
        allowed: u32,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= limits::ACCOUNTS_COUNTED {
            all.retain(|_, (began, _)| now.since(*began) < limits::SEARCH_WINDOW);
        }
        let (began, count) = all.entry(account).or_insert((now, 0));
        if now.since(*began) >= limits::SEARCH_WINDOW {
            (*began, *count) = (now, 0);
        }
        if *count >= allowed {
            return Some(began.plus(limits::SEARCH_WINDOW));
        }
        *count += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_waits_for_the_window_to_end_and_nobody_else_does() {
        let (rate, one, other) = (Rate::default(), AccountId(1), AccountId(2));
        let at = |minutes: i64| Timestamp(minutes * 60 * Timestamp::SECOND);
        for minute in 0..3 {
            assert_eq!(rate.once_more(one, 3, at(minute)), None);
        }
        assert_eq!(rate.once_more(one, 3, at(3)), Some(at(15)));
        assert_eq!(rate.once_more(other, 3, at(3)), None);
        assert_eq!(rate.once_more(one, 3, at(14)), Some(at(15)));
        assert_eq!(rate.once_more(one, 3, at(15)), None);
    }
}
