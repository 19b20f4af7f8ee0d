//! `tributary explain`: why a past decision was made, with the rules and facts of that moment.

use tributary_gatekeeper::{Depth, Explanation};
use tributary_model::AccessNumber;

use crate::{
    Usage, Verdict, audit::print_line, config::Config, deployment::Deployment, output::say,
};

/// What `explain` is told.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The number of the audit line
    access: i64,
    /// For whom it is said
    #[arg(long = "for", value_enum, default_value_t = Reader::PrivacyOfficer)]
    reader: Reader,
}

/// Who reads the explanation.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Reader {
    /// The person whose request it was
    Requester,
    /// The privacy officer
    PrivacyOfficer,
    /// The patient
    Patient,
}

/// Explains a decision; this is written down itself.
pub(crate) async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    let depth = match arguments.reader {
        Reader::Requester => Depth::Requester,
        Reader::PrivacyOfficer => Depth::PrivacyOfficer,
        Reader::Patient => Depth::Patient,
    };
    let access = AccessNumber(arguments.access);
    let explained = deployment.gatekeeper().explain_to(access, depth).await?;
    let explained = explained.ok_or_else(|| Usage(format!("there is no audit line {access}")))?;
    let Explanation {
        line,
        sentences,
        facts,
        told,
        ..
    } = explained.shown();
    if depth != Depth::Patient {
        print_line(line);
    }
    for sentence in sentences {
        say!("{sentence}");
    }
    if !facts.is_empty() {
        say!("What was known at that moment:");
    }
    for (name, words) in facts {
        say!("  {name:<32}  {words}");
    }
    if let Some(told) = told {
        say!("What the patient is told: {told}");
    }
    Ok(Verdict::Fine)
}
