//! `tributary audit`: who looked, and whether the log is as it was written.

mod witness;

use std::path::PathBuf;

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
    /// checkpoints with those that somebody else has kept: give them with --witness.
    Verify {
        /// Holds every line against a checkpoint that a witness kept, or against all in a folder
        #[arg(long, value_name = "FILE-OR-FOLDER")]
        witness: Option<PathBuf>,
    },
    /// Shows again what an access showed, as far as it is still kept; this is an access itself
    Replay {
        /// The number of the audit line
        access: i64,
    },
    /// Signs where the log stands now and prints the checkpoint, to be given to others
    Checkpoint,
    /// Signs where the log stands now and lays the checkpoint in a folder that a witness keeps
    Publish {
        /// The folder
        folder: PathBuf,
    },
    /// Proves to a witness that the log has only grown since its checkpoint; prints the proof
    Prove {
        /// The checkpoint that the witness kept
        #[arg(value_name = "FILE")]
        since: PathBuf,
    },
    /// Checks such a proof, as a witness does: without the log, with two checkpoints and the key
    Check {
        /// The proof
        #[arg(value_name = "PROOF")]
        proof: PathBuf,
        /// The older checkpoint
        #[arg(long, value_name = "FILE")]
        old: PathBuf,
        /// The newer checkpoint
        #[arg(long, value_name = "FILE")]
        new: PathBuf,
        /// The public key of the log, as `audit key` prints it
        #[arg(long, value_name = "HEX")]
        key: String,
    },
    /// Prints the public key that checkpoints are verified with
    Key,
}

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    if let Command::Check {
        proof,
        old,
        new,
        key,
    } = &command
    {
        return witness::check(proof, old, new, key);
    }
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Verify { witness: None } => verify(&deployment).await,
        Command::Verify {
            witness: Some(kept),
        } => witness::verify(&kept, &deployment).await,
        Command::Publish { folder } => witness::publish(&folder, &deployment).await,
        Command::Prove { since } => witness::prove(&since, &deployment).await,
        Command::Check { .. } => Ok(Verdict::Fine),
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
    let made = deployment
        .store
        .checkpoint_now(deployment.clock.now())
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

pub(crate) fn print_line(line: &AccessLine) {
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
