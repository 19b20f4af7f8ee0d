//! Says what to do when the bundled design system is missing, instead of a puzzling compiler error.
//!
//! `cargo xtask setup` bundles `nhsuk-frontend` into `assets/built/`; nothing is fetched from here.

use std::path::Path;

fn main() {
    for name in ["nhsuk.css", "nhsuk.js"] {
        let path = Path::new("assets/built").join(name);
        let shown = path.display();
        println!("cargo::rerun-if-changed={shown}");
        if !path.is_file() {
            println!("cargo::error=crates/web/{shown} is missing: run `cargo xtask setup`");
        }
    }
}
