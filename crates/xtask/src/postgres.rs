//! One PostgreSQL cluster of our own, on loopback, gone when we are.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::guard::Guard;
use crate::setup;
use crate::shell::{self, OrSay, Outcome, capture};

/// Whether the cluster must keep its promises over a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// Tests of behaviour: nothing is lost when the machine stays up.
    Off,
    /// Benchmarks: what production pays.
    On,
}

/// A running cluster.
pub(crate) struct Cluster {
    /// What a client connects with.
    pub(crate) connection: String,
    _guard: Guard,
}

impl Cluster {
    /// Makes a cluster in a directory of its own and starts it on a free port.
    pub(crate) fn start(sync: Sync) -> Outcome<Self> {
        let programs = setup::postgres_programs().ok_or("PostgreSQL is not installed")?;
        let scratch = scratch_directory()?;
        let log = shell::root().join("target/postgres.log");
        let owner = Owner::of_cluster()?;
        owner.take(&scratch)?;
        let data = scratch.join("data");
        capture(
            owner
                .command(&programs.join("initdb"))
                .args(["--username=tributary", "--auth=trust", "--encoding=UTF8"])
                .args(["--locale=C", "--no-sync", "--pgdata"])
                .arg(&data),
        )?;
        let port = free_port()?;
        let mut server = owner.command(&programs.join("postgres"));
        server.arg("-D").arg(&data);
        for setting in settings(port, sync) {
            server.arg("-c").arg(setting);
        }
        let mut guard = Guard::start(&server, &log, Some(&scratch))?;
        let ready = programs.join("pg_isready");
        guard
            .wait_until(Duration::from_mins(1), || {
                capture(shell::command(&ready).args([
                    "-q",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    &port.to_string(),
                ]))
                .is_ok()
            })
            .map_err(|why| format!("{why}; its words are in target/postgres.log"))?;
        Ok(Self {
            connection: format!("host=127.0.0.1 port={port} user=tributary dbname=postgres"),
            _guard: guard,
        })
    }
}

/// Small enough for two cores beside the tests, large enough for many connections at once.
fn settings(port: u16, sync: Sync) -> Vec<String> {
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        "unix_socket_directories=".to_owned(),
        "max_connections=300".to_owned(),
        "shared_buffers=256MB".to_owned(),
        "max_wal_size=4GB".to_owned(),
        "jit=off".to_owned(),
        "log_min_messages=warning".to_owned(),
    ];
    if sync == Sync::Off {
        settings.extend(
            [
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
                "autovacuum=off",
            ]
            .map(str::to_owned),
        );
    }
    settings
}

/// PostgreSQL refuses to run as root: as root we hand it to the user its package made.
enum Owner {
    Ourselves,
    Postgres,
}

impl Owner {
    fn of_cluster() -> Outcome<Self> {
        Ok(if shell::user_id()? == 0 {
            Self::Postgres
        } else {
            Self::Ourselves
        })
    }

    fn take(&self, directory: &Path) -> Outcome {
        match self {
            Self::Ourselves => Ok(()),
            Self::Postgres => {
                capture(shell::command("chown").arg("postgres:").arg(directory)).map(drop)
            }
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Ourselves => shell::command(program),
            Self::Postgres => {
                let mut setpriv = shell::command("setpriv");
                setpriv
                    .args([
                        "--reuid=postgres",
                        "--regid=postgres",
                        "--init-groups",
                        "--",
                    ])
                    .arg(program);
                setpriv
            }
        };
        // A directory that every user may stand in.
        command.current_dir("/");
        command
    }
}

/// Outside the repository, since the user postgres may not be able to reach into it.
fn scratch_directory() -> Outcome<PathBuf> {
    let directory = std::env::temp_dir().join(format!("tributary-postgres-{}", std::process::id()));
    fs::create_dir_all(&directory).or_say(|| format!("making {}", directory.display()))?;
    let log_directory = shell::root().join("target");
    fs::create_dir_all(&log_directory).or_say(|| "making target".to_owned())?;
    Ok(directory)
}

/// A loopback port that nobody listens on at this moment.
pub(crate) fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .or_say(|| "asking for a free port".to_owned())?;
    let address = listener
        .local_addr()
        .or_say(|| "asking for a free port".to_owned())?;
    Ok(address.port())
}

/// Whether somebody listens on a loopback port.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
