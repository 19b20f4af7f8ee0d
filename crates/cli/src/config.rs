//! The configuration: a TOML file, and the environment over it.

mod print;
mod settings;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use tributary_model::Timestamp;
use tributary_policy::{Rulebook, Settings};
use tributary_store::{Place, SessionLimits};

use crate::{Usage, Verdict, output::show};
use settings::{SETTINGS, Setting};

/// What can be done with the configuration.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Prints the settings in force, each with what it means: a file to begin from
    Print,
    /// Prints the guide to all settings with their defaults
    Guide,
}

/// Does it.
pub(crate) fn run(command: &Command, config: &Config) -> anyhow::Result<Verdict> {
    match command {
        Command::Print => show!(print::file(config)?),
        Command::Guide => show!(print::guide()?),
    }
    Ok(Verdict::Fine)
}

/// What an operator configures.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) folder: PathBuf,
    pub(crate) root_key_file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postgres: Option<String>,
    pub(crate) listen: SocketAddr,
    pub(crate) fhir_base: String,
    pub(crate) tls: bool,
    pub(crate) controller: String,
    pub(crate) notice: String,
    pub(crate) checkpoint_minutes: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) witness_folder: Option<PathBuf>,
    pub(crate) log: Log,
    pub(crate) sessions: Sessions,
    rulebook: Table,
}

/// How the program tells what it does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) level: String,
}

/// In which form log lines are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    Json,
    Text,
}

/// How long sessions last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Sessions {
    pub(crate) idle_minutes: u16,
    pub(crate) whole_minutes: u16,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: "var/data".into(),
            root_key_file: "var/root.key".into(),
            postgres: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            fhir_base: "http://127.0.0.1:8000/fhir".to_owned(),
            tls: false,
            controller: "The organisations of this region, jointly".to_owned(),
            notice: String::new(),
            checkpoint_minutes: 1,
            witness_folder: None,
            log: Log::default(),
            sessions: Sessions::default(),
            rulebook: Table::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Json,
            level: "info".to_owned(),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            idle_minutes: 30,
            whole_minutes: 12 * 60,
        }
    }
}

impl Config {
    /// The file's settings, if one is named, and the environment's over them.
    pub(crate) fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut table = match file {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("reading the configuration {}", file.display()))?;
                let parsed = text.parse::<Table>();
                parsed.map_err(|error| Usage(format!("{}: {error}", file.display())))?
            }
            None => Table::new(),
        };
        for setting in SETTINGS {
            if let Some(value) = from_environment(setting)? {
                put(&mut table, setting, value)?;
            }
        }
        let read: Self = table
            .try_into()
            .map_err(|error| Usage(format!("the configuration: {}", error.message())))?;
        read.rulebook()?;
        Ok(read)
    }

    /// Where the stores are.
    pub(crate) fn place(&self) -> Place {
        let folder = self.folder.clone();
        match &self.postgres {
            Some(address) => Place::Postgres {
                address: address.clone(),
                folder,
            },
            None => Place::Folder(folder),
        }
    }

    /// The rules in force: the named rulebook with what is set over it.
    pub(crate) fn rulebook(&self) -> anyhow::Result<Rulebook> {
        let name = self
            .rulebook
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or("cheshire");
        let base = Rulebook::named(name).ok_or_else(|| {
            let known = Rulebook::all().map(|rulebook| rulebook.name).join(", ");
            Usage(format!("there is no rulebook “{name}”; there are {known}"))
        })?;
        let mut table = Table::try_from(&base).context("a rulebook is a table of settings")?;
        table.extend(self.rulebook.clone());
        let rulebook: Rulebook = table
            .try_into()
            .map_err(|error: toml::de::Error| Usage(format!("rulebook: {}", error.message())))?;
        rulebook
            .validate()
            .map_err(|error| Usage(format!("rulebook: {error}")))?;
        if rulebook != base && rulebook.version == base.version {
            let words = "a rulebook that differs from the one it is named after has a version of \
                         its own, which audit lines give: set rulebook.version";
            return Err(Usage(words.to_owned()).into());
        }
        Ok(rulebook)
    }

    /// What the way out goes by.
    pub(crate) fn gate(&self) -> anyhow::Result<tributary_gatekeeper::Config> {
        let minutes = |minutes: u16| i64::from(minutes) * 60 * Timestamp::SECOND;
        Ok(tributary_gatekeeper::Config {
            settings: Settings::with(self.rulebook()?),
            sessions: SessionLimits {
                idle: minutes(self.sessions.idle_minutes),
                absolute: minutes(self.sessions.whole_minutes),
            },
            fhir_base: self.fhir_base.trim_end_matches('/').to_owned(),
        })
    }
}

/// What the environment says of a setting.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads settings"
)]
fn from_environment(setting: &Setting) -> anyhow::Result<Option<Value>> {
    let name = setting.variable();
    let Ok(text) = std::env::var(&name) else {
        return Ok(None);
    };
    if setting.is_text {
        return Ok(Some(Value::String(text)));
    }
    let parsed = format!("value = {text}").parse::<Table>();
    let mut parsed = parsed.map_err(|_| {
        let (example, path) = (setting.example, setting.path);
        Usage(format!(
            "{name}: {text:?} is no value for {path}; write it as in TOML: {example}"
        ))
    })?;
    Ok(parsed.remove("value"))
}

/// Puts a value where its setting stands.
fn put(table: &mut Table, setting: &Setting, value: Value) -> anyhow::Result<()> {
    let Some((section, key)) = setting.path.split_once('.') else {
        table.insert(setting.path.to_owned(), value);
        return Ok(());
    };
    let inner = table
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    let inner = inner.as_table_mut();
    let inner = inner.ok_or_else(|| Usage(format!("{section} is a section of settings")))?;
    inner.insert(key.to_owned(), value);
    Ok(())
}
