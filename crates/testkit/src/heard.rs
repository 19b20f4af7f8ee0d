//! What the program says while it runs: every log line of our crates, and every SQL statement.

use std::{
    cell::RefCell,
    fmt::{Debug, Write as _},
    sync::{Mutex, Once, PoisonError},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
};

/// Everything that was logged by anyone in this process.
static LOG: Mutex<String> = Mutex::new(String::new());

thread_local! {
    /// The statements run on behalf of this thread's test, while somebody listens.
    static STATEMENTS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Hears everything that our crates say, at every level.
struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("tributary")
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        if event.metadata().target() == "tributary_store::sql" {
            STATEMENTS.with_borrow_mut(|heard| {
                if let Some(heard) = heard {
                    heard.push(words.0.clone());
                }
            });
        }
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(log, "{} {}", event.metadata().target(), words.0);
    }
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

/// Begins to listen, once for the whole process.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Whoever set one before hears instead; then nothing here is heard, and tests say so.
        let _ = tracing::subscriber::set_global_default(Registry::default().with(Ear));
    });
}

/// Everything that was logged so far, by every test of this process.
#[must_use]
pub fn log() -> String {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What a future comes to, and the SQL statements that ran meanwhile on this thread: for tests whose
/// runtime has one thread. No parameter is among them.
pub async fn statements<T>(of: impl Future<Output = T>) -> (T, Vec<String>) {
    STATEMENTS.set(Some(Vec::new()));
    let came = of.await;
    let heard = STATEMENTS.take().unwrap_or_default();
    assert!(!heard.is_empty(), "no statement was heard");
    (came, heard)
}
