//! Progress bars; nothing where standard error is no terminal.

use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use tributary_intake::{Watch, Watched};

/// A bar that goes away when it is done.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar with a name before it.
    pub(crate) fn new(name: String) -> Self {
        let style = ProgressStyle::with_template("{prefix} [{bar:32}] {msg} {percent}%")
            .expect("the template is well formed")
            .progress_chars("=> ");
        Self(ProgressBar::new(1).with_style(style).with_prefix(name))
    }

    /// Sets what is being done, and how much of it there is.
    pub(crate) fn begin(&self, what: &'static str, of: u64) {
        self.0.set_message(what);
        self.0.set_length(of.max(1));
        self.0.set_position(0);
    }

    /// So much more is done.
    pub(crate) fn add(&self, more: u64) {
        self.0.inc(more);
    }

    /// Takes the bar from the terminal.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }

    /// What intake tells, shown as this bar.
    pub(crate) fn watch(&self) -> Watch {
        let bar = Self(self.0.clone());
        Arc::new(move |told| match told {
            Watched::Reading { bytes } => bar.begin("reading", bytes),
            Watched::Filing { bytes } => bar.begin("filing", bytes),
            Watched::Read { bytes } | Watched::Filed { bytes } => bar.add(bytes),
        })
    }
}

/// Nobody watches.
pub(crate) fn unwatched() -> Watch {
    Arc::new(|_| ())
}
