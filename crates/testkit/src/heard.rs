//! What the program says while it runs: every log line of our crates, and every SQL statement. A test
//! may halt a runtime of its own at words of its choice, so that two things happen in one order and
//! no other.

use std::{
    cell::RefCell,
    fmt::{Debug, Write as _},
    sync::{Mutex, Once, PoisonError, mpsc},
    thread,
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

/// Where threads are to halt, or to tell that they came by.
static HALTS: Mutex<Vec<Halt>> = Mutex::new(Vec::new());

struct Halt {
    thread: &'static str,
    words: &'static str,
    came: mpsc::Sender<()>,
    go: Option<mpsc::Receiver<()>>,
}

/// The first thread of a name that says certain words: told when it comes by, and halted there until
/// it is let go.
pub struct Halted {
    came: Option<mpsc::Receiver<()>>,
    go: mpsc::Sender<()>,
}

impl Halted {
    /// Waits until it has come by.
    pub async fn comes(&mut self) {
        let came = self.came.take().expect("it is waited for once");
        let heard = tokio::task::spawn_blocking(move || came.recv());
        heard.await.unwrap().unwrap();
    }

    /// Lets it go.
    pub fn goes(self) {
        let _ = self.go.send(());
    }
}

/// Halts the first thread of this name that says these words.
#[must_use]
pub fn halt(thread: &'static str, words: &'static str) -> Halted {
    wait_at(thread, words, true)
}

/// Tells when the first thread of this name says these words, and halts nothing.
#[must_use]
pub fn hear(thread: &'static str, words: &'static str) -> Halted {
    wait_at(thread, words, false)
}

fn wait_at(thread: &'static str, words: &'static str, halts: bool) -> Halted {
    let ((came, told), (go, gone)) = (mpsc::channel(), mpsc::channel());
    let halt = Halt {
        thread,
        words,
        came,
        go: halts.then_some(gone),
    };
    HALTS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(halt);
    Halted {
        came: Some(told),
        go,
    }
}

/// Halts here if this is a thread that is to.
fn halt_here(said: &str) {
    let here = {
        let mut halts = HALTS.lock().unwrap_or_else(PoisonError::into_inner);
        let name = thread::current();
        let own = |halt: &Halt| name.name() == Some(halt.thread) && said.contains(halt.words);
        halts.iter().position(own).map(|at| halts.swap_remove(at))
    };
    if let Some(Halt { came, go, .. }) = here {
        let _ = came.send(());
        if let Some(go) = go {
            // Everything else that waits for this thread goes on without it.
            let _ = tokio::task::block_in_place(|| go.recv());
        }
    }
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
        {
            let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(log, "{} {}", event.metadata().target(), words.0);
        }
        halt_here(&words.0);
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
