//! The configuration as people read it: as a file with comments, and as a guide.

use std::fmt::Write as _;

use anyhow::Context as _;
use toml::{Table, Value};

use super::{Config, SETTINGS, Setting};

/// The settings in force as a file.
pub(super) fn file(config: &Config) -> anyhow::Result<String> {
    let table = in_force(config)?;
    let mut text = String::new();
    let mut section = "";
    for setting in SETTINGS {
        let (of, key) = setting.path.split_once('.').unwrap_or(("", setting.path));
        if of != section {
            section = of;
            let _ = writeln!(text, "\n[{section}]");
        }
        for line in wrapped(setting.words) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = match value_of(&table, setting) {
            Some(value) => writeln!(text, "{key} = {}\n", shown(setting, &value)),
            None => writeln!(text, "# {key} = {}\n", setting.example),
        };
    }
    Ok(text.trim_end().replace("\n\n\n", "\n\n") + "\n")
}

/// The guide: every setting, its default and its environment variable.
pub(super) fn guide() -> anyhow::Result<String> {
    let defaults = in_force(&Config::default())?;
    let mut text = "\
# Configuration\n\n\
Made from the program by `cargo xtask tidy --write`; a test compares it with what the program says.\n\n\
`tributary` reads a TOML file that `--config` or the environment variable `TRIBUTARY_CONFIG` names.\n\
Each setting can also come from its own environment variable, which counts before the file.\n\
A setting that is not listed here is an error, so that a misspelt one is noticed.\n\
`tributary config print` prints the settings in force as a file to begin from.\n"
        .to_owned();
    let mut section = "none yet";
    for setting in SETTINGS {
        let (of, key) = setting.path.split_once('.').unwrap_or(("", setting.path));
        if of != section {
            section = of;
            let title = if of.is_empty() {
                "The deployment".to_owned()
            } else {
                format!("`[{of}]`")
            };
            let _ = writeln!(text, "\n## {title}");
        }
        let default = value_of(&defaults, setting).map_or_else(
            || "none".to_owned(),
            |value| format!("`{}`", shown(setting, &value)),
        );
        let _ = writeln!(
            text,
            "\n### `{key}`\n\n{}\n\n- default: {default}\n- example: `{}`\n- environment: `{}`",
            setting.words,
            setting.example,
            setting.variable()
        );
    }
    Ok(text)
}

/// The settings in force, the whole rulebook among them.
fn in_force(config: &Config) -> anyhow::Result<Table> {
    let mut table = Table::try_from(config).context("a configuration is a table of settings")?;
    let rulebook = Table::try_from(config.rulebook()?).context("a rulebook is a table")?;
    table.insert("rulebook".to_owned(), Value::Table(rulebook));
    Ok(table)
}

fn value_of(table: &Table, setting: &Setting) -> Option<Value> {
    let mut parts = setting.path.split('.');
    let first = table.get(parts.next()?)?;
    parts
        .try_fold(first, |value, part| value.get(part))
        .cloned()
}

/// A value as it is printed. Whoever prints a configuration does not want its password.
fn shown(setting: &Setting, value: &Value) -> String {
    let secret = value
        .as_str()
        .is_some_and(|text| text.contains("password") || text.contains('@'));
    if setting.path == "postgres" && secret {
        return "\"(holds a password; not printed)\"".to_owned();
    }
    value.to_string()
}

/// Lines of at most 96 characters.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if !line.is_empty() && line.len() + word.len() > 95 {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{super::Config, SETTINGS, file, guide, in_force, value_of};

    #[test]
    fn what_is_printed_can_be_read_again() {
        let printed = file(&Config::default()).unwrap();
        let table: toml::Table = printed.parse().unwrap();
        let read: Config = table.try_into().unwrap();
        assert_eq!(
            read.rulebook().unwrap(),
            Config::default().rulebook().unwrap()
        );
        assert_eq!(file(&read).unwrap(), printed);
    }

    #[test]
    fn every_setting_is_described_and_every_description_is_a_setting() {
        let table = in_force(&Config::default()).unwrap();
        let mut described = SETTINGS
            .iter()
            .filter(|one| value_of(&table, one).is_some())
            .count();
        // The settings without a default: PostgreSQL, the witness's folder, certificate and key.
        described += 4;
        assert_eq!(described, SETTINGS.len());
        let settings = |table: &toml::Table| -> usize {
            table
                .values()
                .map(|value| value.as_table().map_or(1, toml::Table::len))
                .sum()
        };
        assert_eq!(settings(&table) + 4, SETTINGS.len());
        assert!(guide().unwrap().contains("TRIBUTARY_RULEBOOK_GRACE_DAYS"));
    }

    #[test]
    fn a_misspelt_setting_is_an_error_and_a_changed_rulebook_needs_a_version() {
        let read = |text: &str| {
            let table: toml::Table = text.parse().unwrap();
            let config: Config = table
                .try_into()
                .map_err(|error: toml::de::Error| error.to_string())?;
            config.rulebook().map_err(|error| error.to_string())
        };
        assert!(read("foldr = 'x'").unwrap_err().contains("foldr"));
        assert!(
            read("[rulebook]\nno-hour = 3")
                .unwrap_err()
                .contains("no-hour")
        );
        assert!(
            read("[rulebook]\nno-hours = 48")
                .unwrap_err()
                .contains("rulebook.version")
        );
        assert!(
            read("[rulebook]\nno-hours = 1\nversion = '2'")
                .unwrap_err()
                .contains("no-hours")
        );
        let changed = read("[rulebook]\nname = 'opt-in'\nno-hours = 48\nversion = '1a'").unwrap();
        assert_eq!(
            (changed.no_hours, changed.label().as_str()),
            (48, "opt-in 1a")
        );
    }
}
