//! The feed engineer's desk: what came, what waits, and what a person decides.

use tributary_intake::TakeReport;
use tributary_model::{FeedId, OdsCode, SubmissionId};
use tributary_store::{Feed, Lies, Mode, SubmissionRow};

use crate::{
    Usage, Verdict,
    deployment::Deployment,
    output::{hint, say, show},
    progress::Bar,
    report, words,
};

pub(super) async fn list(deployment: &Deployment) -> anyhow::Result<Verdict> {
    let now = deployment.clock.now();
    let known = deployment.store.organisations().await?;
    let asked = deployment.store.resends_asked().await?;
    let heading = [
        "feed",
        "code",
        "mode",
        "stage",
        "last taken in",
        "",
        "asked for",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    for feed in deployment.store.feeds().await? {
        let late = feed.late_since(now).map(|_| "late");
        rows.push([
            feed.feed.to_string(),
            feed.organisation.to_string(),
            feed.mode.name().to_owned(),
            feed.stage.name().to_owned(),
            feed.refreshed
                .map_or_else(|| "never".to_owned(), |at| at.to_string()),
            late.unwrap_or_else(|| words::name_of(&known, &feed.organisation))
                .to_owned(),
            asked.get(&feed.feed).map_or_else(String::new, |asked| {
                format!("all it holds, since {}", asked.since)
            }),
        ]);
    }
    show!(words::table(&rows));
    Ok(Verdict::Fine)
}

pub(super) async fn submissions(
    ods: Option<&OdsCode>,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let feeds = deployment.store.feeds().await?;
    let heading = [
        "submission",
        "code",
        "received",
        "state",
        "lines",
        "parked",
        "from",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    for row in of(
        ods,
        &feeds,
        deployment.store.submissions(None).await?,
        |row| row.feed,
    ) {
        let report = report_of(&row);
        let lines = report
            .as_ref()
            .map(|report| words::count(report.counts.received_in_all()));
        let parked = report
            .as_ref()
            .map(|report| words::count(report.counts.parked));
        rows.push([
            row.submission.to_string(),
            code_of(&feeds, row.feed),
            row.received.to_string(),
            row.progress.name().to_owned(),
            lines.unwrap_or_default(),
            parked.unwrap_or_default(),
            match &row.lies {
                Lies::InPlace(path) => path.display().to_string(),
                Lies::Spooled(_) => "the network".to_owned(),
            },
        ]);
    }
    show!(words::table(&rows));
    Ok(Verdict::Fine)
}

pub(super) async fn report(
    submission: SubmissionId,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let row = deployment.store.submission(submission).await?;
    let row = row.ok_or_else(|| Usage(format!("there is no submission {submission}")))?;
    let feeds = deployment.store.feeds().await?;
    let name = format!("{} {}", code_of(&feeds, row.feed), row.name);
    match report_of(&row) {
        Some(report) => show!(report::words(&name, &report)),
        None => say!(
            "{name}: {}, not ended yet (submission {submission})",
            row.progress.name()
        ),
    }
    Ok(Verdict::Fine)
}

pub(super) async fn parked(
    ods: Option<&OdsCode>,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let feeds = deployment.store.feeds().await?;
    let mut rows = vec![["item", "code", "submission", "kind", "where and why"].map(str::to_owned)];
    for item in of(ods, &feeds, deployment.store.parked(None).await?, |item| {
        item.feed
    }) {
        rows.push([
            item.item.to_string(),
            code_of(&feeds, item.feed),
            item.submission.to_string(),
            item.issue.kind.name().to_owned(),
            format!("{}: {}", item.issue.place, item.issue.words),
        ]);
    }
    Ok(listed(&rows, "nothing is parked"))
}

pub(super) async fn unlinked(
    ods: Option<&OdsCode>,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let mut rows = vec![["identity", "code", "may be one with", "why"].map(str::to_owned)];
    for one in deployment.store.unlinked(ods).await? {
        rows.push([
            one.identity.to_string(),
            one.organisation.to_string(),
            one.doubtful.to_string(),
            one.reason,
        ]);
    }
    Ok(listed(
        &rows,
        "every identity has a verified NHS number or is linked",
    ))
}

pub(super) async fn doubtful(
    ods: Option<&OdsCode>,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let mut rows = vec![["identity", "code", "and", "code", "since", "why"].map(str::to_owned)];
    for pair in deployment.store.doubtful(ods).await? {
        rows.push([
            pair.identity.to_string(),
            pair.organisation.to_string(),
            pair.other.to_string(),
            pair.other_organisation.to_string(),
            pair.since.date_words(),
            pair.reason,
        ]);
    }
    Ok(listed(&rows, "no pair waits for a person"))
}

pub(super) async fn release(
    submission: SubmissionId,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let row = deployment.store.submission(submission).await?;
    let held = row.filter(|row| row.progress == tributary_store::Progress::Held);
    let row = held.ok_or_else(|| Usage(format!("there is no held submission {submission}")))?;
    deployment
        .note(format!("released submission {submission}"))
        .await?;
    let feeds = deployment.store.feeds().await?;
    let code = code_of(&feeds, row.feed);
    let bar = Bar::new(code.clone());
    let released = deployment.intake().release(submission, bar.watch()).await;
    bar.clear();
    let released = released?;
    show!(report::words(&format!("{code} {}", row.name), &released));
    Ok(Verdict::fine_if(report::is_fine(&released)))
}

pub(super) async fn credential(
    ods: &OdsCode,
    mode: Mode,
    deployment: &Deployment,
) -> anyhow::Result<Verdict> {
    let organisation = deployment.organisation(ods).await?;
    let feed = deployment.store.feed_of(&organisation.code, mode).await?;
    let name = mode.name();
    deployment
        .note(format!("a new credential for the {name} feed of {ods}"))
        .await?;
    say!("{}", deployment.store.new_credential(feed.feed).await?);
    hint!(
        "This is the credential of the {name} feed of {}. It is shown this once; the one before \
         has ended.",
        organisation.name
    );
    Ok(Verdict::Fine)
}

/// Those whose feed is one of the organisation's.
fn of<T>(
    ods: Option<&OdsCode>,
    feeds: &[Feed],
    mut all: Vec<T>,
    feed: impl Fn(&T) -> FeedId,
) -> Vec<T> {
    if let Some(ods) = ods {
        let own = |id| {
            feeds
                .iter()
                .any(|one| one.feed == id && one.organisation == *ods)
        };
        all.retain(|one| own(feed(one)));
    }
    all
}

pub(super) fn code_of(feeds: &[Feed], feed: FeedId) -> String {
    let known = feeds.iter().find(|one| one.feed == feed);
    known.map_or_else(
        || format!("feed {feed}"),
        |one| one.organisation.to_string(),
    )
}

fn report_of(row: &SubmissionRow) -> Option<TakeReport> {
    serde_json::from_str(&row.report).ok()
}

/// Prints rows below their heading, or that there are none.
pub(super) fn listed<const N: usize>(rows: &[[String; N]], none: &str) -> Verdict {
    if rows.len() > 1 {
        show!(words::table(rows));
    } else {
        say!("{none}");
    }
    Verdict::Fine
}
