//! Everything a developer or CI runs, behind `cargo xtask`.
//!
//! Only the standard library is linked: each task starts the programs it needs, so that the first
//! `cargo xtask` on a fresh machine compiles in seconds.
#![expect(
    clippy::print_stdout,
    reason = "a developer's tool talks on the terminal"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "measuring how long a phase took and reading the environment are this tool's job"
)]

mod assets;
mod bench;
mod browser;
mod demo;
mod guard;
mod http;
mod postgres;
mod setup;
mod shared_data;
mod shell;
mod tally;
mod test;
mod tidy;
mod told;
mod trace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--people N] [--port P] [--dir D]
                  a whole synthetic region, taken in and served on this machine
  test            set-up, format, lints, architecture, all tests, all pages in a browser
  setup           installs what the other commands need (they do it themselves)
  tidy [--write]  the architecture tests; --write brings generated documents up to date
  bench [--postgres] [--people N] ...
                  the benchmarks, on a release build
  screenshots [--readme]
                  pictures of every page type into target/screenshots; --readme keeps the README's
  browser         only the browser tests
  trace-sync      only the trace that shows data on the disk before its answer
  with-postgres COMMAND ...
                  runs a command with TRIBUTARY_TEST_POSTGRES naming a cluster made for it";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match command {
        "demo" => demo::demo(rest),
        "test" => test::test(),
        "setup" => setup::everything(),
        "tidy" => tidy::command(rest),
        "bench" => bench::bench(rest),
        "screenshots" => browser::screenshots(rest),
        "browser" => browser::command(),
        "with-postgres" => test::with_postgres(rest),
        "trace-sync" => trace::command(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no task “{other}”\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("\nxtask: {why}");
            ExitCode::FAILURE
        }
    }
}
