//! `tributary audit`: who looked, and whether the log is as it was written.

use tributary_gatekeeper::{AccessLine, Replay};
use tributary_model::AccessNumber;
use tributary_record::{CombinedRecord, SectionState};

use crate::{
    Usage, Verdict,
    config::Config,
    deployment::Deployment,
    output::{hint, say, show},
    words::{count, seconds, some},
};

/// What can be done with the audit log.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Recomputes the log from its stored bytes and names the first line that was altered
    ///
    /// Ends with 1 if there is one. A log that was replaced whole is noticed only by comparing its
    /// checkpoints with those that somebody else has kept.
    Verify,
    /// Shows again what an access showed, as far as it is still kept; this is an access itself
    Replay {
        /// The number of the audit line
        access: i64,
    },
    /// Signs where the log stands now and prints the checkpoint, to be given to others
    Checkpoint,
    /// Prints the public key that checkpoints are verified with
    Key,
}

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Verify => verify(&deployment).await,
        Command::Replay { access } => replay(AccessNumber(access), &deployment).await,
        Command::Checkpoint => checkpoint(&deployment).await,
        Command::Key => {
            say!("{}", deployment.store.checkpoint_key());
            Ok(Verdict::Fine)
        }
    }
}

/// Verifies the log and says what was found.
async fn verify(deployment: &Deployment) -> anyhow::Result<Verdict> {
    let permit = deployment.maintenance("audit verify").await?;
    let began = deployment.clock.now();
    let found = deployment.store.verify_log(&permit).await?;
    let took = deployment.clock.now().since(began).max(1);
    match found {
        Ok(sound) => {
            let rate = u64::try_from(took).map_or(0, |took| sound.lines * 1_000_000 / took);
            say!(
                "The audit log is as it was written: {}, held against {}; {} at the end without \
                 one yet. {} ({} lines a second).",
                some(sound.lines, "line"),
                some(u64::try_from(sound.checkpoints)?, "signed checkpoint"),
                some(sound.uncovered, "line"),
                seconds(took),
                count(rate)
            );
            Ok(Verdict::Fine)
        }
        Err(fault) => {
            say!("The audit log is NOT as it was written: {fault}.");
            Ok(Verdict::Wrong)
        }
    }
}

async fn checkpoint(deployment: &Deployment) -> anyhow::Result<Verdict> {
    let holder = i64::from(std::process::id());
    let made = deployment
        .store
        .checkpoint(holder, deployment.clock.now())
        .await?;
    if made.is_none() {
        hint!("Nothing new was signed: this is the last checkpoint.");
    }
    let file = deployment.store.note_file();
    let note = std::fs::read_to_string(&file);
    show!(note.map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?);
    Ok(Verdict::Fine)
}

async fn replay(access: AccessNumber, deployment: &Deployment) -> anyhow::Result<Verdict> {
    let replayed = deployment.gatekeeper().replay(access).await?;
    let replayed = replayed.ok_or_else(|| Usage(format!("there is no audit line {access}")))?;
    let Replay {
        line,
        record,
        missing,
    } = replayed.shown();
    print_line(line);
    for words in missing {
        say!("  no longer kept  {words}");
    }
    match record {
        Some(record) => print_record(record),
        None => say!("Nothing of any record was shown."),
    }
    say!("This replay is audit line {}.", replayed.access());
    Ok(Verdict::Fine)
}

fn print_line(line: &AccessLine) {
    say!("Audit line {}, {}", line.number, line.at);
    let flagged = line.flagged.as_deref().unwrap_or_default();
    for (subject, words) in [
        ("who", line.who.as_str()),
        ("for", &line.organisation),
        ("from", &line.origin),
        ("did", &line.what),
        ("outcome", &line.outcome),
        ("basis", &line.basis),
        ("under", &line.rule),
        ("said", &line.reason),
        ("flagged", flagged),
    ] {
        if !words.is_empty() {
            say!("  {subject:<14}  {words}");
        }
    }
}

fn print_record(record: &CombinedRecord) {
    let banner = &record.banner;
    let born = banner
        .born
        .as_ref()
        .map(tributary_model::ClinicalDate::words);
    let number = banner
        .nhs_number
        .as_deref()
        .unwrap_or("no verified NHS number");
    say!(
        "\n{}  born {}  {number}",
        banner.name,
        born.unwrap_or_default()
    );
    for section in &record.sections {
        say!("\n{}", section.section.title());
        if section.states.contains(&SectionState::Withheld) {
            say!("  withheld from this role");
        }
        for row in &section.rows {
            let when = row.when.as_ref().map(tributary_model::ClinicalDate::words);
            let sources: Vec<&str> = row
                .provenance
                .iter()
                .map(|from| from.source.as_str())
                .collect();
            say!(
                "  {:<11}  {}",
                when.unwrap_or_default(),
                joined(&[&row.what, &row.value, &row.status, &sources.join(", ")])
            );
        }
    }
    say!("");
}

fn joined(parts: &[&str]) -> String {
    let said: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    said.join(" · ")
}
