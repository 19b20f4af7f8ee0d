//! The proof that what it holds may leave: its access is audited and the line is durable.

use tributary_model::AccessNumber;

use crate::in_hand::Hand;

/// Something that may be shown. Pages and bundles are made of nothing else.
#[must_use = "an audited disclosure that is not shown leaves a line about nothing"]
#[derive(Debug)]
pub struct Disclosure<T> {
    shown: T,
    access: AccessNumber,
    /// Of a record: it is in hand until the answer is made of this.
    hand: Option<Hand>,
}

impl<T> Disclosure<T> {
    /// Only the gatekeeper makes one, from a durable audit line.
    pub(crate) const fn new(shown: T, access: AccessNumber) -> Self {
        Self {
            shown,
            access,
            hand: None,
        }
    }

    /// One that is in hand until it is dropped.
    pub(crate) const fn in_hand(shown: T, access: AccessNumber, hand: Hand) -> Self {
        Self {
            shown,
            access,
            hand: Some(hand),
        }
    }

    /// What is shown.
    pub const fn shown(&self) -> &T {
        &self.shown
    }

    /// What is shown a part at a time.
    pub const fn shown_mut(&mut self) -> &mut T {
        &mut self.shown
    }

    /// The audit line of the access.
    #[must_use]
    pub const fn access(&self) -> AccessNumber {
        self.access
    }

    /// Shows a part of it, under the same line.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Disclosure<U> {
        Disclosure {
            shown: part(self.shown),
            access: self.access,
            hand: self.hand,
        }
    }
}
