//! A feed over the network: durable before it is acknowledged, sealed, recognised, filed, counted.

use std::sync::Arc;

use tokio::task::JoinSet;
use tributary_model::FeedId;
use tributary_store::{Mode, Progress};
use tributary_testkit::{Answer, PRACTICE, Region, Request, TRUST, bundle};

use crate::{Cast, MARKERS, at_the_practice, is_the_record};

/// The credential of a practice's feed of Bundles, made for the test.
async fn credential(region: &Region, mode: Mode) -> (FeedId, String) {
    let feed = region
        .store
        .feed_of(&PRACTICE.parse().unwrap(), mode)
        .await
        .unwrap()
        .feed;
    (feed, region.store.new_credential(feed).await.unwrap())
}

async fn hands_over(region: &Region, credential: &str, media_type: &str, body: &str) -> Answer {
    hands_over_for(region, PRACTICE, credential, media_type, body).await
}

async fn hands_over_for(
    region: &Region,
    code: &str,
    credential: &str,
    media_type: &str,
    body: &str,
) -> Answer {
    let request = Request::post(format!("/feeds/{code}/submissions"), media_type, body)
        .with("authorization", &format!("Bearer {credential}"));
    region.client.sends(&request).await
}

fn spooled(region: &Region) -> Vec<String> {
    let files = region.files().into_iter().map(|(path, _)| path);
    let names = files.filter(|path| {
        path.parent()
            .is_some_and(|folder| folder.ends_with("spool"))
    });
    names
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

fn lies_in_clear(region: &Region, words: &str) -> bool {
    let mut files = region.files().into_iter();
    files.any(|(_, bytes)| {
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    })
}

/// Takes in what arrived, as `serve` does beside the server, until nothing is left.
async fn is_worked_off(region: &Region) {
    let mut beside = JoinSet::new();
    let door = region.door.clone();
    beside.spawn(async move {
        door.serve(Arc::new(|_| {}), |taken| {
            assert!(taken.is_ok(), "{taken:?}");
        })
        .await;
    });
    for _ in 0..600 {
        if region.store.unfinished().await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(
        region.store.unfinished().await.unwrap().is_empty(),
        "not taken in within 30 seconds"
    );
}

const BUNDLE: &str = "application/fhir+json";
const SNAPSHOT: &str = "application/fhir+ndjson";

#[tokio::test]
async fn a_submission_is_durable_and_sealed_before_it_is_acknowledged() {
    for region in Region::on_each_engine(tributary_testkit::Shape::default()).await {
        let (feed, secret) = credential(&region, Mode::Delta).await;
        let body = bundle(&[at_the_practice()]);
        let answer = hands_over(&region, &secret, BUNDLE, &body).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let name = told["name"].as_str().unwrap().to_owned();
        let files = spooled(&region);
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].ends_with(&name), "named by its content: {files:?}");
        let rows = region.store.submissions(Some(feed)).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| row.progress).collect::<Vec<_>>(),
            [Progress::Received]
        );
        for word in MARKERS.iter().chain(&["9992386045", "Koepp"]) {
            assert!(!lies_in_clear(&region, word), "{word}");
        }
        assert!(lies_in_clear(&region, PRACTICE) || region.store.feeds().await.is_ok());

        let repeat = hands_over(&region, &secret, BUNDLE, &body).await;
        assert_eq!(repeat.status, 200);
        let again: serde_json::Value = serde_json::from_slice(&repeat.body).unwrap();
        assert_eq!(again["repeat"], true);
        assert_eq!(again["submission"], told["submission"]);
        assert_eq!(spooled(&region), files, "of a repeat nothing is kept");

        is_worked_off(&region).await;
        let rows = region.store.submissions(Some(feed)).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].progress, Progress::Filed, "{}", rows[0].report);
        let late = hands_over(&region, &secret, BUNDLE, &body).await;
        assert_eq!(late.status, 200, "recognised after it was filed too");
        region.feeds(TRUST, [crate::at_the_trust()]).await;
        let doctor = region
            .signs_in("doctor", tributary_model::Role::Doctor, TRUST)
            .await;
        is_the_record(&doctor.reads(region.address(TRUST, "T1").await).await);
    }
}

