//! Checkpoints that another organisation keeps, and what is proved with them.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tributary_store::{Checkpoint, ConsistencyProof, KeptNote, LOG, verifying_key};

use crate::{
    Usage, Verdict,
    deployment::Deployment,
    output::{hint, say, show},
    words::{count, seconds, some},
};

/// Holds the log against what a witness kept, and says what was found.
pub(super) async fn verify(kept: &Path, deployment: &Deployment) -> anyhow::Result<Verdict> {
    let notes = notes(kept)?;
    let permit = deployment.maintenance("audit verify --witness").await?;
    let began = deployment.clock.now();
    let found = deployment.store.verify_witnessed(&permit, &notes).await?;
    let took = deployment.clock.now().since(began).max(1);
    match found {
        Ok(sound) => {
            let rate = u64::try_from(took).map_or(0, |took| sound.lines * 1_000_000 / took);
            say!(
                "Nothing was rewritten since: {} held against {} of the witness; {} at the end that \
                 the witness has not seen. {} ({} lines a second).",
                some(sound.lines, "line"),
                some(u64::try_from(sound.checkpoints)?, "checkpoint"),
                some(sound.unseen, "line"),
                seconds(took),
                count(rate)
            );
            Ok(Verdict::Fine)
        }
        Err(fault) => {
            say!("The audit log is NOT what the witness saw: {fault}.");
            Ok(Verdict::Wrong)
        }
    }
}

/// Signs where the log stands, and lays the checkpoint in the witness's folder.
pub(super) async fn publish(folder: &Path, deployment: &Deployment) -> anyhow::Result<Verdict> {
    let store = &deployment.store;
    if store
        .checkpoint_now(deployment.clock.now())
        .await?
        .is_none()
    {
        hint!("Nothing new was signed: this is the last checkpoint.");
    }
    let Some(note) = store.last_note().await? else {
        return Ok(Verdict::Wrong);
    };
    let size = note.lines().nth(1).and_then(|size| size.parse().ok());
    store
        .publish_note(folder, size.context("the checkpoint has no size")?, note)
        .await?;
    say!("Published in {}.", folder.display());
    Ok(Verdict::Fine)
}

/// Prints the proof that the log only grew since a checkpoint.
pub(super) async fn prove(since: &Path, deployment: &Deployment) -> anyhow::Result<Verdict> {
    let permit = deployment.maintenance("audit prove").await?;
    let key = verifying_key(&deployment.store.checkpoint_key()).context("the log's own key")?;
    let old = open(since, &key)?;
    let now = deployment.clock.now();
    let store = &deployment.store;
    store.checkpoint_now(now).await?;
    let new = store.last_note().await?.context("nothing was signed yet")?;
    let new = Checkpoint::open(&new, LOG, &key).context("the log's own checkpoint")?;
    let proof = store.prove_growth(&permit, old.size, new.size).await?;
    if let Some(proof) = proof {
        show!(proof.to_text());
        hint!("Send it with the checkpoint that `audit checkpoint` prints.");
        return Ok(Verdict::Fine);
    }
    say!("The log is shorter than that checkpoint: lines are missing.");
    Ok(Verdict::Wrong)
}

/// Checks a proof with two checkpoints and the log's public key.
pub(super) fn check(proof: &Path, old: &Path, new: &Path, key: &str) -> anyhow::Result<Verdict> {
    let key = verifying_key(key).ok_or_else(|| Usage("that is no public key".to_owned()))?;
    let (old, new) = (open(old, &key)?, open(new, &key)?);
    let proof = ConsistencyProof::from_text(&read(proof)?)
        .ok_or_else(|| Usage(format!("{} is no proof", proof.display())))?;
    let fits = (proof.old_size, proof.new_size) == (old.size, new.size);
    if fits && proof.verify(&old.root, &new.root) {
        say!(
            "The log of {} lines begins with the {} lines that the older checkpoint saw.",
            count(new.size),
            count(old.size)
        );
        Ok(Verdict::Fine)
    } else {
        say!("The proof does NOT show that the newer log begins with the older one.");
        Ok(Verdict::Wrong)
    }
}

fn open(file: &Path, key: &tributary_store::VerifyingKey) -> anyhow::Result<Checkpoint> {
    Checkpoint::open(&read(file)?, LOG, key)
        .map_err(|why| Usage(format!("{}: {why}", file.display())).into())
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// The checkpoint of a file, or every one in a folder.
fn notes(kept: &Path) -> anyhow::Result<Vec<KeptNote>> {
    let mut files: Vec<PathBuf> = Vec::new();
    if kept.is_dir() {
        for entry in std::fs::read_dir(kept)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "note") {
                files.push(path);
            }
        }
    } else {
        files.push(kept.to_owned());
    }
    files.sort();
    let notes = files.iter().map(|file| {
        Ok(KeptNote {
            place: file.display().to_string(),
            note: read(file)?,
        })
    });
    let notes = notes.collect::<anyhow::Result<Vec<_>>>()?;
    if notes.is_empty() {
        return Err(Usage(format!("there is no checkpoint in {}", kept.display())).into());
    }
    Ok(notes)
}
