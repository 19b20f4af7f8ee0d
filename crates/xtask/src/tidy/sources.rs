//! Rules about the text of the repository's files.

use std::path::Path;

use crate::shell::{self, Outcome, capture};

/// `ARCHITECTURE.md` has fewer lines than this.
const ARCHITECTURE_LINES: usize = 400;

/// Directories that exist on one machine only.
const MACHINE_DIRECTORIES: [&str; 5] = ["work", "farm", "root", "tmp", "home"];

/// Hosts that packages come from, in two halves so that this file does not name them.
const REGISTRY_HOSTS: [[&str; 2]; 5] = [
    ["registry.", "npmjs"],
    ["index.", "crates.io"],
    ["static.", "crates.io"],
    ["pypi.", "org"],
    ["deb.", "debian.org"],
];

/// The paths of all files that are, or are about to be, in git.
pub(super) fn files() -> Outcome<Vec<String>> {
    let listed = capture(shell::command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let root = shell::root();
    Ok(listed
        .lines()
        .filter(|path| root.join(path).is_file())
        .map(str::to_owned)
        .collect())
}

/// The Rust files of the crates' sources.
pub(super) fn rust_sources() -> Outcome<Vec<String>> {
    Ok(files()?
        .into_iter()
        .filter(|path| path.starts_with("crates/") && has_extension(path, "rs"))
        .collect())
}

pub(super) fn has_extension(path: &str, wanted: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == wanted)
}

pub(super) fn modules_say_what_they_are() -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for path in rust_sources()? {
        let text = shell::read(&shell::root().join(&path))?;
        if !text.starts_with("//! ") {
            findings.push(format!("{path} does not begin with `//!`"));
        }
    }
    Ok(findings)
}

pub(super) fn no_machine_in_it() -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for path in files()? {
        // The lock file names the index of Rust's packages in every entry, as cargo writes it.
        if path == "Cargo.lock" {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(shell::root().join(&path)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            if let Some(what) = machine_in(line) {
                findings.push(format!("{path}:{} names {what}", number + 1));
            }
        }
    }
    Ok(findings)
}

fn machine_in(line: &str) -> Option<String> {
    let host = REGISTRY_HOSTS.iter().map(|halves| halves.concat());
    let directory = MACHINE_DIRECTORIES.iter().map(|name| format!("/{name}/"));
    host.filter(|host| line.contains(host.as_str()))
        .chain(directory.filter(|directory| begins_a_path(line, directory)))
        .next()
}

/// Whether `directory` stands in `line` where a path begins and goes on with a lower-case letter.
fn begins_a_path(line: &str, directory: &str) -> bool {
    line.match_indices(directory).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + directory.len()..)
            .and_then(|text| text.chars().next());
        before.is_none_or(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '}')))
            && after.is_some_and(|c| c.is_ascii_lowercase())
    })
}

pub(super) fn architecture_is_short() -> Outcome<Vec<String>> {
    let lines = shell::read(&shell::root().join("ARCHITECTURE.md"))?
        .lines()
        .count();
    Ok(if lines < ARCHITECTURE_LINES {
        Vec::new()
    } else {
        vec![format!(
            "it has {lines} lines; the limit is {ARCHITECTURE_LINES}"
        )]
    })
}

#[cfg(test)]
mod tests {
    use super::machine_in;

    #[test]
    fn a_path_of_a_machine_is_seen_and_a_route_is_not() {
        let path = ["see ", "/tm", "p/x"].concat();
        assert!(machine_in(&path).is_some());
        let in_quotes = ["\"/ro", "ot/y\""].concat();
        assert!(machine_in(&in_quotes).is_some());
        assert_eq!(machine_in("docs/work/plan.md"), None);
        assert_eq!(machine_in("GET /find"), None);
    }

    #[test]
    fn a_registry_host_is_seen() {
        let resolved = ["https://registry.", "npmjs.example/x"].concat();
        assert!(machine_in(&resolved).is_some());
    }
}
