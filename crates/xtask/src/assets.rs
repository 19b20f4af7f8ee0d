//! The files that the pages load, taken from the design system's package and our own sources.
//!
//! They go to `crates/web/assets/built/`, are served under `/assets/`, and are not kept in git.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{self, OrSay, Outcome};

/// The design system's distribution inside its npm package.
const DESIGN_SYSTEM: &str = "node_modules/nhsuk-frontend";
/// Our own sources beside what is built from them.
const OWN: &str = "crates/web/assets";
/// The package names its licence (MIT) without the text, which must go with every copy.
const LICENCE: &str = include_str!("nhsuk-frontend-licence.txt");
/// The font files that the design system's style sheet loads from a host of the NHS.
const FONT_RULES: usize = 2;

/// Makes every file that the pages load, and removes what is no longer made.
pub(crate) fn bundle() -> Outcome {
    let root = shell::root();
    let mut files = own_files(&root.join(OWN))?;
    files.extend(design_system(&root.join(DESIGN_SYSTEM))?);
    let built = root.join(OWN).join("built");
    let mut changed = 0;
    for (name, bytes) in &files {
        changed += usize::from(shell::write_if_changed(&built.join(name), bytes)?);
    }
    changed += remove_others(&built, &files)?;
    println!("set-up: assets: {} files, {changed} changed", files.len());
    Ok(())
}

type Files = Vec<(PathBuf, Vec<u8>)>;

/// Our own style sheets, scripts and pictures go as they are.
fn own_files(own: &Path) -> Outcome<Files> {
    let mut files = Files::new();
    for path in listed(own)? {
        if path.is_file() {
            let bytes = fs::read(&path).or_say(|| format!("reading {}", path.display()))?;
            files.push((named(&path), bytes));
        }
    }
    Ok(files)
}

fn design_system(package: &Path) -> Outcome<Files> {
    let distribution = package.join("dist/nhsuk");
    let style = shell::read(&distribution.join("nhsuk-frontend.min.css"))?;
    let style = without_remote_fonts(&style)?;
    let script = shell::read(&distribution.join("nhsuk-frontend.min.js"))?;
    let mut files = vec![
        text("nhsuk.css", without_source_map(&style)),
        text("nhsuk.js", without_source_map(&script)),
        text("nhsuk-licence.txt", LICENCE),
    ];
    for path in listed(&distribution.join("assets/images"))? {
        if is_icon(&path) {
            let bytes = fs::read(&path).or_say(|| format!("reading {}", path.display()))?;
            files.push((Path::new("images").join(named(&path)), bytes));
        }
    }
    Ok(files)
}

fn text(name: &str, text: &str) -> (PathBuf, Vec<u8>) {
    (PathBuf::from(name), text.as_bytes().to_vec())
}

/// Frutiger is licensed to the NHS and loaded from its host: neither is ours to use, and a page of
/// a care record asks no other host for anything.
fn without_remote_fonts(style: &str) -> Outcome<String> {
    let mut kept = String::with_capacity(style.len());
    let mut rest = style;
    let mut removed = 0;
    while let Some(start) = rest.find("@font-face{") {
        let (before, rule) = rest.split_at(start);
        let end = rule
            .find('}')
            .ok_or("the design system's style sheet has a font rule without an end")?;
        kept.push_str(before);
        rest = rule.get(end + 1..).unwrap_or_default();
        removed += 1;
    }
    kept.push_str(rest);
    if removed != FONT_RULES {
        return Err(format!(
            "the design system's style sheet has {removed} font rules where {FONT_RULES} were known"
        ));
    }
    if kept.contains("://") {
        return Err("the design system's style sheet still loads from another host".to_owned());
    }
    Ok(kept)
}

/// The source maps are not served, so nothing should ask for them.
fn without_source_map(text: &str) -> &str {
    let marks = ["/*# sourceMappingURL=", "//# sourceMappingURL="];
    let end = marks
        .iter()
        .filter_map(|mark| text.rfind(mark))
        .min()
        .unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

/// Icons only: the other pictures of the package are the NHS logo, which is a trade mark.
fn is_icon(path: &Path) -> bool {
    let name = named(path).to_string_lossy().into_owned();
    name.starts_with("nhsuk-icon-")
        && path.extension().is_some_and(|extension| extension == "svg")
        && !name.contains("mask")
}

fn listed(directory: &Path) -> Outcome<Vec<PathBuf>> {
    let mut paths = Vec::new();
    if directory.is_dir() {
        let entries =
            fs::read_dir(directory).or_say(|| format!("reading {}", directory.display()))?;
        for entry in entries {
            paths.push(
                entry
                    .or_say(|| format!("reading {}", directory.display()))?
                    .path(),
            );
        }
    }
    paths.sort();
    Ok(paths)
}

fn named(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}

fn remove_others(built: &Path, files: &Files) -> Outcome<usize> {
    let mut removed = 0;
    for directory in [built.to_path_buf(), built.join("images")] {
        for path in listed(&directory)? {
            let made = files.iter().any(|(name, _)| built.join(name) == path);
            if path.is_file() && !made {
                fs::remove_file(&path).or_say(|| format!("removing {}", path.display()))?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::{without_remote_fonts, without_source_map};

    #[test]
    fn both_font_rules_go_and_the_rest_stays() {
        let style = "a{b:c}@font-face{src:url(https://x/y)}d{e:f}@font-face{src:url(https://z)}g{}";
        assert_eq!(without_remote_fonts(style).unwrap(), "a{b:c}d{e:f}g{}");
    }

    #[test]
    fn a_third_font_rule_or_another_host_is_noticed() {
        let two = "@font-face{}@font-face{}";
        assert!(without_remote_fonts(&format!("{two}@font-face{{}}")).is_err());
        assert!(without_remote_fonts(&format!("{two}a{{b:url(https://c)}}")).is_err());
    }

    #[test]
    fn source_maps_are_not_asked_for() {
        assert_eq!(
            without_source_map("a{}/*# sourceMappingURL=a.css.map */"),
            "a{}"
        );
        assert_eq!(without_source_map("a()"), "a()");
    }
}
