//! A refusal against views that are under way at the same moment.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::task::JoinSet;
use tributary_model::{AccessAction, AccessNumber, SharingChoice};
use tributary_store::AuditLine;
use tributary_testkit::{Browser, PRACTICE, TRUST, halt, hear};

use crate::{
    Cast,
    desk::{desk, records, says},
    says_nothing,
};

const ROUNDS: usize = 25;
const VIEWS: usize = 4;

/// Disclosures that were not withdrawn, by their lines.
fn shown(lines: &[AuditLine]) -> Vec<&AuditLine> {
    let withdrawn: HashSet<AccessNumber> = lines
        .iter()
        .filter(|line| line.clear.action == AccessAction::Withdraw)
        .filter_map(|line| line.clear.about)
        .collect();
    let looks = lines.iter().filter(|line| line.clear.sections.is_some());
    looks
        .filter(|line| !withdrawn.contains(&line.number))
        .collect()
}

/// Views from several browsers at once, while `refuse` runs; how many showed the record.
async fn views_against<T>(
    cast: &Cast,
    browsers: &[Arc<Browser>],
    refuse: impl Future<Output = T>,
) -> usize {
    let mut views = JoinSet::new();
    for browser in browsers {
        let (browser, koepp) = (Arc::clone(browser), cast.koepp);
        views.spawn(async move {
            let first = browser.opens(koepp).await;
            let second = browser.opens(koepp).await;
            [first, second, browser.opens(koepp).await]
        });
    }
    // Views first: some are decided by now, and none of those may show what the refusal forbids.
    tokio::time::sleep(Duration::from_millis(2)).await;
    refuse.await;
    let mut showed = 0;
    let mut answers = Vec::new();
    while let Some(these) = views.join_next().await {
        answers.extend(these.unwrap());
    }
    for answer in answers {
        if answer.status == 200 && answer.says("Zebrafish") {
            showed += 1;
        } else {
            says_nothing(&answer, "a view that lost the race");
        }
    }
    showed
}

/// One browser for each view, all of the same doctor.
async fn browsers(cast: &Cast) -> Vec<Arc<Browser>> {
    let mut browsers = Vec::new();
    for _ in 0..VIEWS {
        browsers.push(Arc::new(cast.region.browser("doctor").await));
    }
    browsers
}

/// Every view that showed something has a line that was decided before the refusal took effect.
async fn holds(cast: &Cast, since: AccessNumber, state_before: i64, showed: usize) {
    let lines: Vec<AuditLine> = cast.region.lines_of(TRUST).await;
    let lines: Vec<AuditLine> = lines
        .into_iter()
        .filter(|line| line.number > since)
        .collect();
    let shown = shown(&lines);
    assert_eq!(
        shown.len(),
        showed,
        "each disclosure has its line, and each line its disclosure"
    );
    for line in shown {
        assert_eq!(
            line.clear.state,
            Some(state_before),
            "decided before the refusal, or withdrawn"
        );
    }
}

