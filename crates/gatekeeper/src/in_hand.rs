//! Views in hand: what was read and is not answered yet.
//!
//! A refusal that is acknowledged must not be followed by a view that was read before it. So a view
//! is in hand from before it reads until its answer is made, and whoever records a refusal waits,
//! after it is durable, until no view of that person is in hand. A view that comes later reads the
//! refusal.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;
use tributary_model::IdentityId;

/// The views in hand in this process.
#[derive(Clone, Default)]
pub(crate) struct InHand(Arc<Views>);

#[derive(Default)]
struct Views {
    of: Mutex<HashMap<IdentityId, usize>>,
    ended: Notify,
}

/// One view in hand; it ends when this is dropped.
#[must_use = "a view is in hand as long as this is kept"]
pub(crate) struct Hand {
    views: Arc<Views>,
    of: Vec<IdentityId>,
}

impl InHand {
    /// Takes a view of these identities in hand.
    pub(crate) fn take(&self, of: Vec<IdentityId>) -> Hand {
        let mut views = self.0.of.lock().unwrap_or_else(PoisonError::into_inner);
        for identity in &of {
            *views.entry(*identity).or_default() += 1;
        }
        drop(views);
        Hand {
            views: Arc::clone(&self.0),
            of,
        }
    }

    /// Waits until no view of these identities is in hand.
    pub(crate) async fn ended(&self, of: &[IdentityId]) {
        loop {
            let ended = self.0.ended.notified();
            tokio::pin!(ended);
            // Heard from here on, so that a view that ends between the look and the wait is heard.
            ended.as_mut().enable();
            if !self.any(of) {
                return;
            }
            tracing::debug!("a refusal waits for a view in hand");
            ended.await;
        }
    }

    fn any(&self, of: &[IdentityId]) -> bool {
        let views = self.0.of.lock().unwrap_or_else(PoisonError::into_inner);
        of.iter().any(|identity| views.contains_key(identity))
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        let mut views = self.views.of.lock().unwrap_or_else(PoisonError::into_inner);
        for identity in &self.of {
            if let Some(count) = views.get_mut(identity) {
                *count -= 1;
                if *count == 0 {
                    views.remove(identity);
                }
            }
        }
        drop(views);
        self.views.ended.notify_waiters();
    }
}

impl std::fmt::Debug for Hand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hand")
    }
}
