//! The figures: printed as they come, and written down at the end.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use crate::Settings;

/// The figures so far.
pub(crate) struct Report {
    text: String,
    rows: bool,
}

impl Report {
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        Self::on(if settings.postgres.is_some() {
            "PostgreSQL"
        } else {
            "SQLite"
        })
    }

    pub(crate) fn on(engine: &str) -> Result<Self> {
        let mut report = Self {
            text: String::new(),
            rows: false,
        };
        let date = jiff::Timestamp::now()
            .strftime("%d-%b-%Y %H:%M UTC")
            .to_string();
        let cores = std::thread::available_parallelism()?;
        report.line(&format!("Date: {date}."));
        report.line(&format!(
            "Machine: {}, {cores} cores, {} of memory; {engine}; release build.",
            machine("/proc/cpuinfo", "model name"),
            machine("/proc/meminfo", "MemTotal")
        ));
        report.line(
            "A ratio is ours over the limit beside it, both measured in this run; the target is \
             the issue's.",
        );
        Ok(report)
    }

    /// A heading, with a table beneath it.
    pub(crate) fn heading(&mut self, words: &str) {
        self.rows = false;
        self.line(&format!("\n## {words}\n"));
    }

    /// A row: what, the figure, and what to hold it against.
    pub(crate) fn row(&mut self, what: &str, figure: &str, against: &str) {
        if !self.rows {
            self.rows = true;
            self.line("| what | figure | against |");
            self.line("| --- | --- | --- |");
        }
        self.line(&format!("| {what} | {figure} | {against} |"));
    }

    pub(crate) fn line(&mut self, words: &str) {
        println!("{words}");
        let _ = writeln!(self.text, "{words}");
    }

    /// Writes the figures down, if that was asked for.
    pub(crate) fn end(&self, settings: &Settings) -> Result<()> {
        let Some(file) = &settings.write else {
            return Ok(());
        };
        let head = "# Benchmarks\n\nWhat `cargo xtask bench` printed; run it to have your own.\n\n";
        std::fs::write(file, format!("{head}{}", self.text))
            .with_context(|| format!("{} cannot be written", file.display()))
    }
}

fn machine(file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':'))
        .map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
