//! `tributary doctor`: is everything that is stored as it was written.

use crate::{
    Verdict,
    config::Config,
    deployment::Deployment,
    output::say,
    progress::Bar,
    words::{count, seconds, some},
};

/// Findings that are printed; the rest is counted.
const PRINTED: u64 = 200;

/// What the doctor finds, printed as it is found.
#[derive(Default)]
struct Findings(u64);

impl Findings {
    fn add(&mut self, words: &str) {
        self.0 += 1;
        if self.0 <= PRINTED {
            say!("WRONG  {words}");
        }
    }
}

/// Looks at everything.
pub(crate) async fn run(config: &Config) -> anyhow::Result<Verdict> {
    let deployment = Deployment::open(config).await?;
    let permit = deployment.maintenance("doctor").await?;
    let store = &deployment.store;
    let began = deployment.clock.now();
    let mut findings = Findings::default();
    say!("fine   the root key is the one this deployment was made with");
    for words in store.check_stores(&permit).await? {
        findings.add(&words);
    }
    let unfinished = store.unfinished_erasures().await?;
    if unfinished > 0 {
        findings.add(&format!(
            "{unfinished} erasures were begun and not finished: `tributary serve` finishes them \
             when it starts"
        ));
    }
    let bar = Bar::new("records".to_owned());
    bar.begin("checking", store.count_all_identities().await?);
    let (mut after, mut identities, mut decisions) = (None, 0, 0);
    while let Some(checked) = store.check_records(&permit, after).await? {
        after = Some(checked.last);
        identities += checked.identities;
        decisions += checked.decisions;
        checked
            .findings
            .iter()
            .for_each(|words| findings.add(words));
        bar.add(checked.identities);
    }
    bar.clear();
    say!(
        "seen   {} identities, {}, {} about sharing",
        count(identities),
        some(u64::try_from(store.count_keys().await?)?, "key"),
        some(decisions, "decision")
    );
    match store.verify_log(&permit).await? {
        Ok(sound) => say!("fine   the audit log: {}", some(sound.lines, "line")),
        Err(fault) => findings.add(&format!("the audit log: {fault}")),
    }
    waiting(&deployment).await?;
    say!(
        "{} after {}",
        match findings.0 {
            0 => "Everything is as it was written,".to_owned(),
            wrong => format!("{},", some(wrong, "finding")),
        },
        seconds(deployment.clock.now().since(began))
    );
    Ok(Verdict::fine_if(findings.0 == 0))
}

/// What waits: not wrong, and somebody should know.
async fn waiting(deployment: &Deployment) -> anyhow::Result<()> {
    let store = &deployment.store;
    let unfinished = store.unfinished().await?.len();
    let (held, parked) = (
        i64::try_from(store.erasures_held().await?.len())?,
        store.parked(None).await?.len(),
    );
    for (number, what) in [
        (
            i64::try_from(unfinished)?,
            "to be filed: the next `serve` or `feed take` does it",
        ),
        (
            held,
            "to be erased when a person agrees: `feed held-erasures`",
        ),
        (i64::try_from(parked)?, "parked for a person: `feed parked`"),
    ] {
        if number > 0 {
            say!("waits  {number} {what}");
        }
    }
    Ok(())
}
