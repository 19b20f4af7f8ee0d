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
use tributary_gatekeeper::WaysIn;
use tributary_model::Timestamp;
use tributary_openid::{LaunchSystem, LaunchSystemSettings, Provider, ProviderSettings};
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
    pub(crate) address: String,
    pub(crate) fhir_base: String,
    pub(crate) controller: String,
    pub(crate) notice: String,
    pub(crate) checkpoint_minutes: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) witness_folder: Option<PathBuf>,
    pub(crate) searches: u32,
    providers: Vec<ProviderSettings>,
    launch_systems: Vec<LaunchSystemSettings>,
    pub(crate) tls: Tls,
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

/// How people reach the pages.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Tls {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PathBuf>,
    pub(crate) proxy: bool,
}

/// Whether built-in accounts need a second factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SecondFactor {
    Required,
    WhereKept,
}

/// How long sessions last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Sessions {
    pub(crate) idle_minutes: u16,
    pub(crate) whole_minutes: u16,
    pub(crate) per_account: u16,
    pub(crate) proof_minutes: u16,
    pub(crate) second_factor: SecondFactor,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: "var/data".into(),
            root_key_file: "var/root.key".into(),
            postgres: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            address: "http://127.0.0.1:8000".to_owned(),
            fhir_base: "http://127.0.0.1:8000/fhir".to_owned(),
            controller: "The organisations of this region, jointly".to_owned(),
            notice: String::new(),
            checkpoint_minutes: 1,
            witness_folder: None,
            searches: 120,
            providers: Vec::new(),
            launch_systems: Vec::new(),
            tls: Tls::default(),
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
            per_account: 4,
            proof_minutes: 10,
            second_factor: SecondFactor::Required,
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
                per_account: self.sessions.per_account.into(),
            },
            second_factor: match self.sessions.second_factor {
                SecondFactor::Required => tributary_gatekeeper::SecondFactor::Required,
                SecondFactor::WhereKept => tributary_gatekeeper::SecondFactor::WhereKept,
            },
            proof_lasts: minutes(self.sessions.proof_minutes),
            searches: self.searches,
            fhir_base: self.fhir_base.trim_end_matches('/').to_owned(),
        })
    }

    /// The ways in besides the built-in accounts.
    pub(crate) fn ways_in(&self) -> anyhow::Result<WaysIn> {
        let base = self.address.trim_end_matches('/').to_owned();
        let mut ways = WaysIn {
            base,
            ..WaysIn::default()
        };
        for settings in &self.providers {
            let provider = Provider::new(settings.clone(), &ways.base);
            let provider = provider.map_err(|fault| Usage(format!("providers: {fault}")))?;
            if ways
                .providers
                .iter()
                .any(|one| one.name() == provider.name())
            {
                let words = format!("providers: there are two of the name {}", provider.name());
                return Err(Usage(words).into());
            }
            ways.providers.push(provider);
        }
        for settings in &self.launch_systems {
            let key = std::fs::read(&settings.key_file)
                .with_context(|| format!("reading {}", settings.key_file.display()))?;
            let system = LaunchSystem::new(settings, &key);
            let system = system.map_err(|fault| Usage(format!("launch-systems: {fault}")))?;
            ways.systems.push(system);
        }
        Ok(ways)
    }

    /// The certificate and key to answer with, if this program speaks TLS itself.
    pub(crate) fn certificate(&self) -> anyhow::Result<Option<(PathBuf, PathBuf)>> {
        match (&self.tls.certificate, &self.tls.key) {
            (Some(certificate), Some(key)) => Ok(Some((certificate.clone(), key.clone()))),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => {
                let words = "tls.certificate and tls.key belong together: set both or none";
                Err(Usage(words.to_owned()).into())
            }
        }
    }

    /// Refuses to speak in clear to others than this machine, unless a proxy ends TLS in front.
    pub(crate) fn may_listen(&self, on: SocketAddr) -> anyhow::Result<()> {
        if on.ip().is_loopback() || self.tls.proxy || self.certificate()?.is_some() {
            return Ok(());
        }
        let words = format!(
            "{on} can be reached from other machines, and passwords and records would cross the \
             network in clear. Set tls.certificate and tls.key; or set tls.proxy = true if a \
             proxy in front ends TLS; or listen on 127.0.0.1"
        );
        Err(Usage(words).into())
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

#[cfg(test)]
mod tests {
    use super::Config;

    fn config(text: &str) -> Config {
        text.parse::<toml::Table>().unwrap().try_into().unwrap()
    }

    #[test]
    fn in_clear_it_speaks_to_this_machine_alone_or_through_a_proxy() {
        let elsewhere = "0.0.0.0:8000".parse().unwrap();
        let plain = config("");
        assert!(plain.may_listen("127.0.0.1:8000".parse().unwrap()).is_ok());
        assert!(plain.may_listen("[::1]:8000".parse().unwrap()).is_ok());
        let refused = plain.may_listen(elsewhere).unwrap_err().to_string();
        assert!(refused.contains("tls.certificate"), "{refused}");
        for allowed in ["proxy = true", "certificate = 'a'\nkey = 'b'"] {
            assert!(
                config(&format!("[tls]\n{allowed}"))
                    .may_listen(elsewhere)
                    .is_ok()
            );
        }
        assert!(config("[tls]\nkey = 'b'").may_listen(elsewhere).is_err());
    }

    #[test]
    fn providers_are_read_and_what_is_wrong_with_them_is_said() {
        let council = "[[providers]]\nname = 'council'\nwords = 'Dee Council'\n\
             issuer = 'https://login.example'\nclient-id = 't'\nstyle = 'mapped'\n\
             organisation = 'C9901'\nroles = [{ code = 'ASC', role = 'social-worker' }]\n";
        let ways = config(council).ways_in().unwrap();
        assert_eq!(ways.providers[0].words(), "Dee Council");
        for (wrong, says) in [
            (
                council.replace("organisation = 'C9901'\n", ""),
                "organisation-claim",
            ),
            (
                council.replace("'council'", "'Dee Council'"),
                "small letters",
            ),
            (council.repeat(2), "two of the name"),
        ] {
            let error = config(&wrong).ways_in().err().unwrap().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
