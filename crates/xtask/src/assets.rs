//! The design system's style sheet and script, taken from its npm package for `web` to embed.
//!
//! They go to `crates/web/assets/built/` and are not kept in git.

use std::fs;
use std::path::Path;

use crate::shell::{self, OrSay, Outcome};

/// The design system's distribution inside its npm package.
const DESIGN_SYSTEM: &str = "node_modules/nhsuk-frontend/dist/nhsuk";
/// Where `web` embeds from.
const BUILT: &str = "crates/web/assets/built";
/// The package names its licence (MIT) without the text, which must go with every copy.
const LICENCE: &str = include_str!("nhsuk-frontend-licence.txt");
/// The font files that the design system's style sheet loads from a host of the NHS.
const FONT_RULES: usize = 2;

/// Makes the files that `web` embeds, and removes what is no longer made.
pub(crate) fn bundle() -> Outcome {
    let root = shell::root();
    let files = design_system(&root.join(DESIGN_SYSTEM))?;
    let built = root.join(BUILT);
    let mut changed = 0;
    for (name, text) in &files {
        changed += usize::from(shell::write_if_changed(&built.join(name), text.as_bytes())?);
    }
    remove_others(&built, &files)?;
    println!("set-up: assets: {} files, {changed} changed", files.len());
    Ok(())
}

type Files = [(&'static str, String); 3];

fn design_system(distribution: &Path) -> Outcome<Files> {
    let style = shell::read(&distribution.join("nhsuk-frontend.min.css"))?;
    let script = shell::read(&distribution.join("nhsuk-frontend.min.js"))?;
    Ok([
        (
            "nhsuk.css",
            without_source_map(&without_remote_fonts(&style)?).to_owned(),
        ),
        ("nhsuk.js", without_source_map(&script).to_owned()),
        ("nhsuk-licence.txt", LICENCE.to_owned()),
    ])
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

fn remove_others(built: &Path, files: &Files) -> Outcome {
    let listed = fs::read_dir(built).or_say(|| format!("reading {}", built.display()))?;
    for path in listed.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_file() && !files.iter().any(|(name, _)| built.join(name) == path) {
            fs::remove_file(&path).or_say(|| format!("removing {}", path.display()))?;
        }
    }
    Ok(())
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
