//! Rules about SQL: one crate speaks it, and each table is known to one module of that crate.

use std::collections::{BTreeMap, BTreeSet};

use super::sources;
use crate::shell::{self, Outcome};

const STORE: &str = "crates/store/src/";

/// The words of SQL that a table's name follows.
const BEFORE_A_TABLE: [&str; 4] = ["FROM", "INTO", "UPDATE", "JOIN"];

/// Crates outside the store whose sources may speak SQL, with the reason.
const MAY_SPEAK_SQL: [&str; 2] = [
    // The benchmarks measure the bare engine beside us.
    "crates/bench/src/",
    // Tests look for what was erased in every row there is, past the store.
    "crates/testkit/src/rows.rs",
];

/// Tables that several modules name. This list may only shrink: what a module needs of another's
/// table becomes a function of that other module.
const SHARED: [(&str, &[&str]); 3] = [
    (
        "identity",
        &["entries", "erasure", "identities", "links", "relationships"],
    ),
    ("member", &["identities", "links"]),
    ("organisation", &["accounts", "organisations"]),
];

pub(super) fn one_module_each() -> Outcome<Vec<String>> {
    let sources = texts(|path| path.starts_with(STORE))?;
    let mut tables = BTreeSet::new();
    for (_, text) in &sources {
        tables.extend(declared(text));
    }
    if tables.is_empty() {
        return Ok(vec!["no table is declared in the store".to_owned()]);
    }
    let mut users: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in &sources {
        for table in used(text) {
            if let Some(table) = tables.get(table) {
                users.entry(table).or_default().insert(module_of(path));
            }
        }
    }
    let mut findings = Vec::new();
    for table in &tables {
        let modules = users.get(table.as_str()).cloned().unwrap_or_default();
        let named: Vec<&str> = modules.iter().map(String::as_str).collect();
        let shared = SHARED
            .iter()
            .find(|(name, _)| name == table)
            .map(|(_, by)| *by);
        if shared.map_or(named.len() != 1, |by| by != named) {
            findings.push(format!("table {table} is used in: {}", named.join(", ")));
        }
    }
    Ok(findings)
}

pub(super) fn only_the_store() -> Outcome<Vec<String>> {
    let elsewhere = texts(|path| {
        path.contains("/src/")
            && !path.starts_with(STORE)
            && !path.starts_with("crates/xtask/")
            && !MAY_SPEAK_SQL
                .iter()
                .any(|allowed| path.starts_with(allowed))
    })?;
    let speaks = |text: &str| {
        ["INSERT INTO ", "DELETE FROM ", "CREATE TABLE "]
            .iter()
            .any(|words| text.contains(words))
            || text
                .lines()
                .any(|line| line.contains("SELECT ") && line.contains(" FROM "))
    };
    Ok(elsewhere
        .into_iter()
        .filter(|(_, text)| speaks(text))
        .map(|(path, _)| format!("{path} speaks SQL"))
        .collect())
}

fn texts(wanted: impl Fn(&str) -> bool) -> Outcome<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in sources::files()? {
        let source = sources::has_extension(&path, "rs") || sources::has_extension(&path, "sql");
        if source && wanted(&path) {
            let text = shell::read(&shell::root().join(&path))?;
            texts.push((path, text));
        }
    }
    Ok(texts)
}

/// The part of the store a file belongs to: `entries` for `entries.rs` and `entries/read.rs`.
fn module_of(path: &str) -> String {
    let inside = path.strip_prefix(STORE).unwrap_or(path);
    let first = inside.split('/').next().unwrap_or(inside);
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

/// Names of `Table { …, name: "entry", columns: …`.
fn declared(text: &str) -> Vec<String> {
    text.split("name: \"")
        .skip(1)
        .filter_map(|rest| {
            let (name, after) = rest.split_once("\",")?;
            after
                .trim_start()
                .starts_with("columns:")
                .then(|| name.to_owned())
        })
        .collect()
}

/// Names after a word of SQL that a table's name follows.
fn used(text: &str) -> Vec<&str> {
    words(text)
        .windows(2)
        .filter_map(|two| match two {
            [before, name] if BEFORE_A_TABLE.contains(before) => Some(*name),
            _ => None,
        })
        .collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{declared, module_of, used};

    #[test]
    fn tables_and_their_users_are_read() {
        let table = "Table { which: Which::Record, name: \"entry\", columns: \"id BIGINT\" }";
        assert_eq!(declared(table), ["entry"]);
        assert_eq!(
            used("SELECT a FROM entry e JOIN link ON 1; UPDATE x SET y"),
            ["entry", "link", "x"]
        );
        assert_eq!(module_of("crates/store/src/entries/read.rs"), "entries");
        assert_eq!(module_of("crates/store/src/links.rs"), "links");
    }
}
