//! What patients' choices leave for a person to decide: erasures that wait, opt-outs that were a
//! source's mistake, and links between records.

use std::collections::BTreeMap;

use tributary_model::{IdentityId, OdsCode, PatientId, Timestamp};
use tributary_store::{BY_A_PERSON, Feed, HeldErasure};

use super::desk::{code_of, listed};
use crate::{
    Usage, Verdict,
    deployment::Deployment,
    output::{hint, say},
    words,
};

pub(super) async fn held_erasures(deployment: &Deployment) -> anyhow::Result<Verdict> {
    let store = &deployment.store;
    let held = store.erasures_held().await?;
    let feeds = store.feeds().await?;
    let identities: Vec<IdentityId> = held.iter().map(|one| one.identity).collect();
    let known = store.identity_rows(&identities).await?;
    let mut rows =
        vec![["identity", "code", "since", "brought by", "why it waits"].map(str::to_owned)];
    let mut too_many: BTreeMap<(String, String), (u64, Timestamp, String)> = BTreeMap::new();
    for one in held {
        let code = known
            .get(&one.identity)
            .map_or_else(String::new, |row| row.organisation.to_string());
        match one.feed {
            Some(feed) => {
                let entry = too_many.entry((code_of(&feeds, feed), code));
                entry.or_insert((0, one.since, one.reason)).0 += 1;
            }
            None => rows.push([
                one.identity.to_string(),
                code,
                one.since.to_string(),
                String::new(),
                one.reason,
            ]),
        }
    }
    for ((brought_by, code), (count, since, reason)) in too_many {
        let how_many = format!("{} of them", words::count(count));
        rows.push([how_many, code, since.to_string(), brought_by, reason]);
    }
    let verdict = listed(&rows, "no erasure waits for a person");
    if rows.len() > 1 {
        hint!(
            "What one feed brought: `feed release-erasures CODE` if the opt-outs are meant, \
             `feed undo-opt-outs CODE` if they are a mistake. One identity: \
             `feed confirm-erasure IDENTITY` if it is the person who opted out, \
             `feed unlink IDENTITY` if it is not."
        );
    }
    Ok(verdict)
}

pub(super) async fn release_erasures(
    ods: &OdsCode,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let feeds = deployment.store.feeds().await?;
    let held = deployment.store.erasures_held().await?;
    let due: Vec<IdentityId> = held
        .iter()
        .filter(|one| brought_by(one, ods, &feeds))
        .map(|one| one.identity)
        .collect();
    if due.is_empty() {
        say!("no erasure that {ods} brought waits for a person");
        return Ok(Verdict::Fine);
    }
    let count = due.len();
    let act = format!("released {count} erasures that {ods} brought");
    deployment.note(act).await?;
    let now = deployment.clock.now();
    let erased = deployment.store.release_erasures(&due, now).await?;
    say!("erased what was held of {erased} identities");
    Ok(Verdict::Fine)
}

pub(super) async fn undo_opt_outs(
    ods: &OdsCode,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let store = &deployment.store;
    let feeds = store.feeds().await?;
    let mut undone = 0;
    deployment
        .note(format!("undid the opt-outs of {ods} whose erasure waited"))
        .await?;
    for feed in feeds.iter().filter(|feed| feed.organisation == *ods) {
        undone += store
            .undo_opt_outs(feed.feed, deployment.clock.now())
            .await?;
    }
    say!("{undone} opt-outs are set aside, and nothing was erased");
    Ok(Verdict::Fine)
}

pub(super) async fn confirm_erasure(
    identity: IdentityId,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let held = deployment.store.erasures_held().await?;
    let waits = held
        .iter()
        .any(|one| one.identity == identity && one.feed.is_none());
    if !waits {
        return Err(Usage(format!("no erasure of identity {identity} waits for you")).into());
    }
    let act = format!("confirmed that identity {identity} is to be erased");
    deployment.note(act).await?;
    let now = deployment.clock.now();
    deployment.store.release_erasures(&[identity], now).await?;
    say!("erased what was held of identity {identity}");
    Ok(Verdict::Fine)
}

pub(super) async fn link(
    identity: IdentityId,
    to: IdentityId,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let store = &deployment.store;
    let patient = patient_of(to, deployment).await?;
    patient_of(identity, deployment).await?;
    deployment
        .note(format!("linked identity {identity} to identity {to}"))
        .await?;
    let now = deployment.clock.now();
    if store.link(identity, patient, BY_A_PERSON, now).await? {
        say!("identity {identity} belongs to the patient of identity {to}");
        return Ok(Verdict::Fine);
    }
    Err(Usage(format!(
        "identity {identity} does not stand alone: unlink it first"
    ))
    .into())
}

pub(super) async fn unlink(
    identity: IdentityId,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    patient_of(identity, deployment).await?;
    deployment
        .note(format!("unlinked identity {identity}"))
        .await?;
    let now = deployment.clock.now();
    if deployment.store.unlink(identity, now).await? {
        say!("identity {identity} stands alone");
        stayed(deployment).await
    } else {
        say!("identity {identity} stood alone already");
        Ok(Verdict::Fine)
    }
}

pub(super) async fn stayed(deployment: &Deployment) -> anyhow::Result<Verdict> {
    let mut rows =
        vec![["identity", "refusal", "since", "recorded on identity"].map(str::to_owned)];
    for one in deployment.store.stayed().await? {
        rows.push([
            one.identity.to_string(),
            one.choice.name().to_owned(),
            one.received.to_string(),
            one.stayed_from
                .map_or_else(String::new, |from| from.to_string()),
        ]);
    }
    Ok(listed(
        &rows,
        "no refusal of another record stays on one that was taken apart from it",
    ))
}

pub(super) async fn settle_stayed(
    identity: IdentityId,
    meant: bool,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    patient_of(identity, deployment).await?;
    let words = if meant {
        "is this person's own"
    } else {
        "was somebody else's"
    };
    deployment
        .note(format!(
            "the refusal that stayed on identity {identity} {words}"
        ))
        .await?;
    let now = deployment.clock.now();
    let settled = deployment.store.settle_stayed(identity, meant, now).await?;
    say!("settled {settled}: the refusal {words}");
    Ok(Verdict::fine_if(settled > 0))
}

async fn patient_of(identity: IdentityId, deployment: &Deployment) -> anyhow::Result<PatientId> {
    let known = deployment.store.identity_rows(&[identity]).await?;
    let row = known.get(&identity);
    let row = row.ok_or_else(|| Usage(format!("there is no identity {identity}")))?;
    Ok(row.patient)
}

fn brought_by(held: &HeldErasure, ods: &OdsCode, feeds: &[Feed]) -> bool {
    feeds
        .iter()
        .any(|feed| Some(feed.feed) == held.feed && feed.organisation == *ods)
}
