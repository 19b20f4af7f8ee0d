//! The pages in a real browser, against the demo on a small region.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::demo;
use crate::guard::Guard;
use crate::postgres;
use crate::setup;
use crate::shell::{self, OrSay, Outcome};
use crate::tally::{Counts, Tally};
use crate::told::Told;

/// Enough people for every page type to have something to show.
const PEOPLE: &str = "200";
/// How long making and taking in that region may take.
const DEMO_PATIENCE: Duration = Duration::from_mins(4);

/// The browser tests alone.
pub(crate) fn command() -> Outcome {
    let mut tally = Tally::default();
    if tally.check("set-up", setup::everything) {
        tally.counted("sample pages", check_samples);
        let mut demo = None;
        tally.check("demo", || {
            demo = Some(Demo::start()?);
            Ok(())
        });
        if let Some(demo) = &demo {
            tally.counted("signing in", |counts| check_signing_in(demo, counts));
            tally.counted("browser", |counts| check(demo, counts));
        }
    }
    tally.close()
}

/// Walks every page type of a demo.
pub(crate) fn check(demo: &Demo, counts: &mut Counts) -> Outcome {
    counted(&mut demo.node("walk.mjs"), counts)
}

/// Signs in with a real provider and with a second factor, also as those who may not.
pub(crate) fn check_signing_in(demo: &Demo, counts: &mut Counts) -> Outcome {
    let [cis2, council] = demo.providers;
    counted(
        demo.node("sign-in.mjs")
            .env("TRIBUTARY_PROVIDER_PORTS", format!("{cis2},{council}")),
        counts,
    )
}

/// Checks every sample page, which show what no demo would.
pub(crate) fn check_samples(counts: &mut Counts) -> Outcome {
    let folder = write_samples()?;
    counted(node("samples.mjs").arg(folder), counts)
}

/// Pictures of every page type and sample at the width of a telephone and of a desk.
pub(crate) fn screenshots(arguments: &[String]) -> Outcome {
    setup::everything()?;
    let folder = write_samples()?;
    shell::run(node("samples.mjs").arg(folder).arg("--pictures"))?;
    let demo = Demo::start()?;
    shell::run(demo.node("walk.mjs").arg("--pictures").args(arguments))
}

/// Has `web` write its samples, into a folder that holds no others.
fn write_samples() -> Outcome<PathBuf> {
    let folder = shell::root().join("target/pages");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).or_say(|| format!("removing {}", folder.display()))?;
    }
    shell::run(
        shell::cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "tributary-web",
                "--example",
                "pages",
                "--",
            ])
            .arg(&folder),
    )?;
    Ok(folder)
}

fn node(script: &str) -> Command {
    let mut node = shell::command("node");
    node.arg(format!("tests/browser/{script}"))
        .env("TRIBUTARY_CHROMIUM", setup::CHROMIUM);
    node
}

/// Runs a script, passing on what it prints and counting its checks.
fn counted(script: &mut Command, counts: &mut Counts) -> Outcome {
    let mut running = script
        .stdout(Stdio::piped())
        .spawn()
        .or_say(|| "could not start node".to_owned())?;
    let printed = running.stdout.take().ok_or("node has no output")?;
    for line in BufReader::new(printed).lines() {
        let line = line.or_say(|| "reading what node prints".to_owned())?;
        println!("{line}");
        counts.passed += usize::from(line.starts_with("ok "));
        counts.failed += usize::from(line.starts_with("not ok "));
    }
    let status = running.wait().or_say(|| "waiting for node".to_owned())?;
    if !status.success() {
        return Err(format!("the browser tests ended with {status}"));
    }
    if counts.passed == 0 {
        return Err("the browser tests checked nothing".to_owned());
    }
    Ok(())
}

/// A demo server of our own, stopped and cleared away when dropped.
pub(crate) struct Demo {
    port: u16,
    /// Where its providers will listen while somebody signs in with them.
    providers: [u16; 2],
    accounts: PathBuf,
    guard: Guard,
}

impl Demo {
    /// Builds the binary, makes a small region, takes it in and serves it.
    pub(crate) fn start() -> Outcome<Self> {
        demo::build()?;
        let port = postgres::free_port()?;
        let scratch = shell::root().join(format!("target/browser-{port}"));
        std::fs::create_dir_all(&scratch).or_say(|| format!("making {}", scratch.display()))?;
        let accounts = scratch.join("accounts.json");
        let providers = [postgres::free_port()?, postgres::free_port()?];
        let config = write_config(&scratch, providers)?;
        let mut server = Command::new(demo::binary());
        server
            .current_dir(shell::root())
            .arg("--config")
            .arg(config)
            .args([
                "demo",
                "--people",
                PEOPLE,
                "--port",
                &port.to_string(),
                "--dir",
            ])
            .arg(scratch.join("deployment"))
            .arg("--accounts-file")
            .arg(&accounts);
        let log = shell::root().join("target/browser-server.log");
        let mut guard = Guard::start(&server, &log, Some(&scratch))?;
        guard
            .wait_until(DEMO_PATIENCE, || {
                accounts.is_file() && postgres::listens(port)
            })
            .map_err(|why| format!("{why}; its words are in target/browser-server.log"))?;
        Ok(Self {
            port,
            providers,
            accounts,
            guard,
        })
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The server's process.
    pub(crate) fn process(&self) -> Outcome<u32> {
        self.guard.program()
    }

    /// Whom it says to sign in as.
    pub(crate) fn told(&self) -> Outcome<Told> {
        Told::read(&self.accounts)
    }

    fn node(&self, script: &str) -> Command {
        let mut node = node(script);
        node.env("TRIBUTARY_URL", format!("http://127.0.0.1:{}", self.port))
            .env("TRIBUTARY_ACCOUNTS", &self.accounts);
        node
    }
}

/// The demo's configuration: two providers of the browser tests. They need not listen yet.
fn write_config(scratch: &Path, [cis2, council]: [u16; 2]) -> Outcome<PathBuf> {
    let write = |name: &str, text: &str| -> Outcome<PathBuf> {
        let file = scratch.join(name);
        std::fs::write(&file, text).or_say(|| format!("writing {}", file.display()))?;
        Ok(file)
    };
    let secret = write("client.secret", "the secret of the browser tests")?;
    let secret = secret.display();
    let text = format!(
        "[[providers]]\n\
         name = \"cis2\"\n\
         words = \"NHS Care Identity\"\n\
         style = \"cis2\"\n\
         issuer = \"http://127.0.0.1:{cis2}\"\n\
         client-id = \"tributary\"\n\
         client-secret-file = \"{secret}\"\n\
         scopes = [\"profile\"]\n\
         acr-values = [\"AAL3_ANY\"]\n\
         levels = {{ authentication_assurance_level = 2, id_assurance_level = 3 }}\n\
         register-claim = \"registration\"\n\
         roles = [{{ code = \"R8000\", role = \"doctor\" }}, {{ code = \"R8001\", role = \"nurse\" }}]\n\n\
         [[providers]]\n\
         name = \"council\"\n\
         words = \"Southmere Council\"\n\
         style = \"mapped\"\n\
         issuer = \"http://127.0.0.1:{council}\"\n\
         client-id = \"tributary\"\n\
         client-secret-file = \"{secret}\"\n\
         scopes = [\"profile\"]\n\
         organisation = \"ZZS01\"\n\
         role-claim = \"groups\"\n\
         register-claim = \"registration\"\n\
         roles = [{{ code = \"ASC-SW\", role = \"social-worker\" }}]\n"
    );
    write("demo.toml", &text)
}
