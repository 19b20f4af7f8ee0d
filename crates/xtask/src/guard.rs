//! A program that is stopped whenever this one ends, by whatever way.
//!
//! The guard holds one end of a pipe. A small shell holds the other and the program: when the pipe
//! closes (we finished, failed, were interrupted or killed) it asks the program to stop and clears
//! its directory away. Nothing has to be caught or remembered here.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::shell::{self, OrSay, Outcome};

const SUPERVISE: &str = r#"
trap '' INT TERM HUP
scratch=$1; shift
exec 3<&0
( trap - INT TERM HUP; exec "$@" ) </dev/null 3<&- &
program=$!
( cat <&3 >/dev/null; kill -INT "$program" 2>/dev/null ) &
wait "$program"
code=$?
if [ -n "$scratch" ]; then rm -rf -- "$scratch"; fi
exit "$code"
"#;

/// How long a program may take until it answers, and until it has stopped.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program and the pipe that keeps it running.
pub(crate) struct Guard {
    supervisor: Child,
    name: String,
}

impl Guard {
    /// Starts `program`; `log` receives what it prints, `scratch` is removed once it has stopped.
    pub(crate) fn start(program: &Command, log: &Path, scratch: Option<&Path>) -> Outcome<Self> {
        let name = shell::shown(program);
        let log_file = File::create(log).or_say(|| format!("making {}", log.display()))?;
        let errors = log_file.try_clone().or_say(|| "sharing a log".to_owned())?;
        let mut shell = Command::new("bash");
        shell
            .arg("-c")
            .arg(SUPERVISE)
            .arg("supervise")
            .arg(scratch.map_or(Path::new(""), |directory| directory))
            .arg(program.get_program())
            .args(program.get_args())
            .current_dir(program.get_current_dir().unwrap_or(&shell::root()))
            .stdin(Stdio::piped())
            .stdout(log_file)
            .stderr(errors)
            // Its own group: an interrupt at the terminal reaches us, and the pipe tells it.
            .process_group(0);
        for (key, value) in program.get_envs() {
            match value {
                Some(value) => shell.env(key, value),
                None => shell.env_remove(key),
            };
        }
        let supervisor = shell.spawn().or_say(|| format!("could not start {name}"))?;
        Ok(Self { supervisor, name })
    }

    /// The program's own process: the supervisor's child that runs no shell.
    pub(crate) fn program(&self) -> Outcome<u32> {
        let supervisor = self.supervisor.id();
        let children = shell::read(Path::new(&format!(
            "/proc/{supervisor}/task/{supervisor}/children"
        )))?;
        let runs_no_shell = |child: &u32| {
            std::fs::read_to_string(format!("/proc/{child}/comm"))
                .is_ok_and(|name| name.trim_end() != "bash")
        };
        children
            .split_whitespace()
            .filter_map(|child| child.parse().ok())
            .find(runs_no_shell)
            .ok_or_else(|| format!("{} is not running", self.name))
    }

    /// Waits until `ready` says so; fails when the program ends first or takes too long.
    pub(crate) fn wait_until(
        &mut self,
        patience: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Outcome {
        let began = Instant::now();
        while !ready() {
            if let Ok(Some(status)) = self.supervisor.try_wait() {
                return Err(format!("{} ended early with {status}", self.name));
            }
            if began.elapsed() > patience {
                return Err(format!("{} did not answer within {patience:?}", self.name));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let began = Instant::now();
        while matches!(self.supervisor.try_wait(), Ok(None)) && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
