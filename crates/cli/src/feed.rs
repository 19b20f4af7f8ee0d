//! `tributary feed`: what organisations hand over.

mod choices;
mod desk;
mod take;

use tributary_model::{IdentityId, OdsCode, SubmissionId};
use tributary_store::Mode;

use crate::{Verdict, config::Config, deployment::Deployment};
pub(crate) use take::{resume, take_one};

/// What can be done with feeds.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Takes in submissions where they lie, and says what became of each
    ///
    /// A folder of NDJSON files is a snapshot: all that the organisation holds, one file for each
    /// FHIR resource type; what is absent has gone. A `.json` file is a Bundle: what is new or
    /// changed. A folder of `.json` files is taken Bundle by Bundle.
    ///
    /// Ends with 1 when a submission was held or failed, or something was parked for a person.
    Take(take::Take),
    /// Lists the feeds, and when each was last taken in
    List,
    /// Lists the last hundred submissions, newest first
    Submissions {
        /// Only of this organisation
        ods: Option<OdsCode>,
    },
    /// Shows what was made of a submission
    Report {
        /// Its number
        submission: i64,
    },
    /// Lists what waits for a person: where it stood in its feed, and why it was not filed
    Parked {
        /// Only of this organisation
        ods: Option<OdsCode>,
    },
    /// Lists identities that no verified NHS number links
    Unlinked {
        /// Only of this organisation
        ods: Option<OdsCode>,
    },
    /// Lists pairs of identities that may be one person
    Doubtful {
        /// Only of this organisation
        ods: Option<OdsCode>,
    },
    /// Files a snapshot that was held, because a person looked and it is the truth
    Release {
        /// Its number
        submission: i64,
    },
    /// Lists the erasures that wait for a person, and why
    HeldErasures,
    /// Carries out the erasures that wait for what an organisation's feed brought, because a person
    /// looked and the opt-outs are meant
    ReleaseErasures {
        /// The organisation whose feed brought them
        ods: OdsCode,
    },
    /// Sets aside the opt-outs of an organisation's feed whose erasure waits, because a person looked
    /// and they are a mistake of the source
    UndoOptOuts {
        /// The organisation whose feed brought them
        ods: OdsCode,
    },
    /// Erases an identity that no verified NHS number links to the one who opted out, because a
    /// person looked and it is the same
    ConfirmErasure {
        /// Its number, from `held-erasures`
        identity: i64,
    },
    /// Links an identity to another one's patient, because a person looked and they are the same
    Link {
        /// The identity, which stands alone
        identity: i64,
        /// An identity of the patient it belongs to
        to: i64,
    },
    /// Takes an identity out of its patient, because a person looked and they are not the same
    ///
    /// A refusal stays on both until a person settles it; a consent only where it was recorded.
    Unlink {
        /// The identity
        identity: i64,
    },
    /// Lists refusals that stay on an identity since it was unlinked from the one they were recorded
    /// on
    Stayed,
    /// Settles a refusal that stayed on an identity
    SettleStayed {
        /// The identity, from `stayed`
        identity: i64,
        /// The refusal is this person's own too, and stays
        #[arg(
            long,
            conflicts_with = "not_theirs",
            required_unless_present = "not_theirs"
        )]
        theirs: bool,
        /// The refusal was somebody else's, and counts here no longer
        #[arg(long)]
        not_theirs: bool,
    },
    /// Gives a feed a new credential and prints it once; the old one ends
    Credential {
        /// The organisation's ODS code
        ods: OdsCode,
        /// What the feed sends: snapshot (NDJSON) or delta (Bundles)
        #[arg(long, value_parser = mode)]
        mode: Mode,
    },
}

/// Does it.
pub(crate) async fn run(command: Command, config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    match command {
        Command::Take(wanted) => take::run(wanted, &deployment).await,
        Command::List => desk::list(&deployment).await,
        Command::Submissions { ods } => desk::submissions(ods.as_ref(), &deployment).await,
        Command::Report { submission } => desk::report(SubmissionId(submission), &deployment).await,
        Command::Parked { ods } => desk::parked(ods.as_ref(), &deployment).await,
        Command::Unlinked { ods } => desk::unlinked(ods.as_ref(), &deployment).await,
        Command::Doubtful { ods } => desk::doubtful(ods.as_ref(), &deployment).await,
        Command::Release { submission } => {
            desk::release(SubmissionId(submission), &deployment).await
        }
        Command::HeldErasures => choices::held_erasures(&deployment).await,
        Command::ReleaseErasures { ods } => choices::release_erasures(&ods, &deployment).await,
        Command::UndoOptOuts { ods } => choices::undo_opt_outs(&ods, &deployment).await,
        Command::ConfirmErasure { identity } => {
            choices::confirm_erasure(IdentityId(identity), &deployment).await
        }
        Command::Link { identity, to } => {
            choices::link(IdentityId(identity), IdentityId(to), &deployment).await
        }
        Command::Unlink { identity } => choices::unlink(IdentityId(identity), &deployment).await,
        Command::Stayed => choices::stayed(&deployment).await,
        Command::SettleStayed {
            identity, theirs, ..
        } => choices::settle_stayed(IdentityId(identity), theirs, &deployment).await,
        Command::Credential { ods, mode } => desk::credential(&ods, mode, &deployment).await,
    }
}

fn mode(name: &str) -> Result<Mode, String> {
    Mode::named(name).ok_or_else(|| "the modes are snapshot and delta".to_owned())
}
