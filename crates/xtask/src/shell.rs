//! Starting other programs, and saying what went wrong in a sentence.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a task ends with; the text is for the person at the terminal.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The repository's top directory.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this crate lies in crates/xtask")
        .to_path_buf()
}

/// A command that starts in the repository's top directory and reads nothing from the terminal.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Cargo, the one that started us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command, its output straight to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .or_say(|| format!("could not start {}", shown(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} ended with {status}", shown(command)))
    }
}

/// Runs a command and returns what it printed; what it complained of goes into the failure.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .or_say(|| format!("could not start {}", shown(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "{} ended with {}\n{}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        ))
    }
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    })
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// The user this process runs as, by number.
pub(crate) fn user_id() -> Outcome<u32> {
    let printed = capture(command("id").arg("-u"))?;
    printed
        .trim()
        .parse()
        .map_err(|_| format!("`id -u` printed “{}”", printed.trim()))
}

/// Turns a machine's error into a sentence that says what was being done.
pub(crate) trait OrSay<T> {
    /// Puts what was being done before the error.
    fn or_say(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T> OrSay<T> for io::Result<T> {
    fn or_say(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| format!("{}: {error}", doing()))
    }
}

/// Reads a text file of the repository.
pub(crate) fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path).or_say(|| format!("reading {}", path.display()))
}

/// Writes a file only when its bytes differ, so that nothing that watches it is built again.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Outcome<bool> {
    if std::fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).or_say(|| format!("making {}", parent.display()))?;
    }
    std::fs::write(path, bytes).or_say(|| format!("writing {}", path.display()))?;
    Ok(true)
}