async fn last_disclosure(cast: &Cast) -> (AccessNumber, i64) {
    let lines = cast.region.disclosures_of(TRUST).await;
    (lines[0].number, lines[0].clear.state.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_against_views_in_other_browsers() {
    let cast = Cast::new().await;
    let browsers = browsers(&cast).await;
    for _ in 0..ROUNDS {
        cast.region.later(1);
        cast.doctor.reads(cast.koepp).await;
        let (since, state) = last_disclosure(&cast).await;
        let showed = views_against(&cast, &browsers, cast.doctor.is_told_no(cast.koepp)).await;
        holds(&cast, since, state, showed).await;
        for browser in &browsers {
            assert_eq!(
                browser.opens(cast.koepp).await.status,
                403,
                "after the no was answered"
            );
        }
    }
    some_were_withdrawn(&cast).await;
    assert!(cast.region.verifies().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_against_views() {
    let cast = Cast::new().await;
    let browsers = browsers(&cast).await;
    cast.doctor.reads(cast.koepp).await;
    for _ in 0..ROUNDS {
        cast.region.later(1);
        cast.region
            .decides(PRACTICE, cast.at_practice, SharingChoice::Consent)
            .await;
        assert!(cast.doctor.opens(cast.koepp).await.says("Zebrafish"));
        let (since, state) = last_disclosure(&cast).await;
        cast.region.later(1);
        let block = cast
            .region
            .decides(PRACTICE, cast.at_practice, SharingChoice::Block);
        let showed = views_against(&cast, &browsers, block).await;
        holds(&cast, since, state, showed).await;
        assert_eq!(cast.doctor.opens(cast.koepp).await.status, 403);
    }
    some_were_withdrawn(&cast).await;
    assert!(cast.region.verifies().await);
}

/// Among so many views some were decided before the refusal and read after it: each of those was
/// withdrawn before it showed anything.
async fn some_were_withdrawn(cast: &Cast) {
    let lines = cast.region.lines_of(TRUST).await;
    let withdrawn = lines
        .iter()
        .filter(|line| line.clear.action == AccessAction::Withdraw);
    let withdrawn = withdrawn.count();
    assert!(withdrawn > 0, "no view met a refusal");
}

/// A runtime of this test's own, whose threads can be told from all others.
fn alone(thread: &'static str, test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .thread_name(thread)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}

/// The practice's desk, with a patient whose record the doctor has open by standing consent.
async fn open_by_consent() -> (Arc<Cast>, Arc<Browser>) {
    let cast = Cast::new().await;
    let desk = desk(&cast).await;
    records(&cast, &desk, cast.at_practice, "consent-for-all").await;
    cast.doctor.answers(cast.koepp, &[]).await;
    assert!(cast.doctor.opens(cast.koepp).await.says("Zebrafish"));
    cast.region.later(1);
    (Arc::new(cast), Arc::new(desk))
}

#[test]
fn a_view_that_was_admitted_before_a_block_is_withdrawn_when_it_reads_after_it() {
    alone("admitted-before", async {
        let (cast, desk) = open_by_consent().await;
        let mut admitted = halt("admitted-before", "a view is admitted");
        let viewing = Arc::clone(&cast);
        let view = tokio::spawn(async move { viewing.doctor.opens(viewing.koepp).await });
        admitted.comes().await;
        let acknowledged = says(&desk, cast.at_practice, "block", "patient").await;
        assert_eq!(acknowledged.status, 303, "{}", acknowledged.text());
        admitted.goes();
        let answer = view.await.unwrap();
        assert_eq!(answer.status, 403, "{}", answer.text());
        says_nothing(&answer, "a view that was overtaken by a block");
        let lines = cast.region.lines_of(TRUST).await;
        let withdrawn = lines
            .iter()
            .filter(|line| line.clear.action == AccessAction::Withdraw);
        assert_eq!(withdrawn.count(), 1, "its line says that nothing was shown");
    });
}

#[test]
fn a_block_is_acknowledged_only_when_a_view_that_read_before_it_is_answered() {
    alone("read-before", async {
        let (cast, desk) = open_by_consent().await;
        let mut read = halt("read-before", "a view is read");
        let mut waits = hear("read-before", "a refusal waits for a view in hand");
        let viewing = Arc::clone(&cast);
        let view = tokio::spawn(async move { viewing.doctor.opens(viewing.koepp).await });
        read.comes().await;
        let (blocking, at) = (Arc::clone(&desk), cast.at_practice);
        let mut block = tokio::spawn(async move { says(&blocking, at, "block", "patient").await });
        tokio::select! {
            () = waits.comes() => {}
            acknowledged = &mut block => {
                panic!("acknowledged while a view was in hand: {}", acknowledged.unwrap().status)
            }
        }
        // It is durable already: whoever asks now is refused, while the first view is still in hand.
        let other = cast.region.browser("doctor").await;
        assert_eq!(other.opens(cast.koepp).await.status, 403);
        assert!(!block.is_finished());
        read.goes();
        assert_eq!(
            view.await.unwrap().status,
            200,
            "it was read before the block"
        );
        assert_eq!(block.await.unwrap().status, 303);
        assert_eq!(cast.doctor.opens(cast.koepp).await.status, 403);
        assert!(cast.region.verifies().await);
    });
}
