//! What the other tasks need on this machine: asked for, and installed only where it is missing.

use std::path::{Path, PathBuf};

use crate::assets;
use crate::shell::{self, Outcome, capture};

/// The browser that the pages are tested in.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";

/// Everything: what the pages are built from, and what the tests need.
pub(crate) fn everything() -> Outcome {
    install(&missing(&[
        (
            shell::on_path("node") && shell::on_path("npm"),
            &["nodejs", "npm"],
        ),
        (
            Path::new(CHROMIUM).exists(),
            &["chromium", "fonts-liberation"],
        ),
        (postgres_programs().is_some(), &["postgresql"]),
        (shell::on_path("strace"), &["strace"]),
        (shell::on_path("xz"), &["xz-utils"]),
        (shell::on_path("cc"), &["gcc", "libc6-dev"]),
    ]))?;
    pages()
}

/// Only what building and serving the pages needs.
pub(crate) fn for_demo() -> Outcome {
    install(&missing(&[
        (
            shell::on_path("node") && shell::on_path("npm"),
            &["nodejs", "npm"],
        ),
        (shell::on_path("cc"), &["gcc", "libc6-dev"]),
    ]))?;
    pages()
}

/// Where PostgreSQL's own programs lie: Debian keeps them apart by version, newest last.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs
                .join("initdb")
                .is_file()
                .then_some((version, programs))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, programs)| programs)
}

fn missing<'a>(wanted: &[(bool, &'a [&'a str])]) -> Vec<&'a str> {
    let mut packages = Vec::new();
    for (present, names) in wanted {
        if !present {
            packages.extend_from_slice(names);
        }
    }
    packages
}

fn install(packages: &[&str]) -> Outcome {
    if packages.is_empty() {
        println!("set-up: programs: all there");
        return Ok(());
    }
    println!("set-up: installing {}", packages.join(", "));
    capture(apt_get()?.args(["-qq", "update"]))?;
    capture(
        apt_get()?
            .args(["-qq", "-y", "--no-install-recommends", "install"])
            .args(packages),
    )
    .map(drop)
}

/// Debian's installer, as root. It asks nothing and starts no services of its own: we start what we
/// need ourselves, on a port of our own.
fn apt_get() -> Outcome<std::process::Command> {
    let mut apt = if shell::user_id()? == 0 {
        shell::command("env")
    } else if shell::on_path("sudo") {
        let mut sudo = shell::command("sudo");
        sudo.arg("env");
        sudo
    } else {
        return Err("installing Debian's packages needs root: run this once as root".to_owned());
    };
    apt.args(["DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"]);
    Ok(apt)
}

/// The design system and the browser tools from npm, then the files that the pages load.
fn pages() -> Outcome {
    let root = shell::root();
    let lock = shell::read(&root.join("package-lock.json"))?;
    let stamp = root.join("node_modules/.installed-lock.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        println!("set-up: npm packages: all there");
    } else {
        println!("set-up: installing npm packages");
        capture(shell::command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
        shell::write_if_changed(&stamp, lock.as_bytes())?;
    }
    assets::bundle()
}
