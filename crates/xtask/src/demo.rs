//! `cargo xtask demo`: a whole small region at work, from a fresh clone.

use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::setup;
use crate::shell::{self, Outcome, run};

/// Sets up, builds, and becomes `tributary demo`.
pub(crate) fn demo(arguments: &[String]) -> Outcome {
    setup::for_demo()?;
    build()?;
    let mut tributary = Command::new(binary());
    tributary
        .current_dir(shell::root())
        .arg("demo")
        .args(arguments);
    let error = tributary.exec();
    Err(format!(
        "could not start {}: {error}",
        shell::shown(&tributary)
    ))
}

/// Builds the product's binary.
pub(crate) fn build() -> Outcome {
    run(shell::cargo().args(["build", "--package", "tributary-cli"]))
}

/// Where the build leaves it.
pub(crate) fn binary() -> std::path::PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    shell::root().join(target).join("debug/tributary")
}
