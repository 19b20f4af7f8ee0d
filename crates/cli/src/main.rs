//! The binary `tributary`: configuration and wiring. It knows every crate and decides nothing.

mod account;
mod audit;
mod config;
mod demo;
mod deployment;
mod doctor;
mod explain;
mod feed;
mod organisation;
mod output;
mod progress;
mod region;
mod register;
mod report;
mod serve;
mod words;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use config::Config;
use output::hint;

/// A shared care record: takes in what organisations hold about their patients, and shows each
/// professional what they may see, after writing down that they look.
#[derive(Parser)]
#[command(name = "tributary", version)]
struct Arguments {
    /// The configuration file (TOML); every setting can also come from the environment
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers HTTP: the pages, the FHIR API and the feeds' door
    Serve(serve::Arguments),
    /// Makes a whole invented region, takes it in and serves it on this machine
    Demo(demo::Arguments),
    /// Invented regions, for tests and demonstrations
    #[command(subcommand)]
    Region(region::Command),
    /// The organisations of the region and the agreements with them
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// What organisations hand over: takes it in, and says what became of it
    #[command(subcommand)]
    Feed(feed::Command),
    /// Who can sign in, and as what
    #[command(subcommand)]
    Account(account::Command),
    /// Professional registers: who is on them, and until when
    #[command(subcommand)]
    Register(register::Command),
    /// Who looked: verifies the log, shows an access again, signs checkpoints
    #[command(subcommand)]
    Audit(audit::Command),
    /// Says why a past decision was made, with the rules and facts of that moment
    Explain(explain::Arguments),
    /// Checks that everything stored is as it was written, and names what is not
    ///
    /// Every body must open, every chain be whole, every decision about sharing be as it was
    /// recorded, and the audit log be unaltered. Ends with 1 when something is wrong.
    Doctor,
    /// The configuration
    #[command(subcommand)]
    Config(config::Command),
}

/// How a command ended that could do its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// Everything is as it should be.
    Fine,
    /// The work was done, and something is not as it should be.
    Wrong,
}

/// What is asked for cannot be meant: the arguments or the configuration are wrong.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Verdict {
    const fn fine_if(fine: bool) -> Self {
        if fine { Self::Fine } else { Self::Wrong }
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Wrong) => ExitCode::from(1),
        Err(error) => {
            hint!("tributary: {error:#}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

/// Two threads more than there are cores: a batch of audit lines is synced on the thread of one of
/// those who wait for it.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism()?;
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.get() + 2)
        .enable_all()
        .build()
}

fn run(arguments: Arguments) -> anyhow::Result<Verdict> {
    let config = Config::read(arguments.config.as_deref())?;
    let runtime = runtime()?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve(arguments) => serve::run(arguments, config).await,
            Command::Demo(arguments) => demo::run(arguments, config).await,
            Command::Region(command) => region::run(command),
            Command::Organisation(command) => organisation::run(command, &config).await,
            Command::Feed(command) => feed::run(command, &config).await,
            Command::Account(command) => account::run(command, &config).await,
            Command::Register(command) => register::run(command, &config).await,
            Command::Audit(command) => audit::run(command, &config).await,
            Command::Explain(arguments) => explain::run(arguments, &config).await,
            Command::Doctor => doctor::run(&config).await,
            Command::Config(command) => config::run(&command, &config),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        super::Arguments::command().debug_assert();
    }
}
