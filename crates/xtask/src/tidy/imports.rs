//! The import table of `ARCHITECTURE.md` against what cargo builds.

use std::collections::{BTreeMap, BTreeSet};

use crate::shell::{self, Outcome, capture};

/// The table stands under this heading.
const HEADING: &str = "## Who may import whom";
const PREFIX: &str = "tributary-";

type Names = BTreeSet<String>;

/// What one crate imports: our crates, and crates from outside.
#[derive(Default, Debug, PartialEq, Eq)]
struct Imports {
    ours: Names,
    outside: Names,
}

pub(super) fn as_documented() -> Outcome<Vec<String>> {
    let document = shell::read(&shell::root().join("ARCHITECTURE.md"))?;
    let documented = documented(&document)?;
    let tree = capture(shell::cargo().args([
        "tree",
        "--workspace",
        "--depth",
        "1",
        "--edges",
        "normal",
        "--prefix",
        "depth",
        "--no-dedupe",
        "--quiet",
    ]))?;
    Ok(differences(&documented, &built(&tree)))
}

/// Reads rows of `` | `crate` | `import`, `import` | `alone uses` | ``.
fn documented(document: &str) -> Outcome<BTreeMap<String, Imports>> {
    let (_, after) = document
        .split_once(HEADING)
        .ok_or_else(|| format!("ARCHITECTURE.md has no heading “{HEADING}”"))?;
    let mut table = BTreeMap::new();
    for line in after.lines().take_while(|line| !line.starts_with("## ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        if let [name, ours, outside] = cells.as_slice()
            && let Some(name) = in_backticks(name).into_iter().next()
        {
            let imports = Imports {
                ours: in_backticks(ours).into_iter().collect(),
                outside: in_backticks(outside).into_iter().collect(),
            };
            table.insert(name, imports);
        }
    }
    if table.is_empty() {
        return Err(format!("ARCHITECTURE.md has no table under “{HEADING}”"));
    }
    Ok(table)
}

fn in_backticks(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Reads `0tributary-store v0.1.0 (…)` and, below it, `1rusqlite v0.41.0`.
fn built(tree: &str) -> BTreeMap<String, Imports> {
    let mut crates: BTreeMap<String, Imports> = BTreeMap::new();
    let mut current = String::new();
    for line in tree.lines() {
        let name = |rest: &str| rest.split(' ').next().unwrap_or_default().to_owned();
        if let Some(rest) = line.strip_prefix('0') {
            short(&name(rest)).clone_into(&mut current);
            crates.entry(current.clone()).or_default();
        } else if let Some(rest) = line.strip_prefix('1') {
            let imports = crates.entry(current.clone()).or_default();
            let import = name(rest);
            match import.strip_prefix(PREFIX) {
                Some(ours) => imports.ours.insert(ours.to_owned()),
                None => imports.outside.insert(import),
            };
        }
    }
    crates
}

fn short(package: &str) -> &str {
    package.strip_prefix(PREFIX).unwrap_or(package)
}

fn differences(
    documented: &BTreeMap<String, Imports>,
    built: &BTreeMap<String, Imports>,
) -> Vec<String> {
    let mut findings = Vec::new();
    for name in documented.keys().filter(|name| !built.contains_key(*name)) {
        findings.push(format!("the table has a row for {name}, which is no crate"));
    }
    for (name, imports) in built {
        let Some(row) = documented.get(name) else {
            findings.push(format!("the table has no row for {name}"));
            continue;
        };
        for extra in imports.ours.difference(&row.ours) {
            findings.push(format!(
                "{name} imports {extra}, which the table does not allow"
            ));
        }
        for idle in row.ours.difference(&imports.ours) {
            findings.push(format!(
                "the table says {name} imports {idle}, which it does not"
            ));
        }
        for idle in row.outside.difference(&imports.outside) {
            findings.push(format!(
                "the table says {name} uses {idle}, which it does not"
            ));
        }
        findings.extend(trespasses(name, imports, documented));
    }
    findings
}

/// Outside crates that the table keeps for others.
fn trespasses(
    name: &str,
    imports: &Imports,
    documented: &BTreeMap<String, Imports>,
) -> Vec<String> {
    let allowed = |import: &str| {
        documented
            .get(name)
            .is_some_and(|row| row.outside.contains(import))
    };
    imports
        .outside
        .iter()
        .filter(|import| !allowed(import))
        .filter(|import| documented.values().any(|row| row.outside.contains(*import)))
        .map(|import| format!("{name} uses {import}, which the table keeps for others"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{built, differences, documented};

    const DOCUMENT: &str = "\
# A\n\n## Who may import whom\n\n| crate | imports | alone |\n| --- | --- | --- |\n\
| `model` | | |\n| `store` | `model` | `rusqlite` |\n| `web` | `model` | |\n\n## Next\n";

    fn findings(tree: &str) -> Vec<String> {
        differences(&documented(DOCUMENT).unwrap(), &built(tree))
    }

    #[test]
    fn equal_is_quiet() {
        let tree = "0tributary-model v0.1.0 (x)\n1serde v1\n\n0tributary-store v0.1.0\n\
                    1rusqlite v0\n1tributary-model v0\n\n0tributary-web v0\n1tributary-model v0";
        assert_eq!(findings(tree), Vec::<String>::new());
    }

    #[test]
    fn each_difference_is_named() {
        let tree = "0tributary-model v0\n1tributary-store v0\n\n0tributary-web v0\n1rusqlite v0\n\
                    \n0xtask v0";
        let findings = findings(tree);
        for expected in [
            "the table has a row for store, which is no crate",
            "model imports store, which the table does not allow",
            "the table says web imports model, which it does not",
            "web uses rusqlite, which the table keeps for others",
            "the table has no row for xtask",
        ] {
            assert!(
                findings.iter().any(|f| f == expected),
                "{expected} in {findings:?}"
            );
        }
    }
}
