//! Says what to do when the bundled design system is missing, instead of a puzzling compiler error.
//!
//! `cargo xtask setup` bundles `nhsuk-frontend` into `assets/built/`; nothing is fetched from here.

use std::path::Path;

fn main() {
    for name in ["nhsuk.css", "nhsuk.js"] {
        let path = Path::new("assets/built").join(name);
        let shown = path.display();
        let say = |line: String| {
            #[expect(
                clippy::print_stdout,
                reason = "standard output is how a build script speaks"
            )]
            {
                println!("{line}");
            }
        };
        say(format!("cargo::rerun-if-changed={shown}"));
        if !path.is_file() {
            say(format!(
                "cargo::error=crates/web/{shown} is missing: run `cargo xtask setup`"
            ));
        }
    }
}
