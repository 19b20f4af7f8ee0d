//! Documents made from the program itself, so that they cannot tell of an older one.

use std::path::PathBuf;

use crate::demo;
use crate::shell::{self, Outcome, capture};

/// A document: where it stands, and what makes its text.
type Document = (&'static str, fn() -> Outcome<String>);

const DOCUMENTS: &[Document] = &[
    ("docs/decision-table.md", decision_table),
    ("docs/guide/command-line.md", command_line),
    ("docs/guide/configuration.md", configuration),
];

/// How deep commands may nest.
const DEEPEST: usize = 3;

pub(super) fn current() -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for (name, text) in made()? {
        let present = std::fs::read_to_string(path(name)).unwrap_or_default();
        if present != text {
            findings.push(format!(
                "{name} is not current: run `cargo xtask tidy --write`"
            ));
        }
    }
    Ok(findings)
}

pub(super) fn write() -> Outcome {
    for (name, text) in made()? {
        if shell::write_if_changed(&path(name), text.as_bytes())? {
            println!("wrote {name}");
        }
    }
    Ok(())
}

fn made() -> Outcome<Vec<(&'static str, String)>> {
    DOCUMENTS
        .iter()
        .map(|(name, make)| Ok((*name, make()?)))
        .collect()
}

fn path(name: &str) -> PathBuf {
    shell::root().join(name)
}

/// What the rules do in every case that they tell apart.
fn decision_table() -> Outcome<String> {
    capture(
        shell::cargo()
            .args(["run", "--quiet", "--package", "tributary-policy"])
            .args(["--example", "decision_table"]),
    )
}

/// What every command says of itself when asked for help.
fn command_line() -> Outcome<String> {
    demo::build()?;
    let mut text = "\
# The command line\n\n\
Made from the program by `cargo xtask tidy --write`; a test compares it with what the program says.\n"
        .to_owned();
    describe(&[], &mut text)?;
    Ok(text)
}

/// What every setting means, as the program says.
fn configuration() -> Outcome<String> {
    demo::build()?;
    capture(shell::command(demo::binary()).args(["config", "guide"]))
}

fn describe(words: &[&str], text: &mut String) -> Outcome {
    let help = capture(
        shell::command(demo::binary())
            .args(words)
            .arg("--help")
            .env("COLUMNS", "100")
            .env_remove("TRIBUTARY_CONFIG"),
    )?;
    let mut title = vec!["tributary"];
    title.extend_from_slice(words);
    let help_text: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    let title = title.join(" ");
    *text += "\n## `";
    *text += &title;
    *text += "`\n\n```text\n";
    *text += &help_text.join("\n");
    *text += "\n```\n";
    if words.len() < DEEPEST {
        for command in subcommands(&help) {
            let mut deeper = words.to_vec();
            deeper.push(command);
            describe(&deeper, text)?;
        }
    }
    Ok(())
}

/// The names under `Commands:` in a help text.
fn subcommands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::subcommands;

    #[test]
    fn subcommands_are_read_from_help() {
        let help = "Does it.\n\nUsage: x <COMMAND>\n\nCommands:\n  demo   A region\n  feed   Takes\n\
                    \x20        in\n  help   Print\n\nOptions:\n  -h\n";
        assert_eq!(subcommands(help), ["demo", "feed"]);
    }
}