#[tokio::test]
async fn only_the_feeds_own_credential_opens_the_door() {
    let cast = Cast::new().await;
    let region = &cast.region;
    let (_, secret) = credential(region, Mode::Delta).await;
    let body = bundle(&[at_the_practice()]);
    let wrong = hands_over(region, "0000", BUNDLE, &body).await;
    let none = region
        .client
        .sends(&Request::post(
            format!("/feeds/{PRACTICE}/submissions"),
            BUNDLE,
            body.clone(),
        ))
        .await;
    let others = hands_over_for(region, TRUST, &secret, BUNDLE, &body).await;
    let unknown = hands_over_for(region, "NOBODY", &secret, BUNDLE, &body).await;
    let malformed = hands_over_for(region, "%20", &secret, BUNDLE, &body).await;
    let session = cast
        .doctor
        .sends(Request::post(
            format!("/feeds/{PRACTICE}/submissions"),
            BUNDLE,
            body.clone(),
        ))
        .await;
    for answer in [&none, &others, &unknown, &malformed, &session] {
        assert_eq!((answer.status, &answer.body), (401, &wrong.body));
    }
    let (_, renewed) = credential(region, Mode::Delta).await;
    assert_eq!(
        hands_over(region, &secret, BUNDLE, &body).await.status,
        401,
        "the old one ended"
    );
    assert_eq!(
        hands_over(region, &renewed, "text/plain", &body)
            .await
            .status,
        415
    );
    assert_eq!(
        hands_over(region, &renewed, SNAPSHOT, &body).await.status,
        415,
        "not its mode"
    );
    assert!(spooled(region).is_empty(), "nothing of it was kept");
    assert!(region.store.unfinished().await.unwrap().is_empty());
    assert_eq!(
        hands_over(region, &renewed, BUNDLE, &body).await.status,
        202
    );
}

#[tokio::test]
async fn what_cannot_be_filed_is_counted_and_waits_for_a_person() {
    let region = Region::new().await;
    let (feed, secret) = credential(&region, Mode::Snapshot).await;
    let patient = r#"{"resourceType":"Patient","id":"P1","name":[{"family":"Koepp"}]}"#;
    let good = r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/P1"},"code":{"text":"Quagmire"}}"#;
    let stray = r#"{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/P9"},"code":{"text":"Wombat"}}"#;
    let body = format!("{patient}\n{good}\n{stray}\nnot json at all Zebrafish\n");
    let answer = hands_over(&region, &secret, SNAPSHOT, &body).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    is_worked_off(&region).await;
    let row = region
        .store
        .submissions(Some(feed))
        .await
        .unwrap()
        .remove(0);
    let report: tributary_intake::TakeReport = serde_json::from_str(&row.report).unwrap();
    assert_eq!(row.progress, Progress::Filed, "{}", row.report);
    assert_eq!(report.counts.parked, 2, "{}", row.report);
    assert_eq!(region.store.parked(Some(feed)).await.unwrap().len(), 2);
    for word in ["Wombat", "Zebrafish", "Quagmire"] {
        assert!(!lies_in_clear(&region, word), "{word}");
        assert!(!row.report.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_delivery_that_breaks_off_leaves_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let region = Region::new().await;
    let (feed, secret) = credential(&region, Mode::Delta).await;
    let mut stream = tokio::net::TcpStream::connect(region.client.0)
        .await
        .unwrap();
    let head = format!(
        "POST /feeds/{PRACTICE}/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: {BUNDLE}\r\n\
         authorization: Bearer {secret}\r\ncontent-length: 100000\r\n\r\n{{\"resourceType\":\"Wombat"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    drop(stream);
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if spooled(&region).is_empty() {
            break;
        }
    }
    assert!(spooled(&region).is_empty(), "{:?}", spooled(&region));
    assert!(
        region
            .store
            .submissions(Some(feed))
            .await
            .unwrap()
            .is_empty()
    );
}
